//! Tables in the documents that repeat the code are the ones that the code prints.

use crate::repository::file;
use cosim_testbed::{oracles, scenario};

/// What stands between the marks of a table.
fn marked(path: &str, name: &str) -> String {
    let text = file(path).text;
    let [begin, end] = ["begin", "end"].map(|edge| format!("<!-- table: {name} {edge} -->"));
    let (_, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("{path}: no mark `{begin}`"));
    let (table, _) = rest.split_once(&end).unwrap_or_else(|| panic!("{path}: no mark `{end}`"));
    table.trim().to_owned()
}

#[track_caller]
fn check(path: &str, name: &str, printed: &str) {
    let found = marked(path, name);
    assert_eq!(
        found,
        printed.trim(),
        "{path}: the table `{name}` is not what the code prints: copy it from there"
    );
}

#[test]
fn oracles_are_those_that_judge() {
    check("docs/oracles.md", "oracles", &oracles::table());
}

#[test]
fn kinds_of_faults_are_those_that_are_drawn() {
    check("docs/determinism.md", "faults", &scenario::fault_table());
}

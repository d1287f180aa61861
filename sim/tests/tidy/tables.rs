//! Tables in the documents that repeat the code are the ones that the code prints.

use crate::repository::{file, root};
use cosim_testbed::scenario::AttackKind;
use cosim_testbed::scenario::file::DecisionKind;
use cosim_testbed::{oracles, scenario};
use std::process::Command;

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

#[test]
fn attacks_are_those_of_hostile_nodes() {
    check("docs/oracles.md", "attacks", &AttackKind::table());
}

#[test]
fn decisions_are_those_that_a_file_lists() {
    check("docs/determinism.md", "decisions", &DecisionKind::table());
}

#[test]
fn exit_codes_are_those_of_the_help() {
    let output = Command::new(env!("CARGO_BIN_EXE_cosim")).arg("--help").output().expect("it runs");
    let help = String::from_utf8(output.stdout).expect("text");
    let (_, codes) = help.split_once("Exit codes:\n").expect("it tells them");
    let rows = codes.lines().map_while(|line| line.trim().split_once(' '));
    let rows = rows.map(|(code, meaning)| format!("| {code} | {} |\n", meaning.trim()));
    let head = "| code | meaning |\n|---|---|\n".to_owned();
    check("docs/reference.md", "exit codes", &rows.fold(head, |table, row| table + &row));
}

#[test]
fn commands_are_those_of_the_help() {
    let output = Command::new(env!("CARGO_BIN_EXE_cosim")).arg("--help").output().expect("it runs");
    let help = String::from_utf8(output.stdout).expect("text");
    let (_, rest) = help.split_once("Commands:\n").expect("it tells them");
    let (listed, _) = rest.split_once("\n\n").expect("they end");
    let mut rows: Vec<String> = Vec::new();
    for line in listed.lines() {
        match (line.strip_prefix("   "), line.trim().split_once(' ')) {
            (None, Some((command, does))) => rows.push(format!("| `{command}` | {}", does.trim())),
            _ => rows.last_mut().expect("a command comes first").extend([" ", line.trim()]),
        }
    }
    let rows = rows.iter().filter(|row| !row.starts_with("| `help`"));
    let head = "| command | what it does |\n|---|---|\n".to_owned();
    check("docs/reference.md", "commands", &rows.fold(head, |table, row| table + row + " |\n"));
}

#[test]
fn the_page_of_all_fields_is_what_the_schema_says() {
    let folder = root().join("scenarios");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("a folder")
        .flat_map(|theme| std::fs::read_dir(theme.expect("a folder").path()).expect("a folder of stories"))
        .map(|story| story.expect("a file").path())
        .collect();
    files.sort();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cosim"));
    let output = command.args(["schema", "--markdown"]).args(&files).output().expect("it runs");
    let page = String::from_utf8(output.stdout).expect("text");
    assert!(
        page == file("docs/fields.md").text,
        "make it anew: cosim schema --markdown scenarios/*/*.json > docs/fields.md"
    );
}

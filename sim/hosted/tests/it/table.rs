//! The tables in the document are what is measured.

use clap::ValueEnum;
use cosim_hosted::cell::{Crate, Question, name};
use cosim_hosted::matrix::{SEEDS, table};
use std::fs;
use std::path::Path;

fn file(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join(path)).expect("a file of the repository")
}

#[track_caller]
fn check(name: &str, question: Question) {
    let text = file("docs/hosted-crates.md");
    let [begin, end] = ["begin", "end"].map(|edge| format!("<!-- table: {name} {edge} -->"));
    let (_, rest) = text.split_once(&begin).expect("where the table begins");
    let (found, _) = rest.split_once(&end).expect("where the table ends");
    let measured = table(question, SEEDS);
    assert_eq!(
        found.trim(),
        measured.trim(),
        "docs/hosted-crates.md: `{name}` is not what is measured: copy it"
    );
}

#[test]
fn what_they_survive() {
    check("agreement", Question::Agreement);
}

#[test]
fn what_they_send_back() {
    check("echo", Question::Echo);
}

#[test]
fn they_are_the_versions_that_are_built() {
    let lock = file("Cargo.lock");
    for name in Crate::value_variants().iter().copied().map(name) {
        let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \"")).expect("it is built");
        let version = rest.split('"').next().expect("a version");
        assert!(file("docs/hosted-crates.md").contains(&format!("{name} {version}")), "{name} is {version}");
        let row = |line: &&str| {
            line.starts_with(&format!("| `{name}` |")) && line.contains(&format!("| {version} |"))
        };
        assert!(file("docs/dependencies.md").lines().any(|line| row(&line)), "{name} is {version}");
    }
}

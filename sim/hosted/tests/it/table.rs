//! The tables in the document are what is measured.

use cosim_hosted::cell::Question;
use cosim_hosted::matrix::{SEEDS, table};
use std::fs;
use std::path::Path;

#[track_caller]
fn check(name: &str, question: Question) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/hosted-crates.md");
    let text = fs::read_to_string(path).expect("the document");
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

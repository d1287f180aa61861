//! The transcript in `docs/guest-protocol.md` is word for word what a guest answers.

use crate::python;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

/// The lines of the page that are said, and those that are answered.
fn transcript() -> (Vec<String>, Vec<String>) {
    let page = fs::read_to_string(python::file("docs/guest-protocol.md")).expect("the page");
    let lines =
        |mark: &str| page.lines().filter_map(|line| line.strip_prefix(mark)).map(str::to_owned).collect();
    (lines("> "), lines("< "))
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn the_page_has_what_a_guest_answers() {
    let launch = python::last_writer(&[]);
    let mut guest = Command::new(&launch.program)
        .args(&launch.args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = guest.stdin.take().unwrap();
    let mut answers = BufReader::new(guest.stdout.take().unwrap()).lines();
    let (asked, answered) = transcript();
    assert!(asked.len() >= 10, "the page has a transcript");
    for (request, answer) in asked.iter().zip(&answered) {
        writeln!(input, "{request}").unwrap();
        assert_eq!(&answers.next().unwrap().unwrap(), answer, "the answer to {request}");
    }
    assert_eq!(asked.len(), answered.len());
    drop(input);
    assert!(guest.wait().unwrap().success());
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn what_was_said_is_delivered_as_it_was_said() {
    let (asked, answered) = transcript();
    for request in asked.iter().filter(|line| line.contains(r#""verb":"deliver""#)) {
        let (_, rest) = request.split_once(r#""message":"#).unwrap();
        let (message, _) = rest.split_once(r#","now""#).unwrap();
        assert!(answered.iter().any(|line| line.contains(message)), "nobody has said {message}");
    }
}

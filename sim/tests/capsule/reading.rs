//! Logs that are read back: nothing is lost, and what is no log is refused with the line.

use crate::samples::{CALM, json_lines, play, scenario};
use cosim::snapshot;
use cosim_testbed::log::{Limit, Log, ReadError};
use cosim_testbed::run::Outcome;
use std::path::Path;

/// What is more tells nothing new.
const EVENTS_MAX: u64 = 10_000;

#[track_caller]
fn comes_back(outcome: &Outcome) {
    let (written, bytes) = (outcome.log.as_ref().unwrap(), json_lines(outcome));
    let read = Log::read_json_lines(bytes.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read.cosim, env!("CARGO_PKG_VERSION"));
    assert_eq!(read.log.to_string(), written.to_string());
    assert_eq!(read.log.dropped(), written.dropped());
    let mut again = Vec::new();
    read.log.write_json_lines(&mut again).unwrap();
    assert!(again == bytes.as_bytes());
}

#[test]
fn every_story_comes_back_as_it_was_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let names = snapshot::files(&folder, snapshot::SCENARIO).unwrap();
    assert!(!names.is_empty());
    for name in names {
        let text = std::fs::read_to_string(snapshot::path(&folder, &name, snapshot::SCENARIO)).unwrap();
        let scenario = scenario(&text);
        let ends = play(&scenario, scenario.seed, Limit::Ends { head: 5, tail: 3 });
        comes_back(&ends);
        if ends.figures.events <= EVENTS_MAX {
            comes_back(&play(&scenario, scenario.seed, Limit::All));
        }
    }
}

/// Reads the log of [`CALM`] with `from` replaced by `to`, where it first stands.
#[track_caller]
fn check(from: &str, to: &str, expected: &str) {
    let story = scenario(CALM);
    let bytes = json_lines(&play(&story, story.seed, Limit::All));
    assert!(bytes.contains(from), "{bytes}");
    let error: ReadError = Log::read_json_lines(bytes.replacen(from, to, 1).as_bytes()).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
}

#[test]
fn what_is_no_log_is_refused() {
    let none = Log::read_json_lines(b"").unwrap_err();
    assert_eq!(none, ReadError::NotALog);
    check("cosim-log", "cosim-outcomes", "line 1: it is no event log");
    check("{", "", "line 1: it is no event log");
    check(r#""version":2"#, r#""version":3"#, "the log has version 3; this cosim reads versions 1 and 2");
    check(r#""version":2"#, r#""version":2,"colour":"red""#, "line 1: unknown field `colour`");
    let dropped = r#""dropped":{"after":900,"entries":1},"format":"#;
    check(r#""format":"#, dropped, "line 1: 900 entries are to come before those left out");
}

#[test]
fn a_damaged_line_is_named() {
    check("}\n{", "}\n\n{", "line 2: EOF");
    check("}\n{", "}\n[]\n{", "line 2: it is no JSON object");
    check(r#""kind":"operation""#, r#""kind":"miracle""#, "line 2: unknown variant `miracle`");
    check(r#""event":1,"#, r#""event":-1,"#, "line 2: it has no `event` that is a number");
    check(r#""kind":"operation""#, r#""by":"me","kind":"operation""#, "line 2: ");
    check(r#""re":0"#, r#""re":0,"by":"me""#, "it is not as a log says it");
    check(r#""alice/1""#, r#""alice""#, "the name of a session is not like `alice/1`");
    check(r#""alice/1""#, r#""alice/0""#, "the name of a session is not like `alice/1`");
    check(r#""alice/1""#, r#""alice/99999999""#, "it is not as a log says it");
}

/// Wherever whoever wrote it was interrupted.
#[test]
fn a_torn_log_is_refused() {
    let story = scenario(CALM);
    let bytes = json_lines(&play(&story, story.seed, Limit::All));
    for end in 1..bytes.len() {
        let read = Log::read_json_lines(&bytes.as_bytes()[..end]);
        let line = bytes[..end].lines().count() as u64;
        match read {
            Ok(_) => assert!(bytes[..end].ends_with('\n')),
            Err(ReadError::NotALog) => assert_eq!(line, 1),
            Err(error) => assert_eq!(error, ReadError::Torn { line }),
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let error = Log::read_json_lines(b"{\"format\":\"cosim-log\",\"version\":1,\"cosim\":\"0\"}\n\xff\n")
        .unwrap_err();
    assert!(matches!(error, ReadError::Damaged { line: 2, .. }), "{error}");
}

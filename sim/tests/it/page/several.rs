//! The pages of a sweep and of tests: made by commands in a stranger's folder, the same bytes each time, with the failing
//! runs in them.

use super::{parts, read};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Alice never sends a message again, and one in ten is lost: a third of all seeds fail, for several reasons.
const FAULTY: &str = r#"{ "version": 1, "about": "A client that never repeats itself.", "seed": 6,
  "nodes": { "alice": { "mutations": ["never-retransmit"] }, "server": {} },
  "network": { "latency": "20ms..80ms", "loss": "10%" },
  "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "edit": { "node": "alice", "id": "notes" } }],
  "expect": { "oracles": ["convergence", "no_lost_write", "quiescence", "truthful"] } }"#;

const HELLO: &str = r#"{ "version": 1, "about": "Alice greets her server.", "nodes": { "alice": {}, "server": {} },
  "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "greeting" } }] }"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("stories")).expect("a folder");
    for (name, text) in [("faulty", FAULTY), ("hello", HELLO)] {
        fs::write(folder.path().join(format!("stories/{name}.json")), text).expect("it can be written");
    }
    folder
}

/// What a command prints, on both streams.
#[track_caller]
fn cosim(folder: &Path, arguments: &str, code: i32) -> [String; 2] {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("cosim"));
    let Output { status, stdout, stderr } =
        command.current_dir(folder).args(arguments.split_whitespace()).output().expect("it runs");
    let printed = [stdout, stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
    assert_eq!(status.code(), Some(code), "{arguments}\n{}", printed.concat());
    printed
}

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("it is there")
}

fn facts(page: &str, kind: &str) -> (Value, Vec<Vec<u8>>) {
    let mut parts = parts(page, kind);
    let runs = parts.split_off(1);
    (serde_json::from_slice(&parts[0]).expect("JSON"), runs)
}

#[test]
fn a_sweep_has_the_same_page_when_it_is_played_and_when_its_file_is_read() {
    let (folder, both) = (folder(), "sweep stories/faulty.json stories/hello.json --seeds 0..40");
    let here = folder.path();
    let bare = cosim(here, both, 1);
    let with = cosim(here, &format!("{both} --out kept --html played.html --jobs 1"), 1);
    assert_eq!(bare[0], with[0], "a page changes nothing of what is printed");
    cosim(here, "report kept -o folder.html", 0);
    cosim(here, "report kept/outcomes.jsonl -o file.html", 0);
    let page = text(here, "played.html");
    assert!(page == text(here, "folder.html"), "the page of a folder is another one");
    assert!(page == text(here, "file.html"), "the page of a file is another one");

    let (facts, runs) = facts(&page, "sweep");
    assert_eq!((&facts["runs"], &facts["planned"]), (&80.into(), &80.into()));
    let failures = facts["failures"].as_array().expect("a list");
    assert!(failures.len() > 1, "{failures:?}");
    for (failure, run) in failures.iter().zip(&runs) {
        let key = failure["key"].as_str().expect("a key");
        let times = match failure["count"].as_u64() {
            Some(1) => "once".to_owned(),
            count => format!("{} times", count.expect("a number")),
        };
        assert!(with[0].contains(&format!("{key}: {times}")), "{key}");
        assert!(with[0].contains(failure["command"].as_str().expect("a command")));
        let head = read(run).head;
        assert_eq!((&head["facts"]["key"], &head["source"]["seed"]), (&key.into(), &failure["seed"]));
    }
    assert_eq!(runs.len(), failures.len().min(8));
}

#[test]
fn figures_are_those_of_the_runs_that_held() {
    let folder = folder();
    cosim(folder.path(), "sweep stories/faulty.json --seeds 0..40 --out kept --html page.html", 1);
    // A header first, and an end mark last.
    let outcomes = text(folder.path(), "kept/outcomes.jsonl");
    let records: Vec<Value> =
        outcomes.lines().skip(1).take(40).map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let held: Vec<&Value> = records.iter().filter(|record| record["verdict"] == "held").collect();
    let (facts, _) = facts(&text(folder.path(), "page.html"), "sweep");
    let scenario = &facts["scenarios"][0];
    assert_eq!(scenario["held"], held.len());
    let figures = [("events", "/events"), ("messages", "/counts/sent"), ("silence", "/endedAt")];
    for (name, place) in figures {
        let mut values: Vec<u64> =
            held.iter().map(|record| record.pointer(place).and_then(Value::as_u64).expect(place)).collect();
        values.sort_unstable();
        let figure = &scenario["figures"][name];
        let said = |field: &str| figure[field].as_u64().expect("a number");
        assert_eq!((said("count"), said("min")), (values.len() as u64, values[0]), "{name}");
        assert_eq!(said("max"), values[values.len() - 1], "{name}");
        let median = values[values.len().div_ceil(2) - 1];
        assert!((median..=median + median / 16).contains(&said("median")), "{name}");
    }
    let most: Vec<u64> = facts["most"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["events"].as_u64().expect("a number"))
        .collect();
    let mut all: Vec<u64> =
        records.iter().map(|record| record["events"].as_u64().expect("a number")).collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(most, all[..10]);
}

#[test]
fn what_is_no_longer_what_was_swept_is_not_played() {
    let folder = folder();
    let here = folder.path();
    cosim(here, "sweep stories/faulty.json --seeds 0..40 --out kept", 1);
    fs::write(here.join("stories/faulty.json"), HELLO).expect("it can be written");
    cosim(here, "report kept -o page.html", 0);
    let (facts, runs) = facts(&text(here, "page.html"), "sweep");
    assert_eq!(runs.len(), 0);
    let why = facts["failures"][0]["why"].as_str().expect("a reason");
    assert!(why.contains("stories/faulty.json is not what was swept"), "{why}");
    assert_eq!(facts["scenarios"][0]["lacks"], why);

    let [_, err] = cosim(here, "report kept -o page.html --seed 3", 2);
    assert!(err.contains("--seed says how to play a scenario, but this is a sweep"), "{err}");
    fs::rename(here.join("kept/outcomes.jsonl"), here.join("kept/outcomes.jsonl.partial")).expect("it moves");
    let [_, err] = cosim(here, "report kept -o page.html", 2);
    assert!(err.contains("is not finished") && err.contains("--resume"), "{err}");
}

#[test]
fn tests_have_a_page_with_those_that_fail() {
    let folder = folder();
    let here = folder.path();
    let bare = cosim(here, "test stories", 1);
    assert_eq!(cosim(here, "test stories --html a.html", 1)[0], bare[0]);
    cosim(here, "test stories --html b.html", 1);
    assert!(text(here, "a.html") == text(here, "b.html"), "two pages of the same tests differ");
    let (told, runs) = facts(&text(here, "a.html"), "tests");
    let words: Vec<&str> = told["tests"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|test| test["word"].as_str().expect("a word"))
        .collect();
    assert_eq!((words, runs.len()), (vec!["FAILED", "MISSING"], 2));
    assert_eq!(read(&runs[1]).head["facts"]["verdict"], "held");
    for (run, test) in runs.iter().zip(told["tests"].as_array().expect("a list")) {
        assert_eq!(read(run).head["source"]["scenario"], test["path"]);
    }

    cosim(here, "test stories --update --html c.html", 1);
    let (told, runs) = facts(&text(here, "c.html"), "tests");
    assert_eq!((&told["tests"][1]["word"], &told["tests"][1]["run"]), (&"new".into(), &Value::Null));
    assert_eq!(runs.len(), 1);
}

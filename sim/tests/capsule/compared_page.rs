//! `cosim diff --html`: what is printed stays as it is, and the page has both runs, the same bytes each time.

use crate::samples::{CALM, FAULTY, calm_with};
use base64ct::{Base64, Encoding};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output};

/// What is printed, and with which code it exits.
#[track_caller]
fn diff(folder: &Path, arguments: &str) -> (String, i32) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("cosim"));
    command.current_dir(folder).arg("diff").args(arguments.split_whitespace());
    let Output { status, stdout, .. } = command.output().unwrap();
    (String::from_utf8(stdout).unwrap(), status.code().unwrap())
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let lossy = calm_with(r#""decisions": { "lost": ["alice>server content notes first"] }"#);
    for (name, text) in [("faulty.json", FAULTY), ("calm.json", CALM), ("lossy.json", &lossy)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The parts of a page: the facts of the comparison, and the bytes of each run.
fn parts(page: &str) -> (Value, Vec<Vec<u8>>) {
    let (_, data) = page.split_once(r#"<script type="application/json" id="data">"#).unwrap();
    let data: Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
    assert_eq!(data["kind"], "comparison");
    let unpacked = data["parts"].as_array().unwrap().iter().map(|part| {
        let packed = Base64::decode_vec(part.as_str().unwrap()).unwrap();
        let mut bytes = Vec::new();
        GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).unwrap();
        bytes
    });
    let mut parts: Vec<Vec<u8>> = unpacked.collect();
    let runs = parts.split_off(1);
    (serde_json::from_slice(&parts[0]).unwrap(), runs)
}

#[test]
fn a_page_changes_nothing_of_what_is_printed_and_is_the_same_each_time() {
    let folder = folder();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    for pair in ["calm.json lossy.json", "faulty.json --seeds 1,2"] {
        let printed = diff(folder.path(), pair);
        assert_eq!(printed.1, 1);
        for page in ["a.html", "b.html"] {
            assert_eq!(diff(folder.path(), &format!("{pair} --html {page}")), printed);
        }
        assert!(read("a.html") == read("b.html"), "two pages of one comparison differ");
        let (facts, runs) = parts(&read("a.html"));
        assert!(printed.0.contains(facts["says"].as_str().unwrap()));
        assert_eq!(runs.len(), 2);
        // The first row that is not the same is the one that is printed.
        let signs = facts["signs"].as_str().unwrap();
        assert_eq!(signs.find(|sign| sign != '=').unwrap() as u64, facts["at"].as_u64().unwrap());
        for decided in facts["decided"].as_array().unwrap().iter().flat_map(|all| all.as_array().unwrap()) {
            assert!(printed.0.contains(decided.as_str().unwrap()) || printed.0.contains("before …"));
        }
    }
}

#[test]
fn equal_runs_have_a_page_too() {
    let folder = folder();
    let (printed, code) = diff(folder.path(), "calm.json calm.json --html same.html");
    assert_eq!((printed.as_str(), code), ("no difference, in 11 entries\n", 0));
    let (facts, _) = parts(&fs::read_to_string(folder.path().join("same.html")).unwrap());
    assert_eq!((&facts["at"], &facts["signs"]), (&Value::Null, &"=".repeat(11).into()));
}

#[test]
fn what_apps_wrote_is_left_out_of_a_comparison() {
    let folder = folder();
    let there = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/views/removed-member.json");
    let pair = format!("{} --seeds 1,2", there.display());
    diff(folder.path(), &format!("{pair} --html shown.html"));
    diff(folder.path(), &format!("{pair} --html redacted.html --redact"));
    let words = |name: &str| {
        let (facts, runs) = parts(&fs::read_to_string(folder.path().join(name)).unwrap());
        let text: String = runs.iter().map(|run| String::from_utf8_lossy(run)).collect();
        ["Oslo", "Lisbon"].map(|word| text.contains(word) || facts.to_string().contains(word))
    };
    assert_eq!((words("shown.html"), words("redacted.html")), ([true; 2], [false; 2]));
    assert_eq!(diff(folder.path(), "calm.json lossy.json --redact").1, 2, "there is nothing to redact");
}

//! `cosim test` in a stranger's folder.

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const HELLO: &str = r#"{ "version": 1, "about": "Alice greets her server.", "nodes": { "alice": {}, "server": {} },
  "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "greeting" } }] }"#;

/// A folder with scenarios, and snapshots beside them.
struct Folder(TempDir);

impl Folder {
    fn with(scenarios: &[(&str, &str)]) -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        fs::create_dir(folder.path("stories")).unwrap();
        for (name, text) in scenarios {
            folder.write(&format!("stories/{name}.json"), text);
        }
        folder
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs `cosim test` here: its exit code, and all that it printed.
    fn test(&self, args: &[&str]) -> (i32, String) {
        self.test_from(self.0.path(), &[&["stories"], args].concat())
    }

    fn test_from(&self, from: &Path, args: &[&str]) -> (i32, String) {
        let output =
            Command::cargo_bin("cosim").unwrap().current_dir(from).arg("test").args(args).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(text).unwrap())
    }
}

#[track_caller]
fn check((code, text): (i32, String), expected: i32, words: &[&str]) {
    assert_eq!(code, expected, "{text}");
    for word in words {
        assert!(text.contains(word), "{word:?} is not in\n{text}");
    }
}

#[test]
fn a_new_folder_is_taken_up_and_then_passes() {
    let folder = Folder::with(&[("hello", HELLO), ("deep/hello", HELLO)]);
    check(
        folder.test(&[]),
        1,
        &["MISSING   deep/hello", "0 passed, 2 failed", "cosim test stories --update"],
    );
    assert!(!folder.path("snapshots").exists(), "nothing is written unasked");
    check(folder.test(&["--update"]), 0, &["new       hello", "2 passed, 0 failed, 2 snapshots updated"]);
    assert!(folder.path("snapshots/deep/hello.snap").is_file());
    check(folder.test(&[]), 0, &["passed    deep/hello", "2 passed, 0 failed"]);
    check(folder.test(&["--update"]), 0, &["2 passed, 0 failed, 0 snapshots updated"]);
    check(folder.test_from(&folder.path("stories"), &["."]), 0, &["2 passed"]);
}

#[test]
fn the_snapshots_may_be_elsewhere() {
    let folder = Folder::with(&[("hello", HELLO)]);
    check(folder.test(&["--snapshots", "kept", "--update"]), 0, &["1 passed"]);
    assert!(folder.path("kept/hello.snap").is_file());
    check(folder.test(&["--snapshots", "kept"]), 0, &["1 passed"]);
    check(
        folder.test(&["--snapshots", "else"]),
        1,
        &["MISSING", "cosim test stories --snapshots else --update"],
    );
}

#[test]
fn a_scenario_that_does_something_else_is_shown_with_the_difference() {
    let folder = Folder::with(&[("hello", HELLO)]);
    check(folder.test(&["--update"]), 0, &[]);
    folder.write("stories/hello.json", &HELLO.replace("Alice greets", "Alice hails"));
    check(
        folder.test(&[]),
        1,
        &["DIFFERS   hello", "    - Alice greets her", "    + Alice hails her", "--update"],
    );
    check(folder.test(&["--update"]), 0, &["changed   hello"]);
    check(folder.test(&[]), 0, &[]);
}

/// The lines of a text have these words, in this order.
#[track_caller]
fn in_order(text: &str, words: &[&str]) {
    let mut rest = text;
    for word in words {
        let found =
            rest.find(word).unwrap_or_else(|| panic!("{word:?} is not there, or too early, in\n{text}"));
        rest = &rest[found + word.len()..];
    }
}

#[test]
fn what_did_not_hold_comes_first_and_counts_come_last() {
    let folder = Folder::with(&[("hello", HELLO)]);
    check(folder.test(&["--update"]), 0, &[]);
    let kept = fs::read_to_string(folder.path("snapshots/hello.snap")).unwrap();
    folder.write("snapshots/hello.snap", &kept.replace("monotonic 8", "monotonic 9"));
    let (code, text) = folder.test(&[]);
    assert_eq!(code, 1);
    let next =
        "    looks of oracles: monotonic 9 -> 8\n    next: cosim test stories stories/hello.json --update\n";
    in_order(&text, &["DIFFERS   hello\n    it holds, and differs from its snapshot\n", next]);
    assert_eq!(text.matches("monotonic").count(), 1, "{text}");
    folder.write("stories/hello.json", &HELLO.replace("0ms", "1s"));
    let (_, text) = folder.test(&[]);
    let order = [
        "it holds",
        "~ 0.000s -> 1.000s",
        "is not what happens",
        "+   time ",
        "looks of oracles: ",
        "next: ",
    ];
    in_order(&text, &order);
    assert!(!text.contains("+       1.000s"), "what happened is told once:\n{text}");
    let violated = HELLO.replace("\"timeline\"", "\"expect\": { \"messages_max\": 1 }, \"timeline\"");
    folder.write("stories/hello.json", &violated);
    let (_, text) = folder.test(&[]);
    let order = [
        "FAILED    hello\n    expectation not met: at most 1",
        "VIOLATED: see above\n    the snapshot (-)",
        "looks of oracles: monotonic 9 -> 8",
        "next: cosim run stories/hello.json --seed 1\n    next: cosim shrink stories/hello.json --seed 1 -o ",
    ];
    in_order(&text, &order);
    assert!(!text.contains("--update"), "nothing is to be written down:\n{text}");
}

#[test]
fn a_snapshot_without_a_scenario_is_stale() {
    let folder = Folder::with(&[("hello", HELLO), ("bye", HELLO)]);
    check(folder.test(&["--update"]), 0, &[]);
    fs::remove_file(folder.path("stories/bye.json")).unwrap();
    check(folder.test(&[]), 1, &["STALE     bye", "1 passed, 1 failed", "--update"]);
    check(folder.test(&["--update"]), 0, &["removed   bye"]);
    assert!(!folder.path("snapshots/bye.snap").exists());
}

#[test]
fn a_bad_file_is_explained_and_the_others_are_played() {
    let folder = Folder::with(&[("bad", "{ \"version\": 1 }"), ("hello", HELLO)]);
    check(
        folder.test(&["--update"]),
        2,
        &["BAD       bad", "missing", "new       hello", "1 passed, 1 failed"],
    );
    folder.write("snapshots/hello.snap", "---\n: [broken");
    check(folder.test(&[]), 2, &["BAD       hello", "hello.snap"]);
}

#[test]
fn what_does_not_hold_is_never_written_down() {
    let violated = HELLO.replace("\"timeline\"", "\"expect\": { \"messages_max\": 1 }, \"timeline\"");
    let folder = Folder::with(&[("chatty", &violated)]);
    let expected =
        ["FAILED    chatty", "at most 1 message was", "next: cosim run stories/chatty.json --seed 1"];
    check(folder.test(&["--update"]), 1, &expected);
    assert!(!folder.path("snapshots/chatty.snap").exists());
}

#[test]
fn what_never_falls_silent_has_an_exit_code_of_its_own() {
    let cut = r#"{ "at": "0ms", "partition": { "between": ["alice", "server"] } }"#;
    let restless = HELLO.replace("} }] }", &format!("}} }}, {cut}] }}"));
    check(Folder::with(&[("restless", &restless)]).test(&[]), 3, &["FAILED    restless", "NOT LIVE"]);
}

#[test]
fn a_folder_without_scenarios_is_no_success() {
    let folder = Folder::with(&[]);
    check(folder.test(&[]), 5, &["no scenario in stories", "hint"]);
    check(folder.test_from(folder.0.path(), &["nowhere"]), 2, &["cannot read nowhere", "hint"]);
    folder.write("stories/hello.json", HELLO);
    check(
        folder.test_from(folder.0.path(), &["stories/hello.json"]),
        1,
        &["MISSING   hello", "0 passed, 1 failed"],
    );
}

#[test]
fn threads_change_nothing() {
    let names: Vec<String> = (0..20).map(|number| format!("hello-{number:02}")).collect();
    let folder = Folder::with(&names.iter().map(|name| (name.as_str(), HELLO)).collect::<Vec<_>>());
    check(folder.test(&["--update"]), 0, &[]);
    let one = |threads: &str| {
        let mut command = Command::cargo_bin("cosim").unwrap();
        let command = command.current_dir(folder.0.path()).env("RAYON_NUM_THREADS", threads);
        command.args(["test", "stories"]).output().unwrap().stdout
    };
    assert_eq!(one("1"), one("4"));
}

//! `--recording`: what asks for it, and that what is said to play again plays again.

use crate::generate::data;
use crate::playing::story;
use assert_cmd::Command;

/// A folder with the story, another one without a recording, and the recording.
struct Folder(tempfile::TempDir);

impl Folder {
    fn with(story: &str) -> Folder {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::copy(data().join("typing.json"), folder.path().join("typing.json"))
            .expect("it is checked in");
        std::fs::write(folder.path().join("essay.json"), story).expect("a file in it");
        let line = story.lines().find(|line| line.contains("\"recording\"")).expect("it plays a recording");
        std::fs::write(folder.path().join("silence.json"), story.replace(line, "")).expect("a file in it");
        Folder(folder)
    }

    /// The exit code, and what goes to stdout and stderr.
    fn cosim(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cosim"));
        let told = command.current_dir(self.0.path()).args(args).output().expect("it runs");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (told.status.code(), text(told.stdout), text(told.stderr))
    }
}

/// The story with a server that says that it has what it has not.
fn broken() -> String {
    let story = story();
    let broken =
        story.replace("\"server\": {} }", "\"server\": { \"mutations\": [\"ack-without-applying\"] } }");
    assert_ne!(story, broken);
    broken
}

#[test]
fn a_recording_that_is_missing_or_idle_is_said() {
    let folder = Folder::with(&story());
    for args in [
        ["run", "essay.json"].as_slice(),
        &["sweep", "essay.json", "--seeds", "0..1"],
        &["freeze", "essay.json"],
        &["shrink", "essay.json", "-o", "small.json"],
        &["diff", "essay.json", "--seeds", "1,2"],
        &["why", "essay.json"],
        &["explore", "essay.json"],
    ] {
        let (code, out, err) = folder.cosim(args);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{args:?}: {err}");
        assert!(err.contains("essay.json") && err.contains("--recording FILE"), "{args:?}: {err}");
    }
    let (code, _, err) = folder.cosim(&["run", "silence.json", "--recording", "typing.json"]);
    assert!(code == Some(2) && err.contains("silence.json: the scenario does not say who"), "{err}");
    let (code, _, err) = folder.cosim(&["run", "essay.json", "--recording", "none.json"]);
    assert!(code == Some(2) && err.contains("cannot read none.json"), "{err}");
    let (code, _, err) = folder.cosim(&["run", "essay.json", "--recording", "essay.json"]);
    assert!(code == Some(2) && err.starts_with("error: essay.json: missing field `kind`"), "{err}");
}

#[test]
fn a_scenario_is_checked_with_and_without() {
    let folder = Folder::with(&story());
    assert_eq!(folder.cosim(&["check", "essay.json"]).0, Some(0));
    let (code, out, _) = folder.cosim(&["check", "essay.json", "--recording", "typing.json"]);
    assert_eq!(code, Some(0));
    assert_eq!(
        out,
        "typing.json: fine: one patch after the other leads to its `endContent`\nessay.json: fine\n"
    );
}

#[test]
fn a_frozen_run_is_the_run() {
    let folder = Folder::with(&story());
    let play = ["run", "essay.json", "--recording", "typing.json", "--seed", "4"];
    let (code, out, err) = folder.cosim(&play);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let (code, ..) = folder.cosim(&[
        "freeze",
        "essay.json",
        "--recording",
        "typing.json",
        "--seed",
        "4",
        "-o",
        "frozen.json",
    ]);
    assert_eq!(code, Some(0));
    let (code, again, _) = folder.cosim(&["run", "frozen.json"]);
    assert_eq!(code, Some(0), "{again}");
    assert!(again.contains("replay of seed 4: reproduces"), "{again}");
    // The frozen one has its edits: of the two, only the other plays the recording.
    let (code, out, _) = folder.cosim(&["diff", "frozen.json", "frozen.json", "--recording", "typing.json"]);
    assert!(code == Some(0) && out.contains("no difference"), "{out}");
}

#[test]
fn a_failure_is_explained() {
    let folder = Folder::with(&broken());
    let (code, out, err) =
        folder.cosim(&["why", "essay.json", "--recording", "typing.json", "--seed", "2", "--futures", "3"]);
    assert_eq!(code, Some(0), "{err}");
    let head = "essay.json --recording typing.json, seed 2: truthful client>server confirmed\n";
    assert!(out.starts_with(head) && out.contains("\nWhat caused it: cut down to "), "{out}");
}

/// The words of the command that is said to play again.
fn again(err: &str) -> Vec<&str> {
    let (_, command) = err.rsplit_once("play it again: cosim ").expect("it says how");
    command.lines().next().expect("a line").split_whitespace().collect()
}

#[test]
fn failures_play_again() {
    let folder = Folder::with(&broken());
    let key = "truthful client>server confirmed";
    let (code, out, err) = folder.cosim(&["run", "essay.json", "--recording", "typing.json", "--seed", "2"]);
    assert!(code == Some(1) && out.contains(key), "{out}");
    assert_eq!(folder.cosim(&again(&err)), (code, out, err.clone()));

    let files = ["essay.json", "silence.json"];
    let sweep =
        [["sweep"].as_slice(), &files, &["--seeds", "2..4", "--recording", "typing.json", "--out", "kept"]]
            .concat();
    let (code, out, err) = folder.cosim(&sweep);
    assert_eq!(code, Some(1), "{out}{err}");
    let (code, out, _) = folder.cosim(&again(&err));
    assert!(code == Some(1) && out.contains(key), "{out}");

    // What is kept stands alone.
    std::fs::remove_file(folder.0.path().join("typing.json")).expect("it is there");
    let kept = format!("kept/{}-seed-2", "truthful-client-server-confirmed");
    let (code, out, err) = folder.cosim(&["run", &kept]);
    assert!(code == Some(1) && out.contains(key), "{out}{err}");
    let about =
        std::fs::read_to_string(folder.0.path().join(kept).join("README.txt")).expect("it says what it is");
    assert!(about.contains("essay.json --recording typing.json"), "{about}");
}

/// Outcomes of another recording are outcomes of something else.
#[test]
fn a_sweep_goes_on_with_the_same_recording_only() {
    let folder = Folder::with(&story());
    let sweep =
        ["sweep", "essay.json", "--recording", "typing.json", "--seeds", "0..2", "--out", "outcomes.jsonl"];
    assert_eq!(folder.cosim(&sweep).0, Some(0));
    let resume = [sweep.as_slice(), &["--resume"]].concat();
    let (code, _, err) = folder.cosim(&resume);
    assert!(code == Some(0) && err.contains("nothing is left to play"), "{err}");
    let path = folder.0.path().join("typing.json");
    let text = std::fs::read_to_string(&path).expect("it is there");
    std::fs::write(&path, text + "\n").expect("it may be written");
    let (code, _, err) = folder.cosim(&resume);
    assert!(code == Some(2) && err.contains("--recording"), "{err}");
}

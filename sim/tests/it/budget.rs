//! Sweeps that end by time, and corpora that are played before.

use assert_cmd::Command;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use tempfile::TempDir;

const HELLO: &str = r#"{ "version": 1, "about": "Alice greets her server.", "nodes": { "alice": {}, "server": {} },
  "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
  "network": { "loss": "20%" },
  "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "greeting" } }] }"#;

struct Folder(TempDir);

impl Folder {
    /// With a story that holds, and one that fails now and then.
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().expect("a folder"));
        let forgetful =
            HELLO.replace("\"alice\": {}", "\"alice\": { \"mutations\": [\"never-retransmit\"] }");
        fs::write(folder.path("hello.json"), HELLO).expect("a file");
        fs::write(folder.path("forgetful.json"), forgetful).expect("a file");
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn command(&self, words: &str) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("cosim"));
        command.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY");
        command.current_dir(self.0.path()).args(words.split_whitespace());
        command
    }

    /// The exit code, what is printed, and what is said beside it.
    fn cosim(&self, words: &str) -> (i32, String, String) {
        let output = self.command(words).output().expect("it runs");
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
        (output.status.code().expect("an exit code"), out, err)
    }
}

#[test]
fn a_sweep_that_time_ends_is_a_sweep_of_the_seeds_that_it_names() {
    let folder = Folder::new();
    let both = "sweep hello.json forgetful.json";
    let (code, out, err) = folder.cosim(&format!("{both} --seeds 5.. --for 1us --out timed --jobs 2"));
    assert_eq!(code, 3, "{err}");
    for line in [
        "hello.json: played 5..13, next 13..\n",
        "forgetful.json: played 5..13, next 13..\n",
        "go on: the same command with --seeds 13..\n",
    ] {
        assert!(err.contains(line), "{line}{err}");
    }
    let usual = folder.cosim(&format!("{both} --seeds 5..13 --out usual"));
    assert_eq!((code, out), (usual.0, usual.1));
    assert_eq!(folder.read("timed/outcomes.jsonl"), folder.read("usual/outcomes.jsonl"));
    let left = fs::read_dir(folder.path("timed")).expect("a folder").map(|entry| entry.unwrap().file_name());
    let usual = fs::read_dir(folder.path("usual")).expect("a folder").map(|entry| entry.unwrap().file_name());
    let [mut left, mut usual]: [Vec<_>; 2] = [left.collect(), usual.collect()];
    left.sort();
    usual.sort();
    assert_eq!(left, usual, "nothing is left of how it was made");
}

#[test]
fn a_sweep_that_ends_before_its_time_has_played_all() {
    let folder = Folder::new();
    // The last round is shorter.
    let (code, _, err) =
        folder.cosim("sweep hello.json forgetful.json --seeds 0..11 --for 1h --out timed.jsonl");
    assert!(
        code == 3 && err.contains("played 0..11, next 11..11") && err.contains("all seeds are played"),
        "{err}"
    );
    folder.cosim("sweep hello.json forgetful.json --seeds 0..11 --out usual.jsonl");
    assert_eq!(folder.read("timed.jsonl"), folder.read("usual.jsonl"));
}

#[test]
fn what_goes_with_no_end_is_said() {
    let folder = Folder::new();
    for (words, what) in [
        ("--seeds 0..", "has no last seed"),
        ("--seeds 0.. --for 1s --shard 1/2", "cannot be used with"),
        ("--seeds 0.. --for 1s --max-failures 3", "cannot be used with"),
        ("--seeds 0.. --for 10", "has no unit"),
    ] {
        let (code, _, err) = folder.cosim(&format!("sweep hello.json {words}"));
        assert!(code == 2 && err.contains(what), "{words}: {err}");
    }
}

/// Ctrl-C ends it as its time would have.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_timed_sweep_in_order() {
    let folder = Folder::new();
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("cosim"));
    command.args(["sweep", "hello.json", "--seeds", "0..", "--for", "1h", "--out", "timed/outcomes.jsonl"]);
    let command = command.current_dir(folder.0.path()).stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().expect("it runs");
    // It minds signals before it makes the folder.
    while !folder.path("timed").exists() {
        std::thread::yield_now();
    }
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.is_ok_and(|status| status.success()));
    let output = child.wait_with_output().expect("it ends");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{err}");
    let (_, until) = err.split_once("hello.json: played 0..").expect("it says how far it came");
    let until = until.split(',').next().expect("a number");
    folder.cosim(&format!("sweep hello.json --seeds 0..{until} --out usual.jsonl"));
    assert_eq!(folder.read("timed/outcomes.jsonl"), folder.read("usual.jsonl"));
}

#[test]
fn what_failed_once_is_played_before() {
    let folder = Folder::new();
    let (_, _, err) =
        folder.cosim("sweep forgetful.json hello.json --seeds 0..30 --corpus corpus.jsonl --out first");
    assert!(err.contains("corpus: 0 runs, 0 failed"), "{err}");
    let corpus = folder.read("corpus.jsonl");
    assert!(corpus.starts_with("{\"format\":\"cosim-corpus\",\"version\":1}\n"), "{corpus}");
    let failed = corpus.lines().filter(|line| line.contains("\"key\"")).count();
    let most = corpus.lines().filter(|line| line.contains("\"events\"")).count();
    assert!(failed >= 1 && most == 10, "{corpus}");
    // None of the new seeds fails; one that is kept does.
    let (code, out, err) =
        folder.cosim("sweep hello.json forgetful.json --seeds 900..900 --corpus corpus.jsonl --out second");
    assert!(code == 2 && out.is_empty() && err.contains("it holds no seed"), "{err}");
    let (code, out, err) = folder.cosim("sweep hello.json --seeds 0..2 --corpus corpus.jsonl --out second");
    assert_eq!((code, out.lines().next()), (0, Some("2 runs: 2 held")), "{err}");
    let before = folder.read("second/corpus.jsonl");
    let build = folder.read("second/outcomes.jsonl");
    let build = build.split("\"build\":").nth(1).and_then(|rest| rest.split(',').next()).expect("a build");
    assert!(
        before.starts_with("{\"format\":\"cosim-corpus-outcomes\"") && before.contains(build),
        "{before}"
    );
    let (code, _, err) = folder.cosim("sweep forgetful.json hello.json --seeds 0..1 --corpus corpus.jsonl");
    assert!(code == 3 && err.contains("corpus: ") && err.contains("forgetful.json --seed "), "{err}");
    // What is there stays, and the same run is not kept twice.
    let kept = folder.read("corpus.jsonl");
    assert!(kept.lines().filter(|line| line.contains("\"key\"")).count() >= failed);
    let mut lines: Vec<&str> = kept.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), kept.lines().count());
}

#[test]
fn of_several_shards_the_first_plays_a_corpus_and_the_merge_adds_to_it() {
    let folder = Folder::new();
    folder.cosim("sweep forgetful.json --seeds 0..10 --corpus corpus.jsonl");
    let before = folder.read("corpus.jsonl");
    for (part, plays) in [("1/2", true), ("2/2", false)] {
        let out = part.replace('/', "-of-");
        let sweep =
            format!("sweep forgetful.json --seeds 10..40 --shard {part} --corpus corpus.jsonl --out {out}");
        let (_, _, err) = folder.cosim(&sweep);
        assert_eq!(err.contains("corpus: "), plays, "{err}");
        assert_eq!(folder.path(&format!("{out}/corpus.jsonl")).exists(), plays);
    }
    assert_eq!(folder.read("corpus.jsonl"), before);
    folder.cosim("merge 1-of-2 2-of-2 -o whole --corpus corpus.jsonl");
    assert_ne!(folder.read("corpus.jsonl"), before);
}

#[test]
fn what_is_no_corpus_is_refused() {
    let folder = Folder::new();
    for (text, what) in [
        ("{}\n", "corpus.jsonl:1: this is no corpus"),
        ("{\"format\":\"cosim-corpus\",\"version\":1}\n{\"seed\":1}\n", "corpus.jsonl:2: this is no run"),
    ] {
        fs::write(folder.path("corpus.jsonl"), text).expect("a file");
        let (code, _, err) = folder.cosim("sweep hello.json --seeds 0..2 --corpus corpus.jsonl");
        assert!(code == 2 && err.contains(what), "{err}");
    }
}

//! The commands as a whole: exit codes, what goes where, and what is left when the process is ended from outside.

use crate::samples::{FAULTY, TINY};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

pub(crate) fn cosim(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("cosim"));
    command.current_dir(folder).args(arguments.split_whitespace());
    command
}

fn play(folder: &Path, arguments: &str) -> Output {
    cosim(folder, arguments).output().unwrap()
}

#[track_caller]
fn check(folder: &Path, arguments: &str, code: i32) -> (String, String) {
    let Output { status, stdout, stderr } = play(folder, arguments);
    let [out, err] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(status.code(), Some(code), "{out}{err}");
    (out, err)
}

pub(crate) fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("faulty.json"), FAULTY).unwrap();
    fs::write(folder.path().join("tiny.json"), TINY).unwrap();
    folder
}

#[test]
fn exit_codes_say_how_bad_it_is() {
    let folder = folder();
    check(folder.path(), "sweep tiny.json --seeds 0..10", 0);
    let (out, err) = check(folder.path(), "sweep tiny.json faulty.json --seeds 0..50", 1);
    assert!(out.contains("cosim run faulty.json --seed "), "{out}");
    assert!(err.contains("play it again: cosim run faulty.json --seed "), "{err}");
    check(folder.path(), "sweep tiny.json --seeds 5..5", 2);
    check(folder.path(), "sweep tiny.json --seeds 0..5 --resume", 2);
    check(folder.path(), "sweep none.json --seeds 0..5", 2);
    let (_, err) = check(folder.path(), "sweep tiny.json --seeds 0..2 --shard 1/4", 5);
    assert!(err.contains("nothing was played"), "{err}");
}

#[test]
fn what_run_plays_is_swept_too() {
    let folder = folder();
    let (whole, _) = check(folder.path(), "sweep faulty.json --seeds 0..50", 1);
    let mut piped = cosim(folder.path(), "sweep - --seeds 0..50");
    let piped = piped.stdin(fs::File::open(folder.path().join("faulty.json")).unwrap()).output().unwrap();
    assert_eq!(String::from_utf8(piped.stdout).unwrap(), whole.replace("faulty.json", "-"));
    let (_, err) = check(folder.path(), "sweep - --seeds 0..5 --out kept", 2);
    assert!(err.contains("standard input is none"), "{err}");
    check(folder.path(), "sweep faulty.json --seeds 0..50 --out kept", 1);
    let kept = fs::read_dir(folder.path().join("kept")).unwrap().map(|entry| entry.unwrap().path());
    let kept = kept.filter(|path| path.is_dir()).min().unwrap();
    let kept = kept.strip_prefix(folder.path()).unwrap().to_str().unwrap();
    let (out, _) = check(folder.path(), &format!("sweep {kept} --seeds 0..2"), 1);
    assert!(out.contains(&format!("cosim run {kept}/scenario.json --seed 0")), "{out}");
}

#[test]
fn shards_with_a_corpus_merge_as_they_lie() {
    let folder = folder();
    let play = |seeds: &str, rest: &str, code| {
        let corpus = "--corpus c.jsonl";
        check(folder.path(), &format!("sweep faulty.json --seeds {seeds} {rest} {corpus}"), code)
    };
    play("0..50", "", 1);
    // The corpus fails, though these seeds hold; `./faulty.json` is the same file.
    let (out, err) =
        check(folder.path(), "sweep ./faulty.json --seeds 0..6 --corpus c.jsonl --format json", 1);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&json["verdict"], &json["corpus"]["path"]), (&"held".into(), &"c.jsonl".into()), "{out}");
    assert!(json["corpus"]["failed"].as_u64() > Some(0) && err.contains("corpus: "), "{out}{err}");
    let (out, _) = play("0..6", "--format junit", 1);
    assert!(
        out.contains("runs of the corpus failed") && out.contains("again cosim run faulty.json"),
        "{out}"
    );
    for shard in ["1/2", "2/2"] {
        play("0..50", &format!("--shard {shard} --out part-{}.jsonl", &shard[..1]), 1);
    }
    assert!(folder.path().join("part-1.corpus.jsonl").is_file());
    check(folder.path(), "merge part-1.jsonl part-1.corpus.jsonl part-2.jsonl --shards 2 -o whole.jsonl", 1);
    check(folder.path(), "sweep faulty.json --seeds 0..50 --out alone.jsonl", 1);
    let [whole, alone] =
        ["whole.jsonl", "alone.jsonl"].map(|name| fs::read(folder.path().join(name)).unwrap());
    assert!(whole == alone);
}

#[test]
fn outcomes_follow_links_and_are_written_into_files_alone() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink("target.jsonl", path("link.jsonl")).unwrap();
    check(folder.path(), "sweep tiny.json --seeds 0..5 --out link.jsonl", 0);
    check(folder.path(), "sweep tiny.json --seeds 0..5 --out plain.jsonl", 0);
    assert!(fs::symlink_metadata(path("link.jsonl")).unwrap().is_symlink());
    assert_eq!(fs::read(path("target.jsonl")).unwrap(), fs::read(path("plain.jsonl")).unwrap());
    assert!(Command::new("mkfifo").arg(path("pipe.jsonl")).status().unwrap().success());
    let (_, err) = check(folder.path(), "merge plain.jsonl -o pipe.jsonl", 2);
    assert!(err.contains("pipe.jsonl: it is no file"), "{err}");
    for html in ["--out plain.jsonl --html plain.jsonl", "--out kept --html kept/outcomes.jsonl"] {
        let (_, err) = check(folder.path(), &format!("sweep tiny.json --seeds 0..5 {html}"), 2);
        assert!(err.contains("--out and --html cannot both be"), "{err}");
    }
    let (_, err) = check(folder.path(), "sweep tiny.json --seeds 0..5 --corpus /dev/full", 2);
    assert!(err.contains("/dev/full is no file"), "{err}");
    let (_, err) =
        check(folder.path(), "sweep tiny.json --seeds 0..5 --out plain.jsonl --crypto real --resume", 2);
    assert!(err.contains("--crypto: fast there, real here"), "{err}");
    check(folder.path(), "sweep tiny.json --seeds 0..5 --out kept", 0);
    for read in ["kept", "kept/outcomes.jsonl"] {
        let (_, err) = check(folder.path(), &format!("report {read} -o kept/outcomes.jsonl"), 2);
        assert!(err.contains("would be replaced"), "{err}");
    }
}

/// A full disk behind stderr changes nothing of what is found.
#[test]
fn who_cannot_be_told_still_gets_the_exit_code() {
    let folder = folder();
    for (arguments, code) in
        [("sweep faulty.json --seeds 0..50", 1), ("run tiny.json", 0), ("run none.json", 2)]
    {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let status = cosim(folder.path(), arguments).stdout(Stdio::null()).stderr(full).status().unwrap();
        assert_eq!(status.code(), Some(code), "{arguments}");
    }
}

#[test]
fn the_command_that_is_printed_fails_the_same_way() {
    let folder = folder();
    let (out, _) = check(folder.path(), "sweep faulty.json --seeds 0..50 --json", 1);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let failures = json["failures"].as_array().unwrap();
    for failure in failures {
        let [command, key] = ["command", "key"].map(|part| failure[part].as_str().unwrap());
        let code = if key.starts_with("quiescence ") { 3 } else { 1 };
        let (out, _) = check(folder.path(), command.strip_prefix("cosim ").unwrap(), code);
        assert!(out.contains(&format!("key `{key}`")), "{out}");
    }
    let classes = failures.iter().map(|failure| failure["key"].as_str().unwrap().starts_with("quiescence "));
    assert!(
        classes.clone().any(|live| live) && !classes.clone().all(|live| live),
        "the worse of both classes wins"
    );
}

#[test]
fn parts_merge_to_the_whole_with_its_summary_and_exit_code() {
    let folder = folder();
    let whole = check(folder.path(), "sweep faulty.json tiny.json --seeds 0..50 --out whole", 1);
    for n in 1..=3 {
        play(
            folder.path(),
            &format!("sweep faulty.json tiny.json --seeds 0..50 --shard {n}/3 --out part{n}"),
        );
    }
    let merged = check(folder.path(), "merge part1 part3 part2/outcomes.jsonl -o merged.jsonl", 1);
    assert_eq!(merged.0, whole.0);
    let [merged, whole] =
        ["merged.jsonl", "whole/outcomes.jsonl"].map(|path| fs::read(folder.path().join(path)).unwrap());
    assert!(merged == whole);
    // What a seed has come to and that a part is not there are two things.
    for (merge, missing) in [
        ("merge part1 part3 -o gap.jsonl", "missing: no part has the seeds 16..33"),
        ("merge part1 part3 part4 --shards 3 -o gap.jsonl", "missing: 2 (there are 3 parts)"),
    ] {
        let (out, err) = check(folder.path(), merge, 8);
        assert_eq!(out, "");
        assert!(err.contains(missing), "{err}");
    }
    check(folder.path(), "merge part1 part2 part3 --shards 3 -o merged.jsonl", 1);
    // A folder with a folder for each part.
    fs::create_dir(folder.path().join("each")).unwrap();
    for n in 1..=3 {
        let [from, to] = [format!("part{n}"), format!("each/{n}")].map(|path| folder.path().join(path));
        fs::rename(from, to).unwrap();
    }
    check(folder.path(), "merge each --shards 3 -o merged.jsonl", 1);
    // A folder that is full of parts.
    fs::create_dir(folder.path().join("parts")).unwrap();
    for n in 1..=3 {
        fs::rename(
            folder.path().join(format!("each/{n}/outcomes.jsonl")),
            folder.path().join(format!("parts/{n}.jsonl")),
        )
        .unwrap();
    }
    check(folder.path(), "merge parts --shards 3 -o merged.jsonl", 1);
}

/// A sweep that goes on long enough to be ended from outside, once it has said that it has played a part.
fn begun(folder: &Path) -> Child {
    let mut sweep = cosim(folder, LONG);
    let mut child = sweep.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut said).unwrap();
    assert_eq!(said, "1000 of 20000 runs, none failed\n");
    child
}

const LONG: &str = "sweep tiny.json --seeds 0..20000 --out long";

/// Goes on with the long sweep, and compares it with one that nothing has interrupted.
#[track_caller]
fn resumes_to_the_same_bytes(folder: &Path) {
    let path = folder.join("long/outcomes.jsonl");
    let partial = fs::read_dir(folder.join("long")).unwrap().next().unwrap().unwrap().path();
    let name = partial.file_name().unwrap().to_string_lossy().into_owned();
    assert!(name.starts_with("outcomes.jsonl.") && name.ends_with(".partial") && !path.exists(), "{name}");
    let (_, err) = check(folder, LONG, 2);
    assert!(err.contains("hint: --resume goes on with it"), "{err}");
    let (resumed, err) = check(folder, &format!("{LONG} --resume"), 0);
    assert!(err.contains(" of 20000 runs were played before"), "{err}");
    assert!(path.exists() && !partial.exists());
    let (whole, _) = check(folder, &LONG.replace("--out long", "--out whole.jsonl --jobs 1"), 0);
    assert_eq!(resumed, whole);
    assert!(fs::read(path).unwrap() == fs::read(folder.join("whole.jsonl")).unwrap());
}

#[test]
fn a_sweep_that_was_killed_is_gone_on_with() {
    let folder = folder();
    let mut child = begun(folder.path());
    child.kill().unwrap();
    child.wait().unwrap();
    resumes_to_the_same_bytes(folder.path());
}

/// Sends a signal, and says what is said until the process has ended, as one that was interrupted.
#[track_caller]
fn ended_by(signal: &str, mut child: Child) -> String {
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let killed = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let mut said = String::new();
    std::io::Read::read_to_string(&mut stderr, &mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{said}");
    assert!(said.contains("go on with the same command and --resume"), "{said}");
    said
}

#[test]
fn a_sweep_that_was_interrupted_says_how_to_go_on() {
    for signal in ["-INT", "-HUP", "-TERM"] {
        let folder = folder();
        let said = ended_by(signal, begun(folder.path()));
        assert!(said.contains("they are in long/outcomes.jsonl."), "{said}");
        if signal == "-TERM" {
            resumes_to_the_same_bytes(folder.path());
        }
    }
}

/// A story with nearly a million edits, which nobody waits for.
fn endless() -> String {
    let workload = r#""workload": { "operations": 900000, "until": "1000000s", "nodes": ["alice"], "co_values": ["notes"] },
  "timeline""#;
    TINY.replace("\"timeline\"", workload)
}

/// A run that takes longer than an engine waits does not keep the process: what came before it is there.
#[test]
fn a_run_that_takes_long_does_not_keep_a_sweep_from_ending() {
    let folder = folder();
    fs::write(folder.path().join("endless.json"), endless()).unwrap();
    // On a busy machine the signal may come before the long run begins: then the sweep just ends.
    let ends_in_the_middle = || {
        let mut sweep =
            cosim(folder.path(), "sweep tiny.json endless.json --seeds 0..1000 --jobs 1 --out long");
        let mut child = sweep.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said, "1000 of 2000 runs, none failed\n");
        let ended = ended_by("-TERM", child).contains("in the middle of a run");
        if !ended {
            fs::remove_dir_all(folder.path().join("long")).unwrap();
        }
        ended
    };
    assert!((0..20).any(|_| ends_in_the_middle()), "a signal comes while the long run is played");
    let partial = fs::read_dir(folder.path().join("long")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(fs::read_to_string(partial).unwrap().lines().count(), 1 + 1000);
}

//! The commands as a whole: exit codes, what goes where, and folders that are copied elsewhere.

use crate::samples::{CALM, FAULTY};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

#[track_caller]
fn check(folder: &Path, arguments: &str, code: i32) -> (String, String) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("cosim"));
    command.current_dir(folder).args(arguments.split_whitespace());
    let Output { status, stdout, stderr } = command.output().unwrap();
    let [out, err] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(status.code(), Some(code), "{out}{err}");
    (out, err)
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("faulty.json"), FAULTY).unwrap();
    fs::write(folder.path().join("calm.json"), CALM).unwrap();
    folder
}

fn kept(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    let mut names: Vec<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Copied elsewhere, with everything else gone.
#[test]
fn a_folder_is_enough_alone() {
    let here = folder();
    let (_, err) = check(here.path(), "run faulty.json --seeds 0..60 --out out --shrink", 1);
    assert!(err.contains("kept, and played by: cosim run out/"), "{err}");
    let names = kept(&here.path().join("out"));
    assert!(!names.is_empty());
    let there = tempfile::tempdir().unwrap();
    for name in &names {
        let copy = there.path().join(name);
        fs::create_dir(&copy).unwrap();
        for file in fs::read_dir(here.path().join("out").join(name)).unwrap().map(|file| file.unwrap()) {
            fs::copy(file.path(), copy.join(file.file_name())).unwrap();
        }
    }
    drop(here);
    for name in &names {
        let text = fs::read_to_string(there.path().join(name).join("verdict.json")).unwrap();
        let verdict: Value = serde_json::from_str(&text).unwrap();
        let code = if verdict["class"] == "liveness" { 3 } else { 1 };
        let (out, _) = check(there.path(), &format!("run {name} --json"), code);
        let again: Value = serde_json::from_str(&out).unwrap();
        for field in ["verdict", "fingerprint", "seed", "violations", "figures", "looks", "cosim"] {
            assert_eq!(again[field], verdict[field]);
        }
        check(there.path(), &format!("diff {name} {name}/log.jsonl"), 0);
        check(there.path(), &format!("run {name}/shrunk.json"), 0);
        check(there.path(), &format!("check {name}"), 0);
    }
}

#[test]
fn the_command_in_a_folder_plays_it() {
    let here = folder();
    let (_, err) = check(here.path(), "sweep faulty.json --seeds 0..60 --out out", 1);
    let names = kept(&here.path().join("out"));
    assert!(here.path().join("out/outcomes.jsonl").is_file());
    assert_eq!(err.matches("kept, and played by").count(), names.len());
    for name in names {
        let text = fs::read_to_string(here.path().join("out").join(&name).join("verdict.json")).unwrap();
        let verdict: Value = serde_json::from_str(&text).unwrap();
        let command = verdict["command"].as_str().unwrap().strip_prefix("cosim ").unwrap();
        let code = if verdict["class"] == "liveness" { 3 } else { 1 };
        let (out, _) = check(here.path(), command, code);
        assert!(out.contains(verdict["key"].as_str().unwrap()), "{out}");
    }
}

#[test]
fn a_run_and_a_sweep_keep_the_same() {
    let here = folder();
    check(here.path(), "run faulty.json --seeds 0..60 --out run", 1);
    check(here.path(), "sweep faulty.json --seeds 0..60 --out sweep", 1);
    let [run, sweep] = ["run", "sweep"].map(|dir| kept(&here.path().join(dir)));
    assert_eq!(run, sweep);
    check(here.path(), "run calm.json --out held", 0);
    assert!(!here.path().join("held").exists());
    check(here.path(), "sweep faulty.json --seeds 0..60 --out only.jsonl", 1);
    assert!(kept(here.path()).iter().all(|name| name == "run" || name == "sweep"));
    check(here.path(), "run calm.json --shrink", 2);
}

#[test]
fn a_folder_without_a_scenario_is_no_failure() {
    let here = folder();
    let (_, err) = check(here.path(), "run .", 2);
    assert!(err.contains("error: . is a folder without scenario.json\nhint: "), "{err}");
}

#[test]
fn diff_says_by_its_exit_code_whether_there_is_a_difference() {
    let here = folder();
    for seed in ["0", "1"] {
        let (out, _) = check(here.path(), &format!("run calm.json --seed {seed} --log --json"), 0);
        fs::write(here.path().join(format!("{seed}.jsonl")), out).unwrap();
    }
    let (out, _) = check(here.path(), "diff 0.jsonl 1.jsonl", 0);
    assert!(out.starts_with("no difference, in "), "{out}");
    check(here.path(), "diff calm.json 0.jsonl", 0);
    check(here.path(), "diff faulty.json --seeds 4,4", 0);
    let (out, _) = check(here.path(), "diff faulty.json --seeds 4,5", 1);
    assert!(out.starts_with("A: faulty.json, seed 4: held\nB: faulty.json, seed 5: held\n"), "{out}");
    check(here.path(), "diff calm.json faulty.json", 1);
}

#[test]
fn diff_says_what_is_wrong_with_a_log() {
    let here = folder();
    let (out, _) = check(here.path(), "run calm.json --log --json", 0);
    fs::write(here.path().join("log.jsonl"), &out).unwrap();
    fs::write(here.path().join("torn.jsonl"), &out[..out.len() - 9]).unwrap();
    fs::write(here.path().join("new.jsonl"), out.replace(r#""version":2"#, r#""version":9"#)).unwrap();
    let line = out.lines().count();
    let (_, err) = check(here.path(), "diff log.jsonl torn.jsonl", 2);
    assert!(err.starts_with(&format!("error: torn.jsonl: line {line}: it is cut off")), "{err}");
    let (_, err) = check(here.path(), "diff new.jsonl log.jsonl", 2);
    assert!(err.starts_with("error: new.jsonl: line 1: the log has version 9"), "{err}");
    check(here.path(), "diff log.jsonl", 2);
    check(here.path(), "diff log.jsonl none.jsonl", 2);
    check(here.path(), "diff calm.json --seeds 1", 2);
    check(here.path(), "diff calm.json faulty.json --seeds 1,2", 2);
}

#[test]
fn a_log_tells_on_demand_what_nodes_hold_and_oracles_look_at() {
    let here = folder();
    let log = |also: &str| check(here.path(), &format!("run calm.json --log --json {also}"), 0).0;
    let lines = |log: &str, kind: &str| -> Vec<String> {
        let kind = format!(r#""kind":"{kind}""#);
        log.lines().filter(|line| line.contains(&kind)).map(str::to_owned).collect()
    };
    let (plain, states, all) = (log(""), log("--with states"), log("--with states,looks"));
    assert_eq!(all, log("--with looks --with states"));
    for (log, kind) in [(&plain, "state"), (&plain, "looks"), (&states, "looks")] {
        assert_eq!(lines(log, kind), [] as [&str; 0]);
    }
    assert_eq!(lines(&states, "state"), lines(&all, "state"));
    insta::assert_snapshot!(lines(&all, "state").join("\n"), @r#"
    {"at":0,"entry":true,"event":2,"header":true,"id":"notes","kind":"state","node":"alice"}
    {"at":0,"event":3,"id":"notes","kind":"state","node":"alice","told":{"server":{"header":true}},"waits":[{"peer":"server","until":1000000,"why":"load"}]}
    {"assumed":{"alice":{"header":true}},"at":50000,"confirmed":{"alice":{"header":true}},"entry":true,"event":5,"id":"notes","kind":"state","node":"server","told":{"alice":{}},"waits":[{"peer":"alice","until":1050000,"why":"pull"}]}
    {"assumed":{"server":{"header":true}},"at":100000,"confirmed":{"server":{}},"event":6,"id":"notes","kind":"state","node":"alice","waits":[{"peer":"server","until":1100000,"why":"acknowledge"}]}
    {"at":150000,"event":7,"header":true,"id":"notes","kind":"state","node":"server","told":{"alice":{"header":true}},"waits":[]}
    {"at":200000,"confirmed":{"server":{"header":true}},"event":8,"id":"notes","kind":"state","node":"alice","waits":[]}
    {"assumed":{"server":{"sessions":{"alice/1":1}}},"at":1000000,"event":9,"id":"notes","kind":"state","node":"alice","sessions":{"alice/1":1},"told":{"server":{"sessions":{"alice/1":1}}},"waits":[{"peer":"server","until":2000000,"why":"acknowledge"}]}
    {"assumed":{"alice":{"sessions":{"alice/1":1}}},"at":1050000,"confirmed":{"alice":{"sessions":{"alice/1":1}}},"event":10,"id":"notes","kind":"state","node":"server","sessions":{"alice/1":1},"told":{"alice":{"sessions":{"alice/1":1}}}}
    {"at":1100000,"confirmed":{"server":{"sessions":{"alice/1":1}}},"event":11,"id":"notes","kind":"state","node":"alice","waits":[]}
    "#);
    insta::assert_snapshot!(lines(&all, "looks")[..4].join("\n"), @r#"
    {"at":0,"event":2,"ids":["notes"],"kind":"looks","looks":{"monotonic":1,"prefix":1},"node":"alice","when":"step"}
    {"at":0,"event":3,"kind":"looks","looks":{"frugal":1},"node":"alice","when":"step"}
    {"at":0,"event":3,"ids":["notes"],"kind":"looks","looks":{"monotonic":1,"prefix":1},"node":"alice","when":"step"}
    {"at":0,"event":3,"ids":["notes"],"kind":"looks","looks":{"bounded":1,"truthful":1},"node":"alice","peer":"server","when":"step"}
    "#);
    for (name, log) in [("plain", &plain), ("all", &all)] {
        fs::write(here.path().join(format!("{name}.jsonl")), log).unwrap();
    }
    check(here.path(), "diff plain.jsonl all.jsonl", 0);
}

#[test]
fn only_a_log_for_machines_tells_on_demand() {
    let here = folder();
    for wrong in ["--with states", "--log --with looks", "--json --with looks"] {
        let (_, err) = check(here.path(), &format!("run calm.json {wrong}"), 2);
        assert!(
            err.contains("required arguments were not provided")
                && err.contains("cosim run --log --json --with"),
            "{err}"
        );
    }
    check(here.path(), "run calm.json --log --json --seeds 0..2 --with states", 2);
    let (_, err) = check(here.path(), "run calm.json --log --json --with thoughts", 2);
    assert!(err.contains("[possible values: states, looks]"), "{err}");
}

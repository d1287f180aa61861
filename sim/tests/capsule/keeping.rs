//! The folders in which failures are kept: whole, enough alone, and the same run.

use crate::samples::{CALM, FAULTY, calm_with, json_lines, play, scenario};
use cosim_testbed::capsule::{Error, Failing, Shrink, write};
use cosim_testbed::log::Limit;
use cosim_testbed::run::{Outcome, Verdict};
use cosim_testbed::scenario::Scenario;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn failing(scenario: &Scenario, seed: u64) -> Failing<'_> {
    Failing { scenario, name: "stories/faulty.json", seed, build: "0123456789ab-clean" }
}

/// The first seeds that fail.
fn failures(scenario: &Scenario) -> Vec<Outcome> {
    let outcomes = (0..60).map(|seed| play(scenario, seed, Limit::All));
    let failures: Vec<_> = outcomes.filter(|outcome| outcome.verdict() != Verdict::Held).collect();
    assert!(failures.len() >= 3);
    failures
}

fn names(folder: &Path) -> Vec<String> {
    let entries =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

fn json(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&read(folder, name)).unwrap()
}

/// Plays what was kept, and compares it with the run that failed.
#[track_caller]
fn plays_again(folder: &Path, failed: &Outcome) {
    let kept = scenario(&read(folder, "scenario.json"));
    assert_eq!(kept.seed, failed.seed);
    let mut outcome = play(&kept, kept.seed, Limit::All);
    outcome.log.as_mut().unwrap().name_scenario("scenario.json".to_owned());
    assert_eq!(outcome.fingerprint, failed.fingerprint);
    assert_eq!(outcome.verdict(), failed.verdict());
    assert_eq!(outcome.violations, failed.violations);
    assert_eq!(outcome.unmet, failed.unmet);
    assert_eq!(outcome.unused, []);
    assert_eq!(read(folder, "log.jsonl"), json_lines(&outcome));
    assert_eq!(read(folder, "log.txt"), outcome.log.unwrap().to_string());
    let verdict = json(folder, "verdict.json");
    assert_eq!(verdict["fingerprint"], failed.fingerprint.to_string());
    assert_eq!(verdict["seed"], failed.seed);
    assert_eq!(verdict["key"], failed.key().unwrap_or("expectation"));
}

#[test]
fn every_failure_plays_again_as_it_was() {
    let (dir, story) = (tempfile::tempdir().unwrap(), scenario(FAULTY));
    for failed in failures(&story) {
        let folder = write(dir.path(), &failing(&story, failed.seed), Shrink::No).unwrap();
        let all = ["README.txt", "log.jsonl", "log.txt", "scenario.json", "states.json", "verdict.json"];
        assert_eq!(names(&folder), all);
        plays_again(&folder, &failed);
    }
    assert!(names(dir.path()).iter().all(|name| name.contains("-seed-") && !name.contains('.')));
}

#[test]
fn a_failure_of_another_scenario_is_kept_beside() {
    let (dir, story) = (tempfile::tempdir().unwrap(), scenario(FAULTY));
    let failed = &failures(&story)[0];
    let keep = |name| {
        let failing = Failing { name, ..failing(&story, failed.seed) };
        write(dir.path(), &failing, Shrink::No).unwrap().file_name().unwrap().to_str().unwrap().to_owned()
    };
    let [first, other, third] = ["a.json", "b.json", "c.json"].map(keep);
    assert_eq!((&other, &third), (&format!("{first}-2"), &format!("{first}-3")));
    let [first_again, other_again] = ["a.json", "b.json"].map(keep);
    assert_eq!((&first, &other), (&first_again, &other_again), "its own is replaced");
    assert_eq!(names(dir.path()), [first.as_str(), &other, &third]);
    assert_eq!(json(&dir.path().join(&other), "verdict.json")["origin"]["scenario"], "b.json");
}

#[test]
fn what_is_expected_and_did_not_come_is_kept_too() {
    let dir = tempfile::tempdir().unwrap();
    // Where nothing happens that was to happen, there is nothing to cut down.
    for (expect, can_shrink) in [(r#""messages_max": 1"#, true), (r#""violation": "prefix""#, false)] {
        let story = scenario(&calm_with(&format!(r#""expect": {{ {expect} }}"#)));
        let folder = write(dir.path(), &failing(&story, 3), Shrink::Yes).unwrap();
        assert_eq!(folder, dir.path().join("expectation-seed-3"));
        plays_again(&folder, &play(&story, 3, Limit::All));
        assert_eq!(folder.join("shrunk.json").exists(), can_shrink);
        let readme = read(&folder, "README.txt");
        assert_eq!(readme.contains("there is no shrunk.json"), !can_shrink, "{readme}");
        assert!(!readme.contains("exit code 0"), "{readme}");
    }
}

#[test]
fn a_run_that_holds_leaves_nothing() {
    let (dir, story) = (tempfile::tempdir().unwrap(), scenario(CALM));
    let error = write(dir.path(), &failing(&story, 0), Shrink::Yes).unwrap_err();
    assert!(matches!(error, Error::Holds), "{error}");
    assert_eq!(names(dir.path()), [""; 0]);
}

#[test]
fn it_can_be_cut_down_to_the_same_failure() {
    let (dir, story) = (tempfile::tempdir().unwrap(), scenario(FAULTY));
    let failed = &failures(&story)[0];
    let folder = write(dir.path(), &failing(&story, failed.seed), Shrink::Yes).unwrap();
    let shrunk = scenario(&read(&folder, "shrunk.json"));
    let outcome = play(&shrunk, shrunk.seed, Limit::All);
    assert_eq!(outcome.key(), failed.key());
    assert_eq!(outcome.verdict(), Verdict::Held, "it expects the failure");
    assert!(shrunk.about.contains("stories/faulty.json"));
}

/// What was there of an earlier, or of an interrupted, write.
#[test]
fn a_folder_of_the_same_failure_is_replaced() {
    let (dir, story) = (tempfile::tempdir().unwrap(), scenario(FAULTY));
    let failed = &failures(&story)[0];
    let keep = || write(dir.path(), &failing(&story, failed.seed), Shrink::No).unwrap();
    let folder = keep();
    let contents = |folder: &PathBuf| names(folder).iter().map(|name| read(folder, name)).collect::<Vec<_>>();
    let before = contents(&folder);
    fs::write(folder.join("stale.json"), "{}").unwrap();
    let beside = folder.with_extension("partial");
    fs::create_dir_all(beside.join("new")).unwrap();
    fs::write(beside.join("new/half.json"), "{").unwrap();
    assert_eq!(keep(), folder);
    assert_eq!(contents(&folder), before);
    assert_eq!(names(dir.path()).len(), 1);
}

/// A cluster may play one part twice at the same time.
#[test]
fn live_copies_do_not_meet() {
    let (dir, story) = (tempfile::tempdir().unwrap(), scenario(FAULTY));
    let failing = failing(&story, failures(&story)[0].seed);
    let keep = || write(dir.path(), &failing, Shrink::No).unwrap();
    let alone = write(&dir.path().join("alone"), &failing, Shrink::No).unwrap();
    let folders = std::thread::scope(|scope| {
        let several = || [keep(), keep(), keep(), keep()];
        let copies: Vec<_> = (0..8).map(|_| scope.spawn(several)).collect();
        copies.into_iter().flat_map(|copy| copy.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(folders.iter().all(|folder| *folder == folders[0]));
    assert_eq!(names(&folders[0]), names(&alone));
    assert_eq!(names(dir.path()).len(), 2, "{:?}", names(dir.path()));
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error() {
    let (dir, story) = (tempfile::tempdir().unwrap(), scenario(FAULTY));
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = write(&file, &failing(&story, failures(&story)[0].seed), Shrink::No).unwrap_err();
    assert!(matches!(error, Error::File { .. }), "{error}");
}

#[test]
fn the_readme_fits_on_a_screen() {
    let (dir, story) = (tempfile::tempdir().unwrap(), scenario(FAULTY));
    let failed = &failures(&story)[0];
    let folder = write(dir.path(), &failing(&story, failed.seed), Shrink::Yes).unwrap();
    let readme = read(&folder, "README.txt");
    assert!(readme.lines().count() <= 24, "{readme}");
    let command = format!("cosim run {}", folder.display());
    for part in [failed.key().unwrap(), &command, &failed.fingerprint.to_string(), "stories/faulty.json"] {
        assert!(readme.contains(part), "{readme}");
    }
}

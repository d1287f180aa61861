//! A sweep that was cut off anywhere is gone on with, to the same bytes.

use crate::samples::{
    FAULTY, TINY, both, bytes, entry, limited, play_into, read, resume_into, scope, shard, sweep,
};
use cosim_testbed::sweep::{OutcomeFile, Scope};
use std::fs;

const NAME: &str = "outcomes.jsonl";
const PARTIAL: &str = "outcomes.jsonl.partial";

#[test]
fn wherever_it_was_cut_off_the_bytes_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let [path, partial] = [NAME, PARTIAL].map(|name| folder.path().join(name));
    for scope in [scope(0..12), shard(0..40, "2/3"), limited(0..12, 2)] {
        let (whole, summary) = bytes(both(), &scope, 1);
        let line_ends = whole.match_indices('\n').map(|(at, _)| at + 1);
        let cuts = line_ends.flat_map(|at| [at - 1, at, (at + 100).min(whole.len())]);
        for cut in [0, 1, 50].into_iter().chain(cuts) {
            fs::write(&partial, &whole[..cut]).unwrap();
            assert_eq!(
                resume_into(&path, &sweep(both(), &scope)).unwrap(),
                summary,
                "cut off after {cut} bytes"
            );
            assert!(read(&path) == whole, "cut off after {cut} bytes");
            assert!(!partial.exists());
            fs::remove_file(&path).unwrap();
        }
    }
}

#[test]
fn what_a_crash_of_the_machine_leaves_is_cut_off_too() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, _) = bytes(both(), &scope(0..12), 1);
    let torn = format!("{}{}", &whole[..whole.len() / 2], "\0".repeat(3000));
    fs::write(folder.path().join(PARTIAL), torn).unwrap();
    resume_into(&folder.path().join(NAME), &sweep(both(), &scope(0..12))).unwrap();
    assert!(read(&folder.path().join(NAME)) == whole);
}

#[test]
fn what_is_complete_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    let summary = play_into(&path, &sweep(both(), &scope(0..12)), 2);
    assert_eq!(resume_into(&path, &sweep(both(), &scope(0..12))).unwrap(), summary);
    let error = resume_into(&path, &sweep(both(), &scope(0..13))).unwrap_err().to_string();
    assert!(error.contains("is of another sweep: the seeds: 0..12 there, 0..13 here"), "{error}");
}

#[test]
fn what_was_begun_with_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    let (whole, _) = bytes(both(), &shard(0..12, "1/2"), 1);
    fs::write(folder.path().join(PARTIAL), &whole[..whole.len() / 2]).unwrap();
    let changed = vec![entry("faulty.json", &FAULTY.replace("10%", "11%")), entry("tiny.json", TINY)];
    let others = [
        (changed, shard(0..12, "1/2"), "the content of faulty.json"),
        (vec![entry("faulty.json", FAULTY)], shard(0..12, "1/2"), "the number of scenarios"),
        (both(), shard(1..12, "1/2"), "the seeds: 0..12 there, 1..12 here"),
        (both(), shard(0..12, "2/2"), "--shard: 1/2 there, 2/2 here"),
        (both(), scope(0..12), "--shard: 1/2 there, none here"),
        (
            both(),
            Scope { shard: shard(0..12, "1/2").shard, ..limited(0..12, 3) },
            "--max-failures: none there, 3 here",
        ),
    ];
    for (entries, scope, what) in others {
        let error = resume_into(&path, &sweep(entries, &scope)).unwrap_err().to_string();
        assert!(error.contains(what) && error.contains("hint: "), "{error}");
    }
    assert!(read(&folder.path().join(PARTIAL)) == whole[..whole.len() / 2], "it is as it was");
}

#[test]
fn a_line_that_was_changed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, _) = bytes(both(), &scope(0..12), 1);
    fs::write(folder.path().join(PARTIAL), whole.replacen("\"seed\":3,", "\"seed\":4,", 1)).unwrap();
    let error =
        resume_into(&folder.path().join(NAME), &sweep(both(), &scope(0..12))).unwrap_err().to_string();
    assert!(error.contains("outcomes.jsonl.partial:5: expected the outcome of seed 3"), "{error}");
}

#[test]
fn a_part_is_not_overwritten_by_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    let sweep = sweep(both(), &scope(0..12));
    fs::write(folder.path().join(PARTIAL), sweep.header().line()).unwrap();
    let error = OutcomeFile::begin(&path, sweep.header()).unwrap_err().to_string();
    assert!(error.contains("holds a part of a sweep") && error.contains("--resume"), "{error}");
}

#[test]
fn two_sweeps_do_not_write_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    let sweep = sweep(both(), &scope(0..12));
    let file = OutcomeFile::begin(&path, sweep.header()).unwrap();
    let error = resume_into(&path, &sweep).unwrap_err().to_string();
    assert!(error.contains("another sweep is writing"), "{error}");
    drop(file);
    resume_into(&path, &sweep).unwrap();
}

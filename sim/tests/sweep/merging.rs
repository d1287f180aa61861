//! Shards put together are the whole, to the byte; what is not a whole is refused.

use crate::samples::{FAULTY, TINY, both, bytes, entry, limited, play_into, read, scope, shard, sweep};
use cosim_testbed::sweep::{Entry, Scope, merge};
use std::path::{Path, PathBuf};

/// Plays the parts into files of their own.
fn parts(folder: &Path, scopes: &[Scope]) -> Vec<PathBuf> {
    play_parts(folder, &both(), scopes)
}

fn play_parts(folder: &Path, entries: &[Entry], scopes: &[Scope]) -> Vec<PathBuf> {
    let play = |(number, scope): (usize, &Scope)| {
        let path = folder.join(format!("{number}.jsonl"));
        play_into(&path, &sweep(entries.to_vec(), scope), 2);
        path
    };
    scopes.iter().enumerate().map(play).collect()
}

fn shards(of: u32, whole: &Scope) -> Vec<Scope> {
    (1..=of).map(|n| Scope { shard: cosim_testbed::sweep::Shard::new(n, of), ..whole.clone() }).collect()
}

/// What is said when these parts are merged; nothing may be left behind.
#[track_caller]
fn refusal(folder: &Path, parts: &[PathBuf]) -> String {
    let out = folder.join("whole.jsonl");
    let error = merge(parts, &out).expect_err("these parts are not to be merged").to_string();
    assert!(!out.exists(), "a file that is not whole must not appear");
    error
}

#[test]
fn shards_are_the_whole_again() {
    let folder = tempfile::tempdir().unwrap();
    for (seeds, of) in [(3..103, 3), (0..40, 1), (0..5, 8)] {
        let (whole, summary) = bytes(both(), &scope(seeds.clone()), 2);
        let mut parts = parts(folder.path(), &shards(of, &scope(seeds)));
        parts.reverse();
        let out = folder.path().join("whole.jsonl");
        assert_eq!(merge(&parts, &out).unwrap(), summary, "{of} shards");
        assert!(read(&out) == whole, "{of} shards");
    }
}

#[test]
fn shards_of_different_sizes_are_the_whole_again() {
    let folder = tempfile::tempdir().unwrap();
    let parts = parts(folder.path(), &[shard(0..60, "1/2"), shard(0..60, "3/4"), shard(0..60, "4/4")]);
    let out = folder.path().join("whole.jsonl");
    merge(&parts, &out).unwrap();
    assert!(read(&out) == bytes(both(), &scope(0..60), 2).0);
}

#[test]
fn shards_that_ended_with_a_failure_are_the_whole_that_ended_with_it() {
    let folder = tempfile::tempdir().unwrap();
    for max in [1, 9, 1000] {
        let whole = limited(0..90, max);
        let parts = parts(folder.path(), &shards(4, &whole));
        let out = folder.path().join("whole.jsonl");
        merge(&parts, &out).unwrap();
        assert!(read(&out) == bytes(both(), &whole, 2).0, "{max} failures");
    }
}

#[test]
fn a_gap_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let parts = parts(folder.path(), &shards(3, &scope(0..30)));
    for (missing, seeds) in [(0, "0..10"), (1, "10..20"), (2, "20..30")] {
        let mut given = parts.clone();
        given.remove(missing);
        let error = refusal(folder.path(), &given);
        assert!(error.contains(&format!("no part has the seeds {seeds}")), "{error}");
    }
}

#[test]
fn an_overlap_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let parts = parts(folder.path(), &[shard(0..30, "1/2"), shard(0..30, "2/2"), shard(0..30, "2/3")]);
    let error = refusal(folder.path(), &parts);
    assert!(error.contains("0.jsonl and ") && error.contains("2.jsonl both have seed 10"), "{error}");
    let twice = [parts[0].clone(), parts[1].clone(), parts[1].clone()];
    let error = refusal(folder.path(), &twice);
    assert!(error.contains("both have seed 15"), "{error}");
}

#[test]
fn parts_of_different_sweeps_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let first = parts(folder.path(), &[shard(0..30, "1/2")]).remove(0);
    let second = folder.path().join("second.jsonl");
    let changed = vec![entry("faulty.json", &FAULTY.replace("10%", "11%")), entry("tiny.json", TINY)];
    let moved = vec![entry("./faulty.json", FAULTY), entry("tiny.json", TINY)];
    let others = [
        (changed, shard(0..30, "2/2"), "the content of faulty.json"),
        (moved, shard(0..30, "2/2"), "the path of a scenario: ./faulty.json there, faulty.json here"),
        (vec![entry("faulty.json", FAULTY)], shard(0..30, "2/2"), "the number of scenarios: 1 there, 2 here"),
        (both(), shard(0..31, "2/2"), "the seeds: 0..31 there, 0..30 here"),
        (
            both(),
            Scope { max_failures: limited(0..1, 5).max_failures, ..shard(0..30, "2/2") },
            "--max-failures",
        ),
    ];
    for (entries, scope, what) in others {
        play_into(&second, &sweep(entries, &scope), 2);
        let error = refusal(folder.path(), &[first.clone(), second.clone()]);
        assert!(error.contains("are not parts of one sweep") && error.contains(what), "{error}");
    }
}

#[test]
fn parts_of_different_versions_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let parts = parts(folder.path(), &shards(2, &scope(0..30)));
    let good = read(&parts[1]);
    let ours = format!("\"cosim\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let others = [
        (ours.as_str(), "\"cosim\":\"0.0.9\"", "the version of cosim: 0.0.9 there"),
        (
            "\"build\":\"unknown\"",
            "\"build\":\"0123456789ab-clean\"",
            "build of cosim: 0123456789ab-clean there, unknown",
        ),
        ("\"version\":2", "\"version\":3", "its format has version 3, not 2"),
        ("\"format\":\"cosim-sweep\"", "\"format\":\"other\"", "its format is other, not cosim-sweep"),
        ("{\"format\"", "{\"form", "it does not begin with a header"),
        ("\"number\":2,\"of\":2", "\"number\":3,\"of\":2", "make no sense"),
    ];
    for (from, to, what) in others {
        assert!(good.contains(from), "{from}");
        std::fs::write(&parts[1], good.replacen(from, to, 1)).unwrap();
        let error = refusal(folder.path(), &parts);
        assert!(error.contains(what), "{error}");
    }
}

#[test]
fn a_part_that_is_not_complete_or_was_changed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let parts = parts(folder.path(), &shards(2, &scope(0..30)));
    let good = read(&parts[1]);
    let lines: Vec<&str> = good.lines().collect();
    let last = lines[lines.len() - 1];
    let damage = [
        (good.replace(&format!("{last}\n"), ""), "ends before seed 29 of tiny.json"),
        (good[..good.len() - 20].to_owned(), "ends before seed 29 of tiny.json"),
        (format!("{good}{last}\n"), "1.jsonl:32: the sweep ends before this line"),
        (good.replace(&format!("{}\n", lines[3]), ""), "1.jsonl:4: expected the outcome of seed 17"),
        (
            good.replacen("\"verdict\":", "\"verdict\": ", 1),
            "1.jsonl:2: this outcome was not written by cosim",
        ),
        (good.replacen("\"verdict\":", "\"word\":", 1), "1.jsonl:2: this is no outcome"),
    ];
    for (text, what) in damage {
        std::fs::write(&parts[1], text).unwrap();
        let error = refusal(folder.path(), &parts);
        assert!(error.contains(what), "{what}: {error}");
    }
}

#[test]
fn nothing_is_not_merged() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refusal(folder.path(), &[]).contains("nothing to merge"));
    assert!(refusal(folder.path(), &[folder.path().join("none.jsonl")]).contains("cannot read"));
}

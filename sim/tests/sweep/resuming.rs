//! A sweep that was cut off anywhere is gone on with, to the same bytes.

use crate::samples::{
    FAULTY, TINY, WRITER, both, bytes, entry, limited, play_into, read, resume_into, scope, shard, sweep,
};
use cosim_testbed::sweep::{Opened, OutcomeFile, Scope, Summary};
use std::fs;
use std::path::Path;

const NAME: &str = "outcomes.jsonl";
/// What another process has begun.
const PARTIAL: &str = "outcomes.jsonl.job-host-6.partial";

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

/// Of the lines that are there, none is taken that is not what it must be: what a cluster leaves must not end all tries.
#[test]
fn what_follows_a_line_that_was_changed_is_played_again() {
    let folder = tempfile::tempdir().unwrap();
    let [path, partial] = [NAME, PARTIAL].map(|name| folder.path().join(name));
    let (whole, summary) = bytes(both(), &scope(0..12), 1);
    let last = whole.lines().last().unwrap();
    for (from, to) in [
        ("\"seed\":3,", "\"seed\":4,"),
        ("\"seed\":3,", "\"seed\":3, "),
        ("{\"scenario\":1,\"seed\":0", "\0\0\0\0"),
        (last, "\0\0\0\0"),
        ("\"end\":{\"runs\":24", "\"end\":{\"runs\":23"),
        // What only the mark can show: a line that might be one of cosim's.
        ("\"events\":1", "\"events\":2"),
    ] {
        assert!(whole.contains(from), "{from}");
        for place in [&partial, &path] {
            fs::write(place, whole.replacen(from, to, 1)).unwrap();
            assert_eq!(resume_into(&path, &sweep(both(), &scope(0..12))).unwrap(), summary, "{to:?}");
            assert!(read(&path) == whole && !partial.exists(), "{to:?}");
            fs::remove_file(&path).unwrap();
        }
    }
}

#[test]
fn a_part_is_not_overwritten_by_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    let sweep = sweep(both(), &scope(0..12));
    fs::write(folder.path().join(PARTIAL), sweep.header().line()).unwrap();
    let error = OutcomeFile::begin(&path, WRITER, sweep.header()).unwrap_err().to_string();
    assert!(error.contains("holds a part of a sweep") && error.contains("--resume"), "{error}");
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Two copies of a shard that both live, as where a machine was taken for lost: each writes a file of its own, whichever
/// ends first, and the result is that of one.
#[test]
fn two_live_copies_do_no_harm() {
    let (whole, summary) = bytes(both(), &scope(0..12), 1);
    let records = crate::samples::records(&whole);
    for first_ends_first in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        let sweep = sweep(both(), &scope(0..12));
        let mut first = OutcomeFile::begin(&path, WRITER, sweep.header()).unwrap();
        records[..9].iter().for_each(|record| first.write(record).unwrap());
        // The second goes on with what the first has written so far, and leaves that alone. They may have one name.
        let mut counted = Summary::new(sweep.header());
        let opened = OutcomeFile::resume(&path, WRITER, sweep.header(), &mut counted).unwrap();
        let Opened::Partial(mut second) = opened else { panic!("it is not complete") };
        assert_eq!(counted.runs(), 9);
        assert_ne!(first.partial(), second.partial());
        records[9..].iter().for_each(|record| second.write(record).unwrap());
        records[9..11].iter().for_each(|record| first.write(record).unwrap());
        let (left, rest) = (first.partial().to_owned(), &records[11..]);
        if first_ends_first {
            rest.iter().for_each(|record| first.write(record).unwrap());
            first.finish().unwrap();
            assert_eq!(names(folder.path()).len(), 2, "the other one lives");
            second.finish().unwrap();
        } else {
            second.finish().unwrap();
            assert!(left.exists(), "the other one lives");
            rest.iter().for_each(|record| first.write(record).unwrap());
            first.finish().unwrap();
        }
        assert!(read(&path) == whole);
        assert_eq!(names(folder.path()), [NAME], "nothing else is left");
        assert_eq!(resume_into(&path, &sweep).unwrap(), summary);
    }
}

/// Where locks do not reach from one machine to the next, a copy that lives may be taken for dead.
#[test]
fn a_copy_that_was_taken_for_dead_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    let sweep = sweep(both(), &scope(0..12));
    let first = OutcomeFile::begin(&path, WRITER, sweep.header()).unwrap();
    resume_into(&path, &sweep).unwrap();
    let whole = read(&path);
    fs::remove_file(first.partial()).unwrap();
    first.finish().unwrap();
    assert!(read(&path) == whole, "the one that was complete stays");

    fs::remove_file(&path).unwrap();
    let lost = OutcomeFile::begin(&path, WRITER, sweep.header()).unwrap();
    fs::remove_file(lost.partial()).unwrap();
    let error = lost.finish().unwrap_err().to_string();
    assert!(error.contains("cannot rename"), "what is nowhere is not there: {error}");
}

#[test]
fn of_several_parts_the_longest_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    let (whole, _) = bytes(both(), &scope(0..12), 1);
    let sweep = sweep(both(), &scope(0..12));
    for (name, length) in [("a", 3), ("b", 9), ("c", 6)] {
        let lines: Vec<_> = whole.split_inclusive('\n').take(1 + length).collect();
        fs::write(folder.path().join(format!("{NAME}.{name}.partial")), lines.concat()).unwrap();
    }
    fs::write(folder.path().join(format!("{NAME}.d.partial")), "{\"form").unwrap();
    let mut counted = Summary::new(sweep.header());
    OutcomeFile::resume(&path, WRITER, sweep.header(), &mut counted).unwrap();
    assert_eq!(counted.runs(), 9);
    resume_into(&path, &sweep).unwrap();
    assert!(read(&path) == whole);
    assert_eq!(names(folder.path()), [NAME], "what is of no use any more is gone");
}

//! Shards put together are the whole, to the byte; what is not a whole is refused.

use crate::samples::{
    FAULTY, TINY, WRITER, both, bytes, entry, limited, play_into, read, scope, shard, sweep,
};
use cosim_testbed::sweep::{Entry, Error, Flaw, Scope, Summary};
use std::num::NonZeroU32;
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

fn merge(parts: &[PathBuf], out: &Path) -> Result<Summary, Error> {
    cosim_testbed::sweep::merge(parts, None, out, WRITER)
}

/// What is said when these parts are merged; nothing may be left behind.
#[track_caller]
fn refusal(folder: &Path, parts: &[PathBuf]) -> String {
    let out = folder.join("whole.jsonl");
    let error = merge(parts, &out).expect_err("these parts are not to be merged").to_string();
    let left = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with("whole")).collect();
    assert!(left.is_empty(), "a file that is not whole must not appear: {left:?}");
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
        assert!(error.contains("foreign: ") && error.contains(what), "{error}");
    }
}

#[test]
fn parts_of_different_versions_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let parts = parts(folder.path(), &shards(2, &scope(0..30)));
    let good = read(&parts[1]);
    let ours = format!("\"cosim\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let others = [
        (ours.as_str(), "\"cosim\":\"0.0.9\"", "of another version: FILE: the version of cosim: 0.0.9 there"),
        (
            "\"build\":\"unknown\"",
            "\"build\":\"0123456789ab-clean\"",
            "of another version: FILE: the build of cosim: 0123456789ab-clean there, unknown",
        ),
        ("\"version\":3", "\"version\":2", "of another version: FILE: its format has version 2, not 3"),
        (
            "\"format\":\"cosim-sweep\"",
            "\"format\":\"other\"",
            "foreign: FILE: its format is other, not cosim-sweep",
        ),
        ("{\"format\"", "{\"form", "foreign: FILE: it does not begin with a header"),
        (
            "\"number\":2,\"of\":2",
            "\"number\":3,\"of\":2",
            "foreign: FILE: the seeds and the shard in its header make no sense",
        ),
    ];
    for (from, to, what) in others {
        assert!(good.contains(from), "{from}");
        std::fs::write(&parts[1], marked_anew(&good.replacen(from, to, 1))).unwrap();
        let error = refusal(folder.path(), &parts);
        let what = what.replace("FILE", &parts[1].display().to_string());
        assert!(error.contains(&what), "{what}: {error}");
    }
}

#[test]
fn a_part_that_is_not_complete_or_was_changed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let parts = parts(folder.path(), &shards(2, &scope(0..30)));
    let good = read(&parts[1]);
    let lines: Vec<&str> = good.lines().collect();
    let [last, mark] = [lines[lines.len() - 2], lines[lines.len() - 1]];
    let damage = [
        (good.replace(&format!("{mark}\n"), ""), "it has no end mark"),
        (good.trim_end().to_owned(), "it has no end mark"),
        (good[..good.len() - 20].to_owned(), "it has no end mark"),
        (good[..20].to_owned(), "it ends before its first line does"),
        (String::new(), "it ends before its first line does"),
        (format!("{good}{last}\n"), "it has no end mark"),
        (format!("{good}{mark}\n"), "line 33: nothing may follow the end mark"),
        (good.replacen("\"runs\":30", "\"runs\":29", 1), "its end mark is not that of its first line"),
        (
            good.replacen("\"seeds\":{\"from\":15", "\"seeds\":{\"from\":14", 1),
            "its end mark is not that of its first line",
        ),
        (good.replace(&format!("{last}\n"), ""), "line 31: this is no outcome"),
        (good.replace(mark, &format!("{last}\n{mark}")), "line 32: the sweep ends before this line"),
        (good.replace(&format!("{}\n", lines[3]), ""), "line 4: expected the outcome of seed 17"),
        (good.replacen("\"verdict\":", "\"word\":", 1), "line 2: this is no outcome"),
        // What only the mark can show: a line that might be one of cosim's.
        (
            good.replacen("\"events\":1", "\"events\":2", 1),
            "line 32: the end mark is not that of the lines before it",
        ),
    ];
    for (text, what) in damage {
        assert!(text != good, "{what}");
        std::fs::write(&parts[1], text).unwrap();
        let error = refusal(folder.path(), &parts);
        let what = format!("torn: {}: {what}", parts[1].display());
        assert!(error.contains(&what), "{what}: {error}");
    }
}

/// The mark says of which header it is.
fn marked_anew(text: &str) -> String {
    let Some((header, _)) = text.split_once('\n') else { return text.to_owned() };
    let Ok(mut whole) = serde_json::from_str::<cosim_testbed::sweep::Header>(header) else {
        return text.to_owned();
    };
    whole.shard = None;
    let (before, mark) = text.trim_end().rsplit_once('\n').unwrap();
    let mut mark: serde_json::Value = serde_json::from_str(mark).unwrap();
    mark["end"]["sweep"] = blake3::hash(whole.line().as_bytes()).to_hex().to_string().into();
    format!("{before}\n{mark}\n")
}

/// The flaws of these parts, where there should be so many.
#[track_caller]
fn flaws(folder: &Path, parts: &[PathBuf], of: u32) -> Vec<Flaw> {
    let out = folder.join("whole.jsonl");
    match cosim_testbed::sweep::merge(parts, NonZeroU32::new(of), &out, WRITER) {
        Err(Error::Parts(flaws)) => flaws,
        other => panic!("{other:?}"),
    }
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let of = NonZeroU32::new(8).unwrap();
    let mut parts = parts(folder.path(), &shards(8, &scope(0..30)));
    let copy = folder.path().join("copy.jsonl");
    std::fs::copy(&parts[1], &copy).unwrap();
    let [torn, none, foreign, version] = [2, 3, 4, 5].map(|number| parts[number].clone());
    std::fs::write(&torn, &read(&torn)[..500]).unwrap();
    std::fs::remove_file(&none).unwrap();
    play_into(&foreign, &sweep(both(), &shard(0..31, "5/8")), 2);
    let ours = format!("\"cosim\":\"{}\"", env!("CARGO_PKG_VERSION"));
    std::fs::write(&version, marked_anew(&read(&version).replacen(&ours, "\"cosim\":\"0.0.9\"", 1))).unwrap();
    let other = folder.path().join("other.jsonl");
    play_into(&other, &sweep(both(), &shard(0..30, "2/4")), 2);
    // What is first is not what is meant: most are.
    parts.swap(0, 4);
    parts.extend([copy.clone(), other.clone()]);
    let found = flaws(folder.path(), &parts, 8);
    let told = Error::Parts(found.clone()).to_string();
    assert!(told.contains("\n  missing: 3-6 (there are 8 parts)\n"), "{told}");
    let [second, torn, none, foreign, version, copy, other] =
        [&folder.path().join("1.jsonl"), &torn, &none, &foreign, &version, &copy, &other]
            .map(|path| path.display().to_string());
    for line in [
        format!("torn: {torn}: it ends before its first line does"),
        format!("unreadable: {none}: "),
        format!("foreign: {foreign}: the seeds: 0..31 there, 0..30 here"),
        format!("of another version: {version}: the version of cosim: 0.0.9 there"),
        format!("double: {second} and {copy} both have part 2/8"),
        format!("foreign: {other}: it is part 2/4, and not one of 8"),
    ] {
        assert!(told.contains(&format!("\n  {line}")), "{line}\n{told}");
    }
    assert_eq!(found.len(), 7, "{told}");
    assert!(found.contains(&Flaw::Missing { numbers: vec![3, 4, 5, 6], of }));
}

/// Where only reading a part to its end shows that it is not whole.
#[test]
fn a_part_that_was_changed_is_missing_and_what_else_is_wrong_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let parts = parts(folder.path(), &shards(4, &scope(0..30)));
    let [changed, copy] = [parts[1].clone(), folder.path().join("copy.jsonl")];
    std::fs::copy(&parts[2], &copy).unwrap();
    for torn in [&changed, &copy] {
        std::fs::write(torn, read(torn).replacen("\"events\":1", "\"events\":2", 1)).unwrap();
    }
    let named = [parts.as_slice(), std::slice::from_ref(&copy)].concat();
    let found = flaws(folder.path(), &named, 4);
    let missing = Flaw::Missing { numbers: vec![2], of: NonZeroU32::new(4).unwrap() };
    assert!(
        matches!(found.as_slice(), [first, Flaw::Torn { .. }, Flaw::Torn { .. }] if *first == missing),
        "{found:?}"
    );
    let copy_alone: Vec<PathBuf> =
        named.iter().filter(|path| **path != parts[2] && **path != changed).cloned().collect();
    let numbers = vec![2, 3];
    let missing = Flaw::Missing { numbers, of: NonZeroU32::new(4).unwrap() };
    assert_eq!(flaws(folder.path(), &copy_alone, 4)[0], missing);
}

#[test]
fn it_is_said_how_many_parts_there_should_be() {
    let folder = tempfile::tempdir().unwrap();
    let all = parts(folder.path(), &shards(4, &scope(0..3)));
    let out = folder.path().join("whole.jsonl");
    cosim_testbed::sweep::merge(&all, NonZeroU32::new(4), &out, WRITER).unwrap();
    assert!(read(&out) == bytes(both(), &scope(0..3), 2).0);
    // Without that, a part without any seed is not missed.
    let empty = all.iter().position(|part| read(part).lines().count() == 2).unwrap();
    let mut some = all.clone();
    some.remove(empty);
    merge(&some, &out).unwrap();
    let missing =
        Flaw::Missing { numbers: vec![u32::try_from(empty).unwrap() + 1], of: NonZeroU32::new(4).unwrap() };
    assert_eq!(flaws(folder.path(), &some, 4), [missing]);
    let with_whole = [&all[..], &[out]].concat();
    let told = flaws(folder.path(), &with_whole, 4)[0].to_string();
    assert!(told.contains("whole.jsonl: it is no part, and so not one of 4"), "{told}");
    assert_eq!(flaws(folder.path(), &[], 2)[0].to_string(), "missing: 1-2 (there are 2 parts)");
}

/// More of them than a process may have open.
#[test]
fn as_many_parts_as_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let parts = parts(folder.path(), &shards(1100, &scope(0..20)));
    let out = folder.path().join("whole.jsonl");
    cosim_testbed::sweep::merge(&parts, NonZeroU32::new(1100), &out, WRITER).unwrap();
    assert!(read(&out) == bytes(both(), &scope(0..20), 2).0);
}

#[test]
fn nothing_is_not_merged() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refusal(folder.path(), &[]).contains("nothing to merge"));
    assert!(refusal(folder.path(), &[folder.path().join("none.jsonl")]).contains("unreadable: "));
}

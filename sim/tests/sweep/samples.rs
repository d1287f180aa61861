//! Scenarios to sweep, and how the tests sweep them.

use cosim_testbed::scenario::parse;
use cosim_testbed::sweep::{Ended, Entry, Error, Opened, OutcomeFile, Record, Scope, Shard, Summary, Sweep};
use std::num::{NonZeroU64, NonZeroUsize};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// Alice never sends a message again, and one in ten is lost: a third of all seeds fail, for several reasons.
pub(crate) const FAULTY: &str = r#"{
  "version": 1,
  "about": "A client that never repeats itself, and a network that loses messages.",
  "nodes": { "alice": { "mutations": ["never-retransmit"] }, "server": {} },
  "network": { "latency": "20ms..80ms", "loss": "10%" },
  "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "edit": { "node": "alice", "id": "notes" } }
  ],
  "expect": { "oracles": ["convergence", "no_lost_write", "quiescence", "truthful"] }
}"#;

/// The least that syncs.
pub(crate) const TINY: &str = r#"{
  "version": 1,
  "about": "One node creates, the other stores.",
  "nodes": { "alice": {}, "server": {} },
  "network": { "latency": "10ms..50ms" },
  "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "notes" } }]
}"#;

/// What this process is called.
pub(crate) const WRITER: &str = "job-host-7";

pub(crate) fn entry(path: &str, text: &str) -> Entry {
    let scenario = parse(text, path).unwrap_or_else(|problems| panic!("{problems}"));
    Entry::new(path.to_owned(), text.as_bytes(), scenario)
}

/// Both scenarios, the faulty one first.
pub(crate) fn both() -> Vec<Entry> {
    vec![entry("faulty.json", FAULTY), entry("tiny.json", TINY)]
}

pub(crate) fn scope(seeds: Range<u64>) -> Scope {
    Scope { seeds, shard: None, max_failures: None }
}

pub(crate) fn shard(seeds: Range<u64>, part: &str) -> Scope {
    Scope { shard: Some(part.parse::<Shard>().unwrap()), ..scope(seeds) }
}

pub(crate) fn limited(seeds: Range<u64>, max_failures: u64) -> Scope {
    Scope { max_failures: NonZeroU64::new(max_failures), ..scope(seeds) }
}

pub(crate) fn jobs(n: usize) -> NonZeroUsize {
    NonZeroUsize::new(n).unwrap()
}

pub(crate) fn sweep(entries: Vec<Entry>, scope: &Scope) -> Sweep {
    Sweep::new(entries, scope).unwrap()
}

/// Sweeps into the file at `path`, from the start and to the end.
pub(crate) fn play_into(path: &Path, sweep: &Sweep, threads: usize) -> Summary {
    let mut file = OutcomeFile::begin(path, WRITER, sweep.header()).unwrap();
    let mut summary = Summary::new(sweep.header());
    play(sweep, threads, &mut summary, |record| file.write(record));
    file.finish().unwrap();
    summary
}

/// Goes on with the file at `path`, to the end.
pub(crate) fn resume_into(path: &Path, sweep: &Sweep) -> Result<Summary, Error> {
    let mut summary = Summary::new(sweep.header());
    if let Opened::Partial(mut file) = OutcomeFile::resume(path, WRITER, sweep.header(), &mut summary)? {
        play(sweep, 2, &mut summary, |record| file.write(record));
        file.finish()?;
    }
    Ok(summary)
}

fn play(
    sweep: &Sweep,
    threads: usize,
    summary: &mut Summary,
    mut each: impl FnMut(&Record) -> Result<(), Error>,
) {
    let never = AtomicBool::new(false);
    let ended = sweep.play(jobs(threads), &never, summary, |record, _| each(record)).unwrap();
    assert!(matches!(ended, Ended::Complete), "{ended:?}");
}

/// The bytes of a sweep on one thread, and its summary.
pub(crate) fn bytes(entries: Vec<Entry>, scope: &Scope, threads: usize) -> (String, Summary) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outcomes.jsonl");
    let summary = play_into(&path, &sweep(entries, scope), threads);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    (read(&path), summary)
}

pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// The records of a whole file of outcomes, between its header and its end mark.
pub(crate) fn records(bytes: &str) -> Vec<Record> {
    let records = bytes.lines().count() - 2;
    bytes.lines().skip(1).take(records).map(|line| serde_json::from_str(line).unwrap()).collect()
}

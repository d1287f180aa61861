//! Ten planted faults, each met somewhere in a storm, frozen, cut down to a few lines, and proven to be the cause: with the
//! fault, schedules near the one that is left fail; without it, none does. And ten fixes that are none: with each the file that
//! is left plays well, and schedules near it fail all the same.

use crate::shrinking::{check, on_threads};
use cosim_testbed::explore::{Budget, Explored, Limits, explore, fair};
use cosim_testbed::freeze::freeze;
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario::{Scenario, file, parse, resolve};
use cosim_testbed::shrink::Size;
use std::ops::ControlFlow;

/// Five nodes, and all that can happen to them.
const STORM: &str = r#"{
  "version": 1,
  "about": "A storm.",
  "nodes": { "alice": {}, "bob": {}, "carol": {}, "core": {}, "edge": {} },
  "network": {
    "latency": "10ms..150ms",
    "loss": "12%",
    "duplicate": "8%",
    "reorder": "8%",
    "reorder_delay": "10ms..600ms",
    "notice": "0ms..100ms"
  },
  "links": [
    { "between": ["alice", "edge"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["bob", "edge"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["carol", "core"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["edge", "core"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["alice", "bob"], "relationship": "syncCommon/syncCommon" }
  ],
  "workload": {
    "operations": 60,
    "until": "20s",
    "nodes": ["alice", "bob", "carol"],
    "co_values": ["diary", "notes", "photos"],
    "mix": { "edit": 6, "load": 3, "done": 1 },
    "transactions": "1..3",
    "size": "20..400"
  },
  "faults": {
    "from": "1s",
    "until": "20s",
    "reconnects": 5,
    "partitions": 4,
    "restarts": 2,
    "longest": "3s"
  },
  "heal": true
}"#;

/// Each fault, and where it is planted.
pub(crate) const FAULTS: [(&str, &str); 10] = [
    ("never-retransmit", "alice"),
    ("announce-once", "edge"),
    ("replace-first-hand", "edge"),
    ("ignore-re", "alice"),
    ("ignore-epochs", "edge"),
    ("content-after-done", "alice"),
    ("gap-proves-nothing", "edge"),
    ("done-never-loads", "alice"),
    ("never-unavailable", "edge"),
    ("keep-assumed-across-connections", "alice"),
];

/// Ten fixes that only move the failure: for a fault, and where it was planted, what is there in its place, and where. The file
/// that is left of the failure plays well with each.
const WRONG_FIXES: [(&str, &str, &str); 10] = [
    ("announce-once", "ignore-epochs", "edge"),
    ("announce-once", "keep-assumed-across-connections", "edge"),
    ("announce-once", "never-retransmit", "bob"),
    ("replace-first-hand", "ignore-epochs", "edge"),
    ("replace-first-hand", "announce-once", "edge"),
    ("replace-first-hand", "never-retransmit", "edge"),
    ("ignore-re", "ignore-epochs", "alice"),
    ("ignore-re", "never-retransmit", "edge"),
    ("content-after-done", "content-after-done", "edge"),
    ("content-after-done", "interest-by-arrival", "alice"),
];

const SEEDS: u64 = 200;

pub(crate) fn storm(fault: &str, node: &str) -> Scenario {
    let mut file = parse(STORM, "storm.json").unwrap_or_else(|problems| panic!("{problems}")).file;
    file.nodes.get_mut(node).expect("a node of the storm").mutations.push(fault.to_owned());
    resolve(file).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The first seed that fails, frozen, and its failure key.
pub(crate) fn first_failure(fault: &str, node: &str) -> (u64, file::Scenario, String) {
    let scenario = storm(fault, node);
    let failing = (0..SEEDS).find_map(|seed| {
        let frozen = freeze(&scenario, seed, "storm.json");
        let violation = frozen.outcome.violations.first()?;
        Some((seed, frozen.file, violation.key.clone()))
    });
    failing.unwrap_or_else(|| panic!("no seed below {SEEDS} shows {fault} at {node}"))
}

fn without_faults(mut file: file::Scenario) -> file::Scenario {
    file.nodes.values_mut().for_each(|node| node.mutations.clear());
    file
}

/// What comes of the schedules near that which a file decides.
fn near(file: file::Scenario) -> Explored {
    let scenario = fair(&resolve(file).unwrap_or_else(|problems| panic!("{problems}")));
    let limits = Limits { schedules: 2_000, all: true, ..Limits::default() };
    explore(&scenario, scenario.seed, &Budget::proving(&scenario), limits, &mut |_| ControlFlow::Continue(()))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// With another fault in place of its own, the file plays well, so that it seems to be mended; but schedules near it fail: how
/// many, in words.
fn only_moves(file: &file::Scenario, other: &str, at: &str) -> String {
    let mut file = without_faults(file.clone());
    file.nodes.get_mut(at).expect("a node that is left").mutations.push(other.to_owned());
    let scenario = resolve(file.clone()).unwrap_or_else(|problems| panic!("{problems}"));
    let outcome = run(&scenario, scenario.seed, Options::judged());
    assert!(outcome.violations.is_empty(), "{other} at {at}: {:?}", outcome.key());
    let explored = near(file);
    let failing: u64 = explored.found.values().map(|found| found.schedules).sum();
    assert!(failing > 0, "{other} at {at}: it is taken for a fix");
    format!("wrong fix, {other} at {at}: {failing} of {} schedules fail", explored.schedules())
}

/// Of ten thousand things, how many are gone.
fn gone(before: u64, after: u64) -> u64 {
    10_000 - 10_000 * after / before.max(1)
}

#[test]
fn ten_faults_in_a_storm() {
    let mut events = Vec::new();
    for (fault, node) in FAULTS {
        let (seed, frozen, key) = first_failure(fault, node);
        let shrunk = check(&frozen, &key);
        let Size { operations, .. } = shrunk.after;
        events.push(gone(shrunk.before.events, shrunk.after.events));
        println!("{fault} at {node}, seed {seed}: {key}; {} runs", shrunk.runs);
        println!("  before: {}\n  after:  {}", shrunk.before, shrunk.after);
        let broken = near(shrunk.file.clone());
        assert!(broken.found.contains_key(&key), "{fault}: {:?}", broken.found.keys());
        let wrong = WRONG_FIXES.iter().filter(|(of, ..)| *of == fault);
        for (_, other, at) in wrong {
            println!("  {}", only_moves(&shrunk.file, other, at));
        }
        let fixed = near(without_faults(shrunk.file));
        assert_eq!(fixed.first, None, "{fault}: what is left of the failure fails without it, too");
        let failing: u64 = broken.found.values().map(|found| found.schedules).sum();
        let whole = if fixed.is_whole() { "" } else { ", and there are more" };
        println!(
            "  proof: {failing} of {} schedules fail, and then none of {}{whole}",
            broken.schedules(),
            fixed.schedules()
        );
        assert!(operations <= 8, "{fault}: {operations} operations are left");
    }
    events.sort_unstable();
    let median = events[events.len() / 2];
    println!("median: {}.{:02}% of the events are gone", median / 100, median % 100);
    assert!(median >= 9_000, "{events:?}");
}

/// Candidates are tried side by side; which is taken does not depend on which is done first.
#[test]
fn whatever_the_threads() {
    for (fault, node) in &FAULTS[..3] {
        let (_, frozen, _) = first_failure(fault, node);
        assert_eq!(on_threads(&frozen, 1), on_threads(&frozen, 4), "{fault}");
    }
}

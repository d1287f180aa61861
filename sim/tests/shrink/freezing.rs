//! A frozen run is the run that was frozen.

use crate::generate::scenario;
use cosim_testbed::freeze::{Frozen, freeze};
use cosim_testbed::run::{End, Options, Outcome, Unmet, run};
use cosim_testbed::scenario::{Scenario, file, parse, resolve};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::fs;
use std::path::{Path, PathBuf};

/// What two equal runs have in common: all that is not the seed or where a decision came from.
#[derive(Debug, PartialEq)]
struct Same {
    fingerprint: String,
    end: End,
    ended_at: cosim_core::Time,
    verdict: cosim_testbed::run::Verdict,
    violations: Vec<cosim_testbed::oracles::Violation>,
    unmet: Vec<Unmet>,
    figures: cosim_testbed::world::Figures,
    states: Vec<cosim_core::NodeState<cosim_testbed::cojson::SimCrypto>>,
}

fn same(outcome: &Outcome) -> Same {
    Same {
        fingerprint: outcome.fingerprint.to_string(),
        end: outcome.end,
        ended_at: outcome.ended_at,
        verdict: outcome.verdict(),
        violations: outcome.violations.clone(),
        unmet: outcome.unmet.clone(),
        figures: outcome.figures,
        states: outcome.states.clone(),
    }
}

fn without_origin(file: &file::Scenario) -> file::Scenario {
    file::Scenario { origin: None, ..file.clone() }
}

/// Everything that must be true of a frozen run. Gives what was frozen.
pub(crate) fn check(scenario: &Scenario, seed: u64) -> Frozen {
    let original = run(scenario, seed, Options::judged());
    let frozen = freeze(scenario, seed, "some.json");
    assert_eq!(same(&frozen.outcome), same(&original), "being written down changes nothing");

    let text = frozen.file.to_json_pretty();
    let read = parse(&text, "frozen.json").unwrap_or_else(|problems| panic!("{problems}\n{text}"));
    assert_eq!(read.file, frozen.file, "the text says the same");
    assert_eq!((&read.file.workload, &read.file.faults), (&None, &None));

    let again = run(&read, 7_777, Options::judged());
    assert_eq!(
        same(&again),
        same(&original),
        "seed {seed} of\n{}\nfrozen\n{text}",
        scenario.file.to_json_pretty()
    );
    assert_eq!(again.unused, [], "{text}");

    let refrozen = freeze(&read, 4_444, "frozen.json");
    assert_eq!(without_origin(&refrozen.file), without_origin(&frozen.file), "nothing is left to freeze");
    frozen
}

fn scenario_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(extension) if extension == "json" => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_scenario_file() {
    let files = scenario_files();
    assert!(files.len() > 10, "{files:?}");
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let scenario = parse(&text, &path.display().to_string()).unwrap();
        // Those with guests are frozen where guests are played.
        if scenario.has_guests() {
            continue;
        }
        for seed in (0..2).chain([scenario.seed]) {
            check(&scenario, seed);
        }
    }
}

/// Silence is waited for until the last copy under way has come, though the node that it was for is gone.
#[test]
fn a_late_copy_for_a_node_that_has_left() {
    let text = r#"{
        "version": 1,
        "about": "A late copy comes when its receiver has left.",
        "nodes": { "alice": {}, "server": {} },
        "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
        "timeline": [
            { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
            { "at": "1s", "leave": { "node": "server" } },
            { "after": "quiet", "edit": { "node": "alice", "id": "notes" } }
        ],
        "heal": true,
        "decisions": { "replayed": { "alice>server load notes create-notes-alice": "30s" } }
    }"#;
    let frozen = check(&parse(text, "left.json").unwrap(), 1);
    let late = cosim_core::Time::ZERO + cosim_core::Span::from_s(30);
    assert!(frozen.outcome.chapters[1] > late, "{:?}", frozen.outcome.chapters);
}

/// How long a load may take depends on what might have been drawn, of which a frozen timeline has what was.
#[test]
fn a_load_behind_a_line_that_carries_nothing() {
    let text = r#"{
          "version": 1,
          "about": "A load waits for a line that carries nothing.",
          "nodes": { "ann": {}, "ben": {}, "cat": {} },
          "links": [
            { "between": ["ann", "cat"], "relationship": "syncTheirs/syncAllOurs", "network": { "bandwidth": "0B/s" } },
            { "between": ["ann", "ben"], "relationship": "syncTheirs/syncAllOurs" },
            { "between": ["ben", "cat"], "relationship": "syncTheirs/syncAllOurs" }
          ],
          "timeline": [
            { "after": "quiet", "load": { "node": "cat", "id": "notes" } },
            { "after": "quiet", "half_open": { "node": "ben", "peer": "cat" } },
            { "after": "quiet", "restart": { "node": "ann" } },
            { "after": "quiet", "network": { "between": ["ann", "ben"], "loss": "0%" } }
          ],
          "workload": { "operations": 1, "until": "6s", "co_values": ["zoo"] }
        }"#;
    let frozen = check(&parse(text, "waits.json").unwrap(), 1);
    let violation = frozen.outcome.violations.first().expect("the load never ends");
    assert_eq!(violation.key, "load_ends node load");
    assert!(frozen.file.expect.is_some_and(|expect| expect.load_within.is_some()));
}

/// The random scenarios are worth freezing: they end in every way, and wait for silence that comes and that does not.
#[test]
fn random_scenarios_reach_everything() {
    let mut runner = TestRunner::deterministic();
    let [mut silent, mut violated, mut restless, mut late, mut never] = [0; 5];
    for seed in 0..800 {
        let file = scenario().new_tree(&mut runner).unwrap().current();
        let waits = file.timeline.iter().filter(|entry| entry.waits()).count();
        let outcome = run(&resolve(file).unwrap(), seed, Options::judged());
        match outcome.end {
            End::Silent => silent += 1,
            End::Violation => violated += 1,
            End::Restless => restless += 1,
            End::Guest => panic!("no guest takes part"),
        }
        late += usize::from(waits > 0 && outcome.chapters.len() == waits + 1);
        never += usize::from(outcome.chapters.len() > 1 && outcome.chapters.len() <= waits);
    }
    println!(
        "{silent} silent, {violated} violated, {restless} restless; {late} chapters late, {never} never"
    );
    let reached = [silent, violated, restless, late, never];
    assert!(reached.iter().all(|count| *count >= 5), "{reached:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn random_scenarios(file in scenario(), seed in 0..1_000_u64) {
        let scenario = resolve(file).unwrap_or_else(|problems| panic!("{problems}"));
        check(&scenario, seed);
    }

    /// What a person adds by hand to a scenario full of chance decides, and stays when it is frozen.
    #[test]
    fn decisions_by_hand(file in scenario(), seed in 0..1_000_u64, pick in any::<prop::sample::Index>(), kind in 0..7_u8) {
        let scenario = resolve(file.clone()).unwrap_or_else(|problems| panic!("{problems}"));
        let drawn = freeze(&scenario, seed, "");
        let drawn = drawn.file.decisions.unwrap_or_default();
        let listed: Vec<file::Decision> =
            drawn.iter().filter(|decision| decision.kind != file::DecisionKind::Noticed).collect();
        if listed.is_empty() {
            return Ok(());
        }
        let picked = listed[pick.index(listed.len())].clone();
        let by_hand = by_hand(kind, &picked);
        let scenario = resolve(file::Scenario { decisions: Some(by_hand.clone()), ..file }).unwrap();
        let outcome = run(&scenario, seed, Options::judged());
        // The same draws came before it, so that it was met.
        prop_assert_eq!(outcome.unused, []);
        let frozen = check(&scenario, seed).file.decisions.unwrap_or_default();
        let kept = by_hand.iter().all(|decision| frozen.iter().any(|other| other == decision));
        let lost = frozen.lost.contains(&picked.address);
        prop_assert!(kept || lost, "{by_hand:?} in {frozen:?}");
    }
}

/// Something else for what was decided of.
fn by_hand(kind: u8, picked: &file::Decision) -> file::Decisions {
    use file::DecisionKind::{FailedWrite, KeptWrites, TornWrite, Write};
    let span = file::Duration(cosim_core::Span::from_us(123_456));
    let mut decisions = file::Decisions::default();
    let address = picked.address.clone();
    match (picked.kind, kind) {
        (KeptWrites | TornWrite, _) => drop(decisions.kept_writes.insert(address, 0)),
        (Write | FailedWrite, 0..=2) => drop(decisions.writes.insert(address, span)),
        (Write | FailedWrite, _) => drop(decisions.failed_writes.insert(address, u32::from(kind % 3))),
        (_, kind) => return by_hand_of_message(kind, address, span),
    }
    decisions
}

fn by_hand_of_message(kind: u8, address: String, span: file::Duration) -> file::Decisions {
    let mut decisions = file::Decisions::default();
    match kind {
        0 | 1 => decisions.lost.push(address),
        2 => drop(decisions.duplicated.insert(address, span)),
        3 => drop(decisions.reordered.insert(address, span)),
        4 => drop(decisions.damaged.insert(address, 5)),
        5 => drop(decisions.replayed.insert(address, span)),
        _ => drop(decisions.latencies.insert(address, span)),
    }
    decisions
}

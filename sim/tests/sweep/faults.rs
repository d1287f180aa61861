//! Faults that touch nothing are told of, whatever their kind, by a run and by a sweep; and what a swarm's seeds took is
//! counted.

use crate::samples::{bytes, entry, scope};
use cosim_testbed::report;
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario::{FaultKind, Scenario, parse};
use cosim_testbed::sweep::{Summary, text};

/// Three faults of a kind, as a file asks for them.
fn three(kind: FaultKind) -> String {
    let value = if kind == FaultKind::Offline {
        r#"{ "times": 3, "longest": "1s" }"#
    } else if kind == FaultKind::Flapping {
        r#"{ "every": "4s", "for": "1s" }"#
    } else {
        "3"
    };
    format!(r#""{}": {value}"#, kind.row().field)
}

/// Faults of a kind while nobody is there.
fn idle(kind: FaultKind) -> String {
    if kind == FaultKind::Joins {
        return joins_of_nobody();
    }
    let timeline = r#"{ "at": "1h", "join": { "node": "alice" } },
          { "at": "1h", "join": { "node": "bob" } },
          { "at": "1h", "join": { "node": "eve" } },
          { "at": "2h", "create": { "node": "bob", "id": "notes" } }"#;
    format!(
        r#"{{
        "version": 1,
        "about": "Nobody is there while the faults happen.",
        "nodes": {{ "alice": {{ "disk": {{}} }}, "bob": {{}}, "eve": {{ "hostile": true }} }},
        "links": [{{ "between": ["bob", "eve"], "relationship": "syncAllOurs/syncTheirs" }}],
        "timeline": [{timeline}],
        "faults": {{ "from": "1s", "until": "10s", {} }}
    }}"#,
        three(kind)
    )
}

/// Only Carol may join late, and the workload creates something at hers: so she is there from the start.
fn joins_of_nobody() -> String {
    r#"{
        "version": 1,
        "about": "Nobody can join late.",
        "nodes": { "bob": {}, "carol": {} },
        "links": [{ "between": ["bob", "carol"], "relationship": "syncAllOurs/syncTheirs" }],
        "timeline": [{ "at": "0s", "create": { "node": "bob", "id": "notes" } }],
        "workload": { "operations": 1, "until": "5s", "nodes": ["carol"], "co_values": ["todo"] },
        "faults": { "from": "1s", "until": "10s", "nodes": ["carol"], "joins": 3 }
    }"#
    .to_owned()
}

/// Faults of a kind while everybody talks and writes.
fn busy(faults: &str) -> String {
    format!(
        r#"{{
        "version": 1,
        "about": "Everybody talks and writes.",
        "nodes": {{ "alice": {{ "disk": {{}} }}, "bob": {{ "disk": {{}} }}, "carol": {{}}, "eve": {{ "hostile": true }} }},
        "links": [{{ "between": ["alice", "bob"], "relationship": "syncAllOurs/syncTheirs" }},
          {{ "between": ["bob", "carol"], "relationship": "syncTheirs/syncAllOurs" }},
          {{ "between": ["bob", "eve"], "relationship": "syncTheirs/syncAllOurs" }}],
        "timeline": [{{ "at": "0s", "create": {{ "node": "alice", "id": "notes" }} }},
          {{ "at": "500ms", "load": {{ "node": "bob", "id": "notes" }} }}],
        "workload": {{ "operations": 300, "from": "1s", "until": "10s", "nodes": ["alice", "bob"], "co_values": ["notes"] }},
        "faults": {{ "from": "1s", "until": "10s", "take_last_copies": true, {faults} }}
    }}"#
    )
}

fn good(text: &str) -> Scenario {
    parse(text, "story.json").unwrap_or_else(|problems| panic!("{problems}"))
}

fn summary(text: &str) -> Summary {
    bytes(vec![entry("story.json", text)], &scope(0..10), 2).1
}

#[test]
fn faults_of_every_kind_that_touch_nothing_are_told_of() {
    for kind in FaultKind::ALL {
        let (file, row) = (idle(kind), kind.row());
        let planned = if kind == FaultKind::Flapping { 9 } else { 3 };
        let many = row.called[1];
        let scenario = good(&file);
        let outcome = run(&scenario, 1, Options::judged());
        let told = report::summary(&scenario, &outcome);
        assert!(
            told.contains(&format!("touched no message, write or clock: {planned} {many}\n")),
            "{kind:?}\n{told}"
        );
        let json = report::json(&scenario, &outcome);
        assert_eq!(json["touchedNothing"], serde_json::json!([format!("{planned} {many}")]), "{kind:?}");

        let summary = summary(&file);
        let never = summary.scenarios()[0].never_happened();
        let expected = format!("it plans {many}, and none {}", row.touch.undone());
        assert!(never.contains(&expected), "{kind:?}: {never:?}");
        let told = text(&summary);
        assert!(told.contains(&format!("{} {many}", 10 * planned)), "{kind:?}\n{told}");
    }
}

#[test]
fn faults_of_every_kind_that_touch_something_are_not() {
    for kind in FaultKind::ALL {
        let summary = summary(&busy(&three(kind)));
        let faulted = summary.scenarios()[0].faults(kind).copied().unwrap_or_default();
        assert!(faulted.planned > 0 && faulted.touched > 0, "{kind:?}: {faulted:?}");
        let never = summary.scenarios()[0].never_happened();
        assert!(!never.iter().any(|never| never.contains("it plans")), "{kind:?}: {never:?}");
    }
}

#[test]
fn what_the_seeds_of_a_swarm_take_is_planned() {
    let file = busy(r#""swarm": true"#);
    let (scenario, summary) = (good(&file), summary(&file));
    for kind in FaultKind::ALL {
        let words = format!("{} ", kind.in_swarm());
        let taken = (0..10).flat_map(|seed| scenario.of_seed(seed).chosen.clone());
        let taken = taken.filter_map(|chosen| chosen.strip_prefix(&words)?.parse::<u64>().ok()).sum::<u64>();
        let each = if kind == FaultKind::Flapping { 4 } else { 1 };
        let planned = summary.scenarios()[0].faults(kind).map_or(0, |faulted| faulted.planned);
        assert_eq!(planned, each * taken, "{kind:?}");
    }
}

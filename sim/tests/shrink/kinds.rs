//! What holds of every kind of fault there is, drawn at random: beside the laws of whatever can happen, the report says how
//! many were planned, and whether they touched something.

use crate::laws;
use cosim_testbed::report;
use cosim_testbed::scenario::FaultKind;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// The field of a kind, as a file has it.
fn field(kind: FaultKind, times: u32) -> Value {
    match kind {
        FaultKind::Offline => json!({ "times": times, "longest": "2s" }),
        FaultKind::Flapping => json!({ "every": format!("{}s", times + 1), "for": "500ms" }),
        FaultKind::Reconnects
        | FaultKind::Partitions
        | FaultKind::ReconnectBursts
        | FaultKind::HalfOpens
        | FaultKind::SlowLinks
        | FaultKind::Holds
        | FaultKind::Drops
        | FaultKind::Restarts
        | FaultKind::Wipes
        | FaultKind::Pauses
        | FaultKind::Departures
        | FaultKind::Joins
        | FaultKind::ClockJumps
        | FaultKind::ClockStops
        | FaultKind::ClockDrifts
        | FaultKind::Crashes
        | FaultKind::Stalls
        | FaultKind::FullDisks
        | FaultKind::FailedWrites
        | FaultKind::ReorderedWrites
        | FaultKind::Rots
        | FaultKind::Restores
        | FaultKind::Attacks => json!(times),
    }
}

/// A scenario to which everything can happen, and faults of one kind.
fn scenario(kind: FaultKind, times: u32) -> String {
    let disk = json!({ "disk": { "latency": "1ms..20ms" } });
    let mut faults = json!({ "from": "500ms", "until": "8s", "longest": "2s" });
    faults[kind.row().field] = field(kind, times);
    json!({
        "version": 1,
        "about": "Faults of one kind.",
        "nodes": { "ann": disk, "ben": disk, "cat": { "hostile": true }, "dan": {} },
        "network": { "latency": "5ms..60ms" },
        "links": [
            { "between": ["ann", "ben"], "relationship": "syncAllOurs/syncTheirs" },
            { "between": ["ben", "cat"], "relationship": "syncTheirs/syncAllOurs" },
            { "between": ["ben", "dan"], "relationship": "syncTheirs/syncAllOurs" },
        ],
        "timeline": [
            { "at": "0ms", "create": { "node": "ann", "id": "notes" } },
            { "at": "900ms", "edit": { "node": "ann", "id": "notes" } },
            { "at": "3s", "edit": { "node": "ann", "id": "notes" } },
            { "at": "6s", "edit": { "node": "ann", "id": "notes" } },
        ],
        "faults": faults,
        "heal": true,
    })
    .to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_kind_keeps_the_laws(kind in select(&FaultKind::ALL[..]), times in 1..5_u32, seed in any::<u64>()) {
        let text = scenario(kind, times);
        let (outcome, _) = laws::check(&text, seed);
        let [(found, faulted)] = outcome.faults[..] else {
            return Err(TestCaseError::fail(format!("{:?}", outcome.faults)));
        };
        prop_assert_eq!(found, kind);
        prop_assert!(faulted.planned > 0);
        let untouched = report::untouched(&laws::read(&text), &outcome);
        prop_assert_eq!(untouched.len(), usize::from(faulted.touched == 0));
    }
}

/// Around a failure every fault goes that is no cause of it, and none that is one.
#[test]
fn of_every_kind_shrinking_leaves_what_is_a_cause() {
    let mut failed = 0;
    for kind in FaultKind::ALL {
        let text = scenario(kind, 2);
        failed += usize::from((0..8).any(|seed| laws::check_shrunk(&text, seed)));
    }
    assert!(failed * 3 > FaultKind::ALL.len() * 2, "{failed} kinds failed");
}

//! A run for machines.

use super::short::lost_json;
use super::untouched;
use crate::cojson::Cast;
use crate::oracles::Violation;
use crate::run::{Calmed, Faulted, Outcome};
use crate::scenario::Scenario;
use cosim_core::{Names, Time};

/// What came of it, as one object.
pub fn json(scenario: &Scenario, outcome: &Outcome) -> serde_json::Value {
    let violations: Vec<_> =
        outcome.violations.iter().map(|violation| violation_json(violation, &outcome.cast)).collect();
    let looks: serde_json::Map<_, _> =
        outcome.looks.iter().map(|(n, l)| ((*n).to_owned(), (*l).into())).collect();
    let Outcome { figures, tally, .. } = outcome;
    let mut json = serde_json::json!({
        "cosim": env!("CARGO_PKG_VERSION"),
        "about": scenario.about,
        "seed": outcome.seed,
        "swarm": outcome.swarm,
        "crypto": scenario.crypto,
        "verdict": outcome.verdict().name(),
        "fingerprint": outcome.fingerprint.to_string(),
        "violations": violations,
        "unmet": outcome.unmet.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "looks": looks,
        "endedAt": outcome.ended_at.as_us(),
        "lastChange": tally.last_change.as_us(),
        "lastWrite": tally.last_write.map(Time::as_us),
        "apart": tally.apart,
        "figures": {
            "events": figures.events, "operations": figures.operations, "skipped": figures.skipped,
            "timers": figures.timers, "sent": figures.sent, "delivered": figures.delivered, "lost": figures.lost,
            "partitioned": figures.partitioned, "duplicated": figures.duplicated, "reordered": figures.reordered,
            "replayed": figures.replayed, "damaged": figures.damaged, "undecodable": figures.undecodable,
            "overflowed": figures.overflowed, "dropped": figures.dropped, "held": figures.held,
            "blocked": figures.blocked, "bytes": figures.bytes,
            "knownBytes": tally.known_bytes, "load": tally.load, "known": tally.known, "correction": tally.correction,
            "content": tally.content, "done": tally.done, "retransmissions": tally.retransmissions,
            "redundant": tally.redundant,
        },
    });
    if let Some(Calmed { at, ended, healed, reopened, left }) = &outcome.calmed {
        json["calmed"] = serde_json::json!({
            "at": at.as_us(), "ended": ended, "reopened": reopened,
            "healed": healed.partitions, "released": healed.holds, "dropsEnded": healed.drops,
            "left": left.partitions, "leftHolds": left.holds, "leftDrops": left.drops,
        });
    }
    if !outcome.known.is_empty() {
        json["knownUnmet"] = outcome.known.iter().map(ToString::to_string).collect();
    }
    let why: Vec<&[String]> = outcome.unmet.iter().map(|unmet| unmet.why.as_slice()).collect();
    if why.iter().any(|why| !why.is_empty()) {
        json["whyUnmet"] = serde_json::json!(why);
    }
    if !outcome.reasons.is_empty() {
        json["why"] = serde_json::json!(outcome.reasons);
    }
    if !outcome.faults.is_empty() {
        let faults = outcome.faults.iter().map(|(kind, faulted)| {
            let Faulted { planned, happened, touched } = faulted;
            let of = serde_json::json!({ "planned": planned, "happened": happened, "touched": touched });
            (kind.row().field.to_owned(), of)
        });
        json["faults"] = faults.collect::<serde_json::Map<_, _>>().into();
    }
    if !outcome.guests.is_empty() {
        json["guests"] = outcome.guests.iter().map(|(name, version)| format!("{name} {version}")).collect();
    }
    if !outcome.guest_failures.is_empty() {
        let failures = outcome.guest_failures.iter().map(ToString::to_string).collect::<Vec<_>>();
        json["guestFailures"] = failures.into();
    }
    if !outcome.lost.is_empty() {
        json["lostThoughSafe"] = lost_json(outcome);
    }
    let untouched = untouched(scenario, outcome);
    if !untouched.is_empty() {
        json["touchedNothing"] = untouched.into();
    }
    json
}

fn violation_json(violation: &Violation, cast: &Cast) -> serde_json::Value {
    let subject = &violation.subject;
    serde_json::json!({
        "oracle": violation.oracle,
        "key": violation.key,
        "event": violation.event,
        "at": violation.at.as_us(),
        "node": cast.node(subject.node),
        "peer": subject.peer.map(|peer| cast.node(peer)),
        "id": subject.id.map(|id| cast.co_value(id)),
        "what": subject.what,
    })
}

/// What every node holds in the end, by name, in the seed's shape.
pub fn states_json(outcome: &Outcome) -> serde_json::Value {
    let states = outcome.cast.nodes.iter().zip(&outcome.states).map(|(node, state)| {
        let json = serde_json::to_value(state.display_json(&outcome.cast));
        (node.clone(), json.expect("a state has string keys only"))
    });
    serde_json::Value::Object(states.collect())
}

//! Runs of the published package, played again as scenarios: the same keys, headers and clocks come to the same bytes.

use cosim_core::{CoId, SessionId};
use cosim_testbed::cojson::{Directory, Signature};
use cosim_testbed::run::{Options, Outcome, Verdict, run};
use cosim_testbed::scenario::{Scenario, parse_bytes};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Each scenario and the recording that it is of.
const RUNS: [(&str, &str); 3] = [
    ("client-uploads", "client-creates-and-uploads-1"),
    ("client-loads", "client-loads-map-from-server-3"),
    ("concurrent-edits", "concurrent-edits-3"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn scenario(name: &str) -> Scenario {
    let path = root().join(format!("scenarios/recorded/{name}.json"));
    let bytes = std::fs::read(&path).expect("a scenario of ours");
    parse_bytes(&bytes, name).unwrap_or_else(|problems| panic!("{}", problems.render(false)))
}

fn recording(name: &str) -> Value {
    let path = root().join(format!("core/tests/vectors/data/lockstep/{name}.json.gz"));
    let file = File::open(path).expect("a recording of ours");
    serde_json::from_reader(GzDecoder::new(file)).expect("recordings are JSON")
}

/// What each node holds of each CoValue: how many transactions of each session, by CoJSON's names.
type Known = BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>;

fn known(outcome: &Outcome, directory: &Directory) -> Known {
    let nodes = outcome.cast.nodes.iter().zip(&outcome.states).map(|(node, state)| {
        let held = state.co_values.iter().filter(|(_, co_value)| co_value.header.is_some());
        let held = held.map(|(id, co_value)| {
            let sessions = co_value.sessions.iter();
            let counts = sessions.map(|(session, log)| (directory.session(session), u64::from(log.len())));
            (directory.co_value(*id).expect("it is known").id.clone(), counts.collect())
        });
        (node.clone(), held.collect())
    });
    nodes.collect()
}

fn recorded_known(recording: &Value) -> Known {
    let nodes = recording["finalKnownStates"].as_object().expect("by node");
    let of = |held: &Value| {
        let held = held.as_object().expect("by CoValue").iter().filter(|(_, known)| known["header"] == true);
        let counts = |known: &Value| {
            let sessions = known["sessions"].as_object().expect("by session").iter();
            sessions.map(|(session, count)| (session.clone(), count.as_u64().expect("a count"))).collect()
        };
        held.map(|(id, known)| (id.clone(), counts(known))).collect()
    };
    nodes.iter().map(|(node, held)| (node.clone(), of(held))).collect()
}

/// Every signature that was sent, by what it covers: CoValue, session, how many transactions.
fn recorded_signatures(recording: &Value) -> BTreeMap<(String, String, u64), String> {
    let mut all = BTreeMap::new();
    for message in recording["messages"].as_array().expect("a list") {
        let message = &message["message"];
        for (session, piece) in message["new"].as_object().into_iter().flatten() {
            let new = piece["newTransactions"].as_array().expect("a list").len() as u64;
            let end = piece["after"].as_u64().expect("a count") + new;
            let signature = piece["lastSignature"].as_str().expect("a text").to_owned();
            all.insert((message["id"].as_str().expect("a text").to_owned(), session.clone(), end), signature);
        }
    }
    all
}

fn signatures(outcome: &Outcome, directory: &Directory) -> BTreeMap<(String, String, u64), String> {
    let mut all = BTreeMap::new();
    let text = |signature: &Signature| signature.signed.as_ref().expect("CoJSON signs").as_str().to_owned();
    for state in &outcome.states {
        for (id, co_value) in &state.co_values {
            let id: &CoId = id;
            for (session, log) in co_value.sessions.iter() {
                let session: SessionId = session;
                let name = directory.session(session);
                let id = directory.co_value(*id).expect("it is known").id.clone();
                for (last, signature) in log.signature_after.iter() {
                    all.insert((id.clone(), name.clone(), u64::from(last) + 1), text(signature));
                }
                all.insert((id, name, u64::from(log.len())), text(&log.last_signature));
            }
        }
    }
    all
}

#[test]
fn recorded_runs_come_to_the_recorded_bytes() {
    for (name, recorded) in RUNS {
        let (scenario, recording) = (scenario(name), recording(recorded));
        let outcome = run(&scenario, scenario.seed, Options::judged());
        assert_eq!(outcome.verdict(), Verdict::Held, "{name}: {:?} {:?}", outcome.violations, outcome.unmet);
        let directory = &scenario.directory;
        assert_eq!(known(&outcome, directory), recorded_known(&recording), "{name}");
        let (ours, theirs) = (signatures(&outcome, directory), recorded_signatures(&recording));
        assert!(!theirs.is_empty(), "{name}: nothing was signed");
        for (place, signature) in theirs {
            assert_eq!(ours.get(&place), Some(&signature), "{name}: {place:?}");
        }
    }
}

//! Scenarios, and how the tests play and log them.

use cosim_testbed::log::Limit;
use cosim_testbed::run::{Options, Outcome, run};
use cosim_testbed::scenario::{Scenario, parse};

/// Alice never sends a message again, and some are lost: many seeds fail.
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

/// Everything arrives after 50 ms.
pub(crate) const CALM: &str = r#"{
  "version": 1,
  "about": "Alice writes, and the server stores.",
  "nodes": { "alice": {}, "server": {} },
  "network": { "latency": "50ms" },
  "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "name": "first", "edit": { "node": "alice", "id": "notes" } }
  ]
}"#;

pub(crate) fn scenario(text: &str) -> Scenario {
    parse(text, "story.json").unwrap_or_else(|problems| panic!("{problems}"))
}

/// [`CALM`] with one field more.
pub(crate) fn calm_with(field: &str) -> String {
    CALM.replace(r#""version": 1,"#, &format!(r#""version": 1, {field},"#))
}

pub(crate) fn play(scenario: &Scenario, seed: u64, limit: Limit) -> Outcome {
    run(scenario, seed, Options::logged(limit))
}

/// The JSON Lines of a run.
pub(crate) fn json_lines(outcome: &Outcome) -> String {
    let mut bytes = Vec::new();
    outcome.log.as_ref().unwrap().write_json_lines(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

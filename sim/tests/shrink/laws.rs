//! What holds of whatever can happen, written once: it reads as it is written, templates stand for it, the report tells of
//! it, freezing comes to the same run, and of a failure beside it nothing is left that can go.

use crate::{freezing, shrinking};
use cosim_testbed::freeze::{Frozen, freeze};
use cosim_testbed::log::Limit;
use cosim_testbed::report;
use cosim_testbed::run::{Options, Outcome, run};
use cosim_testbed::scenario::{Scenario, parse};
use serde_json::{Value, json};

pub(crate) fn read(text: &str) -> Scenario {
    parse(text, "drawn.json").unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

/// Checks what holds of a scenario with a node `ann`, and gives its run and what freezing makes of it.
pub(crate) fn check(text: &str, seed: u64) -> (Outcome, Frozen) {
    let scenario = read(text);
    assert_eq!(read(&scenario.file.to_json_pretty()).file, scenario.file, "it reads as it is written");

    // Of a group there is one first admin.
    let ann_is = |name: &str| {
        let text = text.replace("\"admin\":\"ann\"", "\"admin\":\"ann-1\"");
        read(&text.replace("\"ann\"", &format!("\"{name}\""))).file
    };
    assert_eq!(ann_is("ann-{1..1}"), ann_is("ann-1"), "a template for one node is that node");

    let outcome = run(&scenario, seed, Options::logged(Limit::All));
    let summary = report::summary(&scenario, &outcome);
    assert!(summary.contains(&outcome.fingerprint.to_string()), "{summary}");
    let json = report::json(&scenario, &outcome).to_string();
    let json: Value = serde_json::from_str(&json).expect("the report is JSON");
    assert_eq!(json["fingerprint"].as_str(), Some(outcome.fingerprint.to_string().as_str()));

    (outcome, freezing::check(&scenario, seed))
}

/// Shrinks the same scenario where ann never repeats what was lost: says whether that fails.
pub(crate) fn check_shrunk(text: &str, seed: u64) -> bool {
    let mut file: Value = serde_json::from_str(text).expect("it is JSON");
    file["nodes"]["ann"]["mutations"] = json!(["never-retransmit"]);
    file["network"]["loss"] = "30%".into();
    let scenario = read(&file.to_string());
    let frozen = freeze(&scenario, seed, "drawn.json");
    let Some(key) = frozen.outcome.key().filter(|_| !frozen.outcome.violations.is_empty()) else {
        return false;
    };
    shrinking::check(&frozen.file, key);
    true
}

//! A run played for its page: with everything in its log, and with all that is known of it.

use super::facts::{Facts, Missed, Violated, Without};
use crate::diff::Side;
use crate::freeze::{Frozen, freeze_with};
use crate::log::{Limit, With};
use crate::oracles::{self, Violation};
use crate::report;
use crate::run::{End, Options, Outcome, Unmet};
use crate::scenario::{Scenario, file};
use crate::script::Made;
use crate::shrink;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How much of the log a page has: whole, but for runs that no browser could hold.
const LOG: Limit = Limit::Ends { head: 200_000, tail: 200_000 };

/// The same where there are several runs in one page.
const LOG_OF_SEVERAL: Limit = Limit::Ends { head: 10_000, tail: 10_000 };

/// Up to how many decisions a failing run is played again without each.
const EXPLAINED_MAX: usize = 16;

/// What of an act says whom it is about, and how long it lasts: nothing that an app writes.
const ABOUT: [&str; 15] = [
    "node", "peer", "between", "from", "to", "id", "for", "down_for", "jump", "stop", "go", "drift", "on",
    "how", "member",
];

/// Plays a seed of a scenario and says what is known of the run. `name` is where the scenario comes from, `command` what
/// plays it again.
pub fn played(scenario: &Scenario, seed: u64, name: &str, command: String) -> (Outcome, Facts) {
    let (outcome, facts, _) = played_with(LOG, scenario, seed, name, command);
    (outcome, facts)
}

/// The same for a page that has several runs in it.
pub(super) fn one_of_several(
    scenario: &Scenario,
    seed: u64,
    name: &str,
    command: String,
) -> (Outcome, Facts) {
    let (outcome, facts, _) = played_with(LOG_OF_SEVERAL, scenario, seed, name, command);
    (outcome, facts)
}

/// Plays a seed of a scenario to compare it: all of its log is kept, however long it is. `path` is what the side is called.
pub fn side(path: &str, scenario: &Scenario, seed: u64, name: &str, command: String) -> (Side, Facts) {
    let (outcome, facts, made) = played_with(Limit::All, scenario, seed, name, command);
    (Side::of(path, seed, outcome, made), facts)
}

fn played_with(
    limit: Limit,
    scenario: &Scenario,
    seed: u64,
    name: &str,
    command: String,
) -> (Outcome, Facts, Vec<Made>) {
    let options = Options::logged(limit).with(With::ALL);
    let Frozen { file: frozen, mut outcome, made } = freeze_with(scenario, seed, name, options);
    if let Some(log) = &mut outcome.log {
        log.name_scenario(name.to_owned());
    }
    let decisions = decisions(scenario, &frozen, &outcome);
    let nodes = || frozen.nodes.iter();
    let facts = Facts {
        cosim: env!("CARGO_PKG_VERSION").to_owned(),
        about: Some(scenario.about.clone()),
        verdict: Some(outcome.verdict().name()),
        key: outcome.key().map(str::to_owned),
        end: Some(match outcome.end {
            End::Silent => "silent",
            End::Violation => "violation",
            End::Restless => "restless",
            End::Guest => "guest",
        }),
        ended_at: Some(outcome.ended_at.as_us()),
        fingerprint: Some(outcome.fingerprint.to_string()),
        summary: Some(report::summary(scenario, &outcome)),
        violations: outcome
            .violations
            .iter()
            .map(|violation| violated(violation, scenario, &outcome))
            .collect(),
        is_expected: outcome.expected_violation == Some(true),
        unmet: missed(&outcome.unmet, false).chain(missed(&outcome.known, true)).collect(),
        guest_failures: outcome.guest_failures.iter().map(ToString::to_string).collect(),
        looks: outcome.looks.iter().copied().collect(),
        rules: oracles::ALL.iter().map(|entry| (entry.about.name, entry.about.sentence)).collect(),
        acts: frozen.timeline.iter().filter_map(act).collect(),
        clocks: nodes().filter_map(|(name, node)| Some((name.clone(), json(&node.clock?)))).collect(),
        guests: nodes().filter_map(|(name, node)| Some((name.clone(), node.guest.clone()?))).collect(),
        views: report::views_json(&outcome),
        decisions,
        unused: outcome.unused.iter().map(ToString::to_string).collect(),
        origin: scenario.file.origin.as_ref().map(json),
        command: Some(command),
        scenario: Some(scenario.file.to_json_pretty()),
        frozen: Some(frozen.to_json_pretty()),
        is_redacted: false,
    };
    (outcome, facts, made)
}

fn missed(unmet: &[Unmet], is_known: bool) -> impl Iterator<Item = Missed> + '_ {
    unmet.iter().map(move |unmet| Missed { says: unmet.to_string(), why: unmet.why.clone(), is_known })
}

fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

fn violated(violation: &Violation, scenario: &Scenario, outcome: &Outcome) -> Violated {
    let Violation { oracle, event, at, subject, key, property: _ } = violation;
    let about = oracles::ALL.iter().map(|entry| entry.about).find(|about| about.name == *oracle);
    let name = |node| outcome.cast.node(node).into_owned();
    let causes = outcome.log.as_ref().map(|log| {
        let mut causing = report::causing(log, violation, scenario).into_iter().peekable();
        let mut is_one = |entry| causing.next_if(|cause| std::ptr::eq(*cause, entry)).is_some();
        log.entries().enumerate().filter(|(_, entry)| is_one(*entry)).map(|(at, _)| at).collect()
    });
    Violated {
        oracle,
        rule: about.map_or(String::new(), |about| about.sentence.to_owned()),
        key: key.clone(),
        event: *event,
        at: at.as_us(),
        node: name(subject.node),
        peer: subject.peer.map(name),
        id: subject.id.map(|id| cosim_core::Names::co_value(&outcome.cast, id).into_owned()),
        what: subject.what.clone(),
        causes: causes.unwrap_or_default(),
    }
}

/// What an operation is, and whom it is about.
fn act(entry: &crate::scenario::file::Entry) -> Option<(String, Map<String, Value>)> {
    let Value::Object(fields) = json(entry).get(entry.act.key())?.clone() else { return None };
    let mut about: Map<String, Value> =
        fields.into_iter().filter(|(field, _)| ABOUT.contains(&field.as_str())).collect();
    about.insert("act".to_owned(), entry.act.key().into());
    Some((entry.name.clone()?, about))
}

/// The decisions of a run, and where they are few and it fails, what happens without each.
fn decisions(scenario: &Scenario, frozen: &file::Scenario, outcome: &Outcome) -> Vec<Without> {
    let all: Vec<file::Decision> = frozen.decisions.iter().flat_map(file::Decisions::iter).collect();
    let explained: BTreeMap<file::Decision, String> = match outcome.violations.first() {
        Some(violation) if all.len() <= EXPLAINED_MAX => {
            shrink::without_each(frozen, &scenario.guests, &violation.key).into_iter().collect()
        }
        _ => BTreeMap::new(),
    };
    let with = |decision: file::Decision| Without {
        without: explained.get(&decision).cloned(),
        decision: decision.to_string(),
    };
    all.into_iter().map(with).collect()
}

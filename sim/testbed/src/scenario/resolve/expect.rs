//! How the run is judged.

use super::names::Names;
use super::{At, Place, Problem, Report, co_values, file};
use crate::oracles::{ENDLESS, GENERATION, ORACLES, of_generation};
use crate::scenario::{ContentExpectation, Expect, Kind, LoadExpectation, ViewExpectation};
use cosim_core::Span;
use cosim_core::real::canonical;

/// `quiet_within` is how long silence may take where the file says nothing.
pub(super) fn expect(
    file: &file::Scenario,
    quiet_within: Span,
    names: &Names<'_>,
    report: &mut Report,
) -> Expect {
    let usual = file::Expect::default();
    let expect = file.expect.as_ref().unwrap_or(&usual);
    let root = At::Root;
    let at = root.key("expect");
    check_violation(expect.violation.as_deref(), &at.key("violation"), report);
    let load = |(index, load): (usize, &file::LoadExpectation)| {
        let node = names.node(&load.node, &at.key("loads").index(index).key("node"), report)?;
        Some(LoadExpectation { node, co_value: names.co_value(&load.id)?, ends: load.ends })
    };
    let loads = expect.loads.iter().enumerate().filter_map(load).collect();
    let content = |(index, content): (usize, &file::ContentExpectation)| {
        let node = names.node(&content.node, &at.key("content").index(index).key("node"), report)?;
        let co_value = names.co_value(&content.id)?;
        Some(ContentExpectation { node, co_value, transactions: content.transactions })
    };
    let content = expect.content.iter().enumerate().filter_map(content).collect();
    let view = |(index, view): (usize, &file::ViewExpectation)| {
        let views = at.key("views");
        let at = views.index(index);
        let node = names.node(&view.node, &at.key("node"), report);
        let co_value = names.co_value(&view.id)?;
        if names.kind(co_value).is_none() {
            report.add(co_values::without_kind(&view.id, fitting(&view.shows), at.key("id").value()));
        }
        check_keys(view, names.kind(co_value), &at, report);
        let shows = canonical(view.shows.clone());
        Some(ViewExpectation {
            node: node?,
            co_value,
            shows,
            has: view.has.clone(),
            lacks: view.lacks.clone(),
        })
    };
    let views = expect.views.iter().enumerate().filter_map(view).collect();
    Expect {
        oracles: oracles(expect.oracles.as_deref(), file.origin.as_ref(), &at.key("oracles"), report),
        quiet_within: expect.quiet_within.map_or(quiet_within, |within| within.0),
        load_within: expect.load_within.map(|within| within.0),
        violation: expect.violation.clone(),
        loads,
        content,
        views,
        messages_max: expect.messages_max,
    }
}

/// The kind of a CoValue that may show this.
fn fitting(shows: &serde_json::Value) -> Kind {
    match shows {
        serde_json::Value::String(_) => Kind::Text,
        serde_json::Value::Array(_) => Kind::List,
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::Object(_) => Kind::Map,
    }
}

/// Only a group has keys that its members do not see.
fn check_keys(view: &file::ViewExpectation, kind: Option<Kind>, at: &At<'_>, report: &mut Report) {
    let said = [("has", &view.has), ("lacks", &view.lacks)];
    for (field, _) in said.into_iter().filter(|(_, keys)| !keys.is_empty() && kind != Some(Kind::Group)) {
        let problem = Problem::new(at.key(field).name(), format!("`{}` is no group", view.id));
        report.add(problem.expected("the name of a group as `id`").help("say in `shows` what is seen of it"));
    }
}

/// A failure key begins with the oracle that failed.
fn check_violation(violation: Option<&str>, at: &At<'_>, report: &mut Report) {
    let Some(violation) = violation else { return };
    let Some(oracle) = violation.split_whitespace().next() else {
        let problem = Problem::new(at.value(), "the expected violation is empty");
        report.add(problem.expected("a failure key").help("a run that fails prints its failure key"));
        return;
    };
    if oracle != ENDLESS && !ORACLES.contains(&oracle) {
        report.add(unknown_oracle(oracle, at.value(), report));
    }
}

fn unknown_oracle(name: &str, place: Place, report: &Report) -> Problem {
    let help = report
        .did_you_mean(name, ORACLES)
        .unwrap_or_else(|| format!("the oracles are {}", ORACLES.join(", ")));
    Problem::new(place, format!("unknown oracle {}", file::quoted(name))).help(help)
}

/// The oracles that a file asks for. Where it says nothing: all of them, or, if it is kept for a failure, those that
/// there were when it was written.
fn oracles(
    asked: Option<&[String]>,
    origin: Option<&file::Origin>,
    at: &At<'_>,
    report: &mut Report,
) -> Vec<&'static str> {
    let Some(asked) = asked else {
        let kept_for = origin.filter(|origin| origin.key.is_some());
        return of_generation(kept_for.map_or(GENERATION, |origin| origin.oracles)).collect();
    };
    for (index, name) in asked.iter().enumerate() {
        if !ORACLES.contains(&name.as_str()) {
            report.add(unknown_oracle(name, at.index(index).value(), report));
        }
    }
    ORACLES.into_iter().filter(|oracle| asked.iter().any(|name| name == oracle)).collect()
}

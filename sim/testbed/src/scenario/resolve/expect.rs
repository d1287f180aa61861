//! How the run is judged.

use super::names::Names;
use super::{At, Place, Problem, Report, co_values, file};
use crate::oracles::{ENDLESS, GENERATION, ORACLES, of_generation};
use crate::scenario::{ContentExpectation, Expect, Kind, LoadExpectation, ViewExpectation, Wanted};
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
    let all = file::UnmetExpectations {
        loads: expect.loads.clone(),
        content: expect.content.clone(),
        views: expect.views.clone(),
        messages_max: expect.messages_max,
    };
    if let Some(unmet) = &expect.unmet {
        check_unmet(unmet, &all, &at.key("unmet"), report);
    }
    Expect {
        oracles: oracles(expect.oracles.as_deref(), file.origin.as_ref(), &at.key("oracles"), report),
        quiet_within: expect.quiet_within.map_or(quiet_within, |within| within.0),
        load_within: expect.load_within.map(|within| within.0),
        violation: expect.violation.clone(),
        wanted: wanted(&all, names, &at, report),
        unmet: wanted(&expect.unmet.clone().unwrap_or_default(), names, &at.key("unmet"), report),
    }
}

/// What is to come out, as a run has it.
fn wanted(expect: &file::UnmetExpectations, names: &Names<'_>, at: &At<'_>, report: &mut Report) -> Wanted {
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
    Wanted { loads, content, views, messages_max: expect.messages_max }
}

/// What is not met yet is something, and is not to be met all the same.
fn check_unmet(
    unmet: &file::UnmetExpectations,
    met: &file::UnmetExpectations,
    at: &At<'_>,
    report: &mut Report,
) {
    if *unmet == file::UnmetExpectations::default() {
        let problem = Problem::new(at.value(), "`unmet` says nothing");
        report.add(
            problem.expected("what is not met yet").help("list it as `expect` does, or leave `unmet` out"),
        );
    }
    let mut both = |place: Place| {
        let problem = Problem::new(place, "`expect` says that this is met");
        report.add(problem.help("leave it out there, or here if it is met by now"));
    };
    let of = |list, index| at.key(list).index(index).value();
    let same = |(index, load)| met.loads.contains(load).then_some(index);
    unmet.loads.iter().enumerate().filter_map(same).for_each(|index| both(of("loads", index)));
    let same = |(index, content)| met.content.contains(content).then_some(index);
    unmet.content.iter().enumerate().filter_map(same).for_each(|index| both(of("content", index)));
    let same = |(index, view)| met.views.contains(view).then_some(index);
    unmet.views.iter().enumerate().filter_map(same).for_each(|index| both(of("views", index)));
    let max = unmet.messages_max.zip(met.messages_max);
    if max.is_some_and(|(unmet, met)| unmet >= met) {
        both(at.key("messages_max").value());
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

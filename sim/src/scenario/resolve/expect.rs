//! How the run is judged.

use super::names::Names;
use super::{At, Problem, Report, co_values, file};
use crate::scenario::{ContentExpectation, Expect, LoadExpectation, ORACLES, ViewExpectation};
use cosim_core::Span;

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
    if expect.violation.as_ref().is_some_and(|violation| violation.trim().is_empty()) {
        let problem = Problem::new(at.key("violation").value(), "the expected violation is empty");
        report.add(problem.expected("a failure key").help("a run that fails prints its failure key"));
    }
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
            report.add(co_values::without_kind(&view.id, at.key("id").value()));
        }
        Some(ViewExpectation { node: node?, co_value, shows: view.shows.clone() })
    };
    let views = expect.views.iter().enumerate().filter_map(view).collect();
    Expect {
        oracles: oracles(expect.oracles.as_deref(), &at.key("oracles"), report),
        quiet_within: expect.quiet_within.map_or(quiet_within, |within| within.0),
        violation: expect.violation.clone(),
        loads,
        content,
        views,
        messages_max: expect.messages_max,
    }
}

/// The oracles that a file asks for; all of them where it says nothing.
fn oracles(asked: Option<&[String]>, at: &At<'_>, report: &mut Report) -> Vec<&'static str> {
    let Some(asked) = asked else { return ORACLES.to_vec() };
    for (index, name) in asked.iter().enumerate() {
        if !ORACLES.contains(&name.as_str()) {
            let problem =
                Problem::new(at.index(index).value(), format!("unknown oracle {}", file::quoted(name)));
            let help = report
                .did_you_mean(name, ORACLES)
                .unwrap_or_else(|| format!("the oracles are {}", ORACLES.join(", ")));
            report.add(problem.help(help));
        }
    }
    ORACLES.into_iter().filter(|oracle| asked.iter().any(|name| name == oracle)).collect()
}

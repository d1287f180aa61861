//! The nodes.

use super::names::check_name;
use super::{At, Problem, Report, file};
use crate::scenario::{NodeSpec, known_mutations};
use cosim_core::{Announce, Span};

/// The first deadline of a node that does not give one.
const BASE: Span = Span::from_s(1);
/// The longest deadline of a node that does not give one.
const CAP: Span = Span::from_s(16);

pub(super) fn nodes(file: &file::Scenario, report: &mut Report) -> Vec<NodeSpec> {
    let root = At::Root;
    let at = root.key("nodes");
    if file.nodes.is_empty() {
        report.add(
            Problem::new(at.value(), "the scenario has no nodes").help("name at least one: `\"alice\": {}`"),
        );
    }
    file.nodes.iter().map(|(name, node)| spec(name, node, &at.key(name), report)).collect()
}

fn spec(name: &str, node: &file::Node, at: &At<'_>, report: &mut Report) -> NodeSpec {
    check_name(name, "a node", at.name(), report);
    if name == "local" {
        let problem = Problem::new(at.name(), "a node cannot be called `local`");
        report.add(problem.expected("another name").help("to every node, `local` is itself"));
    }
    let base = node.base.map_or(BASE, |base| base.0);
    if base == Span::ZERO {
        let problem = Problem::new(at.key("base").value(), format!("the base of `{name}` is zero"));
        report.add(problem.help("a deadline needs time: leave it out for 1s"));
    }
    let cap = node.cap.map_or(CAP.max(base), |cap| cap.0);
    if cap < base {
        let problem = Problem::new(at.key("cap").value(), format!("the cap of `{name}` is below its base"));
        report.add(problem.expected(format!("at least {base}")).help("deadlines grow from base to cap"));
    }
    for (index, mutation) in node.mutations.iter().enumerate() {
        check_mutation(mutation, &at.key("mutations").index(index), report);
    }
    NodeSpec {
        name: name.to_owned(),
        announce: node.announce.map_or(Announce::All, Into::into),
        base,
        cap,
        mutations: node.mutations.clone(),
    }
}

fn check_mutation(mutation: &str, at: &At<'_>, report: &mut Report) {
    if known_mutations().any(|known| known == mutation) {
        return;
    }
    let problem = Problem::new(at.value(), format!("unknown mutation {}", file::quoted(mutation)));
    let list = || format!("the mutations are {}", known_mutations().collect::<Vec<_>>().join(", "));
    let help = report.did_you_mean(mutation, known_mutations()).unwrap_or_else(list);
    report.add(problem.help(help));
}

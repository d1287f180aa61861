//! The nodes.

use super::names::{Names, check_name};
use super::{At, Problem, Report, file};
use crate::network::{Ppm, SpanRange};
use crate::scenario::{NodeSpec, known_mutations};
use cosim_core::{Announce, Durability, Span};

/// The first deadline of a node that does not give one.
const BASE: Span = Span::from_s(1);
/// How long a write takes on a disk that does not say.
const DISK_LATENCY: Span = Span::from_ms(1);
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

/// The accounts, once all CoValues have numbers.
pub(super) fn accounts(file: &file::Scenario, names: &Names<'_>, nodes: &mut [NodeSpec]) {
    for (node, spec) in file.nodes.values().zip(nodes) {
        spec.account = node.account.as_deref().and_then(|account| names.co_value(account));
    }
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
    let disk = node.disk.map(|disk| {
        let usual = SpanRange::constant(DISK_LATENCY).unwrap_or_default();
        let latency = disk.latency.map_or(usual, |latency| latency.0);
        (latency, disk.errors.map_or(Ppm::NEVER, |errors| errors.0))
    });
    if disk.is_none() && node.durability.is_some() {
        let message = format!("`{name}` has a durability, but no disk");
        let problem = Problem::new(at.key("durability").name(), message);
        report.add(problem.help("add `\"disk\": {}`, or leave it out"));
    }
    NodeSpec {
        disk,
        durability: match (disk, node.durability) {
            (None, _) => Durability::Ideal,
            (Some(_), None) => Durability::DurableFirst,
            (Some(_), Some(durability)) => durability.into(),
        },
        account: None,
        name: name.to_owned(),
        announce: node.announce.map_or(Announce::All, Into::into),
        base,
        cap,
        hostile: node.hostile.unwrap_or(false),
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

//! From what a file says to what a run needs: names become indices, defaults are filled in, and every check is made.
//!
//! A check that fails is reported and the rest goes on, so that all independent mistakes are found; what depends on a
//! mistake already reported is passed over in silence.

mod accounts;
mod branches;
pub(super) mod co_values;
mod contract;
mod decisions;
mod drawn;
mod expect;
mod generated;
mod links;
pub(super) mod names;
pub(super) mod network;
mod nodes;
mod recording;
mod timeline;

use super::place::{At, Place};
use super::problems::{Problem, Problems};
use super::quiet::quiet_within;
use super::suggest::{closest, question};
use super::{
    MAX_CO_VALUES, MAX_LINKS, MAX_NODES, MAX_OPERATIONS, MAX_PROBLEMS, MAX_WORKLOADS, Scenario, file,
};
use crate::cojson::{Crypto, Directory};
use crate::guest::Guests;
use crate::network::{Network, SpanRange};
use cosim_core::Span;
use cosim_core::view::Dialect;
use names::Names;
use network::conditions;
use std::sync::Arc;

/// Checks a scenario that a program built.
pub fn resolve(file: file::Scenario) -> Result<Scenario, Problems> {
    resolve_file(file).map_err(Problems::of_value)
}

/// Checks a scenario. The problems have places, but no spans.
pub(super) fn resolve_file(file: file::Scenario) -> Result<Scenario, Vec<Problem>> {
    let mut report = Report::default();
    check_sizes(&file, &mut report);
    if !report.problems.is_empty() {
        return Err(report.problems);
    }
    check_about(&file, &mut report);
    let nodes = nodes::nodes(&file, &mut report);
    let mut names = Names::new(&file, &mut report);
    accounts::check(&file, &mut report);
    let people = nodes::people(&file, &names, &mut report);
    let co_values = co_values::co_values(&file, &names, &mut report);
    let general =
        file.network.as_ref().map(|network| conditions(network, &At::Root.key("network"), &mut report));
    let general = general.unwrap_or_default();
    let links = links::links(&file, general, &mut names, &mut report);
    let mut timeline = timeline::timeline(&file, &names, &mut report);
    let workloads = generated::workloads(&file, &names, &mut report);
    let recording = recording::recording(&file, &names, &mut report);
    let faults = generated::faults(&file, &names, &links, &mut report);
    timeline.name(&file, &workloads, faults.as_ref(), names.co_values(), &mut report);
    contract::check(&links, &timeline, faults.as_ref(), &mut report);
    decisions::check(&file, &names, &mut report);
    let quiet_within = quiet_within(&nodes, &links, &timeline.chapters);
    let expect = expect::expect(&file, quiet_within, &names, &mut report);
    if !report.problems.is_empty() {
        return Err(report.problems);
    }
    // What guests sign, all of them must be able to check.
    let has_guests = nodes.iter().any(|node| node.guest.is_some());
    let crypto = file.crypto.unwrap_or(if has_guests { Crypto::Real } else { Crypto::Fast });
    let dialect = Dialect::from(file.format.unwrap_or_default());
    Ok(Scenario {
        about: file.about.clone(),
        seed: file.seed.unwrap_or(1),
        crypto,
        nodes,
        backups: names.backups(),
        co_values: names.into_co_values(),
        directory: Arc::new(Directory::new(crypto, people, co_values).with_dialect(dialect)),
        links,
        chapters: timeline.chapters,
        workloads,
        recording,
        faults,
        heal: file.heal.unwrap_or(false),
        expect,
        chosen: Vec::new(),
        guests: Guests::default(),
        file,
    })
}

/// What is to be done with each workload of a file: where it is said, and what.
pub(super) fn each_workload<'a, T>(
    file: &'a file::Scenario,
    mut of: impl FnMut(&At<'_>, &'a file::Workload) -> T,
) -> Vec<T> {
    let root = At::Root;
    let at = root.key("workload");
    match &file.workload {
        None => Vec::new(),
        Some(file::Workloads::One(workload)) => vec![of(&at, workload)],
        Some(file::Workloads::Several(workloads)) => {
            workloads.iter().enumerate().map(|(index, workload)| of(&at.index(index), workload)).collect()
        }
    }
}

/// Where checks put what they find.
#[derive(Default)]
pub(super) struct Report {
    problems: Vec<Problem>,
}

impl Report {
    pub(super) fn add(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// A hint at the closest of `names`; none where so much is wrong that nobody will read it.
    pub(super) fn did_you_mean<'a>(
        &self,
        found: &str,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Option<String> {
        if self.problems.len() > MAX_PROBLEMS { None } else { closest(found, names).map(question) }
    }

    fn limit(&mut self, place: Place, found: usize, what: &str, limit: usize) {
        if found > limit {
            let problem = Problem::new(place, format!("{found} {what} are too many"));
            self.add(problem.expected(format!("at most {limit}")).help("a smaller scenario shows the same"));
        }
    }
}

/// Before anything else: what is too large is not looked at.
fn check_sizes(file: &file::Scenario, report: &mut Report) {
    let root = At::Root;
    report.limit(root.key("nodes").name(), file.nodes.len(), "nodes", MAX_NODES);
    report.limit(root.key("links").name(), file.links.len(), "links", MAX_LINKS);
    let workloads = file.workload.as_ref().map_or(0, |workloads| workloads.all().len());
    report.limit(root.key("workload").name(), workloads, "workloads", MAX_WORKLOADS);
    each_workload(file, |at, workload| {
        report.limit(at.key("co_values").name(), workload.co_values.len(), "CoValues", MAX_CO_VALUES);
    });

    // What is too much is marked where most of it is said.
    let mut parts = vec![(root.key("timeline").name(), file.timeline.len())];
    let drawn = each_workload(file, |at, workload| {
        [
            (at.key("co_values").name(), workload.co_values.len()),
            (at.key("roles").value(), count(workload.roles.unwrap_or(0))),
            (at.key("operations").value(), count(workload.operations)),
        ]
    });
    parts.extend(drawn.into_iter().flatten());
    if let Some(faults) = &file.faults {
        let drawn = faults.operations(file.nodes.len()).map(|(field, drawn)| {
            let drawn = usize::try_from(drawn).unwrap_or(usize::MAX).min(usize::MAX / 1024);
            (root.key("faults").key(field).value(), drawn)
        });
        parts.extend(drawn);
    }
    let all: usize = parts.iter().map(|(_, part)| part).sum();
    let Some((place, most)) = parts.into_iter().max_by_key(|(_, part)| *part) else { return };
    if most > MAX_OPERATIONS || all <= MAX_OPERATIONS {
        report.limit(place, most, "operations", MAX_OPERATIONS);
    } else {
        let problem =
            Problem::new(place, format!("{all} operations in all are too many, {most} of them here"));
        let problem = problem.expected(format!("at most {MAX_OPERATIONS} in all"));
        report.add(problem.help("a smaller scenario shows the same"));
    }
}

/// A number from a file as a count.
fn count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX / 64)
}

fn check_about(file: &file::Scenario, report: &mut Report) {
    if file.about.trim().is_empty() {
        let problem =
            Problem::new(At::Root.key("about").value(), "the scenario does not say what it is about");
        report.add(
            problem.expected("a sentence or two").help("tell the story: who does what, and what goes wrong"),
        );
    }
}

/// The conditions where a file says nothing.
fn usual() -> Network {
    let latency = SpanRange::constant(Span::from_ms(50)).expect("far below the limit");
    Network { latency, ..Network::default() }
}

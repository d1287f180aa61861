//! The names of operations: unique, and the same when other operations go. Messages are addressed by them.

use super::super::names::check_name_up_to;
use super::super::{At, Problem, Report, file};
use super::Timeline;
use crate::scenario::act::Act;
use crate::scenario::plan::generated_names;
use crate::scenario::recording::is_recorded;
use crate::scenario::{Faults, MAX_OPERATION_NAME_BYTES, Workload};
use std::collections::{BTreeMap, BTreeSet};

impl Timeline {
    /// Names every operation: as the file says, else after what it does, with a number where that is taken.
    pub(in crate::scenario::resolve) fn name(
        &mut self,
        file: &file::Scenario,
        workloads: &[Workload],
        faults: Option<&Faults>,
        co_values: &[&str],
        report: &mut Report,
    ) {
        let mut taken = explicit(file, workloads, faults, co_values, report);
        let mut ordinals = BTreeMap::<&str, u32>::new();
        let operations = self.chapters.iter_mut().flat_map(|chapter| &mut chapter.operations);
        for (operation, source) in operations.zip(&self.sources) {
            operation.name = match &file.timeline[source.entry].name {
                Some(name) => name.clone(),
                None => free(&source.usual_name, &mut ordinals, &taken),
            };
            taken.insert(operation.name.clone());
        }
        check_given(file, &taken, report);
    }
}

/// What a guest is told that an operation has made, some operation must make. What `cosim freeze` wrote is taken as it
/// is: the operation may have been taken away since.
fn check_given(file: &file::Scenario, taken: &BTreeSet<String>, report: &mut Report) {
    let root = At::Root;
    let at = root.key("timeline");
    for (index, entry) in file.timeline.iter().enumerate().filter(|_| file.origin.is_none()) {
        let Act::Ask(ask) = &entry.act else { continue };
        for (member, operation) in ask.given.iter().filter(|(_, operation)| !taken.contains(*operation)) {
            let message = format!("no operation is called {}", file::quoted(operation));
            let at = at.index(index);
            let at = at.key("ask");
            let problem = Problem::new(at.key("given").key(member).value(), message);
            let close = report.did_you_mean(operation, taken.iter().map(String::as_str));
            let help = close.unwrap_or_else(|| "give the operation that makes it a `name`".to_owned());
            report.add(problem.expected("the name of an operation").help(help));
        }
    }
}

/// The names that generated operations have, and those that the file gives.
fn explicit(
    file: &file::Scenario,
    workloads: &[Workload],
    faults: Option<&Faults>,
    co_values: &[&str],
    report: &mut Report,
) -> BTreeSet<String> {
    let root = At::Root;
    let at = root.key("timeline");
    let mut taken: BTreeSet<String> =
        generated_names(workloads, faults.map(Faults::at_most).as_deref(), co_values).collect();
    let mut first = BTreeMap::<&str, usize>::new();
    for (index, entry) in file.timeline.iter().enumerate() {
        let Some(name) = &entry.name else { continue };
        let place = at.index(index).key("name").value();
        check_name_up_to(MAX_OPERATION_NAME_BYTES, name, "an operation", place.clone(), report);
        if let Some(first) = first.get(name.as_str()) {
            let problem = Problem::new(place, format!("two operations are called {}", file::quoted(name)));
            report.add(
                problem
                    .expected(format!("already the name of timeline[{first}]"))
                    .help("leave one of the names out"),
            );
        } else if taken.contains(name) || (file.recording.is_some() && is_recorded(name)) {
            let problem =
                Problem::new(place, format!("{} is the name of a generated operation", file::quoted(name)));
            report.add(problem.help("choose another, or leave it out"));
        } else {
            first.insert(name, index);
        }
    }
    taken.extend(first.into_keys().map(str::to_owned));
    taken
}

/// The usual name, with the first number from 2 on that makes it unique.
fn free<'a>(usual: &'a str, ordinals: &mut BTreeMap<&'a str, u32>, taken: &BTreeSet<String>) -> String {
    let ordinal = ordinals.entry(usual).or_insert(0);
    loop {
        *ordinal += 1;
        let name = if *ordinal == 1 { usual.to_owned() } else { format!("{usual}-{ordinal}") };
        if !taken.contains(&name) {
            return name;
        }
    }
}

//! What the guest nodes of a run share: the processes that play them, and what is known of all that they wrote and said.
//! When a guest fails, nothing more is asked of anybody: the run is over.

use super::registry::Registry;
use crate::cojson::{Directory, fold_text};
use cosim_core::view::Dialect;
use cosim_guest::protocol::{Can, Step, Verb};
use cosim_guest::{Failure, Process};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A guest of a run, by its place among those that the run has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Guest(pub(super) usize);

/// See the module.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) registry: Registry,
    processes: Vec<Process>,
    /// The seed of the run.
    seed: u64,
    /// What operations are called, by number, and the other way round.
    names: Vec<String>,
    operations: BTreeMap<String, u32>,
    /// The first failure of a guest.
    failure: Option<Failure>,
}

impl Shared {
    pub(super) fn new(
        directory: &Arc<Directory>,
        processes: Vec<Process>,
        seed: u64,
        names: Vec<String>,
        failure: Option<Failure>,
    ) -> Shared {
        let speaks_cojson = processes.iter().all(|process| process.hello().speaks_cojson());
        let operations = (0..).zip(&names).map(|(number, name)| (name.clone(), number)).collect();
        Shared {
            registry: Registry::new(Arc::clone(directory), speaks_cojson),
            processes,
            seed,
            names,
            operations,
            failure,
        }
    }

    /// Whether a guest speaks CoJSON.
    pub(super) fn speaks_cojson(&self, guest: Guest) -> bool {
        self.processes.get(guest.0).is_some_and(|process| process.hello().speaks_cojson())
    }

    /// By whose rules the apps of a guest see, where it says that.
    pub(super) fn dialect(&self, guest: Guest) -> Option<Dialect> {
        self.processes.get(guest.0)?.hello().format.as_deref()?.parse().ok()
    }

    /// Whether a guest says that it can do this.
    pub(super) fn can(&self, guest: Guest, what: Can) -> bool {
        self.processes.get(guest.0).is_some_and(|process| process.hello().can(what))
    }

    /// The token of an operation: its name.
    pub(super) fn token(&self, operation: u32) -> &str {
        self.names.get(operation as usize).map_or("", String::as_str)
    }

    /// The operation of this name.
    pub(super) fn operation(&self, name: &str) -> Option<u32> {
        self.operations.get(name).copied()
    }

    /// What a node draws from.
    pub(super) fn seed_of(&self, node: &str, incarnation: u32) -> u64 {
        fold_text(self.seed ^ u64::from(incarnation).rotate_left(32), node)
    }

    /// Asks a guest; nothing where one has failed, or does now.
    pub(super) fn ask(&mut self, guest: Guest, verb: Verb<'_>) -> Option<Step> {
        self.answer(guest, |process| process.ask(verb))
    }

    /// Asks a guest what a node holds and shows of a subject.
    pub(super) fn query(&mut self, guest: Guest, node: &str, subject: &str) -> Option<Map<String, Value>> {
        let subjects = [subject.to_owned()];
        let mut queried = self.answer(guest, |process| process.query(node, Some(&subjects)))?;
        match queried.subjects.remove(subject)? {
            Value::Object(members) => Some(members),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
        }
    }

    /// Asks a guest what a node holds of everything.
    pub(super) fn query_all(&mut self, guest: Guest, node: &str) -> Option<Map<String, Value>> {
        Some(self.answer(guest, |process| process.query(node, None))?.subjects)
    }

    fn answer<T>(&mut self, guest: Guest, ask: impl FnOnce(&mut Process) -> Result<T, Failure>) -> Option<T> {
        if self.failure.is_some() {
            return None;
        }
        match ask(&mut self.processes[guest.0]) {
            Ok(answer) => Some(answer),
            Err(failure) => {
                self.failure = Some(failure);
                None
            }
        }
    }

    /// A guest has answered what cannot be.
    pub(super) fn fails(&mut self, guest: Guest, why: String) {
        let failure = self.processes[guest.0].reject(why);
        self.failure.get_or_insert(failure);
    }

    /// The first failure of a guest, if one has failed.
    pub(super) fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// The processes, so that the next run may have them.
    pub(super) fn into_processes(self) -> Vec<Process> {
        self.processes
    }
}

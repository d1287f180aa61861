//! What was decided in a run, and when.

use crate::log::{Event, Log};
use crate::scenario::file::{Decision, DecisionKind, Detail};
use crate::script::Made;
use std::collections::BTreeMap;
use std::fmt;

/// Decisions, each with its event. An end that notices a connection late asks in no event of its own: that is decided in
/// the event of the operation that its address names.
pub(super) fn placed(mut all: Vec<Made>, log: &Log) -> Vec<Made> {
    let operations: BTreeMap<&str, u64> = log
        .entries()
        .filter_map(|entry| {
            let Event::Operation { name, .. } = &entry.what else { return None };
            Some((name.as_str(), entry.event))
        })
        .collect();
    for made in all.iter_mut().filter(|made| made.decision.kind == DecisionKind::Noticed) {
        let operation = made.decision.address.rsplit_once(" @").map(|(_, operation)| operation);
        made.event = operation.and_then(|name| operations.get(name)).copied().unwrap_or_default();
    }
    all
}

impl Made {
    /// What was decided, whenever it was.
    pub(super) fn what(&self) -> (&Decision, Detail) {
        (&self.decision, self.detail)
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decision.fmt(f)?;
        match self.detail {
            Detail::Nothing => Ok(()),
            Detail::Span(span) => write!(f, ": {span}"),
            Detail::Place(place) => write!(f, ": {place}"),
        }
    }
}

//! What a schedule does otherwise than harmlessly, and where.

use super::Kind;
use crate::run::Judged;
use crate::scenario::MAX_DURATION;
use crate::scenario::file::{self, Decision, Detail, Duration, Entry};
use crate::script::Director;
use cosim_core::{Span, Time};
use serde_json::{Value, json};
use std::fmt;

/// One thing that is not harmless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation(pub(super) What);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A decision, in place of what the story decides there.
    Decision(Decision, Detail),
    /// Nothing harmful at this address, in place of what the story decides there.
    Harmless(String),
    /// An operation that the scenario does not have.
    Operation(Moment, Does),
}

/// A place between two events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// The event behind which it is.
    pub(super) event: u64,
    /// When that happened.
    pub(super) at: Time,
    /// The chapter, and when it began.
    chapter: usize,
    start: Time,
}

/// What happens at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Does {
    /// The connection between two nodes ends, and the next one opens.
    Cut([String; 2]),
    /// A node crashes, and starts again.
    Crash(String),
}

/// The places behind events, from this one on and before the faults end, if they do. What happens at the same time counts as
/// one.
pub(super) fn moments<D>(judged: &Judged<D>, from: u64, calm: Option<Time>) -> Vec<Moment> {
    let mut moments: Vec<Moment> = Vec::new();
    let entries = judged.log.iter().flat_map(crate::log::Log::entries);
    for entry in entries.filter(|entry| calm.is_none_or(|calm| entry.at < calm)) {
        let begun = judged.chapters.iter().take_while(|start| **start <= entry.at).count();
        let chapter = begun.saturating_sub(1);
        let start = judged.chapters.get(chapter).copied().unwrap_or(Time::ZERO);
        let moment = Moment { event: entry.event, at: entry.at, chapter, start };
        match moments.last_mut().filter(|last| last.at == moment.at) {
            Some(last) => *last = moment,
            None => moments.push(moment),
        }
    }
    // What would be later than any entry can say is left out.
    let is_in_time = |moment: &Moment| moment.operates().since(moment.start) <= MAX_DURATION;
    moments.retain(|moment| moment.event >= from && is_in_time(moment));
    moments
}

impl Moment {
    /// When an operation happens there: behind all that happens at that time.
    fn operates(self) -> Time {
        self.at + Span::from_us(1)
    }
}

impl Deviation {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match &self.0 {
            What::Decision(decision, _) => Kind::of(decision.kind),
            What::Harmless(_) => Kind::Harmless,
            What::Operation(_, Does::Cut(_)) => Kind::Cut,
            What::Operation(_, Does::Crash(_)) => Kind::Crash,
        }
    }
}

impl Deviation {
    /// What it takes in memory, by what it says.
    pub(super) fn bytes(&self) -> usize {
        let names = match &self.0 {
            What::Decision(decision, _) => decision.address.len(),
            What::Harmless(address) => address.len(),
            What::Operation(_, Does::Cut([a, b])) => a.len() + b.len(),
            What::Operation(_, Does::Crash(node)) => node.len(),
        };
        size_of::<Deviation>() + names
    }

    /// Has a run that has not come to it yet decide so.
    pub(super) fn decide(&self, director: &mut Director) {
        if let Some(address) = self.address() {
            director.forget(address);
        }
        if let What::Decision(decision, detail) = &self.0 {
            director.list(decision.clone(), *detail);
        }
    }

    /// The address of what it decides.
    pub(super) fn address(&self) -> Option<&str> {
        match &self.0 {
            What::Decision(decision, _) => Some(&decision.address),
            What::Harmless(address) => Some(address),
            What::Operation(..) => None,
        }
    }
}

impl Does {
    /// Adds it to the timeline of a scenario, in its place.
    pub(super) fn put(&self, scenario: &mut file::Scenario, moment: Moment, number: usize) {
        let at = Duration(moment.operates().since(moment.start));
        let acts = match self {
            Does::Cut(between) => vec![
                ("disconnect", json!({ "between": between })),
                ("connect", json!({ "between": between })),
            ],
            Does::Crash(node) => vec![("crash", json!({ "node": node }))],
        };
        let entry = |(which, (act, fields)): (usize, (&str, Value))| {
            let name = format!("explored-{}", 2 * number + which + 1);
            let entry = json!({ "at": at, "name": name, act: fields });
            serde_json::from_value::<Entry>(entry).expect("these entries are in the grammar")
        };
        let timeline = &mut scenario.timeline;
        let begins = timeline.iter().enumerate().filter(|(_, entry)| entry.waits()).map(|(place, _)| place);
        let begins: Vec<usize> = [0].into_iter().chain(begins).chain([timeline.len()]).collect();
        let (from, to) = (begins[moment.chapter], begins[moment.chapter + 1]);
        let is_later = |entry: &Entry| entry.time() > at.0;
        let place = timeline[from..to].iter().position(is_later).map_or(to, |place| from + place);
        timeline.splice(place..place, acts.into_iter().enumerate().map(entry));
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            What::Decision(decision, Detail::Nothing) => write!(f, "{decision}"),
            What::Decision(decision, Detail::Span(span)) => write!(f, "{decision} ({span})"),
            What::Decision(decision, Detail::Place(place)) => write!(f, "{decision} ({place})"),
            What::Harmless(address) => write!(f, "harmless: {address}"),
            What::Operation(moment, Does::Cut([a, b])) => {
                write!(f, "cut: {a} and {b} at {}", moment.operates())
            }
            What::Operation(moment, Does::Crash(node)) => write!(f, "crash: {node} at {}", moment.operates()),
        }
    }
}

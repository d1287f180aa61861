//! Who sees what is decided in a run, and when.

use crate::address::Addresses;
use crate::cojson::CoJson;
use crate::decision::{Crashing, Decide, Fate, Noticing, Sending, WriteFate, Writing};
use crate::host::Survival;
use crate::log::{Log, What};
use crate::run::Stage;
use crate::scenario::file::{Decision, DecisionKind, Detail, Duration};
use crate::script::{Director, Harm};
use cosim_core::Span;
use std::collections::BTreeMap;
use std::fmt;

/// A decision that was not the harmless one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made {
    /// The event in which it was made.
    pub(super) event: u64,
    decision: Decision,
    /// How long, how late or where, where it says that.
    detail: Detail,
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

/// Decides as a run of the scenario does, and writes down what was not harmless.
#[derive(Clone, Debug)]
pub(super) struct Witness {
    director: Director,
    addresses: Addresses,
    made: Vec<Made>,
}

impl Witness {
    pub(super) fn new(stage: &Stage<'_>) -> Witness {
        Witness { director: Director::new(stage), addresses: Addresses::new(stage), made: Vec::new() }
    }

    /// What was decided otherwise than harmlessly, in order. An end that notices a connection late asks in no event of
    /// its own: that is decided in the event of the operation that its address names.
    pub(super) fn made(mut self, log: &Log) -> Vec<Made> {
        let operations: BTreeMap<&str, u64> = log
            .entries()
            .filter_map(|entry| match &entry.what {
                What::Operation { name, .. } => Some((name.as_str(), entry.event)),
                _ => None,
            })
            .collect();
        for made in self.made.iter_mut().filter(|made| made.decision.kind == DecisionKind::Noticed) {
            let operation = made.decision.address.rsplit_once(" @").map(|(_, operation)| operation);
            made.event = operation.and_then(|name| operations.get(name)).copied().unwrap_or_default();
        }
        self.made
    }

    fn add(&mut self, event: u64, kind: DecisionKind, address: &str, detail: Detail) {
        self.made.push(Made { event, decision: Decision { kind, address: address.to_owned() }, detail });
    }
}

impl<N: CoJson> Decide<N> for Witness {
    fn message(&mut self, sending: &Sending<'_, N>, drawn: Fate) -> Fate {
        let fate = self.director.message(sending, drawn);
        let address = self.addresses.of_message(sending);
        for (kind, detail) in fate.harm(&Fate::harmless(sending.network)) {
            self.add(sending.event, kind, &address, detail);
        }
        fate
    }

    fn notice(&mut self, noticing: &Noticing, drawn: Span) -> Span {
        let delay = Decide::<N>::notice(&mut self.director, noticing, drawn);
        if delay != Span::ZERO {
            let address = self.addresses.of_notice(noticing);
            self.add(0, DecisionKind::Noticed, &address, Detail::Span(Duration(delay)));
        }
        delay
    }

    fn write(&mut self, writing: &Writing<'_, N>, drawn: WriteFate) -> WriteFate {
        let fate = self.director.write(writing, drawn);
        let address = self.addresses.of_write(writing.node, writing.record);
        for (kind, detail) in fate.harm(&WriteFate::harmless(writing.spec)) {
            self.add(writing.event, kind, &address, detail);
        }
        fate
    }

    fn crash(&mut self, crashing: &Crashing<'_>, drawn: Survival) -> Survival {
        let survival = Decide::<N>::crash(&mut self.director, crashing, drawn);
        let address = self.addresses.of_crash(crashing);
        for (kind, detail) in survival.harm(crashing.pending) {
            self.add(crashing.event, kind, &address, detail);
        }
        survival
    }
}

//! Decisions from a list: [`Director`] gives the messages that a scenario names the fate that it says, leaves the rest
//! to the seed, and can write down every decision that is not the harmless one.

use crate::address::Addresses;
use crate::cojson::CoJson;
use crate::decision::{Crashing, Decide, Fate, Noticing, Sending, WriteFate, Writing};
use crate::host::{Survival, WriteError};
use crate::run::Stage;
use crate::scenario::file::{Decision, DecisionKind, Decisions, Detail, Duration};
use cosim_core::Span;
use std::collections::BTreeSet;

/// Decides by a list, then by the seed.
#[derive(Clone, Debug)]
pub(crate) struct Director {
    addresses: Addresses,
    listed: Decisions,
    lost: BTreeSet<String>,
    /// What was met of the list.
    used: BTreeSet<Decision>,
    /// What was decided otherwise than harmlessly.
    recorded: Option<Decisions>,
    /// Every address that something was decided of, in order.
    seen: Option<Vec<String>>,
}

impl Director {
    /// Decides by the list of a scenario.
    pub(crate) fn new(stage: &Stage<'_>) -> Director {
        let listed = stage.scenario().file.decisions.clone().unwrap_or_default();
        let lost = listed.lost.iter().cloned().collect();
        Director {
            addresses: Addresses::new(stage),
            listed,
            lost,
            used: BTreeSet::new(),
            recorded: None,
            seen: None,
        }
    }

    /// Decides by the list of a scenario, and writes everything down.
    pub(crate) fn recording(stage: &Stage<'_>) -> Director {
        Director { recorded: Some(Decisions::default()), ..Director::new(stage) }
    }

    /// Decides by the list of a scenario, and notes every address.
    pub(crate) fn noting(stage: &Stage<'_>) -> Director {
        Director { seen: Some(Vec::new()), ..Director::new(stage) }
    }

    /// Every address that something was decided of, in order, where they were noted.
    pub(crate) fn seen(&self) -> &[String] {
        self.seen.as_deref().unwrap_or_default()
    }

    /// What was decided otherwise than harmlessly.
    pub(crate) fn into_recorded(self) -> Decisions {
        self.recorded.unwrap_or_default()
    }

    /// What was listed and never met.
    pub(crate) fn unused(&self) -> Vec<Decision> {
        self.listed.iter().filter(|decision| !self.used.contains(decision)).collect()
    }

    fn listed(&mut self, kind: DecisionKind, address: &str) -> Option<Span> {
        let Duration(span) = self.listed.span(kind, address)?;
        self.used.insert(Decision { kind, address: address.to_owned() });
        Some(span)
    }

    fn place(&mut self, kind: DecisionKind, address: &str) -> Option<u32> {
        let place = self.listed.place(kind, address)?;
        self.used.insert(Decision { kind, address: address.to_owned() });
        Some(place)
    }

    fn put(&mut self, address: &str, harm: Vec<(DecisionKind, Detail)>) {
        let Some(recorded) = &mut self.recorded else {
            return;
        };
        for (kind, detail) in harm {
            recorded.put(Decision { kind, address: address.to_owned() }, detail);
        }
    }
}

/// What a decision does that is not the harmless default.
pub(crate) trait Harm {
    /// What is harmless is measured against this.
    type Against: ?Sized;

    /// It, as decisions of a scenario.
    fn harm(&self, harmless: &Self::Against) -> Vec<(DecisionKind, Detail)>;
}

impl Harm for WriteFate {
    type Against = WriteFate;

    /// What is not the harmless default, as decisions.
    fn harm(&self, harmless: &WriteFate) -> Vec<(DecisionKind, Detail)> {
        let latency = Some(self.latency).filter(|latency| *latency != harmless.latency);
        let slow = latency.map(|span| (DecisionKind::Write, Detail::Span(Duration(span))));
        let failed = self.error.map(|error| (DecisionKind::FailedWrite, Detail::Place(error as u32)));
        slow.into_iter().chain(failed).collect()
    }
}

impl Harm for Survival {
    type Against = [u32];

    /// What is not the harmless default, as decisions.
    fn harm(&self, pending: &[u32]) -> Vec<(DecisionKind, Detail)> {
        let lost = (self.kept as usize) < pending.len();
        let kept = lost.then_some((DecisionKind::KeptWrites, Detail::Place(self.kept)));
        let torn = (lost && self.torn > 0).then_some((DecisionKind::TornWrite, Detail::Place(self.torn)));
        kept.into_iter().chain(torn).collect()
    }
}

impl Harm for Fate {
    type Against = Fate;

    /// What is not the harmless default, as decisions; of a message that is lost, nothing else matters.
    fn harm(&self, harmless: &Fate) -> Vec<(DecisionKind, Detail)> {
        if self.lost {
            return vec![(DecisionKind::Lost, Detail::Nothing)];
        }
        let span = |span: Span| Detail::Span(Duration(span));
        let latency = Some(self.latency).filter(|latency| *latency != harmless.latency);
        let harm = [
            (DecisionKind::Latency, latency.map(span)),
            (DecisionKind::Duplicated, self.duplicate.map(span)),
            (DecisionKind::Reordered, self.reordered.map(span)),
            (DecisionKind::Replayed, self.replayed.map(span)),
            (DecisionKind::Damaged, self.damaged.map(Detail::Place)),
            (DecisionKind::Truncated, self.truncated.map(Detail::Place)),
        ];
        harm.into_iter().filter_map(|(kind, detail)| Some((kind, detail?))).collect()
    }
}

impl<N: CoJson> Decide<N> for Director {
    fn message(&mut self, sending: &Sending<'_, N>, drawn: Fate) -> Fate {
        let address = self.addresses.of_message(sending);
        self.seen.iter_mut().for_each(|seen| seen.push(address.clone()));
        let mut fate = drawn;
        if self.lost.contains(&address) {
            self.used.insert(Decision { kind: DecisionKind::Lost, address: address.clone() });
            fate.lost = true;
        }
        fate.latency = self.listed(DecisionKind::Latency, &address).unwrap_or(fate.latency);
        fate.duplicate = self.listed(DecisionKind::Duplicated, &address).or(fate.duplicate);
        fate.reordered = self.listed(DecisionKind::Reordered, &address).or(fate.reordered);
        fate.replayed = self.listed(DecisionKind::Replayed, &address).or(fate.replayed);
        fate.damaged = self.place(DecisionKind::Damaged, &address).or(fate.damaged);
        fate.truncated = self.place(DecisionKind::Truncated, &address).or(fate.truncated);
        self.put(&address, fate.harm(&Fate::harmless(sending.network)));
        fate
    }

    fn notice(&mut self, noticing: &Noticing, drawn: Span) -> Span {
        let address = self.addresses.of_notice(noticing);
        self.seen.iter_mut().for_each(|seen| seen.push(address.clone()));
        let delay = self.listed(DecisionKind::Noticed, &address).unwrap_or(drawn);
        if let Some(recorded) = self.recorded.as_mut().filter(|_| delay != Span::ZERO) {
            recorded.noticed.insert(address, Duration(delay));
        }
        delay
    }

    fn write(&mut self, writing: &Writing<'_, N>, drawn: WriteFate) -> WriteFate {
        let address = self.addresses.of_write(writing.node, writing.record);
        self.seen.iter_mut().for_each(|seen| seen.push(address.clone()));
        let latency = self.listed(DecisionKind::Write, &address).unwrap_or(drawn.latency);
        let failed = self.place(DecisionKind::FailedWrite, &address).map(WriteError::of);
        let fate = WriteFate { latency, error: failed.or(drawn.error) };
        self.put(&address, fate.harm(&WriteFate::harmless(writing.spec)));
        fate
    }

    fn crash(&mut self, crashing: &Crashing<'_>, drawn: Survival) -> Survival {
        let address = self.addresses.of_crash(crashing);
        self.seen.iter_mut().for_each(|seen| seen.push(address.clone()));
        let kept = self.place(DecisionKind::KeptWrites, &address).unwrap_or(drawn.kept);
        let torn = self.place(DecisionKind::TornWrite, &address).unwrap_or(drawn.torn);
        let survival = Survival { kept, torn };
        self.put(&address, survival.harm(crashing.pending));
        survival
    }
}

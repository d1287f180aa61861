//! Who decides in a trial: the seed, whose choices are written down, or a schedule, beside which everything is harmless.

use super::names::Names;
use super::schedule::{Choice, Schedule};
use crate::address::Addresses;
use crate::decision::{Crashing, Decide, Fate, Noticing, Sending, WriteFate, Writing};
use crate::host::{SimNode, Survival};
use cosim_base::Span;
use std::collections::{BTreeMap, BTreeSet};

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Script {
    seed: u64,
    addresses: Addresses<Names>,
    schedule: Option<Schedule>,
    chosen: BTreeMap<String, Choice>,
    /// The choices of the schedule that no run has come to yet.
    unused: BTreeSet<String>,
}

impl Script {
    /// Decides by a schedule; by the seed where there is none.
    pub(super) fn new(
        seed: u64,
        nodes: Vec<String>,
        operations: Vec<String>,
        schedule: Option<&Schedule>,
    ) -> Script {
        let listed = schedule.into_iter().flat_map(Schedule::choices);
        let unused = listed.map(|(address, _)| address.to_owned()).collect();
        let addresses = Addresses::new(Names { nodes, operations });
        Script { seed, addresses, schedule: schedule.cloned(), chosen: BTreeMap::new(), unused }
    }

    /// What the schedule says of what did not come: operations that the story has not, and choices.
    pub(super) fn unused(&self) -> Vec<String> {
        let known = &self.addresses.names().operations;
        let operations = self.schedule.iter().flat_map(Schedule::operations);
        let operations = operations.filter(|name| !known.iter().any(|known| known == name));
        let operations = operations.map(|name| format!("play {name}"));
        let choices = self.schedule.iter().flat_map(Schedule::choices);
        let choices = choices.filter(|(address, _)| self.unused.contains(*address));
        operations.chain(choices.map(|(address, choice)| format!("{} {address}", choice.word()))).collect()
    }

    /// What was decided.
    pub(super) fn into_schedule(self) -> Schedule {
        Schedule::new(self.seed, self.addresses.names().operations.clone(), self.chosen)
    }

    /// What the schedule says of an address, or what was drawn; written down where it is not harmless.
    fn choose(&mut self, address: String, drawn: Choice, harmless: Choice) -> Choice {
        let choice = match &self.schedule {
            // What is of another kind says nothing of it.
            Some(schedule) => {
                let said = schedule.choice(&address).filter(|said| said.word() == harmless.word());
                if said.is_some() {
                    self.unused.remove(&address);
                }
                said.unwrap_or(harmless)
            }
            None => drawn,
        };
        if choice != harmless {
            self.chosen.insert(address, choice);
        }
        choice
    }
}

impl<N: SimNode> Decide<N> for Script {
    fn message(&mut self, sending: &Sending<'_, N>, drawn: Fate) -> Fate {
        let address = self.addresses.of_message(sending);
        let harmless = Fate::harmless(sending.network);
        match self.choose(address, Choice::Message(drawn), Choice::Message(harmless)) {
            Choice::Message(fate) => fate,
            Choice::Notice(_) | Choice::Write(_) | Choice::Crash(_) => harmless,
        }
    }

    fn notice(&mut self, noticing: &Noticing, drawn: Span) -> Span {
        let address = self.addresses.of_notice(noticing);
        match self.choose(address, Choice::Notice(drawn), Choice::Notice(Span::ZERO)) {
            Choice::Notice(delay) => delay,
            Choice::Message(_) | Choice::Write(_) | Choice::Crash(_) => Span::ZERO,
        }
    }

    fn write(&mut self, writing: &Writing<'_, N>, drawn: WriteFate) -> WriteFate {
        let address = self.addresses.of_write(writing);
        let harmless = WriteFate::harmless(writing.spec);
        match self.choose(address, Choice::Write(drawn), Choice::Write(harmless)) {
            Choice::Write(fate) => fate,
            Choice::Message(_) | Choice::Notice(_) | Choice::Crash(_) => harmless,
        }
    }

    fn crash(&mut self, crashing: &Crashing<'_>, drawn: Survival) -> Survival {
        let address = self.addresses.of_crash(crashing);
        let harmless = Survival::harmless(crashing.pending);
        match self.choose(address, Choice::Crash(drawn), Choice::Crash(harmless)) {
            Choice::Crash(survival) => survival,
            Choice::Message(_) | Choice::Notice(_) | Choice::Write(_) => harmless,
        }
    }
}

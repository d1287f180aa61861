//! Decisions from a list: [`Director`] gives the messages that a scenario names the fate that it says, leaves the rest
//! to the seed, and can write down every decision that is not the harmless one.

mod names;

use crate::address::Addresses;
use crate::decision::{Crashing, Decide, Fate, Noticing, Sending, Working, WriteFate, Writing};
use crate::host::{SimNode, Survival};
use crate::scenario::file::{Choice, Decision, Decisions, Detail};
use cosim_core::Span;
use std::collections::BTreeMap;

pub(crate) use names::{Names, opening};

/// Decides by a list, then by the seed.
#[derive(Clone, Debug)]
pub(crate) struct Director {
    addresses: Addresses<Names>,
    /// The list, in order, and whether each was met.
    listed: Vec<(Decision, Detail, Met)>,
    /// Where in the list each address is.
    places: BTreeMap<String, Vec<usize>>,
    /// What was decided otherwise than harmlessly.
    made: Option<Vec<Made>>,
    /// Every address that something was decided of, in order.
    seen: Option<Vec<String>>,
}

/// Whether the run came to something of which the list decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    Yes,
    No,
}

/// A decision that was not the harmless one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    /// The event in which it was made; 0 for an end that notices a connection, which asks in no event of its own.
    pub(crate) event: u64,
    /// The decision.
    pub(crate) decision: Decision,
    /// How long, how late or where, where it says that.
    pub(crate) detail: Detail,
}

impl Director {
    /// Decides by a list, in a run with these names.
    pub(crate) fn new(decisions: Option<&Decisions>, names: Names) -> Director {
        let decisions = decisions.into_iter().flat_map(Decisions::with_details);
        let listed: Vec<_> = decisions.map(|(decision, detail)| (decision, detail, Met::No)).collect();
        let mut places = BTreeMap::<String, Vec<usize>>::new();
        for (place, (decision, ..)) in listed.iter().enumerate() {
            places.entry(decision.address.clone()).or_default().push(place);
        }
        Director { addresses: Addresses::new(names), listed, places, made: None, seen: None }
    }

    /// Writes everything down, too.
    pub(crate) fn recording(self) -> Director {
        Director { made: Some(Vec::new()), ..self }
    }

    /// Notes every address, too.
    pub(crate) fn noting(self) -> Director {
        Director { seen: Some(Vec::new()), ..self }
    }

    /// Every address that something was decided of, in order, where they were noted.
    pub(crate) fn seen(&self) -> &[String] {
        self.seen.as_deref().unwrap_or_default()
    }

    /// What was decided otherwise than harmlessly, in order, where it was written down.
    pub(crate) fn into_made(self) -> Vec<Made> {
        self.made.unwrap_or_default()
    }

    /// What was listed and never met.
    pub(crate) fn unused(&self) -> Vec<Decision> {
        let unmet = self.listed.iter().filter(|(.., met)| *met == Met::No);
        unmet.map(|(decision, ..)| decision.clone()).collect()
    }

    /// Makes a choice what the list says of its address.
    fn decide(&mut self, event: u64, address: String, mut choice: Choice<'_>) {
        for place in self.places.get(&address).into_iter().flatten() {
            let (decision, detail, met) = &mut self.listed[*place];
            choice.put(decision.kind, *detail);
            *met = Met::Yes;
        }
        if let Some(made) = &mut self.made {
            made.extend(choice.harm().into_iter().map(|(kind, detail)| {
                let decision = Decision { kind, address: address.clone() };
                Made { event, decision, detail }
            }));
        }
        if let Some(seen) = &mut self.seen {
            seen.push(address);
        }
    }
}

impl<N: SimNode> Decide<N> for Director {
    fn message(&mut self, sending: &Sending<'_, N>, mut fate: Fate) -> Fate {
        let address = self.addresses.of_message(sending);
        let harmless = Fate::harmless(sending.network);
        self.decide(sending.event, address, Choice::Message(&mut fate, harmless));
        fate
    }

    fn notice(&mut self, noticing: &Noticing, mut delay: Span) -> Span {
        let address = self.addresses.of_notice(noticing);
        self.decide(0, address, Choice::Notice(&mut delay, Span::ZERO));
        delay
    }

    fn write(&mut self, writing: &Writing<'_, N>, mut fate: WriteFate) -> WriteFate {
        let address = self.addresses.of_write(writing);
        let harmless = WriteFate::harmless(writing.spec);
        self.decide(writing.event, address, Choice::Write(&mut fate, harmless));
        fate
    }

    fn crash(&mut self, crashing: &Crashing<'_>, mut survival: Survival) -> Survival {
        let address = self.addresses.of_crash(crashing);
        let harmless = Survival::harmless(crashing.pending);
        self.decide(crashing.event, address, Choice::Crash(&mut survival, harmless));
        survival
    }

    fn work(&mut self, working: &Working<'_, N>, mut each: Span) -> Span {
        let address = self.addresses.of_work(working);
        self.decide(working.event, address, Choice::Work(&mut each, Span::ZERO));
        each
    }
}

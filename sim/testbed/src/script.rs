//! Decisions from a list: [`Director`] gives the messages that a scenario names the fate that it says, leaves the rest
//! to the seed, and can write down every decision that is not the harmless one.

mod names;

use crate::address::Addresses;
use crate::decision::{Crashing, Decide, Fate, Noticing, Sending, Turn, Working, WriteFate, Writing};
use crate::host::{NodeId, SimNode, Survival};
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
    /// Everything that something was decided of, in order.
    seen: Option<Vec<Asked>>,
    /// Who decides what is not listed.
    otherwise: Otherwise,
    /// How much of the list may still be met, where nothing is added to it any more.
    left: Option<usize>,
}

/// Who decides what is not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Otherwise {
    /// The seed.
    Seed,
    /// Nobody: nothing harmful happens.
    Harmless,
}

/// Something that a decision was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The event in which it was.
    pub(crate) event: u64,
    /// What is decided.
    pub(crate) about: Asks,
    /// Its address.
    pub(crate) address: String,
}

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    /// What becomes of a message, which takes so long at least.
    Message(Span),
    /// When an end notices what becomes of a connection.
    Notice([NodeId; 2], Turn),
    /// What becomes of a write, which takes so long at least.
    Write(Span),
    /// How many of so many writes a crash leaves.
    Crash(u32),
    /// How long work takes.
    Work,
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
        let (addresses, otherwise) = (Addresses::new(names), Otherwise::Seed);
        Director { addresses, listed, places, made: None, seen: None, otherwise, left: None }
    }

    /// Writes everything down, too.
    pub(crate) fn recording(self) -> Director {
        Director { made: Some(Vec::new()), ..self }
    }

    /// Leaves nothing to the seed: what is not listed is harmless.
    pub(crate) fn harmless(self) -> Director {
        Director { otherwise: Otherwise::Harmless, ..self }
    }

    /// Notes everything that it is asked for, too.
    pub(crate) fn noting(self) -> Director {
        Director { seen: Some(Vec::new()), ..self }
    }

    /// Adds to the list, before the run comes to what is decided.
    pub(crate) fn list(&mut self, decision: Decision, detail: Detail) {
        self.places.entry(decision.address.clone()).or_default().push(self.listed.len());
        self.listed.push((decision, detail, Met::No));
        self.left = None;
    }

    /// Takes what is said of an address from the list, before the run comes to it.
    pub(crate) fn forget(&mut self, address: &str) {
        self.places.remove(address);
    }

    /// Nothing is added to the list any more. Once all of it is met, what messages and writes are called matters to nobody.
    pub(crate) fn close(&mut self) {
        let is_left = |place: &&usize| self.listed[**place].2 == Met::No;
        self.left = Some(self.places.values().flatten().filter(is_left).count());
    }

    /// Whether no address matters any more.
    fn is_over(&self) -> bool {
        self.left == Some(0) && self.made.is_none() && self.seen.is_none()
    }

    /// Leaves a choice to whoever decides what is not listed.
    fn leave(&self, mut choice: Choice<'_>) {
        if self.otherwise == Otherwise::Harmless {
            choice.make_harmless();
        }
    }

    /// Everything that something was decided of, in order, where it was noted.
    pub(crate) fn seen(&self) -> &[Asked] {
        self.seen.as_deref().unwrap_or_default()
    }

    /// What was decided otherwise than harmlessly, in order, where it was written down.
    pub(crate) fn made(&self) -> &[Made] {
        self.made.as_deref().unwrap_or_default()
    }

    /// The same, without the rest.
    pub(crate) fn into_made(self) -> Vec<Made> {
        self.made.unwrap_or_default()
    }

    /// What was listed and never met.
    pub(crate) fn unused(&self) -> Vec<Decision> {
        let unmet = self.listed.iter().filter(|(.., met)| *met == Met::No);
        unmet.map(|(decision, ..)| decision.clone()).collect()
    }

    /// Makes a choice what the list says of its address. `event` is that in which a decision is recorded.
    fn decide(&mut self, event: u64, asked: Asked, mut choice: Choice<'_>) {
        if self.otherwise == Otherwise::Harmless {
            choice.make_harmless();
        }
        for place in self.places.get(&asked.address).into_iter().flatten() {
            let (decision, detail, met) = &mut self.listed[*place];
            choice.put(decision.kind, *detail);
            if std::mem::replace(met, Met::Yes) == Met::No {
                self.left = self.left.map(|left| left - 1);
            }
        }
        if let Some(made) = &mut self.made {
            made.extend(choice.harm().into_iter().map(|(kind, detail)| {
                let decision = Decision { kind, address: asked.address.clone() };
                Made { event, decision, detail }
            }));
        }
        if let Some(seen) = &mut self.seen {
            seen.push(asked);
        }
    }
}

impl<N: SimNode> Decide<N> for Director {
    fn message(&mut self, sending: &Sending<'_, N>, mut fate: Fate) -> Fate {
        let harmless = Fate::harmless(sending.network);
        if self.is_over() {
            self.leave(Choice::Message(&mut fate, harmless));
            return fate;
        }
        let (event, address) = (sending.event, self.addresses.of_message(sending));
        let asked = Asked { event, about: Asks::Message(harmless.latency), address };
        self.decide(event, asked, Choice::Message(&mut fate, harmless));
        fate
    }

    fn notice(&mut self, noticing: &Noticing, mut delay: Span) -> Span {
        let about = Asks::Notice([noticing.node, noticing.peer], noticing.turn);
        let asked = Asked { event: noticing.event, about, address: self.addresses.of_notice(noticing) };
        self.decide(0, asked, Choice::Notice(&mut delay, Span::ZERO));
        delay
    }

    fn write(&mut self, writing: &Writing<'_, N>, mut fate: WriteFate) -> WriteFate {
        let harmless = WriteFate::harmless(writing.spec);
        if self.is_over() {
            self.leave(Choice::Write(&mut fate, harmless));
            return fate;
        }
        let (event, address) = (writing.event, self.addresses.of_write(writing));
        let asked = Asked { event, about: Asks::Write(harmless.latency), address };
        self.decide(event, asked, Choice::Write(&mut fate, harmless));
        fate
    }

    fn crash(&mut self, crashing: &Crashing<'_>, mut survival: Survival) -> Survival {
        let (event, address) = (crashing.event, self.addresses.of_crash(crashing));
        let harmless = Survival::harmless(crashing.pending);
        let asked = Asked { event, about: Asks::Crash(harmless.kept), address };
        self.decide(event, asked, Choice::Crash(&mut survival, harmless));
        survival
    }

    fn work(&mut self, working: &Working<'_, N>, mut each: Span) -> Span {
        let (event, address) = (working.event, self.addresses.of_work(working));
        let asked = Asked { event, about: Asks::Work, address };
        self.decide(event, asked, Choice::Work(&mut each, Span::ZERO));
        each
    }
}

//! The oracles: what must hold in every run. Each is one file and judges by operations, messages and logs, never by
//! what a node says of itself; `ledger` and `heard` are what several of them know.
//!
//! Most look at every event, at what the event touched only; the rest look once the world is at rest.

mod convergence;
mod entitled;
mod heard;
mod ledger;
mod load_ends;
mod monotonic;
mod no_fork;
mod no_lost_write;
mod no_redundant;
mod prefix;
mod quiescence;
mod truthful;
mod violation;

pub use violation::{Subject, Violation};

use crate::cojson::{Cast, CoJson, Command};
use crate::host::{NodeId, Operation, Storage};
use crate::observer::{Happening, Observer, Sent};
use crate::world::View;
use cosim_core::node::Announce;
use cosim_core::{CoId, Message, Span};
use heard::Heard;
use ledger::Ledger;
use std::collections::BTreeSet;

/// The names of all oracles, in the order in which they are asked.
pub use crate::scenario::ORACLES;

/// What the oracles must be told about a run.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The oracles to ask, by name.
    pub enabled: Vec<&'static str>,
    /// Names, for what they say.
    pub cast: Cast,
    /// To whom each node announces.
    pub announce: Vec<Announce>,
    /// How long a load may take.
    pub load_within: Span,
}

/// All oracles of a run.
#[derive(Clone, Debug)]
pub struct Oracles {
    setup: Setup,
    ledger: Ledger,
    heard: Heard,
    prefix: prefix::Prefix,
    no_fork: no_fork::NoFork,
    monotonic: monotonic::Monotonic,
    truthful: truthful::Truthful,
    load_ends: load_ends::LoadEnds,
    no_lost_write: no_lost_write::NoLostWrite,
    /// How often each has looked, in the order of [`ORACLES`].
    looks: [u64; ORACLES.len()],
    /// What was found, the first first.
    violations: Vec<Violation>,
    /// What the event that is happening touches.
    touched: Touched,
}

/// What an event touches of the node that it happens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Touched {
    /// One CoValue, by a message from a peer that may hold content.
    Message { id: CoId, peer: NodeId, content: bool },
    /// One CoValue, by the node's app.
    Command { id: CoId },
    /// Perhaps anything.
    Anything,
}

/// An oracle's name, as its place in [`ORACLES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Convergence,
    Prefix,
    NoFork,
    Monotonic,
    Truthful,
    NoLostWrite,
    Quiescence,
    LoadEnds,
    Entitled,
    NoRedundant,
}

impl Oracles {
    /// Oracles that have seen nothing.
    pub fn new(setup: Setup) -> Oracles {
        Oracles {
            setup,
            ledger: Ledger::default(),
            heard: Heard::default(),
            prefix: prefix::Prefix::default(),
            no_fork: no_fork::NoFork::default(),
            monotonic: monotonic::Monotonic::default(),
            truthful: truthful::Truthful::default(),
            load_ends: load_ends::LoadEnds::default(),
            no_lost_write: no_lost_write::NoLostWrite::default(),
            looks: [0; ORACLES.len()],
            violations: Vec::new(),
            touched: Touched::Anything,
        }
    }

    /// What was found, the first first.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Each oracle that is asked, and how often it has looked.
    pub fn looks(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        ORACLES.iter().zip(self.looks).filter(|(name, _)| self.setup.enabled.contains(name)).map(|(n, l)| (*n, l))
    }

    /// How the last load of `id` by `node` ended: as available or not; `None` where it has not, or there was none.
    pub fn load_ended(&self, node: NodeId, id: CoId) -> Option<bool> {
        self.load_ends.ended(node, id)
    }

    fn enabled(&self, name: Name) -> bool {
        self.setup.enabled.contains(&ORACLES[name as usize])
    }

    /// Counts the looks of an oracle, and keeps what it found.
    fn judge<N: CoJson>(&mut self, name: Name, view: &View<'_, N>, looks: u64, found: Option<Subject>) {
        if !self.enabled(name) {
            return;
        }
        self.looks[name as usize] += looks;
        if let Some(subject) = found {
            self.violations.push(Violation::new(ORACLES[name as usize], view, subject));
        }
    }

    /// The world is silent, or was to be.
    pub fn at_rest<N: CoJson>(&mut self, view: &View<'_, N>, silent: bool) {
        let found = quiescence::look(view, silent, &self.setup.cast);
        self.judge(Name::Quiescence, view, 1, found);
        if !silent {
            return;
        }
        let (looks, found) = self.prefix.all(view, &self.ledger, &self.setup.cast);
        self.judge(Name::Prefix, view, looks, found);
        let (looks, found) = convergence::look(view, &self.ledger, &self.setup);
        self.judge(Name::Convergence, view, looks, found);
        let (looks, found) = self.no_lost_write.at_rest(view, &self.ledger, &self.setup.cast);
        self.judge(Name::NoLostWrite, view, looks, found);
        let found = self.load_ends.at_rest(&self.setup.cast);
        self.judge(Name::LoadEnds, view, 0, found);
    }

    fn sent<N: CoJson>(&mut self, view: &View<'_, N>, sent: &Sent<'_, N>) {
        let Message::Content(content) = &sent.message.message else {
            return;
        };
        let heard = self.heard.of(sent.connection, sent.from, content.id);
        let found = entitled::look(view, sent, content, heard, &self.setup.cast);
        let redundant = no_redundant::look(sent, content, heard, &self.setup.cast);
        let forked = self.no_fork.sent(sent.from, content, &self.setup.cast);
        self.judge(Name::NoFork, view, 1, forked);
        self.judge(Name::Entitled, view, 1, found);
        self.judge(Name::NoRedundant, view, 1, redundant);
    }

    fn operation<N: CoJson>(&mut self, view: &View<'_, N>, operation: &Operation<N>) {
        self.touched = Touched::Anything;
        match operation {
            Operation::Command { node, command } => {
                self.touched = Touched::Command { id: command.id() };
                if view.hosts[node.index()].up {
                    if let Command::Edit(edit) = command {
                        let forked = self.no_fork.wrote(view, *node, edit, &self.setup.cast);
                        self.judge(Name::NoFork, view, 1, forked);
                    }
                    self.load_ends.commanded(view.now, *node, command, &self.ledger);
                    self.ledger.apply(view, *node, command);
                }
            }
            Operation::Restart { node, .. } if !view.hosts[node.index()].up => {}
            Operation::Restart { node, storage, .. } => {
                self.truthful.goes_down(view, *node);
                self.ledger.goes_down(*node);
                self.monotonic.goes_down(*node);
                self.prefix.goes_down(*node);
                self.load_ends.goes_down(*node);
                if *storage == Storage::Lost {
                    self.no_lost_write.wiped(view, *node, &self.ledger);
                }
            }
            Operation::Connect { .. }
            | Operation::Disconnect { .. }
            | Operation::Partition { .. }
            | Operation::Heal { .. }
            | Operation::Network { .. } => {}
        }
    }

    fn settled<N: CoJson>(&mut self, view: &View<'_, N>, node: NodeId) {
        let state = view.hosts[node.index()].node.state();
        let ids = |touched: Touched| -> BTreeSet<CoId> {
            match touched {
                Touched::Message { id, .. } | Touched::Command { id } => BTreeSet::from([id]),
                Touched::Anything => state.co_values.keys().copied().collect(),
            }
        };
        match self.touched {
            Touched::Message { id, peer, content } => {
                let found = self.truthful.look(view, node, peer, id, &self.setup.cast);
                self.judge(Name::Truthful, view, 1, found);
                let found = self.monotonic.look(view, node, id, &self.setup.cast);
                self.judge(Name::Monotonic, view, 1, found);
                if content {
                    let found = self.prefix.look(view, node, id, &self.ledger, &self.setup.cast);
                    self.judge(Name::Prefix, view, 1, found);
                }
            }
            touched @ (Touched::Command { .. } | Touched::Anything) => {
                for id in ids(touched) {
                    let found = self.monotonic.look(view, node, id, &self.setup.cast);
                    self.judge(Name::Monotonic, view, 1, found);
                    let found = self.prefix.look(view, node, id, &self.ledger, &self.setup.cast);
                    self.judge(Name::Prefix, view, 1, found);
                }
            }
        }
        let (looks, found) = self.load_ends.look(view.now, self.setup.load_within, &self.setup.cast);
        self.judge(Name::LoadEnds, view, looks, found);
    }
}

impl<N: CoJson> Observer<N> for Oracles {
    fn observe(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>) {
        match happening {
            Happening::Operation { operation, .. } => self.operation(view, operation),
            Happening::Delivered { node, peer, connection, message, .. } => {
                self.touched = Touched::Message {
                    id: message.message.id(),
                    peer: *peer,
                    content: matches!(message.message, Message::Content(_)),
                };
                if view.hosts[node.index()].node.connection(*peer) == Some(*connection) {
                    self.heard.delivered(*connection, *node, message);
                }
            }
            Happening::Timer { .. } | Happening::Connected { .. } => self.touched = Touched::Anything,
            Happening::Up { node } => {
                self.touched = Touched::Anything;
                self.no_lost_write.came_up(*node);
            }
            Happening::Disconnected { node, connection, .. } => {
                self.touched = Touched::Anything;
                self.heard.closed(*connection, *node);
            }
            Happening::Sent(sent) => self.sent(view, sent),
            Happening::Noticed { node, notice } => {
                let found = self.load_ends.noticed(view, *node, notice, &self.setup.cast);
                self.judge(Name::LoadEnds, view, 0, found);
            }
            Happening::Settled { node, .. } => self.settled(view, *node),
            Happening::Down { .. } | Happening::Skipped { .. } => {}
        }
    }
}

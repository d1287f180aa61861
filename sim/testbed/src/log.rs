//! The event log: what happened, in order, for people in the arrow notation that CoJSON developers use, and for
//! machines as versioned JSON Lines.
//!
//! A message is one line, at the moment at which it arrives, or at which it is sent where it never does. The log is a
//! sink: it keeps what its [`Limit`] says, and counts the rest.

mod causes;
mod change;
mod event;
mod json;
mod looks;
mod read;
mod rename;
mod states;
mod text;
mod version_1;
mod watch;
mod wire;

pub use change::{ByPeer, Change, Digest, KnownChange, Wait};
pub use event::{Body, Due, End, Event, Mail, Outcome, Piece, Reason, Way};
pub use json::LOG_VERSION;
pub use looks::{Looks, When};
pub use read::{ReadError, Recorded};
pub use states::{Held, States};
pub use text::message as message_text;

use crate::cojson::Cast;
use crate::host::NodeId;
use crate::scenario::{self, Crypto, Scenario};
use cosim_core::{CoId, SessionId, Time};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};

/// How much of a log is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// All of it.
    All,
    /// So many entries from the start and so many from the end.
    Ends {
        /// From the start.
        head: usize,
        /// From the end.
        tail: usize,
    },
}

/// What a log tells beside what happens. People are not shown it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct With {
    /// How what nodes hold has changed: see [`States`]. All that a node holds is looked at whenever it has handled an
    /// input, which takes its time where that is much.
    pub states: bool,
    /// What oracles looked at, and what they found: see [`Looks`].
    pub looks: bool,
}

impl With {
    /// Nothing.
    pub const NOTHING: With = With { states: false, looks: false };

    /// Everything.
    pub const ALL: With = With { states: true, looks: true };
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number of the event.
    pub event: u64,
    /// When.
    pub at: Time,
    /// What.
    pub what: Event,
}

/// Which run a log is of. A log of version 1 does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The scenario, as whoever played it named it.
    pub scenario: Option<String>,
    /// The seed.
    pub seed: Option<u64>,
    /// How nodes hashed and signed.
    pub crypto: Option<Crypto>,
}

/// A log that is being written.
#[derive(Clone, Debug)]
pub struct Log {
    cast: Cast,
    limit: Limit,
    source: Source,
    with: With,
    /// What every node was last seen to hold, where the log tells of changes.
    states: Option<States>,
    /// What each operation is called and does, by number.
    operations: Vec<OperationName>,
    head: Vec<Entry>,
    tail: VecDeque<Entry>,
    /// How many entries of the head, and of the tail, people see: those count against the limit.
    told: [usize; 2],
    /// How many entries that people would see were not kept.
    dropped: u64,
    /// What disks are writing.
    writing: BTreeMap<(NodeId, u64), Writing>,
    /// Messages under way: when and in which event they were sent, how many copies are still to come, and whether one
    /// has come.
    under_way: BTreeMap<u64, UnderWay>,
}

/// What an operation is called, what it does, in words, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationName {
    /// Its name: unique, and the same when others go.
    pub name: String,
    /// What it does.
    pub text: String,
    /// The nodes that it is about: first the one that does it or to which it happens, where it is one.
    pub nodes: Vec<NodeId>,
    /// The CoValue that it is about, where it is one.
    pub id: Option<CoId>,
    /// What kind of act it is, as scenarios have it.
    pub act: &'static str,
    /// The key of a map that it sets or deletes, and the value that it sets it to.
    pub sets: Option<(String, Option<Value>)>,
}

impl OperationName {
    /// Of an operation of a scenario.
    pub(crate) fn of(operation: &scenario::Operation, scenario: &Scenario) -> OperationName {
        let (act, about) = (&operation.act, operation.act.about());
        OperationName {
            name: operation.name.clone(),
            text: act.named(scenario).words(),
            nodes: about.nodes,
            id: about.co_value,
            act: act.key(),
            sets: act.sets(),
        }
    }
}

/// What a write is about.
#[derive(Clone, Debug)]
enum Writing {
    /// A CoValue, and which transactions of it, where it is not the header.
    Piece(CoId, Option<Piece<SessionId>>),
    /// What only a guest knows, in the commit of this number.
    Commit(u64),
}

#[derive(Clone, Copy, Debug)]
struct UnderWay {
    sent_at: Time,
    sent_in: u64,
    copies: u8,
    arrived: bool,
}

impl Log {
    /// An empty log.
    pub fn new(cast: Cast, operations: Vec<OperationName>, limit: Limit) -> Log {
        Log {
            cast,
            limit,
            source: Source::default(),
            with: With::NOTHING,
            states: None,
            operations,
            head: Vec::new(),
            tail: VecDeque::new(),
            told: [0; 2],
            dropped: 0,
            writing: BTreeMap::new(),
            under_way: BTreeMap::new(),
        }
    }

    /// The same log, which says of which run it is.
    pub fn of(mut self, source: Source) -> Log {
        self.source = source;
        self
    }

    /// The same log, which tells these things too.
    pub fn with(mut self, with: With) -> Log {
        self.with = with;
        self.states = with.states.then(States::default);
        self
    }

    /// What it tells beside what happens.
    pub fn tells(&self) -> With {
        self.with
    }

    /// Says what the scenario of the run is called.
    pub fn name_scenario(&mut self, name: String) {
        self.source.scenario = Some(name);
    }

    /// Which run it is of.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The names in the log.
    pub fn cast(&self) -> &Cast {
        &self.cast
    }

    /// What the operation of this number is called, and does.
    pub(crate) fn operation(&self, number: u32) -> Option<&OperationName> {
        self.operations.get(number as usize)
    }

    /// What was kept, in order.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.head.iter().chain(&self.tail)
    }

    /// How many entries that people would see were not kept, and how many entries of any kind were kept before them.
    pub fn dropped(&self) -> (usize, u64) {
        (self.head.len(), self.dropped)
    }

    /// Adds an entry. Where only the ends of a log are kept, they are so many entries that people see, with those beside
    /// them that machines alone read.
    pub fn push(&mut self, event: u64, at: Time, what: Event) {
        let told = usize::from(what.is_told());
        let entry = Entry { event, at, what };
        let (head, tail) = match self.limit {
            Limit::All => (usize::MAX, usize::MAX),
            Limit::Ends { head, tail } => (head, tail),
        };
        if self.tail.is_empty() && self.told[0] + told <= head {
            self.told[0] += told;
            self.head.push(entry);
            return;
        }
        self.told[1] += told;
        self.tail.push_back(entry);
        while self.told[1] > tail {
            let Some(first) = self.tail.pop_front() else { return };
            if first.what.is_told() {
                self.told[1] -= 1;
                self.dropped += 1;
            }
        }
    }

    /// The chain of entries that led to `event`, the first first: what happened in it, in which event the message that
    /// it took in was sent, and so on back to something that no message caused. Where the log has nothing of `event`,
    /// as of what ends the faults, the chain leads to what happened last before.
    pub fn chain(&self, event: u64) -> Vec<&Entry> {
        let mut chain = Vec::new();
        let begun = self.entries().rev().filter(|entry| entry.what.begins_event());
        let mut next = begun.map(|entry| entry.event).find(|begun| *begun <= event);
        while let Some(event) = next {
            let cause = self.entries().rev().find(|entry| entry.event == event && entry.what.begins_event());
            next = match cause.map(|entry| &entry.what) {
                Some(Event::Delivered { sent_in, .. }) => Some(*sent_in),
                _ => None,
            };
            chain.extend(cause);
        }
        chain.reverse();
        chain
    }
}

//! The event log: what happened, in order, for people in the arrow notation that CoJSON developers use, and for
//! machines as versioned JSON Lines.
//!
//! A message is one line, at the moment at which it arrives, or at which it is sent where it never does. The log is a
//! sink: it keeps what its [`Limit`] says, and counts the rest.

mod json;
mod read;
mod text;

pub use read::{ReadError, Recorded};
pub use text::message as message_text;

use crate::cojson::SimCrypto;
use crate::cojson::{Cast, CoJson, Notice};
use crate::host::{NodeId, WriteError};
use crate::observer::{Condition, Happening, Loss, Observer, Skipped};
use crate::run::OperationName;
use crate::world::View;
use cosim_core::{CoId, ConnectionId, Envelope, Names, Time, TimerKind};
use std::collections::{BTreeMap, VecDeque};

/// The version of the JSON Lines form.
pub const LOG_VERSION: u32 = 1;

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

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number of the event.
    pub event: u64,
    /// When.
    pub at: Time,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// An operation began.
    Operation {
        /// Its name.
        name: String,
        /// What it does, in words.
        text: String,
    },
    /// An operation had no effect.
    Skipped {
        /// Its name.
        name: String,
        /// Why.
        why: String,
    },
    /// A node's process ended.
    Down(NodeId),
    /// A node's process started anew.
    Up(NodeId),
    /// A node noticed that a connection had opened.
    Connected(NodeId, NodeId, ConnectionId),
    /// A node noticed that a connection had closed.
    Disconnected(NodeId, NodeId, ConnectionId),
    /// A node closed a connection of its own accord.
    Closed(NodeId, NodeId, ConnectionId),
    /// A node's process went on under another condition.
    Became(NodeId, Condition),
    /// A deadline passed, for these reasons.
    Timer {
        /// At this node.
        node: NodeId,
        /// About this CoValue, towards this peer, for this reason: the first, where there are several.
        why: Option<(CoId, NodeId, TimerKind)>,
    },
    /// A message arrived.
    Delivered {
        /// The message.
        mail: Mail,
        /// When it was sent.
        sent_at: Time,
        /// The event in which it was sent.
        sent_in: u64,
        /// Whether a copy of it has arrived before.
        again: bool,
        /// Whether the receiver has another connection by now, or none: it ignores the message.
        stale: bool,
        /// Whether it was damaged on its way: then it is not what its sender said.
        damaged: bool,
    },
    /// A message was sent that is kept back on its way.
    Held {
        /// The message.
        mail: Mail,
    },
    /// A node learned that its line to another is full.
    Blocked(NodeId, NodeId, ConnectionId),
    /// A node learned that its line to another takes messages again.
    Writable(NodeId, NodeId, ConnectionId),
    /// A message was sent that will never arrive, or of which only later copies will.
    Lost {
        /// The message.
        mail: Mail,
        /// Why.
        why: Loss,
    },
    /// A write ended, and how.
    Disk(NodeId, String),
    /// Something that came of what happened, in words.
    Note(NodeId, String),
    /// A load came to a verdict.
    LoadEnded(NodeId, CoId, bool),
    /// The faults end.
    Liveness,
}

/// A message and its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// A number that no other message of the run has.
    pub number: u64,
    /// Who sent it.
    pub from: NodeId,
    /// To whom.
    pub to: NodeId,
    /// On which connection.
    pub connection: ConnectionId,
    /// What it says.
    pub envelope: Envelope<SimCrypto>,
}

/// A log that is being written.
#[derive(Clone, Debug)]
pub struct Log {
    cast: Cast,
    limit: Limit,
    /// What each operation is called and does, by number.
    operations: Vec<OperationName>,
    head: Vec<Entry>,
    tail: VecDeque<Entry>,
    dropped: u64,
    /// What disks are writing, in words.
    writing: BTreeMap<(NodeId, u64), String>,
    /// Messages under way: when and in which event they were sent, how many copies are still to come, and whether one
    /// has come.
    under_way: BTreeMap<u64, UnderWay>,
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
            operations,
            head: Vec::new(),
            tail: VecDeque::new(),
            dropped: 0,
            writing: BTreeMap::new(),
            under_way: BTreeMap::new(),
        }
    }

    /// The names in the log.
    pub fn cast(&self) -> &Cast {
        &self.cast
    }

    /// What was kept, in order.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.head.iter().chain(&self.tail)
    }

    /// The entries that were not kept, and how many were kept before them.
    pub fn dropped(&self) -> (usize, u64) {
        (self.head.len(), self.dropped)
    }

    /// Adds an entry.
    pub fn push(&mut self, event: u64, at: Time, what: What) {
        let entry = Entry { event, at, what };
        match self.limit {
            Limit::All => self.head.push(entry),
            Limit::Ends { head, .. } if self.head.len() < head => self.head.push(entry),
            Limit::Ends { tail, .. } => {
                self.tail.push_back(entry);
                if self.tail.len() > tail {
                    self.tail.pop_front();
                    self.dropped += 1;
                }
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
                Some(What::Delivered { sent_in, .. }) => Some(*sent_in),
                _ => None,
            };
            chain.extend(cause);
        }
        chain.reverse();
        chain
    }
}

impl What {
    fn begins_event(&self) -> bool {
        match self {
            What::Lost { .. }
            | What::Note(..)
            | What::Held { .. }
            | What::LoadEnded(..)
            | What::Skipped { .. }
            | What::Liveness
            | What::Closed(..)
            | What::Down(_)
            | What::Became(_, Condition::Asleep | Condition::Offline) => false,
            What::Operation { .. }
            | What::Up(_)
            | What::Became(_, Condition::Awake | Condition::Online)
            | What::Connected(..)
            | What::Disconnected(..)
            | What::Blocked(..)
            | What::Writable(..)
            | What::Timer { .. }
            | What::Disk(..)
            | What::Delivered { .. } => true,
        }
    }
}

impl<N: CoJson> Observer<N> for Log {
    fn observe(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>) {
        let what = match happening {
            Happening::Operation { number, .. } => {
                let Some(OperationName { name, text }) = self.operations.get(*number as usize).cloned()
                else {
                    return;
                };
                What::Operation { name, text }
            }
            Happening::Skipped { number, why } => {
                let name =
                    self.operations.get(*number as usize).map(|known| known.name.clone()).unwrap_or_default();
                let why = match why {
                    Skipped::Refused(refusal) => refusal.to_string(),
                    Skipped::Down => "the node is down".to_owned(),
                    Skipped::AlreadySo => "it is so already".to_owned(),
                    Skipped::NoDisk => "the node has no disk".to_owned(),
                    Skipped::NoBackup => "no such copy was taken".to_owned(),
                    Skipped::EmptyDisk => "nothing is written on the disk".to_owned(),
                    Skipped::LastCopy => "the node holds the last copy of something".to_owned(),
                    Skipped::Absent => "the node has not joined yet".to_owned(),
                    Skipped::Gone => "the node has left".to_owned(),
                    Skipped::Offline => "the node is offline".to_owned(),
                    Skipped::Asleep => "the node sleeps".to_owned(),
                };
                What::Skipped { name, why }
            }
            Happening::Down { node, .. } => What::Down(*node),
            Happening::Writing { node, ticket, record } => {
                self.writing.insert((*node, *ticket), text::record(record, &self.cast));
                return;
            }
            Happening::Written { node, ticket, error, full } => {
                let record = self.writing.remove(&(*node, *ticket)).unwrap_or_default();
                let outcome = match error {
                    None => "is written",
                    Some(_) if *full => "cannot be written: the disk is full",
                    Some(WriteError::Nothing) => "cannot be written",
                    Some(WriteError::Torn) => "cannot be written, but half of it is",
                    Some(WriteError::Whole) => "cannot be written, it says, but is",
                };
                What::Disk(*node, format!("{record} {outcome}"))
            }
            Happening::Cut { node, survival, pending } => {
                self.writing.retain(|(of, _), _| of != node);
                if *pending == 0 {
                    return;
                }
                let torn = match survival.torn {
                    0 => String::new(),
                    bytes => format!(", and {bytes} bytes of the next"),
                };
                let kept = survival.kept;
                What::Note(*node, format!("{kept} of the {pending} writes under way are written{torn}"))
            }
            Happening::Noticed { node, notice: Notice::Recovered { recovery, new_session } } => {
                let session = if *new_session { "; its app writes in a new session" } else { "" };
                What::Note(*node, format!("its disk has {recovery}{session}"))
            }
            Happening::Noticed { node, notice: Notice::WriteFailed { id, session, after, count } } => {
                let (id, session) = (self.cast.co_value(*id), self.cast.session(*session));
                let text = format!("{count} transactions of {session} in {id} after {after} are not written");
                What::Note(*node, text)
            }
            Happening::Up { node } => What::Up(*node),
            Happening::Connected { node, peer, connection } => What::Connected(*node, *peer, *connection),
            Happening::Disconnected { node, peer, connection } => {
                What::Disconnected(*node, *peer, *connection)
            }
            Happening::Closed { was_open: false, .. } => return,
            Happening::Closed { node, peer, connection, .. } => What::Closed(*node, *peer, *connection),
            Happening::Became { node, condition } => What::Became(*node, *condition),
            Happening::Timer { node } => {
                let deadlines = view.hosts[node.index()].node.deadlines();
                let due = deadlines
                    .into_iter()
                    .filter(|(at, ..)| *at <= view.now)
                    .min_by_key(|(at, id, ..)| (*at, *id));
                What::Timer { node: *node, why: due.map(|(_, id, peer, kind)| (id, peer, kind)) }
            }
            Happening::Sent(sent) => {
                if sent.copies > 0 {
                    let (sent_at, sent_in, copies) = (view.now, view.event, sent.copies);
                    self.under_way.insert(sent.mail, UnderWay { sent_at, sent_in, copies, arrived: false });
                }
                if sent.loss.is_none() && !sent.held {
                    return;
                }
                let mail = Mail {
                    number: sent.mail,
                    from: sent.from,
                    to: sent.to,
                    connection: sent.connection,
                    envelope: sent.message.0.clone(),
                };
                match sent.loss {
                    Some(why) => What::Lost { mail, why },
                    None => What::Held { mail },
                }
            }
            Happening::Delivered { node, peer, connection, message, mail, damaged } => {
                let Some(under_way) = self.under_way.get_mut(mail) else {
                    return;
                };
                let UnderWay { sent_at, sent_in, arrived, .. } = *under_way;
                under_way.arrived = true;
                under_way.copies -= 1;
                if under_way.copies == 0 {
                    self.under_way.remove(mail);
                }
                let known = view.known_as(*peer);
                let stale = view.hosts[node.index()].node.connection(known) != Some(*connection);
                let envelope = message.0.clone();
                let mail = Mail { number: *mail, from: *peer, to: *node, connection: *connection, envelope };
                What::Delivered { mail, sent_at, sent_in, again: arrived, stale, damaged: *damaged }
            }
            Happening::Blocked { node, peer, connection } => What::Blocked(*node, *peer, *connection),
            Happening::Writable { node, peer, connection } => What::Writable(*node, *peer, *connection),
            Happening::Noticed { node, notice: Notice::LoadEnded { id, available } } => {
                What::LoadEnded(*node, *id, *available)
            }
            Happening::Noticed { .. } | Happening::Rotted { .. } | Happening::Settled { .. } => return,
        };
        self.push(view.event, view.now, what);
    }
}

//! What can happen in a run, in one type: it is kept by number while a run is played, and by name in JSON Lines. Type
//! parameters say how it refers to nodes, CoValues, sessions and messages; everything else is written and read as it
//! stands. It knows no file and no words for people.

use super::change::Change;
use super::looks::Looks;
use crate::cojson::{self, SimCrypto};
use crate::host::NodeId;
use crate::observer::Loss;
use cosim_core::{CoId, Message, Reach, SessionId, TimerKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::ops::Not;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    bound(
        deserialize = "N: Deserialize<'de> + Ord, C: Deserialize<'de>, S: Deserialize<'de> + Ord, M: Deserialize<'de>"
    )
)]
pub enum Event<N = NodeId, C = CoId, S = SessionId, M = Body> {
    /// An operation began.
    Operation {
        /// Its name.
        name: String,
        /// What it does, in words.
        text: String,
        /// The nodes that it is about: first the one that does it or to which it happens, where it is one.
        #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
        nodes: Vec<N>,
        /// The CoValue that it is about, where it is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<C>,
    },
    /// An operation had no effect.
    Skipped {
        /// Its name.
        name: String,
        /// Why.
        why: Reason,
    },
    /// A node's process ended.
    Down {
        /// Which node.
        node: N,
    },
    /// A node's process started anew.
    Up {
        /// Which node.
        node: N,
    },
    /// A node noticed that a connection had opened.
    Connected(End<N>),
    /// A node noticed that a connection had closed.
    Disconnected(End<N>),
    /// A node closed a connection of its own accord.
    Closed(End<N>),
    /// A node fell asleep.
    Asleep {
        /// Which node.
        node: N,
    },
    /// A node woke.
    Awake {
        /// Which node.
        node: N,
    },
    /// A node lost its network.
    Offline {
        /// Which node.
        node: N,
    },
    /// A node has its network again.
    Online {
        /// Which node.
        node: N,
    },
    /// A deadline passed.
    Timer {
        /// At this node.
        node: N,
        /// What for: the first, where there are several.
        #[serde(flatten)]
        due: Option<Due<N, C>>,
    },
    /// A message was sent.
    Sent {
        /// The message.
        #[serde(flatten)]
        mail: Mail<N, M>,
        /// Why its first copy will never arrive, if it will not.
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<Loss>,
        /// Whether it is kept back on its way.
        #[serde(default, skip_serializing_if = "Not::not")]
        held: bool,
        /// What else will happen to it; version 1 of the log did not say.
        #[serde(skip_serializing_if = "Option::is_none")]
        way: Option<Way>,
    },
    /// A message arrived.
    Delivered {
        /// The message.
        #[serde(flatten)]
        mail: Mail<N, M>,
        /// When it was sent, in microseconds.
        sent_at: u64,
        /// The event in which it was sent.
        sent_in: u64,
        /// Whether a copy of it had arrived before.
        #[serde(default, skip_serializing_if = "Not::not")]
        again: bool,
        /// Whether the receiver had another connection by then, or none: it ignored the message.
        #[serde(default, skip_serializing_if = "Not::not")]
        stale: bool,
        /// Whether it was damaged on its way: then it is not what its sender said.
        #[serde(default, skip_serializing_if = "Not::not")]
        damaged: bool,
    },
    /// A node learned that its line to another is full.
    Blocked(End<N>),
    /// A node learned that its line to another takes messages again.
    Writable(End<N>),
    /// A write ended.
    Disk {
        /// Whose.
        node: N,
        /// Of this CoValue.
        id: C,
        /// Which transactions were written; the header, where none are named.
        #[serde(flatten)]
        piece: Option<Piece<S>>,
        /// How it ended.
        outcome: Outcome,
    },
    /// A commit of a guest ended.
    Committed {
        /// Whose.
        node: N,
        /// Its number among all that the node ever made.
        number: u64,
        /// How it ended.
        outcome: Outcome,
    },
    /// A crash ended the writes under way.
    Cut {
        /// At this node.
        node: N,
        /// How many there were.
        pending: u32,
        /// How many of them are written, the first first.
        kept: u32,
        /// How many bytes of the next one are.
        torn: u32,
    },
    /// A node started from its disk.
    Recovered {
        /// Which node.
        node: N,
        /// How many records it took.
        records: u32,
        /// How many were damaged.
        damaged: u32,
        /// How many were whole, but did not fit.
        unfit: u32,
        /// How many were put aside until what they depend on comes.
        #[serde(default, skip_serializing_if = "is_zero")]
        waiting: u32,
        /// Whether its app writes in a new session from then on.
        #[serde(default, skip_serializing_if = "Not::not")]
        new_session: bool,
    },
    /// What an app wrote could not be written, and counts as never written.
    WriteFailed {
        /// At this node.
        node: N,
        /// To this CoValue.
        id: C,
        /// Which transactions.
        #[serde(flatten)]
        piece: Piece<S>,
    },
    /// An app was told how far what it wrote has got at a server.
    Uploaded {
        /// At this node.
        node: N,
        /// The server.
        peer: N,
        /// Of this CoValue.
        id: C,
        /// The session.
        session: S,
        /// How many of its transactions.
        count: u32,
        /// How far.
        reach: Reach,
    },
    /// A load came to a verdict.
    LoadEnded {
        /// At this node.
        node: N,
        /// Of this CoValue.
        id: C,
        /// Whether it is there.
        available: bool,
    },
    /// A guest failed, and with it the run: nothing comes after.
    GuestFailed {
        /// What went wrong, in words.
        why: String,
    },
    /// The faults ended.
    Liveness {},
    /// What a node holds of a CoValue has changed. Only where it is asked for.
    State {
        /// Which node.
        node: N,
        /// Which CoValue.
        id: C,
        /// What is different now.
        #[serde(flatten)]
        change: Change<N, S>,
    },
    /// Oracles looked at something. Only where it is asked for.
    Looks(Looks<N, C>),
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// An end of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End<N> {
    /// Whose end.
    pub node: N,
    /// The node at the other end.
    pub peer: N,
    /// Which connection.
    pub connection: u32,
}

/// What a deadline was for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due<N, C> {
    /// This CoValue.
    pub id: C,
    /// This peer.
    pub peer: N,
    /// For this reason.
    pub why: TimerKind,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// One of CoJSON's.
    CoJson(Message<SimCrypto>),
    /// One of a guest that speaks something else.
    Guest {
        /// What kind of message it is.
        kind: String,
        /// What it is about.
        id: CoId,
        /// All of it.
        says: Value,
    },
}

impl Body {
    /// What kind of message it is: `load`, `known`, `correction`, `content`, `done`, or what a guest calls it.
    pub fn kind(&self) -> &str {
        match self {
            Body::CoJson(message) => cojson::kind(message),
            Body::Guest { kind, .. } => kind,
        }
    }

    /// Which CoValue it is about.
    pub fn id(&self) -> CoId {
        match self {
            Body::CoJson(message) => message.id(),
            Body::Guest { id, .. } => *id,
        }
    }

    /// About how many bytes its JSON takes.
    pub fn size(&self) -> u64 {
        match self {
            Body::CoJson(message) => cojson::size(message),
            Body::Guest { says, .. } => says.to_string().len() as u64,
        }
    }

    /// How many transactions it brings, where it is content.
    pub fn transactions(&self) -> Option<usize> {
        let Body::CoJson(Message::Content(content)) = self else { return None };
        Some(content.new.values().map(|piece| piece.new_transactions.len()).sum())
    }
}

/// A message in its envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail<N = NodeId, M = Body> {
    /// A number that no other message of the run has.
    #[serde(rename = "mail")]
    pub number: u64,
    /// Who sent it.
    pub from: N,
    /// To whom.
    pub to: N,
    /// On which connection.
    pub connection: u32,
    /// Its number in its direction.
    pub n: u32,
    /// The number of the message that it answers.
    pub re: u32,
    /// What it says.
    pub message: M,
}

/// What happens to a message on its way. Times are in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// How many copies arrive.
    pub copies: u8,
    /// How long it takes, if nothing before it holds it up.
    pub latency: u64,
    /// How much longer it takes out of order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reordered: Option<u64>,
    /// How long a second copy takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate: Option<u64>,
    /// How long a copy takes that arrives long after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replayed: Option<u64>,
    /// Which bit of the first copy flips.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damaged: Option<u32>,
    /// How much of the end of the first copy is cut off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<u32>,
}

/// Some transactions of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece<S> {
    /// The session.
    pub session: S,
    /// How many come before them.
    pub after: u32,
    /// How many they are.
    pub count: u32,
}

/// How a write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It is written.
    Written,
    /// It failed: the disk is full.
    Full,
    /// It failed, and nothing of it is written.
    Nothing,
    /// It failed, and half of it is written.
    Torn,
    /// It was reported as failed, and is written all the same.
    Whole,
}

/// Why an operation had no effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// The node refused, in these words.
    Refused(String),
    /// The node is down.
    Down,
    /// The link is connected, or is not, already.
    AlreadySo,
    /// The node has no disk.
    NoDisk,
    /// No such copy of its disk was taken.
    NoBackup,
    /// Nothing is written on its disk.
    EmptyDisk,
    /// The node holds the last copy of something.
    LastCopy,
    /// The node has not joined yet.
    Absent,
    /// The node has left.
    Gone,
    /// The node is offline.
    Offline,
    /// The node sleeps.
    Asleep,
}

impl Reason {
    /// Every reason that needs no words of a node's.
    pub(super) const PLAIN: [Reason; 10] = [
        Reason::Down,
        Reason::AlreadySo,
        Reason::NoDisk,
        Reason::NoBackup,
        Reason::EmptyDisk,
        Reason::LastCopy,
        Reason::Absent,
        Reason::Gone,
        Reason::Offline,
        Reason::Asleep,
    ];
}

impl<N, C, S, M> Event<N, C, S, M> {
    /// Whether something begins with it, and does not merely come of what happened before in the same event.
    pub(super) fn begins_event(&self) -> bool {
        match self {
            Event::Operation { .. }
            | Event::Up { .. }
            | Event::Awake { .. }
            | Event::Online { .. }
            | Event::Connected(_)
            | Event::Disconnected(_)
            | Event::Blocked(_)
            | Event::Writable(_)
            | Event::Timer { .. }
            | Event::Disk { .. }
            | Event::Committed { .. }
            | Event::Delivered { .. } => true,
            Event::Sent { .. }
            | Event::Cut { .. }
            | Event::Recovered { .. }
            | Event::WriteFailed { .. }
            | Event::Uploaded { .. }
            | Event::LoadEnded { .. }
            | Event::Skipped { .. }
            | Event::GuestFailed { .. }
            | Event::Liveness {}
            | Event::State { .. }
            | Event::Looks(_)
            | Event::Closed(_)
            | Event::Down { .. }
            | Event::Asleep { .. }
            | Event::Offline { .. } => false,
        }
    }

    /// Whether people see it in the log: of a message that arrives they see the arrival alone, and of states and looks
    /// nothing.
    pub fn is_told(&self) -> bool {
        !matches!(self, Event::Sent { why: None, held: false, .. } | Event::State { .. } | Event::Looks(_))
    }
}

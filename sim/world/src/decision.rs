//! Decisions: every random choice that a run makes about a message or a connection. The world draws nothing and acts
//! on it: it asks for a [`Fate`], which comes from the seed ([`Seeded`]) or from somebody who knows better.
//!
//! Each kind of decision has a harmless default: the message arrives once, in order, after the shortest latency of its
//! link; both ends notice at once; work takes no time.

use crate::host::{DiskSpec, NodeId, SimNode, Survival, WriteError};
use crate::network::{Network, SpanRange};
use cosim_base::{ConnectionId, Span};

/// What happens to one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Whether it never arrives.
    pub lost: bool,
    /// How long it takes, if nothing before it in its direction holds it up.
    pub latency: Span,
    /// Whether it leaves the order, and how much longer it takes then.
    pub reordered: Option<Span>,
    /// Whether a second copy arrives, and how long that takes. It keeps no order.
    pub duplicate: Option<Span>,
    /// Whether another copy arrives long after, and how long that takes. It keeps no order, and carries the connection
    /// in which it was sent, whichever is open by then.
    pub replayed: Option<Span>,
    /// Whether a bit of the first copy flips, and which.
    pub damaged: Option<u32>,
    /// Whether the end of the first copy is cut off, and how much.
    pub truncated: Option<u32>,
}

/// How many words of its direction's stream a message takes, whatever is made of them.
pub(crate) const WORDS_PER_MESSAGE: usize = 2;

impl Fate {
    /// The harmless default on a link of these conditions.
    pub const fn harmless(network: &Network) -> Fate {
        Fate {
            lost: false,
            latency: network.latency.min(),
            reordered: None,
            duplicate: None,
            replayed: None,
            damaged: None,
            truncated: None,
        }
    }

    /// What the words drawn for a message mean under these conditions. The first word holds three chances of 21 bits;
    /// the second, two spans of 32 bits, whose exclusive or makes a third that is independent of either.
    #[inline]
    pub(crate) fn drawn(network: &Network, [chances, spans]: [u64; WORDS_PER_MESSAGE]) -> Fate {
        let (latency, second) = ((spans >> 32) as u32, spans as u32);
        Fate {
            lost: network.loss.happens(chances),
            latency: network.pick_latency(latency),
            reordered: network
                .reorder
                .happens(chances >> 21)
                .then(|| network.reorder_delay.pick(latency ^ second)),
            duplicate: network.duplicate.happens(chances >> 42).then(|| network.pick_latency(second)),
            ..Fate::harmless(network)
        }
    }
}

/// A message that asks for its fate.
#[derive(Debug)]
pub struct Sending<'a, N: SimNode> {
    /// Who sends it.
    pub from: NodeId,
    /// To whom.
    pub to: NodeId,
    /// On which connection.
    pub connection: ConnectionId,
    /// Which operation opened that connection, by its number.
    pub opened_by: u32,
    /// The event in which it is sent.
    pub event: u64,
    /// What it says.
    pub message: &'a N::Message,
    /// The sender, as it is now.
    pub node: &'a N,
    /// The conditions of its link.
    pub network: &'a Network,
}

/// An end of a connection that asks when it notices that the connection has opened or closed.
#[derive(Clone, Copy, Debug)]
pub struct Noticing {
    /// Which node notices.
    pub node: NodeId,
    /// The node at the other end.
    pub peer: NodeId,
    /// What it notices.
    pub turn: Turn,
    /// Of which connection.
    pub connection: ConnectionId,
    /// Which operation opened or closed it, by its number.
    pub operation: u32,
    /// The event in which that happened.
    pub event: u64,
    /// The bounds that the link sets.
    pub range: SpanRange,
}

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It opens.
    Opened,
    /// It closes.
    Closed,
}

/// What becomes of one write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteFate {
    /// How long it takes.
    pub latency: Span,
    /// Whether it is reported as failed, and what is on the disk then.
    pub error: Option<WriteError>,
}

impl WriteFate {
    /// The harmless default of a disk.
    pub const fn harmless(spec: &DiskSpec) -> WriteFate {
        WriteFate { latency: spec.latency.min(), error: None }
    }

    /// What the word drawn for a write means: a span of 32 bits, a chance of 21, and two bits of what is left of it.
    pub(crate) fn drawn(spec: &DiskSpec, word: u64) -> WriteFate {
        let error = match word >> 21 & 3 {
            0 | 1 => WriteError::Nothing,
            2 => WriteError::Torn,
            _ => WriteError::Whole,
        };
        let latency = spec.latency.pick((word >> 32) as u32);
        WriteFate { latency, error: spec.errors.happens(word).then_some(error) }
    }
}

/// A write that asks for its fate.
#[derive(Debug)]
pub struct Writing<'a, N: SimNode> {
    /// Whose it is.
    pub node: NodeId,
    /// The event in which it is handed over.
    pub event: u64,
    /// What is written.
    pub record: &'a N::Record,
    /// How the disk behaves.
    pub spec: &'a DiskSpec,
}

/// A crash that asks what it leaves of the writes under way.
#[derive(Clone, Copy, Debug)]
pub struct Crashing<'a> {
    /// Which node.
    pub node: NodeId,
    /// Which operation makes it crash, by its number.
    pub operation: u32,
    /// The event in which it does.
    pub event: u64,
    /// The lengths of the writes under way, in order, in bytes.
    pub pending: &'a [u32],
}

/// A node that is about to handle something and may look how long its work takes.
#[derive(Debug)]
pub struct Working<'a, N: SimNode> {
    /// Which node.
    pub node: NodeId,
    /// The event in which it does.
    pub event: u64,
    /// What it handles.
    pub doing: Doing<'a, N::Message>,
    /// The node, as it is now.
    pub host: &'a N,
}

/// What a node is about to handle.
#[derive(Clone, Copy, Debug)]
pub enum Doing<'a, M> {
    /// A message.
    Message(&'a M),
    /// A deadline that has passed.
    Deadline,
    /// What its app asks for.
    Command,
    /// Anything else.
    Other,
}

/// Who decides. The methods are given what the seed says.
pub trait Decide<N: SimNode> {
    /// Decides what happens to a message.
    fn message(&mut self, sending: &Sending<'_, N>, drawn: Fate) -> Fate;

    /// Decides how much later than the other end an end notices.
    fn notice(&mut self, noticing: &Noticing, drawn: Span) -> Span;

    /// Decides what happens to a write.
    fn write(&mut self, writing: &Writing<'_, N>, drawn: WriteFate) -> WriteFate;

    /// Decides what a crash leaves of the writes under way.
    fn crash(&mut self, crashing: &Crashing<'_>, drawn: Survival) -> Survival;

    /// Decides by how much each look at the time of its work finds it gone on.
    fn work(&mut self, working: &Working<'_, N>, drawn: Span) -> Span {
        let _ = working;
        drawn
    }
}

/// Whatever the seed says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seeded;

impl<N: SimNode> Decide<N> for Seeded {
    #[inline]
    fn message(&mut self, _sending: &Sending<'_, N>, drawn: Fate) -> Fate {
        drawn
    }

    fn notice(&mut self, _noticing: &Noticing, drawn: Span) -> Span {
        drawn
    }

    fn write(&mut self, _writing: &Writing<'_, N>, drawn: WriteFate) -> WriteFate {
        drawn
    }

    fn crash(&mut self, _crashing: &Crashing<'_>, drawn: Survival) -> Survival {
        drawn
    }
}

//! Those who watch a world without touching it: the log, the oracles, the figures.

use crate::decision::Fate;
use crate::host::{NodeId, Operation, SimNode};
use crate::world::View;
use cosim_core::ConnectionId;

/// Something that happens in a world.
#[derive(Debug)]
pub enum Happening<'a, N: SimNode> {
    /// An operation begins.
    Operation {
        /// Its number.
        number: u32,
        /// What it is.
        operation: &'a Operation<N>,
    },
    /// The operation had no effect.
    Skipped {
        /// Its number.
        number: u32,
        /// Why.
        why: &'a Skipped<N>,
    },
    /// A node's process ended.
    Down {
        /// Which node.
        node: NodeId,
    },
    /// A node's process starts anew.
    Up {
        /// Which node.
        node: NodeId,
    },
    /// An end notices that a connection has opened.
    Connected {
        /// Which node.
        node: NodeId,
        /// Connected to whom.
        peer: NodeId,
        /// The connection's id.
        connection: ConnectionId,
    },
    /// An end notices that a connection has closed.
    Disconnected {
        /// Which node.
        node: NodeId,
        /// From whom.
        peer: NodeId,
        /// The connection's id.
        connection: ConnectionId,
    },
    /// A deadline of a node passes.
    Timer {
        /// Which node.
        node: NodeId,
    },
    /// A node sends a message.
    Sent(Sent<'a, N>),
    /// A message arrives; the node has not handled it yet.
    Delivered {
        /// Who receives it.
        node: NodeId,
        /// Who sent it.
        peer: NodeId,
        /// On which connection.
        connection: ConnectionId,
        /// What it says.
        message: &'a N::Message,
        /// The number that [`Sent`] gave it.
        mail: u64,
        /// Whether it was damaged on its way: then it is not what its sender said.
        damaged: bool,
    },
    /// A node learns that the line to a peer is full.
    Blocked {
        /// Which node.
        node: NodeId,
        /// The node at the other end.
        peer: NodeId,
        /// On which connection.
        connection: ConnectionId,
    },
    /// A node learns that the line to a peer takes messages again.
    Writable {
        /// Which node.
        node: NodeId,
        /// The node at the other end.
        peer: NodeId,
        /// On which connection.
        connection: ConnectionId,
    },
    /// A node tells its app something.
    Noticed {
        /// Which node.
        node: NodeId,
        /// What.
        notice: &'a N::Notice,
    },
    /// A node has handled an input, and all that came of it is done.
    Settled {
        /// Which node.
        node: NodeId,
        /// What the input was about, where it was a message.
        subject: Option<u32>,
    },
}

/// See [`Happening::Sent`].
#[derive(Debug)]
pub struct Sent<'a, N: SimNode> {
    /// Who sends it.
    pub from: NodeId,
    /// To whom.
    pub to: NodeId,
    /// On which connection.
    pub connection: ConnectionId,
    /// What it says.
    pub message: &'a N::Message,
    /// A number that no other message of the run has.
    pub mail: u64,
    /// What will happen to it.
    pub fate: &'a Fate,
    /// Why its first copy never arrives, if it does not.
    pub loss: Option<Loss>,
    /// How many copies of it arrive.
    pub copies: u8,
    /// Whether it is kept back on its way.
    pub held: bool,
}

/// Why a message never arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// A partition swallowed it, whatever its fate.
    Partition,
    /// By chance.
    Chance,
    /// It did not fit into the queue before the line.
    Overflow,
    /// A filter dropped it.
    Filter,
    /// It was damaged so that its receiver could make nothing of it.
    Undecodable,
}

/// Why an operation had no effect.
#[derive(Debug)]
pub enum Skipped<N: SimNode> {
    /// The node refused.
    Refused(N::Refusal),
    /// The node is down.
    Down,
    /// The link is connected, or is not, already.
    AlreadySo,
}

/// Watches. `()` watches nothing, at no cost.
pub trait Observer<N: SimNode> {
    /// Something happened.
    fn observe(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>);
}

impl<N: SimNode> Observer<N> for () {
    #[inline]
    fn observe(&mut self, _view: &View<'_, N>, _happening: &Happening<'_, N>) {}
}

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
    /// A node closes a connection of its own accord.
    Closed {
        /// Which node.
        node: NodeId,
        /// With whom it had it.
        peer: NodeId,
        /// The connection's id.
        connection: ConnectionId,
        /// Whether it was open until now, and not closed already.
        was_open: bool,
    },
    /// A node's process goes on, but under another condition.
    Became {
        /// Which node.
        node: NodeId,
        /// What it is now.
        condition: Condition,
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

/// See [`Happening::Became`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It does nothing until it wakes.
    Asleep,
    /// It works again.
    Awake,
    /// It has no connection, and can get none.
    Offline,
    /// It can have connections again.
    Online,
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
    /// Whether a partition swallows it, whatever its fate.
    pub partitioned: bool,
}

/// Why an operation had no effect.
#[derive(Debug)]
pub enum Skipped<N: SimNode> {
    /// The node refused.
    Refused(N::Refusal),
    /// The node is down.
    Down,
    /// The node has not joined yet.
    Absent,
    /// The node has left for good.
    Gone,
    /// The node is offline.
    Offline,
    /// The node sleeps.
    Asleep,
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

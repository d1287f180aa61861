//! What a world asks of the nodes that it hosts. Implement [`SimNode`] for a sans-IO node of any protocol and a
//! [`World`](crate::world::World) runs it; `examples/gossip.rs` is such a protocol, [`crate::cojson`] another.

use crate::clock::{ClockChange, WallTime};
use cosim_core::{ConnectionId, Span, Time};
use std::fmt::Debug;

/// A node, by its number in the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The number as an index.
    #[inline]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What is on the wire. The world never looks inside, but for these.
pub trait SimMessage: Clone + Debug {
    /// What kind of message it is, in one word: `load`, `content`.
    fn kind(&self) -> &'static str;
    /// What it is about, as a number of the protocol's own: a CoValue.
    fn subject(&self) -> u32;
    /// How many bytes it would be.
    fn size(&self) -> u32;
    /// A hash over all of it that is the same on every machine.
    fn digest(&self) -> u64;
}

/// A sans-IO node: it is handed inputs, asked for outputs, and says when it wants to be woken.
///
/// The world calls [`handle`](Self::handle) with one input, drains [`poll_output`](Self::poll_output), then asks
/// [`next_deadline`](Self::next_deadline). A node has no other way to act and no other source of time or chance.
pub trait SimNode: Clone + Debug {
    /// What nodes send one another.
    type Message: SimMessage;
    /// What its app asks of it.
    type Command: Clone + Debug;
    /// Why it did not do what its app asked.
    type Refusal: Debug;
    /// What it tells its app.
    type Notice: Clone + Debug;
    /// What it is told about its end of a link when a connection opens.
    type End: Clone + Debug;

    /// Takes one input. An error means that a command was refused and changed nothing.
    ///
    /// # Errors
    /// The node's own reason to refuse a command.
    fn handle(&mut self, now: Time, input: Input<'_, Self>) -> Result<(), Self::Refusal>;

    /// The next effect of what was handled; `None` when there is none left.
    fn poll_output(&mut self) -> Option<Output<Self>>;

    /// When it wants to be woken by [`Input::Deadline`], if at all. Exact: a time that is not needed is a lie about
    /// whether the node is at rest.
    fn next_deadline(&self) -> Option<Time>;

    /// A hash over all that the node holds that is the same on every machine.
    fn digest(&self) -> u64;
}

/// What happens to a node.
#[derive(Debug)]
pub enum Input<'a, N: SimNode> {
    /// A connection has opened.
    Connected {
        /// To this node.
        peer: NodeId,
        /// A fresh id, the same at both ends.
        connection: ConnectionId,
        /// This node's end of the link.
        end: &'a N::End,
    },
    /// A connection has closed.
    Disconnected {
        /// The node at the other end.
        peer: NodeId,
        /// The id it was opened with.
        connection: ConnectionId,
    },
    /// A message has arrived, perhaps on a connection that has closed since.
    Received {
        /// Who sent it.
        peer: NodeId,
        /// On which connection.
        connection: ConnectionId,
        /// What it says.
        message: N::Message,
    },
    /// A deadline has passed.
    Deadline,
    /// The app asks for something.
    Command {
        /// For this.
        command: &'a N::Command,
        /// What the node's wall clock shows.
        wall: WallTime,
    },
    /// The process ended and starts anew.
    Restart(Storage),
}

/// What a restart leaves of what a node has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// All of it.
    Kept,
    /// Nothing.
    Lost,
}

/// What a node does.
#[derive(Clone, Debug)]
pub enum Output<N: SimNode> {
    /// To send a message.
    Send {
        /// On this connection.
        connection: ConnectionId,
        /// What to say.
        message: N::Message,
    },
    /// To close a connection that has no use any more. The node is not told of it again; the other end notices.
    Close {
        /// This connection.
        connection: ConnectionId,
    },
    /// To tell its app something.
    Notice(N::Notice),
}

/// Something that is done to the world at a time.
#[derive(Clone, Debug)]
pub enum Operation<N: SimNode> {
    /// A node's app asks it for something.
    Command {
        /// Which node.
        node: NodeId,
        /// What.
        command: N::Command,
    },
    /// A connection opens on a link.
    Connect {
        /// Which link.
        link: u32,
    },
    /// The connection of a link closes.
    Disconnect {
        /// Which link.
        link: u32,
    },
    /// Messages are lost, in these directions of a link, until it heals.
    Partition {
        /// Which link.
        link: u32,
        /// Which directions.
        direction: Direction,
    },
    /// Messages pass again, in these directions.
    Heal {
        /// Which link.
        link: u32,
        /// Which directions.
        direction: Direction,
    },
    /// A node's process ends and starts anew.
    Restart {
        /// Which node.
        node: NodeId,
        /// How long it is away.
        down_for: Span,
        /// What is left of what it had written.
        storage: Storage,
    },
    /// A node does nothing for a while. What happens to it meanwhile waits, in order, until it wakes.
    Pause {
        /// Which node.
        node: NodeId,
        /// How long it sleeps.
        span: Span,
        /// What becomes of its connections.
        connections: Connections,
    },
    /// All links of a node close for a while; its process goes on.
    Offline {
        /// Which node.
        node: NodeId,
        /// How long.
        span: Span,
    },
    /// A node's process ends for good.
    Leave {
        /// Which node.
        node: NodeId,
    },
    /// A node that was absent from the start takes part from here on.
    Join {
        /// Which node.
        node: NodeId,
        /// The links that open then.
        links: Vec<u32>,
    },
    /// A node's wall clock is set, stopped or started.
    Clock {
        /// Which node.
        node: NodeId,
        /// What happens to it.
        change: ClockChange,
    },
    /// A link's conditions change.
    Network {
        /// Which link.
        link: u32,
        /// To these.
        network: crate::network::Network,
    },
}

/// What becomes of the connections of a node that sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connections {
    /// They stand, and its peers notice nothing.
    Kept,
    /// They close: its peers notice at once, it does when it wakes, and then they open again.
    Dropped,
}

/// Directions of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the first end to the second.
    Forward,
    /// From the second end to the first.
    Backward,
    /// Both.
    Both,
}

impl Direction {
    /// Whether it is or includes the direction that starts at end `from`, 0 or 1.
    pub(crate) const fn includes(self, from: usize) -> bool {
        matches!((self, from), (Direction::Both, _) | (Direction::Forward, 0) | (Direction::Backward, 1))
    }
}

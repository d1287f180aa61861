//! What a world asks of the nodes that it hosts. Implement [`SimNode`] for a sans-IO node of any protocol and a
//! [`World`](crate::world::World) runs it; `examples/gossip.rs` is such a protocol, [`crate::cojson`] another.

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

    /// What arrives when it is damaged on its way; `None` where its receiver cannot make anything of that and drops it.
    /// A protocol that would not notice the damage must give `None`.
    #[must_use]
    fn damaged(&self, damage: Damage) -> Option<Self> {
        let _ = damage;
        None
    }
}

/// What is damaged in a message. Places are counted round, so that each means something in a message of any length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// This bit has flipped.
    Flip(u32),
    /// So much of its end is gone, and one part more.
    CutOff(u32),
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
    /// The line to a peer is full: what is sent now may be lost.
    Blocked {
        /// The node at the other end.
        peer: NodeId,
        /// On which connection.
        connection: ConnectionId,
    },
    /// The line to a peer takes messages again.
    Writable {
        /// The node at the other end.
        peer: NodeId,
        /// On which connection.
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
    Command(&'a N::Command),
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
    /// The connection of a link closes, and one end only notices.
    HalfOpen {
        /// Which link.
        link: u32,
        /// The end that notices: 0 or 1.
        end: u8,
    },
    /// Messages of some kinds are kept back or lost, in these directions of a link, until it heals.
    Filter {
        /// Which link.
        link: u32,
        /// Which directions.
        direction: Direction,
        /// Which messages, and what becomes of them.
        filter: Filter,
    },
    /// What was kept back arrives, in these directions of a link, and nothing is kept back any more.
    Release {
        /// Which link.
        link: u32,
        /// Which directions.
        direction: Direction,
    },
    /// Messages are lost, in these directions of a link, until it heals.
    Partition {
        /// Which link.
        link: u32,
        /// Which directions.
        direction: Direction,
    },
    /// Messages pass again, in these directions: whatever swallows them or keeps them back ends.
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
    /// A link's conditions change.
    Network {
        /// Which link.
        link: u32,
        /// To these.
        network: crate::network::Network,
    },
}

/// Which messages are kept back or lost, and which of the two. One that is sent in a time in which several filters hold
/// is a matter of the one that came first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Messages of these kinds; of all, where it is empty.
    pub kinds: Vec<String>,
    /// Messages about these subjects; about all, where it is empty.
    pub subjects: Vec<u32>,
    /// What becomes of them.
    pub act: FilterAct,
}

/// See [`Filter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterAct {
    /// They are kept back until they are released.
    Hold,
    /// They are lost.
    Drop {
        /// How many of them, before the filter ends; all, where nothing is said.
        count: Option<u32>,
    },
}

impl Filter {
    /// Whether it is about this message.
    pub(crate) fn matches(&self, message: &impl SimMessage) -> bool {
        (self.kinds.is_empty() || self.kinds.iter().any(|kind| kind == message.kind()))
            && (self.subjects.is_empty() || self.subjects.contains(&message.subject()))
    }
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

    /// What is left of it without `other`.
    pub(crate) const fn without(self, other: Direction) -> Option<Direction> {
        match (self, other) {
            (_, Direction::Both)
            | (Direction::Forward, Direction::Forward)
            | (Direction::Backward, Direction::Backward) => None,
            (Direction::Both, Direction::Forward) => Some(Direction::Backward),
            (Direction::Both, Direction::Backward) => Some(Direction::Forward),
            (Direction::Forward, Direction::Backward) | (Direction::Backward, Direction::Forward) => {
                Some(self)
            }
        }
    }
}

//! What a world asks of the nodes that it hosts. Implement [`SimNode`] for a sans-IO node of any protocol and a
//! [`World`](crate::world::World) runs it; `examples/gossip.rs` is such a protocol, [`crate::cojson`] another.

use crate::clock::{ClockChange, WallTime};
use crate::network::{Ppm, SpanRange};
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
    /// What it says of bytes that it hands over to be written, so that a write can be called by what it means.
    type Record: Clone + Debug;

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

    /// Whether what this node has reported as written is nowhere safe but here: among the others, those that are up
    /// are given.
    fn holds_last_copy<'a>(&self, others: impl Iterator<Item = &'a Self> + Clone) -> bool
    where
        Self: 'a,
    {
        let _ = others;
        false
    }
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
    Command {
        /// For this.
        command: &'a N::Command,
        /// What the node's wall clock shows.
        wall: WallTime,
    },
    /// The process ended and starts anew.
    Restart(Storage),
    /// The process ended and starts anew from its disk.
    Recover {
        /// What is on the disk.
        disk: &'a [u8],
        /// Whether that is an old copy, put there by hand.
        restored: bool,
    },
    /// The disk has what was handed over under this number.
    Written {
        /// The number.
        ticket: u64,
    },
    /// The disk reports that it could not take what was handed over under this number.
    WriteFailed {
        /// The number.
        ticket: u64,
    },
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
    /// To write bytes behind those on its disk.
    Write {
        /// What to call the write: larger than the one before, since the process began.
        ticket: u64,
        /// What is written.
        record: N::Record,
        /// As bytes.
        bytes: Vec<u8>,
    },
    /// To close a connection that has no use any more. The node is not told of it again; the other end notices.
    Close {
        /// This connection.
        connection: ConnectionId,
    },
    /// To tell its app something.
    Notice(N::Notice),
}

/// How a disk behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskSpec {
    /// The name of its node: it names the streams from which the disk's decisions come.
    pub name: String,
    /// How long a write takes once those before it are done.
    pub latency: SpanRange,
    /// How often a write fails.
    pub errors: Ppm,
    /// What a crash leaves of the writes under way.
    pub unsynced: Unsynced,
}

/// What a crash leaves of the writes that are under way, where nobody decides otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsynced {
    /// What the seed says.
    Drawn,
    /// All of them.
    Kept,
}

/// What a write that was reported as failed left on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// Nothing.
    Nothing,
    /// Half of it.
    Torn,
    /// All of it, though the node was told otherwise.
    Whole,
}

impl WriteError {
    /// The one of this number; what there is no number for leaves nothing.
    pub(crate) const fn of(number: u32) -> WriteError {
        match number {
            1 => WriteError::Torn,
            2 => WriteError::Whole,
            _ => WriteError::Nothing,
        }
    }
}

/// What a crash leaves of the writes that were under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survival {
    /// How many of them are written, the first first.
    pub kept: u32,
    /// How many bytes of the next one are.
    pub torn: u32,
}

impl Survival {
    /// Nothing is lost: the harmless default.
    pub fn harmless(pending: &[u32]) -> Survival {
        Survival { kept: pending.len() as u32, torn: 0 }
    }

    /// What the words drawn for a crash mean, where writes of these lengths are under way.
    pub(crate) fn drawn(pending: &[u32], [kept, torn]: [u64; 2]) -> Survival {
        let scale = |word: u64, bound: u64| ((u128::from(word) * u128::from(bound)) >> 64) as u32;
        let kept = scale(kept, pending.len() as u64 + 1);
        let next = pending.get(kept as usize).copied().unwrap_or(0);
        // Half of the time the next one is torn, in its lowest bit.
        let torn = if torn & 1 == 1 { scale(torn, u64::from(next)) } else { 0 };
        Survival { kept, torn }
    }
}

/// Where in its work a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// At once, between two events.
    Now,
    /// As soon as it has handed over a write: whatever it would do next in that event is not done.
    Writing,
    /// As soon as a write has ended, before it is told.
    Written,
    /// As soon as it has sent a message: whatever it would do next in that event is not done.
    Sending,
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
    /// A node's process ends in the middle of its work, and starts anew from what its disk has.
    Crash {
        /// Which node.
        node: NodeId,
        /// Where in its work: the next time that it comes there.
        point: Point,
        /// How long it is away.
        down_for: Span,
    },
    /// A copy of a node's disk is taken.
    BackUp {
        /// Which node.
        node: NodeId,
        /// What to call the copy.
        backup: u32,
    },
    /// A node's process ends and starts anew from a copy of its disk.
    Restore {
        /// Which node.
        node: NodeId,
        /// How long it is away.
        down_for: Span,
        /// Which copy.
        backup: u32,
    },
    /// Another operation, unless a node holds the last copy of something.
    UnlessLastCopy {
        /// The node.
        node: NodeId,
        /// The operation.
        operation: Box<Operation<N>>,
    },
    /// Something goes wrong with a node's disk, or is mended.
    Disk {
        /// Which node.
        node: NodeId,
        /// What.
        fault: DiskFault,
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

/// What can happen to a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskFault {
    /// Nothing is written for a while.
    Stall(Span),
    /// There is no room left: every write fails.
    Full,
    /// There is room again.
    Room,
    /// The next so many writes fail.
    FailNext(u32),
    /// One bit of what is written flips: at this place, in millionths of all of it.
    Rot {
        /// The place.
        place: u32,
        /// The bit of the byte there, 0 to 7.
        bit: u8,
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

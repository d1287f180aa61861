//! What a world asks of the nodes that it hosts. Implement [`SimNode`] for a sans-IO node of any protocol and a
//! [`World`](crate::world::World) runs it; `examples/gossip.rs` is such a protocol, CoJSON in `cosim-testbed` another.

mod operation;

pub use crate::disk::{DiskFault, DiskSpec, Point, Survival, Unsynced, WriteError};
pub use operation::{Backup, Connections, Direction, Filter, FilterAct, Operation};

use crate::clock::WallTime;
use cosim_base::{ConnectionId, Span, Time};
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
    fn kind(&self) -> &str;
    /// What it is about, as a number of the protocol's own: a CoValue.
    fn subject(&self) -> u32;
    /// How many bytes it would be.
    fn size(&self) -> u32;
    /// The same of messages that may be larger than 32 bits can say: they say it here.
    fn bytes(&self) -> u64 {
        self.size().into()
    }
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

/// Of what a message or a write tells, so that it can be called by what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// Of no operation.
    Nothing,
    /// That its subject is there.
    Subject,
    /// Of what operations did, the newest of which has this number.
    Operation(u32),
}

/// What a write is about, so that it can be called by that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// A subject, as a number of the protocol's own, and what it carries.
    Subject(u32, Carried),
    /// Nothing that anybody sees: it is the commit of its node that has this number.
    Commit(u64),
}

/// A sans-IO node: it is handed inputs, asked for outputs, and says when it wants to be woken.
///
/// The world calls [`handle`](Self::handle) with one input, drains [`poll_output`](Self::poll_output), then asks
/// [`next_deadline`](Self::next_deadline). A node has no other way to act and no other source of time or chance.
pub trait SimNode: Debug + Sized {
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

    /// Whether it is told what its wall clock shows before it handles something, and not only with a command.
    const READS_CLOCK: bool = false;

    /// What its wall clock shows, for all that it is about to handle. Called only where it says that it reads that.
    fn reads_clock(&mut self, wall: WallTime) {
        let _ = wall;
    }

    /// Whether it looks how long its own work takes, and may act on that.
    fn times_work(&self) -> bool {
        false
    }

    /// By how much each look at the time of its own work finds it gone on, in all that it is about to handle. Called only
    /// where it [times its work](Self::times_work).
    fn works(&mut self, each: Span) {
        let _ = each;
    }

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

    /// A message that it has just sent to a peer waits before a line. When it has left, [`Input::Left`] comes. What is
    /// sent where there is no such limit leaves at once, and the node is told nothing.
    fn queued(&mut self, peer: NodeId, connection: ConnectionId, message: &Self::Message) {
        let _ = (peer, connection, message);
    }

    /// What a message carries that this node is about to send.
    fn carries(&self, message: &Self::Message) -> Carried {
        let _ = message;
        Carried::Nothing
    }

    /// What a record is about.
    fn recorded(record: &Self::Record) -> Recorded {
        let _ = record;
        Recorded::Subject(0, Carried::Nothing)
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
    /// The oldest of the messages that waited before the line to a peer has left.
    Left {
        /// The node at the other end.
        peer: NodeId,
        /// On which connection it was sent.
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
        /// Who left it there.
        origin: Origin,
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

/// Who left what is on a disk from which a process starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The process before, which was told to end.
    Ended,
    /// The process before, which crashed.
    Crashed,
    /// Somebody who put a copy of this node's disk there, by hand.
    Copied(NodeId),
}

impl Origin {
    /// Of whose disk it is a copy, if it is one.
    pub const fn copied(self) -> Option<NodeId> {
        if let Origin::Copied(of) = self { Some(of) } else { None }
    }
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

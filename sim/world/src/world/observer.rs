//! Those who watch a world without touching it: the log, the oracles, the figures.

use crate::decision::Fate;
use crate::host::{Backup, NodeId, Operation, SimNode, Survival, WriteError};
use crate::world::View;
use cosim_base::ConnectionId;

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
    /// A node's process ends; its connections are still open.
    Down {
        /// Which node.
        node: NodeId,
        /// What it will find when it starts anew.
        ending: Ending,
    },
    /// A write ended, well or not; the node has not been told yet.
    Written {
        /// Which node's.
        node: NodeId,
        /// Which write.
        ticket: u64,
        /// Whether it is reported as failed, and what is on the disk then.
        error: Option<WriteError>,
        /// Whether that is because there is no room.
        full: bool,
    },
    /// What is written on a disk is no longer what was written.
    Spoilt {
        /// Which node's.
        node: NodeId,
    },
    /// A crash has ended the writes under way.
    Cut {
        /// Which node's.
        node: NodeId,
        /// What is left of them.
        survival: Survival,
        /// How many there were.
        pending: u32,
    },
    /// A node hands over a write.
    Writing {
        /// Which node.
        node: NodeId,
        /// Which write.
        ticket: u64,
        /// What is written.
        record: &'a N::Record,
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
    /// A node learns that the oldest of the messages that waited before the line to a peer has left.
    Left {
        /// Which node.
        node: NodeId,
        /// The node at the other end.
        peer: NodeId,
        /// On which connection it was sent.
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

/// How a process ends, and what the next one finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// In order: all of what it held.
    Restart,
    /// In the middle of its work: what its disk has.
    Crash,
    /// Without its disk: nothing.
    Wipe,
    /// With a copy in place of its disk: this one.
    Restore(Backup),
    /// For good: there is no next one.
    Leave,
}

impl Ending {
    pub(crate) fn code(self) -> u64 {
        match self {
            Ending::Restart => 0,
            Ending::Wipe => 1,
            Ending::Crash => 2,
            Ending::Leave => 3,
            // Which copy it is, its operation says: the numbers of copies change with what else there is.
            Ending::Restore(_) => 4,
        }
    }
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
    /// Why its first copy never arrives, if it does not.
    pub loss: Option<Loss>,
    /// How many copies of it arrive.
    pub copies: u8,
    /// Whether it is kept back on its way.
    pub held: bool,
    /// Whether it waits before the line.
    pub queued: bool,
}

/// Why a message never arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
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
    /// The node has no disk.
    NoDisk,
    /// No such copy of its disk was taken.
    NoBackup,
    /// Nothing is written on its disk.
    EmptyDisk,
    /// The node holds the last copy of something.
    LastCopy,
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

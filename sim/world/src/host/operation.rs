//! What can be done to a world at a time.

use super::{DiskFault, NodeId, Point, SimMessage, SimNode, Storage};
use crate::clock::ClockChange;
use cosim_base::Span;

/// A copy of a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Of whose disk it is.
    pub of: NodeId,
    /// What it is called.
    pub number: u32,
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
    /// A node's process ends and starts anew from a copy of its disk, or of another's.
    Restore {
        /// Which node.
        node: NodeId,
        /// How long it is away.
        down_for: Span,
        /// Which copy.
        backup: Backup,
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
        network: Box<crate::network::Network>,
    },
}

impl<N: SimNode> Operation<N> {
    /// The node that it is about, if it is about one.
    pub fn node(&self) -> Option<NodeId> {
        match self {
            Operation::Command { node, .. }
            | Operation::Restart { node, .. }
            | Operation::Crash { node, .. }
            | Operation::BackUp { node, .. }
            | Operation::Restore { node, .. }
            | Operation::Disk { node, .. }
            | Operation::Pause { node, .. }
            | Operation::Offline { node, .. }
            | Operation::Leave { node }
            | Operation::Join { node, .. }
            | Operation::Clock { node, .. } => Some(*node),
            Operation::UnlessLastCopy { operation, .. } => operation.node(),
            Operation::Connect { .. }
            | Operation::Disconnect { .. }
            | Operation::HalfOpen { .. }
            | Operation::Filter { .. }
            | Operation::Release { .. }
            | Operation::Partition { .. }
            | Operation::Heal { .. }
            | Operation::Network { .. } => None,
        }
    }

    /// The links that it is about.
    pub fn links(&self) -> &[u32] {
        match self {
            Operation::Connect { link }
            | Operation::Disconnect { link }
            | Operation::HalfOpen { link, .. }
            | Operation::Filter { link, .. }
            | Operation::Release { link, .. }
            | Operation::Partition { link, .. }
            | Operation::Heal { link, .. }
            | Operation::Network { link, .. } => std::slice::from_ref(link),
            Operation::Join { links, .. } => links,
            Operation::UnlessLastCopy { operation, .. } => operation.links(),
            Operation::Command { .. }
            | Operation::Restart { .. }
            | Operation::Crash { .. }
            | Operation::BackUp { .. }
            | Operation::Restore { .. }
            | Operation::Disk { .. }
            | Operation::Pause { .. }
            | Operation::Offline { .. }
            | Operation::Leave { .. }
            | Operation::Clock { .. } => &[],
        }
    }
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

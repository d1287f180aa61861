//! Faults that have happened, and of which nothing has shown yet that they touched anything.

use crate::host::NodeId;
use crate::scenario::FaultKind;
use cosim_core::Time;

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) kind: FaultKind,
    /// The operation that it is.
    pub(super) number: u32,
    pub(super) on: On,
}

/// What it happened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum On {
    /// A link, by its ends.
    Link([NodeId; 2]),
    Node(NodeId),
    /// A node that has left those with whom it had links.
    Around(NodeId, Vec<NodeId>),
    /// A node that sleeps, or woke at this time.
    Sleeper(NodeId, Option<Time>),
    /// The clock of a node.
    Clock(NodeId),
    /// The disk of a node.
    Disk(NodeId),
}

/// What shows that something was touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// One node has sent the other a message, or that has arrived.
    Said([NodeId; 2]),
    /// A node came to hold something new, or its app asked it for something.
    Changed(NodeId),
    /// The same, with the time that its clock shows.
    Dated(NodeId),
    /// A node's process has started from its disk.
    Started(NodeId),
    /// Something happens to a node: where it woke at the same time, it has waited for that.
    Woke(NodeId, Time),
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Open {
    marks: Vec<Mark>,
}

impl Open {
    pub(super) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    pub(super) fn add(&mut self, mark: Mark) {
        self.marks.push(mark);
    }

    pub(super) fn forget(&mut self, which: impl Fn(&Mark) -> bool) {
        self.marks.retain(|mark| !which(mark));
    }

    /// A node wakes: from now on what has waited for it comes.
    pub(super) fn wakes(&mut self, node: NodeId, now: Time) {
        for mark in &mut self.marks {
            if mark.on == On::Sleeper(node, None) {
                mark.on = On::Sleeper(node, Some(now));
            }
        }
    }

    /// Ends every mark of which this shows that it touched something.
    pub(super) fn see(&mut self, sign: Sign, mut touched: impl FnMut(FaultKind)) {
        self.marks.retain(|mark| {
            let shows = mark.on.is_shown_by(sign);
            if shows {
                touched(mark.kind);
            }
            !shows
        });
    }
}

impl On {
    fn is_shown_by(&self, sign: Sign) -> bool {
        match (self, sign) {
            (On::Link([a, b]), Sign::Said(ends)) => ends == [*a, *b] || ends == [*b, *a],
            (On::Link(ends), Sign::Changed(node) | Sign::Dated(node)) => ends.contains(&node),
            (On::Node(node), Sign::Said(ends)) => ends.contains(node),
            (On::Node(node), Sign::Changed(other) | Sign::Dated(other)) => *node == other,
            (On::Around(node, _), Sign::Said(ends)) => ends.contains(node),
            (On::Around(_, around), Sign::Changed(node) | Sign::Dated(node)) => around.contains(&node),
            (On::Sleeper(node, woke), Sign::Woke(other, at)) => *node == other && *woke == Some(at),
            (On::Clock(node), Sign::Dated(other)) | (On::Disk(node), Sign::Started(other)) => *node == other,
            (On::Link(_) | On::Node(_) | On::Around(..), Sign::Started(_) | Sign::Woke(..))
            | (On::Sleeper(..), Sign::Said(_) | Sign::Changed(_) | Sign::Dated(_) | Sign::Started(_))
            | (On::Clock(_), Sign::Said(_) | Sign::Changed(_) | Sign::Started(_) | Sign::Woke(..))
            | (On::Disk(_), Sign::Said(_) | Sign::Changed(_) | Sign::Dated(_) | Sign::Woke(..)) => false,
        }
    }
}

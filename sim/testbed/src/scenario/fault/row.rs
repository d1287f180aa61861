//! What there is to know of a kind of fault.

use super::draw::Draw;
use crate::scenario::{Act, Numbered};

/// What there is to know of a kind of fault.
#[derive(Debug)]
pub struct Row {
    /// Its field in a file.
    pub field: &'static str,
    /// What its operations are called: `f-NAME-1`.
    pub name: &'static str,
    /// One of them and several, for people.
    pub called: [&'static str; 2],
    /// What it happens to.
    pub happens_to: HappensTo,
    /// The stream that it is drawn from, among those of faults.
    pub stream: &'static str,
    /// What is drawn, in order.
    pub drawn: &'static str,
    /// How many words that takes.
    pub words: Words,
    /// How many a seed of a swarm may take.
    pub swarm: Swarm,
    /// What shows that one of them touched something.
    pub touch: Touch,
    /// The kinds beside which a swarm's seed names it.
    pub(super) family: Family,
    /// Which operations a fault is.
    pub(in crate::scenario) width: Width,
    /// Draws one fault, or, where each node has its own, that of one node.
    pub(super) draw: fn(&mut Draw<'_>),
    /// Whether an operation of the timeline is such a fault.
    pub(in crate::scenario) is: fn(&Act<Numbered>) -> bool,
}

/// What a fault happens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HappensTo {
    /// Links with an end among the nodes of the faults.
    Links,
    /// Nodes.
    Nodes,
    /// Nodes that still have what they held when their process ends.
    Keepers,
    /// Nodes that have a disk.
    Disks,
    /// Those among them that are no guests.
    OwnDisks,
    /// Nodes of which the timeline asks nothing.
    Newcomers,
    /// Hostile nodes, and those that they have links with.
    Hostile,
}

impl Row {
    /// Whether it loses messages or changes their order within a connection.
    pub(in crate::scenario) fn loses(&self) -> bool {
        self.swarm.needs == Needs::Lossy
    }
}

impl HappensTo {
    /// The words for it.
    pub const fn name(self) -> &'static str {
        match self {
            HappensTo::Links => "links",
            HappensTo::Nodes => "nodes",
            HappensTo::Keepers => "nodes, but no guests without a disk",
            HappensTo::Disks => "nodes with a disk",
            HappensTo::OwnDisks => "nodes with a disk, but no guests",
            HappensTo::Newcomers => "nodes of which the timeline asks nothing",
            HappensTo::Hostile => "links of hostile nodes",
        }
    }
}

/// How many words are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// So many for each fault.
    Each(u32),
    /// So many for each fault, and one for every node.
    EachAndNodes(u32),
    /// So many for every node.
    EveryNode(u32),
}

/// How many a seed of a swarm may take.
#[derive(Clone, Copy, Debug)]
pub struct Swarm {
    /// How many at most, as a rule.
    pub usual: u64,
    /// How many at most, now and then.
    pub extreme: u64,
    /// What must be there.
    pub needs: Needs,
}

/// What must be there for a seed of a swarm to take a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Always,
    /// A link.
    Links,
    /// A link on which messages may be lost.
    Lossy,
    /// A node that still has what it held when its process ends.
    Keepers,
    /// A disk.
    Disks,
    /// A disk on which something can go wrong.
    OwnDisks,
    /// More than two nodes, so that who is left has somebody to talk to.
    Company,
    /// More than two nodes, and one of which the timeline asks nothing.
    Newcomers,
    /// A hostile node with a link, and a CoValue to lie about.
    Liars,
}

/// What shows that a fault touched something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// Something was said on the link afterwards, or something came to one of its ends that was due to the other.
    Parted,
    /// Its node said, heard or was asked something afterwards.
    Talked,
    /// Something was due to its node afterwards, from a node that it had a link with.
    Missed,
    /// Something waited until its node woke.
    Waited,
    /// Its node dated what it wrote by the clock.
    Dated,
    /// Its node started from the disk.
    Read,
    /// Its node said something untrue.
    Lied,
    /// A partition swallowed a message.
    Swallowed,
    /// A message was kept back.
    Held,
    /// A filter dropped a message.
    Dropped,
    /// A message was sent over a slow link.
    Slowed,
    /// A process crashed, since a point of its work may never come, and what there is to crash: a write under way, or what
    /// its node said, heard or was asked afterwards.
    Crashed,
    /// There was a write while a disk stalled.
    Stalled,
    /// A write failed for want of room.
    Full,
    /// A write failed for another reason.
    Failed,
}

impl Touch {
    /// What none of them did where nothing shows it.
    pub const fn undone(self) -> &'static str {
        match self {
            Touch::Parted => "came between two nodes that had something to say",
            Touch::Talked => "happened to a node that had anything to do afterwards",
            Touch::Missed => "was missed by a node that had something to say",
            Touch::Waited => "kept anything waiting",
            Touch::Dated => "dated a write",
            Touch::Read => "was read",
            Touch::Lied => "said anything",
            Touch::Swallowed => "swallowed a message",
            Touch::Held => "kept a message back",
            Touch::Dropped => "lost a message",
            Touch::Slowed => "slowed a message down",
            Touch::Crashed => "ended a process that had anything to do",
            Touch::Stalled => "delayed a write",
            Touch::Full | Touch::Failed => "failed a write",
        }
    }
}

/// Kinds that a swarm's seed names together, in the order in which it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    Links,
    Restarts,
    Disks,
    Lives,
    Clocks,
    Joins,
    Attacks,
    Absences,
}

/// Which operations one fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scenario) enum Width {
    /// One, `f-NAME-1`, which ends by itself or not at all.
    One,
    /// One; against the limit it counts as two, so that no file that was too large becomes small enough.
    OneForTwo,
    /// One that begins it, and `f-NAME-1-end`.
    Pair,
    /// Up to so many such pairs: `f-NAME-1-1`, `f-NAME-1-1-end`, `f-NAME-1-2` and so on.
    Pairs(u32),
    /// One for each node, numbered on.
    EveryNode,
}

impl Width {
    /// How many operations so many faults are at most, where there are so many nodes.
    pub(super) fn operations(self, times: u64, nodes: u64) -> u64 {
        match self {
            Width::One => times,
            Width::OneForTwo | Width::Pair => times.saturating_mul(2),
            Width::Pairs(pairs) => times.saturating_mul(2 * u64::from(pairs)),
            Width::EveryNode => times.saturating_mul(nodes),
        }
    }
}

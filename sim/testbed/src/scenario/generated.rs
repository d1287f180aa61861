//! What to generate: the checked form of `workload` and `faults`.

use cosim_core::Span;

/// The operations to generate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// How many operations.
    pub operations: u32,
    /// The start of the window in which they happen.
    pub from: Span,
    /// The end of the time window.
    pub until: Span,
    /// The nodes at which they happen, in the order of the file. Never empty.
    pub nodes: Vec<u32>,
    /// The CoValues to which they happen, in the order of the file. Never empty.
    pub co_values: Vec<u32>,
    /// The CoValues among them that no entry of the timeline creates.
    pub creates: Vec<u32>,
    /// How often each kind is drawn.
    pub mix: Mix,
    /// The fewest and the most transactions of an edit.
    pub transactions: [u32; 2],
    /// The fewest and the most bytes of a transaction.
    pub size: [u32; 2],
}

/// How often each kind of operation is drawn, as weights of which at least one is not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mix {
    /// Edits.
    pub edit: u32,
    /// Loads.
    pub load: u32,
    /// Marking done.
    pub done: u32,
}

impl Mix {
    /// The sum of the weights, at least one.
    pub(super) fn total(self) -> u64 {
        u64::from(self.edit) + u64::from(self.load) + u64::from(self.done)
    }
}

/// The faults to generate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    /// The start of the window in which they begin.
    pub from: Span,
    /// The end of the time window.
    pub until: Span,
    /// The nodes that they happen to, in the order of the file. Never empty.
    pub nodes: Vec<u32>,
    /// Those among them that have a disk, in the same order.
    pub disks: Vec<u32>,
    /// Those among them that may join late, in the same order: the timeline asks nothing of them.
    pub newcomers: Vec<u32>,
    /// The links with an end among those nodes, in order.
    pub links: Vec<u32>,
    /// Whether each seed takes what it will; then the numbers below say nothing.
    pub swarm: bool,
    /// How many times a link is disconnected and connected again.
    pub reconnects: u32,
    /// How many times a link is partitioned, one way or both, and healed.
    pub partitions: u32,
    /// How many times a link is disconnected and connected again several times within milliseconds.
    pub reconnect_bursts: u32,
    /// How many times one end only notices that a connection is over, until the link connects again.
    pub half_opens: u32,
    /// How many times a link becomes slow and fast again.
    pub slow_links: u32,
    /// How many times messages of some kind are kept back for a while.
    pub holds: u32,
    /// How many times messages of some kind are lost for a while.
    pub drops: u32,
    /// How many times a node restarts.
    pub restarts: u32,
    /// How many times a node is wiped.
    pub wipes: u32,
    /// How many times a node crashes.
    pub crashes: u32,
    /// How many times a disk stalls.
    pub stalls: u32,
    /// How many times a disk is full for a while.
    pub full_disks: u32,
    /// How many times a disk fails to write.
    pub failed_writes: u32,
    /// How many times a bit flips on a disk.
    pub rots: u32,
    /// How many times a disk is copied, and the copy put in its place.
    pub restores: u32,
    /// How many times a hostile node attacks.
    pub attacks: u32,
    /// Whether the last copy of anything is spared.
    pub spare: bool,
    /// How many times a node sleeps.
    pub pauses: u32,
    /// How many times a node leaves for good.
    pub departures: u32,
    /// How many times a node joins that was not there until then.
    pub joins: u32,
    /// How many times a wall clock jumps.
    pub clock_jumps: u32,
    /// How many times a wall clock stands still for a while.
    pub clock_stops: u32,
    /// How many times a wall clock changes its pace.
    pub clock_drifts: u32,
    /// How far a wall clock jumps at most, either way.
    pub furthest: Span,
    /// The longest that one of them lasts.
    pub longest: Span,
    /// Spells in which a node is offline.
    pub offline: Spells,
    /// The rhythm in which every node is offline for a moment.
    pub flapping: Option<Flapping>,
}

/// Spells of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spells {
    /// How many.
    pub times: u32,
    /// How long one of them lasts at least.
    pub shortest: Span,
    /// The longest that one of them lasts.
    pub longest: Span,
}

/// The rhythm in which nodes go offline and come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flapping {
    /// From the start of one spell to the next; not zero.
    pub every: Span,
    /// How long one of them lasts, less than that.
    pub span: Span,
    /// The most spells of one node that fit the window.
    pub rounds: u32,
}

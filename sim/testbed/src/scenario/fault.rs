//! The kinds of faults that can be generated: one table, a row a kind, and everything else that lists them comes from it.
//!
//! A new kind is a field in `file::Faults`, a variant in the list below, and a row in one of the files beside this one.
//! Every kind has a stream of its own, and every fault of a kind takes a fixed number of words from it, whatever is drawn:
//! so a kind that is added or taken away never shifts another.

mod attacks;
mod clocks;
mod disks;
mod draw;
mod faults;
mod filters;
mod lives;
mod quarrels;
mod row;
mod table;
#[cfg(test)]
mod tests;

pub use faults::{Faults, Flapping, Spells};
pub use row::{HappensTo, Needs, Row, Swarm, Touch, Words};
pub use table::table;

pub(super) use draw::Ground;

use super::file;

/// Makes [`FaultKind`] of a list of variants and their rows.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $row:path,)*) => {
        /// A kind of fault that can be generated.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum FaultKind {
            $($(#[$doc])* $kind,)*
        }

        impl FaultKind {
            /// Every kind, in the order in which they are drawn.
            pub const ALL: [FaultKind; [$(FaultKind::$kind),*].len()] = [$(FaultKind::$kind),*];

            /// All that there is to know of a kind.
            pub const fn row(self) -> &'static Row {
                match self {
                    $(FaultKind::$kind => &$row,)*
                }
            }
        }
    };
}

kinds! {
    /// A link is disconnected and connected again.
    Reconnects = quarrels::RECONNECTS,
    /// A link swallows messages for a while.
    Partitions = quarrels::PARTITIONS,
    /// A link is disconnected and connected several times within milliseconds.
    ReconnectBursts = quarrels::RECONNECT_BURSTS,
    /// One end only notices that a connection is over.
    HalfOpens = quarrels::HALF_OPENS,
    /// A link becomes slow for a while.
    SlowLinks = quarrels::SLOW_LINKS,
    /// Messages are kept back for a while.
    Holds = filters::HOLDS,
    /// Messages are lost for a while.
    Drops = filters::DROPS,
    /// A node restarts.
    Restarts = lives::RESTARTS,
    /// A node loses its disk.
    Wipes = lives::WIPES,
    /// A node sleeps.
    Pauses = lives::PAUSES,
    /// A node leaves for good.
    Departures = lives::DEPARTURES,
    /// A node joins late.
    Joins = lives::JOINS,
    /// A wall clock jumps.
    ClockJumps = clocks::CLOCK_JUMPS,
    /// A wall clock stands still for a while.
    ClockStops = clocks::CLOCK_STOPS,
    /// A wall clock changes its pace.
    ClockDrifts = clocks::CLOCK_DRIFTS,
    /// A node is offline for a while.
    Offline = lives::OFFLINE,
    /// Every node is offline again and again.
    Flapping = lives::FLAPPING,
    /// A node crashes.
    Crashes = disks::CRASHES,
    /// A disk stalls.
    Stalls = disks::STALLS,
    /// A disk is full for a while.
    FullDisks = disks::FULL_DISKS,
    /// A disk fails to write.
    FailedWrites = disks::FAILED_WRITES,
    /// A bit flips on a disk.
    Rots = disks::ROTS,
    /// An old copy is put in the place of a disk.
    Restores = disks::RESTORES,
    /// A hostile node attacks.
    Attacks = attacks::ATTACKS,
}

impl FaultKind {
    /// Every kind, in the order in which a swarm's seed says what it takes.
    pub(super) fn in_swarms() -> Vec<FaultKind> {
        let mut kinds = Self::ALL.to_vec();
        kinds.sort_by_key(|kind| kind.row().family);
        kinds
    }

    /// What a swarm calls it, and its stream there.
    pub fn in_swarm(self) -> String {
        self.row().field.replace('_', "-")
    }
}

impl file::Faults {
    /// How many faults of a kind the file asks for; `None` where it does not speak of them.
    pub(super) fn times(&self, kind: FaultKind) -> Option<u64> {
        (kind.row().times)(self)
    }

    /// Whether there may be faults of a kind.
    pub(super) fn may(&self, kind: FaultKind) -> bool {
        self.swarm == Some(true) || self.times(kind).unwrap_or(0) > 0
    }

    /// How many operations all that it asks for generates at most, where there are so many nodes.
    pub(super) fn operations(&self, nodes: usize) -> u64 {
        let nodes = self.nodes.as_ref().map_or(nodes, Vec::len) as u64;
        let of = |kind: FaultKind| kind.row().width.operations(self.times(kind).unwrap_or(0), nodes);
        FaultKind::ALL.into_iter().map(of).fold(0, u64::saturating_add)
    }
}

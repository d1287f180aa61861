//! The kinds of faults that can be generated: one table, a row a kind, and everything else that lists them comes from it.
//!
//! A new kind is a row in `kinds.rs`, with its field in a file, and what draws it, in one of the files beside that.
//! Every kind has a stream of its own, and every fault of a kind takes a fixed number of words from it, whatever is drawn:
//! so a kind that is added or taken away never shifts another.

mod attacks;
mod clocks;
mod disks;
mod draw;
mod faults;
mod filters;
pub(super) mod kinds;
mod lives;
mod making;
mod quarrels;
mod row;
mod table;
#[cfg(test)]
mod tests;

pub use faults::{Faults, Flapping, Spells};
pub use kinds::FaultKind;
pub use row::{HappensTo, Needs, Row, Swarm, Touch, Words};
pub use table::table;

pub(super) use draw::Ground;

use super::file;

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
    /// Whether there may be faults of a kind.
    pub(crate) fn may(&self, kind: FaultKind) -> bool {
        self.swarm == Some(true) || self.times(kind).unwrap_or(0) > 0
    }

    /// How many operations each kind that it asks for generates at most, where there are so many nodes, by field.
    pub(super) fn operations(&self, nodes: usize) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        let nodes = self.nodes.as_ref().map_or(nodes, Vec::len) as u64;
        FaultKind::ALL.into_iter().filter_map(move |kind| {
            let row = kind.row();
            Some((row.field, row.width.operations(self.times(kind)?, nodes)))
        })
    }
}

//! What to generate: the checked form of `workload`.

use super::asks::GuestVerb;
use crate::stream::Stream;
use cosim_core::Span;
use std::ops::RangeInclusive;

/// The operations to generate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Its place in the file, from 0 on.
    pub place: usize,
    /// How many operations and how many changes of roles those before it have: its own are counted on from there.
    pub before: [u32; 2],
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
    /// How many of the edits write far more, as a seed of a swarm may have it.
    pub large: u32,
    /// How many changes of roles.
    pub roles: u32,
    /// The groups in which they happen, in the order of the file: not empty where there are such changes.
    pub groups: Vec<u32>,
}

/// The fewest and the most bytes of a transaction that is large.
pub(super) const LARGE: [u32; 2] = [10_000, 100_000];

impl Workload {
    /// The stream from which some of it is drawn. The first workload is drawn as if it were alone.
    pub(super) fn stream(&self, seed: u64, what: &str) -> Stream {
        match self.place {
            0 => Stream::new(seed, "workload", what),
            place => Stream::new(seed, "workload", &format!("{what}#{}", place + 1)),
        }
    }

    /// The numbers of its operations.
    pub(super) fn numbers(&self) -> RangeInclusive<u32> {
        let [before, _] = self.before;
        before + 1..=before + self.operations
    }

    /// The numbers of its changes of roles.
    pub(super) fn role_numbers(&self) -> RangeInclusive<u32> {
        let [_, before] = self.before;
        before + 1..=before + self.roles
    }

    /// The most bytes that one edit may write.
    pub(crate) fn largest(&self) -> u64 {
        let size = if self.large > 0 { self.size[1].max(LARGE[1]) } else { self.size[1] };
        u64::from(self.transactions[1]) * u64::from(size)
    }
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
    /// What only guests know.
    pub asks: [(GuestVerb, u32); GuestVerb::ALL.len()],
}

impl Mix {
    /// The sum of the weights, at least one.
    pub(super) fn total(self) -> u64 {
        let asks = self.asks.iter().map(|(_, weight)| u64::from(*weight));
        self.of_all() + asks.sum::<u64>()
    }

    /// The sum of the weights of what any node can do.
    fn of_all(self) -> u64 {
        u64::from(self.edit) + u64::from(self.load) + u64::from(self.done)
    }

    /// The verb of guests that a number below the sum of the weights draws; none where it draws another kind.
    pub(super) fn ask(self, drawn: u64) -> Option<GuestVerb> {
        let mut left = drawn.checked_sub(self.of_all())?;
        for (verb, weight) in self.asks {
            match left.checked_sub(u64::from(weight)) {
                Some(rest) => left = rest,
                None => return Some(verb),
            }
        }
        None
    }
}

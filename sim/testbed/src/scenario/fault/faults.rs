//! The faults to generate: the checked form of `faults` in a file.

use super::FaultKind;
use cosim_core::Span;

/// The faults to generate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    /// The start of the window in which they begin.
    pub from: Span,
    /// The end of the time window.
    pub until: Span,
    /// The nodes that they happen to, in the order of the file. Never empty.
    pub nodes: Vec<u32>,
    /// Those among them that still have what they held when their process ends, in the same order: not guests without a
    /// disk.
    pub keepers: Vec<u32>,
    /// Those among them that have a disk, in the same order.
    pub disks: Vec<u32>,
    /// Those among them that have a disk on which something can go wrong, in the same order: not guests.
    pub own_disks: Vec<u32>,
    /// Those among them that may join late, in the same order: the timeline asks nothing of them.
    pub newcomers: Vec<u32>,
    /// The links with an end among those nodes, in order.
    pub links: Vec<u32>,
    /// Whether each seed takes what it will; then `times` says nothing.
    pub swarm: bool,
    /// How many there are of each kind; of flapping, how many spells of one node fit the window.
    pub(in crate::scenario) times: [u32; FaultKind::ALL.len()],
    /// Whether the last copy of anything is spared.
    pub spare: bool,
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
}

impl Faults {
    /// How many there are of a kind; of flapping, how many spells of one node fit the window.
    pub fn times(&self, kind: FaultKind) -> u32 {
        self.times[kind as usize]
    }

    /// The kinds of which there are any.
    pub(in crate::scenario) fn asked(&self) -> impl Iterator<Item = FaultKind> + '_ {
        FaultKind::ALL.into_iter().filter(|kind| self.times(*kind) > 0)
    }

    /// How many faults of a kind there are in all.
    pub(crate) fn planned(&self, kind: FaultKind) -> u64 {
        let nodes = if kind == FaultKind::Flapping { self.nodes.len() as u64 } else { 1 };
        u64::from(self.times(kind)).saturating_mul(nodes)
    }

    /// The same with so many of each kind. Where the window has no room for a rhythm, nothing flaps.
    pub(in crate::scenario) fn with_times(&self, times: impl Fn(FaultKind) -> u32) -> Faults {
        let mut faults = Faults { times: FaultKind::ALL.map(times), ..self.clone() };
        faults.flapping = flapping(self, faults.times(FaultKind::Flapping));
        if faults.flapping.is_none() {
            faults.times[FaultKind::Flapping as usize] = 0;
        }
        faults
    }
}

/// So many moments offline for each node, at most half of the time; `None` where the window has no room for them.
fn flapping(faults: &Faults, rounds: u32) -> Option<Flapping> {
    let every = Span::from_us((faults.until - faults.from).as_us().checked_div(u64::from(rounds))?);
    let span = Span::from_us(every.as_us() / 2).min(faults.longest);
    (span > Span::ZERO).then_some(Flapping { every, span })
}

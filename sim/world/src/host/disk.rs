//! What a world asks of disks: how they behave, what goes wrong with them, and what a crash leaves of what was written.

use crate::network::{Ppm, SpanRange};
use cosim_base::Span;

/// How a disk behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskSpec {
    /// The name of its node: it names the streams from which the disk's decisions come.
    pub name: String,
    /// How long a write takes once those before it are done.
    pub latency: SpanRange,
    /// How often a write fails.
    pub errors: Ppm,
    /// What a crash leaves of the writes under way.
    pub unsynced: Unsynced,
}

/// What a crash leaves of the writes that are under way, where nobody decides otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsynced {
    /// What the seed says.
    Drawn,
    /// All of them.
    Kept,
}

/// What a write that was reported as failed left on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// Nothing.
    Nothing,
    /// Half of it.
    Torn,
    /// All of it, though the node was told otherwise.
    Whole,
}

impl WriteError {
    /// The one of this number; what there is no number for leaves nothing.
    pub const fn of(number: u32) -> WriteError {
        match number {
            1 => WriteError::Torn,
            2 => WriteError::Whole,
            _ => WriteError::Nothing,
        }
    }
}

/// What a crash leaves of the writes that were under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survival {
    /// How many of them are written, the first first.
    pub kept: u32,
    /// How many bytes of the next one are.
    pub torn: u32,
}

impl Survival {
    /// Nothing is lost: the harmless default.
    pub fn harmless(pending: &[u32]) -> Survival {
        Survival { kept: pending.len() as u32, torn: 0 }
    }

    /// What the words drawn for a crash mean, where writes of these lengths are under way.
    pub(crate) fn drawn(pending: &[u32], [kept, torn]: [u64; 2]) -> Survival {
        let scale = |word: u64, bound: u64| ((u128::from(word) * u128::from(bound)) >> 64) as u32;
        let kept = scale(kept, pending.len() as u64 + 1);
        let next = pending.get(kept as usize).copied().unwrap_or(0);
        // Half of the time the next one is torn, in its lowest bit.
        let torn = if torn & 1 == 1 { scale(torn, u64::from(next)) } else { 0 };
        Survival { kept, torn }
    }
}

/// Where in its work a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// At once, between two events.
    Now,
    /// As soon as it has handed over a write: whatever it would do next in that event is not done.
    Writing,
    /// As soon as a write has ended, before it is told.
    Written,
    /// As soon as it has sent a message: whatever it would do next in that event is not done.
    Sending,
}

/// What can happen to a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskFault {
    /// Nothing is written for a while.
    Stall(Span),
    /// There is no room left: every write fails.
    Full,
    /// There is room again.
    Room,
    /// The next so many writes fail.
    FailNext(u32),
    /// One bit of what is written flips: at this place, in millionths of all of it.
    Rot {
        /// The place.
        place: u32,
        /// The bit of the byte there, 0 to 7.
        bit: u8,
    },
}

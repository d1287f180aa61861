//! How far exploring goes, and which bound ended it.

use super::Schedule;
use super::deviation::Deviation;
use super::order::Order;
use std::fmt;

/// How far exploring goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many schedules are played at most.
    pub schedules: u64,
    /// How many bytes those take that are known and wait to be played.
    pub memory: u64,
    /// Whether it goes on past the first that fails.
    pub all: bool,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { schedules: 200_000, memory: 1_000_000_000, all: false }
    }
}

/// What ended exploring before it was whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// So many schedules were played as may be.
    Schedules,
    /// No more schedules could be kept until they are played.
    Memory,
    /// Whoever was told of the progress had enough.
    Enough,
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Bound::Schedules => "--schedules",
            Bound::Memory => "--memory",
            Bound::Enough => "--time",
        })
    }
}

/// The schedules of one level that are known and wait to be played, as many as memory takes.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    pub(super) schedules: Vec<Schedule>,
    bytes: u64,
    /// How many did not fit.
    pub(super) dropped: u64,
}

impl Waiting {
    /// Keeps them if they fit. Once one did not, none does: what is played is the beginning of all that there are.
    pub(super) fn take(&mut self, schedules: impl IntoIterator<Item = Schedule>, memory: u64) {
        for schedule in schedules {
            let bytes = self.bytes + schedule.bytes();
            if self.dropped > 0 || bytes > memory {
                self.dropped += 1;
            } else {
                self.bytes = bytes;
                self.schedules.push(schedule);
            }
        }
    }
}

impl Schedule {
    /// What it takes, by what it says: not by what the machine sets aside for that.
    fn bytes(&self) -> u64 {
        let deviations = self.deviations.iter().map(Deviation::bytes).sum::<usize>();
        let order = self.order.as_ref().map_or(0, Order::bytes);
        (size_of::<Schedule>() + order + deviations) as u64
    }
}

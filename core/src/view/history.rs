//! What something was at each moment: changes with their times, in the order in which they count.

use crate::real::MadeAt;
use alloc::vec::Vec;

/// Values with the times from which they hold, ascending.
#[derive(Clone, Debug)]
pub(super) struct History<T> {
    changes: Vec<(MadeAt, T)>,
}

impl<T> Default for History<T> {
    fn default() -> Self {
        History { changes: Vec::new() }
    }
}

impl<T> History<T> {
    /// Adds what holds from `time` on. Changes are added in order of time.
    pub(super) fn push(&mut self, time: &MadeAt, value: T) {
        self.changes.push((time.clone(), value));
    }

    /// What holds at `time`, of several changes at one time the last; without a time, what holds in the end.
    pub(super) fn at(&self, time: Option<&MadeAt>) -> Option<&T> {
        let end = match time {
            Some(time) => self.changes.partition_point(|(from, _)| from <= time),
            None => self.changes.len(),
        };
        self.changes[..end].last().map(|(_, value)| value)
    }
}

//! How the figures of many runs are spread: counted in fixed buckets, so that memory does not grow with their number.

use super::record::Record;
use crate::run::Verdict;

/// Bits of a number that are kept below its highest one: a bucket is at most a sixteenth of what is in it.
const KEPT_BITS: u32 = 4;

/// How many of the largest are kept, with their seeds.
const LARGEST_MAX: usize = 3;

/// A figure of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// From when an app last wrote until nobody learned anything new any more, in microseconds, where everybody has it then.
    Convergence,
    /// When all was silent, in microseconds.
    Silence,
    /// Messages sent.
    Messages,
    /// Bytes sent.
    Bytes,
    /// Messages sent because a deadline had passed.
    Retransmissions,
    /// Events.
    Events,
}

impl Figure {
    /// All of them.
    pub const ALL: [Figure; 6] = [
        Figure::Convergence,
        Figure::Silence,
        Figure::Messages,
        Figure::Bytes,
        Figure::Retransmissions,
        Figure::Events,
    ];

    /// What it is called in data.
    pub fn name(self) -> &'static str {
        match self {
            Figure::Convergence => "convergence",
            Figure::Silence => "silence",
            Figure::Messages => "messages",
            Figure::Bytes => "bytes",
            Figure::Retransmissions => "retransmissions",
            Figure::Events => "events",
        }
    }

    /// What it is in a run, where that can be said. Where a known bug ends the run, its times say nothing.
    fn of(self, record: &Record, ends_at_violation: bool) -> Option<u64> {
        match self {
            Figure::Convergence | Figure::Silence if ends_at_violation => None,
            Figure::Convergence if record.apart => None,
            Figure::Convergence => Some(record.last_change.saturating_sub(record.last_write?)),
            Figure::Silence => Some(record.ended_at),
            Figure::Messages => Some(record.counts.sent),
            Figure::Bytes => Some(record.counts.bytes),
            Figure::Retransmissions => Some(record.counts.retransmissions),
            Figure::Events => Some(record.events),
        }
    }
}

/// The figures of the runs of a scenario that held: what ends at a violation is cut short.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spreads([Spread; 6]);

impl Spreads {
    pub(super) fn add(&mut self, record: &Record, ends_at_violation: bool) {
        if record.verdict != Verdict::Held {
            return;
        }
        for (figure, spread) in Figure::ALL.into_iter().zip(&mut self.0) {
            if let Some(value) = figure.of(record, ends_at_violation) {
                spread.add(value, record.seed);
            }
        }
    }

    /// How one of them is spread.
    pub fn of(&self, figure: Figure) -> &Spread {
        &self.0[figure as usize]
    }
}

/// How a figure is spread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    count: u64,
    min: u64,
    max: u64,
    buckets: std::collections::BTreeMap<u64, u64>,
    /// The largest with their seeds, the largest first, of equal ones the smallest seed.
    largest: Vec<(u64, u64)>,
}

impl Spread {
    /// Adds the figure of a run.
    pub fn add(&mut self, value: u64, seed: u64) {
        self.min = if self.count == 0 { value } else { self.min.min(value) };
        self.max = self.max.max(value);
        self.count += 1;
        *self.buckets.entry(floor(value)).or_insert(0) += 1;
        let place = self.largest.partition_point(|(large, first)| (*large, seed) >= (value, *first));
        if place < LARGEST_MAX {
            self.largest.insert(place, (value, seed));
            self.largest.truncate(LARGEST_MAX);
        }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The smallest.
    pub fn min(&self) -> u64 {
        self.min
    }

    /// The largest.
    pub fn max(&self) -> u64 {
        self.max
    }

    /// What so many of a hundred do not exceed: the largest number in the bucket of the one that it is.
    pub fn percentile(&self, percent: u64) -> u64 {
        let rank = u128::from(self.count) * u128::from(percent);
        let mut below: u128 = 0;
        for (low, count) in &self.buckets {
            below += u128::from(*count) * 100;
            if below >= rank {
                return ceiling(*low).clamp(self.min, self.max);
            }
        }
        self.max
    }

    /// The buckets that have anything in them: the smallest number of each, the largest, and how many there are.
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u64, u64)> {
        self.buckets.iter().map(|(low, count)| (*low, ceiling(*low), *count))
    }

    /// The largest, with the seeds of their runs, the largest first.
    pub fn largest(&self) -> &[(u64, u64)] {
        &self.largest
    }
}

/// The bits of a number that do not count for its bucket.
fn rest(value: u64) -> u32 {
    (u64::BITS - value.leading_zeros()).saturating_sub(KEPT_BITS + 1)
}

/// The smallest number of a bucket.
fn floor(value: u64) -> u64 {
    value >> rest(value) << rest(value)
}

/// The largest number of the bucket with this smallest.
fn ceiling(low: u64) -> u64 {
    low | ((1 << rest(low)) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_said_of_numbers_is_near_what_is_so(mut values in prop::collection::vec(any::<u64>().prop_flat_map(|bits| (0..64_u32).prop_map(move |by| bits >> by)), 1..200)) {
            let mut spread = Spread::default();
            values.iter().zip(0..).for_each(|(value, seed)| spread.add(*value, seed));
            let mut largest: Vec<(u64, u64)> = values.iter().copied().zip(0..).collect();
            largest.sort_by_key(|(value, seed)| (std::cmp::Reverse(*value), *seed));
            largest.truncate(LARGEST_MAX);
            prop_assert_eq!(spread.largest(), &largest[..]);
            values.sort_unstable();
            prop_assert_eq!((spread.min(), spread.max()), (values[0], values[values.len() - 1]));
            for percent in [1, 50, 90, 99, 100] {
                let exact = values[(values.len() * percent).div_ceil(100) - 1];
                let said = spread.percentile(percent as u64);
                prop_assert!(said >= exact && said - exact <= exact / 16, "{said} for {exact}");
            }
            prop_assert_eq!(spread.buckets().map(|(_, _, count)| count).sum::<u64>(), values.len() as u64);
            for (low, high, count) in spread.buckets() {
                prop_assert_eq!(values.iter().filter(|value| (low..=high).contains(value)).count() as u64, count);
            }
        }
    }
}

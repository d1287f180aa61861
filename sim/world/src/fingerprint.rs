//! The running hash over all events of a run. Two runs with equal fingerprints did the same things in the same order.

use cosim_base::mix;
use std::fmt;

/// A running 64-bit hash. It covers what happened and when: not the seed, a path, the scenario's name, nor where a
/// decision came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of a run in which nothing has happened.
    pub const EMPTY: Fingerprint = Fingerprint(0);

    /// Folds in two words.
    #[inline]
    pub fn fold(&mut self, a: u64, b: u64) {
        self.0 = mix(self.0.wrapping_add(a), b);
    }

    /// The hash as a number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

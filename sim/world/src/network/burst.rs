//! Losses that come in bursts: the model of Gilbert and Elliott, with the names that `tc-netem` gives its parameters.

use super::Ppm;

/// A direction of a link is in a good or in a bad state. A message may be lost by what its state says, and then the
/// state may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Burst {
    /// How often a good state becomes a bad one: `p`.
    pub begins: Ppm,
    /// How often a bad state becomes a good one: `r`.
    pub ends: Ppm,
    /// How often a message is lost in a bad state: `1-h`.
    pub bad_loss: Ppm,
    /// How often a message is lost in a good state: `1-k`.
    pub good_loss: Ppm,
}

/// The state of one direction of a link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Weather {
    #[default]
    Good,
    Bad,
}

impl Weather {
    /// Whether one message is lost, and the state after it, decided by 42 random bits.
    pub(crate) fn pass(self, burst: &Burst, bits: u64) -> (bool, Weather) {
        let (loss, change, other) = match self {
            Weather::Good => (burst.good_loss, burst.begins, Weather::Bad),
            Weather::Bad => (burst.bad_loss, burst.ends, Weather::Good),
        };
        (loss.happens(bits), if change.happens(bits >> 21) { other } else { self })
    }
}

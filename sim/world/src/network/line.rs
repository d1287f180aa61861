//! A line that carries so many bytes a second: how long a message takes to leave, and how much waits at a moment. Whole
//! numbers throughout, and nothing is drawn.

use cosim_base::Span;
use std::num::NonZeroU64;

/// The fastest line: a terabyte a second.
pub const BANDWIDTH_MAX: u64 = 1_000_000_000_000;

/// The longest queue before a line: a gigabyte.
pub const QUEUE_MAX: u64 = 1_000_000_000;

/// The queue before a line of which nothing else is said: 256 kilobytes.
pub const QUEUE_DEFAULT: u64 = 256_000;

const US_PER_S: u64 = 1_000_000;

/// How long `bytes` take to leave, rounded up.
pub(crate) fn time_for(bytes: u64, bandwidth: NonZeroU64) -> Span {
    let us = (u128::from(bytes) * u128::from(US_PER_S)).div_ceil(u128::from(bandwidth.get()));
    Span::from_us(u64::try_from(us).unwrap_or(u64::MAX))
}

/// How many bytes leave in a time, rounded up.
pub(crate) fn bytes_in(time: Span, bandwidth: NonZeroU64) -> u64 {
    let bytes = (u128::from(time.as_us()) * u128::from(bandwidth.get())).div_ceil(u128::from(US_PER_S));
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

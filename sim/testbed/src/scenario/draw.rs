//! Numbers, times and entries of lists from a stream, each for one word.

use crate::stream::Stream;
use cosim_core::{Span, Time};

/// A time at least `from` and less than `width` later. Takes one word.
pub(super) fn time_within(stream: &mut Stream, from: Span, width: Span) -> Time {
    Time::ZERO + from + Span::from_us(stream.below(width.as_us()))
}

/// A number between two bounds, both included. Takes one word.
pub(super) fn number_within(stream: &mut Stream, [min, max]: [u32; 2]) -> u32 {
    let drawn = stream.below(u64::from(max - min) + 1);
    min + u32::try_from(drawn).expect("at most the difference of two 32-bit numbers")
}

/// An entry of a list that is not empty. Takes one word.
pub(super) fn pick<T: Copy>(stream: &mut Stream, list: &[T]) -> T {
    list[stream.index(list.len())]
}

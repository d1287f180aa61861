//! What the network does to messages: the conditions of one direction of a link, all in integers.

mod burst;
mod line;
mod quantiles;

pub use burst::Burst;
pub(crate) use burst::Weather;
pub use line::{BANDWIDTH_MAX, QUEUE_DEFAULT, QUEUE_MAX};
pub(crate) use line::{bytes_in, time_for};
pub use quantiles::Quantiles;

use cosim_base::Span;
use std::num::NonZeroU64;

/// A probability in parts per million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ppm(u32);

impl Ppm {
    /// It never happens.
    pub const NEVER: Ppm = Ppm(0);
    /// It always happens.
    pub const ALWAYS: Ppm = Ppm(1_000_000);

    /// `ppm` parts per million; `None` above a million.
    pub const fn new(ppm: u32) -> Option<Ppm> {
        if ppm <= 1_000_000 { Some(Ppm(ppm)) } else { None }
    }

    /// `percent` parts per hundred; `None` above a hundred.
    pub const fn percent(percent: u32) -> Option<Ppm> {
        if percent <= 100 { Some(Ppm(percent * 10_000)) } else { None }
    }

    /// Parts per million.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Whether it happens, decided by the lowest 21 random bits.
    #[inline]
    pub const fn happens(self, bits: u64) -> bool {
        const BITS: u32 = 21;
        (bits & ((1 << BITS) - 1)) * 1_000_000 < (self.0 as u64) << BITS
    }
}

/// A span between two bounds, both included, every microsecond equally likely.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpanRange {
    min_us: u32,
    max_us: u32,
}

impl SpanRange {
    /// The longest bound, about 71 minutes: a draw is 32 bits wide.
    pub const LIMIT: Span = Span::from_us(u32::MAX as u64 - 1);

    /// Always `span`; `None` above [`LIMIT`](Self::LIMIT).
    pub fn constant(span: Span) -> Option<SpanRange> {
        SpanRange::new(span, span)
    }

    /// From `min` to `max`; `None` where they are the wrong way round or above [`LIMIT`](Self::LIMIT).
    pub fn new(min: Span, max: Span) -> Option<SpanRange> {
        let us = |span: Span| u32::try_from(span.as_us()).ok();
        let range = SpanRange { min_us: us(min)?, max_us: us(max)? };
        (min <= max && max <= Self::LIMIT).then_some(range)
    }

    /// The lower bound: what happens where nothing is drawn.
    pub const fn min(self) -> Span {
        Span::from_us(self.min_us as u64)
    }

    /// The upper bound.
    pub const fn max(self) -> Span {
        Span::from_us(self.max_us as u64)
    }

    /// The span that 32 random bits stand for.
    #[inline]
    pub fn pick(self, bits: u32) -> Span {
        let width = u64::from(self.max_us - self.min_us) + 1;
        Span::from_us(u64::from(self.min_us) + ((u64::from(bits) * width) >> 32))
    }
}

/// The conditions of a link, the same in both directions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// How long a message takes. Messages of one direction stay in order all the same, unless reordered.
    pub latency: SpanRange,
    /// How latencies are distributed over that range; `None` where each is equally likely.
    pub latency_quantiles: Option<Quantiles>,
    /// How often a message is lost.
    pub loss: Ppm,
    /// How often a message arrives twice; the second copy takes a latency of its own and keeps no order.
    pub duplicate: Ppm,
    /// How often a message leaves the order: it waits for none before it and holds up none behind it.
    pub reorder: Ppm,
    /// How much longer a reordered message takes.
    pub reorder_delay: SpanRange,
    /// How long after a connect or disconnect each end notices it, drawn for each end.
    pub notice: SpanRange,
    /// How much longer every message takes than it would.
    pub slow_by: Span,
    /// Losses that come in bursts.
    pub burst: Option<Burst>,
    /// How often a message arrives once more, long after.
    pub replay: Ppm,
    /// How long after it was sent.
    pub replay_delay: SpanRange,
    /// How often one bit of a message flips on its way.
    pub damage: Ppm,
    /// How often the end of a message is cut off on its way.
    pub truncate: Ppm,
    /// How many bytes a second leave; `None` where there is no such limit. Where it is 0, what is sent waits until that
    /// changes.
    pub bandwidth: Option<u64>,
    /// How many bytes may wait to leave, where there is such a limit. What does not fit is lost; of a message
    /// that is larger than half of it, the rest waits with its sender.
    pub queue: Option<u64>,
}

impl Network {
    /// The same conditions without anything that loses, alters, repeats or reorders a message by chance. How slow a link is
    /// and how much it carries stay as they are; only one that carries nothing carries everything.
    #[must_use]
    pub fn calm(self) -> Network {
        let Network {
            latency, latency_quantiles, reorder_delay, notice, slow_by, replay_delay, queue, ..
        } = self;
        let bandwidth = self.bandwidth.filter(|bytes| *bytes > 0);
        Network {
            latency,
            latency_quantiles,
            reorder_delay,
            notice,
            slow_by,
            replay_delay,
            bandwidth,
            queue,
            ..Network::default()
        }
    }

    /// The latency that 32 random bits stand for.
    #[inline]
    pub fn pick_latency(&self, bits: u32) -> Span {
        match &self.latency_quantiles {
            None => self.latency.pick(bits),
            Some(quantiles) => quantiles.pick(bits),
        }
    }

    /// How long it takes until so many bytes have left, where the line is bounded and carries anything.
    pub fn time_to_leave(&self, bytes: u64) -> Option<Span> {
        self.bandwidth.and_then(NonZeroU64::new).map(|bandwidth| time_for(bytes, bandwidth))
    }
}

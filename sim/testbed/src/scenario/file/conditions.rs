//! The conditions of links: what a file says of a network, and what that makes of one.
//!
//! Every condition is one row of the table below. What it means is said by the world, in [`network`](crate::network).

use super::{Bytes, Duration, DurationRange, Percent, Quantiles, Rate};
use crate::network::{self, Ppm, SpanRange};
use crate::scenario::act::{Named, Refs};
use cosim_core::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;

/// Makes the sections of a file, and what is done with every condition, from rows:
///
/// ```text
/// /// What the condition is.
/// field: type, default "in words", without chance what-is-left
///     [, chance of what becomes of messages] [, swarm up to usual or extreme];
/// ```
macro_rules! conditions {
    ($(
        #[doc = $doc:literal]
        $field:ident: $type:ty, default $default:literal, without chance $left:expr
            $(, chance of $chance:ident)?
            $(, swarm up to $usual:literal or $extreme:literal)?;
    )+) => {
        /// The conditions of links.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct Network {
            $(
                #[doc = concat!($doc, " Default ", $default, ".")]
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )+
        }

        /// A change to the conditions of one link or of all links. Only the given fields change.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, bound = "")]
        #[schemars(bound = "")]
        pub struct NetworkChange<R: Refs = Named> {
            /// The two nodes of the link. Default all links.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub between: Option<[R::Node; 2]>,
            $(
                #[doc = $doc]
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )+
        }

        impl<R: Refs> NetworkChange<R> {
            /// These conditions, of a link or of all.
            pub(crate) fn new(between: Option<[R::Node; 2]>, conditions: Network) -> NetworkChange<R> {
                NetworkChange { between, $($field: conditions.$field),+ }
            }

            /// The fields given, without the link.
            pub fn conditions(&self) -> Network {
                Network { $($field: self.$field),+ }
            }
        }

        impl Network {
            /// What a file would say of these conditions.
            pub(crate) fn of(network: &network::Network) -> Network {
                Network { $($field: Condition::of(network.$field)),+ }
            }

            /// What is given, put in the place of what `network` has.
            fn put(&self, network: &mut network::Network) {
                $(if let Some(given) = self.$field {
                    network.$field = given.means();
                })+
            }

            /// What is given here, and what is not, as `other` gives it.
            pub(crate) fn or(self, other: Network) -> Network {
                let other = other.without_latency_of(self);
                Network { $($field: self.$field.or(other.$field)),+ }
            }

            /// What is left of it without chance.
            pub(crate) fn without_chance(self) -> Network {
                let ranged = self.with_latency_as_range();
                Network { $($field: ranged.$field.and_then($left)),+ }
            }

            /// What these conditions may do to a message by chance.
            pub(crate) fn chances(network: &network::Network) -> impl Iterator<Item = Chance> + use<> {
                let chances = [$($(<$type>::may_happen(network.$field).then_some(Chance::$chance),)?)+];
                chances.into_iter().flatten()
            }

            /// The chances that a swarm draws: `rate` draws one by its name, up to a usual or an extreme percentage.
            /// What it leaves out never happens.
            pub(crate) fn swarm(mut rate: impl FnMut(&str, u64, u64) -> Option<Ppm>) -> Network {
                let mut drawn = Network::default();
                $($(
                    let chance = rate(stringify!($field), $usual, $extreme);
                    drawn.$field = Some(Percent(chance.unwrap_or_default()));
                )?)+
                drawn
            }
        }
    };
}

conditions! {
    /// How long a message takes.
    latency: DurationRange, default "50ms", without chance shortest;
    /// How latencies are distributed, in place of a range: how much of them is below which.
    latency_quantiles: Quantiles, default "each of `latency` equally likely", without chance nothing;
    /// How often a message is lost.
    loss: Percent, default "0%", without chance nothing, chance of Loss, swarm up to 10 or 60;
    /// How often a message arrives twice.
    duplicate: Percent, default "0%", without chance nothing, chance of Duplicate, swarm up to 10 or 50;
    /// How often a message is taken out of order.
    reorder: Percent, default "0%", without chance nothing, chance of Reorder, swarm up to 15 or 80;
    /// How much longer a message takes that is out of order.
    reorder_delay: DurationRange, default "up to four times the longest latency", without chance nothing;
    /// How long each end takes to notice a connect or disconnect.
    notice: DurationRange, default "0ms", without chance nothing;
    /// How much longer every message takes.
    slow_by: Duration, default "0ms", without chance Some;
    /// Losses that come in bursts.
    burst: Burst, default "none", without chance nothing, chance of Loss;
    /// How often a message arrives once more, much later, perhaps after its connection has ended.
    replay: Percent, default "0%", without chance nothing, chance of Replay, swarm up to 2 or 20;
    /// How long after it was sent a replayed message arrives.
    replay_delay: DurationRange, default "1s..60s", without chance nothing;
    /// How often one bit of a message flips.
    damage: Percent, default "0%", without chance nothing, chance of Damage, swarm up to 2 or 15;
    /// How often the end of a message is cut off.
    truncate: Percent, default "0%", without chance nothing, chance of Damage, swarm up to 2 or 15;
    /// How many bytes a second a link carries in each direction.
    bandwidth: Rate, default "unlimited", without chance Some;
    /// How many bytes may wait to be sent in each direction. What does not fit is lost.
    queue: Bytes, default "256KB", without chance Some;
}

/// What may become of a message by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chance {
    Loss,
    Duplicate,
    Reorder,
    Replay,
    Damage,
}

impl Percent {
    /// Whether what has this chance can happen.
    fn may_happen(chance: Ppm) -> bool {
        chance != Ppm::NEVER
    }
}

impl Burst {
    /// Whether a message can be lost at all.
    fn may_happen(burst: Option<network::Burst>) -> bool {
        burst.is_some_and(|burst| burst.begins.max(burst.good_loss) != Ppm::NEVER)
    }
}

/// Without chance, every message takes the shortest time.
fn shortest(DurationRange(range): DurationRange) -> Option<DurationRange> {
    SpanRange::constant(range.min()).map(DurationRange)
}

/// Without chance, it does not happen.
fn nothing<T>(_: T) -> Option<T> {
    None
}

impl Network {
    /// The same without a latency, if `first` gives one, be it as a range or as quantiles.
    fn without_latency_of(self, first: Network) -> Network {
        if first.latency.is_none() && first.latency_quantiles.is_none() {
            return self;
        }
        Network { latency: None, latency_quantiles: None, ..self }
    }

    /// The same, with the range of the quantiles as its latency, where it gives those.
    pub(crate) fn with_latency_as_range(self) -> Network {
        let range = self.latency_quantiles.map(|quantiles| DurationRange(quantiles.0.range()));
        Network { latency: range.or(self.latency), ..self }
    }

    /// What is left of it on a link whose contract is `stream`.
    pub(crate) fn of_stream(self) -> Network {
        let Network { latency, latency_quantiles, notice, slow_by, bandwidth, .. } = self;
        Network { latency, latency_quantiles, notice, slow_by, bandwidth, ..Network::default() }
    }

    /// The conditions after this change to `network`. Where reordering is switched on and no delay was ever given, a
    /// reordered message takes up to four times the longest latency more; where replaying is, a replayed one comes after
    /// one second to a minute.
    pub fn apply(&self, mut network: network::Network) -> network::Network {
        let quantiles = self.latency_quantiles.map(|quantiles| quantiles.0);
        let given = quantiles.map(|quantiles| quantiles.range()).or(self.latency.map(|range| range.0));
        let latency = given.unwrap_or(network.latency);
        if self.reorder.is_some() && network.reorder_delay == SpanRange::default() {
            network.reorder_delay = default_delay(latency);
        }
        if self.replay.is_some() && network.replay_delay == SpanRange::default() {
            network.replay_delay = usual_replay_delay();
        }
        self.put(&mut network);
        if given.is_some() {
            (network.latency, network.latency_quantiles) = (latency, quantiles);
        }
        network
    }
}

/// From nothing to four times the longest latency.
fn default_delay(latency: SpanRange) -> SpanRange {
    let max = latency.max().saturating_mul(4).min(SpanRange::LIMIT);
    SpanRange::new(Span::ZERO, max).expect("zero comes before any bound, and the bound is within the limit")
}

fn usual_replay_delay() -> SpanRange {
    SpanRange::new(Span::from_s(1), Span::from_s(60)).expect("in order, and far below the limit")
}

/// Losses that come in bursts: the model of Gilbert and Elliott, with the names that `tc-netem` gives its parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// The probability that a good stretch ends with a message.
    pub p: Percent,
    /// The probability that a bad stretch ends with a message. Default 100% minus `p`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r: Option<Percent>,
    /// How often a message is lost in a bad stretch. Default 100%.
    #[serde(rename = "1-h", skip_serializing_if = "Option::is_none")]
    pub bad_loss: Option<Percent>,
    /// How often a message is lost in a good stretch. Default 0%.
    #[serde(rename = "1-k", skip_serializing_if = "Option::is_none")]
    pub good_loss: Option<Percent>,
}

/// How a file writes a condition of the world.
trait Condition: Sized {
    /// What the world has.
    type Means;

    /// What a file says where the world has this; nothing where this is no condition at all.
    fn of(means: Self::Means) -> Option<Self>;

    /// What it means.
    fn means(self) -> Self::Means;
}

impl Condition for DurationRange {
    type Means = SpanRange;

    fn of(range: SpanRange) -> Option<DurationRange> {
        Some(DurationRange(range))
    }

    fn means(self) -> SpanRange {
        self.0
    }
}

impl Condition for Quantiles {
    type Means = Option<network::Quantiles>;

    fn of(quantiles: Option<network::Quantiles>) -> Option<Quantiles> {
        quantiles.map(Quantiles)
    }

    fn means(self) -> Option<network::Quantiles> {
        Some(self.0)
    }
}

impl Condition for Duration {
    type Means = Span;

    fn of(span: Span) -> Option<Duration> {
        (span != Span::ZERO).then_some(Duration(span))
    }

    fn means(self) -> Span {
        self.0
    }
}

impl Condition for Percent {
    type Means = Ppm;

    fn of(chance: Ppm) -> Option<Percent> {
        (chance != Ppm::NEVER).then_some(Percent(chance))
    }

    fn means(self) -> Ppm {
        self.0
    }
}

impl Condition for Rate {
    type Means = Option<u64>;

    fn of(rate: Option<u64>) -> Option<Rate> {
        rate.map(|rate| Rate(Some(rate)))
    }

    fn means(self) -> Option<u64> {
        self.0
    }
}

impl Condition for Bytes {
    type Means = Option<u64>;

    fn of(bytes: Option<u64>) -> Option<Bytes> {
        bytes.and_then(NonZeroU64::new).map(Bytes)
    }

    fn means(self) -> Option<u64> {
        Some(self.0.get())
    }
}

impl Condition for Burst {
    type Means = Option<network::Burst>;

    fn of(burst: Option<network::Burst>) -> Option<Burst> {
        burst.map(|burst| Burst {
            p: Percent(burst.begins),
            r: Some(Percent(burst.ends)),
            bad_loss: Some(Percent(burst.bad_loss)),
            good_loss: Some(Percent(burst.good_loss)),
        })
    }

    /// With the defaults that `tc-netem` has.
    fn means(self) -> Option<network::Burst> {
        let begins = self.p.0;
        let rest = Ppm::new(Ppm::ALWAYS.get() - begins.get()).expect("what is left of the whole");
        Some(network::Burst {
            begins,
            ends: self.r.map_or(rest, |percent| percent.0),
            bad_loss: self.bad_loss.map_or(Ppm::ALWAYS, |percent| percent.0),
            good_loss: self.good_loss.map_or(Ppm::NEVER, |percent| percent.0),
        })
    }
}

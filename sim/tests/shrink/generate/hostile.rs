//! Conditions under which links do more than lose, delay, double and reorder.

use super::{Network, NetworkChange, percent, range, span};
use cosim_testbed::scenario::file::{Burst, Bytes, Rate};
use proptest::prelude::*;
use std::num::NonZeroU64;

pub(super) fn network() -> impl Strategy<Value = Network> {
    let bytes = |from: u64, to: u64| (from..to).prop_map(|n| NonZeroU64::new(n).expect("at least one"));
    let burst = (percent(30), prop::option::of(percent(90)), prop::option::of(percent(90)));
    (
        prop::option::of(span(0..900)),
        prop::option::of(burst),
        prop::option::of(percent(30)),
        prop::option::of(range(0..20_000)),
        prop::option::of(percent(30)),
        prop::option::of(percent(30)),
        prop::option::of(prop::option::weighted(0.8, prop_oneof![1 => Just(0_u64), 4 => 200..20_000_u64])),
        prop::option::of(bytes(500, 50_000)),
    )
        .prop_map(|(slow_by, burst, replay, replay_delay, damage, truncate, bandwidth, queue)| Network {
            slow_by,
            burst: burst.map(|(p, r, bad_loss)| Burst { p, r, bad_loss, good_loss: None }),
            replay,
            replay_delay,
            damage,
            truncate,
            bandwidth: bandwidth.map(Rate),
            queue: queue.map(Bytes),
            ..Network::default()
        })
}

/// The same conditions as a change.
pub(super) fn change(network: &Network) -> NetworkChange {
    NetworkChange {
        slow_by: network.slow_by,
        burst: network.burst,
        replay: network.replay,
        replay_delay: network.replay_delay,
        damage: network.damage,
        truncate: network.truncate,
        bandwidth: network.bandwidth,
        queue: network.queue,
        ..NetworkChange::default()
    }
}

//! The conditions of links, as far as a file gives them.

use super::{At, NetworkChange, Problem, Report, SpanRange, file};
use crate::network::{Burst, Ppm};

pub(in crate::scenario) fn conditions(
    network: &file::Network,
    at: &At<'_>,
    report: &mut Report,
) -> NetworkChange {
    if let Some(file::Duration(slow_by)) = network.slow_by
        && slow_by > SpanRange::LIMIT
    {
        let place = at.key("slow_by").value();
        let problem = Problem::new(place, format!("duration {slow_by} is too long for a network"));
        report.add(problem.help(format!("the longest is about 71m, exactly {}", SpanRange::LIMIT)));
    }
    NetworkChange {
        latency: network.latency.map(|range| range.0),
        loss: network.loss.map(|percent| percent.0),
        duplicate: network.duplicate.map(|percent| percent.0),
        reorder: network.reorder.map(|percent| percent.0),
        reorder_delay: network.reorder_delay.map(|range| range.0),
        notice: network.notice.map(|range| range.0),
        slow_by: network.slow_by.map(|duration| duration.0),
        burst: network.burst.map(burst),
        replay: network.replay.map(|percent| percent.0),
        replay_delay: network.replay_delay.map(|range| range.0),
        damage: network.damage.map(|percent| percent.0),
        truncate: network.truncate.map(|percent| percent.0),
        bandwidth: network.bandwidth.map(|rate| rate.0),
        queue: network.queue.map(|bytes| bytes.0.get()),
    }
}

/// With the defaults that `tc-netem` has.
fn burst(burst: file::Burst) -> Burst {
    let begins = burst.p.0;
    let rest = Ppm::new(Ppm::ALWAYS.get() - begins.get()).expect("what is left of the whole");
    Burst {
        begins,
        ends: burst.r.map_or(rest, |percent| percent.0),
        bad_loss: burst.bad_loss.map_or(Ppm::ALWAYS, |percent| percent.0),
        good_loss: burst.good_loss.map_or(Ppm::NEVER, |percent| percent.0),
    }
}

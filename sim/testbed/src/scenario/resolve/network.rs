//! The conditions of links, as far as a file gives them.

use super::{At, Problem, Report, SpanRange, file};

pub(in crate::scenario) fn conditions(
    network: &file::Network,
    at: &At<'_>,
    report: &mut Report,
) -> file::Network {
    if let Some(file::Duration(slow_by)) = network.slow_by
        && slow_by > SpanRange::LIMIT
    {
        let place = at.key("slow_by").value();
        let problem = Problem::new(place, format!("duration {slow_by} is too long for a network"));
        report.add(problem.help(format!("the longest is about 71m, exactly {}", SpanRange::LIMIT)));
    }
    if network.latency.is_some() && network.latency_quantiles.is_some() {
        let problem =
            Problem::new(at.key("latency_quantiles").name(), "both `latency` and `latency_quantiles`");
        report
            .add(problem.help("leave one of them out: the quantiles say the shortest and the longest, too"));
    }
    *network
}

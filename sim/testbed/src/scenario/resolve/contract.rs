//! What must not happen on a link whose contract is `stream`: that a connection loses, doubles, reorders or damages
//! anything. It may end at any time, and what is under way on it is lost then.

use super::timeline::Timeline;

use super::{At, Problem, Report};
use crate::network::QUEUE_MAX;
use crate::scenario::file::{Contract, Network};
use crate::scenario::{Act, Faults, LinkSpec, Numbered};

/// What to do instead.
const HELP: &str = "cut it with `disconnect`, `offline` or `half_open`, slow it down with `latency`, `slow_by` or \
    `bandwidth`, or say `\"contract\": \"datagram\"` on the link";

/// Checks what happens on links, and to them.
pub(super) fn check(links: &[LinkSpec], timeline: &Timeline, faults: Option<&Faults>, report: &mut Report) {
    let root = At::Root;
    let at = root.key("timeline");
    let is_stream = |ends: Option<[u32; 2]>| {
        let mut of = links.iter().filter(|link| ends.is_none_or(|ends| link.ends == ends));
        of.any(|link| link.contract == Contract::Stream)
    };
    for (entry, operation) in timeline.operations() {
        let broken = breaks(&operation.act).filter(|ends| is_stream(*ends));
        if broken.is_some() {
            let key = operation.act.key();
            let message = format!("`{key}` on a link whose contract is `stream`");
            let problem = Problem::new(at.index(entry).key(key).value(), message);
            report.add(problem.expected("nothing that a connection may not do").help(HELP));
        }
    }
    let Some(faults) = faults.filter(|faults| !faults.swarm) else { return };
    let all_stream = faults.links.iter().all(|link| links[*link as usize].contract == Contract::Stream);
    for kind in faults.asked().filter(|kind| kind.row().loses() && all_stream) {
        let at = root.key("faults");
        let at = at.key(kind.row().field);
        let problem =
            Problem::new(at.name(), "every link that they could happen to has the contract `stream`");
        report.add(problem.help(HELP));
    }
}

/// Whether an act breaks the contract of a link, and between whom: `None` within for all links.
#[expect(clippy::wildcard_enum_match_arm, reason = "few of many acts do")]
fn breaks(act: &Act<Numbered>) -> Option<Option<[u32; 2]>> {
    let ends = |ends: Option<&[u32; 2]>| ends.map(|[a, b]| [*a.min(b), *a.max(b)]);
    match act {
        Act::Partition(it) => Some(ends(it.way().ends().map(|[a, b]| [*a, *b]).as_ref())),
        Act::Hold(it) => Some(ends(it.way().ends().map(|[a, b]| [*a, *b]).as_ref())),
        Act::Drop(it) => Some(ends(it.way().ends().map(|[a, b]| [*a, *b]).as_ref())),
        Act::Network(change) if chances(change.conditions()) => Some(ends(change.between.as_ref())),
        _ => None,
    }
}

/// Whether conditions have chances in them, or a queue out of which messages fall.
pub(super) fn chances(conditions: Network) -> bool {
    let network = conditions.apply(crate::network::Network::default());
    let falls_out = conditions.queue.is_some() && network.queue < Some(QUEUE_MAX);
    Network::chances(&network).next().is_some() || falls_out
}

/// The conditions of a link with this contract: nothing falls out of the queue before a stream.
pub(super) fn within(contract: Contract, mut network: crate::network::Network) -> crate::network::Network {
    if contract == Contract::Stream {
        network.queue = Some(QUEUE_MAX);
    }
    network
}

/// Checks the conditions of a link.
pub(super) fn check_link(
    contract: Contract,
    own: Network,
    general: Network,
    at: &At<'_>,
    report: &mut Report,
) {
    if contract != Contract::Stream || !chances(own.or(general)) {
        return;
    }
    let root = At::Root;
    let place = if chances(own) { at.key("network").value() } else { root.key("network").value() };
    let problem = Problem::new(place, "chances on a link whose contract is `stream`");
    report
        .add(problem.expected("no loss, duplication, reordering, replay, damage, and no `queue`").help(HELP));
}

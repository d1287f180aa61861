//! How long silence may take once the faults have ended, where a file says nothing: computed from the deadlines of the
//! nodes and from how far and how slowly a message may have to go.

use super::topology::hops;
use super::{Act, Chapter, LinkSpec, MAX_DURATION, NodeSpec};
use cosim_core::Span;

/// How many of the longest deadlines may pass one after another: two until what was lost is repeated, and six for content
/// that a peer refuses for good (rule 5).
const CAPS: u64 = 8;

/// For what no deadline bounds: an end that notices late that a connection is there, and writes that are under way.
const SLACK: Span = Span::from_s(10);

/// How long guests may go on by themselves.
const OF_GUESTS: Span = Span::from_s(900);

pub(super) fn quiet_within(nodes: &[NodeSpec], links: &[LinkSpec], chapters: &[Chapter]) -> Span {
    let longest = |of: fn(&NodeSpec) -> Span| nodes.iter().map(of).max().unwrap_or_default();
    let hop = longest(|node| node.base) + slowest(links, chapters).saturating_mul(2);
    let deadlines = longest(|node| node.cap).saturating_mul(CAPS);
    // What guests wait for is their own business: the package's longest timer but those of its garbage collector is of two
    // minutes.
    let guests = if nodes.iter().any(|node| node.guest.is_some()) { OF_GUESTS } else { Span::ZERO };
    // A frozen scenario says it in so many words.
    (guests + deadlines + hop.saturating_mul(hops(nodes.len(), links) + 1) + SLACK).min(MAX_DURATION)
}

/// The longest that a message may take on any link, whatever the timeline makes of it.
fn slowest(links: &[LinkSpec], chapters: &[Chapter]) -> Span {
    let at_first = links.iter().map(|link| link.network.latency.max() + link.network.slow_by);
    let operations = chapters.iter().flat_map(|chapter| &chapter.operations);
    let changes = operations.filter_map(|operation| {
        let Act::Network(change) = &operation.act else { return None };
        Some(change.conditions().with_latency_as_range())
    });
    let (mut latency, mut slow_by) = (Vec::new(), Vec::new());
    for change in changes {
        latency.extend(change.latency.map(|range| range.0.max()));
        slow_by.extend(change.slow_by.map(|span| span.0));
    }
    let of_links = |of: fn(&LinkSpec) -> Span| links.iter().map(of).max().unwrap_or_default();
    let changed = (!latency.is_empty() || !slow_by.is_empty()).then(|| {
        // Each may be said of a link that another entry has changed before.
        let latency = latency.into_iter().max().unwrap_or_default();
        let slow_by = slow_by.into_iter().max().unwrap_or_default();
        let [longest, slowest] =
            [of_links(|link| link.network.latency.max()), of_links(|link| link.network.slow_by)];
        latency.max(longest) + slow_by.max(slowest)
    });
    at_first.chain(changed).max().unwrap_or_default()
}

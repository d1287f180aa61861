//! What bounded lines add to the time that a run may take: the bytes that must pass the thinnest of them, with room for
//! repeats. What there is to pass is reckoned from what nodes hold, not from what they think of each other.

use super::SETTLE;
use crate::cojson::{CoJson, SimCrypto};
use crate::network::{Network, QUEUE_DEFAULT};
use crate::scenario::{Act, Chapter, LinkSpec, Scenario, Workload};
use crate::world::View;
use cosim_core::node::PIECE_BYTES_MAX;
use cosim_core::{CoId, Crypto, SessionId, Span, Time};
use std::collections::BTreeMap;

/// How often everything may have to pass a line: while a message waits in a queue for longer than a deadline, it is sent
/// again, and so is what waits behind it.
const REPEATS: u64 = 8;

/// How many full queues a load may wait for at each node on its way: before it can be said, and once for each of the three
/// deadlines that its answer has.
const QUEUES_FOR_LOAD: u64 = 4;

/// About what a message and a session named in it take beside what they carry.
const FRAME: u64 = 250;
const SESSION: u64 = 100;

/// All that there is to pass.
#[derive(Clone, Copy, Debug, Default)]
struct Freight {
    /// Messages that bring something new, at most.
    messages: u64,
    /// Their bytes, and those of the answers.
    bytes: u64,
}

/// How much longer silence may take than it would if no line were bounded; nothing where none is.
pub(super) fn time_to_pass<N: CoJson>(scenario: &Scenario, networks: &[Network], view: &View<'_, N>) -> Span {
    if networks.iter().all(|network| network.bandwidth.is_none()) {
        return Span::ZERO;
    }
    let freight = Freight::of(view);
    let base = scenario.nodes.iter().map(|node| node.base).max().unwrap_or_default();
    let slowest = networks.iter().filter_map(|network| freight.passes(network, base)).max();
    slowest.unwrap_or_default().saturating_mul(scenario.hops())
}

impl Freight {
    /// The longest log of each session that any node holds, and what is said about it.
    fn of<N: CoJson>(view: &View<'_, N>) -> Freight {
        let mut co_values: BTreeMap<CoId, BTreeMap<SessionId, Freight>> = BTreeMap::new();
        for host in view.hosts {
            for (id, co_value) in &host.node.state().co_values {
                let logs = co_values.entry(*id).or_default();
                for (session, log) in co_value.sessions.iter() {
                    let longest = logs.entry(session).or_default();
                    let messages = u64::from(log.len());
                    if longest.messages < messages {
                        let sizes = log.transactions.iter().map(|it| SimCrypto::transaction_size(it) as u64);
                        *longest = Freight { messages, bytes: sizes.fold(0, u64::saturating_add) };
                    }
                }
            }
        }
        let freight = co_values.values().map(|logs| {
            let sum = logs.values().copied().fold(Freight::default(), Freight::plus);
            // The header goes alone at worst, and is asked for and announced.
            let messages = sum.messages.saturating_add(3);
            let answer = SESSION.saturating_mul(logs.len() as u64).saturating_add(FRAME);
            Freight { messages, bytes: sum.bytes.saturating_add(messages.saturating_mul(answer)) }
        });
        freight.fold(Freight::default(), Freight::plus)
    }

    fn plus(self, other: Freight) -> Freight {
        Freight {
            messages: self.messages.saturating_add(other.messages),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }

    /// How long it takes over a line, where that is bounded: all of it, after what may wait there already, and a deadline
    /// for each time that the line was full.
    fn passes(self, network: &Network, base: Span) -> Option<Span> {
        let queue = network.queue.unwrap_or(QUEUE_DEFAULT).max(1);
        let bytes = self.bytes.saturating_mul(REPEATS).saturating_add(queue.saturating_mul(2));
        let full = self.messages.min(self.bytes.saturating_mul(4) / queue + 1);
        Some(network.time_to_leave(bytes)? + base.saturating_mul(full))
    }
}

/// All conditions that links have from the start, or are given later.
fn networks<'a>(links: &'a [LinkSpec], chapters: &'a [Chapter]) -> impl Iterator<Item = Network> + 'a {
    let operations = chapters.iter().flat_map(|chapter| &chapter.operations);
    let changes = operations.filter_map(|operation| {
        let Act::Network(change) = &operation.act else { return None };
        Some(change.conditions().apply(Network::default()))
    });
    links.iter().map(|link| link.network).chain(changes)
}

/// Whether a line is bounded, be it for a while.
pub(super) fn are_bounded(links: &[LinkSpec], chapters: &[Chapter]) -> bool {
    networks(links, chapters).any(|network| network.bandwidth.is_some())
}

/// How long a load may take, where the file does not say it: each node on the way asks its servers one after another, and
/// gives each three deadlines, as soon as the lines let it. How many nodes there are beside the way is none of its
/// business.
pub(super) fn load_within(scenario: &Scenario) -> Span {
    let longest =
        scenario.nodes.iter().map(|node| node.base.saturating_mul(8).max(node.cap.saturating_mul(4))).max();
    (longest.unwrap_or(Span::ZERO) + time_for_load(scenario)).saturating_mul(scenario.longest_way())
}

/// How much longer a load may take at each node on its way, because lines are full.
fn time_for_load(scenario: &Scenario) -> Span {
    let operations = || scenario.chapters.iter().flat_map(|chapter| &chapter.operations);
    let networks: Vec<Network> = networks(&scenario.links, &scenario.chapters).collect();
    let queue = networks.iter().map(|network| network.queue.unwrap_or(QUEUE_DEFAULT)).max().unwrap_or(0);
    let edits = operations().filter_map(|operation| {
        let Act::Edit(edit) = &operation.act else { return None };
        Some(u64::from(edit.transactions()) * u64::from(edit.size()))
    });
    let drawn = scenario.workloads.iter().map(Workload::largest);
    let largest = edits.chain(drawn).max().unwrap_or(0).saturating_add(PIECE_BYTES_MAX as u64);
    // While nothing passes, nothing can be said: until the faults end, at most.
    let stops = networks.iter().any(|network| network.bandwidth == Some(0));
    let last = operations().map(|operation| operation.at).max().filter(|_| stops);
    let stopped = last.map_or(Span::ZERO, |last| last.since(Time::ZERO) + SETTLE);
    let full = networks.iter().filter_map(|network| network.time_to_leave(queue.saturating_add(largest)));
    full.max().unwrap_or_default().saturating_mul(QUEUES_FOR_LOAD) + stopped
}

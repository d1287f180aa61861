//! Random scenario files, all of them valid: few nodes, and everything that can happen to them.

mod hostile;

use cosim::network::{Ppm, SpanRange};
use cosim::scenario::file::{
    Between, DropMessages, Duration, DurationRange, Edit, Ends, Entry, Expect, Faults, HalfOpen, Hold, Link,
    Mix, Network, NetworkChange, Node, NumberRange, Outage, Percent, Scenario, Subject, VERSION, When, Where,
    Workload,
};
use cosim::scenario::known_mutations;
use cosim_core::{Relationship, Span};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::BTreeSet;

pub(crate) const NODES: [&str; 5] = ["ann", "ben", "cat", "dan", "eve"];
const CO_VALUES: [&str; 3] = ["diary", "notes", "zoo"];

fn ms(number: u64) -> Duration {
    Duration(Span::from_ms(number))
}

/// Durations that are no whole milliseconds too.
fn span(ms: std::ops::Range<u64>) -> impl Strategy<Value = Duration> {
    (ms.start * 1000..ms.end * 1000, any::<bool>())
        .prop_map(|(us, whole)| Duration(Span::from_us(if whole { us / 1000 * 1000 } else { us })))
}

fn range(ms: std::ops::Range<u64>) -> impl Strategy<Value = DurationRange> {
    (span(ms.clone()), span(ms)).prop_map(|(a, b)| {
        DurationRange(
            SpanRange::new(a.0.min(b.0), a.0.max(b.0)).expect("two bounds in order, far below the limit"),
        )
    })
}

fn percent(below: u32) -> impl Strategy<Value = Percent> {
    (0..below).prop_map(|percent| Percent(Ppm::percent(percent).expect("below a hundred")))
}

fn network() -> impl Strategy<Value = Network> {
    let maybe = |percent| prop::option::of(percent);
    (
        prop::option::of(range(0..200)),
        maybe(percent(30)),
        maybe(percent(30)),
        maybe(percent(30)),
        prop::option::of(range(0..400)),
        prop::option::of(range(0..300)),
        prop::option::weighted(0.4, hostile::network()),
    )
        .prop_map(|(latency, loss, duplicate, reorder, reorder_delay, notice, rest)| Network {
            latency,
            loss,
            duplicate,
            reorder,
            reorder_delay,
            notice,
            ..rest.unwrap_or_default()
        })
}

fn node() -> impl Strategy<Value = Node> {
    let mutations: Vec<&'static str> = known_mutations().collect();
    (prop::option::weighted(0.2, select(mutations)), prop::option::weighted(0.3, span(100..2_000))).prop_map(
        |(mutation, base)| Node {
            base,
            mutations: mutation.map(str::to_owned).into_iter().collect(),
            ..Node::default()
        },
    )
}

/// What becomes a link, once it is known which nodes there are: those on one tier are equals, those on a higher one
/// servers, so that there is no circle.
type Tie = (Index, Index, bool, Option<bool>, Option<Network>);

fn links(tiers: &[u8], ties: Vec<Tie>) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let chain = (1..tiers.len()).map(|i| (i - 1, i, false, None, None));
    let drawn = ties.into_iter().map(|(a, b, mirrored, connected, network)| {
        (a.index(tiers.len()), b.index(tiers.len()), mirrored, connected, network)
    });
    for (a, b, mirrored, connected, network) in drawn.chain(chain) {
        let between = [NODES[a].to_owned(), NODES[b].to_owned()];
        let again = links.iter().any(|link| link.between.iter().all(|end| between.contains(end)));
        if a == b || again {
            continue;
        }
        use Relationship::{SyncAllOurs, SyncCommon, SyncTheirs};
        let relationship = match tiers[a].cmp(&tiers[b]) {
            std::cmp::Ordering::Less => [SyncAllOurs, SyncTheirs],
            std::cmp::Ordering::Greater => [SyncTheirs, SyncAllOurs],
            std::cmp::Ordering::Equal if mirrored => [SyncAllOurs, SyncAllOurs],
            std::cmp::Ordering::Equal => [SyncCommon, SyncCommon],
        };
        links.push(Link { between, relationship: Ends(relationship), priority: None, connected, network });
    }
    links
}

/// What becomes an entry: which operation, at which node, link and CoValue, how long after the one before.
#[derive(Clone, Debug)]
struct Step {
    kind: u8,
    gap: Duration,
    waits: bool,
    nodes: [Index; 2],
    co_value: Index,
    number: u32,
    one_way: bool,
    length: Duration,
    network: Network,
}

fn step() -> impl Strategy<Value = Step> {
    (
        0..22_u8,
        prop_oneof![Just(ms(0)), span(0..1_500)],
        prop::bool::weighted(0.12),
        any::<[Index; 2]>(),
        any::<Index>(),
        1..4_u32,
        any::<bool>(),
        prop_oneof![Just(ms(0)), span(0..900)],
        network(),
    )
        .prop_map(|(kind, gap, waits, nodes, co_value, number, one_way, length, network)| Step {
            kind,
            gap,
            waits,
            nodes,
            co_value,
            number,
            one_way,
            length,
            network,
        })
}

fn entry(step: &Step, nodes: usize, links: &[Link]) -> Entry {
    let node = NODES[step.nodes[0].index(nodes)].to_owned();
    let id = CO_VALUES[step.co_value.index(CO_VALUES.len())].to_owned();
    let between = links[step.nodes[1].index(links.len())].between.clone();
    let subject = Some(Subject { node: node.clone(), id: id.clone() });
    let on = Some(Between { between: between.clone() });
    let [from, to] = between.clone();
    let cut = Some(match step.one_way {
        true => Where { from: Some(from.clone()), to: Some(to.clone()), ..Where::default() },
        false => Where { between: Some(between.clone()), ..Where::default() },
    });
    let outage = Some(Outage { node: node.clone(), down_for: Some(step.length) });
    let none = Entry::default();
    match step.kind {
        0 | 1 => Entry { create: subject, ..none },
        2..=4 => {
            let edit = Edit { node, id, transactions: Some(step.number), size: Some(50 * step.number) };
            Entry { edit: Some(edit), ..none }
        }
        5 => Entry { load: subject, ..none },
        6 => Entry { done: subject, ..none },
        7 => Entry { disconnect: on, ..none },
        8 => Entry { connect: on, ..none },
        9 => Entry { partition: cut, ..none },
        10 => Entry { heal: cut, ..none },
        11 => Entry { restart: outage, ..none },
        12 => Entry { wipe: outage, ..none },
        13 | 14 => Entry { hold: Some(filtered(step, cut)), ..none },
        15 => Entry { release: cut, ..none },
        16 => {
            let Hold { between, from, to, kinds, ids } = filtered(step, cut);
            let count = Some(step.number).filter(|number| *number > 1);
            Entry { drop: Some(DropMessages { between, from, to, kinds, ids, count }), ..none }
        }
        17 | 18 => Entry { half_open: Some(HalfOpen { node: from, peer: to }), ..none },
        _ => {
            let Network { latency, loss, duplicate, reorder, reorder_delay, notice, .. } = step.network;
            let between = step.one_way.then_some(between);
            let change = NetworkChange {
                between,
                latency,
                loss,
                duplicate,
                reorder,
                reorder_delay,
                notice,
                ..hostile::change(&step.network)
            };
            Entry { network: Some(change), ..none }
        }
    }
}

/// Messages of some kind in some direction.
fn filtered(step: &Step, way: Option<Where>) -> Hold {
    const KINDS: [&str; 5] = ["content", "correction", "done", "known", "load"];
    let Where { between, from, to } = way.unwrap_or_default();
    let kind = KINDS[step.co_value.index(KINDS.len())].to_owned();
    Hold { between, from, to, kinds: Some(vec![kind]).filter(|_| step.number < 3), ids: None }
}

fn timeline(steps: &[Step], nodes: usize, links: &[Link]) -> Vec<Entry> {
    let mut at = Span::ZERO;
    let mut entries = Vec::new();
    let mut names = BTreeSet::new();
    for step in steps {
        let mut entry = entry(step, nodes, links);
        if let (Some(connect), true) = (&entry.connect, step.one_way) {
            // The names that a run gives what it does of itself are not reserved.
            let mut ends = connect.between.clone();
            ends.sort();
            let verb = if step.number == 1 { "reconnect" } else { "open" };
            entry.name =
                Some(format!("{verb}-{}-{}", ends[0], ends[1])).filter(|name| names.insert(name.clone()));
        }
        if step.waits {
            at = Span::ZERO;
            entry.after = Some(When::Quiet);
        } else {
            at = at + step.gap.0;
            entry.at = Some(Duration(at));
        }
        entries.push(entry);
    }
    entries
}

fn workload() -> impl Strategy<Value = Workload> {
    (0..25_u32, 1..8_u64, prop::option::of((1..6_u32, 0..4_u32, 0..3_u32)), 1..4_u32).prop_map(
        |(operations, until_s, mix, transactions)| Workload {
            operations,
            until: ms(1_000 * until_s),
            co_values: CO_VALUES[1..].iter().map(|&id| id.to_owned()).collect(),
            mix: mix.map(|(edit, load, done)| Mix { edit: Some(edit), load: Some(load), done: Some(done) }),
            transactions: Some(NumberRange { min: 1, max: transactions }),
            ..Workload::default()
        },
    )
}

fn faults() -> impl Strategy<Value = Faults> {
    (1..8_u64, 0..4_u32, 0..4_u32, 0..3_u32, 0..2_u32, span(0..3_000)).prop_map(
        |(until_s, reconnects, partitions, restarts, wipes, longest)| Faults {
            from: None,
            until: ms(1_000 * until_s),
            reconnects: Some(reconnects),
            partitions: Some(partitions),
            restarts: Some(restarts),
            wipes: Some(wipes),
            longest: Some(longest),
            reconnect_bursts: Some(restarts),
            half_opens: Some(partitions / 2),
            slow_links: Some(wipes),
        },
    )
}

/// A scenario of two to five nodes, some of them faulty.
pub(crate) fn scenario() -> impl Strategy<Value = Scenario> {
    let tie = (
        any::<Index>(),
        any::<Index>(),
        any::<bool>(),
        prop::option::of(any::<bool>()),
        prop::option::of(network()),
    );
    (
        prop::collection::vec((0..3_u8, node()), 2..=5),
        prop::option::of(network()),
        prop::collection::vec(tie, 0..4),
        prop::collection::vec(step(), 0..25),
        prop::option::weighted(0.7, workload()),
        prop::option::weighted(0.6, faults()),
        prop::option::of(any::<bool>()),
        prop::option::of(1..20_u64),
    )
        .prop_map(|(nodes, network, ties, steps, workload, faults, heal, quiet_s)| {
            let tiers: Vec<u8> = nodes.iter().map(|(tier, _)| *tier).collect();
            let links = links(&tiers, ties);
            let timeline = timeline(&steps, tiers.len(), &links);
            Scenario {
                version: VERSION,
                about: "Drawn by a test.".to_owned(),
                nodes: NODES
                    .iter()
                    .map(|&name| name.to_owned())
                    .zip(nodes.into_iter().map(|(_, node)| node))
                    .collect(),
                network,
                links,
                timeline,
                workload,
                faults,
                heal,
                expect: quiet_s.map(|s| Expect { quiet_within: Some(ms(1_000 * s)), ..Expect::default() }),
                ..Scenario::default()
            }
        })
}

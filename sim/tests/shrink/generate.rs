//! Random scenario files, all of them valid: few nodes, and everything that can happen to them.

mod disks;
mod hostile;

use cosim_core::{Mutation, Relationship, Span};
use cosim_testbed::network::{Ppm, SpanRange};
use cosim_testbed::scenario::file::{
    Act, Between, Clock, ClockChange, CoValue, Connections, Departure, Drift, DropMessages, Duration,
    DurationRange, Edit, Ends, Entry, Expect, Faults, Flapping, HalfOpen, Hold, Link, Lone, Mix, Network,
    NetworkChange, Node, NumberRange, Origin, Outage, Pause, Percent, Scenario, Shift, Spell, Spells,
    Subject, VERSION, When, Where, Workload, Workloads,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::{BTreeMap, BTreeSet};

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
    let mutations: Vec<&'static str> = Mutation::ALL.iter().map(|mutation| mutation.name()).collect();
    (
        prop::option::weighted(0.2, select(mutations)),
        prop::option::weighted(0.3, span(100..2_000)),
        prop::option::weighted(0.2, clock()),
        prop::option::of(disks::disk()),
        prop::option::weighted(0.2, select(&CO_VALUES[..])),
    )
        .prop_map(|(mutation, base, clock, disk, account)| Node {
            base,
            clock,
            disk: disk.map(|(disk, _)| disk),
            durability: disk.and_then(|(_, durability)| durability),
            account: account.map(str::to_owned),
            mutations: mutation.map(str::to_owned).into_iter().collect(),
            ..Node::default()
        })
}

fn shift() -> impl Strategy<Value = Shift> {
    (-100_000_000_i64..100_000_000).prop_map(|us| Shift(cosim_testbed::clock::Shift::from_us(us)))
}

fn clock() -> impl Strategy<Value = Clock> {
    let drift = (-1_000..1_000_i32)
        .prop_map(|ppm| Drift(cosim_testbed::clock::Drift::new(ppm).expect("a small one")));
    let resolution = (1..100_000_000_u64).prop_map(|us| Duration(Span::from_us(us)));
    (prop::option::of(shift()), prop::option::of(drift), prop::option::of(resolution))
        .prop_map(|(skew, drift, resolution)| Clock { skew, drift, resolution })
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
        links.push(Link {
            between,
            relationship: Ends(relationship),
            priority: None,
            connected,
            contract: None,
            network,
        });
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
        0..34_u8,
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

fn act(step: &Step, nodes: &[Node], links: &[Link]) -> Act {
    let number = step.nodes[0].index(nodes.len());
    let node = NODES[number].to_owned();
    let id = CO_VALUES[step.co_value.index(CO_VALUES.len())].to_owned();
    let between = links[step.nodes[1].index(links.len())].between.clone();
    let subject = Subject { node: node.clone(), id: id.clone() };
    let on = Between { between: between.clone() };
    let [from, to] = between.clone();
    let cut = match step.one_way {
        true => Where { from: Some(from.clone()), to: Some(to.clone()), ..Where::default() },
        false => Where { between: Some(between.clone()), ..Where::default() },
    };
    let outage = Outage { node: node.clone(), down_for: Some(step.length), spare_last_copy: None };
    let spare = step.one_way.then_some(true);
    match step.kind {
        0 | 1 => Act::Create(subject),
        2..=4 => {
            let edit = Edit { node, id, transactions: Some(step.number), size: Some(50 * step.number) };
            Act::Edit(edit)
        }
        5 => Act::Load(subject),
        6 => Act::Done(subject),
        7 => Act::Disconnect(on),
        8 => Act::Connect(on),
        9 => Act::Partition(cut),
        10 => Act::Heal(cut),
        11 => Act::Restart(outage),
        12 => Act::Wipe(Outage { spare_last_copy: spare, ..outage }),
        13 | 14 => Act::Hold(filtered(step, cut)),
        15 => Act::Release(cut),
        16 => {
            let Hold { between, from, to, kinds, ids } = filtered(step, cut);
            let count = Some(step.number).filter(|number| *number > 1);
            Act::Drop(DropMessages { between, from, to, kinds, ids, count })
        }
        17 | 18 => Act::HalfOpen(HalfOpen { node: from, peer: to }),
        19 | 20 => {
            let connections = step.one_way.then_some(Connections::Dropped);
            let pause = Pause { node, span: longer(step.length), connections };
            Act::Pause(pause)
        }
        21 | 22 => Act::Offline(Spell { node, span: longer(step.length) }),
        23 => Act::Leave(Departure { node, spare_last_copy: spare }),
        24 => Act::Join(Lone { node }),
        27..=31 => {
            let other = [from, to].into_iter().find(|end| *end != node);
            disks::act(step, (node, other), nodes[number].disk.is_some())
        }
        25 | 26 => {
            let us = i64::try_from(step.length.0.as_us()).expect("less than a second");
            let jump = Some(Shift(cosim_testbed::clock::Shift::from_us(us * 1_000 - 300_000_000)));
            let change = ClockChange { node, ..ClockChange::default() };
            let change = match step.number {
                1 => ClockChange { stop: Some(true), ..change },
                2 => ClockChange { go: Some(true), ..change },
                3 => ClockChange {
                    drift: Some(Drift(cosim_testbed::clock::Drift::new(-200_000).expect("a fifth too slow"))),
                    ..change
                },
                _ => ClockChange { jump, ..change },
            };
            Act::Clock(change)
        }
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
            Act::Network(Box::new(change))
        }
    }
}

/// A length that is not zero.
fn longer(Duration(length): Duration) -> Duration {
    Duration(length + Span::from_us(1))
}

/// Messages of some kind in some direction.
fn filtered(step: &Step, way: Where) -> Hold {
    const KINDS: [&str; 5] = ["content", "correction", "done", "known", "load"];
    let Where { between, from, to } = way;
    let kind = KINDS[step.co_value.index(KINDS.len())].to_owned();
    Hold { between, from, to, kinds: Some(vec![kind]).filter(|_| step.number < 3), ids: None }
}

/// The nodes that must be there for an act.
#[expect(clippy::wildcard_enum_match_arm, reason = "the others are drawn of nodes that are there")]
fn named(act: &Act) -> Vec<&String> {
    match act {
        Act::Create(it) | Act::Load(it) | Act::Done(it) => vec![&it.node],
        Act::Edit(it) => vec![&it.node],
        Act::Connect(it) | Act::Disconnect(it) => it.between.iter().collect(),
        Act::Restart(it) | Act::Wipe(it) => vec![&it.node],
        Act::Pause(it) => vec![&it.node],
        Act::Offline(it) => vec![&it.node],
        Act::Join(it) => vec![&it.node],
        Act::Leave(it) => vec![&it.node],
        _ => Vec::new(),
    }
}

fn timeline(steps: &[Step], nodes: &[Node], links: &[Link]) -> Vec<Entry> {
    let mut at = Span::ZERO;
    let mut entries = Vec::new();
    let mut names_taken = BTreeSet::new();
    let (mut met, mut gone) = (BTreeSet::new(), BTreeSet::new());
    let mut copies = BTreeSet::new();
    for step in steps {
        let act = act(step, nodes, links);
        let names: Vec<String> = named(&act).into_iter().cloned().collect();
        let joins = matches!(act, Act::Join(_));
        if names.iter().any(|node| gone.contains(node) || (joins && met.contains(node))) {
            continue;
        }
        if let Act::BackUp(copy) = &act {
            copies.insert(copy.backup.clone());
        }
        if matches!(&act, Act::Restore(restore) if !copies.contains(&restore.backup)) {
            continue;
        }
        if let Act::Leave(leave) = &act {
            gone.insert(leave.node.clone());
        }
        met.extend(names);
        let mut name = None;
        if let (Act::Connect(connect), true) = (&act, step.one_way) {
            // The names that a run gives what it does of itself are not reserved.
            let mut ends = connect.between.clone();
            ends.sort();
            let verb = if step.number == 1 { "reconnect" } else { "open" };
            name = Some(format!("{verb}-{}-{}", ends[0], ends[1]))
                .filter(|name| names_taken.insert(name.clone()));
        }
        let when = if step.waits {
            at = Span::ZERO;
            When::Quiet
        } else {
            at = at + step.gap.0;
            When::At(Duration(at))
        };
        entries.push(Entry { when, name, act });
    }
    entries
}

fn workload() -> impl Strategy<Value = Workload> {
    (0..25_u32, 1..8_u64, prop::option::of((1..6_u32, 0..4_u32, 0..3_u32)), 1..4_u32).prop_map(
        |(operations, until_s, mix, transactions)| Workload {
            operations,
            until: ms(1_000 * until_s),
            co_values: CO_VALUES[1..].iter().map(|&id| id.to_owned()).collect(),
            mix: mix.map(|(edit, load, done)| Mix {
                edit: Some(edit),
                load: Some(load),
                done: Some(done),
                ..Mix::default()
            }),
            transactions: Some(NumberRange { min: 1, max: transactions }),
            ..Workload::default()
        },
    )
}

fn faults() -> impl Strategy<Value = Faults> {
    let lives = (0..3_u32, 0..2_u32, 0..3_u32, 0..3_u32, prop::option::weighted(0.2, 500..2_000_u64));
    let disks = (disks::faults(), any::<bool>());
    (1..8_u64, 0..4_u32, 0..4_u32, 0..3_u32, 0..2_u32, span(0..3_000), lives, disks).prop_map(
        |(until_s, reconnects, partitions, restarts, wipes, longest, lives, (disks, take))| Faults {
            from: None,
            until: ms(1_000 * until_s),
            reconnects: Some(reconnects),
            partitions: Some(partitions),
            restarts: Some(restarts),
            wipes: Some(wipes),
            reconnect_bursts: Some(restarts),
            half_opens: Some(partitions / 2),
            slow_links: Some(wipes),
            holds: Some(wipes),
            drops: Some(restarts / 2),
            take_last_copies: take.then_some(true),
            longest: Some(longest),
            pauses: Some(lives.0),
            departures: Some(lives.1),
            clock_jumps: Some(lives.2),
            clock_stops: Some(lives.1),
            clock_drifts: Some(lives.1),
            joins: Some(lives.1),
            furthest: Some(ms(1_000_000)),
            offline: Some(Spells { times: lives.3, shortest: None, longest }),
            flapping: lives.4.map(|every| Flapping { every: ms(every), span: ms(100) }),
            nodes: None,
            ..disks
        },
    )
}

/// What depends on what: never in a circle, since what comes first depends on nothing.
fn co_values(needs: [bool; 3]) -> BTreeMap<String, CoValue> {
    let [diary, notes, zoo] = CO_VALUES;
    let pairs = [(notes, diary), (zoo, diary), (zoo, notes)];
    let mut co_values = BTreeMap::<String, CoValue>::new();
    for ((id, need), _) in pairs.into_iter().zip(needs).filter(|(_, needed)| *needed) {
        co_values.entry(id.to_owned()).or_default().depends_on.push(need.to_owned());
    }
    co_values
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
        (
            prop::option::weighted(0.3, any::<[Index; 2]>()),
            prop::option::weighted(0.3, any::<[bool; 3]>()),
            prop::option::weighted(0.2, workload()),
        ),
    )
        .prop_map(
            |(nodes, network, ties, steps, workload, faults, heal, quiet_s, (claim, needs, second))| {
                let workload = workload.map(|first| match second {
                    None => Workloads::One(Box::new(first)),
                    Some(second) => Workloads::Several(vec![first, second]),
                });
                let (tiers, nodes): (Vec<u8>, Vec<Node>) = nodes.into_iter().unzip();
                let links = links(&tiers, ties);
                let timeline = timeline(&steps, &nodes, &links);
                // Nobody joins of whom the timeline asks something.
                let asked = format!("{timeline:?}");
                let newcomers = NODES[..nodes.len()].iter().any(|name| !asked.contains(&format!("{name:?}")));
                let faults = faults.map(|faults| disks::possible(faults, &nodes));
                let faults =
                    faults.map(|faults| Faults { joins: faults.joins.filter(|_| newcomers), ..faults });
                let mut nodes: BTreeMap<String, Node> =
                    NODES.iter().map(|&name| name.to_owned()).zip(nodes).collect();
                if let Some(claim) = claim {
                    let [claimer, claimed] = claim.map(|index| NODES[index.index(nodes.len())].to_owned());
                    let are_ends =
                        |link: &Link| [&claimer, &claimed].iter().all(|end| link.between.contains(end));
                    if claimer != claimed
                        && !links.iter().any(are_ends)
                        && let Some(node) = nodes.get_mut(&claimer)
                    {
                        node.claims = Some(claimed);
                    }
                }
                Scenario {
                    version: VERSION,
                    about: "Drawn by a test.".to_owned(),
                    nodes,
                    co_values: needs.map(co_values).unwrap_or_default(),
                    network,
                    links,
                    timeline,
                    workload,
                    faults,
                    heal,
                    // It may say what happens in vain.
                    origin: Some(Origin {
                        scenario: "none".to_owned(),
                        seed: 0,
                        cosim: "0".to_owned(),
                        fingerprint: None,
                        key: None,
                        unmet: None,
                        swarm: Vec::new(),
                        oracles: 1,
                    }),
                    expect: quiet_s
                        .map(|s| Expect { quiet_within: Some(ms(1_000 * s)), ..Expect::default() }),
                    ..Scenario::default()
                }
            },
        )
}

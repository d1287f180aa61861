//! What the hosts go through: writes of everybody on a network that does one thing to them at a time.

use crate::host::{Act, Command, Document, Host, Identity};
use cosim_world::host::{Backup, DiskSpec, NodeId, Operation, Unsynced};
use cosim_world::network::{Network, Ppm, SpanRange};
use cosim_world::stream::Stream;
use cosim_world::trial::replica::{Oracle, Replicas};
use cosim_world::trial::{Story, Trial};
use cosim_world::world::{Bounds, LinkSpec};
use cosim_world::{Span, Time};

/// Who is linked with whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Shape {
    /// Two nodes and one link: what is lost there is lost.
    Link,
    /// Four nodes in a ring: there are two ways to everybody.
    Ring,
}

impl Shape {
    fn nodes(self) -> &'static [&'static str] {
        match self {
            Shape::Link => &["alice", "bob"],
            Shape::Ring => &["alice", "bob", "carol", "dave"],
        }
    }

    fn links(self) -> &'static [[u32; 2]] {
        match self {
            Shape::Link => &[[0, 1]],
            Shape::Ring => &[[0, 1], [1, 2], [2, 3], [3, 0]],
        }
    }
}

/// What the network does, or what happens to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Condition {
    /// Every message arrives once, in order.
    Reliable,
    /// Three in ten messages arrive twice.
    Duplication,
    /// Three in ten messages leave their order.
    Reordering,
    /// Connections close, with messages under way, and open again.
    Reconnects,
    /// One message in ten is lost.
    Loss,
    /// The same, and when that is over every connection is opened anew.
    LossThenReconnect,
    /// Two nodes use one id.
    SharedId,
    /// A node starts from a backup and goes on with its id.
    Backup,
    /// A node starts from a backup and goes on with a new id.
    BackupNewId,
}

impl Condition {
    fn network(self) -> Network {
        let percent = |percent| Ppm::percent(percent).expect("a percentage");
        let calm = calm();
        match self {
            Condition::Duplication => Network { duplicate: percent(30), ..calm },
            Condition::Reordering => Network { reorder: percent(30), ..calm },
            Condition::Loss | Condition::LossThenReconnect => Network { loss: percent(10), ..calm },
            Condition::Reliable
            | Condition::Reconnects
            | Condition::SharedId
            | Condition::Backup
            | Condition::BackupNewId => calm,
        }
    }
}

fn calm() -> Network {
    Network { latency: spans(5, 80), reorder_delay: spans(50, 400), ..Network::default() }
}

fn spans(min_ms: u64, max_ms: u64) -> SpanRange {
    SpanRange::new(Span::from_ms(min_ms), Span::from_ms(max_ms)).expect("in order")
}

/// While the condition lasts, which is this long, there are so many bursts of so many writes: those of a burst cross.
const LASTS_MS: u64 = 10_000;
const BURSTS: u32 = 8;
const BURST: u32 = 3;
const BURST_MS: u64 = 60;

/// The number of the first write after a backup was restored: no other write has it.
const FIRST_AGAIN: u32 = 100;

/// When it is over, and when everybody writes once more, on a network that does nothing to messages.
const CALM: Time = at(12_000);
const AGAIN: Time = at(13_000);
const LAST_WRITES_MS: u64 = 15_000;

/// How much may happen in a run: more than twice as much as in any that comes to rest.
const BOUNDS: Bounds = Bounds { events: 2_000, outputs: 1_000 };

const fn at(ms: u64) -> Time {
    Time::from_us(ms * 1_000)
}

/// A trial of a crate: what it goes through, judged by some of the oracles, and by whether it comes to rest.
pub fn trial<D: Document>(
    shape: Shape,
    condition: Condition,
    oracles: &'static [Oracle],
) -> Trial<Host<D>, impl Fn(u64) -> Story<Host<D>>, impl Fn() -> Replicas> {
    let story = move |seed| story(shape, condition, seed);
    Trial::new(story, move || Replicas::new(oracles)).bounded(BOUNDS)
}

/// The story of a seed.
pub fn story<D: Document>(shape: Shape, condition: Condition, seed: u64) -> Story<Host<D>> {
    let names = shape.nodes();
    let restores = matches!(condition, Condition::Backup | Condition::BackupNewId);
    let mut story = Story::new((1..).zip(names).map(|(number, name)| {
        let shares = condition == Condition::SharedId && number == 2;
        let id = if shares { 1 } else { number };
        let restored_id = if condition == Condition::BackupNewId { 100 + id } else { id };
        (String::from(*name), Host::new(Identity { id, restored_id, has_disk: restores }))
    }));
    for ends in shape.links() {
        story.links.push(LinkSpec {
            ends: ends.map(NodeId),
            names: ends.map(|end| String::from(names[end as usize])),
            end: [(), ()],
            network: condition.network(),
        });
    }
    for (link, name) in links(shape) {
        story.plan(format!("open-{name}"), Time::ZERO, Operation::Connect { link });
        story.plan(format!("calm-{name}"), CALM, Operation::Network { link, network: Box::new(calm()) });
    }
    write(&mut story, names, seed);
    match condition {
        Condition::Reconnects => reconnect(&mut story, shape, seed),
        Condition::LossThenReconnect => {
            for (link, name) in links(shape) {
                story.plan(format!("close-{name}"), AGAIN, Operation::Disconnect { link });
                story.plan(format!("reopen-{name}"), AGAIN + Span::from_ms(500), Operation::Connect { link });
            }
        }
        Condition::Backup | Condition::BackupNewId => restore(&mut story, names, seed),
        Condition::Reliable
        | Condition::Duplication
        | Condition::Reordering
        | Condition::Loss
        | Condition::SharedId => {}
    }
    story
}

/// The links and what to call them.
fn links(shape: Shape) -> impl Iterator<Item = (u32, String)> {
    let names = shape.nodes();
    (0..).zip(shape.links()).map(|(link, ends)| {
        let [a, b] = ends.map(|end| names[end as usize]);
        (link, format!("{a}-{b}"))
    })
}

/// Everybody writes at any time while the condition lasts, and once more in the end.
fn write<D: Document>(story: &mut Story<Host<D>>, names: &[&str], seed: u64) {
    let mut chance = Stream::new(seed, "writes", "");
    let mut plan = |number: u32, node: usize, at: Time, chance: &mut Stream| {
        let removes = chance.below(4) == 0;
        let (act, word) = if removes { (Act::Remove, "remove") } else { (Act::Add, "add") };
        let command = Command { number, act, place: chance.index(1_000) };
        let name = format!("{word}-{number}-{}", names[node]);
        let node = NodeId(u32::try_from(node).expect("four nodes at most"));
        story.plan(name, at, Operation::Command { node, command });
    };
    for burst in 0..BURSTS {
        let begins = 100 + chance.below(LASTS_MS);
        for write in 1..=BURST {
            let node = chance.index(names.len());
            let when = at(begins + chance.below(BURST_MS));
            plan(burst * BURST + write, node, when, &mut chance);
        }
    }
    for (write, node) in (1..).zip(0..names.len()) {
        let when = at(LAST_WRITES_MS + chance.below(1_000));
        plan(BURSTS * BURST + write, node, when, &mut chance);
    }
}

/// Each link closes three times and opens again.
fn reconnect<D: Document>(story: &mut Story<Host<D>>, shape: Shape, seed: u64) {
    let mut chance = Stream::new(seed, "reconnects", "");
    for (link, name) in links(shape) {
        for round in 0..3 {
            let closes = 1_000 + round * 3_000 + chance.below(2_000);
            let opens = closes + 10 + chance.below(900);
            story.plan(format!("close-{round}-{name}"), at(closes), Operation::Disconnect { link });
            story.plan(format!("reopen-{round}-{name}"), at(opens), Operation::Connect { link });
        }
    }
}

/// Everybody has a disk; the first node's is set back to an old copy, and its app writes before anything is heard of the
/// others.
fn restore<D: Document>(story: &mut Story<Host<D>>, names: &[&str], seed: u64) {
    let mut chance = Stream::new(seed, "restores", "");
    for (node, name) in (0..).zip(names) {
        let name = String::from(*name);
        let disk = DiskSpec { name, latency: spans(0, 0), errors: Ppm::NEVER, unsynced: Unsynced::Kept };
        story.disks.push((NodeId(node), disk));
    }
    let node = NodeId(0);
    let backup = Backup { of: node, number: 0 };
    let down_for = Span::from_ms(500);
    let restored = at(5_000 + chance.below(2_000));
    let command = Command { number: FIRST_AGAIN, act: Act::Add, place: chance.index(1_000) };
    story.plan("back-up", at(2_000 + chance.below(2_000)), Operation::BackUp { node, backup: 0 });
    story.plan("restore", restored, Operation::Restore { node, down_for, backup });
    let first = restored + down_for + Span::from_ms(1);
    story.plan(format!("add-{FIRST_AGAIN}-{}", names[0]), first, Operation::Command { node, command });
}

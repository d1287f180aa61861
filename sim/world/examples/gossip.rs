//! Another protocol on the same world: push gossip with digests, the workload by which simulators are compared.
//!
//! N nodes sit on a ring and on a second, random ring. Each originates K items at random times within ten seconds and
//! forwards every item it sees for the first time to all neighbours but the sender; twice a second it sends one
//! neighbour a digest of what it holds and is sent what it lacks. Messages take 1 to 100 ms, 5 % are lost, 1 % arrive
//! twice. The run ends when every node holds every item.
//!
//! ```text
//! cargo run --release -p cosim-world --example gossip -- [-n NODES] [-k ITEMS] [--seed SEED]
//! ```

use cosim_base::{ConnectionId, Span, Time, mix};
use cosim_world::host::{Input, NodeId, Operation, Output, SimMessage, SimNode};
use cosim_world::network::{Network, Ppm, SpanRange};
use cosim_world::observer::{Happening, Observer};
use cosim_world::stream::Stream;
use cosim_world::world::{LinkSpec, View, World};
use std::convert::Infallible;

const ORIGINATE_WITHIN: Span = Span::from_s(10);
const DIGEST_EVERY: Span = Span::from_ms(500);
const ITEM_BYTES: usize = 64;

/// An item: who originated it, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Item {
    origin: u16,
    number: u16,
}

/// An item's bytes. They begin where the machine copies them quickest.
#[derive(Clone, Copy, Debug)]
#[repr(align(8))]
struct Bytes([u8; ITEM_BYTES]);

#[derive(Clone, Debug)]
enum Message {
    Item(Bytes),
    /// How many items of each origin are held without a gap.
    Digest(Vec<u16>),
}

impl Item {
    fn bytes(self) -> Bytes {
        let mut bytes = [0xa5; ITEM_BYTES];
        bytes[1..3].copy_from_slice(&self.origin.to_le_bytes());
        bytes[3..5].copy_from_slice(&self.number.to_le_bytes());
        Bytes(bytes)
    }

    fn of(Bytes(bytes): &Bytes) -> Item {
        Item {
            origin: u16::from_le_bytes([bytes[1], bytes[2]]),
            number: u16::from_le_bytes([bytes[3], bytes[4]]),
        }
    }
}

impl SimMessage for Message {
    fn kind(&self) -> &'static str {
        match self {
            Message::Item(_) => "item",
            Message::Digest(_) => "digest",
        }
    }

    fn subject(&self) -> u32 {
        match self {
            Message::Item(bytes) => {
                let item = Item::of(bytes);
                u32::from(item.origin) << 16 | u32::from(item.number)
            }
            Message::Digest(_) => u32::MAX,
        }
    }

    fn size(&self) -> u32 {
        match self {
            Message::Item(_) => ITEM_BYTES as u32,
            Message::Digest(counts) => 1 + 2 * counts.len() as u32,
        }
    }

    fn digest(&self) -> u64 {
        match self {
            Message::Item(_) => u64::from(self.subject()),
            Message::Digest(counts) => counts.iter().fold(1, |hash, &count| mix(hash, u64::from(count))),
        }
    }
}

/// The items that one node holds.
#[derive(Clone, Debug)]
struct Held {
    items: u16,
    words: usize,
    bits: Vec<u64>,
    /// Per origin, how many are held without a gap: the digest.
    prefix: Vec<u16>,
}

impl Held {
    fn new(origins: usize, items: u16) -> Held {
        let words = usize::from(items).div_ceil(64);
        Held { items, words, bits: vec![0; words * origins], prefix: vec![0; origins] }
    }

    fn has(&self, origin: usize, number: u16) -> bool {
        self.bits[origin * self.words + usize::from(number) / 64] >> (number % 64) & 1 == 1
    }

    /// Says whether the item is new.
    fn insert(&mut self, item: Item) -> bool {
        let origin = usize::from(item.origin);
        let word = &mut self.bits[origin * self.words + usize::from(item.number) / 64];
        let bit = 1 << (item.number % 64);
        if *word & bit != 0 {
            return false;
        }
        *word |= bit;
        if self.prefix[origin] == item.number {
            let mut next = item.number + 1;
            while next < self.items && self.has(origin, next) {
                next += 1;
            }
            self.prefix[origin] = next;
        }
        true
    }

    /// What is held here beyond a digest.
    fn beyond(&self, digest: &[u16], mut each: impl FnMut(Item)) {
        for (origin, &from) in digest.iter().enumerate() {
            for word in usize::from(from) / 64..self.words {
                let mut bits = self.bits[origin * self.words + word];
                if word == usize::from(from) / 64 {
                    bits &= !0 << (from % 64);
                }
                while bits != 0 {
                    let number = (word * 64) as u16 + bits.trailing_zeros() as u16;
                    each(Item { origin: origin as u16, number });
                    bits &= bits - 1;
                }
            }
        }
    }
}

#[derive(Clone, Debug)]
struct Gossip {
    me: u16,
    held: Held,
    neighbours: Vec<(NodeId, ConnectionId)>,
    next_digest: Time,
    chance: Stream,
    outputs: Vec<Output<Gossip>>,
}

/// A node holds one more item.
#[derive(Clone, Copy, Debug)]
struct GotItem;

impl Gossip {
    fn take(&mut self, item: Item, bytes: Bytes, sender: Option<NodeId>) {
        if !self.held.insert(item) {
            return;
        }
        self.outputs.push(Output::Notice(GotItem));
        for &(peer, connection) in &self.neighbours {
            if Some(peer) != sender {
                self.outputs.push(Output::Send { connection, message: Message::Item(bytes) });
            }
        }
    }
}

impl SimNode for Gossip {
    type Message = Message;
    /// The number of the item to originate.
    type Command = u16;
    type Refusal = Infallible;
    type Notice = GotItem;
    type End = ();
    /// It writes nothing.
    type Record = Infallible;

    fn handle(&mut self, now: Time, input: Input<'_, Self>) -> Result<(), Infallible> {
        match input {
            Input::Connected { peer, connection, .. } => self.neighbours.push((peer, connection)),
            Input::Disconnected { connection, .. } => self.neighbours.retain(|(_, open)| *open != connection),
            Input::Received { peer, connection, message } => match &message {
                Message::Item(bytes) => self.take(Item::of(bytes), *bytes, Some(peer)),
                Message::Digest(digest) => {
                    let outputs = &mut self.outputs;
                    self.held.beyond(digest, |item| {
                        outputs.push(Output::Send { connection, message: Message::Item(item.bytes()) });
                    });
                }
            },
            Input::Deadline => {
                let (_, connection) = self.neighbours[self.chance.index(self.neighbours.len())];
                self.outputs
                    .push(Output::Send { connection, message: Message::Digest(self.held.prefix.clone()) });
                self.next_digest = now + DIGEST_EVERY;
            }
            Input::Command { command: &number, .. } => {
                let item = Item { origin: self.me, number };
                self.take(item, item.bytes(), None);
            }
            // What does not fit is lost, and gossip is pushed again.
            Input::Blocked { .. } | Input::Writable { .. } | Input::Left { .. } => {}
            Input::Restart(_) | Input::Recover { .. } => self.neighbours.clear(),
            Input::Written { .. } | Input::WriteFailed { .. } => {}
        }
        Ok(())
    }

    fn poll_output(&mut self) -> Option<Output<Self>> {
        self.outputs.pop()
    }

    fn next_deadline(&self) -> Option<Time> {
        Some(self.next_digest)
    }

    fn digest(&self) -> u64 {
        self.held.bits.iter().fold(0, |hash, &word| mix(hash, word))
    }
}

/// Counts the items held everywhere.
#[derive(Debug, Default)]
struct Goal {
    held: u64,
}

impl Observer<Gossip> for Goal {
    fn observe(&mut self, _view: &View<'_, Gossip>, happening: &Happening<'_, Gossip>) {
        if let Happening::Noticed { .. } = happening {
            self.held += 1;
        }
    }
}

struct Options {
    nodes: usize,
    items: u16,
    seed: u64,
}

impl Options {
    fn from_args() -> Result<Options, String> {
        let mut options = Options { nodes: 50, items: 200, seed: 1 };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            let value = args.next().ok_or_else(|| format!("{arg} takes a number"))?;
            let number: u64 = value.parse().map_err(|_| format!("{arg} takes a number, not `{value}`"))?;
            let small = u16::try_from(number).map_err(|_| format!("{arg} is at most 65535"));
            match arg.as_str() {
                "-n" => options.nodes = usize::from(small?),
                "-k" => options.items = small?,
                "--seed" => options.seed = number,
                _ => return Err(format!("unknown option `{arg}`: there are -n, -k and --seed")),
            }
        }
        if options.nodes < 5 || options.items == 0 {
            return Err("at least 5 nodes and 1 item".to_owned());
        }
        Ok(options)
    }
}

fn links(options: &Options, plan: &mut Stream) -> Vec<LinkSpec<Gossip>> {
    let n = options.nodes;
    let mut shuffled: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        shuffled.swap(i, plan.index(i + 1));
    }
    let ring = (0..n).map(|i| (i, (i + 1) % n));
    let second = (0..n).map(|i| (shuffled[i], shuffled[(i + 1) % n]));
    let mut pairs: Vec<(usize, usize)> = ring.chain(second).map(|(a, b)| (a.min(b), a.max(b))).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let network = Network {
        latency: SpanRange::new(Span::from_ms(1), Span::from_ms(100)).expect("in order"),
        loss: Ppm::percent(5).expect("a percentage"),
        duplicate: Ppm::percent(1).expect("a percentage"),
        reorder: Ppm::ALWAYS,
        ..Network::default()
    };
    let link = |(a, b): (usize, usize)| LinkSpec {
        ends: [NodeId(a as u32), NodeId(b as u32)],
        names: [format!("n{a}"), format!("n{b}")],
        end: [(), ()],
        network,
    };
    pairs.into_iter().map(link).collect()
}

#[expect(clippy::print_stdout, reason = "an example says what came of it")]
fn main() -> Result<(), String> {
    let options = Options::from_args()?;
    let mut plan = Stream::new(options.seed, "plan", "");
    let links = links(&options, &mut plan);
    let link_count = links.len() as u32;
    let nodes = (0..options.nodes).map(|i| Gossip {
        me: i as u16,
        held: Held::new(options.nodes, options.items),
        neighbours: Vec::new(),
        next_digest: Time::from_us(plan.below(DIGEST_EVERY.as_us())),
        chance: Stream::new(options.seed, "node", &format!("n{i}")),
        outputs: Vec::new(),
    });
    let nodes = nodes.collect();
    let mut world = World::new(nodes, links, options.seed, Goal::default(), cosim_world::decision::Seeded);
    for link in 0..link_count {
        world.schedule(Time::ZERO, Operation::Connect { link });
    }
    for node in 0..options.nodes as u32 {
        let mut times: Vec<u64> = (0..options.items).map(|_| plan.below(ORIGINATE_WITHIN.as_us())).collect();
        times.sort_unstable();
        for (number, at) in times.into_iter().enumerate() {
            let command = Operation::Command { node: NodeId(node), command: number as u16 };
            world.schedule(Time::from_us(at), command);
        }
    }
    let goal = (options.nodes * options.nodes) as u64 * u64::from(options.items);
    while world.observer.held < goal && world.step(Time::from_us(u64::MAX)) {}

    let figures = world.figures();
    println!(
        "gossip n={} k={} seed={} virtual_s={}.{:06} delivered={} sent={} lost={} duplicated={} held={}/{goal} peak_rss_kib={} hash={}",
        options.nodes,
        options.items,
        options.seed,
        world.now().as_us() / 1_000_000,
        world.now().as_us() % 1_000_000,
        figures.delivered,
        figures.sent,
        figures.lost,
        figures.duplicated,
        world.observer.held,
        peak_rss_kib(),
        world.fingerprint(),
    );
    if world.observer.held == goal { Ok(()) } else { Err("not every node holds every item".to_owned()) }
}

/// The most memory that the process has held, where the system tells it; 0 elsewhere.
fn peak_rss_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

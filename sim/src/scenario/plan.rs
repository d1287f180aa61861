//! From a scenario and a seed to what happens: the timeline, and the operations and faults that the seed stands for.
//!
//! Every generated operation takes a fixed number of words from its stream, whatever is drawn, and every kind of fault
//! and every created CoValue has a stream of its own: taking one thing away, or adding to the timeline, never shifts
//! the rest. Names do not depend on the seed. No draw looks at the state of a node; an operation that is impossible
//! when its time comes is skipped by the world.

use super::generated::{Faults, Workload};
use super::{Action, AttackKind, Direction, Operation, Plan, Scenario};
use crate::host::{DiskFault, Point};
use crate::stream::Stream;
use crate::world::PLACES;
use cosim_core::{Span, Time};

impl Scenario {
    /// What happens in the run of `seed`. The same for the same scenario and seed, everywhere.
    pub fn plan(&self, seed: u64) -> Plan {
        let mut chapters = self.chapters.clone();
        if let Some(first) = chapters.first_mut() {
            first.operations.extend(self.generate(seed));
            first.operations.sort_by_key(|operation| operation.at);
        }
        Plan { chapters }
    }

    /// The generated operations and faults of `seed`, in no particular order.
    fn generate(&self, seed: u64) -> Vec<Operation> {
        let mut operations = Vec::new();
        if let Some(workload) = &self.workload {
            operations.extend(creates(seed, workload, &self.co_values));
            operations.extend(edits(seed, workload));
        }
        if let Some(faults) = &self.faults {
            operations.extend(faults_of_links(seed, faults, self.links.len()));
            operations.extend(faults_of_nodes(seed, faults, self.nodes.len()));
            let disks: Vec<u32> =
                (0..).zip(&self.nodes).filter_map(|(i, node)| node.disk.map(|_| i)).collect();
            operations.extend(faults_of_disks(seed, faults, self.nodes.len(), &disks));
            operations.extend(attacks(seed, faults, self));
        }
        operations
    }
}

/// The names of what `workload` and `faults` generate.
pub(super) fn generated_names<'a>(
    workload: Option<&'a Workload>,
    faults: Option<&'a Faults>,
    co_values: &'a [&'a str],
) -> impl Iterator<Item = String> + 'a {
    let workload = workload.into_iter().flat_map(move |workload| {
        let created = workload.creates.iter().map(move |&id| create_name(co_values[id as usize]));
        created.chain((1..=workload.operations).map(workload_name))
    });
    let faults = faults.into_iter().flat_map(|faults| {
        let reconnects =
            (1..=faults.reconnects).flat_map(|n| [fault_name("reconnect", n), end_name("reconnect", n)]);
        let partitions =
            (1..=faults.partitions).flat_map(|n| [fault_name("partition", n), end_name("partition", n)]);
        let restarts = (1..=faults.restarts).map(|n| fault_name("restart", n));
        let wipes = (1..=faults.wipes).map(|n| fault_name("wipe", n));
        let attacks = (1..=faults.attacks).map(|n| fault_name("attack", n));
        reconnects
            .chain(partitions)
            .chain(restarts)
            .chain(wipes)
            .chain(disk_fault_names(faults))
            .chain(attacks)
    });
    workload.chain(faults)
}

/// One create for each CoValue that the timeline does not create, in the first tenth of the window.
fn creates(seed: u64, workload: &Workload, co_values: &[String]) -> impl Iterator<Item = Operation> {
    workload.creates.iter().map(move |&co_value| {
        let name = create_name(&co_values[co_value as usize]);
        let mut stream = Stream::new(seed, "workload", &name);
        let tenth = Span::from_us((workload.until - workload.from).as_us() / 10);
        let at = time_within(&mut stream, workload.from, tenth);
        let node = pick(&mut stream, &workload.nodes);
        Operation { name, at, action: Action::Create { node, co_value } }
    })
}

/// The drawn operations, six words each.
fn edits(seed: u64, workload: &Workload) -> impl Iterator<Item = Operation> {
    let mut stream = Stream::new(seed, "workload", "");
    (1..=workload.operations).map(move |number| {
        let at = time_within(&mut stream, workload.from, workload.until - workload.from);
        let node = pick(&mut stream, &workload.nodes);
        let co_value = pick(&mut stream, &workload.co_values);
        let kind = stream.below(workload.mix.total());
        let transactions = number_within(&mut stream, workload.transactions);
        let size = number_within(&mut stream, workload.size);
        let (edit, load) = (u64::from(workload.mix.edit), u64::from(workload.mix.load));
        let action = if kind < edit {
            Action::Edit { node, co_value, transactions, size }
        } else if kind < edit + load {
            Action::Load { node, co_value }
        } else {
            Action::Done { node, co_value }
        };
        Operation { name: workload_name(number), at, action }
    })
}

/// Reconnects (three words each) and partitions (four words each), every one a pair of operations.
fn faults_of_links(seed: u64, faults: &Faults, links: usize) -> Vec<Operation> {
    let mut operations = Vec::new();
    let mut stream = Stream::new(seed, "faults", "reconnects");
    for number in 1..=faults.reconnects {
        let link = index(&mut stream, links);
        let (at, length) = outage(&mut stream, faults);
        let name = fault_name("reconnect", number);
        operations.push(Operation { name, at, action: Action::Disconnect { link } });
        let name = end_name("reconnect", number);
        operations.push(Operation { name, at: at + length, action: Action::Connect { link } });
    }
    let mut stream = Stream::new(seed, "faults", "partitions");
    for number in 1..=faults.partitions {
        let link = index(&mut stream, links);
        let (at, length) = outage(&mut stream, faults);
        let direction = pick(&mut stream, &DIRECTIONS);
        let name = fault_name("partition", number);
        operations.push(Operation { name, at, action: Action::Partition { link, direction } });
        let name = end_name("partition", number);
        operations.push(Operation { name, at: at + length, action: Action::Heal { link, direction } });
    }
    operations
}

/// Half of all generated partitions swallow both ways.
const DIRECTIONS: [Direction; 4] =
    [Direction::Both, Direction::Both, Direction::Forward, Direction::Backward];

/// Restarts and wipes, three words each.
fn faults_of_nodes(seed: u64, faults: &Faults, nodes: usize) -> Vec<Operation> {
    let mut operations = Vec::new();
    let mut stream = Stream::new(seed, "faults", "restarts");
    for number in 1..=faults.restarts {
        let node = index(&mut stream, nodes);
        let (at, down_for) = outage(&mut stream, faults);
        let name = fault_name("restart", number);
        operations.push(Operation { name, at, action: Action::Restart { node, down_for } });
    }
    let mut stream = Stream::new(seed, "faults", "wipes");
    for number in 1..=faults.wipes {
        let node = index(&mut stream, nodes);
        let (at, down_for) = outage(&mut stream, faults);
        let name = fault_name("wipe", number);
        operations.push(Operation { name, at, action: Action::Wipe { node, down_for, spare: faults.spare } });
    }
    operations
}

/// Where in its work a generated crash hits: half of the time just then.
const POINTS: [Point; 6] =
    [Point::Now, Point::Now, Point::Now, Point::Writing, Point::Written, Point::Sending];

/// Crashes, of any node, and what goes wrong with disks, of nodes that have one; four words each. The name of a copy is
/// its number among the generated ones, counted down from the largest there is.
fn faults_of_disks(seed: u64, faults: &Faults, nodes: usize, disks: &[u32]) -> Vec<Operation> {
    let mut operations = Vec::new();
    let kinds = [
        ("crash", faults.crashes),
        ("stall", faults.stalls),
        ("full", faults.full_disks),
        ("failure", faults.failed_writes),
        ("rot", faults.rots),
        ("restore", faults.restores),
    ];
    for (kind, count) in kinds {
        let mut stream = Stream::new(seed, "faults", kind);
        for number in 1..=count {
            let which = stream.word();
            let (at, length) = outage(&mut stream, faults);
            let detail = stream.word();
            let choose = |len: usize| scaled(which, len as u64) as usize;
            let (name, end) = (fault_name(kind, number), end_name(kind, number));
            let mut push = |name: String, at: Time, action: Action| {
                operations.push(Operation { name, at, action });
            };
            if kind == "crash" {
                let point = POINTS[scaled(detail, POINTS.len() as u64) as usize];
                let node = choose(nodes) as u32;
                push(name, at, Action::Crash { node, point, down_for: length });
                continue;
            }
            let Some(&node) = disks.get(choose(disks.len())) else { continue };
            let spare = faults.spare;
            let fault = |fault: DiskFault| Action::Disk { node, fault, spare: false };
            match kind {
                "stall" => push(name, at, fault(DiskFault::Stall(length))),
                "full" => {
                    push(name, at, fault(DiskFault::Full));
                    push(end, at + length, fault(DiskFault::Room));
                }
                "failure" => push(name, at, fault(DiskFault::FailNext(1 + scaled(detail, 4) as u32))),
                "rot" => {
                    let place = scaled(detail, u64::from(PLACES)) as u32;
                    let rot = DiskFault::Rot { place, bit: (detail & 7) as u8 };
                    push(name, at, Action::Disk { node, fault: rot, spare });
                    // Nothing is read from a disk but when a process starts.
                    push(end, at + length, Action::Crash { node, point: Point::Now, down_for: Span::ZERO });
                }
                _ => {
                    let backup = u32::MAX - number;
                    push(name, at, Action::BackUp { node, backup });
                    let down_for = Span::ZERO;
                    push(end, at + length, Action::Restore { node, backup, down_for, spare });
                }
            }
        }
    }
    operations
}

/// How many loads a generated flood has at most, and how often any other attack lies.
const FLOOD_MAX: u64 = 64;
const LIES_MAX: u64 = 3;

/// Attacks of hostile nodes on those that they have links with, six words each.
fn attacks(seed: u64, faults: &Faults, scenario: &Scenario) -> Vec<Operation> {
    let hostile = |node: u32| scenario.nodes[node as usize].hostile;
    let ways = scenario.links.iter().flat_map(|link| [link.ends, [link.ends[1], link.ends[0]]]);
    let ways: Vec<[u32; 2]> = ways.filter(|[node, _]| hostile(*node)).collect();
    let mut stream = Stream::new(seed, "faults", "attacks");
    let mut operations = Vec::new();
    for number in 1..=faults.attacks {
        let at = time_within(&mut stream, faults.from, faults.until - faults.from);
        let way = stream.index(ways.len());
        let how = pick(&mut stream, &AttackKind::ALL);
        let co_value = index(&mut stream, scenario.co_values.len());
        let much = [stream.below(FLOOD_MAX), stream.below(LIES_MAX)];
        let count = 1 + if how == AttackKind::Flood { much[0] } else { much[1] } as u32;
        let Some(&[node, on]) = ways.get(way) else { continue };
        let action = Action::Attack { node, on, how, co_value, count };
        operations.push(Operation { name: fault_name("attack", number), at, action });
    }
    operations
}

/// The names of what [`faults_of_disks`] generates, and some more where there are no disks.
fn disk_fault_names(faults: &Faults) -> impl Iterator<Item = String> + '_ {
    let kinds = [
        ("crash", faults.crashes),
        ("stall", faults.stalls),
        ("full", faults.full_disks),
        ("failure", faults.failed_writes),
        ("rot", faults.rots),
        ("restore", faults.restores),
    ];
    kinds
        .into_iter()
        .flat_map(|(kind, count)| (1..=count).flat_map(move |n| [fault_name(kind, n), end_name(kind, n)]))
}

/// A number below `bound` that a word stands for; 0 where `bound` is 0.
fn scaled(word: u64, bound: u64) -> u64 {
    ((u128::from(word) * u128::from(bound)) >> 64) as u64
}

fn create_name(co_value: &str) -> String {
    format!("create-{co_value}")
}

fn workload_name(number: u32) -> String {
    format!("w{number}")
}

fn fault_name(kind: &str, number: u32) -> String {
    format!("f-{kind}-{number}")
}

fn end_name(kind: &str, number: u32) -> String {
    format!("f-{kind}-{number}-end")
}

/// When a fault begins and how long it lasts. Takes two words.
fn outage(stream: &mut Stream, faults: &Faults) -> (Time, Span) {
    let at = time_within(stream, faults.from, faults.until - faults.from);
    let length = Span::from_us(stream.below(faults.longest.as_us() + 1));
    (at, length)
}

/// A time at least `from` and less than `width` later. Takes one word.
fn time_within(stream: &mut Stream, from: Span, width: Span) -> Time {
    Time::ZERO + from + Span::from_us(stream.below(width.as_us()))
}

/// A number between two bounds, both included. Takes one word.
fn number_within(stream: &mut Stream, [min, max]: [u32; 2]) -> u32 {
    let drawn = stream.below(u64::from(max - min) + 1);
    min + u32::try_from(drawn).expect("at most the difference of two 32-bit numbers")
}

/// An entry of a list that is not empty. Takes one word.
fn pick<T: Copy>(stream: &mut Stream, list: &[T]) -> T {
    list[stream.index(list.len())]
}

/// An index into a list of `len` entries. Takes one word.
fn index(stream: &mut Stream, len: usize) -> u32 {
    u32::try_from(stream.index(len)).expect("nodes and links are bounded well below 2^32")
}

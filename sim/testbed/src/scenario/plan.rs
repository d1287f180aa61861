//! From a scenario and a seed to what happens: the timeline, and the operations and faults that the seed stands for.
//!
//! Every generated operation takes a fixed number of words from its stream, whatever is drawn, and every kind of fault
//! and every created CoValue has a stream of its own: taking one thing away, or adding to the timeline, never shifts
//! the rest. Names do not depend on the seed. No draw looks at the state of a node; an operation that is impossible
//! when its time comes is skipped by the world.

mod attack;
mod disk;
mod life;
mod quarrels;

use super::generated::{Faults, Workload};
use super::{Action, Direction, Operation, Plan, Scenario};
use crate::stream::Stream;
use cosim_core::{CoId, Span, Time};

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

    /// The nodes that are drawn to join late.
    pub(super) fn late(&self, seed: u64) -> Vec<u32> {
        let Some(faults) = self.faults.as_ref().filter(|faults| faults.joins > 0) else { return Vec::new() };
        let joins = life::joins(seed, faults, &self.creators(seed));
        let nodes = joins.into_iter().filter_map(|operation| match operation.action {
            Action::Join { node } => Some(node),
            _ => None,
        });
        nodes.collect()
    }

    /// The nodes at which the workload creates CoValues.
    fn creators(&self, seed: u64) -> Vec<u32> {
        let creates = self.workload.iter().flat_map(|workload| creates(seed, workload, self));
        let nodes = creates.filter_map(|operation| match operation.action {
            Action::Create { node, .. } => Some(node),
            _ => None,
        });
        nodes.collect()
    }

    /// The generated operations and faults of `seed`, in no particular order.
    fn generate(&self, seed: u64) -> Vec<Operation> {
        let mut operations = Vec::new();
        if let Some(workload) = &self.workload {
            operations.extend(creates(seed, workload, self));
            operations.extend(edits(seed, workload));
        }
        if let Some(faults) = &self.faults {
            operations.extend(faults_of_links(seed, faults));
            operations.extend(quarrels::of_links(seed, faults, self.co_values.len()));
            operations.extend(faults_of_nodes(seed, faults));
            operations.extend(life::faults_of_lives(seed, faults, &self.creators(seed)));
            operations.extend(disk::faults_of_disks(seed, faults));
            operations.extend(attack::attacks(seed, faults, self));
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
        let others = life::names(faults).chain(disk::names(faults)).chain(quarrels::names(faults));
        let others = others.chain(attack::names(faults));
        reconnects.chain(partitions).chain(restarts).chain(wipes).chain(others)
    });
    workload.chain(faults)
}

/// One create for each CoValue that the timeline does not create, in the first tenth of the window.
fn creates(seed: u64, workload: &Workload, scenario: &Scenario) -> impl Iterator<Item = Operation> {
    workload.creates.iter().map(move |&co_value| {
        let name = create_name(&scenario.co_values[co_value as usize]);
        let mut stream = Stream::new(seed, "workload", &name);
        let tenth = Span::from_us((workload.until - workload.from).as_us() / 10);
        let at = time_within(&mut stream, workload.from, tenth);
        let drawn = pick(&mut stream, &workload.nodes);
        // A group is created by its first admin, whoever is drawn.
        let admin = scenario.directory.co_value(CoId(co_value)).and_then(|known| known.spec.admin);
        let node = admin.map_or(drawn, |admin| admin.0);
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
fn faults_of_links(seed: u64, faults: &Faults) -> Vec<Operation> {
    let mut operations = Vec::new();
    let mut stream = Stream::new(seed, "faults", "reconnects");
    for number in 1..=faults.reconnects {
        let link = pick(&mut stream, &faults.links);
        let (at, length) = outage(&mut stream, faults);
        let name = fault_name("reconnect", number);
        operations.push(Operation { name, at, action: Action::Disconnect { link } });
        let name = end_name("reconnect", number);
        operations.push(Operation { name, at: at + length, action: Action::Connect { link } });
    }
    let mut stream = Stream::new(seed, "faults", "partitions");
    for number in 1..=faults.partitions {
        let link = pick(&mut stream, &faults.links);
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
fn faults_of_nodes(seed: u64, faults: &Faults) -> Vec<Operation> {
    let mut operations = Vec::new();
    let mut stream = Stream::new(seed, "faults", "restarts");
    for number in 1..=faults.restarts {
        let node = pick(&mut stream, &faults.nodes);
        let (at, down_for) = outage(&mut stream, faults);
        let name = fault_name("restart", number);
        operations.push(Operation { name, at, action: Action::Restart { node, down_for } });
    }
    let mut stream = Stream::new(seed, "faults", "wipes");
    for number in 1..=faults.wipes {
        let node = pick(&mut stream, &faults.nodes);
        let (at, down_for) = outage(&mut stream, faults);
        let name = fault_name("wipe", number);
        operations.push(Operation { name, at, action: Action::Wipe { node, down_for, spare: faults.spare } });
    }
    operations
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

/// What lasts for no time at all is nothing.
fn at_least_some(length: Span) -> Span {
    length.max(Span::from_us(1))
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

//! From a scenario and a seed to what happens: the timeline, and the operations and faults that the seed stands for.
//!
//! Every generated operation takes a fixed number of words from its stream, whatever is drawn, and every kind of fault
//! and every created CoValue has a stream of its own: taking one thing away, or adding to the timeline, never shifts
//! the rest. Names do not depend on the seed. No draw looks at the state of a node; an operation that is impossible
//! when its time comes is skipped by the world.

use super::asks::{Drawn, asks};
use super::draw::{number_within, pick, time_within};
use super::fault::{FaultKind, Faults, Ground};
use super::file::{AddMember, Edit, Lone, RemoveMember, Subject};
use super::generated::{LARGE, Workload};
use super::todays::acts;
use super::{Act, Operation, Plan, Scenario};
use crate::cojson::MemberRole;
use crate::host::NodeId;
use crate::stream::Stream;
use cosim_core::{CoId, Span};
use std::collections::BTreeMap;

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
        let joins = |faults: &&Faults| faults.times(FaultKind::Joins) > 0;
        let Some(faults) = self.faults.as_ref().filter(joins) else { return Vec::new() };
        let joins = Ground::new(self, faults, &self.creators(seed)).draw(seed, FaultKind::Joins);
        let nodes = joins.into_iter().filter_map(|operation| {
            let Act::Join(Lone { node }) = operation.act else { return None };
            Some(node)
        });
        nodes.collect()
    }

    /// The nodes at which workloads create CoValues.
    fn creators(&self, seed: u64) -> Vec<u32> {
        let creates = self.workloads.iter().flat_map(|workload| creates(seed, workload, self));
        let nodes = creates.filter_map(|operation| {
            let Act::Create(Subject { node, .. }) = operation.act else { return None };
            Some(node)
        });
        nodes.collect()
    }

    /// The operations that are more than to write, to load and to be done: the words of guests are others.
    fn verbs(&self, seed: u64, workload: &Workload, verbs: Vec<Drawn>) -> Vec<Operation> {
        let is_ours = |node: &u32| self.nodes.get(*node as usize).is_some_and(|node| node.guest.is_none());
        match workload.nodes.iter().any(is_ours) {
            true => acts(seed, workload, self, verbs),
            false => asks(seed, workload, self, verbs),
        }
    }

    /// The generated operations and faults of `seed`, in no particular order.
    fn generate(&self, seed: u64) -> Vec<Operation> {
        let mut operations = Vec::new();
        for workload in &self.workloads {
            operations.extend(creates(seed, workload, self));
            let (others, verbs) = edits(seed, workload);
            operations.extend(others);
            operations.extend(self.verbs(seed, workload, verbs));
            operations.extend(roles(seed, workload, self));
        }
        if let Some(faults) = &self.faults {
            let creators = self.creators(seed);
            let ground = Ground::new(self, faults, &creators);
            operations.extend(FaultKind::ALL.into_iter().flat_map(|kind| ground.draw(seed, kind)));
        }
        operations
    }
}

/// The names of what `workload` and `faults` generate.
pub(super) fn generated_names<'a>(
    workloads: &'a [Workload],
    faults: Option<&'a Faults>,
    co_values: &'a [&'a str],
) -> impl Iterator<Item = String> + 'a {
    let drawn = workloads.iter().flat_map(move |workload| {
        let created = workload.creates.iter().map(move |&id| create_name(co_values[id as usize]));
        created.chain(workload.numbers().map(workload_name)).chain(workload.role_numbers().map(role_name))
    });
    drawn.chain(faults.into_iter().flat_map(Faults::names))
}

/// One create for each CoValue that the timeline does not create, in the first tenth of the window.
fn creates(seed: u64, workload: &Workload, scenario: &Scenario) -> impl Iterator<Item = Operation> {
    workload.creates.iter().map(move |&id| {
        let name = create_name(&scenario.co_values[id as usize]);
        let mut stream = Stream::new(seed, "workload", &name);
        let tenth = Span::from_us((workload.until - workload.from).as_us() / 10);
        let at = time_within(&mut stream, workload.from, tenth);
        let drawn = pick(&mut stream, &workload.nodes);
        // A group is created by its first admin, whoever is drawn.
        let admin = scenario.directory.co_value(CoId(id)).and_then(|known| known.spec.admin);
        let node = admin.map_or(drawn, |admin| admin.0);
        Operation { name, at, act: Act::Create(Subject { node, id }) }
    })
}

/// The drawn operations, six words each; of those that only guests know, which they are.
fn edits(seed: u64, workload: &Workload) -> (Vec<Operation>, Vec<Drawn>) {
    let large = large(seed, workload);
    let mut stream = workload.stream(seed, "");
    let (mut operations, mut verbs) = (Vec::new(), Vec::new());
    for number in workload.numbers() {
        let at = time_within(&mut stream, workload.from, workload.until - workload.from);
        let node = pick(&mut stream, &workload.nodes);
        let id = pick(&mut stream, &workload.co_values);
        let kind = stream.below(workload.mix.total());
        let transactions = number_within(&mut stream, workload.transactions);
        let drawn = number_within(&mut stream, workload.size);
        let size = large.get(&number).copied().unwrap_or(drawn);
        if let Some(verb) = workload.mix.ask(kind) {
            verbs.push(Drawn { name: workload_name(number), at, verb, node, id });
            continue;
        }
        let (edit, load) = (u64::from(workload.mix.edit), u64::from(workload.mix.load));
        let act = if kind < edit {
            Act::Edit(Edit { node, id, transactions: Some(transactions), size: Some(size) })
        } else if kind < edit + load {
            Act::Load(Subject { node, id })
        } else {
            Act::Done(Subject { node, id })
        };
        operations.push(Operation { name: workload_name(number), at, act });
    }
    (operations, verbs)
}

/// The operations that write far more than usual, if they are edits, and how many bytes a transaction: two words each.
fn large(seed: u64, workload: &Workload) -> BTreeMap<u32, u32> {
    let mut stream = workload.stream(seed, "large");
    let (first, last) = workload.numbers().into_inner();
    let all = [first, last.max(first)];
    let writes = (0..workload.large).map(|_| {
        let number = number_within(&mut stream, all);
        (number, number_within(&mut stream, LARGE))
    });
    writes.collect()
}

/// The changes of roles, five words each. Who founded a group is the last who could put anything right in it, and stays.
fn roles<'a>(
    seed: u64,
    workload: &'a Workload,
    scenario: &'a Scenario,
) -> impl Iterator<Item = Operation> + 'a {
    let mut stream = workload.stream(seed, "roles");
    workload.role_numbers().filter_map(move |number| {
        let at = time_within(&mut stream, workload.from, workload.until - workload.from);
        let node = pick(&mut stream, &workload.nodes);
        let id = pick(&mut stream, &workload.groups);
        let founder = scenario.directory.co_value(CoId(id)).and_then(|known| known.spec.admin);
        let others: Vec<u32> =
            workload.nodes.iter().copied().filter(|other| Some(NodeId(*other)) != founder).collect();
        let member = others.get(stream.index(others.len())).copied().map(Some);
        // By today's rules there are two more to draw.
        let has_more = MemberRole::Manager.is_known(scenario.directory.dialect_of(NodeId(node)));
        let role = match stream.below(if has_more { 9 } else { 7 }) {
            0 | 1 => None,
            2 => Some(MemberRole::Reader),
            3 | 4 => Some(MemberRole::Writer),
            5 | 6 => Some(MemberRole::Admin),
            7 => Some(MemberRole::Manager),
            _ => Some(MemberRole::WriteOnly),
        };
        let act = match (member?, role) {
            (member, Some(role)) => Act::AddMember(AddMember { node, id, member, role }),
            (member, None) => Act::RemoveMember(RemoveMember { node, id, member }),
        };
        Some(Operation { name: role_name(number), at, act })
    })
}

fn create_name(co_value: &str) -> String {
    format!("create-{co_value}")
}

fn workload_name(number: u32) -> String {
    format!("w{number}")
}

fn role_name(number: u32) -> String {
    format!("role{number}")
}

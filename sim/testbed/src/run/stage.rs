//! From a checked scenario and a seed to what a world needs: nodes, links, and operations at their times.

use super::lines;
use crate::cojson::{Ask, Attack, Cast, CoJson, Command, Directory, Edit, End, Writes, holds_last_copy};
use crate::decision::Decide;
use crate::guest::{Troupe, is_judged_by};
use crate::host::{Backup, DiskSpec, NodeId, Operation, Storage};
use crate::log::OperationName;
use crate::network::{Network, SpanRange};
use crate::observer::Observer;
use crate::oracles::{Need, Setup, Waits};
use crate::scenario::act::Way;
use crate::scenario::file::HalfOpen;
use crate::scenario::{self, Act, Direction, Numbered, Plan, Scenario};
use crate::script::{self, Director, opening};
use crate::world::{LinkSpec, World};
use cosim_core::{Announce, CoId, Config, Mutation, Mutations, Span, Time};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A scenario that is being staged with one seed.
#[derive(Clone, Debug)]
pub struct Stage<'a> {
    scenario: Cow<'a, Scenario>,
    plan: Plan,
    cast: Arc<Cast>,
    /// The conditions of each link after the operations staged so far.
    networks: Vec<Network>,
    /// Whether an operation staged so far bounds a line.
    bounded: bool,
    /// How many operations were staged.
    staged: u32,
    /// Whether the guests of the run speak another protocol than CoJSON.
    speaks_other: bool,
}

/// An operation for a world.
#[derive(Clone, Debug)]
pub(super) struct Planned<N: CoJson> {
    pub(super) at: Time,
    pub(super) operation: Operation<N>,
}

impl<N: CoJson> Planned<N> {
    /// When the last of it is over.
    pub(super) fn ends(&self) -> Time {
        ends(self.at, &self.operation)
    }
}

fn ends<N: CoJson>(at: Time, operation: &Operation<N>) -> Time {
    match operation {
        Operation::Restart { down_for, .. }
        | Operation::Crash { down_for, .. }
        | Operation::Restore { down_for, .. } => at + *down_for,
        Operation::Pause { span, .. } | Operation::Offline { span, .. } => at + *span,
        Operation::Disk { fault, .. } => at + fault.span(),
        Operation::UnlessLastCopy { operation, .. } => ends(at, operation),
        Operation::Command { .. }
        | Operation::Connect { .. }
        | Operation::Disconnect { .. }
        | Operation::HalfOpen { .. }
        | Operation::Filter { .. }
        | Operation::Release { .. }
        | Operation::Partition { .. }
        | Operation::Heal { .. }
        | Operation::BackUp { .. }
        | Operation::Join { .. }
        | Operation::Leave { .. }
        | Operation::Clock { .. }
        | Operation::Network { .. } => at,
    }
}

impl<'a> Stage<'a> {
    /// Draws the plan of a seed.
    pub fn new(scenario: &'a Scenario, seed: u64) -> Stage<'a> {
        let scenario = scenario.of_seed(seed);
        let cast = Arc::new(Cast {
            nodes: scenario.nodes.iter().map(|node| node.name.clone()).collect(),
            co_values: scenario.co_values.clone(),
        });
        let networks = scenario.links.iter().map(|link| link.network).collect();
        let plan = scenario.plan(seed);
        Stage { scenario, plan, cast, networks, bounded: false, staged: 0, speaks_other: false }
    }

    /// What every operation is called and does, by its number in the world, as long as none of them is staged.
    pub fn names(&self) -> Vec<OperationName> {
        let mut names = Vec::new();
        for (_, link) in self.scenario.opened_at_first() {
            names.push(self.of_link(link, opening, "connect"));
        }
        for operation in self.plan.chapters.iter().flat_map(|chapter| &chapter.operations) {
            let times = self.width(&operation.act) as usize;
            let name = OperationName::of(operation, &self.scenario);
            names.extend(std::iter::repeat_n(name, times));
        }
        for link in self.scenario.links.iter().filter(|link| self.is_hostile(link)) {
            names.push(self.of_link(link, |a, b| format!("close-{a}-{b}"), "disconnect for good"));
        }
        let healed = |link: &&scenario::LinkSpec| self.scenario.heal && !self.is_hostile(link);
        for link in self.scenario.links.iter().filter(healed) {
            let verbs = ["heal", "reconnect"];
            names.extend(verbs.map(|verb| self.of_link(link, |a, b| format!("{verb}-{a}-{b}"), verb)));
        }
        names
    }

    /// What an operation of a link is called that no file names.
    fn of_link(
        &self,
        link: &scenario::LinkSpec,
        name: impl FnOnce(&str, &str) -> String,
        does: &str,
    ) -> OperationName {
        let nodes = link.ends.map(NodeId);
        let [a, b] = nodes.map(|node| self.cast.node(node));
        let text = format!("{a} and {b} {does}");
        OperationName {
            name: name(&a, &b),
            text,
            nodes: nodes.to_vec(),
            id: None,
            act: "connect",
            sets: None,
        }
    }

    /// Whether an end of a link is hostile.
    pub(super) fn is_hostile(&self, link: &scenario::LinkSpec) -> bool {
        link.ends.iter().any(|end| self.scenario.nodes[*end as usize].hostile)
    }

    /// The nodes that are hostile.
    pub(super) fn hostile(&self) -> BTreeSet<NodeId> {
        let nodes = (0..).map(NodeId).zip(&self.scenario.nodes);
        nodes.filter(|(_, spec)| spec.hostile).map(|(node, _)| node).collect()
    }

    /// The nodes that guests play.
    fn guests(&self) -> BTreeSet<NodeId> {
        let nodes = (0..).map(NodeId).zip(&self.scenario.nodes);
        nodes.filter(|(_, spec)| spec.guest.is_some()).map(|(node, _)| node).collect()
    }

    /// The guests take part.
    pub(super) fn meet(&mut self, troupe: &Troupe) {
        self.speaks_other = troupe.speaks_other();
    }

    /// The oracles that are asked: where guests take part, those that can judge them.
    fn judges(&self) -> Vec<&'static str> {
        let asked = self.scenario.expect.oracles.iter().copied();
        let speaks_other = self.scenario.has_guests().then_some(self.speaks_other);
        asked.filter(|name| is_judged_by(name, speaks_other)).collect()
    }

    /// Decides by the list of the scenario.
    pub(crate) fn director(&self) -> Director {
        let names = script::Names::new(self.cast().clone(), self.names(), self.creates());
        Director::new(self.scenario.file.decisions.as_ref(), names)
    }

    /// The operations that create a CoValue, by number, and which one.
    fn creates(&self) -> impl Iterator<Item = (u32, CoId)> + '_ {
        let opened = self.scenario.opened_at_first().count() as u32;
        let mut number = opened;
        let operations = self.plan.chapters.iter().flat_map(|chapter| &chapter.operations);
        operations.filter_map(move |operation| {
            let this = number;
            number += self.width(&operation.act);
            let (Act::Create(create) | Act::Branch(create)) = &operation.act else { return None };
            Some((this, CoId(create.id)))
        })
    }

    /// How many operations of a world an act is.
    pub(super) fn width(&self, act: &Act<Numbered>) -> u32 {
        let all = matches!(act, Act::Network(change) if change.between.is_none());
        if all { self.networks.len() as u32 } else { 1 }
    }

    /// The plan that is staged, as far as it has not been handed out.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The scenario, as the seed has it.
    pub(crate) fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// How long a load may take.
    pub(crate) fn load_within(&self) -> Span {
        self.scenario.expect.load_within.unwrap_or_else(|| lines::load_within(&self.scenario))
    }

    /// Whether a line is bounded, be it for a while.
    pub(crate) fn bounds_lines(&self) -> bool {
        lines::are_bounded(&self.scenario.links, &self.plan.chapters)
    }

    /// The names of the run.
    pub fn cast(&self) -> &Cast {
        &self.cast
    }

    /// The failure key that the scenario is there for, if any.
    pub(crate) fn seeks(&self) -> Option<&str> {
        let file = &self.scenario.file;
        let expected = self.scenario.expect.violation.as_deref();
        expected.or_else(|| file.origin.as_ref().and_then(|origin| origin.key.as_deref()))
    }

    pub(super) fn setup(&self) -> Setup {
        let scenario = &self.scenario;
        Setup {
            seeks: self.seeks().map(str::to_owned),
            enabled: self.judges(),
            needs: if scenario.expect.names_loads() {
                [Need::Ledger, Need::Verdicts].as_slice()
            } else {
                &[]
            }
            .iter()
            .copied()
            .collect(),
            cast: self.cast().clone(),
            // The published package tells a client only of what that has asked for.
            announce: scenario
                .nodes
                .iter()
                .map(|node| if node.guest.is_some() { Announce::Interested } else { node.announce })
                .collect(),
            waits: scenario.nodes.iter().map(|node| Waits { base: node.base, cap: node.cap }).collect(),
            load_within: self.load_within(),
            directory: Arc::clone(&self.scenario.directory),
            hostile: self.hostile(),
            guests: self.guests(),
            speaks_other: self.speaks_other,
        }
    }

    pub(super) fn nodes<N>(&self, make: impl Fn(NodeId, Config) -> N) -> Vec<N> {
        let nodes = self.scenario.nodes.iter().enumerate();
        nodes.map(|(i, spec)| make(NodeId(i as u32), config(spec))).collect()
    }

    /// What is known of nodes and CoValues before anything happens.
    pub(super) fn directory(&self) -> &Arc<Directory> {
        &self.scenario.directory
    }

    /// What a world must know of its nodes before anything happens.
    pub(super) fn settle<N: CoJson, O: Observer<N>, D: Decide<N>>(&self, world: &mut World<N, O, D>) {
        world.set_last_copy(holds_last_copy);
        for (i, spec) in (0..).zip(&self.scenario.nodes) {
            world.set_clock(NodeId(i), spec.clock);
            world.set_known_as(NodeId(i), NodeId(spec.known_as));
            if let Some((latency, errors, unsynced)) = spec.disk {
                let name = spec.name.clone();
                world.add_disk(NodeId(i), DiskSpec { name, latency, errors, unsynced });
            }
            if spec.work != SpanRange::default() {
                world.set_work(NodeId(i), &spec.name, spec.work);
            }
            if !spec.present {
                world.set_absent(NodeId(i));
            }
        }
    }

    pub(super) fn links<N: CoJson>(&self) -> Vec<LinkSpec<N>> {
        let name = |node: u32| self.scenario.nodes[node as usize].name.clone();
        let links = self.scenario.links.iter().map(|link| LinkSpec {
            ends: link.ends.map(NodeId),
            names: link.ends.map(name),
            end: [0, 1].map(|i| End { relationship: link.relationship[i], priority: link.priority[i] }),
            network: link.network,
        });
        links.collect()
    }

    pub(super) fn chapters(&self) -> usize {
        self.plan.chapters.len()
    }

    /// The operations of a chapter that begins at `start`; the first also opens the links that are connected at first.
    pub(super) fn chapter<N: CoJson>(&mut self, number: usize, start: Time) -> Vec<Planned<N>> {
        let mut planned = Vec::new();
        if number == 0 {
            for (link, _) in self.scenario.opened_at_first() {
                planned.push(Planned { at: start, operation: Operation::Connect { link } });
                self.staged += 1;
            }
        }
        let operations = std::mem::take(&mut self.plan.chapters[number].operations);
        for operation in operations {
            let at = start + operation.at.since(Time::ZERO);
            self.stage(&operation.act, at, &mut planned);
        }
        planned
    }

    /// The conditions of every link after what was staged so far.
    pub(super) fn networks(&self) -> &[Network] {
        &self.networks
    }

    /// Whether some line was bounded so far.
    pub(super) fn has_bounded_lines(&self) -> bool {
        self.bounded || self.scenario.links.iter().any(|link| link.network.bandwidth.is_some())
    }

    /// The conditions of every link once the faults have ended: lossless and orderly.
    pub(super) fn calm(&self) -> impl Iterator<Item = (u32, Network)> + '_ {
        (0..).zip(&self.networks).map(|(link, network)| (link, network.calm()))
    }

    /// Whether there is anything for the end of the faults to end.
    pub(super) fn has_faults(&self) -> bool {
        self.scenario.heal
            || self.scenario.links.iter().any(|link| self.is_hostile(link))
            || self.calm().zip(&self.networks).any(|((_, calm), network)| calm != *network)
    }

    /// What else ends the faults at `now`: the links of hostile nodes close for good, since a liar can keep honest nodes
    /// asking for ever; and, where the scenario says so, partitions heal and closed links open.
    pub(super) fn healing<N: CoJson>(&self, now: Time) -> Vec<Planned<N>> {
        let links = || (0..).zip(&self.scenario.links);
        let closed = links().filter(|(_, spec)| self.is_hostile(spec));
        let closed = closed.map(|(link, _)| Operation::Disconnect { link });
        let healed = links().filter(|(_, spec)| self.scenario.heal && !self.is_hostile(spec));
        let healed = healed.flat_map(|(link, _)| {
            [Operation::Heal { link, direction: Direction::Both }, Operation::Connect { link }]
        });
        closed.chain(healed).map(|operation| Planned { at: now, operation }).collect()
    }

    fn stage<N: CoJson>(&mut self, act: &Act<Numbered>, at: Time, planned: &mut Vec<Planned<N>>) {
        if let Act::Network(change) = act {
            let links = match &change.between {
                Some(ends) => self.link(ends)..self.link(ends) + 1,
                None => 0..self.networks.len() as u32,
            };
            for link in links {
                let network = change.conditions().apply(self.networks[link as usize]);
                self.networks[link as usize] = network;
                self.bounded |= network.bandwidth.is_some();
                planned
                    .push(Planned { at, operation: Operation::Network { link, network: Box::new(network) } });
                self.staged += 1;
            }
            return;
        }
        let asked = self.command(act).map(|(node, command)| Operation::Command { node, command });
        planned.extend(asked.or_else(|| self.suffered(act)).map(|operation| Planned { at, operation }));
        self.staged += 1;
    }

    /// The link with these ends.
    fn link(&self, [a, b]: &[u32; 2]) -> u32 {
        self.scenario.link(*a, *b).expect("a scenario has the links that its acts are about")
    }

    /// A link, and which way of it is meant.
    fn way(&self, way: Way<'_, Numbered>) -> (u32, Direction) {
        let ends = way.ends().expect("an act that was checked says which way");
        let direction = match way.from.map(|from| from.cmp(ends[1])) {
            None => Direction::Both,
            Some(Ordering::Less) => Direction::Forward,
            Some(_) => Direction::Backward,
        };
        (self.link(&ends.map(|end| *end)), direction)
    }

    /// What an app is asked for.
    #[expect(clippy::wildcard_enum_match_arm, reason = "families of acts say it of their own")]
    fn command(&self, act: &Act<Numbered>) -> Option<(NodeId, Command)> {
        let operation = self.staged;
        let edit = |node, id, writes| (node, Command::Edit(Edit { id: CoId(id), writes, operation }));
        let (node, command) = match act {
            Act::Create(it) | Act::Branch(it) => (it.node, Command::Create { id: CoId(it.id), operation }),
            Act::Merge(it) => {
                let branch = CoId(it.id);
                let source = self.scenario.directory.co_value(branch).and_then(|known| known.spec.branch_of);
                edit(it.node, source.unwrap_or(branch).0, Writes::merge(branch))
            }
            Act::Load(it) => (it.node, Command::Load { id: CoId(it.id) }),
            Act::Done(it) => (it.node, Command::Done { id: CoId(it.id) }),
            Act::Ask(it) => {
                let (op, with, given) = (it.op.clone(), it.with.clone(), it.given.clone());
                (it.node, Command::Ask(Arc::new(Ask { id: CoId(it.id), op, with, given, operation })))
            }
            Act::Edit(it) => {
                edit(it.node, it.id, Writes::Bulk { transactions: it.transactions(), size: it.size() })
            }
            Act::Attack(it) => {
                let (on, id) = (NodeId(it.on), CoId(it.id.unwrap_or(0)));
                let attack = Attack { on, how: it.how, id, count: it.count(), operation };
                (it.node, Command::Attack(attack))
            }
            _ => {
                let (node, id, change) = act.written()?;
                edit(node, id, Writes::Change(Arc::new(change)))
            }
        };
        Some((NodeId(node), command))
    }

    /// What nodes and links suffer.
    #[expect(clippy::wildcard_enum_match_arm, reason = "families of acts say it of their own")]
    fn suffered<N: CoJson>(&self, act: &Act<Numbered>) -> Option<Operation<N>> {
        if let Some((node, fault, spare)) = act.disk_fault() {
            let node = NodeId(node);
            return Some(sparing(spare, node, Operation::Disk { node, fault }));
        }
        Some(match act {
            Act::Connect(it) => Operation::Connect { link: self.link(&it.between) },
            Act::Disconnect(it) => Operation::Disconnect { link: self.link(&it.between) },
            Act::Partition(it) => {
                let (link, direction) = self.way(it.way());
                Operation::Partition { link, direction }
            }
            Act::Heal(it) => {
                let (link, direction) = self.way(it.way());
                Operation::Heal { link, direction }
            }
            Act::Release(it) => {
                let (link, direction) = self.way(it.way());
                Operation::Release { link, direction }
            }
            Act::Hold(it) => {
                let (link, direction) = self.way(it.way());
                Operation::Filter { link, direction, filter: it.filter() }
            }
            Act::Drop(it) => {
                let (link, direction) = self.way(it.way());
                Operation::Filter { link, direction, filter: it.filter() }
            }
            Act::HalfOpen(HalfOpen { node, peer }) => {
                Operation::HalfOpen { link: self.link(&[*node, *peer]), end: u8::from(node > peer) }
            }
            Act::Restart(it) => {
                let (node, down_for) = (NodeId(it.node), it.down_for().0);
                Operation::Restart { node, down_for, storage: Storage::Kept }
            }
            Act::Wipe(it) => {
                let (node, down_for) = (NodeId(it.node), it.down_for().0);
                let wipe = Operation::Restart { node, down_for, storage: Storage::Lost };
                sparing(it.spare_last_copy(), node, wipe)
            }
            Act::Crash(it) => {
                let (point, down_for) = (it.point().into(), it.down_for().0);
                Operation::Crash { node: NodeId(it.node), point, down_for }
            }
            Act::BackUp(it) => Operation::BackUp { node: NodeId(it.node), backup: it.backup },
            Act::Restore(it) => {
                let (node, down_for) = (NodeId(it.node), it.down_for().0);
                let backup = Backup { of: NodeId(*it.source()), number: it.backup };
                sparing(it.spare_last_copy(), node, Operation::Restore { node, down_for, backup })
            }
            Act::Pause(it) => {
                let connections = it.connections().into();
                Operation::Pause { node: NodeId(it.node), span: it.span.0, connections }
            }
            Act::Offline(it) => Operation::Offline { node: NodeId(it.node), span: it.span.0 },
            Act::Join(it) => {
                Operation::Join { node: NodeId(it.node), links: self.scenario.links_at_first(it.node) }
            }
            Act::Leave(it) => {
                let node = NodeId(it.node);
                sparing(it.spare_last_copy(), node, Operation::Leave { node })
            }
            Act::Clock(it) => Operation::Clock { node: NodeId(it.node), change: it.change()? },
            // Apps are asked for it, or it happens to disks.
            _ => return None,
        })
    }
}

/// An operation, or what becomes of it where the last copy of something is to be spared.
fn sparing<N: CoJson>(spare: bool, node: NodeId, operation: Operation<N>) -> Operation<N> {
    if spare { Operation::UnlessLastCopy { node, operation: Box::new(operation) } } else { operation }
}

fn config(spec: &scenario::NodeSpec) -> Config {
    let mutations = spec.mutations.iter().filter_map(|name| name.parse::<Mutation>().ok());
    Config {
        base: spec.base,
        cap: spec.cap,
        announce: spec.announce,
        durability: spec.durability,
        uploads: spec.uploads,
        mutations: mutations.fold(Mutations::NONE, Mutations::with),
    }
}

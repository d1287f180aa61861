//! From a checked scenario and a seed to what a world needs: nodes, links, and operations at their times.

use crate::cojson::{Attack, Cast, CoJson, Command, Directory, Edit, End, Writes, holds_last_copy};
use crate::decision::Decide;
use crate::host::{DiskFault, DiskSpec, NodeId, Operation, Storage};
use crate::log::OperationName;
use crate::network::Network;
use crate::observer::Observer;
use crate::oracles::{Need, Setup};
use crate::scenario::act::Act;
use crate::scenario::{self, Action, Direction, Plan, Scenario};
use crate::script::{self, Director, opening};
use crate::world::{LinkSpec, World};
use cosim_core::{CoId, Config, Mutation, Mutations, Span, Time};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A scenario that is being staged with one seed.
#[derive(Clone, Debug)]
pub struct Stage<'a> {
    scenario: Cow<'a, Scenario>,
    plan: Plan,
    cast: Cast,
    /// What every operation is called and does, by its number in the world.
    names: Vec<OperationName>,
    /// The conditions of each link after the operations staged so far.
    networks: Vec<Network>,
    /// How many operations were staged.
    staged: u32,
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
        Operation::Pause { span, .. }
        | Operation::Offline { span, .. }
        | Operation::Disk { fault: DiskFault::Stall(span), .. } => at + *span,
        Operation::UnlessLastCopy { operation, .. } => ends(at, operation),
        Operation::Disk {
            fault: DiskFault::Full | DiskFault::Room | DiskFault::FailNext(_) | DiskFault::Rot { .. },
            ..
        }
        | Operation::Command { .. }
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
        let cast = Cast {
            nodes: scenario.nodes.iter().map(|node| node.name.clone()).collect(),
            co_values: scenario.co_values.clone(),
        };
        let networks = scenario.links.iter().map(|link| link.network).collect();
        let plan = scenario.plan(seed);
        let mut stage = Stage { scenario, plan, cast, names: Vec::new(), networks, staged: 0 };
        stage.names = stage.name_operations();
        stage
    }

    /// In the order in which they will be staged.
    fn name_operations(&self) -> Vec<OperationName> {
        let mut names = Vec::new();
        for (_, link) in self.scenario.opened_at_first() {
            let [a, b] = link.ends.map(|end| self.cast.node(NodeId(end)));
            names.push(OperationName { name: opening(&a, &b), text: format!("{a} and {b} connect") });
        }
        for operation in self.plan.chapters.iter().flat_map(|chapter| &chapter.operations) {
            let times = self.width(&operation.action) as usize;
            let name = OperationName {
                name: operation.name.clone(),
                text: Act::of(&self.scenario, &operation.action).words(),
            };
            names.extend(std::iter::repeat_n(name, times));
        }
        for link in self.scenario.links.iter().filter(|link| self.is_hostile(link)) {
            let [a, b] = link.ends.map(|end| self.cast.node(NodeId(end)));
            names.push(OperationName {
                name: format!("close-{a}-{b}"),
                text: format!("{a} and {b} disconnect for good"),
            });
        }
        let healed = |link: &&scenario::LinkSpec| self.scenario.heal && !self.is_hostile(link);
        for link in self.scenario.links.iter().filter(healed) {
            let [a, b] = link.ends.map(|end| self.cast.node(NodeId(end)));
            let name = |verb: &str| OperationName {
                name: format!("{verb}-{a}-{b}"),
                text: format!("{a} and {b} {verb}"),
            };
            names.extend([name("heal"), name("reconnect")]);
        }
        names
    }

    /// Whether an end of a link is hostile.
    fn is_hostile(&self, link: &scenario::LinkSpec) -> bool {
        link.ends.iter().any(|end| self.scenario.nodes[*end as usize].hostile)
    }

    /// The nodes that are hostile.
    pub(super) fn hostile(&self) -> BTreeSet<NodeId> {
        let nodes = (0..).map(NodeId).zip(&self.scenario.nodes);
        nodes.filter(|(_, spec)| spec.hostile).map(|(node, _)| node).collect()
    }

    /// What every operation is called and does, by its number in the world.
    pub fn names(&self) -> &[OperationName] {
        &self.names
    }

    /// Decides by the list of the scenario.
    pub(crate) fn director(&self) -> Director {
        let names = script::Names::new(self.cast.clone(), self.names.clone(), self.creates());
        Director::new(self.scenario.file.decisions.as_ref(), names)
    }

    /// The operations that create a CoValue, by number, and which one.
    fn creates(&self) -> impl Iterator<Item = (u32, CoId)> + '_ {
        let opened = self.scenario.opened_at_first().count() as u32;
        let mut number = opened;
        let operations = self.plan.chapters.iter().flat_map(|chapter| &chapter.operations);
        operations.filter_map(move |operation| {
            let this = number;
            number += self.width(&operation.action);
            let Action::Create { co_value, .. } = operation.action else { return None };
            Some((this, CoId(co_value)))
        })
    }

    /// How many operations of a world an action is.
    pub(super) fn width(&self, action: &Action) -> u32 {
        if let Action::Network { link: None, .. } = action { self.networks.len() as u32 } else { 1 }
    }

    /// The plan that is staged, as far as it has not been handed out.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The scenario, as the seed has it.
    pub(crate) fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The names of the run.
    pub fn cast(&self) -> &Cast {
        &self.cast
    }

    pub(super) fn setup(&self) -> Setup {
        let scenario = &self.scenario;
        Setup {
            enabled: scenario.expect.oracles.clone(),
            needs: if scenario.expect.loads.is_empty() {
                [].as_slice()
            } else {
                &[Need::Ledger, Need::Verdicts]
            }
            .iter()
            .copied()
            .collect(),
            cast: self.cast.clone(),
            announce: scenario.nodes.iter().map(|node| node.announce).collect(),
            load_within: load_bound(scenario),
            directory: Arc::clone(&self.scenario.directory),
            hostile: self.hostile(),
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
            self.stage(&operation, at, &mut planned);
        }
        planned
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

    fn stage<N: CoJson>(&mut self, operation: &scenario::Operation, at: Time, planned: &mut Vec<Planned<N>>) {
        let number = self.staged;
        let mut push = |operation| {
            planned.push(Planned { at, operation });
            self.staged += 1;
        };
        let command = |node: u32, command: Command| Operation::Command { node: NodeId(node), command };
        match operation.action {
            Action::Create { node, co_value } => {
                push(command(node, Command::Create { id: CoId(co_value), operation: number }));
            }
            Action::Load { node, co_value } => push(command(node, Command::Load { id: CoId(co_value) })),
            Action::Done { node, co_value } => push(command(node, Command::Done { id: CoId(co_value) })),
            Action::Edit { node, co_value, transactions, size } => {
                let writes = Writes::Bulk { transactions, size };
                let edit = Edit { id: CoId(co_value), writes, operation: number };
                push(command(node, Command::Edit(edit)));
            }
            Action::Change { node, co_value, change } => {
                let edit = Edit { id: CoId(co_value), writes: Writes::Change(change), operation: number };
                push(command(node, Command::Edit(edit)));
            }
            Action::Attack { node, on, how, co_value, count } => {
                let (on, id) = (NodeId(on), CoId(co_value));
                push(command(node, Command::Attack(Attack { on, how, id, count, operation: number })));
            }
            Action::Connect { link } => push(Operation::Connect { link }),
            Action::Disconnect { link } => push(Operation::Disconnect { link }),
            Action::Partition { link, direction } => push(Operation::Partition { link, direction }),
            Action::Heal { link, direction } => push(Operation::Heal { link, direction }),
            Action::HalfOpen { link, end } => push(Operation::HalfOpen { link, end }),
            Action::Filter { link, direction, filter } => {
                let filter = self.scenario.filters[filter as usize].clone();
                push(Operation::Filter { link, direction, filter });
            }
            Action::FilterDrawn { link, direction, kind, co_value, hold } => {
                let filter = scenario::drawn_filter(kind, co_value, hold);
                push(Operation::Filter { link, direction, filter });
            }
            Action::Release { link, direction } => push(Operation::Release { link, direction }),
            Action::Restart { node, down_for } => {
                push(Operation::Restart { node: NodeId(node), down_for, storage: Storage::Kept });
            }
            Action::Wipe { node, down_for, spare } => {
                let node = NodeId(node);
                push(sparing(spare, node, Operation::Restart { node, down_for, storage: Storage::Lost }));
            }
            Action::Crash { node, point, down_for } => {
                push(Operation::Crash { node: NodeId(node), point, down_for });
            }
            Action::BackUp { node, backup } => push(Operation::BackUp { node: NodeId(node), backup }),
            Action::Restore { node, backup, down_for, spare } => {
                let node = NodeId(node);
                push(sparing(spare, node, Operation::Restore { node, down_for, backup }));
            }
            Action::Disk { node, fault, spare } => {
                let node = NodeId(node);
                push(sparing(spare, node, Operation::Disk { node, fault }));
            }
            Action::Pause { node, span, connections } => {
                push(Operation::Pause { node: NodeId(node), span, connections });
            }
            Action::Offline { node, span } => push(Operation::Offline { node: NodeId(node), span }),
            Action::Join { node } => {
                push(Operation::Join { node: NodeId(node), links: self.scenario.links_at_first(node) });
            }
            Action::Leave { node, spare } => {
                let node = NodeId(node);
                push(sparing(spare, node, Operation::Leave { node }));
            }
            Action::Clock { node, change } => push(Operation::Clock { node: NodeId(node), change }),
            Action::Network { link, change } => {
                let links = match link {
                    Some(link) => link..link + 1,
                    None => 0..self.networks.len() as u32,
                };
                for link in links {
                    let network = change.apply(self.networks[link as usize]);
                    self.networks[link as usize] = network;
                    push(Operation::Network { link, network });
                }
            }
        }
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
        mutations: mutations.fold(Mutations::NONE, Mutations::with),
    }
}

/// How long a load may take: each node on the way asks its servers one after another, and gives each three deadlines. How
/// many nodes there are beside the way is none of its business.
fn load_bound(scenario: &Scenario) -> Span {
    let longest =
        scenario.nodes.iter().map(|node| node.base.saturating_mul(8).max(node.cap.saturating_mul(4))).max();
    longest.unwrap_or(Span::ZERO).saturating_mul(scenario.longest_way())
}

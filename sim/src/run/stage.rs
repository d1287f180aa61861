//! From a checked scenario and a seed to what a world needs: nodes, links, and operations at their times.

use crate::cojson::{Cast, CoJson, Command, Edit, End};
use crate::host::{NodeId, Operation, Storage};
use crate::network::{Network, Ppm};
use crate::oracles::Setup;
use crate::scenario::{self, Action, Direction, Plan, Scenario};
use crate::world::LinkSpec;
use cosim_core::{CoId, Config, Mutation, Mutations, Names, Span, Time};

/// A scenario that is being staged with one seed.
#[derive(Debug)]
pub struct Stage<'a> {
    scenario: &'a Scenario,
    plan: Plan,
    cast: Cast,
    /// The conditions of each link after the operations staged so far.
    networks: Vec<Network>,
    /// How many operations were staged.
    staged: u32,
}

/// An operation for a world.
#[derive(Clone, Debug)]
pub(super) struct Planned<N: CoJson> {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) at: Time,
    pub(super) operation: Operation<N>,
}

impl<'a> Stage<'a> {
    /// Draws the plan of a seed.
    pub fn new(scenario: &'a Scenario, seed: u64) -> Stage<'a> {
        let cast = Cast {
            nodes: scenario.nodes.iter().map(|node| node.name.clone()).collect(),
            co_values: scenario.co_values.clone(),
        };
        let networks = scenario.links.iter().map(|link| link.network).collect();
        Stage { scenario, plan: scenario.plan(seed), cast, networks, staged: 0 }
    }

    pub(super) fn scenario(&self) -> &'a Scenario {
        self.scenario
    }

    /// The names of the run.
    pub fn cast(&self) -> &Cast {
        &self.cast
    }

    pub(super) fn setup(&self) -> Setup {
        let scenario = self.scenario;
        Setup {
            enabled: scenario.expect.oracles.clone(),
            cast: self.cast.clone(),
            announce: scenario.nodes.iter().map(|node| node.announce).collect(),
            load_within: load_bound(scenario),
        }
    }

    pub(super) fn nodes<N>(&self, make: impl Fn(NodeId, Config) -> N) -> Vec<N> {
        let nodes = self.scenario.nodes.iter().enumerate();
        nodes.map(|(i, spec)| make(NodeId(i as u32), config(spec))).collect()
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
            for (i, link) in self.scenario.links.iter().enumerate().filter(|(_, link)| link.connected) {
                let [a, b] = link.ends.map(|end| self.cast.node(NodeId(end)).into_owned());
                let (name, text) = (format!("open-{a}-{b}"), format!("{a} and {b} connect"));
                planned.push(Planned { name, text, at: start, operation: Operation::Connect { link: i as u32 } });
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

    /// What ends the faults at `now`: every link is made lossless and orderly, and where the scenario says so, closed
    /// links open and partitions heal.
    pub(super) fn liveness<N: CoJson>(&mut self, now: Time) -> Vec<Planned<N>> {
        let mut planned = Vec::new();
        for (link, network) in (0..).zip(self.networks.clone()) {
            let calm = Network { loss: Ppm::NEVER, duplicate: Ppm::NEVER, reorder: Ppm::NEVER, ..network };
            let mut silently = |operation| {
                planned.push(Planned { name: String::new(), text: String::new(), at: now, operation });
            };
            if calm != network {
                silently(Operation::Network { link, network: calm });
            }
            if self.scenario.heal {
                silently(Operation::Heal { link, direction: Direction::Both });
                silently(Operation::Connect { link });
            }
        }
        planned
    }

    fn stage<N: CoJson>(&mut self, operation: &scenario::Operation, at: Time, planned: &mut Vec<Planned<N>>) {
        let (name, text) = (&operation.name, self.text(&operation.action));
        let mut push = |operation| {
            planned.push(Planned { name: name.clone(), text: text.clone(), at, operation });
            self.staged += 1;
        };
        let command = |node: u32, command: Command| Operation::Command { node: NodeId(node), command };
        match operation.action {
            Action::Create { node, co_value } => push(command(node, Command::Create { id: CoId(co_value) })),
            Action::Load { node, co_value } => push(command(node, Command::Load { id: CoId(co_value) })),
            Action::Done { node, co_value } => push(command(node, Command::Done { id: CoId(co_value) })),
            Action::Edit { node, co_value, transactions, size } => {
                let edit = Edit { id: CoId(co_value), transactions, size, operation: self.staged };
                planned.push(Planned {
                    name: name.clone(),
                    text,
                    at,
                    operation: command(node, Command::Edit(edit)),
                });
                self.staged += 1;
            }
            Action::Connect { link } => push(Operation::Connect { link }),
            Action::Disconnect { link } => push(Operation::Disconnect { link }),
            Action::Partition { link, direction } => push(Operation::Partition { link, direction }),
            Action::Heal { link, direction } => push(Operation::Heal { link, direction }),
            Action::Restart { node, down_for } => {
                push(Operation::Restart { node: NodeId(node), down_for, storage: Storage::Kept });
            }
            Action::Wipe { node, down_for } => {
                push(Operation::Restart { node: NodeId(node), down_for, storage: Storage::Lost });
            }
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

    /// What an action is, in words.
    fn text(&self, action: &Action) -> String {
        let node = |node: u32| self.cast.node(NodeId(node));
        let id = |co_value: u32| self.cast.co_value(CoId(co_value));
        match *action {
            Action::Create { node: by, co_value } => format!("{} creates {}", node(by), id(co_value)),
            Action::Edit { node: by, co_value, transactions: 1, .. } => {
                format!("{} edits {}", node(by), id(co_value))
            }
            Action::Edit { node: by, co_value, transactions, .. } => {
                format!("{} edits {}, {transactions} transactions", node(by), id(co_value))
            }
            Action::Load { node: by, co_value } => format!("{} loads {}", node(by), id(co_value)),
            Action::Done { node: by, co_value } => format!("{} is done with {}", node(by), id(co_value)),
            Action::Connect { link } => format!("{} connect", self.pair(link)),
            Action::Disconnect { link } => format!("{} disconnect", self.pair(link)),
            Action::Partition { link, direction } => format!("nothing passes {}", self.way(link, direction)),
            Action::Heal { link, direction } => format!("messages pass {} again", self.way(link, direction)),
            Action::Restart { node: of, down_for } => format!("{} restarts, down for {down_for}", node(of)),
            Action::Wipe { node: of, down_for } => format!("{} is wiped, down for {down_for}", node(of)),
            Action::Network { link: Some(link), .. } => format!("the network between {} changes", self.pair(link)),
            Action::Network { link: None, .. } => "the network changes everywhere".to_owned(),
        }
    }

    fn pair(&self, link: u32) -> String {
        let [a, b] = self.scenario.links[link as usize].ends.map(|end| self.cast.node(NodeId(end)));
        format!("{a} and {b}")
    }

    fn way(&self, link: u32, direction: Direction) -> String {
        let [a, b] = self.scenario.links[link as usize].ends.map(|end| self.cast.node(NodeId(end)));
        match direction {
            Direction::Both => format!("between {a} and {b}"),
            Direction::Forward => format!("from {a} to {b}"),
            Direction::Backward => format!("from {b} to {a}"),
        }
    }
}

fn config(spec: &scenario::NodeSpec) -> Config {
    let mutations = spec.mutations.iter().filter_map(|name| name.parse::<Mutation>().ok());
    Config {
        base: spec.base,
        cap: spec.cap,
        announce: spec.announce,
        mutations: mutations.fold(Mutations::NONE, Mutations::with),
    }
}

/// How long a load may take: each node on the way asks its servers one after another, and gives each three deadlines.
fn load_bound(scenario: &Scenario) -> Span {
    let longest = scenario.nodes.iter().map(|node| node.base.saturating_mul(8).max(node.cap.saturating_mul(4))).max();
    longest.unwrap_or(Span::ZERO).saturating_mul(scenario.nodes.len() as u64)
}

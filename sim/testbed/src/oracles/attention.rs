//! What the oracles that judge a node by what it holds are asked about, and when: see [the module above](super).

use super::evidence::Need;
use super::holdings::Shown;
use super::logs::Seen;
use super::looked::At;
use super::panel::Hook;
use super::scene::{Scene, Surroundings};
use super::{Oracles, Touched};
use crate::cojson::{Sight, fold_text};
use crate::host::NodeId;
use cosim_core::{CoId, ConnectionId};
use std::collections::BTreeSet;

/// How many CoValues are looked at when a deadline passes. A node that holds no more is looked at as a whole.
const ROUND_MAX: usize = 64;

impl Oracles {
    /// Looks at what the event that is over has touched of the node that it happened to.
    pub(super) fn look_at_touched(&mut self, world: &dyn Surroundings, node: NodeId) {
        match self.touched {
            Touched::Message { id, content } => {
                self.look_at_known(world, node, id);
                if content {
                    self.look_at_logs(world, node, id);
                }
            }
            Touched::Command { id } => self.look_at_held(world, node, id),
            Touched::Some => {
                let from = self.rounds.get(&node).copied().unwrap_or(CoId(0));
                let ids = self.ids(world, node, from, ROUND_MAX);
                let next =
                    ids.range(..from).next_back().or(ids.last()).map_or(0, |id| id.0.saturating_add(1));
                self.rounds.insert(node, CoId(next));
                for id in ids {
                    self.look_at_held(world, node, id);
                }
            }
            Touched::All => {
                for id in self.ids(world, node, CoId(0), usize::MAX) {
                    self.look_at_held(world, node, id);
                }
            }
            Touched::Nothing => {}
        }
    }

    /// Looks at everything that everybody holds and has confirmed.
    pub(super) fn look_at_all(&mut self, world: &dyn Surroundings) {
        for node in (0..world.nodes()).map(|i| NodeId(i as u32)) {
            for id in self.ids(world, node, CoId(0), usize::MAX) {
                self.look_at_held(world, node, id);
                for (peer, connection) in self.evidence.heard.peers(node).collect::<Vec<_>>() {
                    self.look_at_confirmed(world, (node, peer, connection), id, 1);
                }
            }
        }
    }

    fn look_at_held(&mut self, world: &dyn Surroundings, node: NodeId, id: CoId) {
        self.look_at_known(world, node, id);
        self.look_at_logs(world, node, id);
    }

    fn look_at_known(&mut self, world: &dyn Surroundings, node: NodeId, id: CoId) {
        let (was, is) = self.evidence.holds((node, id), world.holdings(node).stored(id));
        let scene = Scene { world, evidence: &self.evidence, setup: &self.setup };
        self.panel.ask((Hook::Holds, At::held(node, id)), &scene, |oracle| {
            oracle.holds(&scene, (node, id), &was, &is)
        });
    }

    fn look_at_logs(&mut self, world: &dyn Surroundings, node: NodeId, id: CoId) {
        if self.evidence.hostile.is(node) {
            return;
        }
        let stored = world.holdings(node).stored(id);
        let scene = Scene { world, evidence: &self.evidence, setup: &self.setup };
        self.panel.ask((Hook::Stores, At::held(node, id)), &scene, |oracle| {
            oracle.stores(&scene, (node, id), stored)
        });
        // What the app of a guest sees, it is asked once, at rest.
        if self.needs.has(Need::Logs) && !self.setup.guests.contains(&node) {
            self.look_at_views(world, node, id);
        }
    }

    /// Looks at what the apps of guests see of all that they hold.
    pub(super) fn look_at_guests(&mut self, world: &dyn Surroundings) {
        for node in self.setup.guests.clone().into_iter().filter(|node| world.is_up(*node)) {
            let holdings = world.holdings(node);
            let Some((foreign, dialect)) = holdings.foreign().and_then(|it| Some((it, it.dialect()?))) else {
                continue;
            };
            for id in self.ids(world, node, CoId(0), usize::MAX) {
                let told = foreign.sees(id).filter(|_| self.evidence.logs.shows(id));
                let (Some(told), Some(grounds)) = (told, self.evidence.follow(holdings, node, id)) else {
                    continue;
                };
                let told = (dialect, told);
                let digest = Some(digest(&told.1));
                let seen =
                    Seen { node, id, grounds: &grounds, shown: None, told: Some((told.0, &told.1)), digest };
                self.look_at_sight(world, &seen);
            }
        }
    }

    /// Looks at what the app sees of a CoValue, where that is a group that has changed, of all that it owns, and of the
    /// branches of all that.
    fn look_at_views(&mut self, world: &dyn Surroundings, node: NodeId, id: CoId) {
        if !self.evidence.logs.shows(id) {
            return;
        }
        self.look_at_view(world, node, id);
        let owned = self.evidence.logs.newly_ruled(node, id);
        let branches = self.setup.directory.branches_of(owned.iter().chain([&id]));
        for other in owned.into_iter().chain(branches) {
            self.look_at_view(world, node, other);
        }
    }

    fn look_at_view(&mut self, world: &dyn Surroundings, node: NodeId, id: CoId) {
        let holdings = world.holdings(node);
        let Some(grounds) = self.evidence.follow(holdings, node, id) else { return };
        let shown = holdings.shown(id);
        let digest = shown.map(Shown::digest);
        self.look_at_sight(world, &Seen { node, id, grounds: &grounds, shown, told: None, digest });
    }

    fn look_at_sight(&mut self, world: &dyn Surroundings, seen: &Seen<'_>) {
        let scene = Scene { world, evidence: &self.evidence, setup: &self.setup };
        let at = At::held(seen.node, seen.id);
        self.panel.ask((Hook::Shows, at), &scene, |oracle| oracle.shows(&scene, seen));
    }

    /// Looks at what a node takes for confirmed about a peer, unless the connection is not the node's current one: for so many
    /// messages.
    pub(super) fn look_at_confirmed(
        &mut self,
        world: &dyn Surroundings,
        pair: (NodeId, NodeId, ConnectionId),
        id: CoId,
        messages: u64,
    ) {
        let (node, peer, connection) = pair;
        let judged = !self.evidence.hostile.is(node) && !self.evidence.hostile.is(peer);
        if judged && self.evidence.heard.current(node, peer) == Some(connection) {
            let scene = Scene { world, evidence: &self.evidence, setup: &self.setup };
            self.panel.ask_times(messages, (Hook::Confirms, At::between(node, peer, id)), &scene, |oracle| {
                oracle.confirms(&scene, pair, id)
            });
        }
    }

    /// At most `max` CoValues that a node holds or was seen to hold: those from `from` on, then those before.
    fn ids(&self, world: &dyn Surroundings, node: NodeId, from: CoId, max: usize) -> BTreeSet<CoId> {
        let holdings = world.holdings(node);
        let stretch = |from: CoId, to: CoId, max: usize| -> BTreeSet<CoId> {
            let now = holdings.ids(from, to).take(max);
            let ids: BTreeSet<CoId> = now.chain(self.evidence.seen(node, from, to).take(max)).collect();
            if ids.len() <= max { ids } else { ids.into_iter().take(max).collect() }
        };
        let mut ids = stretch(from, CoId(u32::MAX), max);
        if let Some(before) = from.0.checked_sub(1) {
            ids.extend(stretch(CoId(0), CoId(before), max - ids.len()));
        }
        ids
    }
}

/// A hash over what a guest says that its app sees.
fn digest(sight: &Sight) -> u64 {
    match sight {
        Sight::Deleted => 0,
        Sight::Shown(shown) => fold_text(1, &shown.to_string()),
    }
}

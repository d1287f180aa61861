//! What all oracles that judge a node by what it holds look at, and when: see [the module above](super).

use super::permission::Look;
use super::{Name, Oracles, Setup, dependencies};
use crate::cojson::CoJson;
use crate::host::NodeId;
use crate::world::View;
use cosim_core::{CoId, ConnectionId};
use std::collections::BTreeSet;

impl Oracles {
    pub(super) fn look_at_held<N: CoJson>(&mut self, view: &View<'_, N>, node: NodeId, id: CoId) {
        let found = self.monotonic.look(view, node, id, &self.setup.cast);
        self.judge(Name::Monotonic, view, 1, found);
        self.look_at_logs(view, node, id);
    }

    pub(super) fn look_at_logs<N: CoJson>(&mut self, view: &View<'_, N>, node: NodeId, id: CoId) {
        if self.hostile.is(node) {
            return;
        }
        let Setup { directory, cast, .. } = &self.setup;
        let (prefix, phantom, dependencies) = (
            self.prefix.look(view, node, id, (&self.ledger, &self.hostile), cast),
            self.no_phantom.look(view, node, id, (&self.ledger, &self.hostile), cast),
            dependencies::look(view, node, id, (directory, &self.hostile), cast),
        );
        self.judge(Name::Prefix, view, 1, prefix);
        let (looks, found) = phantom;
        self.judge(Name::NoPhantom, view, looks, found);
        let (looks, found) = dependencies;
        self.judge(Name::Dependencies, view, looks, found);
        self.look_at_views(view, node, id);
    }

    /// Looks at what the app sees of a CoValue, and where that is a group that has changed, of all that it owns.
    fn look_at_views<N: CoJson>(&mut self, view: &View<'_, N>, node: NodeId, id: CoId) {
        if !self.logs.shows(id) {
            return;
        }
        self.look_at_view(view, node, id);
        for owned in self.logs.newly_ruled(node, id) {
            self.look_at_view(view, node, owned);
        }
    }

    fn look_at_view<N: CoJson>(&mut self, view: &View<'_, N>, node: NodeId, id: CoId) {
        let Some(held) = self.logs.follow(view, node, id, &self.hostile) else { return };
        let shown = view.hosts[node.index()].node.view(id);
        let (looks, found) = self.same_view.look((node, id), &held, shown, &self.setup.cast);
        self.judge(Name::SameView, view, looks, found);
        let held_of = view.hosts[node.index()].node.state().co_values.get(&id);
        let (Some(shown), Some(co_value)) = (shown, held_of) else { return };
        let look = Look { node, id, held: &held, sessions: &co_value.sessions, shown };
        let (looks, found) = self.permission.look(&look, (&self.logs, &self.hostile), &self.setup.cast);
        self.judge(Name::Permission, view, looks, found);
    }

    /// Looks at what a node takes for confirmed about a peer, unless the connection is not the node's current one.
    pub(super) fn look_at_confirmed<N: CoJson>(
        &mut self,
        view: &View<'_, N>,
        pair: (NodeId, NodeId, ConnectionId),
        id: CoId,
    ) {
        let (node, peer, connection) = pair;
        let judged = !self.hostile.is(node) && !self.hostile.is(peer);
        if judged && self.heard.current(node, peer) == Some(connection) {
            let found = self.truthful.look(view, pair, id, &self.setup.cast);
            self.judge(Name::Truthful, view, 1, found);
        }
    }

    /// At most `max` CoValues that a node holds or was seen to hold: those from `from` on, then those before.
    pub(super) fn ids<N: CoJson>(
        &self,
        view: &View<'_, N>,
        node: NodeId,
        from: CoId,
        max: usize,
    ) -> BTreeSet<CoId> {
        let held = &view.hosts[node.index()].node.state().co_values;
        let stretch = |from: CoId, to: CoId, max: usize| -> BTreeSet<CoId> {
            let now = held.range(from..=to).map(|(id, _)| *id).take(max);
            let ids: BTreeSet<CoId> = now.chain(self.monotonic.seen(node, from, to).take(max)).collect();
            if ids.len() <= max { ids } else { ids.into_iter().take(max).collect() }
        };
        let mut ids = stretch(from, CoId(u32::MAX), max);
        if let Some(before) = from.0.checked_sub(1) {
            ids.extend(stretch(CoId(0), CoId(before), max - ids.len()));
        }
        ids
    }
}

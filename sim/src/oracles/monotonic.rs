//! `monotonic`: what a node holds of a CoValue never shrinks, but by a wipe. A restart that keeps the storage keeps all
//! of it: a node reports as written only what is on its disk.

use super::violation::Subject;
use crate::cojson::{Cast, CoJson};
use crate::host::{NodeId, Storage};
use crate::world::View;
use cosim_core::{CoId, KnownState, Names};
use std::collections::BTreeMap;

/// What each node was last seen to hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Monotonic {
    held: BTreeMap<(NodeId, CoId), KnownState>,
}

impl Monotonic {
    /// A process ends; its storage is what the next one starts from.
    pub(super) fn goes_down(&mut self, node: NodeId, storage: Storage) {
        if storage == Storage::Lost {
            self.held.retain(|(of, _), _| *of != node);
        }
    }

    /// The CoValues of a node that were looked at, from `from` to `to`.
    pub(super) fn seen(&self, node: NodeId, from: CoId, to: CoId) -> impl Iterator<Item = CoId> + '_ {
        self.held.range((node, from)..=(node, to)).map(|((_, id), _)| *id)
    }

    /// Looks at one CoValue of one node.
    pub(super) fn look<N: CoJson>(
        &mut self,
        view: &View<'_, N>,
        node: NodeId,
        id: CoId,
        cast: &Cast,
    ) -> Option<Subject> {
        let co_value = view.hosts[node.index()].node.state().co_values.get(&id);
        let now = co_value.map_or(KnownState::EMPTY, |co_value| co_value.known_state());
        let before = self.held.entry((node, id)).or_default();
        let shrunk = !before.le(&now);
        *before = now;
        shrunk.then(|| {
            let what = format!("{} holds less of {} than before", cast.node(node), cast.co_value(id));
            Subject { node, peer: None, id: Some(id), kind: "log", what }
        })
    }
}

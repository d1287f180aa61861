//! `monotonic`: what a node holds of a CoValue never shrinks while its process runs, nor when that starts anew without
//! a disk and is not wiped. What a disk must keep is the business of `durable`.

use super::violation::Subject;
use crate::cojson::{Cast, CoJson};
use crate::host::NodeId;
use crate::observer::Ending;
use crate::world::View;
use cosim_core::{CoId, KnownState, Names};
use std::collections::BTreeMap;

/// What each node was last seen to hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Monotonic {
    held: BTreeMap<(NodeId, CoId), KnownState>,
}

impl Monotonic {
    /// A process ends; the next one starts from its storage, which on a real disk may lack the last of it.
    pub(super) fn goes_down(&mut self, node: NodeId, ending: Ending, has_disk: bool) {
        if has_disk || ending == Ending::Wipe {
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

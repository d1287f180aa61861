//! `truthful`: what a node takes for confirmed about a peer is at most what that peer has, or had in that connection.
//!
//! Looked at where it can change rightly, or wrongly: for whom a message came from, and for whom a message goes to (a
//! node that takes what it sends for received). Of a peer that has ended several times, what any of its processes held
//! counts, which is lenient: a node that goes on with the connection before the last may be believed too much.

use super::violation::Subject;
use crate::cojson::{Cast, CoJson};
use crate::host::NodeId;
use crate::world::View;
use cosim_core::{CoId, ConnectionId, KnownState, Names, PeerId};
use std::collections::BTreeMap;

/// What processes that have ended held, and the first connection that was not theirs.
#[derive(Clone, Debug, Default)]
pub(super) struct Truthful {
    ended: BTreeMap<NodeId, Ended>,
}

#[derive(Clone, Debug, Default)]
struct Ended {
    first_new: ConnectionId,
    held: BTreeMap<CoId, KnownState>,
}

impl Truthful {
    /// A process ends. Connections opened before were with that process, also where the peer has not noticed yet.
    pub(super) fn goes_down<N: CoJson>(&mut self, view: &View<'_, N>, node: NodeId) {
        let ended = self.ended.entry(node).or_default();
        ended.first_new = view.next_connection();
        for (id, co_value) in &view.hosts[node.index()].node.state().co_values {
            ended.held.entry(*id).or_default().join(&co_value.known_state());
        }
    }

    /// Looks at what `node` has confirmed about `peer`, with which it has `connection`, and one CoValue.
    pub(super) fn look<N: CoJson>(
        &self,
        view: &View<'_, N>,
        (node, peer, connection): (NodeId, NodeId, ConnectionId),
        id: CoId,
        cast: &Cast,
    ) -> Option<Subject> {
        let host = &view.hosts[node.index()].node;
        let sync = host.state().co_values.get(&id)?.sync.get(PeerId(view.known_as(peer).0))?;
        let confirmed = sync.confirmed.as_ref()?;
        let at_peer = view.hosts[peer.index()].node.state().co_values.get(&id);
        let mut had = at_peer.map_or(KnownState::EMPTY, |co_value| co_value.known_state());
        if let Some(ended) = self.ended.get(&peer).filter(|ended| connection < ended.first_new) {
            had.join(ended.held.get(&id).unwrap_or(&KnownState::EMPTY));
        }
        (!confirmed.le(&had)).then(|| {
            let what = format!(
                "{} takes for confirmed that {} holds more of {} than it ever had in this connection",
                cast.node(node),
                cast.node(peer),
                cast.co_value(id),
            );
            Subject { node, peer: Some(peer), id: Some(id), kind: "confirmed", what }
        })
    }
}

//! `truthful`: what a node takes for confirmed about a peer is at most what that peer has, or had in that connection.
//!
//! Looked at where it can change rightly, or wrongly: for whom a message came from, and for whom a message goes to (a
//! node that takes what it sends for received). Of a peer that has ended several times, what any of its processes held
//! counts, which is lenient: a node that goes on with the connection before the last may be believed too much.

use super::about::{About, Blames, Needed, Property};
use super::evidence::Need;
use super::oracle::{Look, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::host::NodeId;
use crate::observer::Ending;
use cosim_core::{CoId, ConnectionId, KnownState, Names};
use std::collections::BTreeMap;

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "truthful",
    sentence: "what a node believes that a peer has confirmed, the peer has, or had in that connection",
    when: "every message sent or received, and at rest",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Nothing,
    needs: &[Need::Heard, Need::Holdings],
    turn: 10,
    since: 1,
};

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

impl Oracle for Truthful {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    /// A process ends. Connections opened before were with that process, also where the peer has not noticed yet.
    fn goes_down(&mut self, scene: &Scene<'_>, node: NodeId, _ending: Ending) -> Look {
        let ended = self.ended.entry(node).or_default();
        ended.first_new = scene.world.next_connection();
        let holdings = scene.world.holdings(node);
        for id in holdings.ids(CoId(0), CoId(u32::MAX)) {
            if let Some(stored) = holdings.stored(id) {
                ended.held.entry(id).or_default().join(&stored.known());
            }
        }
        Look::NONE
    }

    fn confirms(
        &mut self,
        scene: &Scene<'_>,
        (node, peer, connection): (NodeId, NodeId, ConnectionId),
        id: CoId,
    ) -> Look {
        let Scene { world, setup, .. } = scene;
        let Some(confirmed) = world.holdings(node).confirmed(id, world.known_as(peer)) else {
            return Look::once(None);
        };
        let mut had = world.holdings(peer).stored(id).map_or(KnownState::EMPTY, |stored| stored.known());
        if let Some(ended) = self.ended.get(&peer).filter(|ended| connection < ended.first_new) {
            had.join(ended.held.get(&id).unwrap_or(&KnownState::EMPTY));
        }
        Look::once((!confirmed.le(&had)).then(|| {
            let what = format!(
                "{} takes for confirmed that {} holds more of {} than it ever had in this connection",
                setup.cast.node(node),
                setup.cast.node(peer),
                setup.cast.co_value(id),
            );
            Subject { node, peer: Some(peer), id: Some(id), kind: "confirmed", what }
        }))
    }
}

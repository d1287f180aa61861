//! `waits`: what an app waited for is so when it is told that: the servers that its node is connected to have what the node
//! had when the app began to wait.

use super::about::{About, Blames, Needed, Property};
use super::evidence::Need;
use super::holdings::Stored;
use super::oracle::{Look, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::{Command, Notice};
use crate::host::NodeId;
use cosim_core::{CoId, KnownState, Names, Relationship};
use std::collections::{BTreeMap, VecDeque};

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "waits",
    sentence: "when the app of a guest is told that what it waited for is synced, each server that its node is connected to has what the node had when the app began to wait",
    when: "every such report",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Guests,
    needs: &[Need::Heard, Need::Ledger],
    turn: 14,
    since: 3,
};

/// What each node had when its app began to wait, the first first. Where a wait fails, what it was for stays, and is less
/// than what later ones are for.
#[derive(Clone, Debug, Default)]
pub(super) struct Waits(BTreeMap<(NodeId, CoId), VecDeque<KnownState>>);

impl Oracle for Waits {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn commanded(&mut self, scene: &Scene<'_>, node: NodeId, command: &Command) -> Look {
        if let Command::Ask(ask) = command
            && ask.op == "wait_for_sync"
            && ask.given.is_empty()
        {
            let had = scene.held(node, ask.id).map(Stored::known).unwrap_or_default();
            self.0.entry((node, ask.id)).or_default().push_back(had);
        }
        Look::NONE
    }

    /// Counts a look for each server.
    fn noticed(&mut self, scene: &Scene<'_>, node: NodeId, notice: &Notice) -> Look {
        let Notice::Synced { id } = *notice else { return Look::NONE };
        let Some(had) = self.0.get_mut(&(node, id)).and_then(VecDeque::pop_front) else { return Look::NONE };
        let (heard, ledger) = (&scene.evidence.heard, &scene.evidence.ledger);
        let mut looks = 0;
        for (server, connection) in heard.peers(node) {
            let is_server = scene.world.relationship(connection, node) == Relationship::SyncAllOurs;
            // A connection that is over for the server counts no longer, even if the node has not heard of that.
            if !is_server || heard.current(server, node) != Some(connection) {
                continue;
            }
            looks += 1;
            let has = scene.held(server, id).map(Stored::known).unwrap_or_default();
            if !had.le(&has) && !scene.setup.is_deleted(&has) && !ledger.collects_garbage(server) {
                let cast = &scene.setup.cast;
                let (name, co_value) = (cast.node(node), cast.co_value(id));
                let server_name = cast.node(server);
                let what = format!(
                    "{name}'s app is told that {co_value} is synced, and {server_name} lacks some of what {name} had \
                     when it began to wait"
                );
                let subject = Subject { node, peer: Some(server), id: Some(id), kind: "synced", what };
                return Look::times((looks, Some(subject)));
            }
        }
        Look::times((looks, None))
    }

    /// Whoever waited is gone with the process.
    fn goes_down(&mut self, _scene: &Scene<'_>, node: NodeId, _ending: crate::observer::Ending) -> Look {
        self.0.retain(|(of, _), _| *of != node);
        Look::NONE
    }
}

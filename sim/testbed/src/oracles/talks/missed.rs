//! What came due while a line was full, and is said in the event in which it is so no longer.

use super::said::{Said, What, is_said};
use super::turn::Taking;
use super::{Place, is_server};
use crate::host::NodeId;
use cosim_core::{CoId, ConnectionId, Relationship};
use std::collections::BTreeSet;

impl Taking<'_> {
    /// What was due while the line was full is said when it is so no longer.
    pub(super) fn check_missed(&mut self, connection: ConnectionId, said: &[Said]) {
        let talks = self.talks.conversations.in_connection(self.node, connection);
        // Where the peer is known to have the header, what is written goes to it as soon as it can.
        let missed = talks.filter(|(_, talk)| talk.missed || talk.assumed.header);
        let missed: Vec<(Place, NodeId)> =
            missed.map(|(id, talk)| (self.place(connection, id), talk.peer)).collect();
        for (place, peer) in missed {
            let held = self.held(place.id);
            let Some(conversation) = self.talks.conversations.get_mut(place.key()) else { continue };
            conversation.missed = false;
            let is_clear = conversation.clear && !conversation.tainted;
            let is_due = conversation.is_content_due(&held) && is_clear;
            let is_sent = is_said(said, place, |said| matches!(said.what, What::Content { .. }));
            if is_due || is_sent {
                let what = "does not send what was due as soon as the line takes it";
                self.due(place, peer, "content", (!is_sent).then_some(what));
            }
        }
    }

    /// A server or an equal that has not heard of what is here, and a server of what the app wants, is asked for it as soon
    /// as the line takes it. Of several servers the best is asked first.
    pub(super) fn check_unasked(&mut self, connection: ConnectionId, said: &[Said]) {
        let relationship = self.world.relationship(connection, self.node);
        let Some((peer, _)) = self.heard.peers(self.node).find(|(_, other)| *other == connection) else {
            return;
        };
        if relationship == Relationship::SyncTheirs || (self.about.is_hostile)(peer) {
            return;
        }
        let holdings = self.world.holdings(self.node);
        let mut due: BTreeSet<CoId> = holdings.ids(CoId(0), CoId(u32::MAX)).collect();
        due.retain(|id| self.held(*id).header);
        if self.is_best_server(connection) {
            due.extend((self.about.wanted)(self.node));
        }
        for id in due {
            let place = self.place(connection, id);
            let is_asked = is_said(said, place, |said| matches!(said.what, What::Load(_)));
            if is_asked || self.heard.of(connection, self.node, id).is_none() {
                let what = "does not ask for what it has or wants as soon as the line takes it";
                self.due(place, peer, "load", (!is_asked).then_some(what));
            }
        }
    }

    /// Whether a connection is with a server, and no other server is as good.
    fn is_best_server(&self, connection: ConnectionId) -> bool {
        let is_server = |connection| is_server(self.world.relationship(connection, self.node));
        let priority = |connection| self.world.priority(connection, self.node);
        let others =
            self.heard.peers(self.node).filter(|(_, other)| *other != connection && is_server(*other));
        is_server(connection) && others.into_iter().all(|(_, other)| priority(other) < priority(connection))
    }
}

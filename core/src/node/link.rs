//! Connections come and go, and peers stop and start taking messages.

use super::connection::{Flow, PassedOver};
use super::shell::{Scope, Wait};
use super::{Node, Output};
use crate::crypto::Crypto;
use crate::id::{CoId, ConnectionId, PeerId};
use crate::message::{Envelope, Message};
use crate::state::PeerInfo;
use alloc::vec::Vec;

impl<C: Crypto> Node<C> {
    pub(super) fn connected(&mut self, peer: PeerId, connection: ConnectionId, info: PeerInfo) {
        let mut open = Vec::new();
        if let Some(current) = self.connection(peer) {
            if current == connection {
                return;
            }
            self.shell.outputs.push_back(Output::Close { peer, connection: current });
            // The peer is there all the while: nothing is concluded from its absence.
            open = self.close(peer);
        }
        let Ok(event) = self.state.add_peer(peer, info.relationship, info.priority) else { return };
        self.shell.connections.open(peer, connection, &self.state.peers);
        self.shell.event(event);
        planted!(self.shell, KeepAssumedAcrossConnections => self.restore_assumed(peer));
        for id in self.ids() {
            let lacks_header = self.state.co_values.get(&id).is_some_and(|co| co.header.is_none());
            let all = lacks_header || open.binary_search(&id).is_ok();
            self.sync(id, if all { Scope::All } else { Scope::Peer(peer) });
        }
    }

    pub(super) fn disconnected(&mut self, peer: PeerId, connection: ConnectionId) {
        if self.connection(peer) != Some(connection) {
            return;
        }
        for id in self.close(peer) {
            self.sync(id, Scope::All);
        }
    }

    /// Ends the connection with a peer. Gives the CoValues, ascending, of which something may be due to others now.
    fn close(&mut self, peer: PeerId) -> Vec<CoId> {
        let mut open = Vec::new();
        planted!(self.shell, KeepAssumedAcrossConnections => self.keep_assumed(peer));
        let Ok(event) = self.state.remove_peer(peer) else { return open };
        self.shell.connections.close(peer);
        self.shell.event(event);
        self.drop_held_of(peer);
        for id in self.ids() {
            let co = self.co_value(id);
            co.marks.withdraw(peer);
            co.marks.named_by.take_if(|named_by| *named_by == peer);
            if co.is_forgettable() {
                self.state.co_values.remove(&id);
                continue;
            }
            // With the header and unless it is done, nothing that is due to the others hangs on this peer.
            if co.header.is_none() || co.done || co.marks.want.is_some() {
                open.push(id);
            }
        }
        open
    }

    pub(super) fn blocked(&mut self, peer: PeerId) {
        let Some(connection) = self.shell.connections.get_mut(peer) else { return };
        if connection.flow == Flow::Writable {
            connection.flow = Flow::Blocked(PassedOver::default());
        }
    }

    pub(super) fn writable(&mut self, peer: PeerId) {
        let Some(connection) = self.shell.connections.get_mut(peer) else { return };
        let Flow::Blocked(waiting) = core::mem::replace(&mut connection.flow, Flow::Writable) else { return };
        // If the same always went first, and filled the line each time, the others would never pass.
        for id in waiting.in_order() {
            self.sync(id, Scope::Peer(peer));
        }
    }

    /// The driver says that a message that it has just taken waits before the line. Until it has left, no answer can come,
    /// and it must not be said again: the deadline of its conversation begins then (rule 6).
    pub fn queued(&mut self, peer: PeerId, connection: ConnectionId, envelope: &Envelope<C>) {
        let Some(current) = self.shell.connections.get_mut(peer).filter(|current| current.id == connection)
        else {
            return;
        };
        let id = envelope.message.id();
        let waits_for_answer = match &envelope.message {
            Message::Load { .. } | Message::Content(_) => true,
            Message::Known(_) => envelope.re == 0,
            Message::Done { .. } => false,
        };
        current.leaving.push_back(waits_for_answer.then_some(id));
        let sync = self.state.co_values.get_mut(&id).and_then(|co| co.sync.get_mut(peer));
        if let Some(sync) = sync.filter(|_| waits_for_answer) {
            sync.marks.timer.leaving.0 += 1;
            sync.marks.timer.deadline = None;
            self.settle();
        }
    }

    /// A message that waited has left. Where it was the last of its conversation, the deadline begins.
    pub(super) fn left(&mut self, peer: PeerId, connection: ConnectionId) {
        let current = self.shell.connections.get_mut(peer).filter(|current| current.id == connection);
        let Some(Some(id)) = current.and_then(|current| current.leaving.pop_front()) else { return };
        let Some(ranked) = self.shell.connections.ranked_peer(peer) else { return };
        let Some(co) = self.state.co_values.get_mut(&id) else { return };
        let Some(sync) = co.sync.get_mut(peer) else { return };
        let leaving = &mut sync.marks.timer.leaving.0;
        *leaving = leaving.saturating_sub(1);
        self.shell.arm(id, co, ranked, Wait::Restart);
    }

    fn ids(&self) -> Vec<CoId> {
        self.state.co_values.keys().copied().collect()
    }
}

//! Connections come and go, and peers stop and start taking messages.

use super::connection::Flow;
use super::shell::Scope;
use super::{Node, Output};
use crate::crypto::Crypto;
use crate::id::{CoId, ConnectionId, PeerId};
use crate::state::PeerInfo;
use alloc::collections::BTreeSet;
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
            connection.flow = Flow::Blocked(BTreeSet::new());
        }
    }

    pub(super) fn writable(&mut self, peer: PeerId) {
        let Some(connection) = self.shell.connections.get_mut(peer) else { return };
        let Flow::Blocked(waiting) = core::mem::replace(&mut connection.flow, Flow::Writable) else { return };
        for id in waiting {
            self.sync(id, Scope::Peer(peer));
        }
    }

    fn ids(&self) -> Vec<CoId> {
        self.state.co_values.keys().copied().collect()
    }
}

//! The protocol of crates that bring encodings and no protocol: each end begins with the vector of what it has, is sent
//! what it lacks, and then every update when it is made.

use crate::host::Message;
use cosim_world::ConnectionId;

/// What a node has, by author: a request for the rest.
pub(crate) const VECTOR: &str = "vector";

/// Changes.
pub(crate) const UPDATE: &str = "update";

/// The open connections, and what is to be sent on them.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    open: Vec<ConnectionId>,
    outbox: Vec<(ConnectionId, Message)>,
}

impl Peers {
    pub(crate) fn open(&mut self, connection: ConnectionId, vector: Vec<u8>) {
        self.open.push(connection);
        self.send(connection, VECTOR, vector);
    }

    pub(crate) fn close(&mut self, connection: ConnectionId) {
        self.open.retain(|open| *open != connection);
    }

    pub(crate) fn send(&mut self, connection: ConnectionId, kind: &'static str, bytes: Vec<u8>) {
        self.outbox.push((connection, Message { kind, bytes }));
    }

    /// Sends an update to everybody but the one it came from.
    pub(crate) fn tell(&mut self, from: Option<ConnectionId>, update: &[u8]) {
        for connection in self.open.clone().into_iter().filter(|connection| Some(*connection) != from) {
            self.send(connection, UPDATE, update.to_vec());
        }
    }

    pub(crate) fn to_send(&mut self) -> Vec<(ConnectionId, Message)> {
        std::mem::take(&mut self.outbox)
    }
}

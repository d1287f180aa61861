//! The protocol of crates that bring encodings and no protocol. Each end begins with the vector of what it has, is sent
//! what it lacks, and then whatever is new when it is made. It relies on what a connection promises: that all of it
//! arrives.

use crate::host::Message;
use cosim_world::ConnectionId;
use std::collections::BTreeMap;

/// What a node has, by author: a request for the rest.
pub(crate) const VECTOR: &str = "vector";

/// Changes.
pub(crate) const UPDATE: &str = "update";

/// The open connections, and the vectors that are to be sent on them.
#[derive(Debug)]
pub(crate) struct Peers<V> {
    open: BTreeMap<ConnectionId, Peer<V>>,
    outbox: Vec<(ConnectionId, Message)>,
}

/// What is known of the other end of a connection.
#[derive(Debug)]
pub(crate) struct Peer<V> {
    /// What it has, as far as it has shown or been told.
    pub(crate) has: V,
    /// Whether it has asked: before that nobody knows what else it has.
    pub(crate) asked: bool,
}

impl<V: Default> Peers<V> {
    pub(crate) fn new() -> Peers<V> {
        Peers { open: BTreeMap::new(), outbox: Vec::new() }
    }

    pub(crate) fn open(&mut self, connection: ConnectionId, vector: Vec<u8>) {
        self.open.insert(connection, Peer { has: V::default(), asked: false });
        self.outbox.push((connection, Message::new(VECTOR, vector)));
    }

    pub(crate) fn close(&mut self, connection: ConnectionId) {
        self.open.remove(&connection);
    }

    pub(crate) fn get(&mut self, connection: ConnectionId) -> Option<&mut Peer<V>> {
        self.open.get_mut(&connection)
    }

    pub(crate) fn iter(&mut self) -> impl Iterator<Item = (ConnectionId, &mut Peer<V>)> {
        self.open.iter_mut().map(|(connection, peer)| (*connection, peer))
    }

    /// The vectors that are to be sent, and the update that `news` makes for each peer who has asked.
    pub(crate) fn due(
        &mut self,
        mut news: impl FnMut(&mut V) -> Option<Vec<u8>>,
    ) -> Vec<(ConnectionId, Message)> {
        let mut messages = std::mem::take(&mut self.outbox);
        for (connection, peer) in self.iter().filter(|(_, peer)| peer.asked) {
            let update = news(&mut peer.has);
            messages.extend(update.map(|bytes| (connection, Message::new(UPDATE, bytes))));
        }
        messages
    }
}

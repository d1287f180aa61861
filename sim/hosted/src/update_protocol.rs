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

/// The open connections, with what the peer of each is known to have once it has said so, and the vectors that are to be
/// sent on them.
#[derive(Debug)]
pub(crate) struct Peers<V> {
    pub(crate) known: BTreeMap<ConnectionId, Option<V>>,
    outbox: Vec<(ConnectionId, Message)>,
}

impl<V> Peers<V> {
    pub(crate) fn new() -> Peers<V> {
        Peers { known: BTreeMap::new(), outbox: Vec::new() }
    }

    pub(crate) fn open(&mut self, connection: ConnectionId, vector: Vec<u8>) {
        self.known.insert(connection, None);
        self.outbox.push((connection, Message { kind: VECTOR, bytes: vector }));
    }

    pub(crate) fn close(&mut self, connection: ConnectionId) {
        self.known.remove(&connection);
    }

    /// The vectors that are to be sent, and the update that `news` makes for each peer of which is known what it has.
    pub(crate) fn to_send(
        &mut self,
        mut news: impl FnMut(&mut V) -> Option<Vec<u8>>,
    ) -> Vec<(ConnectionId, Message)> {
        let mut messages = std::mem::take(&mut self.outbox);
        for (connection, known) in &mut self.known {
            let update = known.as_mut().and_then(&mut news);
            messages.extend(update.map(|bytes| (*connection, Message { kind: UPDATE, bytes })));
        }
        messages
    }
}

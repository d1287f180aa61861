//! What each end of each connection has heard from the other, in that connection: the evidence on which it may act.

use crate::host::NodeId;
use cosim_core::{CoId, ConnectionId, Envelope, FastCrypto, KnownState, Message};
use std::collections::BTreeMap;

/// What was heard of one CoValue.
#[derive(Clone, Debug, Default)]
pub(super) struct Hearing {
    /// The number of the newest `load`.
    load: Option<u32>,
    /// The number of the newest `done`.
    done: Option<u32>,
    /// Whether the peer has shown to hold the header.
    pub(super) header: bool,
    /// Everything that the peer has proved to hold.
    pub(super) proved: KnownState,
}

impl Hearing {
    /// Whether the peer has asked for the CoValue, and not taken it back since.
    pub(super) fn asked(&self) -> bool {
        self.load.is_some() && self.load >= self.done
    }

    /// Whether the peer has taken its interest back.
    pub(super) fn ended(&self) -> bool {
        self.done > self.load
    }
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    hearings: BTreeMap<(ConnectionId, NodeId, CoId), Hearing>,
}

impl Heard {
    /// `node` takes in a message on its current connection.
    pub(super) fn delivered(&mut self, connection: ConnectionId, node: NodeId, envelope: &Envelope<FastCrypto>) {
        let hearing = self.hearings.entry((connection, node, envelope.message.id())).or_default();
        match &envelope.message {
            Message::Load { known, .. } => {
                hearing.load = hearing.load.max(Some(envelope.n));
                hearing.header |= known.header;
                hearing.proved.join(known);
            }
            Message::Known(known) => {
                hearing.header |= known.known.header;
                hearing.proved.join(&known.known);
            }
            Message::Content(content) => {
                hearing.header = true;
                hearing.proved.join(&content.known());
            }
            Message::Done { .. } => hearing.done = hearing.done.max(Some(envelope.n)),
        }
    }

    /// What `node` has heard of `id` in `connection`.
    pub(super) fn of(&self, connection: ConnectionId, node: NodeId, id: CoId) -> Option<&Hearing> {
        self.hearings.get(&(connection, node, id))
    }

    /// An end has noticed that the connection is closed: what was heard in it counts no more for that end.
    pub(super) fn closed(&mut self, connection: ConnectionId, node: NodeId) {
        let first = (connection, node, CoId(0));
        let last = (connection, node, CoId(u32::MAX));
        let keys: Vec<_> = self.hearings.range(first..=last).map(|(key, _)| *key).collect();
        for key in keys {
            self.hearings.remove(&key);
        }
    }
}

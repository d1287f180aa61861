//! What one of our nodes has to be told of peers that run the published package, whose messages say less than ours, and may
//! claim more.

use super::{CoNode, SimCrypto};
use crate::host::NodeId;
use cosim_core::interop::Numbering;
use cosim_core::{CoId, ConnectionId, KnownState, Message, PeerId};

impl CoNode {
    /// A peer takes back what it has claimed: see [`cosim_core::Node::take_back`].
    pub(crate) fn take_back(
        &mut self,
        (peer, connection): (NodeId, ConnectionId),
        id: CoId,
        known: &KnownState,
    ) {
        self.node.take_back(PeerId(peer.0), connection, id, known);
    }

    /// What a client is to be asked for: see [`Numbering::to_ask`].
    pub(crate) fn to_ask(&self, peer: NodeId, numbering: &mut Numbering) -> Vec<Message<SimCrypto>> {
        numbering.to_ask(&self.node, PeerId(peer.0))
    }
}

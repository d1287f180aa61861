//! A peer that takes back what it said. Ours never do (rule 2), but the published package does: its `load` counts what it
//! still expects of pieces that were under way, also when their connection is over and they never come.

use super::Node;
use crate::crypto::Crypto;
use crate::id::{CoId, ConnectionId, PeerId};
use crate::known_state::KnownState;

impl<C: Crypto> Node<C> {
    /// A peer says in a correction that it holds only `known` of a CoValue. If it had said more before, that is no
    /// longer believed, and what it lacks is sent again with the next input: the correction itself, which whoever drives
    /// the node hands it after this.
    ///
    /// For peers of the package only, whose streams keep the order. On any other link the correction may be older than
    /// what has been said since.
    pub fn take_back(&mut self, peer: PeerId, connection: ConnectionId, id: CoId, known: &KnownState) {
        if self.connection(peer) != Some(connection) {
            return;
        }
        let Some(sync) = self.state.co_values.get_mut(&id).and_then(|co| co.sync.get_mut(peer)) else {
            return;
        };
        if sync.confirmed.as_ref().is_some_and(|confirmed| !confirmed.le(known)) {
            sync.confirmed = Some(known.clone());
            sync.lower_assumed();
        }
    }
}

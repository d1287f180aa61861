//! What is due to whom, on a bare state: the seed's `syncToPeer`.

use super::Config;
use super::connection::rank;
use super::due::View;
use super::say::say;
use crate::crypto::Crypto;
use crate::id::{CoId, PeerId};
use crate::message::Message;
use crate::state::marks::{InterestKind, Subscription};
use crate::state::{NodeState, PeerSync, UpdateError};
use crate::vec_map::VecMap;
use alloc::vec::Vec;

/// Messages for one peer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Send<C: Crypto> {
    /// The peer.
    pub to: PeerId,
    /// At least one message, in order.
    pub messages: Vec<Message<C>>,
}

impl<C: Crypto> NodeState<C> {
    /// The messages for the first peer, by priority (larger first) and then by id, to which something about a CoValue
    /// is due; they count as sent. A second call therefore reaches the next peer.
    ///
    /// The state need not belong to a node: that a peer is assumed to hold the CoValue then counts as interest on
    /// both sides.
    ///
    /// # Errors
    /// [`CoValueNotFound`](UpdateError::CoValueNotFound).
    pub fn sync_to_peer(&mut self, id: CoId) -> Result<Option<Send<C>>, UpdateError> {
        let co = self.co_values.get_mut(&id).ok_or(UpdateError::CoValueNotFound)?;
        assume_interest(&mut co.sync, self.peers.keys());
        let ranked = rank(&self.peers);
        let config = Config::default();
        for peer in &ranked {
            let mut messages = Vec::new();
            while let Some(due) = (View { co, ranked: &ranked, config: &config }).due(*peer) {
                messages.push(say(due, co, id, peer.peer, 1).message);
            }
            if !messages.is_empty() {
                return Ok(Some(Send { to: peer.peer, messages }));
            }
        }
        Ok(None)
    }
}

/// On a bare state nobody has sent a `load`: holding the CoValue stands for it.
fn assume_interest(sync: &mut VecMap<PeerId, PeerSync>, peers: impl Iterator<Item = PeerId>) {
    for peer in peers {
        let sync = sync.entry_or_insert_with(peer, PeerSync::default);
        if sync.assumed.known().is_none() {
            continue;
        }
        sync.marks.asking = None;
        sync.marks.subscription = Subscription::Holding;
        if sync.marks.interest.kind == InterestKind::None {
            sync.marks.interest.kind = InterestKind::Yes;
        }
    }
}

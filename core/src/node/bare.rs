//! What is due to whom, on a bare state: the seed's `syncToPeer`.

use super::Config;
use super::connection::rank;
use super::due::View;
use super::say::say;
use crate::crypto::Crypto;
use crate::id::{CoId, PeerId};
use crate::known_state::KnownState;
use crate::message::Message;
use crate::state::marks::{Asking, InterestKind, Subscription};
use crate::state::{NodeState, PeerInfo, PeerSyncs, Relationship, UpdateError};
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
    /// both sides, and that it was told all that we hold, while nothing was known of it, as unanswered. So a state that is
    /// kept as JSON goes on as in memory; only of a `done` that was sent nothing is kept, and it is said again.
    ///
    /// # Errors
    /// [`CoValueNotFound`](UpdateError::CoValueNotFound).
    pub fn sync_to_peer(&mut self, id: CoId) -> Result<Option<Send<C>>, UpdateError> {
        let co = self.co_values.get_mut(&id).ok_or(UpdateError::CoValueNotFound)?;
        let held = co.known_state();
        assume_interest(&mut co.sync, &self.peers, &held);
        let ranked = rank(&self.peers);
        let config = Config::default();
        for peer in &ranked {
            let mut messages = Vec::new();
            while let Some(due) = (View { co, ranked: &ranked, config: &config }).due(*peer) {
                messages.push(say(due, co, id, *peer, 1, false).message);
            }
            if !messages.is_empty() {
                return Ok(Some(Send { to: peer.peer, messages }));
            }
        }
        Ok(None)
    }
}

/// On a bare state nobody has sent a `load`: holding the CoValue stands for it. And what was said is not marked: that a
/// peer was told what is `held` stands for a `load` or an announcement that it has not answered.
fn assume_interest(syncs: &mut PeerSyncs, peers: &VecMap<PeerId, PeerInfo>, held: &KnownState) {
    for (peer, info) in peers.iter() {
        let sync = syncs.entry(peer);
        if sync.assumed.known().is_none() {
            if held.header && sync.told.as_ref() == Some(held) {
                match info.relationship {
                    Relationship::SyncTheirs => sync.marks.announcing = true,
                    Relationship::SyncAllOurs | Relationship::SyncCommon => {
                        sync.marks.asking.get_or_insert(Asking { numbers: Vec::new(), with_header: true });
                    }
                }
            }
            continue;
        }
        sync.marks.asking = None;
        sync.marks.subscription = Subscription::Holding;
        if sync.marks.interest.kind == InterestKind::None {
            sync.marks.interest.kind = InterestKind::Yes;
        }
    }
}

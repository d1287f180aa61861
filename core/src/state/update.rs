//! The atomic updates, as the seed's code and its twelve written tests have them, and the three that it left empty.

use super::{Assumed, CoValueState, Event, NodeState, PeerInfo, PeerSync, Relationship, Source, UpdateError};
use crate::crypto::{Crypto, Signed};
use crate::id::{CoId, PeerId, SessionId};
use crate::known_state::KnownState;
use crate::message::Hint;
use crate::vec_map::VecMap;
use alloc::vec::Vec;

/// A batch of transactions of one session, and the state that the session has with them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NewTransactions<C: Crypto> {
    /// How many transactions of the session come before these.
    pub after: u32,
    /// The transactions, at least one.
    pub transactions: Vec<C::Transaction>,
    /// Hash, streaming hash and signature after the last of them.
    pub signed: Signed<C>,
}

impl<C: Crypto> NodeState<C> {
    fn check_source(&self, from: Source) -> Result<(), UpdateError> {
        match from {
            Source::Local => Ok(()),
            Source::Peer(peer) if self.peers.contains(peer) => Ok(()),
            Source::Peer(_) => Err(UpdateError::UnknownPeer),
        }
    }

    /// Adds the header of a CoValue that is not held yet: `unsafeAddVerifiedHeader` of the seed.
    ///
    /// An entry without header, which is only a want, takes it. Every peer's `told` becomes the header alone, although
    /// nothing was sent: nothing is ever due because of it.
    ///
    /// # Errors
    /// [`CoValueAlreadyExists`](UpdateError::CoValueAlreadyExists), [`UnknownPeer`](UpdateError::UnknownPeer).
    pub fn add_verified_header(
        &mut self,
        id: CoId,
        header: C::Header,
        from: Source,
    ) -> Result<Event, UpdateError> {
        if self.co_values.get(&id).is_some_and(|co_value| co_value.header.is_some()) {
            return Err(UpdateError::CoValueAlreadyExists);
        }
        self.check_source(from)?;
        let co_value = self.co_values.entry(id).or_default();
        co_value.set_header(header, &self.peers, from);
        Ok(Event::AddedNewHeader { id })
    }

    /// Appends a batch to a session: `unsafeAddVerifiedTransactions` of the seed. The sender, where it is a peer, is
    /// then assumed to hold the session so far; what it has confirmed stays as it is. Other than in the seed, a batch
    /// without transactions is refused: it would leave a signature over nothing new.
    ///
    /// # Errors
    /// [`CoValueNotFound`](UpdateError::CoValueNotFound), [`UnknownPeer`](UpdateError::UnknownPeer),
    /// [`HeaderMissing`](UpdateError::HeaderMissing), [`EmptyTransactions`](UpdateError::EmptyTransactions),
    /// [`InvalidAfter`](UpdateError::InvalidAfter).
    pub fn add_verified_transactions(
        &mut self,
        id: CoId,
        session: SessionId,
        batch: NewTransactions<C>,
        from: Source,
    ) -> Result<Event, UpdateError> {
        let co_value = self.co_values.get(&id).ok_or(UpdateError::CoValueNotFound)?;
        self.check_source(from)?;
        if co_value.header.is_none() {
            return Err(UpdateError::HeaderMissing);
        }
        if batch.transactions.is_empty() {
            return Err(UpdateError::EmptyTransactions);
        }
        if batch.after != co_value.count(session) {
            return Err(UpdateError::InvalidAfter);
        }
        let co_value = self.co_values.get_mut(&id).expect("looked up above");
        co_value.append(session, batch, from, &Hint::default());
        Ok(Event::AddedNewTransactions { id })
    }

    /// Says that the app wants a CoValue no longer: `markCoValueDone` of the seed.
    ///
    /// # Errors
    /// [`CoValueNotFound`](UpdateError::CoValueNotFound).
    pub fn mark_co_value_done(&mut self, id: CoId) -> Result<Event, UpdateError> {
        let co_value = self.co_values.get_mut(&id).ok_or(UpdateError::CoValueNotFound)?;
        co_value.done = true;
        Ok(Event::CoValueDone { id })
    }

    /// Adds a peer, about whom nothing is known yet: `addPeer` of the seed.
    ///
    /// # Errors
    /// [`PeerAlreadyExists`](UpdateError::PeerAlreadyExists).
    pub fn add_peer(
        &mut self,
        peer: PeerId,
        relationship: Relationship,
        priority: i32,
    ) -> Result<Event, UpdateError> {
        if self.peers.contains(peer) {
            return Err(UpdateError::PeerAlreadyExists);
        }
        self.peers.insert(peer, PeerInfo { relationship, priority });
        for co_value in self.co_values.values_mut() {
            co_value.sync.insert_quiet(peer);
        }
        Ok(Event::AddedPeer { peer })
    }

    /// Removes a peer and all that was known about it: `removePeer` of the seed.
    ///
    /// # Errors
    /// [`UnknownPeer`](UpdateError::UnknownPeer).
    pub fn remove_peer(&mut self, peer: PeerId) -> Result<Event, UpdateError> {
        self.peers.remove(peer).ok_or(UpdateError::UnknownPeer)?;
        for co_value in self.co_values.values_mut() {
            co_value.sync.remove(peer);
        }
        Ok(Event::RemovedPeer { peer })
    }

    /// A peer says first-hand what it holds: confirmed and assumed are joined with it. `confirmPeerState` of the seed.
    ///
    /// # Errors
    /// [`UnknownPeer`](UpdateError::UnknownPeer), [`CoValueNotFound`](UpdateError::CoValueNotFound).
    pub fn confirm_peer_state(
        &mut self,
        peer: PeerId,
        id: CoId,
        known: &KnownState,
    ) -> Result<Event, UpdateError> {
        self.peer_sync_mut(peer, id)?.confirm(known);
        Ok(Event::SyncStateUpdated { peer, id })
    }

    /// What a peer holds is exactly `known`, whatever was assumed or confirmed before:
    /// `correctPeerAssumedState` of the seed. For evidence from outside a connection only: inside one the node never
    /// lowers what was confirmed.
    ///
    /// # Errors
    /// [`UnknownPeer`](UpdateError::UnknownPeer), [`CoValueNotFound`](UpdateError::CoValueNotFound).
    pub fn correct_peer_assumed_state(
        &mut self,
        peer: PeerId,
        id: CoId,
        known: &KnownState,
    ) -> Result<Event, UpdateError> {
        let sync = self.peer_sync_mut(peer, id)?;
        sync.assumed = Assumed::of(known);
        sync.confirmed = Some(known.clone());
        Ok(Event::SyncStateUpdated { peer, id })
    }

    fn peer_sync_mut(&mut self, peer: PeerId, id: CoId) -> Result<&mut PeerSync, UpdateError> {
        if !self.peers.contains(peer) {
            return Err(UpdateError::UnknownPeer);
        }
        let co_value = self.co_values.get_mut(&id).ok_or(UpdateError::CoValueNotFound)?;
        Ok(co_value.sync.entry(peer))
    }
}

impl<C: Crypto> CoValueState<C> {
    /// Takes a header that was found to be missing.
    pub(crate) fn set_header(&mut self, header: C::Header, peers: &VecMap<PeerId, PeerInfo>, from: Source) {
        debug_assert!(self.header.is_none(), "the header is missing");
        self.header = Some(header);
        for peer in peers.keys() {
            self.sync.tell_header(peer);
        }
        if let Source::Peer(peer) = from
            && peers.contains(peer)
        {
            self.sync.entry(peer).raise_assumed(&KnownState::header_only());
        }
    }

    /// Appends a batch that was found to follow.
    pub(crate) fn append(
        &mut self,
        session: SessionId,
        batch: NewTransactions<C>,
        from: Source,
        hint: &Hint,
    ) {
        let length = self.sessions.append(session, batch, hint);
        if let Source::Peer(peer) = from {
            let sync = self.sync.entry(peer);
            match &mut sync.assumed {
                Assumed::Known(assumed) => _ = assumed.raise_like(session, length, self.sessions.held()),
                Assumed::Unknown | Assumed::Unavailable => {
                    sync.raise_assumed(&KnownState::new(true, [(session, length)]));
                }
            }
        }
    }
}

impl PeerSync {
    /// Raises what is assumed; a first statement replaces `Unknown` and `Unavailable`.
    pub(crate) fn raise_assumed(&mut self, known: &KnownState) {
        match &mut self.assumed {
            Assumed::Known(assumed) => {
                assumed.join(known);
            }
            Assumed::Unknown | Assumed::Unavailable => {
                // A peer may have confirmed sessions without a header, and assumed is never below confirmed.
                let mut assumed = known.clone();
                if let Some(confirmed) = &self.confirmed {
                    assumed.join(confirmed);
                }
                self.assumed = Assumed::of(&assumed);
            }
        }
    }

    /// Joins a first-hand statement; says whether it was news.
    pub(crate) fn confirm(&mut self, known: &KnownState) -> bool {
        if let Assumed::Known(assumed) = &mut self.assumed {
            assumed.join(known);
        }
        let news = match &mut self.confirmed {
            Some(confirmed) => confirmed.join_like(known, KnownState::or_empty(self.assumed.known())),
            None => {
                self.confirmed = Some(known.clone());
                true
            }
        };
        match &self.assumed {
            Assumed::Known(_) => {}
            // What was confirmed before (by a `known` without header) counts too, or assumed would fall behind it.
            Assumed::Unknown | Assumed::Unavailable => {
                self.assumed = Assumed::of(self.confirmed.as_ref().expect("set above"));
            }
        }
        news
    }
}

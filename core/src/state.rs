//! The plain state of a node and its atomic updates: the seed's model. Each update checks everything first, so an
//! error changes nothing; each returns the event that says what happened.
//!
//! "Verified" in a name means that *the caller has verified*: nothing here hashes or checks a signature.

mod invariants;
mod logs;
pub(crate) mod marks;
mod syncs;
mod update;

pub(crate) use invariants::check_growth;
pub use invariants::{Broken, check_co_value, check_conversation, check_invariants, check_step};
pub use logs::Logs;
pub use marks::LoadStatus;
pub use syncs::PeerSyncs;
pub use update::NewTransactions;

use crate::crypto::Crypto;
use crate::id::{CoId, PeerId, SessionId};
use crate::known_state::KnownState;
use crate::vec_map::VecMap;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use marks::{CoMarks, Marks};

/// Everything a node holds, and what it thinks of its peers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodeState<C: Crypto> {
    /// The peers that it is connected to.
    pub peers: VecMap<PeerId, PeerInfo>,
    /// The CoValues that it holds or wants.
    pub co_values: BTreeMap<CoId, CoValueState<C>>,
}

/// What a node is told of a peer when it is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PeerInfo {
    /// What the peer is to us.
    pub relationship: Relationship,
    /// Peers of larger priority are served first; ties go by id.
    pub priority: i32,
}

/// What a peer is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relationship {
    /// Our server: it gets everything we hold, and we subscribe to everything we hold or want.
    SyncAllOurs,
    /// Our client: we announce, answer, and push what it asked for; we never ask it for what it did not offer.
    SyncTheirs,
    /// Our equal: content flows only for CoValues that both have shown to hold or asked for.
    SyncCommon,
}

/// One CoValue: its header, its logs, and where each peer stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CoValueState<C: Crypto> {
    /// The header; without it the entry is only a want, for which a header may still arrive.
    pub header: Option<C::Header>,
    /// The log of each session.
    pub sessions: Logs<C>,
    /// Whether the app wants it no longer.
    pub done: bool,
    /// Where each peer stands; a missing entry means that nothing is known.
    pub sync: PeerSyncs,
    /// Who wants it here, and what came of it; empty on a bare state, and no part of its JSON.
    pub(crate) marks: CoMarks,
}

/// One append-only log, with its author's signatures.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionLog<C: Crypto> {
    /// The transactions, oldest first. Never empty.
    pub transactions: Vec<C::Transaction>,
    /// The hash over all of them.
    pub last_hash: C::Hash,
    /// What is needed to go on hashing.
    pub streaming_hash: C::StreamingHash,
    /// The signatures known, by the index of the last transaction that each covers.
    pub signature_after: VecMap<u32, C::Signature>,
    /// The signature over all of them.
    pub last_signature: C::Signature,
}

/// What we know about one peer and one CoValue, in the present connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PeerSync {
    /// What we told it that we hold. Never evidence of delivery.
    pub told: Option<KnownState>,
    /// What we think that it holds; our own sends raise it optimistically.
    pub assumed: Assumed,
    /// What it said first-hand that it holds.
    pub confirmed: Option<KnownState>,
    /// Why it takes no more of this CoValue from us.
    pub error: Option<String>,
    /// What the node remembers of the conversation; empty on a bare state, and no part of its JSON.
    pub(crate) marks: Marks,
}

/// What we think that a peer holds of a CoValue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Assumed {
    /// It has said nothing yet.
    #[default]
    Unknown,
    /// It lacks the header.
    Unavailable,
    /// It holds this; the header is part of it.
    Known(KnownState),
}

/// Where a piece of data comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// From the app on this node.
    Local,
    /// From a peer.
    Peer(PeerId),
}

/// What an atomic update did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// A header is now held.
    AddedNewHeader {
        /// Of this CoValue.
        id: CoId,
    },
    /// Transactions are now held.
    AddedNewTransactions {
        /// Of this CoValue.
        id: CoId,
    },
    /// The app wants a CoValue no longer.
    CoValueDone {
        /// This one.
        id: CoId,
    },
    /// A peer was added.
    AddedPeer {
        /// This one.
        peer: PeerId,
    },
    /// A peer was removed.
    RemovedPeer {
        /// This one.
        peer: PeerId,
    },
    /// What a peer holds was confirmed or corrected.
    SyncStateUpdated {
        /// This peer.
        peer: PeerId,
        /// Of this CoValue.
        id: CoId,
    },
}

/// Why an atomic update changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UpdateError {
    /// The header is held already.
    CoValueAlreadyExists,
    /// There is no such CoValue here.
    CoValueNotFound,
    /// The entry has no header yet, so no transaction can be added to it.
    HeaderMissing,
    /// The transactions do not follow directly on those held.
    InvalidAfter,
    /// A batch must hold at least one transaction.
    EmptyTransactions,
    /// There is no such peer here.
    UnknownPeer,
    /// A peer of that name is there already.
    PeerAlreadyExists,
    /// A CoValue that this depends on is missing.
    DependencyMissing,
    /// A write in this session has failed: a new session must be begun.
    SessionBroken,
    /// The disk is too far behind.
    StorageBusy,
}

impl fmt::Display for UpdateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            UpdateError::CoValueAlreadyExists => "the CoValue exists already",
            UpdateError::CoValueNotFound => "no such CoValue",
            UpdateError::HeaderMissing => "the CoValue's header is missing",
            UpdateError::InvalidAfter => "the transactions do not follow on those held",
            UpdateError::EmptyTransactions => "the batch of transactions is empty",
            UpdateError::UnknownPeer => "no such peer",
            UpdateError::PeerAlreadyExists => "the peer exists already",
            UpdateError::DependencyMissing => "a CoValue that this depends on is missing",
            UpdateError::SessionBroken => "a write in this session has failed; begin a new one",
            UpdateError::StorageBusy => "too many writes wait for the disk; write again later",
        })
    }
}

impl core::error::Error for UpdateError {}

impl<C: Crypto> Default for NodeState<C> {
    fn default() -> Self {
        NodeState { peers: VecMap::new(), co_values: BTreeMap::new() }
    }
}

impl<C: Crypto> Default for CoValueState<C> {
    fn default() -> Self {
        CoValueState {
            header: None,
            sessions: Logs::new(),
            done: false,
            sync: PeerSyncs::new(),
            marks: CoMarks::default(),
        }
    }
}

impl<C: Crypto> SessionLog<C> {
    /// How many transactions it has.
    pub fn len(&self) -> u32 {
        u32::try_from(self.transactions.len()).unwrap_or(u32::MAX)
    }

    /// Whether it has none; never so in a valid state.
    pub fn is_empty(&self) -> bool {
        self.transactions.is_empty()
    }
}

impl<C: Crypto> CoValueState<C> {
    /// S: our own known state of this CoValue.
    pub fn known_state(&self) -> KnownState {
        let mut known = self.sessions.held().clone();
        known.header = self.header.is_some();
        known
    }

    /// Whether it is neither held nor wanted, and no peer has said anything of it.
    pub(crate) fn is_forgettable(&self) -> bool {
        self.header.is_none()
            && !self.done
            && self.marks == CoMarks::default()
            && self.sync.values().all(|sync| *sync == PeerSync::QUIET)
    }

    /// How much is held: it grows whenever S does.
    pub(crate) fn size(&self) -> u64 {
        u64::from(self.header.is_some()) + self.sessions.transactions()
    }

    /// How many transactions of `session` we hold.
    pub fn count(&self, session: SessionId) -> u32 {
        self.sessions.get(session).map_or(0, SessionLog::len)
    }

    /// What a peer holds is mostly what we hold.
    pub(crate) fn share_with(&mut self, peer: PeerId) {
        let held = self.sessions.held();
        if let Some(PeerSync { assumed, confirmed, .. }) = self.sync.get_mut(peer) {
            if let Assumed::Known(assumed) = assumed {
                assumed.share(held);
            }
            confirmed.iter_mut().for_each(|confirmed| confirmed.share(held));
        }
    }

    /// Whether S ≤ `other`, sessions of which `except` holds aside.
    pub(crate) fn is_covered_by(&self, other: &KnownState, except: impl Fn(SessionId) -> bool) -> bool {
        (self.header.is_none() || other.header) && self.sessions.held().sessions_le(other, except)
    }

    /// Whether `other` ≤ S, sessions of which `except` holds aside.
    pub(crate) fn covers(&self, other: &KnownState, except: impl Fn(SessionId) -> bool) -> bool {
        (!other.header || self.header.is_some()) && other.sessions_le(self.sessions.held(), except)
    }
}

impl Assumed {
    /// The known state, where there is one.
    pub fn known(&self) -> Option<&KnownState> {
        match self {
            Assumed::Known(known) => Some(known),
            Assumed::Unknown | Assumed::Unavailable => None,
        }
    }

    /// A known state as it is stored here: without a header it is `Unavailable`.
    pub fn of(known: &KnownState) -> Assumed {
        if known.header { Assumed::Known(known.clone()) } else { Assumed::Unavailable }
    }
}

//! The four messages of the sync protocol, in the shape of the published package, and the envelope around each.

use crate::crypto::Crypto;
use crate::id::{CoId, SessionId};
use crate::known_state::KnownState;
use crate::vec_map::VecMap;
use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};

/// A message from one node to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message<C: Crypto> {
    /// "I want this CoValue, and hold this much of it."
    Load {
        /// Which CoValue.
        id: CoId,
        /// What the sender holds.
        known: KnownState,
        /// Whether it asks to be told what is on the receiver's disk (rule 15).
        safe: bool,
    },
    /// "I hold this much": an announcement, an answer, an acknowledgement or a correction.
    Known(Known),
    /// The header and transactions that the sender thinks the receiver lacks.
    Content(Content<C>),
    /// "I want this CoValue no longer."
    Done {
        /// Which CoValue.
        id: CoId,
    },
}

/// See [`Message::Known`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Known {
    /// Which CoValue.
    pub id: CoId,
    /// What the sender holds.
    pub known: KnownState,
    /// Whether this says that content could not be applied as it came.
    pub is_correction: bool,
    /// How much of that is on the sender's disk, and outlives a crash; only to a peer that has asked (rule 15).
    pub safe: Option<KnownState>,
}

/// See [`Message::Content`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Content<C: Crypto> {
    /// Which CoValue.
    pub id: CoId,
    /// The header, where the sender thinks that the receiver lacks it.
    pub header: Option<C::Header>,
    /// New transactions, by session.
    pub new: VecMap<SessionId, SessionContent<C>>,
    /// What saves memory where sender and receiver run in one process.
    pub hint: Hint,
}

/// What the sender of a content holds. A receiver that comes to hold the same shares the memory of it, and whoever compares
/// the two sees at a glance that they are equal. It is no part of what is said: it goes over no wire and into no hash, any
/// two are equal, and a wrong one changes nothing.
#[derive(Clone, Default)]
pub struct Hint(pub(crate) KnownState);

impl PartialEq for Hint {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Hint {}

impl Hash for Hint {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl fmt::Debug for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hint")
    }
}

/// A run of transactions of one session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionContent<C: Crypto> {
    /// How many transactions of the session come before these.
    pub after: u32,
    /// The transactions.
    pub new_transactions: Vec<C::Transaction>,
    /// The author's signature over the session up to and with the last of these.
    pub last_signature: C::Signature,
}

impl<C: Crypto> SessionContent<C> {
    /// How long the session is after these transactions.
    pub fn end(&self) -> u32 {
        self.after.saturating_add(u32::try_from(self.new_transactions.len()).unwrap_or(u32::MAX))
    }
}

/// A message with its place in the conversation of one connection. The connection itself is named beside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Envelope<C: Crypto> {
    /// Counts the sender's messages in this connection, from 1.
    pub n: u32,
    /// The number of the message that this one answers; 0 for none.
    pub re: u32,
    /// What is said.
    pub message: Message<C>,
}

impl<C: Crypto> Message<C> {
    /// Which CoValue the message is about.
    pub fn id(&self) -> CoId {
        match self {
            Message::Load { id, .. } | Message::Done { id } => *id,
            Message::Known(known) => known.id,
            Message::Content(content) => content.id,
        }
    }
}

impl<C: Crypto> Content<C> {
    /// What the receiver holds at least, once it has applied this: the header, and each session up to its end.
    pub fn known(&self) -> KnownState {
        KnownState::new(true, self.new.iter().map(|(session, piece)| (session, piece.end())))
    }

    /// Joins that to what somebody knows of the receiver or of the sender, and saves memory where it can.
    pub fn join_to(&self, known: &mut KnownState) {
        known.join_like(&self.known(), &self.hint.0);
    }
}

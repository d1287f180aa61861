//! Cryptography as a parameter of the node. A node verifies what it is given and signs what its app writes through
//! one [`Crypto`]; it never looks inside a header, a transaction, a hash or a signature.

mod fast;
mod opaque;

pub use fast::{FastCrypto, FastHeader, FastTransaction};
pub use opaque::OpaqueCrypto;

use crate::id::{CoId, SessionId};
use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt::Debug;
use core::hash::Hash;

/// A plain value that a node stores and sends without looking inside.
pub trait Value: Clone + Debug + PartialEq + Eq + Hash {}
impl<T: Clone + Debug + PartialEq + Eq + Hash> Value for T {}

/// The state of a session after a batch of transactions, with the author's signature over it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signed<C: Crypto + ?Sized> {
    /// Hash over all transactions of the session so far.
    pub hash: C::Hash,
    /// What is needed to go on hashing.
    pub streaming_hash: C::StreamingHash,
    /// The author's signature of `hash`.
    pub signature: C::Signature,
}

/// How headers and logs are identified, hashed, signed and verified.
pub trait Crypto {
    /// A CoValue's header.
    type Header: Value;
    /// One transaction.
    type Transaction: Value;
    /// The hash of a session's log.
    type Hash: Value;
    /// A signature of such a hash.
    type Signature: Value;
    /// The state of hashing a log that goes on.
    type StreamingHash: Value;

    /// Whether `header` is the header that `id` names.
    fn verify_header(&self, id: CoId, header: &Self::Header) -> bool;

    /// The log of `session` in `id`, `before` (nothing, for an empty log) and then `new`: `Some` where `signature` is
    /// its author's for exactly that log.
    fn verify(
        &self,
        id: CoId,
        session: SessionId,
        before: Option<&Self::StreamingHash>,
        new: &[Self::Transaction],
        signature: &Self::Signature,
    ) -> Option<Signed<Self>>;

    /// Signs the log of one's own `session` in `id`: `before` (nothing, for an empty log) and then `new`.
    fn sign(
        &self,
        id: CoId,
        session: SessionId,
        before: Option<&Self::StreamingHash>,
        new: &[Self::Transaction],
    ) -> Signed<Self>;

    /// How many bytes a transaction takes, about: what content is cut by.
    fn transaction_size(transaction: &Self::Transaction) -> usize;

    /// Adds the CoValues that must be here before `header` is of use (rule 9); none, where nothing is said.
    fn header_dependencies(&self, header: &Self::Header, into: &mut Vec<CoId>) {
        let _ = (header, into);
    }

    /// Adds the CoValues that must be here before a transaction of `session` is of use (rule 9); none, where nothing
    /// is said.
    fn transaction_dependencies(
        &self,
        session: SessionId,
        transaction: &Self::Transaction,
        into: &mut Vec<CoId>,
    ) {
        let _ = (session, transaction, into);
    }

    /// Adds the CoValues that must be here before the logs of a CoValue are of use, where that takes all of them together
    /// (rule 9): the members of a group, whose word counts only if others made them members. None, where nothing is said.
    fn log_dependencies<'a>(
        &self,
        header: &Self::Header,
        logs: impl Iterator<Item = (SessionId, Cow<'a, [Self::Transaction]>)>,
        into: &mut Vec<CoId>,
    ) where
        Self: 'a,
    {
        let _ = (header, logs, into);
    }
}

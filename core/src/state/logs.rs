//! The logs of a CoValue, and how much they come to: S without the header. It is kept as the logs grow, since it is asked
//! for with every message.

use super::{NewTransactions, SessionLog};
use crate::crypto::{Crypto, Signed};
use crate::id::SessionId;
use crate::known_state::KnownState;
use crate::message::Hint;
use crate::vec_map::VecMap;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

/// The log of each session, which is read like a map.
#[derive(Clone, Debug)]
pub struct Logs<C: Crypto> {
    logs: VecMap<SessionId, SessionLog<C>>,
    /// How long each of them is. The header counts as held.
    held: KnownState,
    /// How many transactions there are.
    transactions: u64,
}

impl<C: Crypto> Logs<C> {
    /// No log.
    pub const fn new() -> Self {
        Logs { logs: VecMap::new(), held: KnownState::header_only(), transactions: 0 }
    }

    /// How long each log is, as a known state with the header.
    pub(crate) fn held(&self) -> &KnownState {
        &self.held
    }

    /// How many transactions there are in all.
    pub(super) fn transactions(&self) -> u64 {
        self.transactions
    }

    /// Whether that is so.
    pub(crate) fn is_counted(&self) -> bool {
        let lengths = self.logs.iter().map(|(session, log)| (session, log.len()));
        self.held == KnownState::new(true, lengths) && self.transactions == self.held.transactions()
    }

    /// Sets the log of a session.
    pub fn insert(&mut self, session: SessionId, log: SessionLog<C>) {
        self.logs.insert(session, log);
        let lengths = self.logs.iter().map(|(session, log)| (session, log.len()));
        self.held = KnownState::new(true, lengths);
        self.transactions = self.logs.values().map(|log| u64::from(log.len())).sum();
    }

    /// Appends a batch that was found to follow; gives the session's new length.
    pub(super) fn append(&mut self, session: SessionId, batch: NewTransactions<C>, hint: &Hint) -> u32 {
        let NewTransactions { after, transactions, signed } = batch;
        let Signed { hash, streaming_hash, signature } = signed;
        let log = self.logs.entry_or_insert_with(session, || SessionLog {
            transactions: Vec::new(),
            last_hash: hash.clone(),
            streaming_hash: streaming_hash.clone(),
            signature_after: VecMap::new(),
            last_signature: signature.clone(),
        });
        debug_assert_eq!(after, log.len(), "the batch follows");
        if log.transactions.is_empty() {
            log.transactions = transactions;
        } else {
            log.transactions.extend(transactions);
        }
        log.last_hash = hash;
        log.streaming_hash = streaming_hash;
        log.last_signature = signature;
        let length = log.len();
        log.signature_after.insert(length - 1, log.last_signature.clone());
        self.held.raise_like(session, length, &hint.0);
        self.transactions += u64::from(length - after);
        length
    }
}

impl<C: Crypto> Default for Logs<C> {
    fn default() -> Self {
        Logs::new()
    }
}

impl<C: Crypto> Deref for Logs<C> {
    type Target = VecMap<SessionId, SessionLog<C>>;

    fn deref(&self) -> &Self::Target {
        &self.logs
    }
}

/// How long they are follows from them.
impl<C: Crypto + PartialEq> PartialEq for Logs<C> {
    fn eq(&self, other: &Self) -> bool {
        self.logs == other.logs
    }
}

impl<C: Crypto + Eq> Eq for Logs<C> {}

impl<C: Crypto + Hash> Hash for Logs<C> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.logs.hash(state);
    }
}

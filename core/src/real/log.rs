//! A CoValue's signed logs, kept as the package keeps them: sessions in the order in which they came, and now and then
//! an in-between signature, at which the log may be cut when it is sent.

use super::signature::{Refusal, Signature, Verifier};
use super::wire::KnownState;
use super::{Header, StreamingHash, Transaction};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// How many UTF-16 code units of changes the package recommends to send at once, and after how many more it keeps an
/// in-between signature.
pub(super) const RECOMMENDED_SIZE_MAX: usize = 100 * 1024;

/// The header and logs of one CoValue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoValueLog {
    id: String,
    header: Header,
    sessions: Vec<(String, SignedLog)>,
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedLog {
    transactions: Vec<Transaction>,
    streaming_hash: StreamingHash,
    last_signature: Signature,
    /// By the index of the last transaction that each covers.
    signature_after: BTreeMap<usize, Signature>,
    /// The size of the transactions since the last of those.
    size_since: usize,
}

/// Transactions that go on with a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The transactions; there may be none.
    pub transactions: Vec<Transaction>,
    /// The hash that the log is said to have with them, as text.
    pub given_hash: Option<String>,
    /// The signature over the log with them.
    pub signature: Signature,
}

impl CoValueLog {
    /// A CoValue without transactions.
    pub fn new(header: Header) -> CoValueLog {
        CoValueLog { id: header.id(), header, sessions: Vec::new() }
    }

    /// Its id: `co_z…`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Its sessions, in the order in which they came.
    pub fn sessions(&self) -> impl ExactSizeIterator<Item = (&str, &SignedLog)> {
        self.sessions.iter().map(|(name, log)| (name.as_str(), log))
    }

    /// The log of `session`.
    pub fn session(&self, session: &str) -> Option<&SignedLog> {
        self.sessions().find(|(name, _)| *name == session).map(|(_, log)| log)
    }

    /// What is held.
    pub fn known_state(&self) -> KnownState {
        let sessions = self.sessions().map(|(name, log)| (String::from(name), log.transactions.len() as u64));
        KnownState { id: self.id.clone(), header: true, sessions: sessions.collect() }
    }

    /// Appends `batch` to `session`, whose signer is `verifier`: `tryAddTransactions` of the package.
    ///
    /// # Errors
    /// [`InvalidHash`](Refusal::InvalidHash), [`MalformedSignature`](Refusal::MalformedSignature),
    /// [`InvalidSignature`](Refusal::InvalidSignature), looked for in this order. Nothing has changed then.
    pub fn add(&mut self, session: &str, batch: Batch, verifier: &Verifier) -> Result<(), Refusal> {
        let before = self.session(session).map(SignedLog::streaming_hash);
        let streaming_hash = verifier.verify_batch(before, &batch)?;
        self.append(session, batch, streaming_hash);
        Ok(())
    }

    /// Appends `batch` to `session`; the caller has verified it.
    pub fn add_verified(&mut self, session: &str, batch: Batch) {
        let before = self.session(session).map(SignedLog::streaming_hash);
        let streaming_hash = StreamingHash::after(before, &batch.transactions);
        self.append(session, batch, streaming_hash);
    }

    fn append(&mut self, session: &str, batch: Batch, streaming_hash: StreamingHash) {
        let at = self.sessions.iter().position(|(name, _)| name == session).unwrap_or_else(|| {
            self.sessions.push((String::from(session), SignedLog::new(batch.signature.clone())));
            self.sessions.len() - 1
        });
        self.sessions[at].1.extend(batch, streaming_hash);
    }
}

impl SignedLog {
    fn new(signature: Signature) -> SignedLog {
        SignedLog {
            transactions: Vec::new(),
            streaming_hash: StreamingHash::new(),
            last_signature: signature,
            signature_after: BTreeMap::new(),
            size_since: 0,
        }
    }

    fn extend(&mut self, batch: Batch, streaming_hash: StreamingHash) {
        self.size_since += batch.transactions.iter().map(Transaction::size).sum::<usize>();
        self.transactions.extend(batch.transactions);
        self.streaming_hash = streaming_hash;
        if self.size_since > RECOMMENDED_SIZE_MAX {
            self.signature_after.insert(self.transactions.len() - 1, batch.signature.clone());
            self.size_since = 0;
        }
        self.last_signature = batch.signature;
    }

    /// The transactions, oldest first.
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// The hash over all of them.
    pub fn streaming_hash(&self) -> &StreamingHash {
        &self.streaming_hash
    }

    /// The signature over all of them.
    pub fn last_signature(&self) -> &Signature {
        &self.last_signature
    }

    /// The in-between signatures, by the index of the last transaction that each covers: there is one where the size
    /// since the one before exceeds 100 KiB with a batch.
    pub fn signature_after(&self) -> &BTreeMap<usize, Signature> {
        &self.signature_after
    }
}

impl Verifier {
    /// The hash of a log that goes on from `before` with `batch`, where its signature is right.
    ///
    /// # Errors
    /// As [`CoValueLog::add`].
    pub fn verify_batch(
        &self,
        before: Option<&StreamingHash>,
        batch: &Batch,
    ) -> Result<StreamingHash, Refusal> {
        let after = StreamingHash::after(before, &batch.transactions);
        let given = batch.given_hash.as_ref();
        if given.is_some_and(|given| *given != alloc::format!("{}", after.hash())) {
            return Err(Refusal::InvalidHash { found: after.hash().clone() });
        }
        self.verify_hash(after.hash(), &batch.signature)?;
        Ok(after)
    }
}

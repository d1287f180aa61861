//! [`RealCrypto`]: what a node is handed to hash, sign and verify as the published package does.

use super::signature::{Refusal, Signature, Verifier};
use super::{AgentId, Batch, Hash, Header, Owner, SignerSecret, StreamingHash, Transaction};
use crate::crypto::{Crypto, Signed};
use crate::id::{CoId, SessionId};
use crate::names::{NameError, NameTable, Names};
use alloc::collections::BTreeMap;
use alloc::string::String;

/// CoJSON's own cryptography, with what a node must know for it: which strings its numbers stand for, who signs in
/// which session, and its own secrets.
///
/// Names are given numbers here as they are first met, and a node treats things in the order of their numbers. A
/// session of an agent names its signer itself. One of an account verifies once that account has been
/// [learnt](Self::learn_account), and a session without a known signer never does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RealCrypto {
    names: NameTable,
    /// Of the sessions whose signer is known.
    verifiers: BTreeMap<SessionId, Verifier>,
    /// The signers of accounts.
    accounts: BTreeMap<String, Verifier>,
    /// Of the node's own sessions.
    secrets: BTreeMap<SessionId, SignerSecret>,
}

impl RealCrypto {
    /// Without names or secrets.
    pub fn new() -> RealCrypto {
        RealCrypto::default()
    }

    /// The strings of all numbers.
    pub fn names(&self) -> &NameTable {
        &self.names
    }

    /// The number of the CoValue `id` (`co_z…`), given out now where it is new.
    ///
    /// # Errors
    /// [`TooManyNames`](NameError::TooManyNames).
    pub fn co_value(&mut self, id: &str) -> Result<CoId, NameError> {
        self.names.intern_co_value(id)
    }

    /// The number of the session `name`, given out now where it is new.
    ///
    /// # Errors
    /// [`TooManyNames`](NameError::TooManyNames).
    pub fn session(&mut self, name: &str) -> Result<SessionId, NameError> {
        if let Some(session) = self.names.find_session(name) {
            return Ok(session);
        }
        let session = self.names.intern_session(name)?;
        let verifier = match Owner::of_session(name) {
            Some(Owner::Account(account)) => self.accounts.get(account).cloned(),
            Some(Owner::Agent(_)) | None => Verifier::of_agent_session(name).ok(),
        };
        if let Some(verifier) = verifier {
            self.verifiers.insert(session, verifier);
        }
        Ok(session)
    }

    /// Learns who signs for an account: its sessions verify from now on.
    ///
    /// # Errors
    /// [`MalformedSigner`](Refusal::MalformedSigner).
    pub fn learn_account(&mut self, account: &str, agent: &AgentId) -> Result<(), Refusal> {
        let verifier = Verifier::new(&agent.signer)?;
        for (session, name) in self.names.sessions() {
            if Owner::of_session(name) == Some(Owner::Account(account)) {
                self.verifiers.insert(session, verifier.clone());
            }
        }
        self.accounts.insert(String::from(account), verifier);
        Ok(())
    }

    /// Takes a secret, with which the node signs in its own `session` from now on.
    pub fn own(&mut self, session: SessionId, secret: SignerSecret) {
        self.secrets.insert(session, secret);
    }

    /// Who signs in `session`, where that is known.
    pub fn verifier(&self, session: SessionId) -> Option<&Verifier> {
        self.verifiers.get(&session)
    }

    /// What [`verify`](Crypto::verify) looks at, with the reason where it does not hold.
    ///
    /// # Errors
    /// [`UnknownSigner`](Refusal::UnknownSigner), [`MalformedSigner`](Refusal::MalformedSigner), and those of
    /// [`CoValueLog::add`](super::CoValueLog::add).
    pub fn check(
        &self,
        session: SessionId,
        before: Option<&StreamingHash>,
        batch: &Batch,
    ) -> Result<StreamingHash, Refusal> {
        match self.verifier(session) {
            Some(verifier) => verifier.verify_batch(before, batch),
            None => Err(self.why_unknown(session)),
        }
    }

    fn why_unknown(&self, session: SessionId) -> Refusal {
        Verifier::of_agent_session(&self.names.session(session)).err().unwrap_or(Refusal::UnknownSigner)
    }
}

impl Crypto for RealCrypto {
    type Header = Header;
    type Transaction = Transaction;
    type Hash = Hash;
    type Signature = Signature;
    type StreamingHash = StreamingHash;

    fn verify_header(&self, id: CoId, header: &Header) -> bool {
        self.names.co_value(id) == header.id()
    }

    fn verify(
        &self,
        _id: CoId,
        session: SessionId,
        before: Option<&StreamingHash>,
        new: &[Transaction],
        signature: &Signature,
    ) -> Option<Signed<Self>> {
        let streaming_hash = StreamingHash::after(before, new);
        let verified = self.verifier(session)?.verify_hash(streaming_hash.hash(), signature);
        verified.ok().map(|()| signed(streaming_hash, signature.clone()))
    }

    /// In a session whose secret is not here the signature is empty, and verifies nowhere.
    fn sign(
        &self,
        _id: CoId,
        session: SessionId,
        before: Option<&StreamingHash>,
        new: &[Transaction],
    ) -> Signed<Self> {
        let streaming_hash = StreamingHash::after(before, new);
        let secret = self.secrets.get(&session);
        let signature = secret.map(|secret| secret.sign_hash(streaming_hash.hash()));
        signed(streaming_hash, signature.unwrap_or_else(|| Signature::new("")))
    }
}

fn signed(streaming_hash: StreamingHash, signature: Signature) -> Signed<RealCrypto> {
    Signed { hash: streaming_hash.hash().clone(), streaming_hash, signature }
}

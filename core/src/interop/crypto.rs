//! [`RealCrypto`]: what a node is handed to hash, sign and verify as the published package does.

use crate::crypto::{Crypto, Signed};
use crate::id::{CoId, SessionId};
use crate::names::{NameError, NameTable, Names};
use crate::real::{
    AgentId, Batch, Hash, Header, Owner, Privacy, Refusal, Signature, SignerSecret, StreamingHash,
    Transaction, Verifier,
};
use crate::view::{self, Dialect};
use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// CoJSON's own cryptography, with what a node must know for it: which strings its numbers stand for, who signs in
/// which session, and its own secrets.
///
/// Names are given numbers here as they are first met, and a node treats things in the order of their numbers. A
/// session of an agent names its signer itself. One of an account verifies once that account has been
/// [learnt](Self::learn_account), which the header of the account is enough for, and a session without a known signer
/// never does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RealCrypto {
    names: NameTable,
    /// Of the sessions whose signer is known.
    verifiers: BTreeMap<SessionId, Verifier>,
    /// The signers of accounts.
    accounts: BTreeMap<String, Verifier>,
    /// Of the node's own sessions.
    secrets: BTreeMap<SessionId, SignerSecret>,
    /// By whose rules CoValues depend on others.
    dialect: Dialect,
}

impl RealCrypto {
    /// Without names or secrets, by the rules of 0.7.35.
    pub fn new() -> RealCrypto {
        RealCrypto::default()
    }

    /// Without names or secrets, by the rules of a dialect.
    pub fn by(dialect: Dialect) -> RealCrypto {
        RealCrypto { dialect, ..RealCrypto::default() }
    }

    /// By whose rules it goes.
    pub fn dialect(&self) -> Dialect {
        self.dialect
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
        if let Some(account) = view::of_session(name) {
            self.co_value(account)?;
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

    /// Gives numbers to the CoValues that a header depends on, and learns the account that it is of, if it is one.
    /// [`read_message`](Self::read_message) does so with all that a peer sends; an app does it with what it makes.
    ///
    /// # Errors
    /// [`TooManyNames`](NameError::TooManyNames).
    pub fn meet_header(&mut self, header: &Header) -> Result<(), NameError> {
        for id in view::of_header(header.as_json(), self.dialect) {
            self.co_value(id)?;
        }
        if let Some(agent) = header.account_agent() {
            let id = header.id();
            if !self.accounts.contains_key(&id) {
                // With a key that is none, nothing of the account ever verifies.
                let _ = self.learn_account(&id, &agent);
            }
        }
        Ok(())
    }

    /// Gives a number to the CoValue that a transaction names, if it is one of a group. As
    /// [`meet_header`](Self::meet_header).
    ///
    /// # Errors
    /// [`TooManyNames`](NameError::TooManyNames).
    pub fn meet_transaction(&mut self, transaction: &Transaction) -> Result<(), NameError> {
        let may_name = match &transaction.privacy {
            Privacy::Trusting { changes } => changes.contains("co_"),
            Privacy::Private { .. } => false,
        };
        if may_name && let Some(id) = view::named_by(transaction) {
            self.co_value(&id)?;
        }
        Ok(())
    }

    /// The number of a dependency. What has none was never met, and cannot be waited for.
    fn depend(&self, id: &str, into: &mut Vec<CoId>) {
        into.extend(self.names.find_co_value(id));
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
    /// [`CoValueLog::add`](crate::real::CoValueLog::add).
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

    fn transaction_size(transaction: &Transaction) -> usize {
        transaction.size()
    }

    fn header_dependencies(&self, header: &Header, into: &mut Vec<CoId>) {
        view::of_header(header.as_json(), self.dialect).for_each(|id| self.depend(id, into));
    }

    fn transaction_dependencies(&self, session: SessionId, _: &Transaction, into: &mut Vec<CoId>) {
        if let Some(account) = view::of_session(&self.names.session(session)) {
            self.depend(account, into);
        }
    }

    fn log_dependencies<'a>(
        &self,
        header: &Header,
        logs: impl Iterator<Item = (SessionId, Cow<'a, [Transaction]>)>,
        into: &mut Vec<CoId>,
    ) {
        if !view::are_in_logs(header.as_json()) {
            return;
        }
        let logs: Vec<_> = logs.map(|(session, log)| (self.names.session(session), log)).collect();
        let sessions = logs.iter().map(|(session, log)| (&**session, log as &dyn view::Log)).collect();
        let co_value = view::CoValue { id: "", header: header.as_json(), sessions };
        view::of_logs(&co_value, self.dialect).iter().for_each(|id| self.depend(id, into));
    }
}

fn signed(streaming_hash: StreamingHash, signature: Signature) -> Signed<RealCrypto> {
    Signed { hash: streaming_hash.hash().clone(), streaming_hash, signature }
}

//! How the nodes of a run hash, sign and verify: with a keyed hash, or as CoJSON does. Either way every log has a keyed
//! hash over what only the simulator knows of it (which operation wrote what), so that oracles can rely on that.

use super::directory::Directory;
use super::provider::Crypto as Provider;
use super::values::{Header, Signature, StreamingHash, Transaction};
use cosim_core::crypto::Signed;
use cosim_core::{CoId, Crypto, FastCrypto, SessionId, real};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What a node of a run is handed to hash, sign and verify with.
#[derive(Clone, Debug, Default)]
pub struct SimCrypto {
    directory: Arc<Directory>,
}

impl PartialEq for SimCrypto {
    fn eq(&self, other: &SimCrypto) -> bool {
        Arc::ptr_eq(&self.directory, &other.directory) || self.directory == other.directory
    }
}

impl Eq for SimCrypto {}

impl Hash for SimCrypto {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.directory.provider().name().hash(state);
    }
}

impl SimCrypto {
    /// With what a run knows of its nodes and CoValues.
    pub const fn new(directory: Arc<Directory>) -> SimCrypto {
        SimCrypto { directory }
    }

    /// Whether CoJSON itself signs.
    pub(super) fn is_real(&self) -> bool {
        self.directory.provider() == Provider::Real
    }

    /// The hash of a log that goes on from `before` with `new`; `None` where CoJSON signs and has nothing to sign for a
    /// transaction, or something else than what the transaction says of itself.
    fn hash(&self, before: Option<&StreamingHash>, new: &[Transaction]) -> Option<StreamingHash> {
        let is_real = self.is_real();
        let seal = before.map_or(0, |before| before.seal);
        let seal = new.iter().fold(seal, |seal, transaction| transaction.fold(seal, !is_real));
        if !is_real {
            return Some(StreamingHash { seal, said: None });
        }
        let mut said = Vec::with_capacity(new.len());
        for transaction in new {
            said.push(transaction.said.as_deref().filter(|said| transaction.agrees(said))?);
        }
        let before = match before {
            Some(before) => before.said.as_deref().cloned()?,
            None => real::StreamingHash::new(),
        };
        Some(StreamingHash { seal, said: Some(Arc::new(before.then(said))) })
    }

    /// The seal over a log, as who signs it makes it.
    pub(crate) fn seal_of(&self, id: CoId, session: SessionId, log: &[Transaction]) -> u64 {
        let is_real = self.is_real();
        let seal = log.iter().fold(0, |seal, transaction| transaction.fold(seal, !is_real));
        self.seal(id, session, &StreamingHash { seal, said: None })
    }

    /// Where the hash of a log stands that nobody hashes.
    pub(crate) const fn unhashed(&self) -> StreamingHash {
        StreamingHash { seal: 0, said: None }
    }

    /// Over the place of the log, too, but where CoJSON signs: its signatures hold in every session of their signer, and
    /// in every CoValue.
    fn seal(&self, id: CoId, session: SessionId, hash: &StreamingHash) -> u64 {
        let place = if self.is_real() { 0 } else { u64::from(session.0) << 32 | u64::from(id.0) };
        FastCrypto::mix(FastCrypto::mix(0x5167_6e61_7475_7265, place), hash.seal)
    }

    /// As [`sign`](Crypto::sign), in anybody's name: with the secret of who writes in the session `by`.
    pub(super) fn sign_by(
        &self,
        by: SessionId,
        (id, session): (CoId, SessionId),
        before: Option<&StreamingHash>,
        new: &[Transaction],
    ) -> Signed<SimCrypto> {
        let Some(streaming_hash) = self.hash(before, new) else {
            // Nothing that could be signed verifies nowhere.
            let nothing = StreamingHash { seal: 0, said: None };
            return Signed { hash: 0, streaming_hash: nothing, signature: Signature::new(0) };
        };
        let seal = self.seal(id, session, &streaming_hash);
        let signed = streaming_hash.said.as_ref().map(|said| {
            let agent = self.directory.agent(by);
            // Who is nobody signs with nothing, and that verifies nowhere.
            let signed = agent.map(|agent| agent.secret.signer.sign_hash(real::StreamingHash::hash(said)));
            Arc::new(signed.unwrap_or_else(|| real::Signature::new("")))
        });
        Signed { hash: streaming_hash.seal, streaming_hash, signature: Signature { seal, signed } }
    }
}

impl Crypto for SimCrypto {
    type Header = Header;
    type Transaction = Transaction;
    type Hash = u64;
    type Signature = Signature;
    type StreamingHash = StreamingHash;

    fn verify_header(&self, id: CoId, header: &Header) -> bool {
        let known = self.directory.co_value(id);
        let holds = match (&header.said, self.is_real()) {
            (Some(said), true) => known.is_some_and(|known| known.id == said.id()),
            (None, true) => false,
            (said, false) => known.is_none_or(|known| known.is_opaque() || known.header == *said),
        };
        // An id stands for one header, and so for what that depends on.
        let depends = known.is_none_or(|known| known.spec.depends_on == header.depends_on);
        holds && depends && header.is_sealed(id)
    }

    fn verify(
        &self,
        id: CoId,
        session: SessionId,
        before: Option<&StreamingHash>,
        new: &[Transaction],
        signature: &Signature,
    ) -> Option<Signed<Self>> {
        let streaming_hash = self.hash(before, new)?;
        if signature.seal != self.seal(id, session, &streaming_hash) {
            return None;
        }
        match (&streaming_hash.said, &signature.signed) {
            (None, None) => {}
            (Some(said), Some(signed)) => {
                self.directory
                    .agent(session)?
                    .verifier
                    .verify_hash(real::StreamingHash::hash(said), signed)
                    .ok()?;
            }
            _ => return None,
        }
        Some(Signed { hash: streaming_hash.seal, streaming_hash, signature: signature.clone() })
    }

    fn sign(
        &self,
        id: CoId,
        session: SessionId,
        before: Option<&StreamingHash>,
        new: &[Transaction],
    ) -> Signed<Self> {
        self.sign_by(session, (id, session), before, new)
    }

    fn transaction_size(transaction: &Transaction) -> usize {
        transaction.size as usize
    }

    fn header_dependencies(&self, header: &Header, into: &mut Vec<CoId>) {
        into.extend_from_slice(&header.depends_on);
    }

    fn transaction_dependencies(&self, _: SessionId, transaction: &Transaction, into: &mut Vec<CoId>) {
        into.extend(transaction.depends_on);
    }
}

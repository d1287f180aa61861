//! Ed25519 signatures over stable text, and checking them.
//!
//! A signature of a log signs its hash as JSON text, that is with the quotes. It names neither the session nor the
//! CoValue.

use super::encoding::{DecodeError, from_base58, to_base58};
use super::hash::Hash;
use super::keys::{AgentId, SignerId, SignerSecret};
use super::once::{What, once};
use super::session_name::Owner;
use super::stable::stable_stringify;
use alloc::string::{String, ToString};
use core::fmt;
use ed25519_dalek::{Signer, SigningKey, Verifier as _, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;

const PREFIX: &str = "signature_z";

/// A signature as it was said: `signature_z…`, or any other text, which is then nobody's signature.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signature(String);

impl Signature {
    /// What `text` says.
    pub fn new(text: impl Into<String>) -> Signature {
        Signature(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 64 bytes.
    ///
    /// # Errors
    /// Where the text is no signature.
    pub fn to_bytes(&self) -> Result<[u8; 64], DecodeError> {
        from_base58(PREFIX, &self.0)
    }
}

impl From<[u8; 64]> for Signature {
    fn from(bytes: [u8; 64]) -> Signature {
        Signature(to_base58(PREFIX, &bytes))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a batch of transactions, or another signed value, is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody knows who signs for the session: it has no owner, or one whose signer has not been learnt.
    UnknownSigner,
    /// The signer is no Ed25519 public key.
    MalformedSigner(DecodeError),
    /// The log has another hash than was said.
    InvalidHash {
        /// The hash that the log has.
        found: Hash,
    },
    /// The signature is no signature at all.
    MalformedSignature(DecodeError),
    /// The signature is not the signer's for this log.
    InvalidSignature,
}

impl SignerSecret {
    /// Signs `value`.
    pub fn sign(&self, value: &Value) -> Signature {
        Signature::from(
            SigningKey::from_bytes(self.as_bytes()).sign(stable_stringify(value).as_bytes()).to_bytes(),
        )
    }

    /// Signs a log.
    pub fn sign_hash(&self, hash: &Hash) -> Signature {
        self.sign(&Value::String(hash.to_string()))
    }
}

/// A signer whose signatures can be checked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Verifier(VerifyingKey);

impl Verifier {
    /// Of this signer.
    ///
    /// # Errors
    /// [`MalformedSigner`](Refusal::MalformedSigner): not every 32 bytes are a public key.
    pub fn new(signer: &SignerId) -> Result<Verifier, Refusal> {
        VerifyingKey::from_bytes(signer.as_bytes())
            .map(Verifier)
            .map_err(|_| Refusal::MalformedSigner(DecodeError::Alphabet))
    }

    /// Of the signer of a session that belongs to an agent.
    ///
    /// # Errors
    /// [`UnknownSigner`](Refusal::UnknownSigner), for an account's session too: who signs there stands in the account.
    /// [`MalformedSigner`](Refusal::MalformedSigner).
    pub fn of_agent_session(session: &str) -> Result<Verifier, Refusal> {
        let Some(Owner::Agent(agent)) = Owner::of_session(session) else {
            return Err(Refusal::UnknownSigner);
        };
        let agent: AgentId = agent.parse().map_err(Refusal::MalformedSigner)?;
        Verifier::new(&agent.signer)
    }

    /// Who signs.
    pub fn signer(&self) -> SignerId {
        SignerId::from_bytes(self.0.to_bytes())
    }

    /// Whether `signature` is the signer's for `value`.
    ///
    /// # Errors
    /// [`MalformedSignature`](Refusal::MalformedSignature), [`InvalidSignature`](Refusal::InvalidSignature).
    pub fn verify(&self, value: &Value, signature: &Signature) -> Result<(), Refusal> {
        let bytes = signature.to_bytes().map_err(Refusal::MalformedSignature)?;
        let text = stable_stringify(value);
        let said = ed25519_dalek::Signature::from_bytes(&bytes);
        let fits = || self.0.verify(text.as_bytes(), &said).is_ok().then_some([0; 32]);
        once(What::Verdict, &[self.0.as_bytes(), &bytes, text.as_bytes()], fits)
            .map(|_| ())
            .ok_or(Refusal::InvalidSignature)
    }

    /// Whether `signature` is the signer's for a log with this hash.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_hash(&self, hash: &Hash, signature: &Signature) -> Result<(), Refusal> {
        self.verify(&Value::String(hash.to_string()), signature)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::UnknownSigner => f.write_str("nobody is known to sign for this session"),
            Refusal::MalformedSigner(error) => write!(f, "the session's signer is no public key: {error}"),
            Refusal::InvalidHash { found } => {
                write!(f, "the log has the hash {found}, not the one that was given")
            }
            Refusal::MalformedSignature(error) => write!(f, "the signature is none: {error}"),
            Refusal::InvalidSignature => {
                f.write_str("the signature is not the session's signer's for this log")
            }
        }
    }
}

impl core::error::Error for Refusal {}

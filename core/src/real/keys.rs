//! Who signs and who is sealed for: Ed25519 and X25519 keys, and the agent that is a pair of them.

use super::encoding::{DecodeError, tagged};
use super::once::{What, once};
use alloc::string::String;
use core::fmt;
use core::str::FromStr;
use ed25519_dalek::SigningKey;
use x25519_dalek::{PublicKey, StaticSecret};

tagged!(
    /// The secret that signs: `signerSecret_z…`, an Ed25519 seed.
    SignerSecret, 32, "signerSecret_z", hidden
);
tagged!(
    /// Whom a signature is by: `signer_z…`, an Ed25519 public key.
    SignerId, 32, "signer_z", shown
);
tagged!(
    /// The secret that opens what is sealed: `sealerSecret_z…`, for X25519.
    SealerSecret, 32, "sealerSecret_z", hidden
);
tagged!(
    /// Whom something is sealed for or by: `sealer_z…`, an X25519 public key.
    SealerId, 32, "sealer_z", shown
);

impl SignerSecret {
    /// The public half.
    pub fn id(&self) -> SignerId {
        let public = || SigningKey::from_bytes(self.as_bytes()).verifying_key().to_bytes();
        let known = once(What::SignerId, &[self.as_bytes()], || Some(public()));
        SignerId::from_bytes(known.unwrap_or_else(public))
    }
}

impl SealerSecret {
    /// The public half.
    pub fn id(&self) -> SealerId {
        let public = || PublicKey::from(&StaticSecret::from(*self.as_bytes())).to_bytes();
        let known = once(What::SealerId, &[self.as_bytes()], || Some(public()));
        SealerId::from_bytes(known.unwrap_or_else(public))
    }
}

/// The secrets of an agent: `sealerSecret_z…/signerSecret_z…`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AgentSecret {
    /// Opens what is sealed for the agent.
    pub sealer: SealerSecret,
    /// Signs in its name.
    pub signer: SignerSecret,
}

impl AgentSecret {
    /// The secrets that belong to a seed.
    pub fn from_seed(seed: &[u8; 32]) -> AgentSecret {
        let derive = |context: &[u8]| blake3::Hasher::new().update(context).update(seed).finalize().into();
        AgentSecret {
            sealer: SealerSecret::from_bytes(derive(b"seal")),
            signer: SignerSecret::from_bytes(derive(b"sign")),
        }
    }

    /// The agent.
    pub fn id(&self) -> AgentId {
        AgentId { sealer: self.sealer.id(), signer: self.signer.id() }
    }
}

/// An agent: `sealer_z…/signer_z…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentId {
    /// What is meant for the agent is sealed for this.
    pub sealer: SealerId,
    /// Its signatures are by this.
    pub signer: SignerId,
}

/// Two parts of a text with a slash between them.
fn pair<A, B>(text: &str) -> Result<(A, B), DecodeError>
where
    A: FromStr<Err = DecodeError>,
    B: FromStr<Err = DecodeError>,
{
    let (sealer, signer) = text.split_once('/').ok_or(DecodeError::Parts)?;
    Ok((sealer.parse()?, signer.parse()?))
}

impl FromStr for AgentSecret {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, DecodeError> {
        pair(text).map(|(sealer, signer)| AgentSecret { sealer, signer })
    }
}

impl FromStr for AgentId {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, DecodeError> {
        pair(text).map(|(sealer, signer)| AgentId { sealer, signer })
    }
}

impl fmt::Display for AgentSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.sealer, self.signer)
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.sealer, self.signer)
    }
}

impl From<AgentId> for String {
    fn from(agent: AgentId) -> String {
        alloc::format!("{agent}")
    }
}

//! CoJSON's own bytes, as the published package (0.7.35) has them: ids, hashes, signatures, encryption and messages.
//!
//! docs/cojson-format.md lists what is byte-compatible, and what is refused that the package takes.
//! Primitives come from libraries; what is here are CoJSON's rules about them. Nothing here knows the node;
//! [`interop`](crate::interop) is what makes a node speak like this.

mod cipher;
mod encoding;
mod hash;
mod header;
mod keys;
mod log;
mod new_content;
mod number;
mod once;
mod seal;
mod session_name;
mod signature;
mod stable;
mod transaction;
pub mod wire;

pub use cipher::{CipherError, KeySecret, Place, decrypt, decrypt_key, encrypt, encrypt_key, key_of};
pub use encoding::{DecodeError, from_base58, from_base64url, to_base58, to_base64url};
pub use hash::{Hash, StreamingHash, secure_hash, short_hash};
pub use header::{Header, Priority};
pub use keys::{AgentId, AgentSecret, SealerId, SealerSecret, SignerId, SignerSecret};
pub use log::{Batch, CoValueLog, SignedLog};
pub use number::{MadeAt, canonical};
pub(crate) use seal::Agreement;
pub use seal::{group_sealer, seal, seal_for_group, unseal, unseal_for_group};
pub use session_name::{Owner, session_of_other_owner};
pub use signature::{Refusal, Signature, Verifier};
pub use stable::stable_stringify;
pub use transaction::{Key, Privacy, Transaction};

//! Sealing: encryption from one agent for another, with which the secrets of keys are handed out.
//!
//! The shared secret of X25519 is the key of NaCl's `secretbox` (XSalsa20-Poly1305) as it is, without the step of
//! hashing that `crypto_box` takes. The tag comes before the encrypted text.

use super::cipher::{CipherError, KeySecret, Place, value_of};
use super::encoding::{DecodeError, from_base64url, to_base64url};
use super::keys::{SealerId, SealerSecret};
use super::once::{What, once};
use super::stable::stable_stringify;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use crypto_secretbox::aead::AeadInPlace;
use crypto_secretbox::{KeyInit, Tag, XSalsa20Poly1305};
use serde_json::Value;
use x25519_dalek::{PublicKey, StaticSecret};

const SEALED: &str = "sealed_U";
const SEALED_FOR_GROUP: &str = "sealedForGroup_U";
const TAG_BYTES: usize = 16;
const SEALER_BYTES: usize = 32;

/// `value`, sealed from one for another at `place`: `sealed_U…`.
///
/// # Errors
/// [`WeakKey`](CipherError::WeakKey).
pub fn seal(value: &Value, from: &SealerSecret, to: &SealerId, place: &Place) -> Result<String, CipherError> {
    Ok(to_base64url(SEALED, &sealed(value, from, to, place)?))
}

fn sealed(value: &Value, from: &SealerSecret, to: &SealerId, place: &Place) -> Result<Vec<u8>, CipherError> {
    let mut bytes = stable_stringify(value).into_bytes();
    let tag = cipher(from, to)?
        .encrypt_in_place_detached(&place.nonce().into(), &[], &mut bytes)
        .expect("the cipher takes far longer texts than a memory holds");
    Ok([tag.as_slice(), &bytes].concat())
}

/// The sealer of a group whose read key is this: who has the key opens what strangers sealed for the group.
pub fn group_sealer(read_key: &KeySecret) -> SealerSecret {
    let text = read_key.to_string();
    let hash = blake3::Hasher::new().update(b"groupSealer").update(text.as_bytes()).finalize();
    SealerSecret::from_bytes(hash.into())
}

/// `value`, sealed for a group at `place` by somebody who has made `once` for that and nothing else:
/// `sealedForGroup_U…`. It does not say who that was.
///
/// # Errors
/// [`WeakKey`](CipherError::WeakKey).
pub fn seal_for_group(
    value: &Value,
    once: &SealerSecret,
    group: &SealerId,
    place: &Place,
) -> Result<String, CipherError> {
    let sealed = sealed(value, once, group, place)?;
    Ok(to_base64url(SEALED_FOR_GROUP, &[once.id().as_bytes().as_slice(), &sealed].concat()))
}

/// The value that somebody sealed for a group at `place`.
///
/// # Errors
/// As [`unseal`].
pub fn unseal_for_group(text: &str, group: &SealerSecret, place: &Place) -> Result<Value, CipherError> {
    let bytes = from_base64url(SEALED_FOR_GROUP, text).map_err(CipherError::Decode)?;
    let short = CipherError::Decode(DecodeError::Length { expected: SEALER_BYTES });
    let (once, sealed) = bytes.split_first_chunk::<SEALER_BYTES>().ok_or(short)?;
    Agreement::new(group, &SealerId::from_bytes(*once))?.open(sealed, place)
}

/// The value that was sealed from `from` for `to` at `place`.
///
/// # Errors
/// [`Decode`](CipherError::Decode), [`WeakKey`](CipherError::WeakKey); for other people, another place or a changed
/// text, [`Seal`](CipherError::Seal).
pub fn unseal(text: &str, to: &SealerSecret, from: &SealerId, place: &Place) -> Result<Value, CipherError> {
    Agreement::new(to, from)?.unseal(text, place)
}

/// What two agents agree on: it opens all that one of them sealed for the other. To make one costs far more than to use
/// it.
#[derive(Clone)]
pub(crate) struct Agreement(XSalsa20Poly1305);

impl Agreement {
    /// What the holder of `mine` and `theirs` agree on.
    pub(crate) fn new(mine: &SealerSecret, theirs: &SealerId) -> Result<Agreement, CipherError> {
        cipher(mine, theirs).map(Agreement)
    }

    /// The value that was sealed at `place`.
    pub(crate) fn unseal(&self, text: &str, place: &Place) -> Result<Value, CipherError> {
        self.open(&from_base64url(SEALED, text).map_err(CipherError::Decode)?, place)
    }

    fn open(&self, bytes: &[u8], place: &Place) -> Result<Value, CipherError> {
        let (tag, encrypted) = bytes.split_at_checked(TAG_BYTES).ok_or(CipherError::Seal)?;
        let mut bytes = Vec::from(encrypted);
        self.0
            .decrypt_in_place_detached(&place.nonce().into(), &[], &mut bytes, Tag::from_slice(tag))
            .map_err(|_| CipherError::Seal)?;
        value_of(bytes)
    }
}

impl fmt::Debug for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Agreement(…)")
    }
}

fn cipher(mine: &SealerSecret, theirs: &SealerId) -> Result<XSalsa20Poly1305, CipherError> {
    let shared = once(What::Shared, &[mine.as_bytes(), theirs.as_bytes()], || {
        let mine = StaticSecret::from(*mine.as_bytes());
        let shared = mine.diffie_hellman(&PublicKey::from(*theirs.as_bytes()));
        shared.was_contributory().then(|| shared.to_bytes())
    });
    Ok(XSalsa20Poly1305::new(&shared.ok_or(CipherError::WeakKey)?.into()))
}

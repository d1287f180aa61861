//! Encryption with a shared key: XSalsa20, whose nonce is the hash of where the text stands.
//!
//! There is no authentication here (the author's signature covers the encrypted text) and no randomness: the same key
//! and place give the same key stream.

use super::encoding::{DecodeError, from_base64url, tagged, to_base64url};
use super::hash::blake3_of;
use super::stable::stable_stringify;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use salsa20::XSalsa20;
use salsa20::cipher::{KeyIvInit, StreamCipher};
use serde_json::{Value, json};

const ENCRYPTED: &str = "encrypted_U";
/// How many bytes of a hash make a nonce.
const NONCE_BYTES: usize = 24;

tagged!(
    /// A key that members of a group share: `keySecret_z…`.
    KeySecret, 32, "keySecret_z", hidden
);

/// Where a text stands: what makes the nonce of its encryption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(Value);

impl Place {
    /// In transaction `index` (how many come before it) of `session` in `co_value`.
    pub fn transaction(co_value: &str, session: &str, index: u32) -> Place {
        Place(json!({ "in": co_value, "tx": { "sessionID": session, "txIndex": index } }))
    }

    /// The secret of the key `encrypted`, under the key `encrypting`.
    pub fn key(encrypted: &str, encrypting: &str) -> Place {
        Place(json!({ "encryptedID": encrypted, "encryptingID": encrypting }))
    }

    pub(super) fn nonce(&self) -> [u8; NONCE_BYTES] {
        let mut nonce = [0; NONCE_BYTES];
        nonce.copy_from_slice(&blake3_of(&self.0)[..NONCE_BYTES]);
        nonce
    }
}

/// Why a text could not be decrypted or opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CipherError {
    /// It is not text of that kind.
    Decode(DecodeError),
    /// What came out is no text: the key or the place is another one.
    NoText,
    /// What came out is no JSON, or none that this project can hold: the parser's words.
    NoJson(String),
    /// What came out is JSON of another kind.
    NoKey(DecodeError),
    /// A sealed text whose seal does not fit: another sender, receiver or place, or it was changed.
    Seal,
    /// A public key with which no secret can be shared.
    WeakKey,
}

/// `value`, encrypted with `secret` for `place`: `encrypted_U…`.
pub fn encrypt(value: &Value, secret: &KeySecret, place: &Place) -> String {
    let mut bytes = stable_stringify(value).into_bytes();
    apply_key_stream(&mut bytes, secret, place);
    to_base64url(ENCRYPTED, &bytes)
}

/// The value that `text` is, encrypted with `secret` for `place`.
///
/// # Errors
/// [`Decode`](CipherError::Decode); with the wrong key or place, [`NoText`](CipherError::NoText) or
/// [`NoJson`](CipherError::NoJson).
pub fn decrypt(text: &str, secret: &KeySecret, place: &Place) -> Result<Value, CipherError> {
    let mut bytes = from_base64url(ENCRYPTED, text).map_err(CipherError::Decode)?;
    apply_key_stream(&mut bytes, secret, place);
    value_of(bytes)
}

/// Encrypting and decrypting are the same.
fn apply_key_stream(bytes: &mut [u8], secret: &KeySecret, place: &Place) {
    XSalsa20::new(secret.as_bytes().into(), &place.nonce().into()).apply_keystream(bytes);
}

/// The value that decrypted bytes are.
pub(super) fn value_of(bytes: Vec<u8>) -> Result<Value, CipherError> {
    let text = String::from_utf8(bytes).map_err(|_| CipherError::NoText)?;
    serde_json::from_str(&text)
        .map(super::number::canonical)
        .map_err(|error| CipherError::NoJson(error.to_string()))
}

/// The secret of key `encrypted`, encrypted with the secret of key `encrypting`.
pub fn encrypt_key(
    secret: &KeySecret,
    encrypted: &str,
    (encrypting, encrypting_secret): (&str, &KeySecret),
) -> String {
    encrypt(&Value::String(secret.to_string()), encrypting_secret, &Place::key(encrypted, encrypting))
}

/// The secret of key `encrypted`, from `text`, which was made with the secret of key `encrypting`.
///
/// # Errors
/// As [`decrypt`], and [`NoKey`](CipherError::NoKey).
pub fn decrypt_key(
    text: &str,
    encrypted: &str,
    (encrypting, encrypting_secret): (&str, &KeySecret),
) -> Result<KeySecret, CipherError> {
    key_of(&decrypt(text, encrypting_secret, &Place::key(encrypted, encrypting))?)
}

/// The key secret that a decrypted or unsealed value is.
///
/// # Errors
/// [`NoKey`](CipherError::NoKey).
pub fn key_of(value: &Value) -> Result<KeySecret, CipherError> {
    value.as_str().unwrap_or_default().parse().map_err(CipherError::NoKey)
}

impl fmt::Display for CipherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CipherError::Decode(error) => write!(f, "{error}"),
            CipherError::NoText => {
                f.write_str("expected text, found other bytes: is it the right key and place?")
            }
            CipherError::NoJson(error) => write!(f, "expected JSON: {error}: is it the right key and place?"),
            CipherError::NoKey(error) => write!(f, "expected the secret of a key: {error}"),
            CipherError::Seal => {
                f.write_str("expected an intact seal: is it the right sender, receiver and place?")
            }
            CipherError::WeakKey => f.write_str("expected a public key of full order"),
        }
    }
}

impl core::error::Error for CipherError {}

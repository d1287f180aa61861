//! How CoJSON writes bytes as text: base58 behind a prefix that says what it is, and base64url.
//!
//! Base58 is the Bitcoin alphabet without checksum. A length is always expected, so that a peer cannot make us decode
//! text without end.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use base64ct::{Base64Url, Base64UrlUnpadded, Encoding};
use core::fmt;

/// Why text is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// It does not begin as it should.
    Prefix {
        /// With what it should begin.
        expected: &'static str,
    },
    /// A character outside the alphabet, or bits left over at the end.
    Alphabet,
    /// Another number of bytes.
    Length {
        /// How many there should be.
        expected: usize,
    },
    /// Two parts were expected, with a slash between them.
    Parts,
}

/// `prefix` and then `bytes` in base58.
pub fn to_base58(prefix: &str, bytes: &[u8]) -> String {
    format!("{prefix}{}", bs58::encode(bytes).into_string())
}

/// The `N` bytes that `text` holds in base58 behind `prefix`.
///
/// # Errors
/// [`Prefix`](DecodeError::Prefix), [`Alphabet`](DecodeError::Alphabet), [`Length`](DecodeError::Length).
pub fn from_base58<const N: usize>(prefix: &'static str, text: &str) -> Result<[u8; N], DecodeError> {
    let digits = text.strip_prefix(prefix).ok_or(DecodeError::Prefix { expected: prefix })?;
    let mut bytes = [0; N];
    match bs58::decode(digits).onto(&mut bytes) {
        Ok(length) if length == N => Ok(bytes),
        Ok(_) | Err(bs58::decode::Error::BufferTooSmall) => Err(DecodeError::Length { expected: N }),
        Err(_) => Err(DecodeError::Alphabet),
    }
}

/// `prefix` and then `bytes` in base64url, padded.
pub fn to_base64url(prefix: &str, bytes: &[u8]) -> String {
    format!("{prefix}{}", Base64Url::encode_string(bytes))
}

/// The bytes that `text` holds in base64url behind `prefix`, with or without padding.
///
/// # Errors
/// [`Prefix`](DecodeError::Prefix), [`Alphabet`](DecodeError::Alphabet).
pub fn from_base64url(prefix: &'static str, text: &str) -> Result<Vec<u8>, DecodeError> {
    let digits = text.strip_prefix(prefix).ok_or(DecodeError::Prefix { expected: prefix })?;
    let digits: String = digits.chars().filter(|digit| *digit != '=').collect();
    Base64UrlUnpadded::decode_vec(&digits).map_err(|_| DecodeError::Alphabet)
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Prefix { expected } => write!(f, "expected text that begins with `{expected}`"),
            DecodeError::Alphabet => f.write_str("expected only digits of its alphabet, and none left over"),
            DecodeError::Length { expected } => write!(f, "expected {expected} bytes"),
            DecodeError::Parts => f.write_str("expected two parts with `/` between them"),
        }
    }
}

impl core::error::Error for DecodeError {}

/// A type that is some bytes behind a prefix.
macro_rules! tagged {
    ($(#[$doc:meta])* $name:ident, $length:literal, $prefix:literal, $debug:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// It, from its bytes.
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                $name(bytes)
            }

            /// Its bytes.
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::real::DecodeError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::real::from_base58($prefix, text).map($name)
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&$crate::real::to_base58($prefix, &self.0))
            }
        }

        tagged!(@ $debug $name);
    };
    (@ shown $name:ident) => {
        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Display::fmt(self, f)
            }
        }
    };
    // A secret must not get into a log by way of `{:?}`.
    (@ hidden $name:ident) => {
        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

pub(super) use tagged;

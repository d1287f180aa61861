//! BLAKE3 over stable text: of a value, and of a session's log, which goes on.

use super::encoding::{tagged, to_base58};
use super::stable::stable_stringify;
use super::transaction::Transaction;
use alloc::string::String;
use core::fmt;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// How many bytes of a hash are enough for an id.
pub(super) const SHORT_BYTES: usize = 19;

tagged!(
    /// The hash of a value or of a log: `hash_z…`.
    Hash, 32, "hash_z", shown
);

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

pub(super) fn blake3_of(value: &Value) -> [u8; 32] {
    blake3::hash(stable_stringify(value).as_bytes()).into()
}

/// `secureHash` of the package: the hash of `value`.
pub fn secure_hash(value: &Value) -> Hash {
    Hash::from_bytes(blake3_of(value))
}

/// `shortHash` of the package: the beginning of the hash of `value`, as `shortHash_z…`.
pub fn short_hash(value: &Value) -> String {
    to_base58("shortHash_z", &blake3_of(value)[..SHORT_BYTES])
}

/// The hash of a log so far, which can go on: BLAKE3 over the stable text of every transaction since the beginning of
/// the session, one after the other, without anything between them.
///
/// Two are equal where their hashes are.
#[derive(Clone)]
pub struct StreamingHash {
    hasher: blake3::Hasher,
    hash: Hash,
}

impl StreamingHash {
    /// Of a log without transactions.
    pub fn new() -> StreamingHash {
        StreamingHash::of(blake3::Hasher::new())
    }

    fn of(hasher: blake3::Hasher) -> StreamingHash {
        let hash = Hash::from_bytes(hasher.finalize().into());
        StreamingHash { hasher, hash }
    }

    /// Of the log that goes on with `new`.
    #[must_use]
    pub fn then<'a>(&self, new: impl IntoIterator<Item = &'a Transaction>) -> StreamingHash {
        let mut hasher = self.hasher.clone();
        for transaction in new {
            hasher.update(transaction.stable().as_bytes());
        }
        StreamingHash::of(hasher)
    }

    /// Of the log that goes on from `before`, or begins, with `new`.
    pub fn after<'a>(
        before: Option<&StreamingHash>,
        new: impl IntoIterator<Item = &'a Transaction>,
    ) -> StreamingHash {
        match before {
            Some(before) => before.then(new),
            None => StreamingHash::new().then(new),
        }
    }

    /// The hash of the log so far.
    pub fn hash(&self) -> &Hash {
        &self.hash
    }
}

impl Default for StreamingHash {
    fn default() -> Self {
        StreamingHash::new()
    }
}

impl PartialEq for StreamingHash {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for StreamingHash {}

impl core::hash::Hash for StreamingHash {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        core::hash::Hash::hash(&self.hash, state);
    }
}

impl fmt::Debug for StreamingHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamingHash({})", self.hash)
    }
}

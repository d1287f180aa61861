//! A cheap keyed hash in place of real cryptography, for long sweeps: no secrecy at all, but a tampered, forked or
//! misattributed log does not verify, which is all that a simulation of honest authors and faulty carriers needs.

use super::{Crypto, Signed};
use crate::id::{CoId, SessionId};
use alloc::vec::Vec;
use cosim_base::Time;
use serde::{Deserialize, Serialize};

/// Keyed hashing by multiplication. See [`FastCrypto::mix`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FastCrypto;

/// A header that is nothing but the id it belongs to, and what it depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FastHeader {
    /// The number of the CoValue, as in [`CoId`].
    pub uniqueness: u32,
    /// The CoValues that must be here before it is of use: the group that owns it, say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<CoId>,
    /// A keyed hash over both: what makes the id one of this very header.
    #[serde(default, skip_serializing_if = "is_zero")]
    seal: u64,
}

fn is_zero(seal: &u64) -> bool {
    *seal == 0
}

impl FastHeader {
    /// The header of `id`, which depends on nothing.
    pub const fn new(id: CoId) -> FastHeader {
        FastHeader { uniqueness: id.0, depends_on: Vec::new(), seal: 0 }
    }

    /// The header of `id`, which depends on these CoValues.
    pub fn depending_on(id: CoId, depends_on: Vec<CoId>) -> FastHeader {
        let seal = FastHeader::sealed(id, &depends_on);
        FastHeader { uniqueness: id.0, depends_on, seal }
    }

    /// Nothing where there are no dependencies.
    fn sealed(id: CoId, depends_on: &[CoId]) -> u64 {
        let Some((first, rest)) = depends_on.split_first() else { return 0 };
        let start = FastCrypto::mix(FastCrypto::mix(0x6865_6164_6572, u64::from(id.0)), u64::from(first.0));
        rest.iter().fold(start, |seal, id| FastCrypto::mix(seal, u64::from(id.0)))
    }
}

/// A transaction that stands for one of any content and size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FastTransaction {
    /// The author's wall clock, in microseconds.
    pub made_at: u64,
    /// What it says: opaque to the node. The simulator puts the number of the writing operation here.
    pub payload: u64,
    /// How many bytes it stands for.
    pub size: u32,
    /// A CoValue that must be here before it is of use: the account of its author, say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<CoId>,
}

impl FastTransaction {
    /// A transaction made at `made_at` that stands for `size` bytes and depends on nothing.
    pub fn new(made_at: Time, payload: u64, size: u32) -> FastTransaction {
        FastTransaction { made_at: made_at.as_us(), payload, size, depends_on: None }
    }
}

impl FastCrypto {
    /// Folds `value` into `state`: see [`cosim_base::mix`].
    pub const fn mix(state: u64, value: u64) -> u64 {
        cosim_base::mix(state, value)
    }

    fn hash(before: Option<&u64>, new: &[FastTransaction]) -> u64 {
        new.iter().fold(before.copied().unwrap_or(0), |state, tx| {
            let hash = Self::mix(Self::mix(Self::mix(state, tx.made_at), tx.payload), u64::from(tx.size));
            tx.depends_on.map_or(hash, |id| Self::mix(hash, u64::from(id.0)))
        })
    }

    /// Over the place of the log, too: it holds for no other session and no other CoValue.
    fn signature(id: CoId, session: SessionId, hash: u64) -> u64 {
        let key = Self::mix(0x5167_6e61_7475_7265, u64::from(session.0) << 32 | u64::from(id.0));
        Self::mix(key, hash)
    }
}

impl Crypto for FastCrypto {
    type Header = FastHeader;
    type Transaction = FastTransaction;
    type Hash = u64;
    type Signature = u64;
    type StreamingHash = u64;

    fn verify_header(&self, id: CoId, header: &FastHeader) -> bool {
        header.uniqueness == id.0 && header.seal == FastHeader::sealed(id, &header.depends_on)
    }

    fn verify(
        &self,
        id: CoId,
        session: SessionId,
        before: Option<&u64>,
        new: &[FastTransaction],
        signature: &u64,
    ) -> Option<Signed<Self>> {
        let signed = self.sign(id, session, before, new);
        (signed.signature == *signature).then_some(signed)
    }

    fn sign(
        &self,
        id: CoId,
        session: SessionId,
        before: Option<&u64>,
        new: &[FastTransaction],
    ) -> Signed<Self> {
        let hash = Self::hash(before, new);
        Signed { hash, streaming_hash: hash, signature: Self::signature(id, session, hash) }
    }

    fn transaction_size(transaction: &FastTransaction) -> usize {
        transaction.size as usize
    }

    fn header_dependencies(&self, header: &FastHeader, into: &mut Vec<CoId>) {
        into.extend_from_slice(&header.depends_on);
    }

    fn transaction_dependencies(&self, _: SessionId, transaction: &FastTransaction, into: &mut Vec<CoId>) {
        into.extend(transaction.depends_on);
    }
}

//! Arbitrary JSON where real values would be, as the seed's fixtures have it (`{}`, `{ "_tx": 0 }`). It lets a state
//! of another implementation be read, kept and written again without understanding what is inside.

use super::{Crypto, Signed};
use crate::id::{CoId, SessionId};
use alloc::string::String;
use serde_json::Value;

/// Holds any JSON and believes none of it: whatever a peer sends with it is refused, since nothing can be verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OpaqueCrypto;

impl Crypto for OpaqueCrypto {
    type Header = Value;
    type Transaction = Value;
    type Hash = String;
    type Signature = String;
    type StreamingHash = Value;

    fn verify_header(&self, _id: CoId, _header: &Value) -> bool {
        false
    }

    fn verify(
        &self,
        _id: CoId,
        _session: SessionId,
        _before: Option<&Value>,
        _new: &[Value],
        _signature: &String,
    ) -> Option<Signed<Self>> {
        None
    }

    /// An unsigned state: it verifies nowhere, here included.
    fn sign(&self, _id: CoId, _session: SessionId, before: Option<&Value>, _new: &[Value]) -> Signed<Self> {
        Signed {
            hash: String::new(),
            streaming_hash: before.cloned().unwrap_or(Value::Null),
            signature: String::new(),
        }
    }

    /// Nothing: what does not verify is never sent on.
    fn transaction_size(_transaction: &Value) -> usize {
        0
    }
}

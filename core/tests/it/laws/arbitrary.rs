//! Random values that several laws are tried on. Few ids and small counts, so that they meet often.

use cosim_core::{CoId, FastTransaction, KnownState, PeerId, SessionId};
use proptest::prelude::*;
use serde_json::{Value, json};

/// One of three CoValues.
pub(crate) fn co_id() -> impl Strategy<Value = CoId> {
    (0..3_u32).prop_map(CoId)
}

/// One of three peers.
pub(crate) fn peer_id() -> impl Strategy<Value = PeerId> {
    (0..3_u32).prop_map(PeerId)
}

/// One of four sessions.
pub(crate) fn session_id() -> impl Strategy<Value = SessionId> {
    (0..4_u32).prop_map(SessionId)
}

/// A known state; also one that lists sessions without a header, which only a faulty peer says.
pub(crate) fn known_state() -> impl Strategy<Value = KnownState> {
    let sessions = proptest::collection::vec((session_id(), 0..4_u32), 0..4);
    (any::<bool>(), sessions).prop_map(|(header, sessions)| KnownState::new(header, sessions))
}

/// A transaction of any content.
pub(crate) fn transaction() -> impl Strategy<Value = FastTransaction> {
    any::<(u64, u64, u32)>().prop_map(|(made_at, payload, size)| FastTransaction {
        made_at,
        payload,
        size,
        depends_on: None,
    })
}

/// Any JSON, a few levels deep.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z]{0,3}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

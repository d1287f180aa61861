//! Messages survive the wire, and the order of their members plays no part.

use super::signing::transaction;
use crate::laws::arbitrary::any_json;
use cosim_core::RealCrypto;
use cosim_core::real::wire::{Content, Known, KnownState, Message, SessionContent};
use cosim_core::real::{Header, Priority, Signature, Transaction};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::Value;

fn known_state() -> impl Strategy<Value = KnownState> {
    let sessions = btree_map(any::<String>(), 0..1_u64 << 53, 0..4).prop_shuffle_entries();
    (any::<String>(), any::<bool>(), sessions).prop_map(|(id, header, sessions)| KnownState {
        id,
        header,
        sessions,
    })
}

/// The entries of a map in any order.
trait ShuffleEntries<K, V>: Strategy + Sized {
    fn prop_shuffle_entries(self) -> impl Strategy<Value = Vec<(K, V)>>;
}

impl<K: Clone + std::fmt::Debug, V: Clone + std::fmt::Debug, S> ShuffleEntries<K, V> for S
where
    S: Strategy<Value = std::collections::BTreeMap<K, V>>,
{
    fn prop_shuffle_entries(self) -> impl Strategy<Value = Vec<(K, V)>> {
        self.prop_map(|map| map.into_iter().collect::<Vec<_>>()).prop_shuffle()
    }
}

fn session_content() -> impl Strategy<Value = SessionContent> {
    (0..1_u64 << 53, vec(transaction(), 0..3), any::<String>()).prop_map(
        |(after, new_transactions, signature)| SessionContent {
            after,
            new_transactions,
            last_signature: Signature::new(signature),
        },
    )
}

fn content() -> impl Strategy<Value = Content> {
    let header = option::of(btree_map("[a-z]{0,5}", any_json(), 0..4))
        .prop_map(|header| header.map(|members| Header::new(members.into_iter().collect())));
    let new = btree_map(any::<String>(), session_content(), 0..3).prop_shuffle_entries();
    let until = option::of(known_state().prop_map(|known| known.sessions));
    (any::<String>(), header, option::of(0..10_u64), new, until).prop_map(
        |(id, header, priority, new, expect_content_until)| Content {
            id,
            header,
            priority,
            new,
            expect_content_until,
        },
    )
}

pub(super) fn message() -> impl Strategy<Value = Message> {
    prop_oneof![
        known_state().prop_map(Message::Load),
        (known_state(), any::<bool>(), option::of(any::<String>())).prop_map(
            |(known, is_correction, as_dependency_of)| {
                Message::Known(Known { known, is_correction, as_dependency_of })
            }
        ),
        content().prop_map(Message::Content),
        any::<String>().prop_map(|id| Message::Done { id }),
    ]
}

proptest! {
    #[test]
    fn transactions_are_their_json(transaction in transaction()) {
        let text = serde_json::to_string(&transaction).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Transaction>(&text).expect("its own JSON"), transaction);
    }

    #[test]
    fn messages_are_their_json(message in message()) {
        let text = serde_json::to_string(&message).expect("JSON");
        prop_assert_eq!(Message::from_json_str(&text), Ok(message));
    }

    /// Also with the members of each object sorted, and with some that nobody knows.
    #[test]
    fn order_and_strangers_play_no_part(message in message(), stranger in any_json()) {
        let mut json = serde_json::to_value(&message).expect("JSON");
        let again: Message = serde_json::from_value(json.clone()).expect("its own JSON");
        json["stranger"] = stranger.clone();
        if let Some(pieces) = json.get_mut("new").and_then(Value::as_object_mut) {
            for piece in pieces.values_mut() {
                piece["stranger"] = stranger.clone();
            }
        }
        prop_assert_eq!(Message::from_json_str(&json.to_string()), Ok(again));
    }

    /// A node's own message says the same: but for the order of sessions, counts of nothing, and counts that it has no
    /// room for.
    #[test]
    fn a_node_s_messages_say_the_same(message in message()) {
        let mut crypto = RealCrypto::new();
        if let Ok(node_s) = crypto.read_message(message) {
            let written = crypto.write_message(&node_s, Priority::High);
            let again = crypto.read_message(written.clone()).expect("what was read can be read again");
            prop_assert_eq!(&again, &node_s);
            prop_assert_eq!(crypto.write_message(&again, Priority::High), written);
        }
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let cases = [
        ("[]", "expected JSON: "),
        ("{}", "the field `action` is missing"),
        (r#"{"action":"say","id":"co_z1"}"#, "action: expected \"load\""),
        (r#"{"action":"load","id":7,"header":true,"sessions":{}}"#, "id: expected a string, found 7"),
        (r#"{"action":"load","id":"co_z1","sessions":{}}"#, "the field `header` is missing"),
        (r#"{"action":"load","id":"co_z1","header":1,"sessions":{}}"#, "header: expected true or false"),
        (
            r#"{"action":"load","id":"co_z1","header":true,"sessions":{"s":-1}}"#,
            "sessions.s: expected a whole number",
        ),
        (r#"{"action":"load","id":"co_z1","header":true,"sessions":{"s":1,"s":2}}"#, "is there twice"),
        (r#"{"action":"load","action":"known"}"#, "duplicate field `action`"),
        (r#"{"action":"content","id":"co_z1"}"#, "the field `new` is missing"),
        (r#"{"action":"content","id":"co_z1","header":7,"new":{}}"#, "header: "),
        (
            r#"{"action":"content","id":"co_z1","new":{"s":{"after":0.5}}}"#,
            "new.s: the field `newTransactions` is missing",
        ),
        (
            r#"{"action":"content","id":"co_z1","new":{"s":{"after":0.5,"newTransactions":[],"lastSignature":""}}}"#,
            "new.s.after: expected a whole number from 0 on, found 0.5",
        ),
        (
            r#"{"action":"content","id":"co_z1","new":{"s":{"after":0,"newTransactions":[{"privacy":"odd","madeAt":1}],"lastSignature":""}}}"#,
            "new.s.newTransactions: `privacy`: expected `trusting` or `private`, found \"odd\"",
        ),
    ];
    for (text, expected) in cases {
        let error = Message::from_json_str(text).expect_err(text).to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

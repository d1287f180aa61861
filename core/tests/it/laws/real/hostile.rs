//! Nothing that comes from outside makes a decoder panic.

use super::messages::message;
use crate::laws::arbitrary::any_json;
use cosim_core::real::wire::{KnownState, Message};
use cosim_core::real::{
    AgentId, AgentSecret, Hash, Header, KeySecret, Owner, Place, Refusal, SealerId, Signature, SignerId,
    SignerSecret, Transaction, Verifier, decrypt, from_base58, from_base64url, session_of_other_owner,
    unseal,
};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

/// Text that begins as something known does, and goes on with anything.
fn prefixed() -> impl Strategy<Value = String> {
    const PREFIXES: [&str; 12] = [
        "",
        "co_z",
        "signer_z",
        "sealer_z",
        "sealer_z1/signer_z",
        "signature_z",
        "keySecret_z",
        "encrypted_U",
        "sealed_U",
        "hash_z",
        "_session",
        "co_z1_session_z",
    ];
    let rest = prop_oneof![any::<String>(), "[1-9A-HJ-NP-Za-km-z]{0,100}", "[A-Za-z0-9_=-]{0,100}"];
    (prop::sample::select(&PREFIXES[..]), rest).prop_map(|(prefix, rest)| format!("{prefix}{rest}"))
}

/// JSON that has the members of messages, each with something of another kind.
fn message_like() -> impl Strategy<Value = Value> {
    const KEYS: [&str; 9] =
        ["id", "header", "sessions", "new", "priority", "isCorrection", "asDependencyOf", "after", "madeAt"];
    let inner =
        prop_oneof![any_json(), Just(json!({})), Just(json!("co_z1")), Just(json!({ "s": { "after": 1 } }))];
    let members = proptest::collection::btree_map(prop::sample::select(&KEYS[..]), inner, 0..7);
    let action = prop_oneof![Just("load"), Just("known"), Just("content"), Just("done"), Just("other")];
    (action, members).prop_map(|(action, members)| {
        let mut json = json!(members);
        json["action"] = Value::from(action);
        json
    })
}

proptest! {
    #[test]
    fn any_text_is_refused_or_read(text in prefixed(), key in any::<[u8; 32]>()) {
        let place = Place::transaction("co_z1", "s", 0);
        let secret = AgentSecret::from_seed(&key);
        let _ = from_base58::<32>("signer_z", &text);
        let _ = from_base64url("sealed_U", &text);
        let _ = (text.parse::<Hash>(), text.parse::<AgentId>(), text.parse::<AgentSecret>());
        let _ = (text.parse::<SignerId>(), text.parse::<SignerSecret>(), text.parse::<SealerId>());
        let _ = (Owner::of_session(&text).map(Owner::name), session_of_other_owner(&text, "co_z2"));
        let _ = Verifier::of_agent_session(&text);
        let _ = decrypt(&text, &KeySecret::from_bytes(key), &place);
        let _ = unseal(&text, &secret.sealer, &secret.sealer.id(), &place);
        let verifier = Verifier::new(&secret.signer.id()).expect("a public key");
        let verdict = verifier.verify(&Value::Null, &Signature::new(text.as_str()));
        prop_assert!(matches!(verdict, Err(Refusal::MalformedSignature(_) | Refusal::InvalidSignature)));
        let _ = Message::from_json_str(&text);
    }

    #[test]
    fn any_key_is_refused_or_checked(key in any::<[u8; 32]>(), signature in any::<[[u8; 32]; 2]>()) {
        if let Ok(verifier) = Verifier::new(&SignerId::from_bytes(key)) {
            let mut bytes = [0; 64];
            bytes[..32].copy_from_slice(&signature[0]);
            bytes[32..].copy_from_slice(&signature[1]);
            let verdict = verifier.verify(&Value::Null, &Signature::from(bytes));
            prop_assert_eq!(verdict, Err(Refusal::InvalidSignature));
        }
    }

    #[test]
    fn any_json_is_refused_or_read(json in prop_oneof![any_json(), message_like()]) {
        let text = json.to_string();
        let read = Message::from_json_str(&text);
        prop_assert_eq!(read.is_ok(), serde_json::from_value::<Message>(json).is_ok());
        let _ = serde_json::from_str::<KnownState>(&text);
        let _ = serde_json::from_str::<Transaction>(&text).map(|transaction| transaction.changes());
        if let Ok(header) = serde_json::from_str::<Header>(&text) {
            prop_assert!(header.id().starts_with("co_z"));
            prop_assert!(header.priority().as_number() <= 6);
        }
    }

    #[test]
    fn a_byte_of_a_message_is_refused_or_read(message in message(), at in any::<Index>(), byte in any::<u8>()) {
        let mut bytes = serde_json::to_vec(&message).expect("JSON");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(text) = String::from_utf8(bytes) {
            let _ = Message::from_json_str(&text);
        }
    }
}

/// What a strict reader cannot hold is refused, and so is what would exhaust the stack.
#[test]
fn what_json_text_can_hold_and_we_cannot_is_refused() {
    let deep = "[".repeat(100_000);
    for text in [r#""\ud800""#, "1e400", "-1e400", &deep] {
        let message = format!(r#"{{"action":"done","id":"co_z1","stranger":{text}}}"#);
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
        let content = format!(r#"{{"action":"content","id":"co_z1","header":{{"meta":{text}}},"new":{{}}}}"#);
        assert!(Message::from_json_str(&content).is_err(), "{text}");
        let _ = Message::from_json_str(&message);
    }
}

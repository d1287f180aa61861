//! What was encoded decodes to the same.

use crate::laws::arbitrary::any_json;
use cosim_core::real::{
    AgentId, AgentSecret, DecodeError, MadeAt, Owner, canonical, from_base58, from_base64url,
    session_of_other_owner, stable_stringify, to_base58, to_base64url,
};
use proptest::prelude::*;
use serde_json::Value;

/// Whether some string in `value` is written without escaping, so that its stable text may be no JSON.
fn has_raw_text(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with("encrypted_U") || text.starts_with("binary_U"),
        Value::Array(items) => items.iter().any(has_raw_text),
        Value::Object(members) => members.values().any(has_raw_text),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

proptest! {
    #[test]
    fn base58_keeps_bytes(bytes in any::<[u8; 32]>(), zeros in 0..32_usize, short in any::<[u8; 8]>()) {
        let mut bytes = bytes;
        bytes[..zeros].fill(0);
        let text = to_base58("hash_z", &bytes);
        prop_assert_eq!(from_base58("hash_z", &text), Ok(bytes));
        prop_assert_eq!(from_base58::<31>("hash_z", &text), Err(DecodeError::Length { expected: 31 }));
        prop_assert_eq!(from_base58::<33>("hash_z", &text), Err(DecodeError::Length { expected: 33 }));
        prop_assert_eq!(
            from_base58::<32>("co_z", &text),
            Err(DecodeError::Prefix { expected: "co_z" })
        );
        prop_assert_eq!(from_base58("_z", &to_base58("_z", &short)), Ok(short));
    }

    #[test]
    fn base64url_keeps_bytes(bytes in any::<Vec<u8>>()) {
        let text = to_base64url("sealed_U", &bytes);
        prop_assert_eq!(from_base64url("sealed_U", &text), Ok(bytes.clone()));
        prop_assert_eq!(from_base64url("sealed_U", text.trim_end_matches('=')), Ok(bytes));
        prop_assert_eq!((text.len() - "sealed_U".len()) % 4, 0);
    }

    #[test]
    fn stable_text_is_the_value(value in any_json()) {
        let text = stable_stringify(&value);
        prop_assert_eq!(&stable_stringify(&canonical(value.clone())), &text);
        if !has_raw_text(&value) {
            let read: Value = serde_json::from_str(&text).expect("JSON");
            prop_assert_eq!(canonical(read), canonical(value));
        }
    }

    #[test]
    fn canonical_numbers_are_equal_where_their_doubles_are(a in any_number(), b in any_number()) {
        let doubles = a.as_f64() == b.as_f64();
        prop_assert_eq!(canonical(a.clone()) == canonical(b.clone()), doubles);
        prop_assert_eq!(canonical(canonical(a.clone())), canonical(a.clone()));
        let (Value::Number(x), Value::Number(y)) = (a.clone(), b.clone()) else { panic!("numbers") };
        prop_assert_eq!(Some(MadeAt::from_number(x).cmp(&MadeAt::from_number(y))), a.as_f64().partial_cmp(&b.as_f64()));
    }

    #[test]
    fn keys_and_sessions_are_their_text(seed in any::<[u8; 32]>(), unique in any::<[u8; 8]>()) {
        let secret = AgentSecret::from_seed(&seed);
        prop_assert_eq!(secret.to_string().parse(), Ok(secret.clone()));
        let agent = secret.id().to_string();
        prop_assert_eq!(agent.parse::<AgentId>(), Ok(secret.id()));
        let session = Owner::Agent(&agent).session(&unique);
        prop_assert_eq!(Owner::of_session(&session), Some(Owner::Agent(&agent)));
        let theirs = session_of_other_owner(&session, "co_zAccount").expect("a session");
        prop_assert_eq!(Owner::of_session(&theirs), Some(Owner::Account("co_zAccount")));
        prop_assert_eq!(session_of_other_owner(&theirs, &agent), Some(session));
    }
}

/// Numbers of all kinds, often near those that two of them share a double.
fn any_number() -> impl Strategy<Value = Value> {
    let near = (1_u64 << 53) - 4..(1 << 53) + 4;
    prop_oneof![
        near.prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::from),
        (-4_i32..4).prop_map(|number| Value::from(f64::from(number))),
        (-4_i64..4).prop_map(Value::from),
    ]
}

#[test]
fn numbers_as_javascript_has_them() {
    let cases = [
        ("1.0", "1"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("1e-400", "0"),
        ("1e21", "1e+21"),
        ("100000000000000000000", "100000000000000000000"),
        ("9007199254740993", "9007199254740992"),
        ("-9007199254740993", "-9007199254740992"),
        ("18446744073709551615", "18446744073709552000"),
        ("18446744073709551616", "18446744073709552000"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ("2.5e-7", "2.5e-7"),
        ("0.000001", "0.000001"),
        ("4.35", "4.35"),
        ("123456789012345678901234567890", "1.2345678901234568e+29"),
    ];
    for (json, expected) in cases {
        let value: Value = serde_json::from_str(json).expect("JSON");
        assert_eq!(stable_stringify(&value), expected, "{json}");
        assert_eq!(stable_stringify(&canonical(value)), expected, "{json}");
    }
}

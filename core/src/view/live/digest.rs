//! One number for what a view shows. Equal views have equal ones; different views have different ones but for chance.
//!
//! A view is a set of parts (entries of a map, neighbours in a list), and its digest the sum of their hashes: so a part
//! that comes or goes costs the same however large the view is.

use crate::crypto::FastCrypto;
use crate::real::MadeAt;
use alloc::string::ToString;
use serde_json::{Number, Value};

/// The hash of nothing, for what `kind` of thing.
pub(super) const fn start(kind: u64) -> u64 {
    FastCrypto::mix(0x7669_6577, kind)
}

/// Folds another number in.
pub(super) const fn mix(hash: u64, number: u64) -> u64 {
    FastCrypto::mix(hash, number)
}

/// Folds a text in.
pub(super) fn text(hash: u64, text: &str) -> u64 {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let hash =
        words.iter().fold(mix(hash, text.len() as u64), |hash, word| mix(hash, u64::from_le_bytes(*word)));
    rest.iter().fold(hash, |hash, byte| mix(hash, u64::from(*byte)))
}

/// Folds a time in.
pub(super) fn made_at(hash: u64, time: &MadeAt) -> u64 {
    number(hash, time.as_number())
}

/// Folds JSON in. Its depth is bounded, since it was read from a text.
pub(super) fn value(hash: u64, value: &Value) -> u64 {
    match value {
        Value::Null => mix(hash, 0),
        Value::Bool(value) => mix(mix(hash, 1), u64::from(*value)),
        Value::Number(value) => number(mix(hash, 2), value),
        Value::String(value) => text(mix(hash, 3), value),
        Value::Array(items) => {
            let hash = mix(mix(hash, 4), items.len() as u64);
            items.iter().fold(hash, self::value)
        }
        Value::Object(members) => {
            let hash = mix(mix(hash, 5), members.len() as u64);
            members.iter().fold(hash, |hash, (key, member)| self::value(text(hash, key), member))
        }
    }
}

/// All numbers of views are in canonical form: equal ones are of one kind, and have one text.
fn number(hash: u64, number: &Number) -> u64 {
    match (number.as_u64(), number.as_i64()) {
        (Some(number), _) => mix(hash, number),
        (None, Some(number)) => mix(mix(hash, 1), number.cast_unsigned()),
        (None, None) => text(mix(hash, 2), &number.to_string()),
    }
}

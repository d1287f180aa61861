//! Numbers as JavaScript has them: all are doubles, and each has one text.
//!
//! A [`Number`] of `serde_json` may hold an integer that no double holds, and tells `1` from `1.0`. In [`canonical`]
//! form it does not: two numbers are equal where JavaScript says so (and `-0` is `0`).

use alloc::string::String;
use core::cmp::Ordering;
use core::fmt;
use serde::{Serialize, Serializer};
use serde_json::{Map, Number, Value};

/// The largest integer up to which every one is a double.
const EXACT_MAX: u64 = 1 << 53;

/// `number` as ECMAScript prints it: `Number::toString`.
pub(super) fn text(number: &Number) -> String {
    let double = number.as_f64().expect("only `arbitrary_precision` makes numbers that are no doubles");
    String::from(ryu_js::Buffer::new().format(double))
}

/// `value` as it is after JavaScript has read it: every number becomes the nearest double.
pub fn canonical(mut value: Value) -> Value {
    make_canonical(&mut value);
    value
}

pub(super) fn canonical_members(mut members: Map<String, Value>) -> Map<String, Value> {
    members.values_mut().for_each(make_canonical);
    members
}

/// Its depth is bounded, since it was read from a text.
fn make_canonical(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if !is_exact(number) {
                *number = canonical_number(number.clone());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_canonical),
        Value::Object(members) => members.values_mut().for_each(make_canonical),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// `number` as the one that stands for its double.
pub(super) fn canonical_number(number: Number) -> Number {
    if is_exact(&number) {
        return number;
    }
    // One text for each double, and one number for each text.
    text(&number).parse().expect("ECMAScript prints finite numbers as JSON does")
}

/// Whether it is a whole number that stands for itself.
fn is_exact(number: &Number) -> bool {
    number.as_u64().is_some_and(|integer| integer <= EXACT_MAX)
}

/// When a transaction was made, by its author's clock: milliseconds since 1970. Any finite JavaScript number, since
/// the package takes any.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MadeAt(Number);

impl MadeAt {
    /// A whole number of milliseconds.
    pub fn from_ms(ms: u64) -> MadeAt {
        MadeAt::from_number(Number::from(ms))
    }

    /// Any number, as the nearest double.
    pub fn from_number(ms: Number) -> MadeAt {
        MadeAt(canonical_number(ms))
    }

    /// The number, in [`canonical`] form.
    pub fn as_number(&self) -> &Number {
        &self.0
    }

    /// So many milliseconds earlier, where both are whole numbers.
    pub fn minus(&self, ms: i64) -> Option<MadeAt> {
        Some(MadeAt::from_number(Number::from(self.0.as_i64()?.checked_sub(ms)?)))
    }

    /// The milliseconds, where they are a whole number from 0 on that 64 bits hold.
    pub fn as_ms(&self) -> Option<u64> {
        self.0.as_u64()
    }
}

impl Ord for MadeAt {
    fn cmp(&self, other: &MadeAt) -> Ordering {
        match (self.0.as_f64(), other.0.as_f64()) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        }
    }
}

impl PartialOrd for MadeAt {
    fn partial_cmp(&self, other: &MadeAt) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for MadeAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for MadeAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text(&self.0))
    }
}

impl Serialize for MadeAt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

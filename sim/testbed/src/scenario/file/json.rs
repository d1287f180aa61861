//! How units stand in a file: as strings, with a pattern in the schema.

use super::{Duration, DurationRange, NumberRange, Percent};
use std::fmt;

/// Reads and writes a unit as a string, with a schema.
macro_rules! string_in_json {
    ($unit:ty, $expected:literal, $schema:tt) => {
        impl serde::Serialize for $unit {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $unit {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$unit, D::Error> {
                struct Visitor;
                impl serde::de::Visitor<'_> for Visitor {
                    type Value = $unit;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expected)
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$unit, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Visitor)
            }
        }

        $crate::scenario::file::json::schema_in_json!($unit, $schema);
    };
}

/// The schema of a unit.
macro_rules! schema_in_json {
    ($unit:ty, $schema:tt) => {
        impl schemars::JsonSchema for $unit {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($unit).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

pub(super) use {schema_in_json, string_in_json};

string_in_json!(Duration, "a duration, such as \"80ms\"", {
    "type": "string",
    "pattern": "^([0-9]+(\\.[0-9]+)?(us|ms|s|m|h|d))+$",
    "description": "A duration: 80ms, 1.5s, 150us, 2m, 3d."
});

string_in_json!(DurationRange, "a duration or a range of durations, such as \"80ms\" or \"10ms..100ms\"", {
    "type": "string",
    "pattern": "^([0-9]+(\\.[0-9]+)?(us|ms|s|m|h|d))+(\\.\\.([0-9]+(\\.[0-9]+)?(us|ms|s|m|h|d))+)?$",
    "description": "A duration or a range of durations: 50ms, 10ms..100ms."
});

string_in_json!(Percent, "a percentage, such as \"2.5%\"", {
    "type": "string",
    "pattern": "^[0-9]+(\\.[0-9]+)?%$",
    "description": "A probability: 2.5%."
});

schema_in_json!(NumberRange, {
    "anyOf": [
        { "type": "integer", "minimum": 0, "maximum": u32::MAX },
        { "type": "string", "pattern": "^[0-9]+\\.\\.[0-9]+$" }
    ],
    "description": "A number or a range of numbers: 3, 1..3."
});

impl serde::Serialize for NumberRange {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.min == self.max { serializer.serialize_u32(self.min) } else { serializer.collect_str(self) }
    }
}

impl<'de> serde::Deserialize<'de> for NumberRange {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<NumberRange, D::Error> {
        deserializer.deserialize_any(NumberRangeVisitor)
    }
}

struct NumberRangeVisitor;

impl serde::de::Visitor<'_> for NumberRangeVisitor {
    type Value = NumberRange;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or a range of numbers, such as 3 or \"1..3\"")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<NumberRange, E> {
        let invalid = || E::invalid_value(serde::de::Unexpected::Unsigned(number), &self);
        let number = u32::try_from(number).map_err(|_| invalid())?;
        Ok(NumberRange { min: number, max: number })
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<NumberRange, E> {
        text.parse().map_err(E::custom)
    }
}

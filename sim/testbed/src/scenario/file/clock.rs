//! Wall clocks, as a file says them: how wrong one is from the start, and what happens to it.

use super::UnitError;
use super::json::{schema_in_json, string_in_json};
use super::units::{Duration, Percent, quoted};
use crate::clock;
use crate::scenario::MAX_SHIFT;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The wall clock of a node, if it is not right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// How far the clock is ahead (+) or behind (-) at the start. Default +0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skew: Option<Shift>,
    /// How much too fast (or, if negative, too slow) the clock runs. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    /// In what steps the clock goes on: how many writes have the same date. Default 1us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Duration>,
}

/// A duration forwards or back: `"+3d"`, `"-2h"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift(pub clock::Shift);

/// How much a clock goes wrong: parts per million, or a percentage with a sign: `50`, `"-0.01%"`. Written as the former.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Drift(pub clock::Drift);

impl FromStr for Shift {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Shift, UnitError> {
        let (negative, length) = match text.strip_prefix(['+', '-']) {
            Some(length) => (text.starts_with('-'), length),
            None => (false, text),
        };
        let Duration(span) = Duration::at_most(MAX_SHIFT, length).map_err(|error| UnitError {
            help: format!("{}, with `+` for ahead and `-` for behind", error.help),
            ..error
        })?;
        let us = i64::try_from(span.as_us()).expect("the longest duration is far below 2^63");
        Ok(Shift(clock::Shift::from_us(if negative { -us } else { us })))
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Drift {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Drift, UnitError> {
        let (negative, percent) = match text.strip_prefix(['+', '-']) {
            Some(percent) => (text.starts_with('-'), percent),
            None => (false, text),
        };
        let Percent(ppm) = percent.parse().map_err(|error: UnitError| UnitError {
            message: error.message.replacen("probability", "drift", 1).replace("over 100%", "over 50%"),
            help: "write parts per million, such as `50`, or a percentage, such as `\"-0.01%\"`; at most 50% either way"
                .to_owned(),
        })?;
        let ppm = i64::from(ppm.get());
        drift(if negative { -ppm } else { ppm }, text)
    }
}

fn drift(ppm: i64, text: &str) -> Result<Drift, UnitError> {
    let drift = i32::try_from(ppm).ok().and_then(clock::Drift::new);
    drift.map(Drift).ok_or_else(|| UnitError {
        message: format!("drift {} is out of range", quoted(text)),
        help: format!(
            "it is at most {} parts per million, or 50%, either way: a clock that stands still is an entry `clock`",
            clock::Drift::LIMIT_PPM
        ),
    })
}

string_in_json!(Shift, "a duration with a sign, such as \"+3d\"", {
    "type": "string",
    "pattern": "^[+-]?([0-9]+(\\.[0-9]+)?(us|ms|s|m|h|d))+$",
    "description": "A duration forwards or back: +3d, -2h."
});

schema_in_json!(Drift, {
    "anyOf": [
        { "type": "integer", "minimum": -clock::Drift::LIMIT_PPM, "maximum": clock::Drift::LIMIT_PPM },
        { "type": "string", "pattern": "^[+-]?[0-9]+(\\.[0-9]+)?%$" }
    ],
    "description": "How much too fast a clock goes, in parts per million or as a percentage: 50, -0.01%."
});

impl Serialize for Drift {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(self.0.ppm())
    }
}

impl<'de> Deserialize<'de> for Drift {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Drift, D::Error> {
        deserializer.deserialize_any(DriftVisitor)
    }
}

struct DriftVisitor;

impl serde::de::Visitor<'_> for DriftVisitor {
    type Value = Drift;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("parts per million, or a percentage with a sign, such as 50 or \"-0.01%\"")
    }

    fn visit_u64<E: serde::de::Error>(self, ppm: u64) -> Result<Drift, E> {
        drift(i64::try_from(ppm).unwrap_or(i64::MAX), &ppm.to_string()).map_err(E::custom)
    }

    fn visit_i64<E: serde::de::Error>(self, ppm: i64) -> Result<Drift, E> {
        drift(ppm, &ppm.to_string()).map_err(E::custom)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Drift, E> {
        text.parse().map_err(E::custom)
    }
}

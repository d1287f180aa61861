//! A distribution of durations in a file: how much of it lies below which.

use super::units::error;
use super::{Duration, Percent, UnitError};
use crate::network::{self, Ppm, SpanRange};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// A distribution: `{ "0%": "20ms", "50%": "40ms", "99%": "300ms", "100%": "5s" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantiles(pub network::Quantiles);

impl TryFrom<BTreeMap<Percent, Duration>> for Quantiles {
    type Error = UnitError;

    fn try_from(table: BTreeMap<Percent, Duration>) -> Result<Quantiles, UnitError> {
        let most = network::Quantiles::MAX;
        let points: Vec<_> = table.iter().map(|(level, span)| (level.0, span.0)).collect();
        let problem = |message: &str, help: String| Err(error(message.to_owned(), help));
        if !(2..=most).contains(&points.len()) {
            return problem(
                "a distribution has from 2 to 12 quantiles",
                "from `\"0%\"` to `\"100%\"`, closer together where the tail is".to_owned(),
            );
        }
        if table.keys().next() != Some(&Percent(Ppm::NEVER))
            || table.keys().last() != Some(&Percent(Ppm::ALWAYS))
        {
            let help = "`\"0%\"` is the shortest, and `\"100%\"` the longest".to_owned();
            return problem("the quantiles do not go from 0% to 100%", help);
        }
        if let Some(two) = points.windows(2).find(|two| two[0].1 > two[1].1) {
            let [low, high] = [Percent(two[0].0), Percent(two[1].0)];
            let help = format!("what {high} lie below is no shorter than what {low} do");
            return problem("the quantiles do not ascend", help);
        }
        match network::Quantiles::new(&points) {
            Some(quantiles) => Ok(Quantiles(quantiles)),
            None => problem(
                "a latency is too long for a network",
                format!("the longest is about 71m, exactly {}", SpanRange::LIMIT),
            ),
        }
    }
}

impl Serialize for Quantiles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(level, span)| (Percent(level), Duration(span))))
    }
}

impl<'de> Deserialize<'de> for Quantiles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Quantiles, D::Error> {
        deserializer.deserialize_map(Levels)
    }
}

/// Reads a table in which each level stands once, however it is written.
struct Levels;

impl<'de> Visitor<'de> for Levels {
    type Value = Quantiles;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a distribution, such as { \"0%\": \"20ms\", \"50%\": \"40ms\", \"100%\": \"5s\" }")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Quantiles, A::Error> {
        let mut table = BTreeMap::<Percent, Duration>::new();
        while let Some(key) = entries.next_key::<String>()? {
            // The last line says that the mistake is in this key, not in what it stands for.
            let of_key = |UnitError { message, help }| {
                A::Error::custom(format_args!("{message}\n{help}\na share of all, once\n{key}"))
            };
            let level = key.parse::<Percent>().map_err(of_key)?;
            if table.contains_key(&level) {
                let message = format!("what {level} lie below is said twice");
                return Err(of_key(error(message, "say each level once")));
            }
            table.insert(level, entries.next_value()?);
        }
        Quantiles::try_from(table).map_err(A::Error::custom)
    }
}

impl JsonSchema for Quantiles {
    fn schema_name() -> Cow<'static, str> {
        "Quantiles".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "How something is distributed: a share of all, as \"99%\", and what that many are below. From \"0%\" to \"100%\", at most twelve, in order, with up to four decimals; between two of them each is equally likely. A jump is two that lie close together: \"98.9999%\" and \"99%\".",
            "additionalProperties": generator.subschema_for::<Duration>(),
            "minProperties": 2,
            "maxProperties": network::Quantiles::MAX,
            "examples": [{ "0%": "20ms", "50%": "40ms", "99%": "300ms", "100%": "5s" }]
        })
    }
}

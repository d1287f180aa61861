//! One entry of a timeline: when, and exactly one act.

use super::{Act, described};
use crate::scenario::file::Duration;
use crate::scenario::place::At;
use crate::scenario::place::Place;
use cosim_core::Span;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Map;
use std::fmt;

/// An entry of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub when: When,
    /// Its name. By default it is called after what it does to what, such as `edit-notes-alice-2`.
    pub name: Option<String>,
    /// What happens.
    pub act: Act,
}

/// When an entry happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At a time, counted from the start of the run or from the last entry that waits for silence.
    At(Duration),
    /// When everything before it has happened and the simulated world has fallen silent.
    Quiet,
}

/// What an entry waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "When")]
enum After {
    /// Everything before it has happened and the simulated world has fallen silent.
    Quiet,
}

impl Entry {
    /// An entry without a name.
    pub fn new(when: When, act: Act) -> Entry {
        Entry { when, name: None, act }
    }

    /// Whether it waits for silence.
    pub fn waits(&self) -> bool {
        self.when == When::Quiet
    }

    /// How long after the start of its chapter it happens.
    pub(crate) fn time(&self) -> Span {
        match self.when {
            When::At(Duration(at)) => at,
            When::Quiet => Span::ZERO,
        }
    }

    /// Changes the time of an entry that has one.
    pub(crate) fn set_time(&mut self, change: impl FnOnce(Span) -> Span) {
        if let When::At(Duration(at)) = &mut self.when {
            *at = change(*at);
        }
    }

    /// Whatever it refers to, and where; `at` is where the entry is.
    pub(crate) fn places(&self, at: &At<'_>) -> Vec<(super::Reference<'_>, Place)> {
        let at = at.key(self.act.key());
        self.act.refs().into_iter().map(|reference| (reference, reference.place(&at))).collect()
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.when {
            When::At(at) => map.serialize_entry("at", &at)?,
            When::Quiet => map.serialize_entry("after", &After::Quiet)?,
        }
        if let Some(name) = &self.name {
            map.serialize_entry("name", name)?;
        }
        self.act.write(&mut map)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Entry, D::Error> {
        deserializer.deserialize_struct("Entry", Act::FIELDS, EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("struct Entry")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entry, A::Error> {
        let (mut at, mut after, mut name) = (None::<Duration>, None::<After>, None);
        let mut acts = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "at" => at = map.next_value()?,
                "after" => after = map.next_value()?,
                "name" => name = map.next_value()?,
                key => acts.extend(Act::read(key, &mut map)?),
            }
        }
        // In the order of the table, whatever the order in the file.
        let place = |act: &Act| Act::KEYS.iter().position(|key| *key == act.key());
        acts.sort_by_key(place);
        let mut acts = acts.into_iter();
        let Some(act) = acts.next() else {
            let all = Act::KEYS.join(", ");
            return Err(A::Error::custom(format_args!(
                "an entry does nothing\nthe operations are {all}\nexactly one operation"
            )));
        };
        if let Some(second) = acts.next() {
            let (first, second) = (act.key(), second.key());
            return Err(A::Error::custom(format_args!(
                "an entry has both `{first}` and `{second}`\nwrite two entries with the same time\nexactly one operation\n{second}"
            )));
        }
        let when = match (at, after) {
            (Some(at), None) => When::At(at),
            (None, Some(After::Quiet)) => When::Quiet,
            (Some(_), Some(_)) => {
                return Err(A::Error::custom(
                    "an entry has both `at` and `after`\nkeep one; the next entry may say `at`\n`at` or `after`, not both\nafter",
                ));
            }
            (None, None) => {
                return Err(A::Error::custom(
                    "an entry does not say when\nsay `\"at\": \"1s\"` or `\"after\": \"quiet\"`",
                ));
            }
        };
        Ok(Entry { when, name, act })
    }
}

impl JsonSchema for Entry {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Entry".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let at = generator.subschema_for::<Option<Duration>>();
        let after = generator.subschema_for::<Option<After>>();
        let name = generator.subschema_for::<Option<String>>();
        let fields = [
            (
                "at",
                at,
                "When the entry happens, counted from the start of the run, or from the last entry that waited for silence.",
            ),
            ("after", after, "What the entry waits for, if it has no time."),
            (
                "name",
                name,
                "The entry's name in logs. By default it says what is done to what, such as `edit-notes-alice-2`.",
            ),
        ];
        let described = |(key, schema, doc): (&str, _, _)| (key.to_owned(), described(schema, doc));
        let mut properties: Map<_, _> = fields.into_iter().map(described).collect();
        Act::schemas(generator, &mut properties);
        json_schema!({
            "type": "object",
            "description": "An entry of the timeline: `at` or `after`, and one operation.",
            "properties": properties,
            "additionalProperties": false,
        })
    }
}

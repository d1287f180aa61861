//! Operations to generate from the seed: one workload, or several, each with nodes, CoValues and a window of its own.

use super::super::asks::GuestVerb;
use super::{Duration, NumberRange};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// One workload, or a list of several. Names and draws are the same for one, in a list or alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Workloads {
    /// `"workload": { ... }`.
    One(Box<Workload>),
    /// `"workload": [{ ... }, { ... }]`.
    Several(Vec<Workload>),
}

impl Workloads {
    /// All of them, in the order of the file.
    pub fn all(&self) -> &[Workload] {
        match self {
            Workloads::One(workload) => std::slice::from_ref(workload),
            Workloads::Several(workloads) => workloads,
        }
    }
}

impl Serialize for Workloads {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Workloads::One(workload) => workload.serialize(serializer),
            Workloads::Several(workloads) => workloads.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Workloads {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Workloads, D::Error> {
        deserializer.deserialize_any(OneOrSeveral)
    }
}

struct OneOrSeveral;

impl<'de> Visitor<'de> for OneOrSeveral {
    type Value = Workloads;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a workload or a list of them")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Workloads, A::Error> {
        Workload::deserialize(MapAccessDeserializer::new(map))
            .map(|workload| Workloads::One(Box::new(workload)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Workloads, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(Workloads::Several)
    }
}

impl JsonSchema for Workloads {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Workloads".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<Workload>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
    }
}

/// Operations to generate from the seed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// How many operations.
    pub operations: u32,
    /// The start of the time window in which they happen. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Duration>,
    /// The end of the time window.
    pub until: Duration,
    /// The nodes at which the operations happen. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub nodes: Option<Vec<String>>,
    /// The CoValues that the operations are about. Those that no entry of the timeline creates are created in the first
    /// tenth of the window.
    #[schemars(length(min = 1))]
    pub co_values: Vec<String>,
    /// How often each kind of operation is drawn, as weights. Default only edits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mix: Option<Mix>,
    /// How many transactions an edit has. Default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transactions: Option<NumberRange>,
    /// How many bytes a transaction has. Default 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<NumberRange>,
    /// How often, beside these operations, somebody is taken into a group, given another role or taken out, by any of the
    /// nodes. Who founded the group stays what it is. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<u32>,
}

/// How often each kind of operation is drawn, as weights: 8 and 2 mean four out of five.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mix {
    /// Edits. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit: Option<u32>,
    /// Loads. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<u32>,
    /// Operations that say `done`. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<u32>,
    /// Of guests, or by the rules of 0.20: invites to a group, in any role. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite: Option<u32>,
    /// Of guests, or by the rules of 0.20: another node accepts an invite. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept: Option<u32>,
    /// Of guests, or by the rules of 0.20: a group becomes a member of another one. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extend: Option<u32>,
    /// Of guests, or by the rules of 0.20: it is none any more. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoke_extend: Option<u32>,
    /// Of guests only: a group gets a new key. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotate: Option<u32>,
    /// Of guests only: somebody gets any role in a group, `manager` and `writeOnly` among them. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<u32>,
    /// Of guests, or by the rules of 0.20: a branch of a CoValue is made. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<u32>,
    /// Of guests only: somebody loads a branch, or its maker writes to it. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_branch: Option<u32>,
    /// Of guests, or by the rules of 0.20: a branch is merged. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merge: Option<u32>,
    /// Of guests, or by the rules of 0.20: a CoValue is deleted for good. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_value: Option<u32>,
    /// Of guests only: the app waits until a CoValue is synced. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_for_sync: Option<u32>,
    /// Of guests only: a node turns its garbage collector on. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collect_garbage: Option<u32>,
    /// Of guests only: the app keeps a reference to what it sees of a CoValue. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<u32>,
    /// Of guests only: it writes through such a reference. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<u32>,
}

impl Mix {
    /// How often each verb of guests is drawn.
    pub(crate) fn asks(&self) -> [(GuestVerb, u32); GuestVerb::ALL.len()] {
        GuestVerb::ALL.map(|verb| {
            let weight = match verb {
                GuestVerb::Invite => self.invite,
                GuestVerb::Accept => self.accept,
                GuestVerb::Extend => self.extend,
                GuestVerb::RevokeExtend => self.revoke_extend,
                GuestVerb::Rotate => self.rotate,
                GuestVerb::Role => self.role,
                GuestVerb::Branch => self.branch,
                GuestVerb::OnBranch => self.on_branch,
                GuestVerb::Merge => self.merge,
                GuestVerb::DeleteValue => self.delete_value,
                GuestVerb::WaitForSync => self.wait_for_sync,
                GuestVerb::CollectGarbage => self.collect_garbage,
                GuestVerb::Hold => self.hold,
                GuestVerb::Through => self.through,
            };
            (verb, weight.unwrap_or(0))
        })
    }
}

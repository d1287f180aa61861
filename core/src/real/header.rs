//! A CoValue's header: what its id is the hash of.

use super::encoding::to_base58;
use super::hash::{SHORT_BYTES, blake3_of};
use super::number::canonical_members;
use alloc::string::String;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// What begins the id of a CoValue.
const PREFIX: &str = "co_z";

/// A header: any JSON object. A member that is `null` counts towards the id, one that is not there does not.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Header(Value);

impl Header {
    /// A header of these members.
    pub fn new(members: Map<String, Value>) -> Header {
        Header(Value::Object(canonical_members(members)))
    }

    /// The header of the account that belongs to `agent`. It depends on nothing else.
    pub fn account(agent: &super::AgentId) -> Header {
        Header(serde_json::json!({
            "type": "comap",
            "ruleset": { "type": "group", "initialAdmin": alloc::format!("{agent}") },
            "meta": { "type": "account" },
            "createdAt": null,
            "uniqueness": null,
        }))
    }

    /// The agent of the account that this is the header of.
    pub fn account_agent(&self) -> Option<super::AgentId> {
        let text = |of: &str, key: &str| self.0.get(of)?.get(key)?.as_str();
        let is_account = text("meta", "type") == Some("account") && text("ruleset", "type") == Some("group");
        text("ruleset", "initialAdmin").filter(|_| is_account)?.parse().ok()
    }

    /// The id of the CoValue: `co_z…`.
    pub fn id(&self) -> String {
        to_base58(PREFIX, &blake3_of(&self.0)[..SHORT_BYTES])
    }

    /// The header as JSON.
    pub fn as_json(&self) -> &Value {
        &self.0
    }

    /// The member `key` of the header.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// How urgently its content is sent.
    pub fn priority(&self) -> Priority {
        let type_of =
            |key| self.0.get(key).and_then(|member: &Value| member.get("type")).and_then(Value::as_str);
        let (meta, ruleset) = (type_of("meta"), type_of("ruleset"));
        if meta == Some("account") || ruleset == Some("group") {
            Priority::High
        } else if self.0.get("type").and_then(Value::as_str) == Some("costream") && meta == Some("binary") {
            Priority::Low
        } else {
            Priority::Medium
        }
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Header::new)
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What the package puts into content messages as `priority`: smaller is more urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Accounts and groups, without which nothing else can be read.
    High,
    /// All else.
    Medium,
    /// Streams of binary data.
    Low,
}

impl Priority {
    /// Its number on the wire.
    pub const fn as_number(self) -> u8 {
        match self {
            Priority::High => 0,
            Priority::Medium => 3,
            Priority::Low => 6,
        }
    }
}

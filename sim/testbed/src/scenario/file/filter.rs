//! Entries that are about some messages of a link, or about one end of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Messages that are kept back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// The two nodes, for both ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<[String; 2]>,
    /// The sender, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The receiver, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The kinds of messages: `load`, `known`, `correction`, `content`, `done`. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub kinds: Option<Vec<String>>,
    /// The CoValues that the messages are about. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub ids: Option<Vec<String>>,
}

/// Messages that are lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DropMessages {
    /// The two nodes, for both ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<[String; 2]>,
    /// The sender, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The receiver, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The kinds of messages: `load`, `known`, `correction`, `content`, `done`. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub kinds: Option<Vec<String>>,
    /// The CoValues that the messages are about. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub ids: Option<Vec<String>>,
    /// How many messages are lost. Default all, until the link heals.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub count: Option<u32>,
}

/// A connection that has ended, but only for one end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HalfOpen {
    /// The node that notices that the connection is over.
    pub node: String,
    /// The node at the other end, which goes on believing that it is connected.
    pub peer: String,
}

impl DropMessages {
    /// The way and the messages, without the count.
    pub(crate) fn messages(&self) -> Hold {
        let DropMessages { between, from, to, kinds, ids, count: _ } = self.clone();
        Hold { between, from, to, kinds, ids }
    }
}

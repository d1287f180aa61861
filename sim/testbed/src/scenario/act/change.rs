//! What an app writes, word for word.

use crate::cojson::MemberRole;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A key of a map that is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetKey {
    /// The node.
    pub node: String,
    /// The map.
    pub id: String,
    /// The key.
    pub key: String,
    /// Its value: any JSON.
    pub value: Value,
    /// Whether it is encrypted for the members of the group that owns the map. Default as the map says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

/// A key of a map that is deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteKey {
    /// The node.
    pub node: String,
    /// The map.
    pub id: String,
    /// The key.
    pub key: String,
    /// Whether it is encrypted for the members of the group that owns the map. Default as the map says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

/// Items that come into a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InsertItems {
    /// The node.
    pub node: String,
    /// The list.
    pub id: String,
    /// Where the first of them will be, among the items that the app sees then, from 0; one behind the end means the
    /// end. Default the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// The items: any JSON.
    pub values: Vec<Value>,
    /// Whether they are encrypted for the members of the group that owns the list. Default as the list says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

/// Items that go from a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveItems {
    /// The node.
    pub node: String,
    /// The list.
    pub id: String,
    /// The first of them, among the items that the app sees then, from 0.
    pub index: u32,
    /// How many; those that are not there are passed over. Default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Whether that is encrypted for the members of the group that owns the list. Default as the list says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

/// An item that is pushed to a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PushItem {
    /// The node.
    pub node: String,
    /// The stream.
    pub id: String,
    /// The item: any JSON.
    pub value: Value,
    /// Whether it is encrypted for the members of the group that owns the stream. Default as the stream says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

/// A piece of a text that is replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Splice {
    /// The node.
    pub node: String,
    /// The text.
    pub id: String,
    /// Where, in graphemes of the text that the app sees then, from 0; a place behind the end means the end.
    pub index: u32,
    /// How many graphemes go; those that are not there are passed over. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete: Option<u32>,
    /// What comes in their place. Default nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insert: Option<String>,
    /// Whether that is encrypted for the members of the group that owns the text. Default as the text says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

/// A member that a group gets, or another role for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMember {
    /// The node.
    pub node: String,
    /// The group.
    pub id: String,
    /// The member: a node, or `everyone`.
    pub member: String,
    /// What it may do.
    pub role: MemberRole,
}

/// A member that a group loses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveMember {
    /// The node.
    pub node: String,
    /// The group.
    pub id: String,
    /// The member: a node, or `everyone`.
    pub member: String,
}

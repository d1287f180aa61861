//! What an app writes, word for word.

use crate::cojson::MemberRole;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A key to set in a map.
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
    /// Whether the change is encrypted for the members of the group that owns the map. Default what the map's own
    /// `private` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

/// A key to delete from a map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteKey {
    /// The node.
    pub node: String,
    /// The map.
    pub id: String,
    /// The key.
    pub key: String,
    /// Whether the change is encrypted for the members of the group that owns the map. Default what the map's own
    /// `private` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

/// Items to insert into a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InsertItems {
    /// The node.
    pub node: String,
    /// The list.
    pub id: String,
    /// Where to insert them, as an index from 0 into the items that the app sees at that time. An index past the end
    /// means the end. Default the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// The items: any JSON.
    pub values: Vec<Value>,
    /// Whether the change is encrypted for the members of the group that owns the list. Default what the list's own
    /// `private` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

/// Items to remove from a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveItems {
    /// The node.
    pub node: String,
    /// The list.
    pub id: String,
    /// The first item to remove, as an index from 0 into the items that the app sees at that time.
    pub index: u32,
    /// How many items to remove. If there are fewer, all that are there are removed. Default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Whether the change is encrypted for the members of the group that owns the list. Default what the list's own
    /// `private` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

/// An item to push to a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PushItem {
    /// The node.
    pub node: String,
    /// The stream.
    pub id: String,
    /// The item: any JSON.
    pub value: Value,
    /// Whether the change is encrypted for the members of the group that owns the stream. Default what the stream's own
    /// `private` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

/// A piece of a text to replace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Splice {
    /// The node.
    pub node: String,
    /// The text.
    pub id: String,
    /// Where to begin, counted in graphemes from 0 in the text that the app sees at that time. A place past the end
    /// means the end.
    pub index: u32,
    /// How many graphemes to delete. If there are fewer, all that are there are deleted. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete: Option<u32>,
    /// The text to put in their place. Default nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insert: Option<String>,
    /// Whether the change is encrypted for the members of the group that owns the text. Default what the text's own
    /// `private` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

/// A member to add to a group, or a new role for a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMember {
    /// The node.
    pub node: String,
    /// The group.
    pub id: String,
    /// The member: a node, or `everyone`.
    pub member: String,
    /// The member's role.
    pub role: MemberRole,
}

/// A member to remove from a group.
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

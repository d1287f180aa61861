//! What an app writes, word for word.

use super::refs::{Named, Refs, Rename, unless};
use crate::cojson::MemberRole;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A key to set in a map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct SetKey<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// The map.
    pub id: R::CoValue,
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
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct DeleteKey<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// The map.
    pub id: R::CoValue,
    /// The key.
    pub key: String,
    /// Whether the change is encrypted for the members of the group that owns the map. Default what the map's own
    /// `private` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

/// Items to insert into a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct InsertItems<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// The list.
    pub id: R::CoValue,
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
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct RemoveItems<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// The list.
    pub id: R::CoValue,
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
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct PushItem<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// The stream.
    pub id: R::CoValue,
    /// The item: any JSON.
    pub value: Value,
    /// Whether the change is encrypted for the members of the group that owns the stream. Default what the stream's own
    /// `private` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

/// A piece of a text to replace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct Splice<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// The text.
    pub id: R::CoValue,
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
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct AddMember<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// The group.
    pub id: R::CoValue,
    /// The member: a node, or `everyone`.
    pub member: R::Member,
    /// The member's role.
    pub role: MemberRole,
}

/// A member to remove from a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct RemoveMember<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// The group.
    pub id: R::CoValue,
    /// The member: a node, or `everyone`.
    pub member: R::Member,
}

impl<R: Refs> SetKey<R> {
    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<SetKey<S>> {
        let (key, value) = (self.key.clone(), self.value.clone());
        Some(SetKey { node: by.app(&self.node)?, id: by.id(&self.id)?, key, value, private: self.private })
    }
}

impl<R: Refs> DeleteKey<R> {
    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<DeleteKey<S>> {
        let (key, private) = (self.key.clone(), self.private);
        Some(DeleteKey { node: by.app(&self.node)?, id: by.id(&self.id)?, key, private })
    }
}

impl<R: Refs> InsertItems<R> {
    /// Where; the largest number for the end.
    pub(super) fn index(&self) -> u32 {
        self.index.unwrap_or(u32::MAX)
    }

    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<InsertItems<S>> {
        let (node, id) = (by.app(&self.node)?, by.id(&self.id)?);
        let (index, values) = (unless(self.index(), u32::MAX), self.values.clone());
        Some(InsertItems { node, id, index, values, private: self.private })
    }
}

impl<R: Refs> RemoveItems<R> {
    /// How many items.
    pub(super) fn count(&self) -> u32 {
        self.count.unwrap_or(1)
    }

    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<RemoveItems<S>> {
        let (node, id, count) = (by.app(&self.node)?, by.id(&self.id)?, unless(self.count(), 1));
        Some(RemoveItems { node, id, index: self.index, count, private: self.private })
    }
}

impl<R: Refs> PushItem<R> {
    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<PushItem<S>> {
        let (value, private) = (self.value.clone(), self.private);
        Some(PushItem { node: by.app(&self.node)?, id: by.id(&self.id)?, value, private })
    }
}

impl<R: Refs> Splice<R> {
    /// How many graphemes go.
    pub(super) fn delete(&self) -> u32 {
        self.delete.unwrap_or(0)
    }

    /// What comes in their place.
    pub(super) fn insert(&self) -> &str {
        self.insert.as_deref().unwrap_or_default()
    }

    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<Splice<S>> {
        Some(Splice {
            node: by.app(&self.node)?,
            id: by.id(&self.id)?,
            index: self.index,
            delete: unless(self.delete(), 0),
            insert: unless(self.insert().to_owned(), String::new()),
            private: self.private,
        })
    }
}

impl<R: Refs> AddMember<R> {
    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<AddMember<S>> {
        let (node, id, member) = (by.app(&self.node)?, by.id(&self.id)?, by.to_member(&self.member)?);
        Some(AddMember { node, id, member, role: self.role })
    }
}

impl<R: Refs> RemoveMember<R> {
    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<RemoveMember<S>> {
        let (node, id, member) = (by.app(&self.node)?, by.id(&self.id)?, by.to_member(&self.member)?);
        Some(RemoveMember { node, id, member })
    }
}

//! What an app writes, word for word.

use super::refs::{Named, Refs, Rename, fields};
use crate::cojson::MemberRole;
use serde_json::Value;

fields! {
    /// A key to set in a map.
    SetKey(it, by) {
        /// The node.
        node: R::Node = by.app(&it.node)?;
        /// The map.
        id: R::CoValue = by.id(&it.id)?;
        /// The key.
        key: String = it.key.clone();
        /// Its value: any JSON.
        value: Value = it.value.clone();
        /// Whether the change is encrypted for the members of the group that owns the map. Default what the map's own
        /// `private` says.
        #[serde(skip_serializing_if = "Option::is_none")]
        private: Option<bool> = it.private;
    }

    /// A key to delete from a map.
    DeleteKey(it, by) {
        /// The node.
        node: R::Node = by.app(&it.node)?;
        /// The map.
        id: R::CoValue = by.id(&it.id)?;
        /// The key.
        key: String = it.key.clone();
        /// Whether the change is encrypted for the members of the group that owns the map. Default what the map's own
        /// `private` says.
        #[serde(skip_serializing_if = "Option::is_none")]
        private: Option<bool> = it.private;
    }

    /// Items to insert into a list.
    InsertItems(it, by) {
        /// The node.
        node: R::Node = by.app(&it.node)?;
        /// The list.
        id: R::CoValue = by.id(&it.id)?;
        /// Where to insert them, as an index from 0 into the items that the app sees at that time. An index past the end
        /// means the end. Default the end.
        #[serde(skip_serializing_if = "Option::is_none")]
        index: Option<u32> = it.index, usually u32::MAX => u32;
        /// The items: any JSON.
        values: Vec<Value> = it.values.clone();
        /// Whether the change is encrypted for the members of the group that owns the list. Default what the list's own
        /// `private` says.
        #[serde(skip_serializing_if = "Option::is_none")]
        private: Option<bool> = it.private;
    }

    /// Items to remove from a list.
    RemoveItems(it, by) {
        /// The node.
        node: R::Node = by.app(&it.node)?;
        /// The list.
        id: R::CoValue = by.id(&it.id)?;
        /// The first item to remove, as an index from 0 into the items that the app sees at that time.
        index: u32 = it.index;
        /// How many items to remove. If there are fewer, all that are there are removed. Default 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        count: Option<u32> = it.count, usually 1 => u32;
        /// Whether the change is encrypted for the members of the group that owns the list. Default what the list's own
        /// `private` says.
        #[serde(skip_serializing_if = "Option::is_none")]
        private: Option<bool> = it.private;
    }

    /// An item to push to a stream.
    PushItem(it, by) {
        /// The node.
        node: R::Node = by.app(&it.node)?;
        /// The stream.
        id: R::CoValue = by.id(&it.id)?;
        /// The item: any JSON.
        value: Value = it.value.clone();
        /// Whether the change is encrypted for the members of the group that owns the stream. Default what the stream's own
        /// `private` says.
        #[serde(skip_serializing_if = "Option::is_none")]
        private: Option<bool> = it.private;
    }

    /// A piece of a text to replace.
    Splice(it, by) {
        /// The node.
        node: R::Node = by.app(&it.node)?;
        /// The text.
        id: R::CoValue = by.id(&it.id)?;
        /// Where to begin, counted in graphemes from 0 in the text that the app sees at that time. A place past the end
        /// means the end.
        index: u32 = it.index;
        /// How many graphemes to delete. If there are fewer, all that are there are deleted. Default 0.
        #[serde(skip_serializing_if = "Option::is_none")]
        delete: Option<u32> = it.delete, usually 0 => u32;
        /// The text to put in their place. Default nothing.
        #[serde(skip_serializing_if = "Option::is_none")]
        insert: Option<String> = it.insert.clone().filter(|text| !text.is_empty());
        /// Whether the change is encrypted for the members of the group that owns the text. Default what the text's own
        /// `private` says.
        #[serde(skip_serializing_if = "Option::is_none")]
        private: Option<bool> = it.private;
    }

    /// A member to add to a group, or a new role for a member.
    AddMember(it, by) {
        /// The node.
        node: R::Node = by.app(&it.node)?;
        /// The group.
        id: R::CoValue = by.id(&it.id)?;
        /// The member: a node, or `everyone`.
        member: R::Member = by.to_member(&it.member)?;
        /// The member's role.
        role: MemberRole = it.role;
    }

    /// A member to remove from a group.
    RemoveMember(it, by) {
        /// The node.
        node: R::Node = by.app(&it.node)?;
        /// The group.
        id: R::CoValue = by.id(&it.id)?;
        /// The member: a node, or `everyone`.
        member: R::Member = by.to_member(&it.member)?;
    }
}

impl<R: Refs> Splice<R> {
    /// What comes in their place.
    pub(super) fn insert(&self) -> &str {
        self.insert.as_deref().unwrap_or_default()
    }
}

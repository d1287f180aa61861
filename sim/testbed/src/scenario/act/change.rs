//! What an app writes, word for word.

use super::refs::{Named, Refs, Rename, fields};
use super::simpler::fewer;
use crate::cojson::MemberRole;
use serde_json::Value;

fields! {
    /// A key to set in a map.
    SetKey(it, by) {
        /// The node.
        node: R::Node = by.app(&it.node)?;
        /// The map, or the group.
        id: R::CoValue = by.id(&it.id)?;
        /// The key.
        key: String = it.key.clone();
        /// Its value: any JSON.
        value: Value = it.value.clone();
        /// A name for the change: of all changes of the CoValue with one name only the first shows. By the rules of 0.7 it
        /// says nothing. Default none.
        #[serde(skip_serializing_if = "Option::is_none")]
        fww: Option<String> = it.fww.clone();
        /// Whether the change is encrypted for the members of the group that owns the map, or of the group that it is.
        /// Default what the map's own `private` says.
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

fields! {
    /// An invite to a group.
    Invite(it, by) {
        /// The node.
        node: R::Node = by.app(&it.node)?;
        /// The group.
        id: R::CoValue = by.id(&it.id)?;
        /// What it makes of who accepts it.
        role: MemberRole = it.role;
        /// What its secret is called. Whoever accepts it names that.
        secret: String = it.secret.clone();
    }

    /// An invite that is accepted.
    Accept(it, by) {
        /// The node. It must hold the group.
        node: R::Node = by.app(&it.node)?;
        /// The group.
        id: R::CoValue = by.id(&it.id)?;
        /// What the secret of the invite is called.
        secret: String = it.secret.clone();
    }

    /// A group that becomes the child of another.
    Extend(it, by) {
        /// The node.
        node: R::Node = by.app(&it.node)?;
        /// The group.
        id: R::CoValue = by.id(&it.id)?;
        /// The other group, whose members become members of this one. The node must hold it, and need not be a member.
        parent: R::CoValue = by.parent(&it.parent)?;
        /// What they all are in this one. Default what each is in the other.
        #[serde(skip_serializing_if = "Option::is_none")]
        role: Option<MemberRole> = it.role;
    }

    /// A group that is no longer the child of another.
    RevokeExtend(it, by) {
        /// The node.
        node: R::Node = by.app(&it.node)?;
        /// The group.
        id: R::CoValue = by.id(&it.id)?;
        /// The other group, whose members are no longer members of this one.
        parent: R::CoValue = by.parent(&it.parent)?;
    }
}

impl Invite {
    pub(super) fn simpler(&self) -> impl Iterator<Item = Invite> {
        [Invite { role: MemberRole::Reader, ..self.clone() }].into_iter()
    }
}

impl Extend {
    pub(super) fn simpler(&self) -> impl Iterator<Item = Extend> {
        [Extend { role: None, ..self.clone() }].into_iter()
    }
}

impl SetKey {
    pub(super) fn simpler(&self) -> impl Iterator<Item = SetKey> {
        let without_name = SetKey { fww: None, ..self.clone() };
        [SetKey { value: Value::Null, ..self.clone() }, without_name].into_iter()
    }
}

impl InsertItems {
    /// At the end, and fewer items.
    pub(super) fn simpler(&self) -> impl Iterator<Item = InsertItems> {
        let at_the_end = InsertItems { index: None, ..self.clone() };
        let count = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        let fewer = fewer(count).map(|count| {
            let values = self.values.iter().take(count as usize).cloned().collect();
            InsertItems { values, ..self.clone() }
        });
        [at_the_end].into_iter().chain(fewer)
    }
}

impl RemoveItems {
    /// Fewer items, and the first ones.
    pub(super) fn simpler(&self) -> impl Iterator<Item = RemoveItems> {
        let fewer = fewer(self.count())
            .map(|count| RemoveItems { count: Some(count).filter(|count| *count > 1), ..self.clone() });
        fewer.chain([RemoveItems { index: 0, ..self.clone() }])
    }
}

impl PushItem {
    pub(super) fn simpler(&self) -> impl Iterator<Item = PushItem> {
        [PushItem { value: Value::Null, ..self.clone() }].into_iter()
    }
}

impl Splice {
    /// Only what comes or only what goes, less of either, and at the start.
    pub(super) fn simpler(&self) -> impl Iterator<Item = Splice> {
        let deletes = [None].into_iter().chain(fewer(self.delete()).map(Some));
        let deletes = deletes.map(|delete| Splice { delete, ..self.clone() });
        let length = u32::try_from(self.insert().chars().count()).unwrap_or(u32::MAX);
        let begins = |length: u32| self.insert().chars().take(length as usize).collect();
        let inserts = [None].into_iter().chain(fewer(length).map(move |length| Some(begins(length))));
        let inserts = inserts.map(|insert| Splice { insert, ..self.clone() });
        let simpler = deletes.chain(inserts).chain([Splice { index: 0, ..self.clone() }]);
        simpler.filter(|splice| splice.delete() > 0 || !splice.insert().is_empty())
    }
}

impl AddMember {
    pub(super) fn simpler(&self) -> impl Iterator<Item = AddMember> {
        [AddMember { role: MemberRole::Reader, ..self.clone() }].into_iter()
    }
}

impl<R: Refs> Splice<R> {
    /// What comes in their place.
    pub(super) fn insert(&self) -> &str {
        self.insert.as_deref().unwrap_or_default()
    }
}

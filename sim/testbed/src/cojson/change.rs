//! What an app writes, where a scenario says it word for word.

use super::kind::MemberRole;
use crate::host::NodeId;
use cosim_core::CoId;
use serde_json::Value;

/// One change of a CoValue. Places in lists and texts are those that the app sees when it writes; one behind the end
/// means the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changes.
    pub what: What,
    /// Whether only those may read it who have the key of the CoValue's group.
    pub private: bool,
}

impl What {
    /// How many bytes are written, about.
    pub fn size(&self) -> usize {
        let of = |value: &Value| value.to_string().len();
        match self {
            What::Set { key, value, fww } => key.len() + of(value) + fww.as_ref().map_or(0, String::len),
            What::Delete { key } => key.len(),
            What::Insert { values, .. } => values.iter().map(of).sum(),
            What::Push { value } => of(value),
            What::Splice { insert, .. } => insert.len(),
            What::Remove { .. }
            | What::AddMember { .. }
            | What::RemoveMember { .. }
            | What::Invite { .. }
            | What::Accept { .. }
            | What::Extend { .. }
            | What::RevokeExtend { .. }
            | What::Merge { .. }
            | What::DeleteValue => 0,
        }
    }
}

/// See [`Change`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A key of a map is set.
    Set {
        /// The key.
        key: String,
        /// Its value.
        value: Value,
        /// What the transaction is called of which only the first of its name counts.
        fww: Option<String>,
    },
    /// A key of a map is deleted.
    Delete {
        /// The key.
        key: String,
    },
    /// Items come into a list.
    Insert {
        /// Where the first of them will be.
        index: u32,
        /// The items, at least one.
        values: Vec<Value>,
    },
    /// Items go from a list.
    Remove {
        /// The first of them.
        index: u32,
        /// How many.
        count: u32,
    },
    /// A stream gets an item.
    Push {
        /// The item.
        value: Value,
    },
    /// A piece of a text is replaced.
    Splice {
        /// Where, in graphemes.
        index: u32,
        /// How many graphemes go.
        delete: u32,
        /// What comes in their place.
        insert: String,
    },
    /// A group gets a member, or a member another role.
    AddMember {
        /// The member; `None` for everyone.
        member: Option<NodeId>,
        /// What it may do.
        role: MemberRole,
    },
    /// A group gets an invite.
    Invite {
        /// What its secret is called.
        secret: String,
        /// What it makes of who accepts it.
        role: MemberRole,
    },
    /// An invite to a group is accepted.
    Accept {
        /// What its secret is called.
        secret: String,
    },
    /// It is deleted for good.
    DeleteValue,
    /// What was written in a branch of it comes into it.
    Merge {
        /// The branch.
        branch: CoId,
    },
    /// A group becomes the child of another.
    Extend {
        /// The other.
        parent: CoId,
        /// What its members are; `None` for what each is in the other.
        role: Option<MemberRole>,
    },
    /// A group is no longer the child of another, and gets a new key.
    RevokeExtend {
        /// The other.
        parent: CoId,
    },
    /// A group loses a member, and gets a new key.
    RemoveMember {
        /// The member; `None` for everyone.
        member: Option<NodeId>,
    },
}

//! What a member of a group may do, and what the keys of a group's map mean.

/// What a member may do in a group and in the values it owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// No longer a member, and not one of everyone either.
    Revoked,
    /// May read.
    Reader,
    /// May read and write.
    Writer,
    /// May read, write, and say who else may.
    Admin,
    /// An agent whose secret is handed out: who has it may make readers.
    ReaderInvite,
    /// The same for writers.
    WriterInvite,
    /// The same for admins.
    AdminInvite,
}

impl Role {
    /// The role that a group's map calls `text`.
    pub fn parse(text: &str) -> Option<Role> {
        const ALL: [Role; 7] = [
            Role::Revoked,
            Role::Reader,
            Role::Writer,
            Role::Admin,
            Role::ReaderInvite,
            Role::WriterInvite,
            Role::AdminInvite,
        ];
        ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// What a group's map calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Revoked => "revoked",
            Role::Reader => "reader",
            Role::Writer => "writer",
            Role::Admin => "admin",
            Role::ReaderInvite => "readerInvite",
            Role::WriterInvite => "writerInvite",
            Role::AdminInvite => "adminInvite",
        }
    }

    /// Whether it may read what the group owns. An invite holds the keys, to hand them on.
    pub fn can_read(self) -> bool {
        self != Role::Revoked
    }

    /// Whether it may write what the group owns.
    pub fn can_write(self) -> bool {
        matches!(self, Role::Writer | Role::Admin)
    }

    /// The role that an invite may give.
    pub(super) fn invites_to(self) -> Option<Role> {
        match self {
            Role::ReaderInvite => Some(Role::Reader),
            Role::WriterInvite => Some(Role::Writer),
            Role::AdminInvite => Some(Role::Admin),
            Role::Revoked | Role::Reader | Role::Writer | Role::Admin => None,
        }
    }

    /// Whether it is one of the three that members have, and that a child group hands down.
    pub(super) fn is_inherited(self) -> bool {
        matches!(self, Role::Reader | Role::Writer | Role::Admin)
    }

    /// How much it may do, to find the larger of two roles. An invite gives way to an admin only.
    fn rank(self) -> u8 {
        match self {
            Role::Revoked => 0,
            Role::Reader => 1,
            Role::Writer | Role::ReaderInvite | Role::WriterInvite | Role::AdminInvite => 2,
            Role::Admin => 3,
        }
    }

    /// The larger of a role of one's own and an inherited one.
    pub(super) fn larger(own: Option<Role>, inherited: Role) -> Role {
        own.filter(|own| own.rank() >= inherited.rank()).unwrap_or(inherited)
    }
}

/// How the members of a parent group count in its child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extension {
    /// Each with its role in the parent.
    Same,
    /// All with this role.
    As(Role),
    /// No longer.
    Revoked,
}

impl Extension {
    pub(super) fn parse(text: &str) -> Option<Extension> {
        match text {
            "extend" => Some(Extension::Same),
            "revoked" => Some(Extension::Revoked),
            _ => Role::parse(text).filter(|role| role.is_inherited()).map(Extension::As),
        }
    }

    /// What a member with `role` in the parent is in the child.
    pub(super) fn inherit(self, role: Role) -> Option<Role> {
        match self {
            Extension::Same => Some(role),
            Extension::As(fixed) => Some(fixed),
            Extension::Revoked => None,
        }
        .filter(|_| role.is_inherited())
    }
}

/// The member that stands for all who are not named.
pub const EVERYONE: &str = "everyone";

/// The key under which a group names its present read key.
pub(super) const READ_KEY: &str = "readKey";

/// What a key of a group's map is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupKey<'a> {
    /// Which key new private transactions use, or an account's profile.
    ReadKeyOrProfile,
    /// A key, locked for a member or with another key.
    Revelation,
    /// A parent group, by id.
    Parent(&'a str),
    /// A member's role.
    Member(&'a str),
}

impl GroupKey<'_> {
    pub(super) fn parse(key: &str) -> GroupKey<'_> {
        if key == READ_KEY || key == "profile" {
            return GroupKey::ReadKeyOrProfile;
        }
        if let Some(parent) = parent(key) {
            return GroupKey::Parent(parent);
        }
        let locked = ["_for_key", "_for_sealer", "_for_co"].iter().any(|suffix| key.contains(suffix));
        if (key.starts_with("key_") && locked) || key.contains("_for_everyone") {
            return GroupKey::Revelation;
        }
        GroupKey::Member(key)
    }
}

/// The id of the group that `key` makes a parent.
pub(super) fn parent(key: &str) -> Option<&str> {
    key.strip_prefix("parent_").filter(|id| is_co_value(id))
}

/// Whether `id` is that of a CoValue: so of an account, where it names a member.
pub(super) fn is_co_value(id: &str) -> bool {
    id.starts_with("co_")
}

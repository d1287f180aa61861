//! What a member of a group may do, and what the keys of a group's map mean.

use super::Dialect;

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
    /// May read, write, and say who else may, but for admins.
    Manager,
    /// May write, and read what it has written itself.
    WriteOnly,
    /// An invite that makes managers.
    ManagerInvite,
    /// An invite that makes those who only write.
    WriteOnlyInvite,
}

impl Role {
    /// The role that a group's map calls `text`.
    pub fn parse(text: &str) -> Option<Role> {
        const ALL: [Role; 11] = [
            Role::Revoked,
            Role::Reader,
            Role::Writer,
            Role::Admin,
            Role::ReaderInvite,
            Role::WriterInvite,
            Role::AdminInvite,
            Role::Manager,
            Role::WriteOnly,
            Role::ManagerInvite,
            Role::WriteOnlyInvite,
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
            Role::Manager => "manager",
            Role::WriteOnly => "writeOnly",
            Role::ManagerInvite => "managerInvite",
            Role::WriteOnlyInvite => "writeOnlyInvite",
        }
    }

    /// Whether it may read what the group owns. An invite holds the keys, to hand them on.
    pub fn can_read(self) -> bool {
        !matches!(self, Role::Revoked | Role::WriteOnly | Role::WriteOnlyInvite)
    }

    /// Whether a new read key is handed to a member with this role, by the package: not to an invite that makes managers.
    pub(super) fn is_handed_read_keys(self) -> bool {
        self.can_read() && self != Role::ManagerInvite
    }

    /// Whether it may write what the group owns.
    pub fn can_write(self) -> bool {
        matches!(self, Role::Writer | Role::Admin | Role::Manager | Role::WriteOnly)
    }

    /// Whether it may say who else is a member, and hand out keys.
    pub fn administers(self) -> bool {
        matches!(self, Role::Admin | Role::Manager)
    }

    /// The role that an invite may give.
    pub(super) fn invites_to(self) -> Option<Role> {
        match self {
            Role::ReaderInvite => Some(Role::Reader),
            Role::WriterInvite => Some(Role::Writer),
            Role::AdminInvite => Some(Role::Admin),
            Role::ManagerInvite => Some(Role::Manager),
            Role::WriteOnlyInvite => Some(Role::WriteOnly),
            Role::Revoked | Role::Reader | Role::Writer | Role::Admin | Role::Manager | Role::WriteOnly => {
                None
            }
        }
    }

    /// Whether it is one of those that members have who may read, and that a parent group hands down.
    pub(super) fn is_inherited(self) -> bool {
        matches!(self, Role::Reader | Role::Writer | Role::Admin | Role::Manager)
    }

    /// How much it may do, to find the larger of two roles. An invite gives way to a manager and an admin only.
    fn rank(self) -> u8 {
        match self {
            Role::Revoked => 0,
            Role::Reader | Role::WriteOnly => 1,
            Role::Writer
            | Role::ReaderInvite
            | Role::WriterInvite
            | Role::AdminInvite
            | Role::ManagerInvite
            | Role::WriteOnlyInvite => 2,
            Role::Manager => 3,
            Role::Admin => 4,
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
    pub(super) fn parse(text: &str, dialect: Dialect) -> Option<Extension> {
        match text {
            "extend" => Some(Extension::Same),
            "revoked" => Some(Extension::Revoked),
            _ => dialect.role(text).filter(|role| role.is_inherited()).map(Extension::As),
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

/// The key under which a group names its sealer, for whom its children's keys are sealed by strangers.
pub(super) const GROUP_SEALER: &str = "groupSealer";

/// What begins the key under which a group names the key that a member writes with who may not read.
pub(super) const WRITE_KEY: &str = "writeKeyFor_";

/// What a key of a group's map is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupKey<'a> {
    /// Which key new private transactions use, or what else is for its admins to say: a profile, for example.
    ReadKeyOrProfile,
    /// A key, locked for a member or with another key: its id, as far as it has one.
    Revelation(&'a str),
    /// A parent group, by id.
    Parent(&'a str),
    /// The key that a member writes with who may not read.
    WriteKey(&'a str),
    /// A member's role.
    Member(&'a str),
    /// Nothing that a group may say.
    Nothing,
}

impl GroupKey<'_> {
    pub(super) fn parse(key: &str, dialect: Dialect) -> GroupKey<'_> {
        if key == READ_KEY || key == "profile" || dialect.admins_may_set(key) {
            return GroupKey::ReadKeyOrProfile;
        }
        if !dialect.has_write_only() {
            // The package looked at parents first, then.
            if let Some(parent) = parent(key) {
                return GroupKey::Parent(parent);
            }
        }
        let locked = ["_for_key", "_for_sealer", "_for_co"].iter().any(|suffix| key.contains(suffix));
        let sealed = dialect.has_group_sealers() && key.contains("_sealedFor_sealer");
        if (key.starts_with("key_") && (locked || sealed)) || key.contains("_for_everyone") {
            let id = key.split_once("_for_").or_else(|| key.split_once("_sealedFor_"));
            return GroupKey::Revelation(id.map_or("", |(id, _)| id));
        }
        if !dialect.has_write_only() {
            return GroupKey::Member(key);
        }
        if key.starts_with("parent_") {
            return parent(key).map_or(GroupKey::Nothing, GroupKey::Parent);
        }
        if key.starts_with("child_") {
            return GroupKey::Nothing;
        }
        key.strip_prefix(WRITE_KEY).map_or(GroupKey::Member(key), GroupKey::WriteKey)
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

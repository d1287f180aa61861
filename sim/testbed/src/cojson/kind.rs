//! What a CoValue is, where a scenario says so.

use cosim_core::view::{Dialect, Role};

/// What users see of a CoValue.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A map: keys and values.
    Map,
    /// A list.
    List,
    /// A text.
    Text,
    /// A stream: a list of items for each session.
    Stream,
    /// A group: who may read and write what it owns.
    Group,
}

impl Kind {
    /// What it is called in files.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Map => "map",
            Kind::List => "list",
            Kind::Text => "text",
            Kind::Stream => "stream",
            Kind::Group => "group",
        }
    }

    /// The `type` of its header.
    pub const fn header_type(self) -> &'static str {
        match self {
            Kind::Map | Kind::Group => "comap",
            Kind::List => "colist",
            Kind::Text => "coplaintext",
            Kind::Stream => "costream",
        }
    }
}

/// The roles that a scenario can give to members of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MemberRole {
    /// May read.
    Reader,
    /// May read and write.
    Writer,
    /// May read and write, and decide who else may.
    Admin,
    /// The same, but for admins. By the rules of 0.20 only.
    Manager,
    /// May write, and read what it wrote itself. By the rules of 0.20 only.
    #[serde(rename = "writeOnly")]
    WriteOnly,
}

/// Whose rules say who may do what and what shows.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub enum Format {
    /// Those of `cojson` 0.7.35.
    #[default]
    #[serde(rename = "0.7")]
    V0_7,
    /// Those of `cojson` 0.20.
    #[serde(rename = "0.20")]
    V0_20,
}

impl From<Format> for Dialect {
    fn from(format: Format) -> Dialect {
        match format {
            Format::V0_7 => Dialect::V0_7,
            Format::V0_20 => Dialect::V0_20,
        }
    }
}

impl MemberRole {
    /// Whether there is such a role by these rules.
    pub fn is_known(self, dialect: Dialect) -> bool {
        dialect.role(self.name()).is_some()
    }

    /// What it is called in files.
    pub const fn name(self) -> &'static str {
        match self {
            MemberRole::Reader => "reader",
            MemberRole::Writer => "writer",
            MemberRole::Admin => "admin",
            MemberRole::Manager => "manager",
            MemberRole::WriteOnly => "writeOnly",
        }
    }

    /// One who has it, in words: `an admin`.
    pub fn one(self) -> String {
        match self {
            MemberRole::Admin => "an admin".to_owned(),
            MemberRole::WriteOnly => "a write-only member".to_owned(),
            MemberRole::Reader | MemberRole::Writer | MemberRole::Manager => format!("a {}", self.name()),
        }
    }
}

impl From<MemberRole> for Role {
    fn from(role: MemberRole) -> Role {
        match role {
            MemberRole::Reader => Role::Reader,
            MemberRole::Writer => Role::Writer,
            MemberRole::Admin => Role::Admin,
            MemberRole::Manager => Role::Manager,
            MemberRole::WriteOnly => Role::WriteOnly,
        }
    }
}

//! What a CoValue is, where a scenario says so.

use cosim_core::view::Role;

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
}

impl MemberRole {
    /// What it is called in files.
    pub const fn name(self) -> &'static str {
        match self {
            MemberRole::Reader => "reader",
            MemberRole::Writer => "writer",
            MemberRole::Admin => "admin",
        }
    }
}

impl From<MemberRole> for Role {
    fn from(role: MemberRole) -> Role {
        match role {
            MemberRole::Reader => Role::Reader,
            MemberRole::Writer => Role::Writer,
            MemberRole::Admin => Role::Admin,
        }
    }
}

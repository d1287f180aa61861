//! By whose rules transactions are judged and shown: those of `cojson` 0.7.35, or of today's.
//!
//! Each rule that differs has one method here, so that the code says what it asks and this file says who does it.
//! docs/views.md has them in a table.

use super::Role;
use core::fmt;
use core::str::FromStr;

/// The rules of a published version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// Those of `cojson` 0.7.35.
    #[default]
    V0_7,
    /// Those of `cojson` 0.20.
    V0_20,
}

impl Dialect {
    /// All of them, oldest first.
    pub const ALL: [Dialect; 2] = [Dialect::V0_7, Dialect::V0_20];

    /// What files call it.
    pub const fn name(self) -> &'static str {
        match self {
            Dialect::V0_7 => "0.7",
            Dialect::V0_20 => "0.20",
        }
    }

    const fn is_todays(self) -> bool {
        matches!(self, Dialect::V0_20)
    }

    /// The role that a group's map calls `text`: managers, and members who only write, came late.
    pub fn role(self, text: &str) -> Option<Role> {
        let is_new = |role: &Role| {
            matches!(role, Role::Manager | Role::WriteOnly | Role::ManagerInvite | Role::WriteOnlyInvite)
        };
        Role::parse(text).filter(|role| self.is_todays() || !is_new(role))
    }

    /// Whether a revoked member is one of everyone, as a stranger is.
    pub(super) const fn everyone_covers_the_revoked(self) -> bool {
        self.is_todays()
    }

    /// Whether anybody may revoke itself.
    pub const fn members_may_leave(self) -> bool {
        self.is_todays()
    }

    /// Whether members who only write have keys of their own, which they hand out themselves.
    pub const fn has_write_only(self) -> bool {
        self.is_todays()
    }

    /// Whether a group has a sealer, for whom strangers seal the keys of its children.
    pub const fn has_group_sealers(self) -> bool {
        self.is_todays()
    }

    /// Whether `key` is one of those that admins set beside the read key and the profile.
    pub(super) fn admins_may_set(self, key: &str) -> bool {
        self.is_todays() && matches!(key, "root" | super::role::GROUP_SEALER)
    }

    /// Whether the header of a group may name it.
    pub(super) const fn groups_have_names(self) -> bool {
        self.is_todays()
    }

    /// Whether a private transaction counts in a group that is no account.
    pub(super) const fn groups_have_secrets(self) -> bool {
        !self.is_todays()
    }

    /// Whether only a group can be a parent, and an account cannot; and what is said of it counts, whatever it is.
    pub(super) const fn parents_are_groups(self) -> bool {
        self.is_todays()
    }

    /// Whether the agent of an account is the one that its header names, not its map.
    pub(super) const fn headers_name_agents(self) -> bool {
        self.is_todays()
    }

    /// Whether an account has the role of an admin in itself, beside its agent.
    pub(super) const fn accounts_administer_themselves(self) -> bool {
        self.is_todays()
    }

    /// Whether the meta of a transaction says something: that only the first of its kind counts (`fww`), or where it was
    /// made (`mi`).
    pub(super) const fn has_metas(self) -> bool {
        self.is_todays()
    }

    /// Whether a list may say that only admins and managers delete (`restrictDeletion`).
    pub(super) const fn deletion_may_be_restricted(self) -> bool {
        self.is_todays()
    }

    /// Whether an admin may delete a CoValue, which then shows nothing.
    pub(super) const fn co_values_may_be_deleted(self) -> bool {
        self.is_todays()
    }

    /// Whether a CoValue may be a branch of another, and may be merged into it.
    pub(super) const fn has_branches(self) -> bool {
        self.is_todays()
    }

    /// Whether the changes of one transaction may only be so large.
    pub(super) const fn bounds_changes(self) -> bool {
        self.is_todays()
    }

    /// Whether the first of several pieces of content says how far they go.
    pub(crate) const fn announces_pieces(self) -> bool {
        self.is_todays()
    }

    /// Whether a text, as JSON, is the array of its items, not a string.
    pub(super) const fn text_is_items(self) -> bool {
        self.is_todays()
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What files call no dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownDialect;

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected `0.7` or `0.20`")
    }
}

impl core::error::Error for UnknownDialect {}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(text: &str) -> Result<Dialect, UnknownDialect> {
        Dialect::ALL.into_iter().find(|dialect| dialect.name() == text).ok_or(UnknownDialect)
    }
}

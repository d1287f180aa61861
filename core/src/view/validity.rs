//! Which transactions count: the CoValue's ruleset says who may write, and the group says who that is.

use super::groups::Groups;
use super::membership::Memberships;
use super::order::Logged;
use super::role::Role;
use serde_json::Value;

/// Who may write a CoValue, as its header has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ruleset<'a> {
    /// It is a group, or an account, and keeps its own members.
    Group {
        /// Who makes itself the first admin.
        initial_admin: &'a str,
    },
    /// Writers and admins of a group.
    OwnedByGroup {
        /// The group's id.
        group: &'a str,
    },
    /// Anybody.
    UnsafeAllowAll,
}

impl Ruleset<'_> {
    /// The ruleset of a header; `None` for one that says nothing that is known.
    pub(super) fn of_header(header: &Value) -> Option<Ruleset<'_>> {
        let ruleset = header.get("ruleset")?;
        let text = |key: &str| ruleset.get(key)?.as_str();
        match text("type")? {
            "group" => Some(Ruleset::Group { initial_admin: text("initialAdmin")? }),
            "ownedByGroup" => Some(Ruleset::OwnedByGroup { group: text("group")? }),
            "unsafeAllowAll" => Some(Ruleset::UnsafeAllowAll),
            _ => None,
        }
    }
}

/// By what the transactions of a CoValue are judged that is no group.
#[derive(Clone, Debug)]
pub(super) enum Validity {
    /// By the role of their authors, at the time they give, in the last of these.
    Owner(Memberships),
    /// All count.
    Everything,
    /// None counts: nobody can tell who may write.
    Nothing,
}

impl Validity {
    /// By what a CoValue with this header is judged, where `groups` are those that it needs.
    pub(super) fn new(header: &Value, groups: &Groups<'_>) -> Validity {
        match Ruleset::of_header(header) {
            Some(Ruleset::OwnedByGroup { .. }) => Validity::Owner(groups.members.clone()),
            Some(Ruleset::UnsafeAllowAll) => Validity::Everything,
            Some(Ruleset::Group { .. }) | None => Validity::Nothing,
        }
    }

    /// Whether a transaction counts.
    pub(super) fn holds(&self, logged: &Logged<'_>) -> bool {
        match self {
            Validity::Owner(members) => logged.author().is_some_and(|author| {
                let role = members.role_as_owner(author, Some(&logged.transaction.made_at));
                role.is_some_and(Role::can_write)
            }),
            Validity::Everything => true,
            Validity::Nothing => false,
        }
    }
}

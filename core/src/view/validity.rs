//! Which transactions count: the CoValue's ruleset says who may write, and the group says who that is.

use super::CoValue;
use super::groups::Groups;
use super::order::Logged;
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

/// By what a CoValue's transactions are judged.
#[derive(Clone, Copy, Debug)]
pub(super) enum Validity<'a> {
    /// By the group's own history: the last of these.
    Members(&'a Groups<'a>),
    /// By the role of their authors, at the time they give, in the last of these.
    Owner(&'a Groups<'a>),
    /// All count.
    Everything,
    /// None counts: nobody can tell who may write.
    Nothing,
}

impl<'a> Validity<'a> {
    /// By what `co_value` is judged, where `groups` are those that it needs.
    pub(super) fn new(co_value: &CoValue<'_>, groups: &'a Groups<'a>) -> Validity<'a> {
        match Ruleset::of_header(co_value.header) {
            Some(Ruleset::Group { .. }) => Validity::Members(groups),
            Some(Ruleset::OwnedByGroup { .. }) => Validity::Owner(groups),
            Some(Ruleset::UnsafeAllowAll) => Validity::Everything,
            None => Validity::Nothing,
        }
    }

    /// Whether a transaction counts.
    pub(super) fn holds(&self, logged: &Logged<'_>) -> bool {
        match self {
            Validity::Members(groups) => groups.is_valid(logged),
            Validity::Owner(groups) => logged.author().is_some_and(|author| {
                groups.role_as_owner(author, &logged.transaction.made_at).is_some_and(|role| role.can_write())
            }),
            Validity::Everything => true,
            Validity::Nothing => false,
        }
    }
}

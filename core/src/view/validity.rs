//! Which transactions count: the CoValue's ruleset says who may write, and the group says who that is.

use super::groups::Groups;
use super::membership::Memberships;
use super::order::{Logged, author};
use super::role::Role;
use super::{CoValue, Dialect, Log};
use crate::real::MadeAt;
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
pub(super) struct Validity {
    by: By,
    dialect: Dialect,
    /// Whether only who administers the group deletes items.
    restricts_deletion: bool,
}

#[derive(Clone, Debug)]
enum By {
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
        let by = match Ruleset::of_header(header) {
            Some(Ruleset::OwnedByGroup { .. }) => By::Owner(groups.members.clone()),
            Some(Ruleset::UnsafeAllowAll) => By::Everything,
            Some(Ruleset::Group { .. }) | None => By::Nothing,
        };
        let dialect = groups.dialect();
        let is_list = matches!(header.get("type").and_then(Value::as_str), Some("colist" | "coplaintext"));
        let says_so = header.get("ruleset").and_then(|ruleset| ruleset.get("restrictDeletion"));
        let restricts_deletion =
            dialect.deletion_may_be_restricted() && is_list && says_so == Some(&Value::Bool(true));
        Validity { by, dialect, restricts_deletion }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Whether a transaction counts.
    pub(super) fn holds(&self, logged: &Logged<'_>) -> bool {
        let is_apart = self.dialect.co_values_may_be_deleted() && is_delete_session(logged.session);
        match &self.by {
            _ if is_apart => false,
            By::Owner(_) => self.role(logged).is_some_and(Role::can_write),
            By::Everything => true,
            By::Nothing => false,
        }
    }

    /// Whether the author of a transaction that counts may change that, where it was made: where deletion is restricted,
    /// what deletes is nothing as a whole.
    pub(super) fn permits(&self, (session, made_at): (&str, &MadeAt), changes: &[Value]) -> bool {
        let deletes = |change: &Value| change.get("op").and_then(Value::as_str) == Some("del");
        !self.restricts_deletion
            || !changes.iter().any(deletes)
            || self.role_then(session, made_at).is_some_and(Role::administers)
    }

    /// Whether an admin has deleted the CoValue in one of its sessions.
    pub(super) fn is_deleted(&self, co_value: &CoValue<'_>) -> bool {
        co_value.sessions.iter().any(|(session, log)| self.deletes(co_value.id, session, *log))
    }

    /// Whether an admin has deleted the CoValue `id` in this session: the first transaction says so, for all to read.
    pub(super) fn deletes(&self, id: &str, session: &str, log: &dyn Log) -> bool {
        if !self.dialect.co_values_may_be_deleted() || !is_delete_session(session) {
            return false;
        }
        let Some(transaction) = log.get(0) else { return false };
        let meta = transaction.meta().ok().flatten();
        let names_it = meta.is_some_and(|meta| meta.get("deleted").and_then(Value::as_str) == Some(id));
        names_it && self.role(&Logged { session, index: 0, transaction }) == Some(Role::Admin)
    }

    /// What the author of a transaction was then in the group that owns the CoValue.
    fn role(&self, logged: &Logged<'_>) -> Option<Role> {
        self.role_then(logged.session, &logged.transaction.made_at)
    }

    /// What the author of a session was at a time.
    fn role_then(&self, session: &str, time: &MadeAt) -> Option<Role> {
        let By::Owner(members) = &self.by else { return None };
        members.role_as_owner(author(session)?, Some(time))
    }
}

/// Whether the name of a session says that it is there to delete its CoValue.
pub(super) fn is_delete_session(session: &str) -> bool {
    session.ends_with('$')
}

//! What a CoValue rests on (rule 9): without these nobody can tell whether its transactions are genuine, or count.

use super::group::{Group, Reading, only_change};
use super::layers::source;
use super::membership::Memberships;
use super::role::{is_co_value, parent};
use super::validity::Ruleset;
use super::{CoValue, Dialect};
use crate::real::{Owner, Transaction};
use alloc::collections::BTreeSet;
use alloc::string::String;
use serde_json::Value;

/// The ids of the CoValues that `co_value` depends on: the group that owns it, the source of a branch, the accounts whose
/// sessions wrote it, and, of a group, the accounts that are members and the groups that are parents. Never its own.
///
/// A group's keys are taken from transactions that count, so that a stranger cannot make everybody wait for what does
/// not exist. Where it has parents, their admins are admins here; who they are only the parents can tell, so every
/// transaction is taken at its word.
pub fn dependencies(co_value: &CoValue<'_>) -> BTreeSet<String> {
    dependencies_in(co_value, Dialect::default())
}

/// The same, by the rules of a dialect.
pub fn dependencies_in(co_value: &CoValue<'_>, dialect: Dialect) -> BTreeSet<String> {
    let accounts = co_value.sessions.keys().filter_map(|session| of_session(session));
    let mut found: BTreeSet<String> =
        of_header(co_value.header, dialect).chain(accounts).map(String::from).collect();
    found.extend(of_logs(co_value, dialect));
    found.remove(co_value.id);
    found
}

/// The group that owns a CoValue with this header.
pub(crate) fn owner(header: &Value) -> Option<&str> {
    match Ruleset::of_header(header)? {
        Ruleset::OwnedByGroup { group } => Some(group),
        Ruleset::Group { .. } | Ruleset::UnsafeAllowAll => None,
    }
}

/// The group that owns a CoValue with this header, and its source, where it is a branch.
pub(crate) fn of_header(header: &Value, dialect: Dialect) -> impl Iterator<Item = &str> {
    owner(header).into_iter().chain(source(header, dialect))
}

/// The account whose session it is.
pub(crate) fn of_session(session: &str) -> Option<&str> {
    match Owner::of_session(session)? {
        Owner::Account(id) => Some(id),
        Owner::Agent(_) => None,
    }
}

/// Whether the logs of a CoValue with this header, taken together, name what it depends on.
pub(crate) fn are_in_logs(header: &Value) -> bool {
    matches!(Ruleset::of_header(header), Some(Ruleset::Group { .. }))
}

/// The members and parents of a group. Its id plays no part.
pub(crate) fn of_logs(co_value: &CoValue<'_>, dialect: Dialect) -> BTreeSet<String> {
    let reading = Reading::new(co_value);
    let all: BTreeSet<String> = reading.keys().filter_map(named).map(String::from).collect();
    match Group::new(co_value, reading, &Memberships::none(dialect)) {
        Some((group, members)) if !members.has_parents() => {
            group.edits.keys().filter_map(|key| named(key)).map(String::from).collect()
        }
        Some(_) => all,
        None => BTreeSet::new(),
    }
}

/// The CoValue that a transaction would name if it were one of a group, and counted.
pub(crate) fn named_by(transaction: &Transaction) -> Option<String> {
    named(&only_change(transaction)?.key).map(String::from)
}

/// The CoValue that a key of a group names: a parent, or a member's account.
fn named(key: &str) -> Option<&str> {
    parent(key).or_else(|| is_co_value(key).then_some(key))
}

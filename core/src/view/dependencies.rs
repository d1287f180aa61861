//! What a CoValue rests on (rule 9): without these nobody can tell whether its transactions are genuine, or count.

use super::CoValue;
use super::group::{Group, named_keys};
use super::role::{is_co_value, parent};
use super::validity::Ruleset;
use crate::real::Owner;
use alloc::collections::BTreeSet;
use alloc::string::String;

/// The ids of the CoValues that `co_value` depends on: the group that owns it, the accounts whose sessions wrote it,
/// and, of a group, the accounts that are members and the groups that are parents. Never its own.
///
/// A group's keys are taken from transactions that count, so that a stranger cannot make everybody wait for what does
/// not exist. Where it has parents, their admins are admins here; who they are only the parents can tell, so every
/// transaction is taken at its word.
pub fn dependencies(co_value: &CoValue<'_>) -> BTreeSet<String> {
    let authors = co_value.sessions.keys().filter_map(|session| Owner::of_session(session));
    let accounts = authors.filter_map(|author| match author {
        Owner::Account(id) => Some(String::from(id)),
        Owner::Agent(_) => None,
    });
    let mut found: BTreeSet<String> = accounts.collect();
    match Ruleset::of_header(co_value.header) {
        Some(Ruleset::OwnedByGroup { group }) => {
            found.insert(group.into());
        }
        Some(Ruleset::Group { .. }) => found.extend(of_group(co_value)),
        Some(Ruleset::UnsafeAllowAll) | None => {}
    }
    found.remove(co_value.id);
    found
}

fn of_group(co_value: &CoValue<'_>) -> BTreeSet<String> {
    let keys = match Group::new(co_value, &[]) {
        Some(group) if group.parents.is_empty() => group.edits.into_keys().collect(),
        Some(_) => named_keys(co_value),
        None => BTreeSet::new(),
    };
    keys.iter().filter_map(|key| named(key)).map(String::from).collect()
}

/// The CoValue that a key of a group names: a parent, or a member's account.
fn named(key: &str) -> Option<&str> {
    parent(key).or_else(|| is_co_value(key).then_some(key))
}

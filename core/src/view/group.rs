//! One group's history: which keys it handed out, and which of its transactions count. Who was what when is its
//! [`Membership`], which is learnt on the way.

use super::CoValue;
use super::membership::{Membership, Memberships};
use super::order::{Logged, ordered};
use super::role::{EVERYONE, Extension, GroupKey, Role};
use super::validity::Ruleset;
use crate::real::{MadeAt, Privacy, Transaction};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::Value;

/// A group as its own log has it.
#[derive(Clone, Debug)]
pub(super) struct Group<'a> {
    pub(super) id: &'a str,
    /// What readable transactions that count have set, oldest first.
    pub(super) edits: BTreeMap<String, Vec<Edit<'a>>>,
    valid: BTreeSet<(&'a str, u32)>,
}

/// One value that a key was set to.
#[derive(Clone, Debug)]
pub(super) struct Edit<'a> {
    pub(super) logged: Logged<'a>,
    pub(super) value: Value,
}

/// The one change that a transaction of a group makes.
pub(super) struct Change {
    pub(super) key: String,
    value: Value,
}

/// A group while its transactions are judged, one after the other.
struct Trial<'a, 'b> {
    group: Group<'a>,
    members: Membership,
    initial_admin: &'a str,
    before: &'b Memberships,
}

impl<'a> Group<'a> {
    /// The group that `co_value` is, and its members, where `before` has its parents; `None` where it is none.
    pub(super) fn new(co_value: &CoValue<'a>, before: &Memberships) -> Option<(Group<'a>, Membership)> {
        let Some(Ruleset::Group { initial_admin }) = Ruleset::of_header(co_value.header) else { return None };
        if co_value.header.get("type")?.as_str()? != "comap" {
            return None;
        }
        let meta_type = co_value.header.get("meta").and_then(|meta| meta.get("type"));
        let is_account = meta_type.and_then(Value::as_str) == Some("account");
        let group = Group { id: co_value.id, edits: BTreeMap::new(), valid: BTreeSet::new() };
        let members = Membership::new(co_value.id, is_account);
        let mut trial = Trial { group, members, initial_admin, before };
        for logged in founded_first(co_value, initial_admin) {
            trial.judge(logged);
        }
        Some((trial.group, trial.members))
    }

    /// Whether a transaction of the group counts.
    pub(super) fn is_valid(&self, logged: &Logged<'_>) -> bool {
        self.valid.contains(&(logged.session, logged.index))
    }

    /// The last value that `key` was set to.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.edits.get(key)?.last().map(|edit| &edit.value)
    }
}

impl<'a> Trial<'a, '_> {
    /// Takes a transaction into the history, if it counts.
    fn judge(&mut self, logged: Logged<'a>) {
        let Some(author) = logged.author() else { return };
        let time = &logged.transaction.made_at;
        let role = self.members.role_here(author, time, self.before);
        if let Privacy::Private { .. } = logged.transaction.privacy {
            // What it says is not for everybody to see, so it changes no role, no key and no parent.
            if role == Some(Role::Admin) {
                self.group.valid.insert((logged.session, logged.index));
            }
            return;
        }
        let Some(change) = only_change(logged.transaction) else { return };
        let counts = match GroupKey::parse(&change.key) {
            GroupKey::ReadKeyOrProfile => role == Some(Role::Admin),
            GroupKey::Revelation => {
                role == Some(Role::Admin) || role.is_some_and(|role| role.invites_to().is_some())
            }
            GroupKey::Parent(parent) => role == Some(Role::Admin) && self.extend(parent, &change, time),
            GroupKey::Member(member) => self.appoint((author, role), member, &change, time),
        };
        if counts {
            self.members.name_agent(&change.key, time);
            self.group.valid.insert((logged.session, logged.index));
            self.group.edits.entry(change.key).or_default().push(Edit { logged, value: change.value });
        }
    }

    /// Makes `parent` a parent, or no longer one.
    fn extend(&mut self, parent: &str, change: &Change, time: &MadeAt) -> bool {
        let Some(extension) = change.value.as_str().and_then(Extension::parse) else { return false };
        self.members.extend(parent, time, extension, self.before);
        true
    }

    /// Gives `member` the role that `change` names, if the author may: the first admin appoints itself; admins give any
    /// role, but take nothing from other admins; an invite gives the one role it is for.
    fn appoint(
        &mut self,
        (author, role): (&str, Option<Role>),
        member: &str,
        change: &Change,
        time: &MadeAt,
    ) -> bool {
        let Some(given) = change.value.as_str().and_then(Role::parse) else { return false };
        if member == EVERYONE && !matches!(given, Role::Reader | Role::Writer | Role::Revoked) {
            return false;
        }
        let founds = author == self.initial_admin
            && member == author
            && given == Role::Admin
            && !self.members.names(author);
        let may = match role {
            _ if founds => true,
            Some(Role::Admin) => {
                given == Role::Admin
                    || member == author
                    || self.members.role_here(member, time, self.before) != Some(Role::Admin)
            }
            Some(role) => role.invites_to() == Some(given),
            None => false,
        };
        if may {
            self.members.appoint(member, time, given);
        }
        may
    }
}

/// The ids that a group's readable transactions name as parents, whether they count or not.
pub(super) fn named_parents(co_value: &CoValue<'_>) -> BTreeSet<String> {
    let transactions = ordered(co_value).into_iter();
    let keys = transactions.filter_map(|logged| only_change(logged.transaction)).map(|change| change.key);
    keys.filter_map(|key| super::role::parent(&key).map(String::from)).collect()
}

/// The keys that a group's readable transactions set, whether they count or not.
pub(super) fn named_keys(co_value: &CoValue<'_>) -> BTreeSet<String> {
    ordered(co_value)
        .iter()
        .filter_map(|logged| only_change(logged.transaction))
        .map(|change| change.key)
        .collect()
}

/// The total order, but that at one time the session in which the group was founded comes first. The package makes an
/// account in one session and goes on in another, often within a millisecond; by name the second may be the first.
fn founded_first<'a>(co_value: &CoValue<'a>, initial_admin: &str) -> Vec<Logged<'a>> {
    let mut all = ordered(co_value);
    let founding = all.iter().find(|logged| {
        logged.author() == Some(initial_admin)
            && only_change(logged.transaction).is_some_and(|change| {
                change.key == initial_admin && change.value.as_str() == Some(Role::Admin.as_str())
            })
    });
    if let Some(session) = founding.map(|logged| logged.session) {
        let is_later = |logged: &Logged<'_>| logged.session != session;
        all.sort_by(|a, b| {
            a.transaction.made_at.cmp(&b.transaction.made_at).then(is_later(a).cmp(&is_later(b)))
        });
    }
    all
}

/// What a transaction of a group sets: it makes exactly one change, or it does not count.
pub(super) fn only_change(transaction: &Transaction) -> Option<Change> {
    let Ok(Some(Value::Array(changes))) = transaction.changes() else { return None };
    let [Value::Object(change)] = changes.as_slice() else { return None };
    if change.get("op")?.as_str()? != "set" {
        return None;
    }
    Some(Change { key: change.get("key")?.as_str()?.into(), value: change.get("value")?.clone() })
}

//! One group's history: who was what when, which keys it handed out, and which of its transactions count.
//!
//! An account is a group too, whose first admin is the agent that it stands for.

use super::CoValue;
use super::history::History;
use super::order::{Logged, ordered};
use super::role::{EVERYONE, Extension, GroupKey, Role};
use super::validity::Ruleset;
use crate::real::{AgentId, MadeAt, Privacy, Transaction};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::Value;

/// A group as its own log has it.
#[derive(Clone, Debug)]
pub(super) struct Group<'a> {
    pub(super) id: &'a str,
    initial_admin: &'a str,
    pub(super) is_account: bool,
    roles: BTreeMap<String, History<Role>>,
    pub(super) parents: BTreeMap<String, Parent>,
    /// What readable transactions that count have set, oldest first.
    pub(super) edits: BTreeMap<String, Vec<Edit<'a>>>,
    valid: BTreeSet<(&'a str, u32)>,
}

/// A parent of a group.
#[derive(Clone, Debug, Default)]
pub(super) struct Parent {
    /// Where it is among the groups before the child; `None` where it is not there, or is a child itself.
    at: Option<usize>,
    extension: History<Extension>,
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

impl<'a> Group<'a> {
    /// The group that `co_value` is, where `before` has its parents; `None` where it is none.
    pub(super) fn new(co_value: &CoValue<'a>, before: &[Group<'a>]) -> Option<Group<'a>> {
        let Some(Ruleset::Group { initial_admin }) = Ruleset::of_header(co_value.header) else { return None };
        if co_value.header.get("type")?.as_str()? != "comap" {
            return None;
        }
        let meta_type = co_value.header.get("meta").and_then(|meta| meta.get("type"));
        let mut group = Group {
            id: co_value.id,
            initial_admin,
            is_account: meta_type.and_then(Value::as_str) == Some("account"),
            roles: BTreeMap::new(),
            parents: BTreeMap::new(),
            edits: BTreeMap::new(),
            valid: BTreeSet::new(),
        };
        for logged in founded_first(co_value, initial_admin) {
            group.judge(logged, before);
        }
        Some(group)
    }

    /// Whether a transaction of the group counts.
    pub(super) fn is_valid(&self, logged: &Logged<'_>) -> bool {
        self.valid.contains(&(logged.session, logged.index))
    }

    /// The last value that `key` was set to.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.edits.get(key)?.last().map(|edit| &edit.value)
    }

    /// All who were ever named as members.
    pub(super) fn named(&self) -> impl Iterator<Item = &str> {
        self.roles.keys().map(String::as_str)
    }

    /// The role of `member` at `time`, or in the end, where `above` are its roles in the groups before this one: the
    /// larger of its own and what it inherits. Who has neither is one of everyone, if it was not revoked.
    pub(super) fn role(&self, member: &str, time: Option<&MadeAt>, above: &[Option<Role>]) -> Option<Role> {
        let own = self.roles.get(member).and_then(|roles| roles.at(time)).copied();
        let inherited = self.parents.values().filter_map(|parent| {
            let role = (*above.get(parent.at?)?)?;
            parent.extension.at(time)?.inherit(role)
        });
        let role = inherited.fold(own, |own, inherited| Some(Role::larger(own, inherited)));
        role.or_else(|| self.roles.get(EVERYONE)?.at(time).copied().filter(|role| *role != Role::Revoked))
    }

    /// The agent that an account stands for, at `time` or in the end: the one that its map names.
    pub(super) fn agent(&self, time: Option<&MadeAt>) -> Option<&str> {
        if !self.is_account {
            return None;
        }
        let is_there = |edits: &Vec<Edit<'_>>| {
            edits
                .first()
                .is_some_and(|first| time.is_none_or(|time| first.logged.transaction.made_at <= *time))
        };
        let agents = self.edits.iter().filter(|(key, edits)| key.starts_with("sealer_") && is_there(edits));
        let mut agents = agents.map(|(key, _)| key.as_str());
        agents.next().filter(|_| agents.next().is_none())
    }

    /// The same, by its keys.
    pub(super) fn agent_id(&self) -> Option<AgentId> {
        self.agent(None)?.parse().ok()
    }

    /// Takes a transaction into the history, if it counts.
    fn judge(&mut self, logged: Logged<'a>, before: &[Group<'a>]) {
        let Some(author) = logged.author() else { return };
        let time = &logged.transaction.made_at;
        let role = self.role_here(author, time, before);
        if let Privacy::Private { .. } = logged.transaction.privacy {
            // What it says is not for everybody to see, so it changes no role, no key and no parent.
            if role == Some(Role::Admin) {
                self.valid.insert((logged.session, logged.index));
            }
            return;
        }
        let Some(change) = only_change(logged.transaction) else { return };
        let counts = match GroupKey::parse(&change.key) {
            GroupKey::ReadKeyOrProfile => role == Some(Role::Admin),
            GroupKey::Revelation => {
                role == Some(Role::Admin) || role.is_some_and(|role| role.invites_to().is_some())
            }
            GroupKey::Parent(parent) => {
                role == Some(Role::Admin) && self.extend(parent, &change, time, before)
            }
            GroupKey::Member(member) => self.appoint(author, role, member, &change, time, before),
        };
        if counts {
            self.valid.insert((logged.session, logged.index));
            self.edits.entry(change.key).or_default().push(Edit { logged, value: change.value });
        }
    }

    /// Makes `parent` a parent, or no longer one.
    fn extend(&mut self, parent: &str, change: &Change, time: &MadeAt, before: &[Group<'a>]) -> bool {
        let Some(extension) = change.value.as_str().and_then(Extension::parse) else { return false };
        let entry = self.parents.entry(parent.into()).or_insert_with(|| Parent {
            at: before.iter().position(|group| group.id == parent),
            extension: History::default(),
        });
        entry.extension.push(time, extension);
        true
    }

    /// Gives `member` the role that `change` names, if `author` may: the first admin appoints itself; admins give any
    /// role, but take nothing from other admins; an invite gives the one role it is for.
    fn appoint(
        &mut self,
        author: &str,
        role: Option<Role>,
        member: &str,
        change: &Change,
        time: &MadeAt,
        before: &[Group<'a>],
    ) -> bool {
        let Some(given) = change.value.as_str().and_then(Role::parse) else { return false };
        if member == EVERYONE && !matches!(given, Role::Reader | Role::Writer | Role::Revoked) {
            return false;
        }
        let founds = author == self.initial_admin
            && member == author
            && given == Role::Admin
            && !self.roles.contains_key(author);
        let may = match role {
            _ if founds => true,
            Some(Role::Admin) => {
                given == Role::Admin
                    || member == author
                    || self.role_here(member, time, before) != Some(Role::Admin)
            }
            Some(role) => role.invites_to() == Some(given),
            None => false,
        };
        if may {
            self.roles.entry(member.into()).or_default().push(time, given);
        }
        may
    }

    /// The role of `member` while the history is being taken in.
    fn role_here(&self, member: &str, time: &MadeAt, before: &[Group<'a>]) -> Option<Role> {
        let above = if self.parents.is_empty() { Vec::new() } else { roles(before, member, Some(time)) };
        self.role(member, Some(time), &above)
    }
}

/// The role of `member` in each of `groups`, parents before children.
pub(super) fn roles(groups: &[Group<'_>], member: &str, time: Option<&MadeAt>) -> Vec<Option<Role>> {
    let mut found = Vec::with_capacity(groups.len());
    for group in groups {
        found.push(group.role(member, time, &found));
    }
    found
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

//! One group's history: which keys it handed out, and which of its transactions count. Who was what when is its
//! [`Membership`], which is learnt on the way.

use super::keys::revelation;
use super::membership::{Membership, Memberships};
use super::order::{Logged, ordered};
use super::role::{EVERYONE, Extension, GroupKey, Role};
use super::validity::{Ruleset, is_delete_session};
use super::{CoValue, Dialect};
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
    /// Whether its author might do so by its role, not only because the key that it handed out is its own.
    pub(super) by_role: bool,
}

/// The one change that a transaction of a group makes.
pub(super) struct Change {
    pub(super) key: String,
    value: Value,
    by_role: bool,
}

/// A group's transactions, each with what it sets where all may read that.
pub(super) struct Reading<'a> {
    all: Vec<Read<'a>>,
}

/// One of them.
struct Read<'a> {
    /// Where it stands in the total order.
    at: usize,
    logged: Logged<'a>,
    change: Option<Change>,
}

impl<'a> Reading<'a> {
    /// Reads all that `co_value` has.
    pub(super) fn new(co_value: &CoValue<'a>) -> Reading<'a> {
        let read =
            |(at, logged): (usize, Logged<'a>)| Read { at, logged, change: only_change(logged.transaction) };
        Reading { all: ordered(co_value).into_iter().enumerate().map(read).collect() }
    }

    /// The keys that are set, whether that counts or not.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.all.iter().filter_map(|read| Some(read.change.as_ref()?.key.as_str()))
    }

    /// The total order, but that at one time the session in which the group was founded comes first. The package makes
    /// an account in one session and goes on in another, often within a millisecond; by name the second may be the first.
    fn founded_first(mut self, initial_admin: &str) -> Vec<Read<'a>> {
        let founding = self.all.iter().find(|read| {
            let founds = |change: &Change| {
                change.key == initial_admin && change.value.as_str() == Some(Role::Admin.as_str())
            };
            read.logged.author() == Some(initial_admin) && read.change.as_ref().is_some_and(founds)
        });
        if let Some(session) = founding.map(|read| read.logged.session) {
            let is_later = |read: &Read<'_>| read.logged.session != session;
            self.all.sort_by(|a, b| {
                let by_time = a.logged.transaction.made_at.cmp(&b.logged.transaction.made_at);
                by_time.then(is_later(a).cmp(&is_later(b)))
            });
        }
        self.all
    }
}

/// A group while its transactions are judged, one after the other: who may do what by those before.
struct Trial<'a, 'b> {
    id: &'a str,
    members: Membership,
    initial_admin: &'a str,
    before: &'b Memberships,
    dialect: Dialect,
    valid: BTreeSet<(&'a str, u32)>,
    write_keys: WriteKeys,
}

/// The keys of members who only write.
#[derive(Default)]
struct WriteKeys {
    /// The keys of the map that name one.
    named: BTreeSet<String>,
    /// The last that was named for each member, whether that counts or not.
    of: BTreeMap<String, String>,
}

impl<'a> Group<'a> {
    /// The group that `co_value` is, and its members, where `before` has its parents; `None` where it is none. `reading`
    /// is what its transactions say.
    pub(super) fn new(
        co_value: &CoValue<'a>,
        reading: Reading<'a>,
        before: &Memberships,
    ) -> Option<(Group<'a>, Membership)> {
        let Some(Ruleset::Group { initial_admin }) = Ruleset::of_header(co_value.header) else { return None };
        if co_value.header.get("type")?.as_str()? != "comap" {
            return None;
        }
        let dialect = before.dialect;
        let nobody = || Membership::new(co_value, dialect);
        let mut trial = Trial {
            id: co_value.id,
            members: nobody(),
            initial_admin,
            before,
            dialect,
            valid: BTreeSet::new(),
            write_keys: WriteKeys::default(),
        };
        let mut accepted = Vec::new();
        for Read { at, logged, change } in reading.founded_first(initial_admin) {
            accepted.extend(trial.judge(logged, change).map(|change| (at, logged, change)));
        }
        // Which of them count is one thing; what they come to is decided in the total order, as in every map.
        accepted.sort_unstable_by_key(|(at, _, _)| *at);
        let mut group = Group { id: co_value.id, edits: BTreeMap::new(), valid: trial.valid };
        let mut members = nobody();
        for (_, logged, change) in accepted {
            members.learn(&change.key, &change.value, &logged.transaction.made_at, before);
            group.edits.entry(change.key).or_default().push(Edit {
                logged,
                value: change.value,
                by_role: change.by_role,
            });
        }
        Some((group, members))
    }

    /// Whether a transaction of the group counts.
    pub(super) fn is_valid(&self, logged: &Logged<'_>) -> bool {
        self.valid.contains(&(logged.session, logged.index))
    }

    /// The last value that `key` was set to.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.edits.get(key)?.last().map(|edit| &edit.value)
    }

    /// The role that its own map gives to `member` in the end.
    pub(super) fn role(&self, member: &str, dialect: Dialect) -> Option<Role> {
        dialect.role(self.get(member)?.as_str()?)
    }

    /// Whether everyone was handed the key `id`.
    pub(super) fn is_public(&self, id: &str) -> bool {
        self.edits.contains_key(&revelation(id, EVERYONE))
    }

    /// The id of the key that everyone was handed last.
    pub(super) fn last_public_key(&self) -> Option<&str> {
        let public = self.edits.iter().filter_map(|(key, edits)| {
            let (id, member) = key.split_once("_for_")?;
            let edit = edits.last().filter(|_| id.starts_with("key_") && member == EVERYONE)?;
            Some((&edit.logged.transaction.made_at, id))
        });
        public.max().map(|(_, id)| id)
    }
}

impl<'a> Trial<'a, '_> {
    /// Judges a transaction by those before it. What it changes, where it counts and says so for all to see.
    fn judge(&mut self, logged: Logged<'a>, change: Option<Change>) -> Option<Change> {
        let author = logged.author()?;
        if self.dialect.co_values_may_be_deleted() && is_delete_session(logged.session) {
            return None;
        }
        let time = &logged.transaction.made_at;
        let role = self.members.role_here(author, time, self.before);
        if let Privacy::Private { .. } = logged.transaction.privacy {
            // What it says is not for everybody to see, so it changes no role, no key and no parent.
            let may_be_secret = self.members.is_account() || self.dialect.groups_have_secrets();
            if role == Some(Role::Admin) && may_be_secret {
                self.valid.insert((logged.session, logged.index));
            }
            return None;
        }
        let mut change = change?;
        let administers = role.is_some_and(Role::administers);
        let counts = match GroupKey::parse(&change.key, self.dialect) {
            GroupKey::ReadKeyOrProfile => administers,
            GroupKey::Revelation(key) => {
                change.by_role = administers || role.is_some_and(|role| role.invites_to().is_some());
                change.by_role || self.write_keys.is_of(author, key)
            }
            GroupKey::Parent(parent) => administers && self.may_be_parent(parent, &change),
            GroupKey::WriteKey(member) => {
                let may_name = administers || role == Some(Role::WriteOnlyInvite) || member == author;
                may_name && self.write_keys.name(member, &change, administers)
            }
            GroupKey::Member(member) => self.may_appoint((author, role), member, &change, time),
            GroupKey::Nothing => false,
        };
        if !counts {
            return None;
        }
        self.members.learn(&change.key, &change.value, time, self.before);
        self.valid.insert((logged.session, logged.index));
        Some(change)
    }

    /// Whether a group may say that of a parent.
    fn may_be_parent(&self, parent: &str, change: &Change) -> bool {
        if self.dialect.parents_are_groups() {
            return parent != self.id && self.before.may_be_parent(parent);
        }
        change.value.as_str().and_then(|value| Extension::parse(value, self.dialect)).is_some()
    }

    /// Whether the author may give `member` the role that `change` names: the first admin appoints itself, and who leaves
    /// revokes itself; admins give any role, but take nothing from other admins; managers nothing from admins, nor make
    /// one or an invite that makes their like; an invite gives the one role it is for.
    fn may_appoint(
        &self,
        (author, role): (&str, Option<Role>),
        member: &str,
        change: &Change,
        time: &MadeAt,
    ) -> bool {
        let Some(given) = change.value.as_str().and_then(|value| self.dialect.role(value)) else {
            return false;
        };
        let is_for_everyone = matches!(given, Role::Reader | Role::Writer | Role::WriteOnly | Role::Revoked);
        if member == EVERYONE && !is_for_everyone {
            return false;
        }
        let is_admin = || self.members.role_here(member, time, self.before) == Some(Role::Admin);
        let leaves = member == author && given == Role::Revoked && self.dialect.members_may_leave();
        let founds = author == self.initial_admin
            && member == author
            && given == Role::Admin
            && !self.members.names(author);
        match role {
            _ if founds || leaves => true,
            Some(Role::Admin) => given == Role::Admin || member == author || !is_admin(),
            Some(Role::Manager) => {
                !matches!(given, Role::Admin | Role::AdminInvite | Role::ManagerInvite) && !is_admin()
            }
            Some(role) => role.invites_to() == Some(given),
            None => false,
        }
    }
}

impl WriteKeys {
    /// Whether a member may hand out this key because it is the one that it writes with.
    fn is_of(&self, member: &str, key: &str) -> bool {
        !key.is_empty() && self.of.get(member).is_some_and(|own| own == key)
    }

    /// Names a member's key. Whether that counts: only who administers the group may name another, so that no invite can
    /// hide what was written.
    fn name(&mut self, member: &str, change: &Change, administers: bool) -> bool {
        self.of.insert(member.into(), change.value.as_str().unwrap_or_default().into());
        if self.named.contains(&change.key) && !administers {
            return false;
        }
        self.named.insert(change.key.clone());
        true
    }
}

/// What a transaction of a group sets: it makes exactly one change, or it does not count.
pub(super) fn only_change(transaction: &Transaction) -> Option<Change> {
    let Ok(Some(Value::Array(changes))) = transaction.changes() else { return None };
    let [Value::Object(change)] = changes.as_slice() else { return None };
    if change.get("op")?.as_str()? != "set" {
        return None;
    }
    Some(Change {
        key: change.get("key")?.as_str()?.into(),
        value: change.get("value")?.clone(),
        by_role: true,
    })
}

//! The groups that say who may do what with a CoValue: its own, and that group's parents, and theirs.

use super::group::{Group, Reading};
use super::keys::KeyRing;
use super::membership::{Memberships, account_agent};
use super::role::{EVERYONE, READ_KEY, Role, WRITE_KEY, parent};
use super::validity::Ruleset;
use super::{CoValue, Dialect, Resolver};
use crate::real::{AgentId, Owner};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Groups, parents before children; the last one is that which was asked for. A group that is its own ancestor is no
/// parent there, so the way up always ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups<'a> {
    pub(super) groups: Vec<Group<'a>>,
    /// The members of each.
    pub(super) members: Memberships,
    /// The ids of those that were looked for, there or not.
    pub(super) asked: BTreeSet<String>,
}

/// How many groups are looked at for one: those that are met later are no parents. Honest groups have a handful, and
/// what everybody's role costs grows with the square.
const GROUPS_MAX: usize = 1_000;

/// A group whose parents are being found.
struct Pending<'a> {
    co_value: CoValue<'a>,
    reading: Reading<'a>,
    /// The parents that it names, whether that counts or not, that were not looked at yet.
    parents: Vec<String>,
}

impl<'a> Groups<'a> {
    /// The groups for `co_value`: itself, or its owner, and their ancestors. None where they are not there.
    pub(super) fn of<R: Resolver + ?Sized>(co_value: &CoValue<'a>, resolver: &'a R) -> Groups<'a> {
        let members = Memberships::none(resolver.dialect());
        let mut groups = Groups { members, ..Groups::default() };
        let root = match Ruleset::of_header(co_value.header) {
            Some(Ruleset::Group { .. }) => Some(co_value.clone()),
            Some(Ruleset::OwnedByGroup { group }) => {
                groups.asked.insert(group.into());
                resolver.co_value(group)
            }
            Some(Ruleset::UnsafeAllowAll) | None => None,
        };
        if let Some(root) = root {
            groups.add_with_ancestors(root, resolver);
        }
        groups
    }

    /// The group that was asked for.
    pub(super) fn last(&self) -> Option<&Group<'a>> {
        self.groups.last()
    }

    /// Whether `co_value` is the group that was asked for.
    pub(super) fn end_in(&self, co_value: &CoValue<'_>) -> bool {
        self.last().is_some_and(|group| group.id == co_value.id)
    }

    /// By whose rules they are judged.
    pub(super) fn dialect(&self) -> Dialect {
        self.members.dialect
    }

    /// The key, by its id, with which `keys` makes what is private: the read key, or its own where it may only write.
    /// Where everyone may read, and was not handed the read key, who is nobody else has the last that everyone was handed.
    pub(super) fn writing_key(&self, keys: &KeyRing) -> Option<&str> {
        if !self.dialect().has_write_only() {
            return self.read_key();
        }
        let group = self.last()?;
        let reads = |name: &str| group.role(name, self.dialect()).is_some_and(Role::is_handed_read_keys);
        let name = keys.name();
        if reads(EVERYONE)
            && !name.is_some_and(reads)
            && !self.read_key().is_some_and(|key| group.is_public(key))
            && let Some(public) = group.last_public_key()
        {
            return Some(public);
        }
        let own = name.and_then(|name| self.last()?.get(&format!("{WRITE_KEY}{name}"))?.as_str());
        match name.and_then(|name| self.members.role_as_owner(name, None)) {
            Some(Role::WriteOnly) => own,
            None if own.is_some() => own,
            _ => self.read_key(),
        }
    }

    /// The present read key of the last group, by its id.
    pub(super) fn read_key(&self) -> Option<&str> {
        self.last()?.get(READ_KEY)?.as_str()
    }

    /// Adds `root` and all its ancestors, without recursion: a chain of parents may be as long as somebody likes.
    fn add_with_ancestors<R: Resolver + ?Sized>(&mut self, root: CoValue<'a>, resolver: &'a R) {
        let mut met = BTreeSet::from([String::from(root.id)]);
        let mut path = alloc::vec![Pending::new(root)];
        while let Some(mut pending) = path.pop() {
            match pending.parents.pop() {
                Some(parent) => {
                    path.push(pending);
                    if met.len() < GROUPS_MAX && !met.contains(&parent) {
                        if let Some(co_value) = resolver.co_value(&parent) {
                            path.push(Pending::new(co_value));
                            met.insert(parent.clone());
                        }
                        self.asked.insert(parent);
                    }
                }
                None => match Group::new(&pending.co_value, pending.reading, &self.members) {
                    Some((group, members)) => {
                        self.groups.push(group);
                        self.members.push(members);
                    }
                    None if path.is_empty() => {
                        self.groups.clear();
                        self.members = Memberships::none(self.members.dialect);
                    }
                    None => self.members.push_other(pending.co_value.id),
                },
            }
        }
    }
}

impl<'a> Pending<'a> {
    fn new(co_value: CoValue<'a>) -> Pending<'a> {
        let reading = Reading::new(&co_value);
        let parents: BTreeSet<&str> = reading.keys().filter_map(parent).collect();
        let parents = parents.into_iter().rev().map(String::from).collect();
        Pending { co_value, reading, parents }
    }
}

/// The agents behind names of authors and members: an agent is itself, an account names its agent.
pub(super) fn agent_of<R: Resolver + ?Sized>(name: &str, resolver: &R) -> Option<AgentId> {
    match Owner::of_name(name)? {
        Owner::Agent(agent) => agent.parse().ok(),
        Owner::Account(id) => {
            let account = resolver.co_value(id)?;
            if resolver.dialect().headers_name_agents() {
                return account_agent(account.header)?.parse().ok();
            }
            Group::new(&account, Reading::new(&account), &Memberships::default())?.1.agent_id()
        }
    }
}

/// Every member that any of the groups names, with its role in the last one in the end; and those who have none, where
/// everyone has one.
pub(super) fn members(groups: &Groups<'_>) -> (BTreeMap<String, Role>, BTreeSet<String>) {
    let names: BTreeSet<&str> = groups.members.named().collect();
    let (mut members, mut nobody) = (BTreeMap::new(), BTreeSet::new());
    for name in names {
        match groups.members.role(name, None) {
            Some(role) => drop(members.insert(name.into(), role)),
            None => drop(nobody.insert(name.into())),
        }
    }
    if !members.contains_key(EVERYONE) {
        nobody.clear();
    }
    (members, nobody)
}

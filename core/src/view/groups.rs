//! The groups that say who may do what with a CoValue: its own, and that group's parents, and theirs.

use super::group::{Group, named_parents, roles};
use super::order::Logged;
use super::role::Role;
use super::validity::Ruleset;
use super::{CoValue, Resolver};
use crate::real::{AgentId, MadeAt, Owner};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

/// Groups, parents before children; the last one is that which was asked for. A group that is its own ancestor is no
/// parent there, so the way up always ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups<'a> {
    pub(super) groups: Vec<Group<'a>>,
}

/// How many groups are looked at for one: those that are met later are no parents. Honest groups have a handful, and
/// what everybody's role costs grows with the square.
const GROUPS_MAX: usize = 1_000;

/// A group whose parents are being found.
struct Pending<'a> {
    co_value: CoValue<'a>,
    parents: Vec<String>,
}

impl<'a> Groups<'a> {
    /// The groups for `co_value`: itself, or its owner, and their ancestors. None where they are not there.
    pub(super) fn of<R: Resolver + ?Sized>(co_value: &CoValue<'a>, resolver: &'a R) -> Groups<'a> {
        let root = match Ruleset::of_header(co_value.header) {
            Some(Ruleset::Group { .. }) => Some(co_value.clone()),
            Some(Ruleset::OwnedByGroup { group }) => resolver.co_value(group),
            Some(Ruleset::UnsafeAllowAll) | None => None,
        };
        let Some(root) = root else { return Groups::default() };
        Groups { groups: ancestors_first(root, resolver) }
    }

    /// The group that was asked for.
    pub(super) fn last(&self) -> Option<&Group<'a>> {
        self.groups.last()
    }

    /// Whether a transaction of the last group counts.
    pub(super) fn is_valid(&self, logged: &Logged<'_>) -> bool {
        self.last().is_some_and(|group| group.is_valid(logged))
    }

    /// The role of `member` in the last group, at `time` or in the end.
    pub(super) fn role(&self, member: &str, time: Option<&MadeAt>) -> Option<Role> {
        roles(&self.groups, member, time).pop()?
    }

    /// The role of an author in what the last group owns. What an account owns, it writes as its agent.
    pub(super) fn role_as_owner(&self, author: &str, time: &MadeAt) -> Option<Role> {
        let group = self.last()?;
        let is_own = group.is_account && author == group.id;
        self.role(if is_own { group.agent(Some(time))? } else { author }, Some(time))
    }
}

/// `root` and all its ancestors, without recursion: a chain of parents may be as long as somebody likes.
fn ancestors_first<'a, R: Resolver + ?Sized>(root: CoValue<'a>, resolver: &'a R) -> Vec<Group<'a>> {
    let mut met = BTreeSet::from([String::from(root.id)]);
    let mut groups = Vec::new();
    let mut path = alloc::vec![Pending::new(root)];
    while let Some(mut pending) = path.pop() {
        match pending.parents.pop() {
            Some(parent) => {
                path.push(pending);
                let may_go_on = met.len() < GROUPS_MAX && !met.contains(&parent);
                if let Some(co_value) = resolver.co_value(&parent).filter(|_| may_go_on) {
                    path.push(Pending::new(co_value));
                    met.insert(parent);
                }
            }
            None => match Group::new(&pending.co_value, &groups) {
                Some(group) => groups.push(group),
                None if path.is_empty() => return Vec::new(),
                None => {}
            },
        }
    }
    groups
}

impl<'a> Pending<'a> {
    fn new(co_value: CoValue<'a>) -> Pending<'a> {
        let parents = named_parents(&co_value).into_iter().rev().collect();
        Pending { co_value, parents }
    }
}

/// The agents behind names of authors and members: an agent is itself, an account names its agent.
pub(super) fn agent_of<R: Resolver + ?Sized>(name: &str, resolver: &R) -> Option<AgentId> {
    match Owner::of_name(name)? {
        Owner::Agent(agent) => agent.parse().ok(),
        Owner::Account(id) => Group::new(&resolver.co_value(id)?, &[])?.agent_id(),
    }
}

/// Every member that any of the groups names, with its role in the last one in the end.
pub(super) fn members(groups: &Groups<'_>) -> BTreeMap<String, Role> {
    let names: BTreeSet<&str> = groups.groups.iter().flat_map(Group::named).collect();
    let roles = names.into_iter().filter_map(|name| Some((name.into(), groups.role(name, None)?)));
    roles.collect()
}

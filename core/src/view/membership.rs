//! Who was what when in groups: all that a transaction is judged by, without the logs that it was learnt from.
//!
//! An account is a group too, whose first admin is the agent that it stands for.

use super::history::History;
use super::role::{EVERYONE, Extension, GroupKey, Role};
use super::{CoValue, Dialect};
use crate::real::{AgentId, MadeAt, Owner};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::Value;

/// The members of one group.
#[derive(Clone, Debug)]
pub(super) struct Membership {
    id: String,
    is_account: bool,
    dialect: Dialect,
    roles: BTreeMap<String, History<Role>>,
    parents: BTreeMap<String, Parent>,
    /// The agents that its map names, and since when.
    agents: BTreeMap<String, MadeAt>,
    /// The agent that its header names, where it is an account.
    agent: Option<String>,
}

/// A parent of a group.
#[derive(Clone, Debug, Default)]
struct Parent {
    /// Where it is among the groups before the child; `None` where it is not there, or is a child itself.
    at: Option<usize>,
    extension: History<Extension>,
}

impl Membership {
    /// A group without members.
    pub(super) fn new(co_value: &CoValue<'_>, dialect: Dialect) -> Membership {
        let (roles, parents, agents) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let agent = account_agent(co_value.header).map(String::from);
        let is_account = is_account(co_value.header);
        Membership { id: co_value.id.into(), is_account, dialect, roles, parents, agents, agent }
    }

    /// Whether it is an account.
    pub(super) fn is_account(&self) -> bool {
        self.is_account
    }

    /// All who were ever named as members.
    pub(super) fn named(&self) -> impl Iterator<Item = &str> {
        self.roles.keys().map(String::as_str)
    }

    /// Whether another group has ever been made its parent.
    pub(super) fn has_parents(&self) -> bool {
        !self.parents.is_empty()
    }

    /// Whether `member` has ever had a role of its own.
    pub(super) fn names(&self, member: &str) -> bool {
        self.roles.contains_key(member)
    }

    /// From `time` on its map has `value` for `key`, which counts. `before` are the groups before this one.
    pub(super) fn learn(&mut self, key: &str, value: &Value, time: &MadeAt, before: &Memberships) {
        let value = value.as_str();
        match GroupKey::parse(key, self.dialect) {
            GroupKey::Member(member) => {
                if let Some(role) = value.and_then(|value| self.dialect.role(value)) {
                    self.roles.entry(member.into()).or_default().push(time, role);
                }
            }
            GroupKey::Parent(parent) => {
                let extension = value.and_then(|value| Extension::parse(value, self.dialect));
                // What means nothing makes it no parent, as what was said before is said no longer.
                let default = Some(Extension::Revoked).filter(|_| self.dialect.parents_are_groups());
                if let Some(extension) = extension.or(default) {
                    self.extend(parent, time, extension, before);
                }
            }
            GroupKey::ReadKeyOrProfile
            | GroupKey::Revelation(_)
            | GroupKey::WriteKey(_)
            | GroupKey::Nothing => {}
        }
        self.name_agent(key, time);
    }

    fn extend(&mut self, parent: &str, time: &MadeAt, extension: Extension, before: &Memberships) {
        let entry = self.parents.entry(parent.into()).or_insert_with(|| Parent {
            at: before.groups.iter().position(|group| group.id == parent),
            extension: History::default(),
        });
        entry.extension.push(time, extension);
    }

    fn name_agent(&mut self, key: &str, time: &MadeAt) {
        if key.starts_with("sealer_") && !self.agents.contains_key(key) {
            self.agents.insert(key.into(), time.clone());
        }
    }

    /// The role of `member` at `time`, or in the end, where `above` are its roles in the groups before this one: the
    /// larger of its own and what it inherits. Who has neither is one of everyone; whether that goes for who was revoked,
    /// the dialect says.
    fn role(&self, member: &str, time: Option<&MadeAt>, above: &[Option<Role>]) -> Option<Role> {
        let own = self.roles.get(member).and_then(|roles| roles.at(time)).copied();
        let own = own.filter(|role| *role != Role::Revoked || !self.dialect.everyone_covers_the_revoked());
        let inherited = self.parents.values().filter_map(|parent| {
            let role = (*above.get(parent.at?)?)?;
            parent.extension.at(time)?.inherit(role)
        });
        let role = inherited.fold(own, |own, inherited| Some(Role::larger(own, inherited)));
        role.or_else(|| self.roles.get(EVERYONE)?.at(time).copied().filter(|role| *role != Role::Revoked))
    }

    /// The role of `member` while the group is being judged.
    pub(super) fn role_here(&self, member: &str, time: &MadeAt, before: &Memberships) -> Option<Role> {
        let above = if self.has_parents() { before.roles(member, Some(time)) } else { Vec::new() };
        self.role(member, Some(time), &above)
    }

    /// The agent that an account stands for, at `time` or in the end: the one that its map names.
    fn agent(&self, time: Option<&MadeAt>) -> Option<&str> {
        if !self.is_account {
            return None;
        }
        if self.dialect.headers_name_agents() {
            return self.agent.as_deref();
        }
        let is_there = |since: &MadeAt| time.is_none_or(|time| since <= time);
        let mut agents =
            self.agents.iter().filter(|(_, since)| is_there(since)).map(|(agent, _)| agent.as_str());
        agents.next().filter(|_| agents.next().is_none())
    }

    /// The agent that an account stands for in the end, by its keys.
    pub(super) fn agent_id(&self) -> Option<AgentId> {
        self.agent(None)?.parse().ok()
    }
}

/// The members of several groups, parents before children; the last one is that which was asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Memberships {
    pub(super) dialect: Dialect,
    groups: Vec<Membership>,
    /// What was taken for a parent, and is there, and is no group.
    no_groups: BTreeSet<String>,
}

/// Whether a group with this header is an account.
fn is_account(header: &Value) -> bool {
    header.get("meta").and_then(|meta| meta.get("type")).and_then(Value::as_str) == Some("account")
}

/// The agent that the header of an account names.
pub(super) fn account_agent(header: &Value) -> Option<&str> {
    let text = |of: &str, key: &str| header.get(of)?.get(key)?.as_str();
    let is_group = header.get("type").and_then(Value::as_str) == Some("comap")
        && text("ruleset", "type") == Some("group");
    let agent = text("ruleset", "initialAdmin").filter(|_| is_group && is_account(header))?;
    matches!(Owner::of_name(agent), Some(Owner::Agent(_))).then_some(agent)
}

impl Memberships {
    /// No group yet.
    pub(super) fn none(dialect: Dialect) -> Memberships {
        Memberships { dialect, ..Memberships::default() }
    }

    /// Remembers that what is there by this id is no group.
    pub(super) fn push_other(&mut self, id: &str) {
        self.no_groups.insert(id.into());
    }

    /// Whether what is there by this id can be a parent; what is not there can.
    pub(super) fn may_be_parent(&self, id: &str) -> bool {
        let is_account = || self.groups.iter().any(|group| group.id == id && group.is_account());
        !self.dialect.parents_are_groups() || (!self.no_groups.contains(id) && !is_account())
    }

    /// Adds a group whose parents are there.
    pub(super) fn push(&mut self, group: Membership) {
        self.groups.push(group);
    }

    /// All who were ever named as members.
    pub(super) fn named(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().flat_map(Membership::named)
    }

    /// The role of `member` in the last group, at `time` or in the end.
    pub(super) fn role(&self, member: &str, time: Option<&MadeAt>) -> Option<Role> {
        if self.account() == Some(member) {
            return Some(Role::Admin);
        }
        self.roles(member, time).pop()?
    }

    /// The id of the last group, where it is an account that is an admin of itself.
    pub(super) fn account(&self) -> Option<&str> {
        let group = self.groups.last()?;
        let is_one = group.is_account && self.dialect.accounts_administer_themselves();
        is_one.then_some(group.id.as_str())
    }

    /// The role of an author in what the last group owns. What an account owns, it writes as its agent.
    pub(super) fn role_as_owner(&self, author: &str, time: Option<&MadeAt>) -> Option<Role> {
        let group = self.groups.last()?;
        let is_own = group.is_account && author == group.id;
        self.role(if is_own { group.agent(time)? } else { author }, time)
    }

    /// The role of `member` in each of the groups.
    fn roles(&self, member: &str, time: Option<&MadeAt>) -> Vec<Option<Role>> {
        let mut found = Vec::with_capacity(self.groups.len());
        for group in &self.groups {
            found.push(group.role(member, time, &found));
        }
        found
    }
}

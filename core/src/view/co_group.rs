//! Groups and accounts, as their members see them.

use super::co_map::CoMap;
use super::groups::{Groups, members};
use super::role::{EVERYONE, GROUP_SEALER, Role, WRITE_KEY};
use crate::real::SealerId;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use serde_json::Value;

/// What a group or account shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoGroup {
    /// Its map, as it is stored: roles, keys and a profile by their names.
    pub map: CoMap,
    /// The roles that hold in the end, inherited ones among them, of all who are named here or in a parent.
    pub members: BTreeMap<String, Role>,
    /// Who is named here or in a parent and is nothing here, though everyone is something: what everyone is in a parent does
    /// not go for them.
    pub nobody: BTreeSet<String>,
    /// The id of the present read key.
    pub read_key: Option<String>,
    /// Its own id, where it is an account that is an admin of itself.
    pub itself: Option<String>,
    /// The name that its header gives it, for good.
    pub name: Option<String>,
}

impl CoGroup {
    pub(super) fn new(header: &Value, map: CoMap, groups: &Groups<'_>) -> CoGroup {
        let meta = header.get("meta").filter(|_| groups.dialect().groups_have_names());
        let name = meta.and_then(|meta| meta.get("name")?.as_str()).map(String::from);
        let read_key = groups.read_key();
        let itself = groups.members.account().map(String::from);
        let (members, nobody) = members(groups);
        CoGroup { map, members, nobody, read_key: read_key.map(String::from), itself, name }
    }

    /// The CoValue in which it says who it is, by its id.
    pub fn profile(&self) -> Option<&str> {
        self.map.get("profile")?.as_str()
    }

    /// The CoValue from which all is found that it keeps, by its id.
    pub fn root(&self) -> Option<&str> {
        self.map.get("root")?.as_str()
    }

    /// The role of `member`, an account or agent. Who is not named is one of everyone.
    pub fn role_of(&self, member: &str) -> Option<Role> {
        if self.itself.as_deref() == Some(member) {
            return Some(Role::Admin);
        }
        let everyone = || self.members.get(EVERYONE).filter(|_| !self.nobody.contains(member));
        self.members.get(member).or_else(everyone).copied()
    }

    /// The sealer for whom strangers seal the keys of its children, where it names one.
    pub fn sealer(&self) -> Option<SealerId> {
        let text = self.map.get(GROUP_SEALER)?.as_str()?;
        text.split_once('@').map_or(text, |(_, sealer)| sealer).parse().ok()
    }

    /// The keys, by their ids, of members who only write, each by the member's name.
    pub fn write_keys(&self) -> impl Iterator<Item = (&str, &str)> {
        let named = self.map.entries.iter();
        named.filter_map(|(key, entry)| Some((key.strip_prefix(WRITE_KEY)?, entry.value.as_str()?)))
    }

    /// The members to whom a new read key is revealed, by name: invites and everyone are not among them.
    pub fn readers(&self) -> impl Iterator<Item = &str> {
        let named = self.members.iter().filter(|(name, role)| *name != EVERYONE && role.is_inherited());
        named.map(|(name, _)| name.as_str())
    }

    /// Whether `member` may read what the group owns.
    pub fn can_read(&self, member: &str) -> bool {
        self.role_of(member).is_some_and(Role::can_read)
    }

    /// Whether `member` may write what the group owns.
    pub fn can_write(&self, member: &str) -> bool {
        self.role_of(member).is_some_and(Role::can_write)
    }

    /// Whether `member` may change who else is one.
    pub fn can_invite(&self, member: &str) -> bool {
        self.role_of(member).is_some_and(Role::administers)
    }
}

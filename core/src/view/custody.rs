//! Who can open which key, as a group's own map has it: what an admin's app looks at before it writes something private.
//!
//! What a map says was handed to somebody is taken to be what it should be. The keys of parents are theirs to hand out,
//! so of a group with parents nothing is said.

use super::co_group::CoGroup;
use super::role::{EVERYONE, parent};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// How the present read key of a group is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Custody<'a> {
    /// Whether somebody can open it who may not read.
    pub leaks: bool,
    /// The members who may read and cannot open it, by name: invites too, which are to hand it on.
    pub lacking: Vec<&'a str>,
    /// Whether everyone may read, and cannot open it.
    pub everyone_lacks: bool,
}

impl Custody<'_> {
    /// Whether all who may read can open it, and nobody else.
    pub fn is_right(&self) -> bool {
        !self.leaks && !self.everyone_lacks && self.lacking.is_empty()
    }
}

impl CoGroup {
    /// How the present read key is held; `None` where there is none, and where there are parents.
    pub fn custody(&self) -> Option<Custody<'_>> {
        let key = self.read_key.as_deref()?;
        if self.map.entries.keys().any(|key| parent(key).is_some()) {
            return None;
        }
        let openers = self.reach(key, |(id, with)| (with, id));
        let holders: BTreeSet<&str> =
            self.handed().filter(|(id, _)| openers.contains(id)).map(|(_, holder)| holder).collect();
        let everyone_reads = self.members.get(EVERYONE).is_some_and(|role| role.can_read());
        let is_public = holders.contains(EVERYONE);
        let may_read = |name: &&&str| self.members.get(**name).is_some_and(|role| role.can_read());
        let leaks = !everyone_reads && holders.iter().any(|name| !may_read(&name));
        let readers = self.members.iter().filter(|(name, role)| *name != EVERYONE && role.can_read());
        let lacks = |name: &&str| !is_public && !holders.contains(name);
        let lacking = readers.map(|(name, _)| name.as_str()).filter(lacks).collect();
        Some(Custody { leaks, lacking, everyone_lacks: everyone_reads && !is_public })
    }

    /// The keys among `keys` that none of the others opens.
    pub fn topmost<'k>(&self, keys: &[&'k str]) -> Vec<&'k str> {
        let below = |above: &str, key: &str| above != key && self.reach(above, |step| step).contains(key);
        keys.iter().copied().filter(|key| !keys.iter().any(|above| below(above, key))).collect()
    }

    /// Whether a key is one of the group's own, and was handed out here. With those of parents, the group's are only locked.
    pub fn is_own_key(&self, key: &str) -> bool {
        self.handed().any(|(id, _)| id == key)
    }

    /// Which keys were handed to whom, or locked with which key.
    fn handed(&self) -> impl Iterator<Item = (&str, &str)> {
        let keys = self.map.entries.keys();
        keys.filter_map(|key| key.split_once("_for_").filter(|(id, _)| id.starts_with("key_")))
    }

    /// All keys that can be reached from one: each step goes from the second to the first of what `step` makes of a key
    /// and the key that it is locked with.
    fn reach<'a>(
        &'a self,
        from: &'a str,
        step: impl Fn((&'a str, &'a str)) -> (&'a str, &'a str),
    ) -> BTreeSet<&'a str> {
        let mut steps: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (to, from) in self.handed().filter(|(_, with)| with.starts_with("key_")).map(step) {
            steps.entry(from).or_default().push(to);
        }
        let (mut met, mut todo) = (BTreeSet::new(), alloc::vec![from]);
        while let Some(key) = todo.pop() {
            if met.insert(key) {
                todo.extend(steps.remove(key).unwrap_or_default());
            }
        }
        met
    }
}

//! What the app writes to a group of its parents: other groups whose members count in it.
//!
//! They get the group's keys with their own: locked with the parent's read key where the app has it, else, by today's
//! rules, sealed for the parent's sealer. Where a parent gets a new key its children keep theirs, until they get a new
//! one themselves.

use super::team::{READ_KEY, known, present_key};
use super::{App, Directory, Drafts, Refusal, Target};
use crate::cojson::directory::derived;
use cosim_core::real::{KeySecret, SealerId, SealerSecret};
use cosim_core::view::edit;
use cosim_core::view::edit::group::{Handing, Member, ReadKey, Rotation};
use cosim_core::view::{CoGroup, EVERYONE, LiveView, MapEntry, Role};
use cosim_core::{CoId, UpdateError};
use serde_json::Value;
use std::collections::BTreeSet;

/// What begins the key of a group's map that names a parent.
const PARENT: &str = "parent_";

/// What a group looks at above it: what counts as a parent or did, and what somebody named as one in vain, whose keys may
/// open keys of the group all the same.
pub(super) fn of(view: &LiveView, directory: &Directory) -> Vec<CoId> {
    view.rests_on().filter_map(|id| directory.find(id)).collect()
}

/// What a group says of its parents.
pub(super) fn words(group: &CoGroup) -> impl Iterator<Item = &MapEntry> {
    let named = group.map.entries.range(PARENT.to_owned()..);
    named.take_while(|(key, _)| key.starts_with(PARENT)).map(|(_, entry)| entry)
}

/// The parents of a group, as far as the app holds them.
pub(super) struct Above<'a> {
    /// The read keys that it has of them.
    keys: Vec<(&'a str, &'a KeySecret)>,
    /// Those of which it has none, with the role that their members have.
    sealed: Vec<(CoId, Option<Role>, SealerId)>,
}

impl Above<'_> {
    /// The read keys that the app has.
    pub(super) fn keys(&self) -> Vec<ReadKey<'_>> {
        self.keys.iter().map(|(id, secret)| ReadKey { id, secret }).collect()
    }
}

impl App {
    /// A group, its children, and theirs.
    pub(super) fn with_children(&self, group: CoId) -> BTreeSet<CoId> {
        let (mut met, mut todo) = (BTreeSet::new(), vec![group]);
        while let Some(group) = todo.pop() {
            if met.insert(group) {
                todo.extend(self.children.get(&group).into_iter().flatten());
            }
        }
        met
    }

    /// The parents that a group has, but for one.
    pub(super) fn above(&self, group: &CoGroup, without: Option<CoId>) -> Above<'_> {
        let mut above = Above { keys: Vec::new(), sealed: Vec::new() };
        for (parent, word) in self.parents(group).filter(|(parent, _)| Some(*parent) != without) {
            let Some(view) = self.views.get(&parent) else { continue };
            let sealer = view.group().and_then(CoGroup::sealer);
            match (present_key(view), sealer) {
                (Some(key), _) => above.keys.push((key.id, key.secret)),
                (None, Some(sealer)) => above.sealed.push((parent, Role::parse(word), sealer)),
                (None, None) => {}
            }
        }
        above
    }

    /// The parents that a group has, and what it says of each.
    fn parents<'a>(&'a self, group: &'a CoGroup) -> impl Iterator<Item = (CoId, &'a str)> {
        let named = group.map.entries.iter();
        let named = named.filter_map(|(key, entry)| {
            Some((self.directory.find(key.strip_prefix(PARENT)?)?, entry.value.as_str()?))
        });
        named.filter(|(_, word)| *word != Role::Revoked.as_str())
    }

    /// A group, its parents, and theirs, as far as the app holds them.
    pub(super) fn lineage<'a>(&'a self, id: CoId, view: &'a LiveView) -> Vec<&'a CoGroup> {
        let (mut met, mut lineage) = (BTreeSet::from([id]), Vec::from_iter(view.group()));
        let mut next = 0;
        while let Some(group) = lineage.get(next).copied() {
            let parents = self.parents(group).filter(|(parent, _)| met.insert(*parent));
            lineage.extend(parents.filter_map(|(parent, _)| self.views.get(&parent)?.group()));
            next += 1;
        }
        lineage
    }

    /// After these changes, hands a new key to the members of parents whose keys the app has not.
    pub(super) fn seal_above(
        &self,
        target: &Target<'_>,
        above: &Above<'_>,
        changes: &mut Vec<Value>,
        (id, secret): (&str, &KeySecret),
    ) -> Result<(), Refusal> {
        for (parent, role, sealer) in &above.sealed {
            let after = target.after.saturating_add(u32::try_from(changes.len()).unwrap_or(u32::MAX));
            let target = Target { after, ..*target };
            let once = once(&target);
            let handing = Handing::Sealed { sealer, once: &once };
            let known = self.directory.co_value(*parent).map_or("", |known| &known.id);
            let keys = [ReadKey { id, secret }];
            let sealed = self.writer(&target)?.extend(known, *role, &handing, &keys);
            changes.extend(sealed.map_err(|_| Refusal::NoKey)?);
        }
        Ok(())
    }

    /// Whether a group is `other`, or one of its ancestors, as far as the app sees.
    fn is_above(&self, group: CoId, other: CoId) -> bool {
        let (mut met, mut todo) = (BTreeSet::new(), vec![other]);
        while let Some(next) = todo.pop() {
            if next == group {
                return true;
            }
            if met.insert(next) {
                let view = self.views.get(&next).and_then(LiveView::group);
                todo.extend(view.into_iter().flat_map(|view| self.parents(view)).map(|(parent, _)| parent));
            }
        }
        false
    }

    /// Makes the group a child of `parent`, whose members all become `role`, or what each is there.
    pub(super) fn extend(
        &self,
        target: &Target<'_>,
        parent: CoId,
        role: Option<Role>,
    ) -> Result<Drafts, Refusal> {
        let view = self.changing(target)?;
        let group = view.group().ok_or(Refusal::NothingToChange)?;
        let above = self.views.get(&parent).ok_or(Refusal::Node(UpdateError::CoValueNotFound))?;
        if self.is_above(target.id, parent) {
            return Err(Refusal::InVain("a group cannot be its own ancestor"));
        }
        let (id, secret) = view.read_key().ok_or(Refusal::NoKey)?;
        let known_id = self.directory.co_value(parent).map_or("", |known| &known.id);
        let others = group.write_keys().filter_map(|(_, id)| known(&view, id));
        let keys: Vec<ReadKey<'_>> = std::iter::once(ReadKey { id, secret }).chain(others).collect();
        let (writer, once) = (self.writer(target)?, once(target));
        let sealer = above.group().and_then(CoGroup::sealer);
        let changes = match (present_key(above), &sealer) {
            (Some(key), _) => writer.extend(known_id, role, &Handing::Locked(key), &keys),
            (None, Some(sealer)) => {
                writer.extend(known_id, role, &Handing::Sealed { sealer, once: &once }, &keys)
            }
            // Nobody can hand them the keys: they may read, and cannot.
            (None, None) => {
                let word = role.map_or("extend", Role::as_str);
                Ok(vec![edit::set(&format!("{PARENT}{known_id}"), &word.into())])
            }
        };
        let changes = changes.map_err(|_| Refusal::NoKey)?;
        let drafts = self.dated(target, &view, changes, &[&format!("{PARENT}{known_id}")]);
        Ok(Drafts { needs: Some(parent), ..drafts })
    }

    /// Makes the group no longer a child of `parent`, and hands a new key to those who still may read.
    pub(super) fn revoke_extend(&self, target: &Target<'_>, parent: CoId) -> Result<Drafts, Refusal> {
        let view = self.changing(target)?;
        let group = view.group().ok_or(Refusal::NothingToChange)?;
        if !self.parents(group).any(|(other, _)| other == parent) {
            return Err(Refusal::InVain("that is no parent of the group"));
        }
        let (old, old_secret) = view.read_key().ok_or(Refusal::NoKey)?;
        let (new, new_secret) = self.new_key(target);
        let (readers, above) = (self.readers_without(group, Some(parent)), self.above(group, Some(parent)));
        let rotation = Rotation {
            old: ReadKey { id: old, secret: old_secret },
            new: ReadKey { id: &new, secret: &new_secret },
            readers: &readers,
            everyone_reads: own_role(group, EVERYONE).is_some_and(Role::can_read),
            parent_keys: &above.keys(),
        };
        let known_id = self.directory.co_value(parent).map_or("", |known| &known.id);
        let writer = self.writer(target)?;
        // Who manages the group by way of that parent alone may make no key afterwards.
        let leaves = !own_role(group, &self.agent()?.name).is_some_and(Role::administers);
        let changes =
            if leaves { writer.rotate(&rotation, &[]) } else { writer.revoke_extend(known_id, &rotation) };
        let mut changes = changes.map_err(|_| Refusal::NoKey)?;
        self.seal_above(target, &above, &mut changes, (&new, &new_secret))?;
        self.renew_write_keys(target, (group, "", &readers), &mut changes)?;
        let revoked = Role::Revoked.as_str().into();
        changes.extend(leaves.then(|| edit::set(&format!("{PARENT}{known_id}"), &revoked)));
        Ok(self.dated(target, &view, changes, &[&format!("{PARENT}{known_id}"), READ_KEY]))
    }

    /// The members who may read by what they are themselves, or in a parent: in another than this, where one is given.
    pub(super) fn readers_without<'a>(&'a self, group: &CoGroup, without: Option<CoId>) -> Vec<Member<'a>> {
        let others: Vec<&CoGroup> = self
            .parents(group)
            .filter(|(parent, _)| Some(*parent) != without)
            .filter_map(|(parent, _)| self.views.get(&parent)?.group())
            .collect();
        let mut readers = self.readers(group);
        readers.retain(|reader| {
            own_role(group, reader.id).is_some_and(Role::can_read)
                || others.iter().any(|other| other.members.get(reader.id).is_some_and(|role| role.can_read()))
        });
        readers
    }
}

/// What the group's own map says that a member is.
fn own_role(group: &CoGroup, member: &str) -> Option<Role> {
    Role::parse(group.map.get(member)?.as_str()?)
}

/// A secret that seals one thing.
fn once(target: &Target<'_>) -> SealerSecret {
    let name = format!("{}/{}", target.session.1, target.after);
    SealerSecret::from_bytes(derived("sealed once", &name, target.operation))
}

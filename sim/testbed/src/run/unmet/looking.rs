//! How a node looks at a CoValue: what was written there, and what of it counts for the node's app, in the order in which it
//! counts. What was merged counts as if it stood where it was made.

use super::evidence::{Evidence, Written};
use crate::cojson::{is_deletion, written_by};
use crate::host::NodeId;
use cosim_core::view::{Counted, LiveView, View, counted, setting};
use cosim_core::{CoId, SessionId};
use serde_json::Value;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// Who looks at what.
pub(super) struct Looking<'a> {
    pub(super) evidence: &'a Evidence<'a>,
    pub(super) node: NodeId,
    pub(super) id: CoId,
    pub(super) seen: Option<&'a LiveView>,
    /// All that was written to it.
    pub(super) written: Vec<Written<'a>>,
    effects: OnceCell<Vec<Effect<'a>>>,
}

/// A write that counts.
pub(super) struct Effect<'a> {
    /// What stands in the log.
    pub(super) stands: Written<'a>,
    /// What was written in a branch, where it was merged.
    made: Option<Written<'a>>,
    pub(super) counted: Counted,
}

impl<'a> Looking<'a> {
    pub(super) fn new(
        evidence: &'a Evidence<'a>,
        node: NodeId,
        id: CoId,
        seen: Option<&'a LiveView>,
    ) -> Looking<'a> {
        Looking { evidence, node, id, seen, written: evidence.written(id), effects: OnceCell::new() }
    }

    /// What counts, in order: of a branch also what it has of its source.
    pub(super) fn effects(&self) -> &[Effect<'a>] {
        self.effects.get_or_init(|| self.seen.map(|_| self.find_effects()).unwrap_or_default())
    }

    fn find_effects(&self) -> Vec<Effect<'a>> {
        let (evidence, directory) = (self.evidence, &self.evidence.scenario.directory);
        let reading = evidence.reading(self.node);
        let Some(held) = reading.get(self.id) else { return Vec::new() };
        let all = counted(&held, &reading, &directory.keys(self.node));
        let mut places: BTreeMap<(CoId, String, u32), Written<'_>> = BTreeMap::new();
        let is_alone = all.iter().all(|one| one.source.is_none() && one.branch.is_none());
        for id in if is_alone { BTreeSet::from([self.id]) } else { self.family() } {
            let written = evidence.written(id).into_iter();
            places.extend(written.map(|one| ((id, directory.session(one.session), one.index), one)));
        }
        let named = |id: Option<&String>| id.map_or(Some(self.id), |id| directory.find(id));
        let effect = |counted: Counted| {
            let (session, index) = counted.place.clone();
            let stands = places.get(&(named(counted.source.as_ref())?, session, index)).copied()?;
            let made = counted.branch.as_ref().filter(|_| counted.is_merged).and_then(|branch| {
                let id = directory.find(branch)?;
                places.get(&(id, counted.session.clone(), counted.index)).copied()
            });
            Some(Effect { stands, made, counted })
        };
        all.into_iter().filter_map(effect).collect()
    }

    /// Itself, what it is a branch of, and all branches of that.
    fn family(&self) -> BTreeSet<CoId> {
        let root = self.sources().last().copied().unwrap_or(self.id);
        let mut family = self.evidence.scenario.directory.branches_of(&[root]);
        family.insert(root);
        family
    }

    /// What it is a branch of, and what that is a branch of.
    pub(super) fn sources(&self) -> Vec<CoId> {
        let directory = &self.evidence.scenario.directory;
        let of = |id: CoId| directory.co_value(id)?.spec.branch_of;
        std::iter::successors(of(self.id), |id| of(*id)).collect()
    }

    /// Whether a transaction changes nothing: it says where a branch begins, or what was merged.
    pub(super) fn says_nothing(&self, written: &Written<'_>) -> bool {
        if is_deletion(written.session) {
            return false;
        }
        self.changes(written).map_or_else(|| self.is_note(written), |changes| changes.is_empty())
    }

    /// Whether it is what making a branch writes to it, or the last that a merge writes, which is a note.
    fn is_note(&self, written: &Written<'_>) -> bool {
        let Some(operation) = self.evidence.operation(written) else { return false };
        let is_last = || {
            let same = self.written.iter().filter(|one| one.operation() == written.operation());
            same.map(|one| one.index).max() == Some(written.index)
        };
        operation.act == "branch" || operation.act == "merge" && is_last()
    }

    /// Of what does not count, that which is worth telling. A change of a group is several transactions: where the one that
    /// it is about counts, others that only hand on keys need not.
    pub(super) fn worth_telling(&self, vain: Vec<Written<'a>>) -> Vec<Written<'a>> {
        if self.seen.is_none_or(|seen| seen.group().is_none()) {
            return vain;
        }
        let about = self.effects().iter().filter(|effect| !hands_on_keys(&effect.counted.changes));
        let counting: BTreeSet<_> = about.map(|effect| effect.stands.operation()).collect();
        let is_for_keys =
            |one: &Written<'a>| self.changes(one).is_some_and(|changes| hands_on_keys(&changes));
        vain.into_iter().filter(|one| !(is_for_keys(one) && counting.contains(&one.operation()))).collect()
    }

    /// What was written to another CoValue and counts there, for all that the node holds.
    pub(super) fn counting_in(&self, id: CoId) -> Vec<Written<'a>> {
        let (evidence, directory) = (self.evidence, &self.evidence.scenario.directory);
        let reading = evidence.reading(self.node);
        let Some(held) = reading.get(id) else { return Vec::new() };
        let all = counted(&held, &reading, &directory.keys(self.node)).into_iter();
        let all = all.filter(|one| one.source.is_none() && one.is_shown && !one.changes.is_empty());
        let places: BTreeSet<_> = all.map(|one| one.place).collect();
        let written = evidence.written(id).into_iter();
        written.filter(|one| places.contains(&(self.session(one), one.index))).collect()
    }

    /// The keys that a transaction sets or deletes, and to what. Where the node cannot read it, what its operation says.
    pub(super) fn sets(&self, written: &Written<'a>) -> Option<Vec<(String, Option<Value>)>> {
        let owned = |(key, value): (&str, Option<&Value>)| (key.to_owned(), value.cloned());
        let read = self.changes(written);
        let read = read.map(|changes| changes.iter().filter_map(setting).map(owned).collect());
        let said = || Some(vec![self.evidence.operation(written)?.sets.clone()?]);
        read.or_else(said)
    }

    pub(super) fn session(&self, written: &Written<'_>) -> String {
        self.evidence.scenario.directory.session(written.session)
    }

    /// Whether it is what has deleted the CoValue for good.
    pub(super) fn has_deleted(&self, written: &Written<'_>) -> bool {
        is_deletion(written.session) && self.seen.is_some_and(|seen| seen.view() == View::Deleted)
    }

    /// Whether a transaction of the CoValue itself counts.
    pub(super) fn counts(&self, written: &Written<'_>) -> bool {
        self.seen.is_some_and(|seen| seen.visible(&self.session(written), written.index))
    }

    /// Who wrote what counts, when, and by which clock.
    pub(super) fn told(&self, effect: &Effect<'_>) -> String {
        let stands = self.evidence.told(&effect.stands);
        effect.made.map_or(stands.clone(), |made| format!("{}, merged: {stands}", self.evidence.told(&made)))
    }
}

/// Whether changes of a group say nothing but which keys there are, and who has them.
pub(super) fn hands_on_keys(changes: &[Value]) -> bool {
    let is_key = |key: &str| {
        ["readKey", "groupSealer"].contains(&key)
            || key.contains("_for_")
            || ["key_", "writeKeyFor_"].iter().any(|begin| key.starts_with(begin))
    };
    let mut keys = changes.iter().filter_map(|change| change.get("key")?.as_str()).peekable();
    keys.peek().is_some() && keys.all(is_key)
}

impl<'a> Effect<'a> {
    /// What was written, be it merged or not.
    pub(super) fn origin(&self) -> Written<'a> {
        self.made.unwrap_or(self.stands)
    }

    /// Its date, in milliseconds.
    pub(super) fn date(&self) -> u64 {
        self.counted.made_at.as_ms().unwrap_or(self.origin().transaction.made_at / 1_000)
    }

    /// What is the same of what was merged twice.
    pub(super) fn name(&self) -> (&str, Option<&str>, u32) {
        let Counted { session, branch, index, .. } = &self.counted;
        (session, branch.as_deref(), *index)
    }

    /// What it sets a key to, or that it deletes it, where that shows.
    pub(super) fn sets(&self, key: &str) -> Option<Option<&Value>> {
        let changes = self.counted.changes.iter().rev().filter(|_| self.counted.is_shown);
        changes.filter_map(setting).find(|(of, _)| *of == key).map(|(_, value)| value)
    }
}

impl Written<'_> {
    /// Where it stands.
    pub(super) fn place(&self) -> (CoId, SessionId, u32) {
        (self.id, self.session, self.index)
    }

    /// What is the same of all that one operation wrote to one session.
    pub(super) fn operation(&self) -> (CoId, SessionId, u32) {
        (self.id, self.session, written_by(self.transaction))
    }
}

//! What is not in a CoValue but in a branch of it, or in what it is a branch of, and why it did not come from there.

use super::evidence::Written;
use super::items::{Op, removal};
use super::looking::{Effect, Looking};
use crate::cojson::is_deletion;
use crate::host::NodeId;
use cosim_core::real::Privacy;
use cosim_core::view::{Dialect, View};
use cosim_core::{CoId, Names};
use serde_json::Value;
use std::collections::BTreeSet;

/// What is looked for.
#[derive(Clone, Copy)]
pub(super) enum Meant<'b> {
    /// What sets a key to a value.
    Key(&'b str, Option<&'b Value>),
    /// What brings one of these items.
    Items(&'b [&'b Value]),
    /// What removes one of these insertions.
    Removed(&'b BTreeSet<Op>),
    /// Anything.
    All,
}

impl Meant<'_> {
    fn is_effect(&self, effect: &Effect<'_>) -> bool {
        match self {
            Meant::Key(key, value) => effect.sets(key) == Some(*value),
            Meant::Items(items) => brings(&effect.counted.changes, items),
            Meant::Removed(ops) => removes(&effect.counted.changes, ops),
            Meant::All => !effect.counted.changes.is_empty(),
        }
    }

    /// Whether it is that something is there: then it matters that a whole CoValue is missing.
    fn is_there(&self) -> bool {
        !matches!(self, Meant::Key(_, None) | Meant::Removed(_))
    }

    pub(super) fn is_written<'a>(&self, looking: &Looking<'a>, written: &Written<'a>) -> bool {
        match self {
            Meant::Key(key, value) => {
                looking.sets_key(written, key).is_some_and(|set| set.as_ref() == *value)
            }
            Meant::Items(items) => looking.changes(written).is_some_and(|changes| brings(&changes, items)),
            Meant::Removed(ops) => looking.changes(written).is_some_and(|changes| removes(&changes, ops)),
            Meant::All => !looking.says_nothing(written),
        }
    }
}

fn removes(changes: &[Value], ops: &BTreeSet<Op>) -> bool {
    changes.iter().filter_map(removal).any(|op| ops.contains(&op))
}

fn brings(changes: &[Value], items: &[&Value]) -> bool {
    changes.iter().any(|change| change.get("value").is_some_and(|value| items.contains(&value)))
}

impl<'a> Looking<'a> {
    /// What is not merged of branches, and of a branch what it has not of its source.
    pub(super) fn elsewhere(&self, meant: Meant<'_>) -> Vec<String> {
        let mut said = Vec::new();
        if self.seen.is_some_and(|seen| seen.view() == View::Deleted) {
            return said;
        }
        self.unmerged(meant, &mut said);
        if self.seen.is_none() {
            return said;
        }
        for source in self.sources() {
            if self.dialect() == Dialect::V0_7 {
                self.apart(source, meant, &mut said);
            } else if !self.outside(source, meant, &mut said) {
                break;
            }
        }
        said
    }

    /// What is in a source of it, of which a branch has nothing by the rules of 0.7.
    fn apart(&self, source: CoId, meant: Meant<'_>, said: &mut Vec<String>) {
        let (evidence, source) = (self.evidence, self.at(source));
        let [co_value, name] = [self.id, source.id].map(|id| evidence.log.cast().co_value(id));
        let node = evidence.node(self.node);
        let mut told = BTreeSet::new();
        for one in source.written.iter().filter(|one| !source.says_nothing(one)) {
            if meant.is_written(&source, one) && told.insert(one.operation()) {
                let told = evidence.told(one);
                said.push(format!(
                    "{co_value} has nothing of {name} for {node}, whose app reads by the rules of 0.7, which know no branches: {told}"
                ));
            }
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.evidence.scenario.directory.dialect_of(self.node)
    }

    /// The branches of it. By the rules of 0.7 there are none.
    pub(super) fn branches(&self) -> Vec<CoId> {
        let directory = &self.evidence.scenario.directory;
        let all = match self.dialect() {
            Dialect::V0_7 => BTreeSet::new(),
            Dialect::V0_20 => directory.branches_of(&[self.id]),
        };
        let of = |branch: &CoId| directory.co_value(*branch).and_then(|known| known.spec.branch_of);
        all.into_iter().filter(|branch| of(branch) == Some(self.id)).collect()
    }

    /// Another CoValue, looked at by the same node.
    fn at(&self, id: CoId) -> Looking<'a> {
        Looking::new(self.evidence, self.node, id, self.evidence.seen(self.node, id))
    }

    /// What is in branches of it and not merged, a sentence each.
    fn unmerged(&self, meant: Meant<'_>, said: &mut Vec<String>) {
        let evidence = self.evidence;
        let co_value = evidence.log.cast().co_value(self.id);
        let names: BTreeSet<_> = self.effects().iter().map(Effect::name).collect();
        for id in self.branches() {
            // What was merged and cannot be read may be anything of the branch.
            if self.merges(id).any(|one| self.changes(&one).is_none() && !self.says_nothing(&one)) {
                continue;
            }
            let branch = self.at(id);
            let mut told = BTreeSet::new();
            for effect in branch.effects().iter().filter(|effect| effect.counted.source.is_none()) {
                let is_new = !names.contains(&effect.name()) && effect.counted.is_shown;
                if is_new && meant.is_effect(effect) && told.insert(effect.origin().operation()) {
                    let (what, why) = (branch.told(effect), self.unmerged_since(&branch, effect));
                    said.push(format!("not merged into {co_value} here: {what}: {why}"));
                }
            }
            let known = evidence.scenario.directory.co_value(id).map(|known| known.id.as_str());
            for one in branch.written.iter().filter(|one| !branch.counts(one) && !branch.says_nothing(one)) {
                let session = branch.session(one);
                let is_merged = names.contains(&(session.as_str(), known, one.index));
                if is_merged || !meant.is_written(&branch, one) || !told.insert(one.operation()) {
                    continue;
                }
                let why = match evidence.last_merge(id) {
                    None => "nobody merges it".to_owned(),
                    Some(_) if !evidence.holds(self.node, one) => {
                        format!("{} has not got it", evidence.node(self.node))
                    }
                    Some(_) => branch.reason(one),
                };
                said.push(format!("not merged into {co_value} here: {}: {why}", evidence.told(one)));
            }
            branch.unmerged(meant, said);
        }
    }

    /// What merges of a branch wrote that the node holds.
    fn merges(&self, branch: CoId) -> impl Iterator<Item = Written<'a>> + '_ {
        let held = self.written.iter().filter(|one| self.evidence.holds(self.node, one));
        held.copied().filter(move |one| {
            let operation = self.evidence.operation(one);
            operation.is_some_and(|operation| operation.act == "merge" && operation.id == Some(branch))
        })
    }

    /// Why what counts in a branch is not merged.
    fn unmerged_since(&self, branch: &Looking<'a>, effect: &Effect<'a>) -> String {
        let evidence = self.evidence;
        let Some(merge) = evidence.last_merge(branch.id) else { return "nobody merges it".to_owned() };
        if let Some(why) = merge.vain {
            return format!("the last merge had no effect: {}: {why}", merge.told);
        }
        if evidence.began(&effect.stands).is_some_and(|began| began >= merge.at) {
            return format!("the last merge is older: {}", merge.told);
        }
        let mut written = self
            .merges(branch.id)
            .filter(|one| evidence.operation(one).is_some_and(|operation| operation.name == merge.name));
        let vain = written.find(|one| !self.counts(one) && !self.says_nothing(one));
        if let Some(one) = vain {
            return format!("the last merge does not count: {}: {}", merge.told, self.reason(&one));
        }
        if !self.reads(merge.by, &effect.stands) {
            let by = evidence.node(merge.by);
            return format!("{by} cannot read it, and so has not merged it: {}", merge.told);
        }
        let wrote = |one: &Written<'_>| evidence.operation(one).is_some_and(|it| it.name == merge.name);
        if !self.written.iter().any(wrote)
            && let Some(became) =
                evidence.called(merge.name).and_then(|it| evidence.became(it, merge.by, self.id))
        {
            return format!("the last merge is not there: {}: {became}", merge.told);
        }
        if self.written.iter().any(|one| wrote(one) && !evidence.holds(self.node, one)) {
            return format!("the last merge is not here: {}", merge.told);
        }
        format!("the last merge does not bring it: {}", merge.told)
    }

    /// Whether a node can read a transaction in the end.
    fn reads(&self, node: NodeId, written: &Written<'_>) -> bool {
        let seen = self.evidence.seen(node, written.id);
        match written.transaction.said.as_deref().map(|said| &said.privacy) {
            Some(Privacy::Private { key_used, .. }) => {
                seen.is_some_and(|seen| seen.keys().any(|(key, _)| key == key_used))
            }
            Some(Privacy::Trusting { .. }) | None => true,
        }
    }

    /// What is in a source of it, and not in it, a sentence each; says whether anything of the source may be.
    fn outside(&self, source: CoId, meant: Meant<'_>, said: &mut Vec<String>) -> bool {
        let evidence = self.evidence;
        let [co_value, name] = [self.id, source].map(|id| evidence.log.cast().co_value(id));
        let source = self.at(source);
        if let Some(deletion) = source.written.iter().find(|one| source.has_deleted(one)) {
            let told = evidence.told(deletion);
            said.extend(meant.is_there().then(|| {
                format!("{co_value} has nothing of {name} any more, which was deleted for good: {told}")
            }));
            return false;
        }
        // Where a branch begins a transaction of it says; of several, all count.
        let begins = |one: &&Written<'a>| {
            !is_deletion(one.session)
                && evidence.operation(one).is_some_and(|operation| operation.act == "branch")
        };
        let starts: Vec<&Written<'_>> = self.written.iter().filter(begins).collect();
        if !starts.iter().any(|one| self.counts(one)) {
            let start = starts.into_iter().find(|one| evidence.holds(self.node, one));
            let start = start.filter(|_| meant.is_there());
            said.extend(start.map(|start| {
                let (told, reason) = (evidence.told(start), self.reason(start));
                format!("{co_value} has nothing of {name} here, as it does not say where it begins: {told}: {reason}")
            }));
            return false;
        }
        let inside: BTreeSet<_> = self.effects().iter().map(|effect| effect.stands.place()).collect();
        let mut told = BTreeSet::new();
        for one in source.written.iter().filter(|one| !inside.contains(&one.place())) {
            let is_it = !source.says_nothing(one) && meant.is_written(&source, one);
            if !is_it || !told.insert(one.operation()) {
                continue;
            }
            said.push(if source.counts(one) {
                format!("not in {co_value}, which branches off before that: {}", evidence.told(one))
            } else {
                source.loses(one)
            });
        }
        true
    }
}

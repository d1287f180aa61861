//! Why an app sees what it sees: who wrote the value, when and by which clock, what it beat, and by which rule.

use super::elsewhere::Meant;
use super::evidence::{Evidence, TOLD_MAX, Written, lasting, of_others};
use super::items::Items;
use super::looking::{Effect, Looking, hands_on_keys};
use crate::cojson::shown as in_names;
use crate::host::NodeId;
use crate::scenario::ViewExpectation;
use cosim_core::CoId;
use cosim_core::view::edit::graphemes;
use cosim_core::view::{Dialect, LiveView, View, setting};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

pub(super) fn why(
    evidence: &Evidence<'_>,
    expected: &ViewExpectation,
    shown: Option<&Value>,
    seen: Option<&LiveView>,
) -> Vec<String> {
    let (node, id) = (NodeId(expected.node), CoId(expected.co_value));
    let looking = Looking::new(evidence, node, id, seen);
    let items = |text: &str| graphemes(text).map(Value::from).collect::<Vec<_>>();
    let mut said = match (shown, &expected.shows, seen.map(LiveView::view)) {
        (Some(Value::Object(shown)), Value::Object(wanted), Some(View::Map(_))) => {
            looking.keys(shown, wanted)
        }
        (Some(Value::Array(shown)), Value::Array(wanted), Some(View::List(_) | View::Text(_))) => {
            looking.all(Some((shown, wanted)), &BTreeSet::new())
        }
        (Some(Value::String(shown)), Value::String(wanted), Some(View::Text(_))) => {
            looking.all(Some((&items(shown), &items(wanted))), &BTreeSet::new())
        }
        (Some(Value::String(shown)), Value::Array(wanted), Some(View::Text(_))) => {
            looking.all(Some((&items(shown), wanted)), &BTreeSet::new())
        }
        (Some(Value::Object(shown)), Value::Object(wanted), Some(View::Group(_))) => {
            let keys = shown.keys().chain(wanted.keys());
            let differ = keys.filter(|key| shown.get(*key) != wanted.get(*key));
            looking.all(None, &differ.flat_map(|key| looking.keys_of_member(key)).collect())
        }
        _ => looking.all(None, &BTreeSet::new()),
    };
    said.extend(shown.and_then(|shown| looking.by_other_rules(shown)));
    said
}

/// Why an app sees what it sees, whatever was expected.
pub(super) fn reasons(
    evidence: &Evidence<'_>,
    (node, id): (NodeId, CoId),
    shown: Option<&Value>,
    seen: Option<&LiveView>,
) -> Vec<String> {
    let directory = &evidence.scenario.directory;
    if directory.kind(id).is_none() && evidence.scenario.nodes[node.index()].guest.is_none() {
        return vec!["it has no `kind` in the scenario, so that no app sees anything of it".to_owned()];
    }
    let looking = Looking::new(evidence, node, id, seen);
    let mut said = match (shown, seen.map(LiveView::view)) {
        (Some(Value::Object(shown)), Some(View::Map(_))) => looking.every_key(shown),
        _ => looking.all(None, &BTreeSet::new()),
    };
    said.extend(shown.and_then(|shown| looking.by_other_rules(shown)));
    said
}

/// Why a group has a key, or has it not.
pub(super) fn why_key(
    evidence: &Evidence<'_>,
    (node, id): (NodeId, CoId),
    seen: Option<&LiveView>,
    key: &str,
) -> Vec<String> {
    let looking = Looking::new(evidence, node, id, seen);
    let Some(seen) = seen else { return looking.all(None, &BTreeSet::new()) };
    let mut said = looking.key(key, None);
    let (own, others) = looking.dialects();
    let other = looking.view_by(others).filter(|_| own != others);
    let has = |view: View| matches!(view, View::Group(group) if group.map.get(key).is_some());
    if let Some(has) = other.map(has).filter(|has| *has != seen.get(key).is_some()) {
        let (name, own, others) = (evidence.node(node), own.name(), others.name());
        let there = if has { "there" } else { "not there" };
        said.push(format!(
            "{name}'s app reads by the rules of {own}; by those of {others} the key {key} would be {there}"
        ));
    }
    said
}

impl<'a> Looking<'a> {
    /// Why keys of a map are otherwise.
    fn keys(&self, shown: &Map<String, Value>, wanted: &Map<String, Value>) -> Vec<String> {
        let keys: BTreeSet<&String> = shown.keys().chain(wanted.keys()).collect();
        let mut differ: Vec<&String> =
            keys.into_iter().filter(|key| shown.get(*key) != wanted.get(*key)).collect();
        // What was expected comes first.
        differ.sort_by_key(|key| !wanted.contains_key(*key));
        let (told, more): (Vec<_>, Vec<_>) =
            differ.into_iter().enumerate().partition(|(place, _)| *place < TOLD_MAX);
        let mut said: Vec<String> =
            told.into_iter().flat_map(|(_, key)| self.key(key, wanted.get(key))).collect();
        // One that cannot be read may set any key.
        let mut met = BTreeSet::new();
        said.retain(|one| met.insert(one.clone()));
        if !more.is_empty() {
            let keys: Vec<&str> = more.into_iter().map(|(_, key)| key.as_str()).collect();
            said.push(format!("other keys that differ, too: {}", keys.join(", ")));
        }
        said
    }

    /// Why each key of a map is as it is: of those that it shows, and of those that somebody has set.
    fn every_key(&self, shown: &Map<String, Value>) -> Vec<String> {
        let set = self.written.iter().filter_map(|one| self.sets(one)).flatten().map(|(key, _)| key);
        // What came to nothing was to set something, too.
        let places = [self.id].into_iter().chain(self.branches());
        let gone = places.flat_map(|id| self.evidence.vanished(id, &self.evidence.written(id)));
        let gone = gone.filter_map(|(operation, _)| operation.sets.as_ref().map(|(key, _)| key.clone()));
        let keys: BTreeSet<String> = shown.keys().cloned().chain(set).chain(gone).collect();
        let mut met = BTreeSet::new();
        let mut said: Vec<String> = keys.iter().flat_map(|key| self.key(key, None)).collect();
        said.retain(|one| met.insert(one.clone()));
        if said.is_empty() { self.all(None, &BTreeSet::new()) } else { said }
    }

    /// Why a key is as it is, and not as it was wanted.
    fn key(&self, key: &str, wanted: Option<&Value>) -> Vec<String> {
        let evidence = self.evidence;
        let effects: Vec<&Effect<'_>> =
            self.effects().iter().rev().filter(|effect| effect.sets(key).is_some()).collect();
        // Of what was merged more than once, the first.
        let winner = effects.first().and_then(|last| effects.iter().rfind(|one| one.name() == last.name()));
        let winner = winner.copied();
        // Whether it is as wanted, and what there is to say of it.
        let mut others: Vec<(bool, String)> = Vec::new();
        let mut names = BTreeSet::from_iter(winner.map(Effect::name));
        for beaten in effects.into_iter().filter(|effect| names.insert(effect.name())) {
            let told = winner.map(|winner| self.beaten(beaten, winner));
            others.extend(told.map(|told| (beaten.sets(key).flatten() == wanted, told)));
        }
        let mut is_unread = false;
        let vain: Vec<Written<'_>> = self.written.iter().filter(|one| !self.counts(one)).copied().collect();
        for one in vain.iter().rev() {
            match self.sets_key(one, key) {
                Some(value) => others.push((value.as_ref() == wanted, self.loses(one))),
                // Who cannot read it cannot say what it sets.
                None if self.sets(one).is_none() && !self.says_nothing(one) => {
                    is_unread = true;
                    others.push((false, self.loses(one)));
                }
                None => {}
            }
        }
        others.extend(self.elsewhere(Meant::Key(key, wanted)).into_iter().map(|told| (true, told)));
        let places = [self.id].into_iter().chain(self.branches());
        let gone = places.flat_map(|id| evidence.vanished(id, &evidence.written(id)));
        let gone = gone.filter_map(|(operation, told)| {
            let (_, value) = operation.sets.as_ref().filter(|(of, _)| of == key)?;
            Some((value.as_ref() == wanted, told))
        });
        let gone: Vec<(bool, String)> = gone.collect();
        let is_anywhere = !others.is_empty() || !gone.is_empty();
        others.extend(gone);
        let mut said = vec![match winner {
            Some(winner) => format!("{key}: {}", self.told(winner)),
            None => format!(
                "{key}: no write of it {}",
                if is_anywhere { "counts here" } else { "is held by anybody" }
            ),
        }];
        let is_wanted_written = others.iter().any(|(is_wanted, _)| *is_wanted);
        if winner.is_some() && !is_wanted_written && !is_unread && wanted.is_some() {
            said.push(format!("{key}: nobody wrote the value that was expected"));
        }
        others.sort_by_key(|(is_wanted, _)| !is_wanted);
        let more = others.len().saturating_sub(TOLD_MAX);
        said.extend(others.into_iter().take(TOLD_MAX).map(|(_, told)| told));
        if more > 0 {
            said.push(format!("{key}: nor does it show {}", of_others(more)));
        }
        said
    }

    /// What a transaction sets a key to.
    pub(super) fn sets_key(&self, written: &Written<'a>, key: &str) -> Option<Option<Value>> {
        let sets = self.sets(written)?.into_iter().rev();
        sets.filter(|(of, _)| of == key).map(|(_, value)| value).next()
    }

    /// The keys of a group that say what somebody of this name is in it, or what else it shows by this name.
    fn keys_of_member(&self, name: &str) -> Vec<String> {
        let directory = &self.evidence.scenario.directory;
        let agents = directory.agents().filter(|(node, _)| directory.name(*node) == name);
        let invites = directory.invites().iter().filter(|invite| invite.label == name);
        let named = agents.map(|(_, agent)| agent.name.clone());
        named.chain(invites.map(|invite| invite.agent.name.clone())).chain([name.to_owned()]).collect()
    }

    /// What all of it comes to. Of a list, `items` are what it shows and what was wanted; of a group, `keys` those that
    /// are not as they were wanted.
    fn all(&self, items: Option<(&[Value], &[Value])>, keys: &BTreeSet<String>) -> Vec<String> {
        let Looking { evidence, node, .. } = self;
        let mut said = evidence.missing(*node, &self.written);
        if self.seen.is_none() && evidence.scenario.nodes[node.index()].guest.is_some() {
            said.extend(evidence.all_written(&self.written));
            return said;
        }
        if let Some(deletion) = self.written.iter().find(|one| self.has_deleted(one)) {
            said.push(format!("it was deleted for good: {}", evidence.told(deletion)));
            return said;
        }
        let lacks = items.map(|(shown, wanted)| lacking(shown, wanted));
        let meant = lacks.as_ref().map_or(Meant::All, |lacks| Meant::Items(lacks));
        said.extend(self.hidden(meant));
        let list = Items::of(self);
        let unshown = list.as_ref().map(|list| list.unshown(items)).unwrap_or_default();
        said.extend(unshown.into_iter().take(TOLD_MAX));
        said.extend(self.elsewhere(meant).into_iter().take(TOLD_MAX));
        // What is there and was not to be.
        let excess = items.map(|(shown, wanted)| lacking(wanted, shown)).unwrap_or_default();
        let excess = list.as_ref().map(|list| list.inserting(&excess)).unwrap_or_default();
        if !excess.is_empty() {
            said.extend(self.elsewhere(Meant::Removed(&excess)).into_iter().take(TOLD_MAX));
        }
        let gone = evidence.vanished(self.id, &self.written).into_iter().map(|(_, told)| told);
        said.extend(gone.take(TOLD_MAX));
        if items.is_some_and(|(shown, wanted)| !said.is_empty() && are_without(shown, wanted)) {
            return said;
        }
        if let Some(list) = list.filter(|_| items.is_some_and(|(is, was)| is_same_in_another_order(is, was)))
        {
            said.push(format!("all of it is there, in another order: {}", list.order()));
        }
        // In a stream, what was merged twice is there twice.
        let is_stream = self.seen.is_some_and(|seen| matches!(seen.view(), View::Stream(_)));
        let mut met = BTreeSet::new();
        // Of a change of a group that does not count, the keys that it hands on may.
        let is_group = self.seen.is_some_and(|seen| seen.group().is_some());
        let is_vain = |effect: &Effect<'_>| {
            let of_it =
                |one: &&Written<'_>| one.operation() == effect.stands.operation() && !self.counts(one);
            hands_on_keys(&effect.counted.changes)
                && self
                    .written
                    .iter()
                    .filter(of_it)
                    .any(|one| self.changes(one).is_some_and(|it| !hands_on_keys(&it)))
        };
        let is_first = |effect: &&Effect<'_>| {
            if is_group && is_vain(effect) {
                return false;
            }
            let (counted, stands) = (&effect.counted, effect.stands.operation());
            let by = (effect.origin().operation(), is_stream.then_some(stands));
            counted.is_shown && !counted.changes.is_empty() && met.insert(by)
        };
        let counting: Vec<&Effect<'_>> = self.effects().iter().filter(is_first).collect();
        if counting.is_empty() && said.is_empty() {
            let nothing = if self.written.is_empty() {
                "nobody wrote anything to it"
            } else {
                "no write to it counts here"
            };
            said.push(nothing.to_owned());
        }
        let told = (1..).zip(counting);
        // Where there are many, those of which it comes are told first.
        let is_about = |effect: &Effect<'_>| {
            Items::inserts(effect, &excess)
                || effect.counted.changes.iter().filter_map(setting).any(|(key, _)| keys.contains(key))
        };
        let (about, others): (Vec<_>, Vec<_>) = told.partition(|(_, effect)| is_about(effect));
        let room = (2 * TOLD_MAX).saturating_sub(about.len());
        let more = others.len().saturating_sub(room);
        let mut told: Vec<_> =
            about.into_iter().rev().take(2 * TOLD_MAX).chain(others.into_iter().skip(more)).collect();
        told.sort_by_key(|(place, _)| *place);
        said.extend(
            told.into_iter()
                .map(|(place, effect)| format!("counts as number {place}: {}", self.told(effect))),
        );
        if more > 0 {
            said.push(format!("counts, too: {}", of_others(more)));
        }
        said
    }

    /// What does not count of what the node holds: first what was meant.
    fn hidden(&self, meant: Meant<'_>) -> Vec<String> {
        let Looking { evidence, node, .. } = self;
        let is_hidden =
            |one: &&Written<'a>| evidence.holds(*node, one) && !self.counts(one) && !self.says_nothing(one);
        // What makes something has several parts, of which older rules may not know one.
        let makes = |one: &Written<'_>| evidence.operation(one).is_some_and(|made| made.act == "create");
        let hidden = self.written.iter().filter(is_hidden).filter(|one| !makes(one)).copied();
        let mut hidden = Evidence::by_operation(&self.worth_telling(hidden.collect()));
        hidden.sort_by_key(|one| !meant.is_written(self, one));
        let more = hidden.len().saturating_sub(TOLD_MAX);
        let mut said: Vec<String> = hidden.iter().take(TOLD_MAX).map(|one| self.loses(one)).collect();
        if more > 0 {
            said.push(format!("does not count either: {}", of_others(more)));
        }
        said
    }

    /// What counts instead of a write that counts, though it was written before that: its date is later.
    pub(super) fn overtaken(&self, written: &Written<'a>) -> Option<String> {
        let (key, _) = self.sets(written)?.into_iter().next()?;
        let winner = self.effects().iter().rev().find(|effect| effect.sets(&key).is_some())?;
        let evidence = self.evidence;
        let is_before = evidence.began(&winner.origin())? < evidence.began(written)?;
        let later = winner.date().checked_sub(written.transaction.made_at / 1_000);
        let later = lasting(later.filter(|ms| is_before && *ms > 0)? * 1_000);
        Some(format!("what was written before it is dated {later} later: {}", self.told(winner)))
    }

    /// Why a write that counts does not show.
    fn beaten(&self, beaten: &Effect<'_>, winner: &Effect<'_>) -> String {
        let rule = if beaten.date() != winner.date() {
            let earlier = lasting(winner.date().abs_diff(beaten.date()) * 1_000);
            format!("its date is {earlier} earlier, and the last date counts")
        } else if beaten.counted.session != winner.counted.session {
            "the dates are equal to the millisecond, and then the session counts whose name sorts last"
                .to_owned()
        } else {
            "it came before that in the same session".to_owned()
        };
        format!("beaten: {}: {rule}", self.told(beaten))
    }

    /// Why a write does not count.
    pub(super) fn loses(&self, written: &Written<'a>) -> String {
        let told = self.evidence.told(written);
        if self.evidence.holds(self.node, written) {
            format!("does not count: {told}: {}", self.reason(written))
        } else {
            format!("not here: {told}: {}", self.evidence.journey(written, self.node))
        }
    }

    /// By whose rules the node's app reads, and by whose most do.
    fn dialects(&self) -> (Dialect, Dialect) {
        let directory = &self.evidence.scenario.directory;
        (directory.dialect_of(self.node), directory.dialect())
    }

    /// What the node would see by these rules.
    fn view_by(&self, dialect: Dialect) -> Option<View> {
        let reading = self.evidence.reading(self.node).by(dialect);
        let keys = self.evidence.scenario.directory.keys(self.node);
        Some(View::new(&reading.get(self.id)?, &reading, &keys))
    }

    /// What an app that reads by the rules of an older version would show by those of the scenario.
    fn by_other_rules(&self, shown: &Value) -> Option<String> {
        let (evidence, directory) = (self.evidence, &self.evidence.scenario.directory);
        let (own, others) = self.dialects();
        self.seen.filter(|_| own != others)?;
        let view = self.view_by(others)?;
        let names = self.written.iter().map(|one| (one.session, self.session(one))).collect();
        let other = in_names(&view, directory, &names);
        (other != *shown).then(|| {
            let (name, own, others) = (evidence.node(self.node), own.name(), others.name());
            format!("{name}'s app reads by the rules of {own}; by those of {others} it would show {other}")
        })
    }
}

/// Whether a list shows what was wanted in the order in which it was wanted, and only lacks some of it.
fn are_without(shown: &[Value], wanted: &[Value]) -> bool {
    let mut wanted = wanted.iter();
    shown.iter().all(|item| wanted.any(|other| other == item))
}

/// Whether a list shows what was wanted, but not in its order.
fn is_same_in_another_order(shown: &[Value], wanted: &[Value]) -> bool {
    shown != wanted && shown.len() == wanted.len() && lacking(shown, wanted).is_empty()
}

/// What a list lacks of what was wanted.
pub(super) fn lacking<'a>(shown: &[Value], wanted: &'a [Value]) -> Vec<&'a Value> {
    let mut lacking: Vec<&Value> = wanted.iter().collect();
    for item in shown {
        if let Some(at) = lacking.iter().position(|other| *other == item) {
            lacking.remove(at);
        }
    }
    lacking
}

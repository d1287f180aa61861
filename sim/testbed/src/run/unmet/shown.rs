//! Why an app sees what it sees: who wrote the value, when and by which clock, what it beat, and by which rule.

use super::evidence::{Evidence, TOLD_MAX, Written, lasting};
use super::items::Items;
use crate::cojson::is_deletion;
use crate::host::NodeId;
use crate::scenario::ViewExpectation;
use cosim_core::CoId;
use cosim_core::view::{LiveView, View};
use serde_json::{Map, Value};
use std::cmp::Ordering;
use std::collections::BTreeSet;

pub(super) fn why(
    evidence: &Evidence<'_>,
    expected: &ViewExpectation,
    shown: Option<&Value>,
    seen: Option<&LiveView>,
) -> Vec<String> {
    let (node, id) = (NodeId(expected.node), CoId(expected.co_value));
    let looking = Looking::new(evidence, node, id, seen);
    match (shown, &expected.shows, seen.map(LiveView::view)) {
        (Some(Value::Object(shown)), Value::Object(wanted), Some(View::Map(_))) => {
            looking.keys(shown, wanted)
        }
        (Some(Value::Array(shown)), Value::Array(wanted), Some(View::List(_))) => {
            looking.all(Some((shown, wanted)))
        }
        _ => looking.all(None),
    }
}

/// Who looks at what.
pub(super) struct Looking<'a> {
    pub(super) evidence: &'a Evidence<'a>,
    pub(super) node: NodeId,
    pub(super) id: CoId,
    pub(super) seen: Option<&'a LiveView>,
    pub(super) written: Vec<Written<'a>>,
}

impl<'a> Looking<'a> {
    pub(super) fn new(
        evidence: &'a Evidence<'a>,
        node: NodeId,
        id: CoId,
        seen: Option<&'a LiveView>,
    ) -> Looking<'a> {
        Looking { evidence, node, id, seen, written: evidence.written(id) }
    }

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
            told.into_iter().flat_map(|(_, key)| self.key(key, shown.get(key), wanted.get(key))).collect();
        if !more.is_empty() {
            let keys: Vec<&str> = more.into_iter().map(|(_, key)| key.as_str()).collect();
            said.push(format!("other keys that differ, too: {}", keys.join(", ")));
        }
        said
    }

    fn key(&self, key: &str, shown: Option<&Value>, wanted: Option<&Value>) -> Vec<String> {
        let others = self.without_words();
        let is_shown = |one: &Written<'_>| {
            self.sets(one).is_some_and(|(of, value)| of == key && value.as_ref() == shown)
        };
        if shown.is_some()
            && !others.is_empty()
            && !self.written.iter().any(|one| is_shown(one) && self.counts(one))
        {
            let told: Vec<String> = others.iter().take(TOLD_MAX).map(|one| self.evidence.told(one)).collect();
            let which = if others.len() > 1 { "one of these" } else { "this" };
            let more = others.len().saturating_sub(TOLD_MAX);
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            return vec![format!("{key}: what shows comes of {which}: {}{more}", told.join("; "))];
        }
        let writes: Vec<&Written<'_>> =
            self.written.iter().filter(|one| self.sets(one).is_some_and(|(of, _)| of == key)).collect();
        let gone = self.evidence.vanished(self.id, &self.written).into_iter();
        let gone = gone.filter(|(operation, _)| operation.sets.as_ref().is_some_and(|(of, _)| of == key));
        let (gone_as_wanted, gone): (Vec<_>, Vec<_>) = gone.partition(|(operation, _)| {
            operation.sets.as_ref().is_some_and(|(_, value)| value.as_ref() == wanted)
        });
        let is_gone = !gone_as_wanted.is_empty();
        let gone = gone_as_wanted.into_iter().chain(gone).take(TOLD_MAX).map(|(_, told)| told);
        let counting = writes.iter().filter(|one| self.counts(one));
        let Some(winner) = counting.copied().max_by(|a, b| self.order(a, b)) else {
            let none = if writes.is_empty() { "is held by anybody" } else { "counts here" };
            let mut said = vec![format!("{key}: no write of it {none}")];
            said.extend(writes.iter().take(TOLD_MAX).map(|one| self.loses(one, None)));
            said.extend(gone);
            return said;
        };
        let mut said = vec![format!("{key}: {}", self.evidence.told(winner))];
        let is_wanted = |one: &Written<'_>| self.sets(one).is_some_and(|(_, value)| value.as_ref() == wanted);
        let is_other = |one: &&&Written<'_>| (one.session, one.index) != (winner.session, winner.index);
        let (as_wanted, beaten): (Vec<_>, Vec<_>) =
            writes.iter().filter(is_other).rev().partition(|one| is_wanted(one));
        if as_wanted.is_empty() && wanted.is_some() && others.is_empty() && !is_gone {
            said.push(format!("{key}: nobody wrote the value that was expected"));
        }
        let told = as_wanted.into_iter().chain(beaten).take(TOLD_MAX);
        said.extend(told.map(|one| self.loses(one, Some(winner))));
        said.extend(gone);
        said
    }

    /// What counts of which the file does not say word for word what is written: edits, workloads, what was merged.
    fn without_words(&self) -> Vec<Written<'a>> {
        let is_one = |one: &&Written<'a>| self.sets(one).is_none() && self.counts(one);
        let all: Vec<Written<'a>> = self.written.iter().filter(is_one).copied().collect();
        Evidence::by_operation(&all)
    }

    /// What all of it comes to. Of a list, `items` are what it shows and what was wanted.
    fn all(&self, items: Option<(&[Value], &[Value])>) -> Vec<String> {
        let Looking { evidence, node, id, .. } = self;
        let mut said = evidence.missing(*node, *id, &self.written);
        if self.seen.is_none() && evidence.scenario.nodes[node.index()].guest.is_some() {
            said.extend(evidence.all_written(&self.written));
            return said;
        }
        let hidden: Vec<Written<'_>> = self
            .written
            .iter()
            .filter(|one| evidence.holds(*node, *id, one) && !self.counts(one) && !self.has_deleted(one))
            .copied()
            .collect();
        let hidden = Evidence::by_operation(&hidden);
        said.extend(hidden.iter().take(TOLD_MAX).map(|one| self.loses(one, None)));
        let unshown = Items::of(self).map(|list| list.unshown(items)).unwrap_or_default();
        said.extend(unshown.into_iter().take(TOLD_MAX));
        if items.is_some_and(|(shown, wanted)| !said.is_empty() && are_without(shown, wanted)) {
            return said;
        }
        let counting: Vec<Written<'_>> =
            self.written.iter().filter(|one| self.counts(one)).copied().collect();
        let mut counting = Evidence::by_operation(&counting);
        counting.sort_by(|a, b| self.order(a, b));
        if self.written.is_empty() {
            said.push("nobody wrote anything to it".to_owned());
        } else if counting.is_empty() && said.is_empty() {
            said.push("no write to it counts here".to_owned());
        }
        let more = counting.len().saturating_sub(2 * TOLD_MAX);
        if more > 0 {
            said.push(format!("counts first: what {more} operations wrote"));
        }
        said.extend(
            (1..)
                .zip(&counting)
                .skip(more)
                .map(|(place, one)| format!("counts as number {place}: {}", evidence.told(one))),
        );
        said
    }

    /// The key that a transaction sets or deletes, and to what.
    pub(super) fn sets(&self, written: &Written<'a>) -> Option<&'a (String, Option<Value>)> {
        self.evidence.operation(written)?.sets.as_ref()
    }

    pub(super) fn session(&self, written: &Written<'_>) -> String {
        self.evidence.scenario.directory.session(written.session)
    }

    /// Whether it is what has deleted the CoValue for good.
    fn has_deleted(&self, written: &Written<'_>) -> bool {
        is_deletion(written.session) && self.seen.is_some_and(|seen| seen.view() == View::Deleted)
    }

    pub(super) fn counts(&self, written: &Written<'_>) -> bool {
        self.seen.is_some_and(|seen| seen.visible(&self.session(written), written.index))
    }

    /// The order in which transactions count: dates have milliseconds.
    pub(super) fn order(&self, a: &Written<'_>, b: &Written<'_>) -> Ordering {
        let dates = (a.transaction.made_at / 1_000).cmp(&(b.transaction.made_at / 1_000));
        let sessions = || self.session(a).encode_utf16().cmp(self.session(b).encode_utf16());
        dates.then_with(sessions).then(a.index.cmp(&b.index))
    }

    /// What counts instead of a write that counts, though it was written before that: its date is later.
    pub(super) fn overtaken(&self, written: &Written<'a>) -> Option<String> {
        let (key, _) = self.sets(written)?;
        let of_key = |one: &&Written<'a>| self.sets(one).is_some_and(|(other, _)| other == key);
        let counting = self.written.iter().filter(of_key).filter(|one| self.counts(one));
        let winner = counting.max_by(|a, b| self.order(a, b))?;
        let [mine, its] = [written, winner].map(|one| one.transaction.made_at / 1_000);
        let is_before = self.evidence.began(winner)? < self.evidence.began(written)?;
        let later = lasting(its.checked_sub(mine).filter(|ms| is_before && *ms > 0)? * 1_000);
        Some(format!("what was written before it is dated {later} later: {}", self.evidence.told(winner)))
    }

    /// Why a write does not show.
    fn loses(&self, written: &Written<'_>, winner: Option<&Written<'_>>) -> String {
        let Looking { evidence, node, id, .. } = self;
        let told = evidence.told(written);
        if !evidence.holds(*node, *id, written) {
            return format!("not here: {told}: {}", evidence.journey(*id, written, *node));
        }
        let Some(winner) = winner.filter(|_| self.counts(written)) else {
            return format!("does not count: {told}: {}", self.reason(written));
        };
        let [mine, its] = [written, winner].map(|one| one.transaction.made_at / 1_000);
        let rule = if mine != its {
            let earlier = lasting(its.abs_diff(mine) * 1_000);
            format!("its date is {earlier} earlier, and the last date counts")
        } else if written.session != winner.session {
            "the dates are equal to the millisecond, and then the session counts whose name sorts last"
                .to_owned()
        } else {
            "it came before that in the same session".to_owned()
        };
        format!("beaten: {told}: {rule}")
    }
}

/// Whether a list shows what was wanted in the order in which it was wanted, and only lacks some of it.
fn are_without(shown: &[Value], wanted: &[Value]) -> bool {
    let mut wanted = wanted.iter();
    shown.iter().all(|item| wanted.any(|other| other == item))
}

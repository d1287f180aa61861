//! Why an item of a list is not shown: it was removed, or it hangs on another that is not there or is dated later, since the
//! clock of one of the two authors was wrong.

use super::evidence::{Written, lasting};
use super::shown::Looking;
use cosim_core::view::View;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Names an insertion: session, transaction, and which of its changes.
type Op = (String, u64, u64);

/// A list or text that a node looks at.
pub(super) struct Items<'a, 'b> {
    looking: &'b Looking<'a>,
    by_place: BTreeMap<(String, u32), Written<'a>>,
    shown: BTreeSet<Op>,
}

/// An insertion that counts, and shows nothing.
struct Unshown<'a> {
    written: Written<'a>,
    op: Op,
    value: Value,
}

impl<'a, 'b> Items<'a, 'b> {
    /// `None` where it is no list or text, and where something was made in a branch: then other places count.
    pub(super) fn of(looking: &'b Looking<'a>) -> Option<Items<'a, 'b>> {
        let seen = looking.seen?;
        let spec = &looking.evidence.scenario.directory.co_value(looking.id)?.spec;
        seen.list()?;
        let is_merged = |one: &Written<'_>| looking.meta(one).is_some_and(|meta| meta.get("mi").is_some());
        if spec.branch_of.is_some() || looking.written.iter().any(is_merged) {
            return None;
        }
        let (View::List(list) | View::Text(list)) = seen.view() else { return None };
        let shown =
            list.items.into_iter().map(|item| (item.op.session, item.op.tx_index, item.op.change_index));
        let place = |one: &Written<'a>| ((looking.session(one), one.index), *one);
        let by_place = looking.written.iter().map(place).collect();
        Some(Items { looking, by_place, shown: shown.collect() })
    }

    /// Why items are not shown, a sentence for each operation that wrote some: those that a list lacks of what was wanted;
    /// where that is not said, all that nobody removed.
    pub(super) fn unshown(&self, items: Option<(&[Value], &[Value])>) -> Vec<String> {
        let mut lacking: Option<Vec<&Value>> = items.map(|(shown, wanted)| {
            let mut lacking: Vec<&Value> = wanted.iter().collect();
            for item in shown {
                if let Some(at) = lacking.iter().position(|other| *other == item) {
                    lacking.remove(at);
                }
            }
            lacking
        });
        let counting = self.looking.written.iter().filter(|one| self.looking.counts(one));
        let mut told = BTreeSet::new();
        let mut said = Vec::new();
        for item in counting.flat_map(|one| self.unshown_of(one)) {
            let reason = match &mut lacking {
                None => self.misplaced(&item.written, &item.op),
                Some(lacking) => {
                    let Some(at) = lacking.iter().position(|other| **other == item.value) else { continue };
                    let reason = self.misplaced(&item.written, &item.op).or_else(|| self.removed(&item.op));
                    if reason.is_some() {
                        lacking.remove(at);
                    }
                    reason
                }
            };
            let operation = self.looking.evidence.operation(&item.written).map(|operation| &operation.name);
            if let Some(reason) = reason.filter(|_| told.insert(operation)) {
                said.push(format!("not shown: {}: {reason}", self.looking.evidence.told(&item.written)));
            }
        }
        said
    }

    /// Why the first item is not shown of a write that counts and of which some is not shown; nothing, if all is, or was
    /// removed.
    pub(super) fn first_misplaced(&self, written: &Written<'a>) -> Option<String> {
        let unshown = self.unshown_of(written);
        unshown.into_iter().find_map(|item| self.misplaced(&item.written, &item.op))
    }

    fn unshown_of(&self, written: &Written<'a>) -> Vec<Unshown<'a>> {
        let session = self.looking.session(written);
        let changes = self.looking.changes(written).unwrap_or_default();
        let unshown = (0..).zip(changes).filter_map(|(number, change)| {
            neighbour(&change)?;
            let op = (session.clone(), u64::from(written.index), number);
            let value = change.get("value").cloned().unwrap_or(Value::Null);
            (!self.shown.contains(&op)).then_some(Unshown { written: *written, op, value })
        });
        unshown.collect()
    }

    /// Why an insertion has no place in the list: what it hangs on, or what that hangs on, and so on. Each is dated before
    /// the one that hangs on it, or else that is the reason, so the way has an end.
    fn misplaced(&self, written: &Written<'a>, op: &Op) -> Option<String> {
        let evidence = self.looking.evidence;
        let (mut hanging, mut number) = (*written, op.2);
        let (on, problem) = loop {
            let change = self.looking.changes(&hanging)?.into_iter().nth(usize::try_from(number).ok()?)?;
            let (session, index, next) = neighbour(&change)??;
            let place = u32::try_from(index).ok().map(|index| (session, index));
            let Some(on) = place.and_then(|place| self.by_place.get(&place)) else {
                break (None, "an item that nobody inserted".to_owned());
            };
            let is_same = (on.session, on.index) == (hanging.session, hanging.index);
            if let Some(problem) = self.problem(&hanging, on).filter(|_| !is_same) {
                break (Some(on), problem);
            }
            if is_same && next >= number {
                break (None, "an item that comes after it".to_owned());
            }
            (hanging, number) = (*on, next);
        };
        let way = if (hanging.session, hanging.index) == (written.session, written.index) {
            String::new()
        } else {
            format!("what is not shown either, {}, which hangs on ", evidence.told(&hanging))
        };
        let told = on.map(|on| format!(": {}", evidence.told(on))).unwrap_or_default();
        Some(format!("it hangs on {way}{problem}{told}"))
    }

    /// Why something cannot hang on an item of another transaction.
    fn problem(&self, hanging: &Written<'a>, on: &Written<'a>) -> Option<String> {
        let Looking { evidence, node, id, .. } = self.looking;
        if !evidence.holds(*node, *id, on) {
            return Some(format!("what is not here ({})", evidence.journey(*id, on, *node)));
        }
        // What came second with its `fww` takes its place all the same, unseen.
        if !self.looking.counts(on) && self.looking.first_with_its_name(on).is_none() {
            return Some(format!("what does not count ({})", self.looking.reason(on)));
        }
        if self.looking.order(on, hanging).is_lt() {
            return None;
        }
        let [mine, its] = [hanging, on].map(|one| one.transaction.made_at / 1_000);
        Some(match its.saturating_sub(mine) {
            0 => "an item that is dated the same millisecond and counts after it".to_owned(),
            ms => format!("an item that is dated {} later", lasting(ms * 1_000)),
        })
    }

    /// What removed an item.
    fn removed(&self, op: &Op) -> Option<String> {
        let counting = self.looking.written.iter().filter(|one| self.looking.counts(one));
        let remover = counting.into_iter().find(|one| {
            let changes = self.looking.changes(one).unwrap_or_default();
            changes.iter().any(|change| {
                let is_deletion = change.get("op").and_then(Value::as_str) == Some("del");
                is_deletion && change.get("insertion").and_then(named).as_ref() == Some(op)
            })
        })?;
        Some(format!("it was removed: {}", self.looking.evidence.told(remover)))
    }
}

/// The item on which a change hangs what it inserts, if it inserts something: none, where that is an end of the list.
fn neighbour(change: &Value) -> Option<Option<Op>> {
    let on = match change.get("op")?.as_str()? {
        "app" => change.get("after")?,
        "pre" => change.get("before")?,
        _ => return None,
    };
    Some(named(on))
}

/// The insertion that a change names.
fn named(op: &Value) -> Option<Op> {
    let number = |key: &str| op.get(key)?.as_u64();
    Some((op.get("sessionID")?.as_str()?.to_owned(), number("txIndex")?, number("changeIdx")?))
}

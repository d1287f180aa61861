//! Why an item of a list is not shown: it was removed, or it hangs on another that is not there or is dated later, since the
//! clock of one of the two authors was wrong.

use super::evidence::{Written, lasting};
use super::looking::{Effect, Looking};
use super::shown::lacking;
use cosim_core::view::{Counted, ListItem, View, with_removed};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Names what was written: the session and the branch in which it was made, and its place there.
pub(super) type Place = (String, Option<String>, u64);

/// Names an insertion: what wrote it, and which of its changes it is.
pub(super) type Op = (Place, u64);

/// So many pairs of items that are there and items that were wanted are compared.
const ALIGNED_MAX: usize = 4_000_000;

/// A list or text that a node looks at.
pub(super) struct Items<'a, 'b> {
    looking: &'b Looking<'a>,
    /// Which of what counts is where.
    by_place: BTreeMap<Place, usize>,
    /// What is shown, by what inserted it.
    shown: BTreeMap<Op, Value>,
    is_text: bool,
}

/// An insertion that counts, and shows nothing.
struct Unshown<'b> {
    /// What inserted it, as a number of what counts.
    by: usize,
    change: u64,
    value: &'b Value,
}

impl<'a, 'b> Items<'a, 'b> {
    /// `None` where it is no list or text.
    pub(super) fn of(looking: &'b Looking<'a>) -> Option<Items<'a, 'b>> {
        let seen = looking.seen?;
        seen.list()?;
        let view = seen.view();
        let is_text = matches!(view, View::Text(_));
        let (View::List(list) | View::Text(list)) = view else { return None };
        let shown = list.items.iter().map(|item| (op(item), item.value.clone()));
        let mut by_place = BTreeMap::new();
        for (number, effect) in looking.effects().iter().enumerate() {
            // What was merged twice is there once.
            by_place.entry(place(effect)).or_insert(number);
        }
        Some(Items { looking, by_place, shown: shown.collect(), is_text })
    }

    fn effect(&self, number: usize) -> &'b Effect<'a> {
        &self.looking.effects()[number]
    }

    /// Why items are not shown, a sentence for each operation that wrote some: those that a list lacks of what was wanted;
    /// where that is not said, all that nobody removed.
    pub(super) fn unshown(&self, items: Option<(&[Value], &[Value])>) -> Vec<String> {
        let unshown: Vec<Unshown<'_>> =
            (0..self.looking.effects().len()).flat_map(|number| self.unshown_of(number)).collect();
        let reasons = match items {
            None => unshown.iter().map(|item| self.misplaced(item)).collect(),
            Some((shown, wanted)) => self.reasons(&unshown, lacking(shown, wanted), wanted),
        };
        // By what wrote them and the reason, in order.
        let mut told: Vec<(usize, String, Vec<&Value>)> = Vec::new();
        for (item, reason) in unshown.iter().zip(reasons) {
            let Some(reason) = reason else { continue };
            let operation = |by: usize| self.effect(by).origin().operation();
            match told.iter_mut().find(|(by, why, _)| operation(*by) == operation(item.by) && *why == reason)
            {
                Some((.., values)) => values.push(item.value),
                None => told.push((item.by, reason, vec![item.value])),
            }
        }
        told.iter().map(|(by, reason, values)| self.unshown_in_words(*by, reason, values)).collect()
    }

    /// Why each of these items is not shown, where it is one of those that are lacking. Of equal ones it is that which was
    /// removed from the place where it is lacking, else one that has no place, else any that was removed.
    fn reasons(
        &self,
        unshown: &[Unshown<'_>],
        mut lacks: Vec<&Value>,
        wanted: &[Value],
    ) -> Vec<Option<String>> {
        let meant = self.removed_from_its_place(wanted);
        let mut reasons: Vec<Option<String>> = vec![None; unshown.len()];
        let mut find = |reason: &dyn Fn(&Unshown<'_>) -> Option<String>| {
            for (item, found) in unshown.iter().zip(&mut reasons).filter(|(_, found)| found.is_none()) {
                let Some(at) = lacks.iter().position(|other| *other == item.value) else { continue };
                *found = reason(item);
                if found.is_some() {
                    lacks.remove(at);
                }
            }
        };
        find(&|item| self.removed(item).filter(|_| meant.contains(&self.op(item))));
        find(&|item| self.misplaced(item));
        find(&|item| self.removed(item));
        reasons
    }

    /// The items that were removed and would have to be there for the list to show what was wanted, so that all that it
    /// shows has its place in that.
    fn removed_from_its_place(&self, wanted: &[Value]) -> BTreeSet<Op> {
        let counted: Vec<Counted> =
            self.looking.effects().iter().map(|effect| effect.counted.clone()).collect();
        let all = with_removed(&counted, self.looking.dialect()).items;
        let mut meant = BTreeSet::new();
        if all.len().saturating_mul(wanted.len()) > ALIGNED_MAX {
            return meant;
        }
        // How well what is behind a place of either goes together: what is shown counts for more than all that is not.
        let width = wanted.len() + 1;
        let mut best = vec![0_usize; (all.len() + 1) * width];
        let worth = |item: &ListItem| if self.shown.contains_key(&op(item)) { all.len() + 1 } else { 1 };
        let together = |best: &[usize], i: usize, j: usize| {
            (all[i].value == wanted[j]).then(|| best[(i + 1) * width + j + 1] + worth(&all[i]))
        };
        for i in (0..all.len()).rev() {
            for j in (0..wanted.len()).rev() {
                let apart = best[(i + 1) * width + j].max(best[i * width + j + 1]);
                best[i * width + j] = together(&best, i, j).map_or(apart, |both| both.max(apart));
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < all.len() && j < wanted.len() {
            let value = best[i * width + j];
            if together(&best, i, j) == Some(value) {
                if worth(&all[i]) == 1 {
                    meant.insert(op(&all[i]));
                }
                (i, j) = (i + 1, j + 1);
            } else if best[(i + 1) * width + j] == value {
                i += 1;
            } else {
                j += 1;
            }
        }
        meant
    }

    /// The insertions of what is shown that equal one of these.
    pub(super) fn inserting(&self, values: &[&Value]) -> BTreeSet<Op> {
        let equal = self.shown.iter().filter(|(_, value)| values.contains(value));
        equal.map(|(op, _)| op.clone()).collect()
    }

    /// Whether a write that counts inserted one of these.
    pub(super) fn inserts(effect: &Effect<'_>, ops: &BTreeSet<Op>) -> bool {
        let place = place(effect);
        ops.iter().any(|(of, _)| *of == place)
    }

    /// By which rules the items that are shown have their order.
    pub(super) fn order(&self) -> &'static str {
        let mut by: BTreeMap<(bool, Option<Op>), BTreeSet<_>> = BTreeMap::new();
        for effect in self.looking.effects() {
            for (number, change) in (0..).zip(&effect.counted.changes) {
                let Some(on) = neighbour(change) else { continue };
                if self.shown.contains_key(&(place(effect), number)) {
                    let is_after = change.get("op").and_then(Value::as_str) == Some("app");
                    by.entry((is_after, on)).or_default().insert(effect.origin().operation());
                }
            }
        }
        let competes = |beside: bool| by.iter().any(|((_, on), all)| on.is_some() == beside && all.len() > 1);
        match (competes(true), competes(false)) {
            (true, true) => {
                "of what is put into an empty list, what counts first comes first; of what is put beside one item, what counts last does"
            }
            (true, false) => "of what is put beside one item, what counts last comes first",
            (false, true) => "of what is put into an empty list, what counts first comes first",
            (false, false) => "each item stands where it was put",
        }
    }

    /// What of a write is not shown, and why: all of it, or these items.
    fn unshown_in_words(&self, by: usize, reason: &str, values: &[&Value]) -> String {
        let told = self.looking.told(self.effect(by));
        let operation = self.effect(by).origin().operation();
        let effects = self.looking.effects().iter().filter(|effect| effect.origin().operation() == operation);
        let inserted =
            effects.flat_map(|effect| &effect.counted.changes).filter(|one| neighbour(one).is_some());
        if inserted.count() == values.len() {
            return format!("not shown: {told}: {reason}");
        }
        // Of several beside one item, the first is written last; at the start of what is empty they are in order.
        let first = self.effect(by).counted.changes.first();
        let is_in_order =
            first.is_some_and(|change| change.get("after").is_some_and(|after| after == "start"));
        let mut values = values.to_vec();
        if !is_in_order {
            values.reverse();
        }
        let which = if self.is_text {
            format!("\"{}\"", values.iter().filter_map(|value| value.as_str()).collect::<String>())
        } else {
            values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        };
        format!("not shown: {which} of this: {told}: {reason}")
    }

    /// Why the first item is not shown of a write that counts and of which some is not shown; nothing, if all is, or was
    /// removed.
    pub(super) fn first_misplaced(&self, written: &Written<'a>) -> Option<String> {
        let mut effects = self.looking.effects().iter();
        let number = effects.position(|effect| effect.stands.place() == written.place())?;
        self.unshown_of(number).iter().find_map(|item| self.misplaced(item))
    }

    fn unshown_of(&self, number: usize) -> Vec<Unshown<'b>> {
        let effect = self.effect(number);
        let is_known = self.by_place.get(&place(effect)) == Some(&number) && effect.counted.is_shown;
        let changes = effect.counted.changes.iter().filter(|_| is_known);
        let unshown = (0..).zip(changes).filter_map(|(change, inserts)| {
            neighbour(inserts)?;
            let value = inserts.get("value").unwrap_or(&Value::Null);
            (!self.shown.contains_key(&(place(effect), change))).then_some(Unshown {
                by: number,
                change,
                value,
            })
        });
        unshown.collect()
    }

    /// Why an insertion has no place in the list: what it hangs on, or what that hangs on, and so on. Each comes before
    /// the one that hangs on it, or else that is the reason, so the way has an end.
    fn misplaced(&self, item: &Unshown<'_>) -> Option<String> {
        let (mut hanging, mut change) = (item.by, item.change);
        let problem = loop {
            let inserts = self.effect(hanging).counted.changes.get(usize::try_from(change).ok()?)?;
            let (on, next) = neighbour(inserts)??;
            let Some(on) = self.by_place.get(&on).copied() else { break self.missing(&on) };
            if on == hanging && next >= change {
                break "an item that comes after it".to_owned();
            }
            if on > hanging {
                break self.dated_later(hanging, on);
            }
            (hanging, change) = (on, next);
        };
        let way = if hanging == item.by {
            String::new()
        } else {
            let told = self.looking.told(self.effect(hanging));
            format!("what is not shown either, {told}, which hangs on ")
        };
        Some(format!("it hangs on {way}{problem}"))
    }

    /// Why what inserted the item does not count, on which another hangs.
    fn missing(&self, on: &Place) -> String {
        let looking = self.looking;
        let (evidence, (session, branch, index)) = (looking.evidence, on);
        let id = branch.as_ref().map_or(Some(looking.id), |id| evidence.scenario.directory.find(id));
        let ids = id.into_iter().chain([looking.id]).chain(looking.sources());
        let found = ids
            .flat_map(|id| evidence.written(id))
            .find(|one| looking.session(one) == *session && u64::from(one.index) == *index);
        let Some(on) = found else { return "an item that nobody inserted".to_owned() };
        let told = evidence.told(&on);
        if !evidence.holds(looking.node, &on) {
            return format!("what is not here ({}): {told}", evidence.journey(&on, looking.node));
        }
        if on.id == looking.id {
            return format!("what does not count ({}): {told}", looking.reason(&on));
        }
        if looking.sources().contains(&on.id) {
            return format!("what does not count there: {told}");
        }
        format!("what was not merged: {told}")
    }

    /// Why something cannot hang on an item that counts, but after it.
    fn dated_later(&self, hanging: usize, on: usize) -> String {
        let [hanging, on] = [hanging, on].map(|number| self.effect(number));
        let problem = match on.date().saturating_sub(hanging.date()) {
            0 => "an item that is dated the same millisecond and counts after it".to_owned(),
            ms => format!("an item that is dated {} later", lasting(ms * 1_000)),
        };
        format!("{problem}: {}", self.looking.told(on))
    }

    fn op(&self, item: &Unshown<'_>) -> Op {
        (place(self.effect(item.by)), item.change)
    }

    /// What removed an item.
    fn removed(&self, item: &Unshown<'_>) -> Option<String> {
        let op = self.op(item);
        let remover = self.looking.effects().iter().find(|effect| {
            effect.counted.changes.iter().any(|change| removal(change).as_ref() == Some(&op))
        })?;
        Some(format!("it was removed: {}", self.looking.told(remover)))
    }
}

fn op(ListItem { op, .. }: &ListItem) -> Op {
    ((op.session.clone(), op.branch.clone(), op.tx_index), op.change_index)
}

fn place(effect: &Effect<'_>) -> Place {
    let (session, branch, index) = effect.name();
    (session.to_owned(), branch.map(str::to_owned), u64::from(index))
}

/// The insertion that a change removes, if it removes one.
pub(super) fn removal(change: &Value) -> Option<Op> {
    let is_removal = change.get("op").and_then(Value::as_str) == Some("del");
    change.get("insertion").filter(|_| is_removal).and_then(named)
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
    let text = |key: &str| op.get(key)?.as_str().map(str::to_owned);
    Some(((text("sessionID")?, text("branch"), number("txIndex")?), number("changeIdx")?))
}

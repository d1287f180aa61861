//! Lists and texts, kept up: what [`CoList`] says, whatever order operations come in.
//!
//! Every item has three numbers in one sequence: where what hangs on it begins, itself, and where what hangs on it
//! ends. So each place at which something can be put is behind a number that is known. The list is an item as well,
//! never shown, with what is at the start before it and what is at the end after it.

use super::digest;
use super::hung::{Hung, Rows};
use super::index::Index;
use super::sequence::Sequence;
use super::stamp::{Op, Sessions, Stamp};
use crate::real::MadeAt;
use crate::view::changes::Changes;
use crate::view::edit::Positions;
use crate::view::{CoList, Dialect, ListItem, OpId};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;
use serde_json::Value;

/// A list or text that is kept up.
#[derive(Clone, Debug)]
pub struct LiveList {
    sessions: Sessions,
    /// The list itself, then what hangs on it, deleted or not, in the order in which it was hung there.
    items: Vec<Item>,
    /// What hangs on a side on which more than one item hangs.
    rows: Rows,
    index: Index,
    /// What names an item that is not there, by that item.
    waiting: BTreeMap<Op, Vec<Insertion>>,
    /// What was deleted of that which is not there.
    deleted: BTreeSet<Op>,
    /// Short texts that are items: there are few different ones.
    short: BTreeMap<String, Arc<Value>>,
    sequence: Sequence,
    digest: u64,
}

/// An item, and those that hang on it, front to back. There are many: whether it is shown is in the sequence.
#[derive(Clone, Debug)]
struct Item {
    stamp: Stamp,
    value: Arc<Value>,
    hash: u64,
    before: Hung,
    after: Hung,
}

/// A new item.
#[derive(Clone, Debug)]
struct Insertion {
    stamp: Stamp,
    value: Value,
    /// The item on which it hangs; the list itself, where it is `None`.
    on: Option<Op>,
    side: Side,
    is_merged: bool,
}

/// The side of an item, or of the list itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

/// The list itself, among the items.
const ROOT: u32 = 0;

/// How many bytes a short text has at most.
const SHORT_MAX: usize = 8;

/// How many numbers of the sequence an item has.
const NUMBERS: u32 = 3;

/// Where what hangs on an item begins, in the sequence.
const fn opening(item: u32) -> u32 {
    item * NUMBERS
}

/// The item itself.
const fn middle(item: u32) -> u32 {
    item * NUMBERS + 1
}

/// Where what hangs on it ends.
const fn closing(item: u32) -> u32 {
    item * NUMBERS + 2
}

impl Default for LiveList {
    fn default() -> LiveList {
        let root = Item {
            stamp: Stamp { made_at: MadeAt::from_ms(0), op: Op { session: 0, tx: 0, change: 0 } },
            value: Arc::new(Value::Null),
            hash: digest::start(0),
            before: Hung::Nothing,
            after: Hung::Nothing,
        };
        LiveList {
            sessions: Sessions::default(),
            items: vec![root],
            rows: Rows::default(),
            index: Index::default(),
            waiting: BTreeMap::new(),
            deleted: BTreeSet::new(),
            short: BTreeMap::new(),
            sequence: Sequence::new(NUMBERS),
            digest: 0,
        }
    }
}

impl Positions for LiveList {
    fn len(&self) -> usize {
        self.sequence.len()
    }

    fn op(&self, index: usize) -> Option<OpId> {
        let item = self.sequence.at(index)? / NUMBERS;
        Some(self.sessions.op_id(self.items[item as usize].stamp.op))
    }
}

impl LiveList {
    /// The values of the items, first to last.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.shown().map(|item| &*item.value)
    }

    /// The items one after the other, where they are text.
    pub fn text(&self) -> String {
        self.values().filter_map(Value::as_str).collect()
    }

    /// The list that comes of these changes.
    pub(in crate::view) fn of<'a>(changes: impl IntoIterator<Item = Changes<'a>>) -> LiveList {
        let mut list = LiveList::default();
        for changes in changes {
            list.take(changes);
        }
        list
    }

    /// Whether both show the same: whether their [views](LiveList::view) are equal, which are not made for this.
    pub(super) fn shows_same(&self, other: &LiveList) -> bool {
        let is_same = |(own, others): (&Item, &Item)| {
            let (a, b) = (own.stamp.op, others.stamp.op);
            (a.tx, a.change) == (b.tx, b.change)
                && self.sessions.name(a.session) == other.sessions.name(b.session)
                && self.sessions.branch(a.session) == other.sessions.branch(b.session)
                && own.stamp.made_at == others.stamp.made_at
                && own.value == others.value
        };
        self.len() == other.len() && self.shown().zip(other.shown()).all(is_same)
    }

    /// All that it shows.
    pub(in crate::view) fn view(&self) -> CoList {
        let items = self.shown().map(|item| ListItem {
            op: self.sessions.op_id(item.stamp.op),
            made_at: item.stamp.made_at.clone(),
            value: (*item.value).clone(),
        });
        CoList { items: items.collect() }
    }

    pub(super) fn digest(&self) -> u64 {
        self.digest
    }

    /// Takes the changes of a transaction.
    pub(in crate::view) fn take(&mut self, changes: Changes<'_>) {
        let (is_repeated, dialect) = (changes.is_repeated, changes.dialect);
        let Changes { session, branch, index: tx, made_at, changes, is_shown, is_merged, .. } = changes;
        let session = self.sessions.number(&session, branch.as_deref());
        for (change_index, mut change) in (0..).zip(changes) {
            let op = Op { session, tx, change: change_index };
            if let Some((on, side)) = self.place(&change, dialect) {
                // What was merged twice is there once.
                if is_repeated {
                    continue;
                }
                let value = change.get_mut("value").map_or(Value::Null, Value::take);
                let stamp = Stamp { made_at: made_at.clone().into_owned(), op };
                if !is_shown {
                    self.delete(op);
                }
                self.insert(Insertion { stamp, value, on, side, is_merged });
            } else if let Some(op) = self.deletion(&change, dialect) {
                self.delete(op);
            }
        }
    }

    /// Where a change inserts something, if it does.
    fn place(&mut self, change: &Value, dialect: Dialect) -> Option<(Option<Op>, Side)> {
        let (neighbour, root, side) = match change.get("op")?.as_str()? {
            "app" => (change.get("after")?, ("start", Side::Before), Side::After),
            "pre" => (change.get("before")?, ("end", Side::After), Side::Before),
            _ => return None,
        };
        if neighbour.as_str() == Some(root.0) {
            return Some((None, root.1));
        }
        Some((Some(self.sessions.op(neighbour, dialect)?), side))
    }

    /// What a change deletes, if it does.
    fn deletion(&mut self, change: &Value, dialect: Dialect) -> Option<Op> {
        let is_deletion = change.get("op")?.as_str()? == "del";
        self.sessions.op(change.get("insertion").filter(|_| is_deletion)?, dialect)
    }

    /// Hangs an item on that which it names, and on it all that has waited for it. Without recursion: what waits may be
    /// one long chain. An item that names a later one can never be seen, nor what hangs on it.
    fn insert(&mut self, first: Insertion) {
        let mut todo = vec![first];
        while let Some(new) = todo.pop() {
            let on = match new.on {
                None => ROOT,
                Some(op) => match self.index.get(op) {
                    None => {
                        self.waiting.entry(op).or_default().push(new);
                        continue;
                    }
                    Some(on) if self.is_before(on, &new.stamp) => on,
                    Some(_) => continue,
                },
            };
            if let Some(waiting) = self.waiting.remove(&new.stamp.op) {
                todo.extend(waiting);
            }
            self.hang(on, new);
        }
    }

    fn is_before(&self, item: u32, stamp: &Stamp) -> bool {
        self.sessions.compare(&self.items[item as usize].stamp, stamp) == Ordering::Less
    }

    /// Puts a new item into its place among those that hang on the same side of `on`: of an item the latest is the
    /// first, of the list itself the earliest.
    fn hang(&mut self, on: u32, new: Insertion) {
        let item = u32::try_from(self.items.len()).expect("memory ends before");
        let parent = &self.items[on as usize];
        let (side, front) = match new.side {
            Side::Before => (&parent.before, opening(on)),
            Side::After => (&parent.after, middle(on)),
        };
        let siblings = self.rows.items(side);
        let place = siblings.partition_point(|sibling| self.is_before(*sibling, &new.stamp) == (on == ROOT));
        let anchor = place.checked_sub(1).map_or(front, |left| closing(siblings[left]));
        let parent = &mut self.items[on as usize];
        let side = match new.side {
            Side::Before => &mut parent.before,
            Side::After => &mut parent.after,
        };
        self.rows.insert(side, place, item);
        self.sequence.insert_after(anchor, NUMBERS);
        let Insertion { stamp, value, is_merged, .. } = new;
        let (hash, op) = (self.hash(&stamp, &value), stamp.op);
        let value = self.shared(value);
        let (before, after) = (Hung::Nothing, Hung::Nothing);
        self.items.push(Item { stamp, value, hash, before, after });
        self.index.insert(op, item, is_merged);
        if !self.deleted.remove(&op) {
            self.show(item);
        }
    }

    /// A value that is kept once, if it is a short text.
    fn shared(&mut self, value: Value) -> Arc<Value> {
        let Some(text) = value.as_str().filter(|text| text.len() <= SHORT_MAX) else {
            return Arc::new(value);
        };
        if let Some(shared) = self.short.get(text) {
            return Arc::clone(shared);
        }
        let (text, shared) = (String::from(text), Arc::new(value));
        self.short.insert(text, Arc::clone(&shared));
        shared
    }

    fn hash(&self, stamp: &Stamp, value: &Value) -> u64 {
        let op = u64::from(stamp.op.tx) << 32 | u64::from(stamp.op.change);
        let hash = digest::mix(self.sessions.hash(stamp.op.session), op);
        digest::value(digest::made_at(hash, &stamp.made_at), value)
    }

    /// Deletes an item, which may be one that is still to come.
    fn delete(&mut self, op: Op) {
        match self.index.get(op) {
            Some(item) if self.sequence.is_shown(middle(item)) => self.hide(item),
            Some(_) => {}
            None => {
                self.deleted.insert(op);
            }
        }
    }

    fn show(&mut self, item: u32) {
        self.sequence.show(middle(item));
        let (apart, together) = self.pairs(item);
        self.digest = self.digest.wrapping_sub(apart).wrapping_add(together);
    }

    fn hide(&mut self, item: u32) {
        let (apart, together) = self.pairs(item);
        self.digest = self.digest.wrapping_sub(together).wrapping_add(apart);
        self.sequence.hide(middle(item));
    }

    /// What the neighbours of a shown item would count as without it, and with it.
    fn pairs(&self, item: u32) -> (u64, u64) {
        let rank = self.sequence.rank(middle(item));
        let hash = |item: Option<u32>| self.items[item.unwrap_or(ROOT) as usize].hash;
        let left =
            hash(rank.checked_sub(1).and_then(|left| self.sequence.at(left)).map(|left| left / NUMBERS));
        let right = hash(self.sequence.at(rank + 1).map(|right| right / NUMBERS));
        let own = hash(Some(item));
        (digest::mix(left, right), digest::mix(left, own).wrapping_add(digest::mix(own, right)))
    }

    fn shown(&self) -> impl Iterator<Item = &Item> {
        self.sequence.iter().map(|number| &self.items[(number / NUMBERS) as usize])
    }
}

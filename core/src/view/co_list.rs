//! Lists: every insertion names its neighbour by the operation that inserted it, so concurrent ones merge. A deleted
//! item keeps its place, unseen, for those that were inserted beside it.
//!
//! An insertion whose neighbour comes after it in the total order is not seen, as in the package: its author's clock
//! was behind, or both were made at one time.

use super::changes::Changes;
use crate::real::MadeAt;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Value, json};

/// Names an operation: a change of a transaction of a session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpId {
    /// The session.
    pub session: String,
    /// Which of its transactions.
    pub tx_index: u64,
    /// Which of the transaction's changes.
    pub change_index: u64,
}

impl OpId {
    /// As it stands in a change.
    pub fn to_json(&self) -> Value {
        json!({"sessionID": self.session, "txIndex": self.tx_index, "changeIdx": self.change_index})
    }
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListItem {
    /// The operation that inserted it.
    pub op: OpId,
    /// When that was, by its author's clock.
    pub made_at: MadeAt,
    /// What it is.
    pub value: Value,
}

/// What a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoList {
    /// The items, first to last.
    pub items: Vec<ListItem>,
}

/// An operation by borrowed name.
type OpRef<'a> = (&'a str, u64, u64);

/// An item, deleted or not, and those that hang on it.
struct Insertion<'a> {
    op: OpRef<'a>,
    made_at: &'a MadeAt,
    value: &'a Value,
    /// Inserted before and after it, in the total order.
    before: Vec<usize>,
    after: Vec<usize>,
}

/// Where an insertion goes.
enum Place<'a> {
    Start,
    End,
    Before(OpRef<'a>),
    After(OpRef<'a>),
}

/// What is still to be done on the way through the tree.
enum Step {
    Visit(usize),
    Show(usize),
}

impl CoList {
    /// The items' values.
    pub fn to_json(&self) -> Value {
        self.items.iter().map(|item| item.value.clone()).collect()
    }

    /// The items one after the other, where they are text.
    pub fn text(&self) -> String {
        self.items.iter().filter_map(|item| item.value.as_str()).collect()
    }

    pub(super) fn new(changes: &[Changes<'_>]) -> CoList {
        let mut tree = Tree::default();
        for (op, made_at, change) in operations(changes) {
            if let Some(place) = place(change) {
                tree.insert(op, made_at, change.get("value").unwrap_or(&Value::Null), &place);
            } else if let Some(deleted) = deletion(change) {
                tree.deleted.insert(deleted);
            }
        }
        CoList { items: tree.items() }
    }
}

impl Insertion<'_> {
    fn item(&self) -> ListItem {
        let (session, tx_index, change_index) = self.op;
        let op = OpId { session: session.into(), tx_index, change_index };
        ListItem { op, made_at: self.made_at.clone(), value: self.value.clone() }
    }
}

/// Takes operations in the total order, each hanging on what came before it.
#[derive(Default)]
struct Tree<'a> {
    all: Vec<Insertion<'a>>,
    index: BTreeMap<OpRef<'a>, usize>,
    start: Vec<usize>,
    end: Vec<usize>,
    deleted: BTreeSet<OpRef<'a>>,
}

impl<'a> Tree<'a> {
    /// What hangs on nothing that came before stays out, with all that hangs on it.
    fn insert(&mut self, op: OpRef<'a>, made_at: &'a MadeAt, value: &'a Value, place: &Place<'a>) {
        let new = self.all.len();
        let siblings = match place {
            Place::Start => Some(&mut self.start),
            Place::End => Some(&mut self.end),
            Place::Before(op) => self.index.get(op).map(|at| &mut self.all[*at].before),
            Place::After(op) => self.index.get(op).map(|at| &mut self.all[*at].after),
        };
        if let Some(siblings) = siblings {
            siblings.push(new);
            self.index.insert(op, new);
            self.all.push(Insertion { op, made_at, value, before: Vec::new(), after: Vec::new() });
        }
    }

    /// The items from front to back. Without recursion: a list written from front to back is one long chain.
    fn items(&self) -> Vec<ListItem> {
        let mut items = Vec::new();
        let roots = self.start.iter().chain(&self.end).rev();
        let mut steps: Vec<Step> = roots.copied().map(Step::Visit).collect();
        while let Some(step) = steps.pop() {
            match step {
                Step::Visit(at) => {
                    // Taken from the end, so what was inserted last comes first, on either side.
                    steps.extend(self.all[at].after.iter().copied().map(Step::Visit));
                    steps.push(Step::Show(at));
                    steps.extend(self.all[at].before.iter().copied().map(Step::Visit));
                }
                Step::Show(at) if self.deleted.contains(&self.all[at].op) => {}
                Step::Show(at) => items.push(self.all[at].item()),
            }
        }
        items
    }
}

fn operations<'a>(changes: &'a [Changes<'_>]) -> impl Iterator<Item = (OpRef<'a>, &'a MadeAt, &'a Value)> {
    changes.iter().flat_map(|transaction| {
        (0..).zip(&transaction.changes).map(|(change_index, change)| {
            ((transaction.session, u64::from(transaction.index), change_index), transaction.made_at, change)
        })
    })
}

fn place(change: &Value) -> Option<Place<'_>> {
    match change.get("op")?.as_str()? {
        "app" if change.get("after")?.as_str() == Some("start") => Some(Place::Start),
        "app" => op_ref(change.get("after")?).map(Place::After),
        "pre" if change.get("before")?.as_str() == Some("end") => Some(Place::End),
        "pre" => op_ref(change.get("before")?).map(Place::Before),
        _ => None,
    }
}

fn deletion(change: &Value) -> Option<OpRef<'_>> {
    (change.get("op")?.as_str()? == "del").then(|| op_ref(change.get("insertion")?))?
}

fn op_ref(value: &Value) -> Option<OpRef<'_>> {
    let session = value.get("sessionID")?.as_str()?;
    Some((session, value.get("txIndex")?.as_u64()?, value.get("changeIdx")?.as_u64()?))
}

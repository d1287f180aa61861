//! Lists: every insertion names its neighbour by the operation that inserted it, so concurrent ones merge. A deleted
//! item keeps its place, unseen, for those that were inserted beside it.
//!
//! An insertion whose neighbour comes after it in the total order is not seen, as in the package: its author's clock
//! was behind, or both were made at one time.

use super::changes::Changes;
use super::live::LiveList;
use crate::real::MadeAt;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Value, json};

/// Names an operation: a change of a transaction of a session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpId {
    /// The session.
    pub session: String,
    /// The branch in which it was made, by its id, if it was in one.
    pub branch: Option<String>,
    /// Which of its transactions.
    pub tx_index: u64,
    /// Which of the transaction's changes.
    pub change_index: u64,
}

impl OpId {
    /// As it stands in a change.
    pub fn to_json(&self) -> Value {
        let mut name =
            json!({"sessionID": self.session, "txIndex": self.tx_index, "changeIdx": self.change_index});
        if let Some(branch) = &self.branch {
            name["branch"] = branch.as_str().into();
        }
        name
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

impl CoList {
    /// The items' values.
    pub fn to_json(&self) -> Value {
        self.items.iter().map(|item| item.value.clone()).collect()
    }

    /// The items one after the other, where they are text.
    pub fn text(&self) -> String {
        self.items.iter().filter_map(|item| item.value.as_str()).collect()
    }

    pub(super) fn new<'a>(changes: impl IntoIterator<Item = Changes<'a>>) -> CoList {
        LiveList::of(changes).view()
    }
}

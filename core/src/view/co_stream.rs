//! Streams: every session pushes items of its own, and nothing merges.

use super::changes::Changes;
use super::file::File;
use crate::real::{MadeAt, Owner};
use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::Value;

/// An item of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamItem {
    /// The branch in which it was pushed, by its id, if it was in one.
    pub branch: Option<String>,
    /// Which transaction of its session pushed it.
    pub tx_index: u32,
    /// When, by its author's clock.
    pub made_at: MadeAt,
    /// What it is.
    pub value: Value,
}

/// What a stream shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoStream {
    /// The items of each session, in the total order.
    pub sessions: BTreeMap<String, Vec<StreamItem>>,
}

impl CoStream {
    pub(super) fn new<'a>(changes: impl IntoIterator<Item = Changes<'a>>) -> CoStream {
        let mut stream = CoStream::default();
        for changes in changes.into_iter().filter(|changes| changes.is_shown) {
            stream.push(changes);
        }
        stream
    }

    /// Puts the items of a transaction into their place. What was merged twice is there twice: returns how many there were
    /// of that place and time.
    pub(super) fn push(&mut self, changes: Changes<'_>) -> usize {
        let Changes { session, branch, index: tx_index, made_at, changes: values, .. } = changes;
        if values.is_empty() {
            return 0;
        }
        let (made_at, branch) = (made_at.into_owned(), branch.map(Cow::into_owned));
        let compare = |item: &StreamItem| {
            let place = (item.tx_index, &item.branch).cmp(&(tx_index, &branch));
            item.made_at.cmp(&made_at).then(place)
        };
        let there = self.sessions.entry(session.into_owned()).or_default();
        let place = there.partition_point(|item| compare(item).is_le());
        let same = place.saturating_sub(there.partition_point(|item| compare(item).is_lt()));
        let item = |value| StreamItem { branch: branch.clone(), tx_index, made_at: made_at.clone(), value };
        there.splice(place..place, values.into_iter().map(item));
        same
    }

    /// The items' values, by session.
    pub fn to_json(&self) -> Value {
        let values = |items: &[StreamItem]| items.iter().map(|item| item.value.clone()).collect();
        let pairs = self.sessions.iter().map(|(session, items)| (session.clone(), values(items)));
        Value::Object(pairs.collect())
    }

    /// The items of all sessions of `account`, or of an agent, in order of time.
    pub fn items_of(&self, account: &str) -> Vec<&StreamItem> {
        let is_of = |session: &str| Owner::of_session(session).is_some_and(|owner| owner.name() == account);
        let sessions = self.sessions.iter().filter(|(session, _)| is_of(session));
        let mut items: Vec<&StreamItem> = sessions.flat_map(|(_, items)| items).collect();
        items.sort_by(|a, b| a.made_at.cmp(&b.made_at));
        items
    }

    /// The file that the stream is; `None` where nobody has started one.
    pub fn file(&self) -> Option<File> {
        File::new(self)
    }
}

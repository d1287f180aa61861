//! What of a CoValue counts for somebody, write by write: where and when each was made, and what it changes. It says why
//! something shows what it shows.

use super::changes::Changes;
use super::{CoList, CoValue, Dialect, KeyRing, Resolver, read_all};
use crate::real::MadeAt;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::Value;

/// A transaction that counts for somebody who can read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What the CoValue is a branch of, by its id, where the transaction stands in that; else it stands in the CoValue.
    pub source: Option<String>,
    /// The session and the place in which it stands there.
    pub place: (String, u32),
    /// The session in which it was made. This and what follows is otherwise than where it stands if it was merged.
    pub session: String,
    /// The branch in which it was made, by its id, if it was in one.
    pub branch: Option<String>,
    /// Which transaction of the session it was.
    pub index: u32,
    /// When, by its author's clock.
    pub made_at: MadeAt,
    /// What it changes.
    pub changes: Vec<Value>,
    /// Whether it shows what it brings; else another came first with its `fww`.
    pub is_shown: bool,
    /// Whether it was merged.
    pub is_merged: bool,
    /// Whether it was merged before, too.
    pub is_repeated: bool,
}

/// All that counts in `co_value` for who has `keys`, in the order in which it counts. Nothing where it was deleted.
pub fn counted<R: Resolver + ?Sized>(co_value: &CoValue<'_>, resolver: &R, keys: &KeyRing) -> Vec<Counted> {
    let all = read_all(co_value, resolver, keys, |changes, _| {
        let counted = changes.map(|changes| Counted {
            source: changes.source.map(String::from),
            place: (changes.place.0.into(), changes.place.1),
            session: changes.session.into_owned(),
            branch: changes.branch.map(Cow::into_owned),
            index: changes.index,
            made_at: changes.made_at.into_owned(),
            changes: changes.changes,
            is_shown: changes.is_shown,
            is_merged: changes.is_merged,
            is_repeated: changes.is_repeated,
        });
        counted.collect()
    });
    all.unwrap_or_default()
}

/// What a list or text would show of all that counts in it if nobody had removed anything.
pub fn with_removed(counted: &[Counted], dialect: Dialect) -> CoList {
    let is_removal = |change: &Value| change.get("op").and_then(Value::as_str) == Some("del");
    // Each change keeps its number.
    let kept = |change: &Value| if is_removal(change) { Value::Null } else { change.clone() };
    CoList::new(counted.iter().map(|one| Changes {
        session: Cow::Borrowed(&one.session),
        branch: one.branch.as_deref().map(Cow::Borrowed),
        index: one.index,
        made_at: Cow::Borrowed(&one.made_at),
        changes: one.changes.iter().map(kept).collect(),
        is_shown: one.is_shown,
        is_merged: one.is_merged,
        is_repeated: one.is_repeated,
        place: (&one.place.0, one.place.1),
        source: one.source.as_deref(),
        dialect,
    }))
}

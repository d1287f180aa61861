//! What a view rests on beside its own logs, by how much of it was held.

use crate::view::{CoValue, Resolver};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

/// The CoValues that were looked at to tell what counts and what can be read, each with the length of its logs. Logs
/// only grow, so what has these lengths still says the same.
#[derive(Clone, Debug)]
pub(super) struct Basis {
    /// `None` for what was not there.
    lengths: BTreeMap<String, Option<Vec<(String, usize)>>>,
}

impl Basis {
    /// What was looked at, by its ids, as it is now.
    pub(super) fn new<R: Resolver + ?Sized>(ids: BTreeSet<String>, resolver: &R) -> Basis {
        let of = |id: String| {
            let lengths = resolver.co_value(&id).as_ref().map(lengths);
            (id, lengths)
        };
        Basis { lengths: ids.into_iter().map(of).collect() }
    }

    /// What was looked at, by its ids.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.lengths.keys().map(String::as_str)
    }

    /// Whether it is all still the same.
    pub(super) fn holds<R: Resolver + ?Sized>(&self, resolver: &R) -> bool {
        self.lengths.iter().all(|(id, lengths)| match (resolver.co_value(id), lengths) {
            (None, None) => true,
            (Some(co_value), Some(lengths)) => {
                let held = co_value.sessions.iter().map(|(session, log)| (*session, log.len()));
                held.eq(lengths.iter().map(|(session, len)| (session.as_str(), *len)))
            }
            (None, Some(_)) | (Some(_), None) => false,
        })
    }
}

fn lengths(co_value: &CoValue<'_>) -> Vec<(String, usize)> {
    co_value.sessions.iter().map(|(session, log)| ((*session).into(), log.len())).collect()
}

//! Maps, kept up: of each key the change that is the last in the total order, whatever order they come in.

use super::digest;
use super::stamp::{Op, Sessions, Stamp};
use crate::real::MadeAt;
use crate::view::changes::Changes;
use crate::view::co_map::setting;
use crate::view::{CoMap, MapEntry};
use alloc::collections::BTreeMap;
use alloc::string::String;
use core::cmp::Ordering;
use serde_json::Value;

/// A map that is kept up.
#[derive(Clone, Debug, Default)]
pub(super) struct LiveMap {
    sessions: Sessions,
    keys: BTreeMap<String, Last>,
    digest: u64,
}

/// The last change of a key.
#[derive(Clone, Debug)]
struct Last {
    stamp: Stamp,
    /// What it set; nothing, if it deleted.
    value: Option<Value>,
    /// What it counts towards the digest.
    hash: u64,
}

impl LiveMap {
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.keys.get(key)?.value.as_ref()
    }

    /// All that it shows.
    pub(super) fn view(&self) -> CoMap {
        let entries = self.keys.iter().filter_map(|(key, last)| {
            let session = self.sessions.name(last.stamp.op.session).into();
            let (value, made_at) = (last.value.clone()?, last.stamp.made_at.clone());
            Some((key.clone(), MapEntry { value, session, made_at }))
        });
        CoMap { entries: entries.collect() }
    }

    pub(super) fn digest(&self) -> u64 {
        self.digest
    }

    /// Takes the changes of a transaction.
    pub(super) fn take(&mut self, changes: &Changes<'_>) {
        let (session, made_at): (&str, &MadeAt) = (&changes.session, &changes.made_at);
        let session_number = self.sessions.number(session, changes.branch.as_deref());
        // Changes of one transaction come in their order, and so does what was merged twice.
        let op = Op { session: session_number, tx: changes.index, change: 0 };
        for change in &changes.changes {
            let Some((key, value)) = setting(change) else { continue };
            let stamp = Stamp { made_at: made_at.clone(), op };
            let hash = value.map_or(0, |value| hash(key, session, made_at, value));
            let new = Last { stamp, value: value.cloned(), hash };
            match self.keys.get_mut(key) {
                Some(last) if self.sessions.compare(&last.stamp, &new.stamp) == Ordering::Greater => continue,
                Some(last) => {
                    self.digest = self.digest.wrapping_sub(last.hash);
                    *last = new;
                }
                None => {
                    self.keys.insert(key.into(), new);
                }
            }
            self.digest = self.digest.wrapping_add(hash);
        }
    }
}

/// What an entry counts towards the digest.
fn hash(key: &str, session: &str, made_at: &MadeAt, value: &Value) -> u64 {
    let hash = digest::text(digest::text(0, key), session);
    digest::value(digest::made_at(hash, made_at), value)
}

/// The digest of a map that is not kept up.
pub(super) fn digest(map: &CoMap) -> u64 {
    let hash = |(key, entry): (&String, &MapEntry)| hash(key, &entry.session, &entry.made_at, &entry.value);
    map.entries.iter().map(hash).fold(0, u64::wrapping_add)
}

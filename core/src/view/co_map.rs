//! Maps: the last change of a key in the total order is what it shows.

use super::changes::Changes;
use crate::real::MadeAt;
use alloc::collections::BTreeMap;
use alloc::string::String;
use serde_json::Value;

/// A key's value, and who set it when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapEntry {
    /// The value.
    pub value: Value,
    /// The session in which it was set.
    pub session: String,
    /// When, by its author's clock.
    pub made_at: MadeAt,
}

/// What a map shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoMap {
    /// The keys that are set.
    pub entries: BTreeMap<String, MapEntry>,
}

impl CoMap {
    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.get(key).map(|entry| &entry.value)
    }

    /// The keys and their values.
    pub fn to_json(&self) -> Value {
        let pairs = self.entries.iter().map(|(key, entry)| (key.clone(), entry.value.clone()));
        Value::Object(pairs.collect())
    }

    pub(super) fn new<'a>(changes: impl IntoIterator<Item = Changes<'a>>) -> CoMap {
        let mut map = CoMap::default();
        for transaction in changes.into_iter().filter(|changes| changes.is_shown) {
            for change in &transaction.changes {
                map.apply(&transaction, change);
            }
        }
        map
    }

    fn apply(&mut self, transaction: &Changes<'_>, change: &Value) {
        let Some((key, value)) = setting(change) else { return };
        match value {
            Some(value) => {
                let session = transaction.session.clone().into_owned();
                let made_at = transaction.made_at.clone().into_owned();
                let entry = MapEntry { value: value.clone(), session, made_at };
                self.entries.insert(key.into(), entry);
            }
            None => {
                self.entries.remove(key);
            }
        }
    }
}

/// The key that a change of a map is about, and what it sets it to: whatever is no deletion sets, and what sets no value
/// deletes. `None` for what is no change of a map.
pub fn setting(change: &Value) -> Option<(&str, Option<&Value>)> {
    let deletes = change.get("op").and_then(Value::as_str) == Some("del");
    Some((change.get("key")?.as_str()?, change.get("value").filter(|_| !deletes)))
}

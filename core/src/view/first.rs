//! First writers: transactions whose meta names one thing (`fww`), of which only the first in the total order counts.

use super::order::Logged;
use crate::real::{MadeAt, stable_stringify};
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use serde_json::Value;

/// A transaction's place in the total order.
type Moment = (MadeAt, Vec<u16>, u32);

/// The first transaction of each name, as far as they were met.
#[derive(Clone, Debug, Default)]
pub(super) struct FirstWriters {
    first: BTreeMap<String, Moment>,
}

/// What a transaction is among those with its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The first so far, or one without a name.
    First,
    /// One after the first.
    Later,
    /// One before that which was the first so far.
    Earlier,
}

impl FirstWriters {
    /// Meets a transaction that counts, with its meta.
    pub(super) fn meet(&mut self, meta: &Value, logged: &Logged<'_>) -> Turn {
        let Some(name) = name(meta) else { return Turn::First };
        let moment = moment(logged);
        match self.first.entry(name) {
            Entry::Vacant(free) => {
                free.insert(moment);
                Turn::First
            }
            Entry::Occupied(first) if *first.get() == moment => Turn::First,
            Entry::Occupied(first) if *first.get() < moment => Turn::Later,
            Entry::Occupied(mut first) => {
                first.insert(moment);
                Turn::Earlier
            }
        }
    }

    /// What a transaction is among those that were met.
    pub(super) fn turn(&self, meta: &Value, logged: &Logged<'_>) -> Turn {
        let first = name(meta).and_then(|name| self.first.get(&name));
        match first.map(|first| moment(logged).cmp(first)) {
            None | Some(Ordering::Equal) => Turn::First,
            Some(Ordering::Greater) => Turn::Later,
            Some(Ordering::Less) => Turn::Earlier,
        }
    }
}

fn moment(logged: &Logged<'_>) -> Moment {
    (logged.transaction.made_at.clone(), logged.session.encode_utf16().collect(), logged.index)
}

/// The name that a meta gives: only what is no array and no object can be named twice.
fn name(meta: &Value) -> Option<String> {
    let name = meta.get("fww").filter(|name| !matches!(name, Value::Array(_) | Value::Object(_)))?;
    Some(stable_stringify(name))
}

//! First writers: transactions whose meta names one thing (`fww`), of which only the first in the total order counts.

use super::CoValue;
use super::keys::Secrets;
use super::order::Logged;
use super::validity::Validity;
use crate::real::{MadeAt, Place, Privacy, stable_stringify};
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::string::String;
use alloc::vec::Vec;
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
    /// Those among the transactions of `co_value` that count.
    pub(super) fn of(co_value: &CoValue<'_>, validity: &Validity, secrets: &Secrets) -> FirstWriters {
        let mut firsts = FirstWriters::default();
        if !validity.dialect().first_writer_may_win() {
            return firsts;
        }
        for (session, log) in &co_value.sessions {
            for (index, at) in (0..).zip(0..log.len()) {
                let Some(transaction) = log.get(at).filter(|transaction| transaction.has_meta()) else {
                    continue;
                };
                let logged = Logged { session, index, transaction };
                if validity.holds(&logged) {
                    firsts.meet(co_value.id, &logged, secrets);
                }
            }
        }
        firsts
    }

    /// Meets a transaction of the CoValue `id` that counts.
    pub(super) fn meet(&mut self, id: &str, logged: &Logged<'_>, secrets: &Secrets) -> Turn {
        let Some(name) = name(id, logged, secrets) else { return Turn::First };
        let moment: Moment =
            (logged.transaction.made_at.clone(), logged.session.encode_utf16().collect(), logged.index);
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
}

/// The name that the meta of a transaction gives, where the reader can read it: only what is no array and no object can
/// be named twice.
fn name(id: &str, logged: &Logged<'_>, secrets: &Secrets) -> Option<String> {
    let Logged { session, index, transaction } = *logged;
    let meta = match &transaction.privacy {
        _ if !transaction.has_meta() => return None,
        Privacy::Trusting { .. } => transaction.meta(),
        Privacy::Private { key_used, .. } => {
            transaction.decrypt_meta(secrets.get(key_used)?, &Place::transaction(id, session, index))
        }
    };
    let meta = meta.ok()??;
    let name = meta.get("fww").filter(|name| !matches!(name, Value::Array(_) | Value::Object(_)))?;
    Some(stable_stringify(name))
}

//! What transactions say about themselves, beside what they change: their meta, where the reader can read it.

use super::CoValue;
use super::first::FirstWriters;
use super::keys::Secrets;
use super::order::Logged;
use super::origin::Origin;
use super::validity::Validity;
use crate::real::{Place, Privacy};
use alloc::collections::BTreeMap;
use alloc::string::String;
use serde_json::Value;

/// What the metas of a CoValue's transactions come to, of those that count.
#[derive(Clone, Debug, Default)]
pub(super) struct Metas<'a> {
    pub(super) firsts: FirstWriters,
    /// By place, where merged ones were made.
    pub(super) origins: BTreeMap<(&'a str, u32), Origin>,
    /// Where the branch begins that the CoValue is.
    pub(super) start: Option<Start>,
}

/// Where a branch begins: how many transactions its source had in each session, as far as whoever made the branch knew.
/// Where several did, the largest number counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Start {
    counts: BTreeMap<String, u64>,
}

impl<'a> Metas<'a> {
    /// Those of `co_value`, of which a branch's own transactions are made in the branch `branch`.
    pub(super) fn of(
        co_value: &CoValue<'a>,
        branch: Option<&str>,
        validity: &Validity,
        secrets: &Secrets,
    ) -> Metas<'a> {
        let mut metas = Metas::default();
        if !validity.dialect().has_metas() {
            return metas;
        }
        for (session, log) in &co_value.sessions {
            let mut before = None;
            for (index, at) in (0..).zip(0..log.len()) {
                let Some(transaction) = log.get(at) else { continue };
                let logged = Logged { session, index, transaction };
                let counts = transaction.has_meta() && validity.holds(&logged);
                if let Some(meta) = meta(co_value.id, &logged, secrets).filter(|_| counts) {
                    metas.firsts.meet(&meta, &logged);
                    metas.start = Start::with(metas.start.take(), &meta).filter(|_| branch.is_some());
                    let before = before.as_ref().map(|before| metas.origin(before, branch));
                    if let Some(origin) = Origin::new(&meta, &logged, before) {
                        metas.origins.insert((session, index), origin);
                    }
                }
                before = Some(logged);
            }
        }
        metas
    }

    /// Where a transaction was made.
    fn origin(&self, logged: &Logged<'a>, branch: Option<&str>) -> Origin {
        let merged = self.origins.get(&(logged.session, logged.index)).cloned();
        merged.unwrap_or_else(|| Origin::here(logged, branch))
    }
}

impl Start {
    /// What a meta says of it, and what others have said.
    fn with(others: Option<Start>, meta: &Value) -> Option<Start> {
        let Some(Value::Object(from)) = meta.get("from") else { return others };
        let mut start = others.unwrap_or_default();
        for (session, count) in from {
            let Some(count) = count.as_u64() else { continue };
            let known = start.counts.entry(session.clone()).or_insert(count);
            *known = count.max(*known);
        }
        Some(start)
    }

    /// Whether a meta says where a branch begins.
    pub(super) fn is_in(meta: &Value) -> bool {
        meta.get("from").is_some_and(Value::is_object)
    }

    /// Whether the branch has a transaction of its source. The package takes one more of each session than there were,
    /// and all of a session of which there was none.
    pub(super) fn reaches(&self, logged: &Logged<'_>) -> bool {
        self.counts.get(logged.session).is_none_or(|count| u64::from(logged.index) <= *count)
    }
}

/// The meta of a transaction of the CoValue `id`.
pub(super) fn meta(id: &str, logged: &Logged<'_>, secrets: &Secrets) -> Option<Value> {
    let Logged { session, index, transaction } = *logged;
    let meta = match &transaction.privacy {
        _ if !transaction.has_meta() => return None,
        Privacy::Trusting { .. } => transaction.meta(),
        Privacy::Private { key_used, .. } => {
            transaction.decrypt_meta(secrets.get(key_used)?, &Place::transaction(id, session, index))
        }
    };
    meta.ok()?
}

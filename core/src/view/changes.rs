//! What a CoValue's transactions change, for those that count and can be read, in the total order.

use super::CoValue;
use super::groups::Groups;
use super::keys::Secrets;
use super::order::{Logged, ordered};
use super::validity::Validity;
use crate::real::{MadeAt, Place, Privacy};
use alloc::vec::Vec;
use serde_json::Value;

/// The changes of one transaction.
#[derive(Clone, Debug)]
pub(super) struct Changes<'a> {
    pub(super) session: &'a str,
    pub(super) index: u32,
    pub(super) made_at: &'a MadeAt,
    pub(super) changes: Vec<Value>,
}

/// All that counts and can be read, each when its turn comes. What is no array of changes is as if it could not be read.
pub(super) fn visible<'a>(
    co_value: &CoValue<'a>,
    groups: &Groups<'_>,
    secrets: &Secrets,
) -> impl Iterator<Item = Changes<'a>> {
    let validity = Validity::new(co_value.header, groups);
    let own = groups.last().filter(|_| groups.end_in(co_value));
    let counts =
        move |logged: &Logged<'_>| own.map_or_else(|| validity.holds(logged), |own| own.is_valid(logged));
    let (id, valid) = (co_value.id, ordered(co_value).into_iter().filter(counts));
    valid.filter_map(move |logged| read(id, logged, secrets))
}

/// What a transaction of the CoValue `id` changes.
pub(super) fn read<'a>(id: &str, logged: Logged<'a>, secrets: &Secrets) -> Option<Changes<'a>> {
    let Logged { session, index, transaction } = logged;
    let changes = match &transaction.privacy {
        Privacy::Trusting { .. } => transaction.changes(),
        Privacy::Private { key_used, .. } => {
            let secret = secrets.get(key_used)?;
            transaction.decrypt(secret, &Place::transaction(id, session, index))
        }
    };
    let Ok(Some(Value::Array(changes))) = changes else { return None };
    Some(Changes { session, index, made_at: &transaction.made_at, changes })
}

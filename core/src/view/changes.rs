//! What a CoValue's transactions change, for those that count and can be read, in the total order.

use super::CoValue;
use super::first::{FirstWriters, Turn};
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
    /// Whether it shows what it brings. What does not deletes all the same, and takes its place in a list, unseen.
    pub(super) is_shown: bool,
}

/// All that counts and can be read, each when its turn comes. What is no array of changes is as if it could not be read.
pub(super) fn visible<'a>(
    co_value: &CoValue<'a>,
    groups: &Groups<'_>,
    secrets: &Secrets,
) -> impl Iterator<Item = Changes<'a>> {
    let validity = Validity::new(co_value.header, groups);
    let own = groups.last().filter(|_| groups.end_in(co_value));
    let mut firsts = FirstWriters::of(co_value, &validity, secrets);
    let id = co_value.id;
    ordered(co_value).into_iter().filter_map(move |logged| match own {
        Some(own) if own.is_valid(&logged) => read(id, logged, secrets),
        None if validity.holds(&logged) => turned(id, logged, (&validity, &mut firsts), secrets).1,
        _ => None,
    })
}

/// What a transaction that counts changes, where that is permitted, and whether it is the first of its name.
pub(super) fn turned<'a>(
    id: &str,
    logged: Logged<'a>,
    (validity, firsts): (&Validity, &mut FirstWriters),
    secrets: &Secrets,
) -> (Turn, Option<Changes<'a>>) {
    let may_win = validity.dialect().first_writer_may_win();
    let turn = if may_win { firsts.meet(id, &logged, secrets) } else { Turn::First };
    let mut changes = read(id, logged, secrets);
    match (&mut changes, turn) {
        (Some(changes), Turn::Later) => changes.is_shown = false,
        (Some(read), _) if !validity.permits(&logged, &read.changes) => changes = None,
        _ => {}
    }
    (turn, changes)
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
    Some(Changes { session, index, made_at: &transaction.made_at, changes, is_shown: true })
}

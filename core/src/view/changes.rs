//! What a CoValue's transactions change, for those that count and can be read.

use super::group::Group;
use super::keys::Secrets;
use super::order::{Logged, ordered};
use super::origin::Name;
use super::{CoValue, Dialect};
use crate::real::{MadeAt, Place, Privacy};
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::Value;

/// The changes of one transaction, and where it was made.
#[derive(Clone, Debug)]
pub(super) struct Changes<'a> {
    pub(super) session: Cow<'a, str>,
    /// The branch in which it was made, if it was in one.
    pub(super) branch: Option<Cow<'a, str>>,
    pub(super) index: u32,
    pub(super) made_at: Cow<'a, MadeAt>,
    pub(super) changes: Vec<Value>,
    /// Whether it shows what it brings. What does not deletes all the same, and takes its place in a list, unseen.
    pub(super) is_shown: bool,
    /// Whether it was merged, and stands elsewhere.
    pub(super) is_merged: bool,
    /// Whether another of this name comes before it, since it was merged more than once.
    pub(super) is_repeated: bool,
    /// Where it stands.
    pub(super) place: (&'a str, u32),
    /// What the CoValue is a branch of, where it stands in that.
    pub(super) source: Option<&'a str>,
    pub(super) dialect: Dialect,
}

impl Changes<'_> {
    pub(super) fn name(&self) -> Name {
        (self.session.clone().into_owned(), self.branch.as_deref().map(String::from), self.index)
    }
}

/// All that counts in a group and can be read, each when its turn comes. What is no array of changes is as if it could
/// not be read.
pub(super) fn visible_in_group<'a>(
    co_value: &CoValue<'a>,
    group: &Group<'a>,
    dialect: Dialect,
    secrets: &Secrets,
) -> impl Iterator<Item = Changes<'a>> {
    let id = co_value.id;
    let counted = ordered(co_value).into_iter().filter(|logged| group.is_valid(logged));
    counted.filter_map(move |logged| read(id, logged, dialect, secrets))
}

/// What a transaction of the CoValue `id` changes.
pub(super) fn read<'a>(
    id: &str,
    logged: Logged<'a>,
    dialect: Dialect,
    secrets: &Secrets,
) -> Option<Changes<'a>> {
    let Logged { session, index, transaction } = logged;
    let changes = match &transaction.privacy {
        Privacy::Trusting { .. } => transaction.changes(),
        Privacy::Private { key_used, .. } => {
            let secret = secrets.get(key_used)?;
            transaction.decrypt(secret, &Place::transaction(id, session, index))
        }
    };
    let Ok(Some(Value::Array(changes))) = changes else { return None };
    Some(Changes {
        session: Cow::Borrowed(session),
        branch: None,
        index,
        made_at: Cow::Borrowed(&transaction.made_at),
        changes,
        is_shown: true,
        is_merged: false,
        is_repeated: false,
        place: (session, index),
        source: None,
        dialect,
    })
}

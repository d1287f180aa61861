//! Where a transaction was made that was merged: its meta says it (`mi`). It shows as if it stood there, in its own
//! session and at its own time. Whether it counts is another thing: that depends on who merged it, and when.

use super::order::Logged;
use crate::real::MadeAt;
use alloc::string::String;
use serde_json::Value;

/// Names a transaction: its session, the branch in which it was made, and its place in that.
pub(super) type Name = (String, Option<String>, u32);

/// Where and when a transaction was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) name: Name,
    pub(super) made_at: MadeAt,
    /// Whether it says to be made after it was merged. Then it is not shown.
    pub(super) is_late: bool,
}

impl Origin {
    /// A transaction that was made where it stands.
    pub(super) fn here(logged: &Logged<'_>, branch: Option<&str>) -> Origin {
        let name = (logged.session.into(), branch.map(String::from), logged.index);
        Origin { name, made_at: logged.transaction.made_at.clone(), is_late: false }
    }

    /// The place that a meta gives, if it does. What it leaves out is as in the transaction that stands before, which
    /// mostly was merged with this one.
    pub(super) fn new(meta: &Value, logged: &Logged<'_>, before: Option<Origin>) -> Option<Origin> {
        let index = u32::try_from(meta.get("mi")?.as_u64()?).ok()?;
        let text = |key: &str| meta.get(key)?.as_str().map(String::from);
        let own = &logged.transaction.made_at;
        let ago = meta.get("t").and_then(Value::as_i64).filter(|ago| *ago != 0);
        let made_at = ago.and_then(|ago| own.minus(ago));
        let (session, branch, time) = match before {
            Some(Origin { name: (session, branch, _), made_at, .. }) => {
                (Some(session), branch, Some(made_at))
            }
            None => (None, None, None),
        };
        let branch = text("b").or(branch).filter(|branch| !branch.is_empty());
        let made_at = made_at.or(time).unwrap_or_else(|| own.clone());
        let is_late = made_at > *own;
        Some(Origin { name: (text("s").or(session)?, branch, index), made_at, is_late })
    }

    /// Whether a meta gives a place.
    pub(super) fn is_in(meta: &Value) -> bool {
        meta.get("mi").is_some()
    }
}

//! The total order of a CoValue's transactions: when they were made, then the session's name in UTF-16 code units, then
//! the place in the session. It is a function of the logs alone, never of how or when they arrived.

use super::CoValue;
use crate::real::{Owner, Transaction};
use alloc::vec::Vec;

/// A transaction with its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Logged<'a> {
    pub(super) session: &'a str,
    pub(super) index: u32,
    pub(super) transaction: &'a Transaction,
}

/// All transactions of a CoValue in the total order.
pub(super) fn ordered<'a>(co_value: &CoValue<'a>) -> Vec<Logged<'a>> {
    let mut sessions: Vec<_> = co_value.sessions.iter().collect();
    sessions.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    let mut all: Vec<Logged<'a>> = Vec::new();
    for (session, log) in sessions {
        let transactions = (0..).zip(0..log.len());
        all.extend(
            transactions.filter_map(|(index, at)| Some(Logged { session, index, transaction: log.get(at)? })),
        );
    }
    // Stable: what is equal in time stays by session, then by place.
    all.sort_by(|a, b| a.transaction.made_at.cmp(&b.transaction.made_at));
    all
}

impl<'a> Logged<'a> {
    /// The account or agent whose session it is in.
    pub(super) fn author(&self) -> Option<&'a str> {
        author(self.session)
    }
}

/// The account or agent whose session it is.
pub(super) fn author(session: &str) -> Option<&str> {
    Owner::of_session(session).map(Owner::name)
}

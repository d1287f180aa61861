//! Streams, kept up.

use super::digest;
use crate::real::MadeAt;
use crate::view::CoStream;
use alloc::vec::Vec;
use serde_json::Value;

/// A stream that is kept up.
#[derive(Clone, Debug, Default)]
pub(super) struct LiveStream {
    stream: CoStream,
    digest: u64,
}

impl LiveStream {
    /// All that it shows.
    pub(super) fn view(&self) -> &CoStream {
        &self.stream
    }

    pub(super) fn digest(&self) -> u64 {
        self.digest
    }

    /// Takes the items of a transaction.
    pub(super) fn take(&mut self, session: &str, tx: u32, made_at: &MadeAt, items: Vec<Value>) {
        // Their order follows from their places and times.
        let hash = digest::made_at(digest::mix(digest::text(0, session), tx.into()), made_at);
        for (place, item) in (0..).zip(&items) {
            self.digest = self.digest.wrapping_add(digest::value(digest::mix(hash, place), item));
        }
        self.stream.push(session, tx, made_at, items);
    }
}

//! Streams, kept up.

use super::digest;
use crate::view::CoStream;
use crate::view::changes::Changes;
use alloc::vec::Vec;

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
    pub(super) fn take(&mut self, changes: Changes<'_>) {
        // Their order follows from their places and times.
        let session = digest::text(0, &changes.session);
        let session = changes.branch.iter().fold(session, |hash, branch| digest::text(hash, branch));
        let hash = digest::made_at(digest::mix(session, changes.index.into()), &changes.made_at);
        let hashes: Vec<_> = changes.changes.iter().map(|item| digest::value(hash, item)).collect();
        let from = self.stream.push(changes) as u64;
        for (place, hash) in (from..).zip(hashes) {
            self.digest = self.digest.wrapping_add(digest::mix(hash, place));
        }
    }
}

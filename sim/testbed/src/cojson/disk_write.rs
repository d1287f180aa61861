//! What nodes hand over to their disks.

use super::SimCrypto;
use cosim_core::Record;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiskWrite {
    /// A record of one of our nodes.
    Record(Record<SimCrypto>),
    /// A commit of a guest, by its number: only the guest knows what is in it.
    Commit(u64),
}

impl DiskWrite {
    /// The record; `None` for what only a guest knows.
    pub fn record(&self) -> Option<&Record<SimCrypto>> {
        match self {
            DiskWrite::Record(record) => Some(record),
            DiskWrite::Commit(_) => None,
        }
    }
}

//! What nodes tell their apps.

use super::Transaction;
use crate::host::NodeId;
use cosim_core::node::Reach;
use cosim_core::{CoId, Event, Recovery, SessionId};
use std::sync::Arc;

/// What a node tells its app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The state has changed.
    Event(Event),
    /// A load has come to a verdict.
    LoadEnded {
        /// Of this CoValue.
        id: CoId,
        /// Whether it is here.
        available: bool,
    },
    /// The disk has a session up to here.
    Written {
        /// Of this CoValue.
        id: CoId,
        /// The session.
        session: SessionId,
        /// How many of its transactions.
        count: u32,
    },
    /// So much of what its app wrote has got so far at a server.
    Uploaded {
        /// The server, by the number by which the node knows it.
        peer: NodeId,
        /// Of this CoValue.
        id: CoId,
        /// The session.
        session: SessionId,
        /// How many of its transactions.
        count: u32,
        /// How far.
        reach: Reach,
    },
    /// What its app wrote could not be written, and counts as never written.
    WriteFailed {
        /// To this CoValue.
        id: CoId,
        /// In this session.
        session: SessionId,
        /// How many transactions come before those that failed.
        after: u32,
        /// How many failed.
        count: u32,
    },
    /// What the app of a guest has written.
    Wrote {
        /// To this CoValue.
        id: CoId,
        /// In this session.
        session: SessionId,
        /// How many transactions of it come before.
        after: u32,
        /// The transactions.
        transactions: Arc<[Transaction]>,
    },
    /// A guest that speaks another protocol has taken what its app wrote.
    Taken {
        /// To this subject.
        id: CoId,
        /// The operation that wrote it.
        operation: u32,
    },
    /// What the app of a guest waited for is so: its servers have what it had of this CoValue when it began to wait.
    Synced {
        /// This CoValue.
        id: CoId,
    },
    /// An operation of a guest's app has raised an error.
    Raised {
        /// The CoValue that it had written to before, if it had.
        wrote: Option<CoId>,
        /// The error, in words.
        error: Arc<str>,
    },
    /// It has started from its disk.
    Recovered {
        /// How whole that was.
        recovery: Recovery,
        /// Whether its app writes in a new session from here on.
        new_session: bool,
    },
}

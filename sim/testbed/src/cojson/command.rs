//! What an app asks of a node.

use super::{Attack, Change};
use cosim_core::CoId;
use std::sync::Arc;

/// What an app asks of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// To make a CoValue.
    Create {
        /// Its id.
        id: CoId,
        /// The number of the operation, which the transactions that found a group carry.
        operation: u32,
    },
    /// To write one batch of transactions.
    Edit(Edit),
    /// To get a CoValue and keep it up to date.
    Load {
        /// Its id.
        id: CoId,
    },
    /// To want a CoValue no longer.
    Done {
        /// Its id.
        id: CoId,
    },
    /// To lie to a peer: only a hostile node does.
    Attack(Attack),
}

/// See [`Command::Edit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// To which CoValue.
    pub id: CoId,
    /// What.
    pub writes: Writes,
    /// The number of the operation, which the transactions carry.
    pub operation: u32,
}

/// What an edit writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Writes {
    /// So many transactions of such a size.
    Bulk {
        /// How many transactions.
        transactions: u32,
        /// How many bytes each stands for.
        size: u32,
    },
    /// What the scenario says.
    Change(Arc<Change>),
}

impl Command {
    /// Which CoValue it is about.
    pub const fn id(&self) -> CoId {
        match self {
            Command::Create { id, .. } | Command::Load { id } | Command::Done { id } => *id,
            Command::Edit(edit) => edit.id,
            Command::Attack(attack) => attack.id,
        }
    }
}

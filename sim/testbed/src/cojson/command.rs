//! What an app asks of a node.

use super::{Attack, Change, What};
use cosim_core::CoId;
use std::collections::BTreeMap;
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
    /// What a guest alone knows, in its own words.
    Ask(Arc<Ask>),
    /// To want a CoValue no longer.
    Done {
        /// Its id.
        id: CoId,
    },
    /// To lie to a peer: only a hostile node does.
    Attack(Attack),
}

/// See [`Command::Ask`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What it is about.
    pub id: CoId,
    /// What the guest calls it.
    pub op: String,
    /// What else it is told.
    pub with: serde_json::Map<String, serde_json::Value>,
    /// What it is told that other operations have made, by their names.
    pub given: BTreeMap<String, String>,
    /// The number of the operation.
    pub operation: u32,
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

impl Writes {
    /// What was written in a branch comes into its source.
    pub fn merge(branch: CoId) -> Writes {
        Writes::Change(Arc::new(Change { what: What::Merge { branch }, private: true }))
    }
}

impl Command {
    /// Whether it deletes a CoValue for good, which is written in a session of its own.
    pub fn deletes(&self) -> bool {
        self.what() == Some(&What::DeleteValue)
    }

    /// The invite that it accepts, which is written in a session of that: of which group, and what its secret is called.
    pub fn accepts(&self) -> Option<(CoId, &str)> {
        if let What::Accept { secret } = self.what()? { Some((self.id(), secret)) } else { None }
    }

    fn what(&self) -> Option<&What> {
        let Command::Edit(Edit { writes: Writes::Change(change), .. }) = self else { return None };
        Some(&change.what)
    }

    /// Which CoValue it is about.
    pub fn id(&self) -> CoId {
        match self {
            Command::Create { id, .. } | Command::Load { id } | Command::Done { id } => *id,
            Command::Edit(edit) => edit.id,
            Command::Ask(ask) => ask.id,
            Command::Attack(attack) => attack.id,
        }
    }
}

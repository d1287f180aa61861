//! How loads have ended, as nodes told their apps.

use super::ledger::Ledger;
use crate::cojson::{Command, Notice};
use crate::host::NodeId;
use cosim_core::CoId;
use std::collections::BTreeMap;

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Verdicts {
    ended: BTreeMap<(NodeId, CoId), bool>,
}

impl Verdicts {
    /// An app asks for something; `ledger` knows what it asked for before.
    pub(super) fn commanded(&mut self, node: NodeId, command: &Command, ledger: &Ledger) {
        match command {
            Command::Load { id } if !ledger.wants(node, *id) => {
                self.ended.remove(&(node, *id));
            }
            Command::Load { .. }
            | Command::Done { .. }
            | Command::Create { .. }
            | Command::Edit(_)
            | Command::Ask(_)
            | Command::Attack(_) => {}
        }
    }

    /// A node tells its app something.
    pub(super) fn noticed(&mut self, node: NodeId, notice: &Notice) {
        if let Notice::LoadEnded { id, available } = *notice {
            self.ended.insert((node, id), available);
        }
    }

    /// How the last load of `id` by `node` ended, whatever became of its process since: as available or not; `None` where
    /// it did not.
    pub fn ended(&self, node: NodeId, id: CoId) -> Option<bool> {
        self.ended.get(&(node, id)).copied()
    }

    /// How every load has ended that has.
    pub fn all(&self) -> impl Iterator<Item = ((NodeId, CoId), bool)> + '_ {
        self.ended.iter().map(|(load, available)| (*load, *available))
    }
}

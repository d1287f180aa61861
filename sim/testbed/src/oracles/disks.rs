//! What disks have acknowledged: the evidence of what must outlive a crash. It is taken from what the world wrote, not
//! from what a node says of itself.

use crate::cojson::SimCrypto;
use crate::host::NodeId;
use cosim_core::{CoId, KnownState, Record};
use std::collections::{BTreeMap, BTreeSet};

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Disks {
    /// What each node's disk has acknowledged.
    acknowledged: BTreeMap<NodeId, BTreeMap<CoId, KnownState>>,
    /// Nodes of whose disk nothing is sure, until they start from it.
    spoilt: BTreeSet<NodeId>,
}

impl Disks {
    /// A record is acknowledged.
    pub(super) fn written(&mut self, node: NodeId, record: &Record<SimCrypto>) {
        let known = self.acknowledged.entry(node).or_default().entry(record.id()).or_default();
        match record {
            Record::Header { .. } => known.header = true,
            // A record that leaves a gap, because the one before it failed, cannot be read before that is made good.
            Record::Log { session, after, transactions, .. } => {
                if known.count(*session) >= *after {
                    known.raise(*session, after.saturating_add(transactions.len() as u32));
                }
            }
        }
    }

    /// A disk is lost, replaced or damaged: nothing is sure.
    pub(super) fn spoilt(&mut self, node: NodeId) {
        self.acknowledged.remove(&node);
        self.spoilt.insert(node);
    }

    /// A node has started from its disk: what it holds can only come from there.
    pub(super) fn started(&mut self, node: NodeId, held: impl Iterator<Item = (CoId, KnownState)>) {
        self.spoilt.remove(&node);
        let acknowledged = self.acknowledged.entry(node).or_default();
        for (id, known) in held {
            acknowledged.entry(id).or_default().join(&known);
        }
    }

    /// How much of a CoValue a node's disk has; nothing where that is not sure.
    pub fn has(&self, node: NodeId, id: CoId) -> Option<KnownState> {
        if self.spoilt.contains(&node) {
            return None;
        }
        let known = self.acknowledged.get(&node).and_then(|of| of.get(&id)).filter(|known| known.header);
        Some(known.cloned().unwrap_or_default())
    }

    /// What a disk has acknowledged; of a CoValue without its header, which cannot be read, nothing.
    pub fn acknowledged(&self, node: NodeId) -> impl Iterator<Item = (CoId, &KnownState)> {
        let known = self.acknowledged.get(&node).into_iter().flatten().map(|(id, known)| (*id, known));
        known.filter(|(_, known)| known.header)
    }
}

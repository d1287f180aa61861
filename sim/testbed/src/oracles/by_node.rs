//! What is kept of each CoValue at each node.

use crate::host::NodeId;
use cosim_core::CoId;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct ByNode<T> {
    of_node: Vec<BTreeMap<CoId, T>>,
}

impl<T> Default for ByNode<T> {
    fn default() -> Self {
        ByNode { of_node: Vec::new() }
    }
}

impl<T> ByNode<T> {
    /// What is kept of a CoValue at a node.
    pub(super) fn get(&self, (node, id): (NodeId, CoId)) -> Option<&T> {
        self.of_node.get(node.index())?.get(&id)
    }

    /// The place of that.
    pub(super) fn entry(&mut self, (node, id): (NodeId, CoId)) -> Entry<'_, CoId, T> {
        if self.of_node.len() <= node.index() {
            self.of_node.resize_with(node.index() + 1, BTreeMap::new);
        }
        self.of_node[node.index()].entry(id)
    }

    /// What is kept at a node from one CoValue to another.
    pub(super) fn range(&self, node: NodeId, from: CoId, to: CoId) -> impl Iterator<Item = (CoId, &T)> {
        let of_node = self.of_node.get(node.index()).into_iter();
        of_node.flat_map(move |of_node| of_node.range(from..=to)).map(|(id, kept)| (*id, kept))
    }

    /// Keeps nothing of a node any longer.
    pub(super) fn forget(&mut self, node: NodeId) {
        if let Some(of_node) = self.of_node.get_mut(node.index()) {
            of_node.clear();
        }
    }

    /// Keeps nothing.
    pub(super) fn clear(&mut self) {
        self.of_node.clear();
    }
}

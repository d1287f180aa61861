//! What is kept of each conversation: of a node, in a connection, about a CoValue. A node has few connections.

use crate::host::NodeId;
use cosim_core::{CoId, ConnectionId, VecMap};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct ByPlace<T> {
    of_node: Vec<VecMap<ConnectionId, BTreeMap<CoId, T>>>,
}

/// A node, one of its connections and a CoValue.
type Place = (NodeId, ConnectionId, CoId);

impl<T> Default for ByPlace<T> {
    fn default() -> Self {
        ByPlace { of_node: Vec::new() }
    }
}

impl<T> ByPlace<T> {
    /// What is kept of a place.
    pub(super) fn get(&self, (node, connection, id): Place) -> Option<&T> {
        self.in_connection(node, connection)?.get(&id)
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, (node, connection, id): Place) -> Option<&mut T> {
        self.of_node.get_mut(node.index())?.get_mut(connection)?.get_mut(&id)
    }

    /// The place itself.
    pub(super) fn entry(&mut self, (node, connection, id): Place) -> Entry<'_, CoId, T> {
        if self.of_node.len() <= node.index() {
            self.of_node.resize_with(node.index() + 1, VecMap::new);
        }
        self.of_node[node.index()].entry_or_insert_with(connection, BTreeMap::new).entry(id)
    }

    /// What is kept of a node and a connection, by CoValue.
    pub(super) fn in_connection(&self, node: NodeId, connection: ConnectionId) -> Option<&BTreeMap<CoId, T>> {
        self.of_node.get(node.index())?.get(connection)
    }

    /// Keeps nothing of a node and a connection any longer; gives what was kept.
    pub(super) fn forget(&mut self, node: NodeId, connection: ConnectionId) -> BTreeMap<CoId, T> {
        let of_node = self.of_node.get_mut(node.index());
        of_node.and_then(|of_node| of_node.remove(connection)).unwrap_or_default()
    }

    /// Everything, by node.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Place, &T)> {
        (0..).map(NodeId).zip(&self.of_node).flat_map(|(node, of_node)| {
            of_node.iter().flat_map(move |(connection, of_connection)| {
                of_connection.iter().map(move |(id, kept)| ((node, connection, *id), kept))
            })
        })
    }
}

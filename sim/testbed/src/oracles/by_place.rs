//! What is kept of each conversation: of a node, about a CoValue, in a connection. A server has many connections, and of most
//! CoValues few of them say anything.

use crate::host::NodeId;
use cosim_core::{CoId, ConnectionId, VecMap};
use std::collections::BTreeMap;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct ByPlace<T> {
    of_node: Vec<BTreeMap<CoId, VecMap<ConnectionId, T>>>,
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
        self.of_node.get(node.index())?.get(&id)?.get(connection)
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, (node, connection, id): Place) -> Option<&mut T> {
        self.of_node.get_mut(node.index())?.get_mut(&id)?.get_mut(connection)
    }

    /// What is kept of a place, made by `make` where nothing was.
    pub(super) fn entry(&mut self, (node, connection, id): Place, make: impl FnOnce() -> T) -> &mut T {
        if self.of_node.len() <= node.index() {
            self.of_node.resize_with(node.index() + 1, BTreeMap::new);
        }
        self.of_node[node.index()].entry(id).or_default().entry_or_insert_with(connection, make)
    }

    /// What is kept of a node and a CoValue, by connection.
    pub(super) fn about(&self, node: NodeId, id: CoId) -> impl Iterator<Item = (ConnectionId, &T)> {
        let about = self.of_node.get(node.index()).and_then(|of_node| of_node.get(&id));
        about.into_iter().flat_map(VecMap::iter)
    }

    /// What is kept of a node and a connection, by CoValue. It looks at all CoValues of the node.
    pub(super) fn in_connection(
        &self,
        node: NodeId,
        connection: ConnectionId,
    ) -> impl Iterator<Item = (CoId, &T)> {
        let of_node = self.of_node.get(node.index()).into_iter().flatten();
        of_node.filter_map(move |(id, about)| Some((*id, about.get(connection)?)))
    }

    /// Keeps nothing of a node and a connection any longer; gives what was kept, by CoValue. It looks at all CoValues of the
    /// node.
    pub(super) fn forget(&mut self, node: NodeId, connection: ConnectionId) -> Vec<(CoId, T)> {
        let mut kept = Vec::new();
        if let Some(of_node) = self.of_node.get_mut(node.index()) {
            of_node.retain(|id, about| {
                kept.extend(about.remove(connection).map(|it| (*id, it)));
                !about.is_empty()
            });
        }
        kept
    }

    /// Everything, by node and CoValue.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Place, &T)> {
        (0..).map(NodeId).zip(&self.of_node).flat_map(|(node, of_node)| {
            of_node.iter().flat_map(move |(id, about)| {
                about.iter().map(move |(connection, kept)| ((node, connection, *id), kept))
            })
        })
    }
}

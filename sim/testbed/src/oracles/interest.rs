//! Which CoValues nodes want, and which they want no longer, once the world is at rest: what their apps asked for, and
//! what the clients with which they can talk want. Computed once for all nodes, clients before their servers, so that a
//! question costs a look into a set.

use super::scene::Scene;
use crate::host::NodeId;
use cosim_core::{CoId, Relationship};
use std::collections::BTreeSet;

/// See the module.
#[derive(Debug)]
pub(super) struct Interest {
    /// What the app of a node, or of a client of its, wants.
    wanted: BTreeSet<(NodeId, CoId)>,
    /// What the app of a node wants no longer, and no client of its that holds it does.
    over: BTreeSet<(NodeId, CoId)>,
}

impl Interest {
    pub(super) fn of(scene: &Scene<'_>) -> Interest {
        let tree = Tree::of(scene);
        let ledger = &scene.evidence.ledger;
        let mut wanted = BTreeSet::new();
        let mut next: Vec<(NodeId, CoId)> = ledger.wanted().collect();
        while let Some((node, id)) = next.pop() {
            if wanted.insert((node, id)) {
                next.extend(tree.servers[node.index()].iter().map(|server| (*server, id)));
            }
        }
        let mut over = BTreeSet::new();
        if ledger.done().next().is_some() {
            for node in tree.clients_first() {
                let clients = &tree.clients[node.index()];
                let is_over = |id: &CoId| {
                    let goes_on = |client: &NodeId| !over.contains(&(*client, *id));
                    !clients.iter().any(|client| goes_on(client) && scene.has_header(*client, *id))
                };
                let ended: Vec<CoId> = ledger.done_by(node).filter(is_over).collect();
                over.extend(ended.into_iter().map(|id| (node, id)));
            }
        }
        Interest { wanted, over }
    }

    /// Whether a node's app, or a client's, wants the CoValue.
    pub(super) fn wants(&self, node: NodeId, id: CoId) -> bool {
        self.wanted.contains(&(node, id))
    }

    /// Whether a node's app wants the CoValue no longer, and no client of its that holds it does.
    pub(super) fn is_over(&self, node: NodeId, id: CoId) -> bool {
        self.over.contains(&(node, id))
    }
}

/// Who is whose client, as far as they can talk.
struct Tree {
    clients: Vec<Vec<NodeId>>,
    servers: Vec<Vec<NodeId>>,
}

impl Tree {
    fn of(scene: &Scene<'_>) -> Tree {
        let nodes = scene.world.nodes();
        let mut tree = Tree { clients: vec![Vec::new(); nodes], servers: vec![Vec::new(); nodes] };
        for link in scene.world.links().filter(|link| link.joins) {
            let [a, b] = link.ends;
            for (node, client) in [(a, b), (b, a)] {
                if link.of(node) == Relationship::SyncTheirs {
                    tree.clients[node.index()].push(client);
                    tree.servers[client.index()].push(node);
                }
            }
        }
        tree
    }

    /// All nodes, each after its clients: none is its own client's client.
    fn clients_first(&self) -> Vec<NodeId> {
        let mut left: Vec<usize> = self.clients.iter().map(Vec::len).collect();
        let mut order: Vec<NodeId> =
            (0..).map(NodeId).zip(&left).filter(|(_, left)| **left == 0).map(|(node, _)| node).collect();
        let mut at = 0;
        while let Some(&node) = order.get(at) {
            for server in &self.servers[node.index()] {
                left[server.index()] -= 1;
                if left[server.index()] == 0 {
                    order.push(*server);
                }
            }
            at += 1;
        }
        order
    }
}

//! What each look was at, and what it found: for those who want to know of every one.

use crate::cojson::Notice;
use crate::host::NodeId;
use cosim_core::{CoId, Event};

/// What a look is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// The node, where it is one.
    pub node: Option<NodeId>,
    /// The other node, where it is about both.
    pub peer: Option<NodeId>,
    /// The CoValue, where it is about one.
    pub id: Option<CoId>,
}

/// An oracle has looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// At what.
    pub at: At,
    /// Which oracle.
    pub oracle: &'static str,
    /// How often.
    pub times: u64,
    /// The failure key, where it found what counts as a violation.
    pub key: Option<String>,
}

impl At {
    /// At nothing in particular, or at everything.
    pub(super) const ALL: At = At { node: None, peer: None, id: None };

    /// At a node.
    pub(super) const fn node(node: NodeId) -> At {
        At { node: Some(node), ..At::ALL }
    }

    /// At a node and a CoValue.
    pub(super) const fn held(node: NodeId, id: CoId) -> At {
        At { id: Some(id), ..At::node(node) }
    }

    /// At a node, a peer of it, and a CoValue about which they talk.
    pub(super) const fn between(node: NodeId, peer: NodeId, id: CoId) -> At {
        At { peer: Some(peer), ..At::held(node, id) }
    }

    /// At what a node tells its app.
    pub(super) const fn notice(node: NodeId, notice: &Notice) -> At {
        match notice {
            Notice::LoadEnded { id, .. }
            | Notice::Written { id, .. }
            | Notice::Wrote { id, .. }
            | Notice::Taken { id, .. }
            | Notice::Synced { id }
            | Notice::Raised { wrote: Some(id), .. }
            | Notice::WriteFailed { id, .. }
            | Notice::Event(
                Event::AddedNewHeader { id } | Event::AddedNewTransactions { id } | Event::CoValueDone { id },
            ) => At::held(node, *id),
            Notice::Uploaded { peer, id, .. } => At::between(node, *peer, *id),
            Notice::Event(Event::SyncStateUpdated { peer, id }) => At::between(node, NodeId(peer.0), *id),
            Notice::Event(Event::AddedPeer { .. } | Event::RemovedPeer { .. })
            | Notice::Raised { wrote: None, .. }
            | Notice::Recovered { .. } => At::node(node),
        }
    }
}

//! Names: the nodes, CoValues and sessions of a run as people say them.

use super::{ordinal, session_parts};
use crate::host::NodeId;
use cosim_core::{CoId, Names, PeerId, SessionId};
use std::borrow::Cow;

/// The names of a run, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cast {
    /// The nodes.
    pub nodes: Vec<String>,
    /// The CoValues.
    pub co_values: Vec<String>,
}

impl Cast {
    /// A node's name.
    pub fn node(&self, node: NodeId) -> Cow<'_, str> {
        self.nodes.get(node.index()).map_or_else(|| Cow::Owned(format!("node{}", node.0)), |name| name.into())
    }
}

impl Names for Cast {
    fn co_value(&self, id: CoId) -> Cow<'_, str> {
        self.co_values
            .get(id.0 as usize)
            .map_or_else(|| Cow::Owned(format!("co{}", id.0)), |name| name.into())
    }

    /// `alice/1` is the first session of alice's app, `alice/2` the one after alice has lost its storage. Others are
    /// called by what they are for.
    fn session(&self, id: SessionId) -> Cow<'_, str> {
        Cow::Owned(format!("{}/{}", self.node(session_parts(id).0), ordinal(id)))
    }

    fn peer(&self, id: PeerId) -> Cow<'_, str> {
        self.node(NodeId(id.0))
    }
}

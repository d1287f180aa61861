//! What oracles see when something happens: the world, whatever its nodes are, and the evidence gathered so far.

use super::Setup;
use super::evidence::Evidence;
use super::holdings::{Holdings, Stored};
use crate::clock::WallTime;
use crate::cojson::End;
use crate::host::{NodeId, SimNode};
use crate::world::{LinkSpec, View};
use cosim_core::{CoId, ConnectionId, Relationship, Time};

/// The world, whatever its nodes are.
pub trait Surroundings {
    /// The present moment.
    fn now(&self) -> Time;

    /// The number of the event that is happening.
    fn event(&self) -> u64;

    /// How many nodes there are.
    fn nodes(&self) -> usize;

    /// What a node holds.
    fn holdings(&self, node: NodeId) -> &dyn Holdings;

    /// Whether a node's process runs.
    fn is_up(&self, node: NodeId) -> bool;

    /// Whether a node has a disk.
    fn has_disk(&self, node: NodeId) -> bool;

    /// What a node's wall clock shows.
    fn wall(&self, node: NodeId) -> WallTime;

    /// The node for which its peers take `node`.
    fn known_as(&self, node: NodeId) -> NodeId;

    /// The id that the next connection will have.
    fn next_connection(&self) -> ConnectionId;

    /// Every link as it stands.
    fn links(&self) -> Box<dyn Iterator<Item = Link> + '_>;

    /// What the other end of a connection is to `node`, which is at one of its ends.
    fn relationship(&self, connection: ConnectionId, node: NodeId) -> Relationship;

    /// How much `node`, which is at one end of a connection, prefers the other end: the more, the larger.
    fn priority(&self, connection: ConnectionId, node: NodeId) -> i32;
}

/// A link as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The nodes at its ends.
    pub ends: [NodeId; 2],
    /// What each of them takes the other for.
    pub relationship: [Relationship; 2],
    /// Whether a connection is open on it and lets everything pass.
    pub joins: bool,
}

impl Link {
    /// What the other end is to `node`, which is at one of the ends.
    pub fn of(&self, node: NodeId) -> Relationship {
        self.relationship[usize::from(self.ends[0] != node)]
    }

    /// Whether these are its ends.
    pub fn is_between(&self, a: NodeId, b: NodeId) -> bool {
        self.ends == [a, b] || self.ends == [b, a]
    }
}

/// What an oracle sees when it is asked.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The world.
    pub world: &'a dyn Surroundings,
    /// What was gathered so far, of what somebody needs.
    pub evidence: &'a Evidence,
    /// What is known beforehand.
    pub setup: &'a Setup,
}

impl<'a> Scene<'a> {
    /// All nodes.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.world.nodes() as u32).map(NodeId)
    }

    /// All nodes that are honest.
    pub fn honest(&self) -> impl Iterator<Item = NodeId> + use<'a> {
        let hostile = &self.setup.hostile;
        self.nodes().filter(move |node| !hostile.contains(node))
    }

    /// What a node holds of a CoValue, with its header; `None` where it lacks that.
    pub fn held(&self, node: NodeId, id: CoId) -> Option<&'a dyn Stored> {
        self.world.holdings(node).stored(id).filter(|stored| stored.header().is_some())
    }

    /// Whether a node holds the header of a CoValue.
    pub fn has_header(&self, node: NodeId, id: CoId) -> bool {
        self.held(node, id).is_some()
    }
}

impl<N: SimNode<End = End> + Holdings> Surroundings for View<'_, N> {
    fn now(&self) -> Time {
        self.now
    }

    fn event(&self) -> u64 {
        self.event
    }

    fn nodes(&self) -> usize {
        self.hosts.len()
    }

    fn holdings(&self, node: NodeId) -> &dyn Holdings {
        &self.hosts[node.index()].node
    }

    fn is_up(&self, node: NodeId) -> bool {
        self.hosts[node.index()].up
    }

    fn has_disk(&self, node: NodeId) -> bool {
        self.hosts[node.index()].disk.is_some()
    }

    fn wall(&self, node: NodeId) -> WallTime {
        View::wall(self, node)
    }

    fn known_as(&self, node: NodeId) -> NodeId {
        View::known_as(self, node)
    }

    fn next_connection(&self) -> ConnectionId {
        View::next_connection(self)
    }

    fn links(&self) -> Box<dyn Iterator<Item = Link> + '_> {
        Box::new(View::links(self).map(|link| Link {
            ends: link.spec.ends,
            relationship: relationships(link.spec),
            joins: link.open.is_some() && link.passes,
        }))
    }

    fn relationship(&self, connection: ConnectionId, node: NodeId) -> Relationship {
        self.link(connection).end_of(node).relationship
    }

    fn priority(&self, connection: ConnectionId, node: NodeId) -> i32 {
        self.link(connection).end_of(node).priority
    }
}

fn relationships<N: SimNode<End = End>>(spec: &LinkSpec<N>) -> [Relationship; 2] {
    [spec.end[0].relationship, spec.end[1].relationship]
}

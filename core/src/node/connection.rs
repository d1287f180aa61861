//! The connections of a node, and the order in which their peers are served.

use crate::id::{CoId, ConnectionId, PeerId};
use crate::state::{PeerInfo, Relationship};
use crate::vec_map::VecMap;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

/// The present connection with a peer: an epoch (rule 1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Connection {
    pub(crate) id: ConnectionId,
    pub(crate) relationship: Relationship,
    /// How many messages we have sent in it.
    pub(crate) sent: u32,
    /// How many CoValues that are not here it has named.
    pub(crate) named: usize,
    /// Whether the peer takes messages, and what it missed while it did not.
    pub(crate) flow: Flow,
    /// Our messages that have not left, oldest first: the CoValue where an answer is waited for.
    pub(crate) leaving: VecDeque<Option<CoId>>,
}

/// Whether a peer takes messages.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Flow {
    Writable,
    /// It does not; these CoValues were passed over.
    Blocked(PassedOver),
}

/// CoValues of which something was due that could not be said, and which of them was the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct PassedOver {
    places: BTreeMap<CoId, usize>,
}

impl PassedOver {
    pub(crate) fn insert(&mut self, id: CoId) {
        let place = self.places.len();
        self.places.entry(id).or_insert(place);
    }

    /// The first that was passed over first.
    pub(crate) fn in_order(self) -> Vec<CoId> {
        let mut ids: Vec<(CoId, usize)> = self.places.into_iter().collect();
        ids.sort_unstable_by_key(|(_, place)| *place);
        ids.into_iter().map(|(id, _)| id).collect()
    }
}

/// A peer in the order of service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ranked {
    pub(crate) peer: PeerId,
    pub(crate) relationship: Relationship,
    /// Its place among the peers by id.
    pub(crate) place: usize,
}

/// All connections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Connections {
    by_peer: VecMap<PeerId, Connection>,
    /// By priority, larger first, then by id.
    ranked: Vec<Ranked>,
}

/// The peers in the order of service: by priority, larger first, then by id.
pub(crate) fn rank(peers: &VecMap<PeerId, PeerInfo>) -> Vec<Ranked> {
    let ranked = |(place, (peer, info)): (usize, (PeerId, &PeerInfo))| {
        (core::cmp::Reverse(info.priority), Ranked { peer, relationship: info.relationship, place })
    };
    let mut order: Vec<_> = peers.iter().enumerate().map(ranked).collect();
    order.sort_by_key(|(priority, ranked)| (*priority, ranked.peer));
    order.into_iter().map(|(_, ranked)| ranked).collect()
}

impl Connections {
    pub(crate) fn get(&self, peer: PeerId) -> Option<&Connection> {
        self.by_peer.get(peer)
    }

    pub(crate) fn get_mut(&mut self, peer: PeerId) -> Option<&mut Connection> {
        self.by_peer.get_mut(peer)
    }

    /// The connection with a peer of the order of service.
    pub(crate) fn of(&self, ranked: Ranked) -> Option<&Connection> {
        self.by_peer.get_near(ranked.place, ranked.peer)
    }

    /// The same, to be changed.
    pub(crate) fn of_mut(&mut self, ranked: Ranked) -> Option<&mut Connection> {
        self.by_peer.get_near_mut(ranked.place, ranked.peer)
    }

    /// The peers in the order of service.
    pub(crate) fn ranked(&self) -> &[Ranked] {
        &self.ranked
    }

    /// One peer of that order.
    pub(crate) fn ranked_peer(&self, peer: PeerId) -> Option<Ranked> {
        let place = self.by_peer.place(peer);
        let relationship = self.by_peer.get_near(place, peer)?.relationship;
        Some(Ranked { peer, relationship, place })
    }

    /// Begins a connection with a peer that has none; `peers` are all peers, this one included.
    pub(crate) fn open(&mut self, peer: PeerId, id: ConnectionId, peers: &VecMap<PeerId, PeerInfo>) {
        let Some(PeerInfo { relationship, .. }) = peers.get(peer).copied() else { return };
        self.by_peer.insert(
            peer,
            Connection {
                id,
                relationship,
                sent: 0,
                named: 0,
                flow: Flow::Writable,
                leaving: VecDeque::new(),
            },
        );
        self.ranked = rank(peers);
        debug_assert_eq!(self.ranked.len(), self.by_peer.len(), "every peer has a connection");
    }

    /// Ends the connection with a peer.
    pub(crate) fn close(&mut self, peer: PeerId) {
        self.by_peer.remove(peer);
        self.ranked.retain(|ranked| ranked.peer != peer);
        for ranked in &mut self.ranked {
            ranked.place -= usize::from(ranked.peer > peer);
        }
    }
}

//! What each end of each connection has heard from the other, in that connection: the evidence on which it may act.
//! Which connection is an end's current one is taken from what the world told it, not from what the node says.

use super::by_place::ByPlace;
use crate::cojson::SimCrypto;
use crate::host::NodeId;
use cosim_core::{CoId, ConnectionId, Crypto, Envelope, KnownState, Message, Span, Time, VecMap};

/// What was heard of one CoValue.
#[derive(Clone, Debug, Default)]
pub struct Hearing {
    /// The number of the newest `load`.
    load: Option<u32>,
    /// The number of the newest `done`.
    done: Option<u32>,
    /// Whether the peer has shown to hold the header.
    pub header: bool,
    /// Everything that the peer has proved to hold.
    pub proved: KnownState,
    /// Whether the peer has said that it lacks the header.
    said_none: bool,
    /// When the peer was asked first, or showed first that it holds the CoValue.
    waited_since: Option<Time>,
    /// How often it was asked.
    asked_times: u32,
    /// How many headers it has sent that are not the CoValue's.
    wrong_headers: u32,
}

/// After so many wrong headers a peer does not hold the CoValue, whatever it says.
const WRONG_HEADERS: u32 = 3;

impl Hearing {
    /// Whether the peer has asked for the CoValue, and not taken it back since.
    pub fn asked(&self) -> bool {
        self.load.is_some() && self.load >= self.done
    }

    /// Whether the peer has said that it lacks the CoValue, and has not shown to hold it; or has sent wrong headers time and
    /// again.
    pub fn lacks(&self) -> bool {
        (self.said_none && !self.header) || self.wrong_headers >= WRONG_HEADERS
    }

    /// Whether the peer has ever said that it lacks the CoValue.
    pub fn has_lacked(&self) -> bool {
        self.said_none
    }

    /// Whether so much time has passed since the peer was asked, or since it showed that it could send the CoValue.
    pub fn was_silent(&self, now: Time, patience: Span) -> bool {
        self.waited_since.is_some_and(|since| now >= since + patience)
    }

    /// What the peer holds it can send: that begins a wait.
    fn waits_if_held(&mut self, now: Time) {
        if self.header {
            self.waited_since.get_or_insert(now);
        }
    }

    /// How often the peer was asked.
    pub fn asked_times(&self) -> u32 {
        self.asked_times
    }

    /// Whether the peer has ever asked for the CoValue, or shown to hold it.
    pub fn concerned(&self) -> bool {
        self.load.is_some() || self.header
    }

    /// Whether the peer has taken its interest back.
    pub fn ended(&self) -> bool {
        self.done > self.load
    }
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// The connection that a node was last told of, by node, and then by peer, until it is told that it has closed.
    current: Vec<VecMap<NodeId, ConnectionId>>,
    hearings: ByPlace<Hearing>,
}

impl Heard {
    /// `node` is told that a connection has opened. Where it had another with `peer`, that one is over.
    pub(super) fn opened(&mut self, node: NodeId, peer: NodeId, connection: ConnectionId) {
        if self.current.len() <= node.index() {
            self.current.resize(node.index() + 1, VecMap::new());
        }
        if let Some(earlier) = self.current[node.index()].insert(peer, connection) {
            self.hearings.forget(node, earlier);
        }
    }

    /// `node` is told that a connection has closed, perhaps one that is not its current one any more.
    pub(super) fn closed(&mut self, node: NodeId, peer: NodeId, connection: ConnectionId) {
        if let Some(of_node) = self.current.get_mut(node.index())
            && of_node.get(peer) == Some(&connection)
        {
            of_node.remove(peer);
        }
        self.hearings.forget(node, connection);
    }

    /// A process ends, and with it its connections, of which it is told nothing.
    pub(super) fn goes_down(&mut self, node: NodeId) {
        for (peer, connection) in self.peers(node).collect::<Vec<_>>() {
            self.closed(node, peer, connection);
        }
    }

    /// The connection that `node` has with `peer`, as far as it was told.
    pub fn current(&self, node: NodeId, peer: NodeId) -> Option<ConnectionId> {
        self.current.get(node.index()).and_then(|of_node| of_node.get(peer)).copied()
    }

    /// The peers that `node` is connected to, as far as it was told.
    pub fn peers(&self, node: NodeId) -> impl Iterator<Item = (NodeId, ConnectionId)> + '_ {
        let of_node = self.current.get(node.index()).into_iter();
        of_node.flat_map(VecMap::iter).map(|(peer, connection)| (peer, *connection))
    }

    /// A message arrives at `node`; one on a connection that is not its current one tells it nothing.
    pub(super) fn delivered(
        &mut self,
        now: Time,
        connection: ConnectionId,
        (node, peer): (NodeId, NodeId),
        envelope: &Envelope<SimCrypto>,
    ) {
        if self.current(node, peer) != Some(connection) {
            return;
        }
        let hearing = self.hearings.entry((node, connection, envelope.message.id()), Hearing::default);
        match &envelope.message {
            Message::Load { known, .. } => {
                hearing.load = hearing.load.max(Some(envelope.n));
                hearing.header |= known.header;
                hearing.said_none |= !known.header;
                hearing.proved.join(known);
            }
            Message::Known(known) => {
                hearing.header |= known.known.header;
                hearing.said_none |= !known.known.header;
                hearing.proved.join(&known.known);
            }
            Message::Content(content) => {
                hearing.header = true;
                content.join_to(&mut hearing.proved);
            }
            Message::Done { .. } => hearing.done = hearing.done.max(Some(envelope.n)),
        }
        hearing.waits_if_held(now);
    }

    /// A message arrives at `node` that is not what its sender said. It proves nothing that is held, but that its
    /// sender holds the header, where it is whole. A header that is another's may have been damaged, unless it comes
    /// again and again.
    pub(super) fn delivered_damaged(
        &mut self,
        now: Time,
        connection: ConnectionId,
        (node, peer): (NodeId, NodeId),
        (envelope, crypto): (&Envelope<SimCrypto>, &SimCrypto),
    ) {
        if self.current(node, peer) != Some(connection) {
            return;
        }
        if let Message::Content(content) = &envelope.message {
            let hearing = self.hearings.entry((node, connection, content.id), Hearing::default);
            if content.header.as_ref().is_none_or(|header| crypto.verify_header(content.id, header)) {
                hearing.header = true;
            } else {
                hearing.wrong_headers = hearing.wrong_headers.saturating_add(1);
            }
            hearing.waits_if_held(now);
        }
    }

    /// `node` asks for `id` in a connection.
    pub(super) fn asks(&mut self, now: Time, connection: ConnectionId, node: NodeId, id: CoId) {
        let hearing = self.hearings.entry((node, connection, id), Hearing::default);
        hearing.waited_since.get_or_insert(now);
        hearing.asked_times = hearing.asked_times.saturating_add(1);
    }

    /// What `node` has heard of `id` in `connection`.
    pub fn of(&self, connection: ConnectionId, node: NodeId, id: CoId) -> Option<&Hearing> {
        self.hearings.get((node, connection, id))
    }
}

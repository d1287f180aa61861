//! Links and the connections that open and close on them.

use super::filters::Filters;
use super::transmit::{Lane, Stuck};
use super::{Host, World};
use crate::clock::WallTime;
use crate::decision::{Decide, Noticing, Turn};
use crate::host::{Direction, Input, NodeId, SimNode};
use crate::network::Network;
use crate::queue::{Class, Order, Queued};
use crate::stream::Stream;
use crate::world::observer::{Happening, Observer, Skipped};
use cosim_base::{ConnectionId, Time};

/// A link between two nodes, on which one connection at a time can be open.
#[derive(Clone, Debug)]
pub struct LinkSpec<N: SimNode> {
    /// The nodes at its ends.
    pub ends: [NodeId; 2],
    /// The names of those nodes: they name the streams from which the link's decisions come.
    pub names: [String; 2],
    /// What each end is told of it.
    pub end: [N::End; 2],
    /// Its conditions at first.
    pub network: Network,
}

impl<N: SimNode> LinkSpec<N> {
    /// What `node`, which is at one of the ends, is told of the link.
    pub fn end_of(&self, node: NodeId) -> &N::End {
        &self.end[usize::from(self.ends[0] != node)]
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Link<N: SimNode> {
    pub(crate) spec: LinkSpec<N>,
    /// The connection that is open.
    pub(crate) open: Option<ConnectionId>,
    /// Whether it is meant to be open: a restart of an end opens it again.
    pub(super) intended: bool,
    /// The connection that one end has noticed to be over, and which end has not.
    half_open: Option<(ConnectionId, usize)>,
    pub(super) filters: Filters<N::Message>,
    /// What was sent while nothing leaves, in the order in which it was.
    pub(super) stuck: Vec<Stuck<N::Message>>,
    notices: Stream,
}

impl<N: SimNode> Link<N> {
    pub(super) fn new(spec: LinkSpec<N>, seed: u64) -> Link<N> {
        let notices = Stream::new(seed, "notice", &format!("{}-{}", spec.names[0], spec.names[1]));
        Link {
            spec,
            open: None,
            intended: false,
            half_open: None,
            filters: Filters::default(),
            stuck: Vec::new(),
            notices,
        }
    }
}

/// A connection that was opened, and by which operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connection {
    pub(crate) link: u32,
    /// The first end of that link.
    pub(super) first_end: NodeId,
    pub(crate) opened_by: u32,
}

/// That an end is about to notice something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Notice {
    pub(super) node: NodeId,
    pub(super) connection: ConnectionId,
    pub(super) news: News,
}

/// What an end is told.
#[derive(Clone, Copy, Debug)]
pub(super) enum News {
    /// What has become of the connection.
    Turn(Turn),
    /// The line from it is full.
    Blocked,
    /// The line from it takes messages again.
    Writable,
    /// A message that waited has left.
    Left,
}

/// Which ends notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    Both,
    Only(usize),
}

/// A link as it stands.
#[derive(Clone, Copy, Debug)]
pub struct LinkView<'a, N: SimNode> {
    /// Its ends.
    pub spec: &'a LinkSpec<N>,
    /// The connection that is open, if any.
    pub open: Option<ConnectionId>,
    /// Whether messages pass in both directions.
    pub passes: bool,
    /// Whether a partition swallows what is sent, in either direction.
    pub partitioned: bool,
    /// Whether a filter keeps messages back.
    pub holds: bool,
    /// Whether a filter drops messages.
    pub drops: bool,
}

/// What those who watch see of a world.
#[derive(Debug)]
pub struct View<'a, N: SimNode> {
    /// The present moment.
    pub now: Time,
    /// The number of the event that is happening.
    pub event: u64,
    /// All nodes, by number.
    pub hosts: &'a [Host<N>],
    pub(super) links: &'a [Link<N>],
    pub(super) lanes: &'a [Lane],
    pub(super) connections: &'a [Connection],
}

impl<'a, N: SimNode> View<'a, N> {
    /// Every link as it stands.
    pub fn links(&self) -> impl Iterator<Item = LinkView<'a, N>> + '_ {
        self.links.iter().enumerate().map(|(i, link)| LinkView {
            spec: &link.spec,
            open: link.open,
            passes: link.filters.is_empty() && self.lanes[2 * i..2 * i + 2].iter().all(Lane::passes),
            partitioned: self.lanes[2 * i..2 * i + 2].iter().any(|lane| lane.partitioned),
            holds: link.filters.hold_some(),
            drops: link.filters.drop_some(),
        })
    }

    /// What a node's wall clock shows.
    pub fn wall(&self, node: NodeId) -> WallTime {
        self.hosts[node.index()].clock.reading(self.now)
    }

    /// The node for which its peers take `node`.
    pub fn known_as(&self, node: NodeId) -> NodeId {
        self.hosts[node.index()].known_as
    }

    /// The id that the next connection will have: all that are larger or equal are yet to be opened.
    pub fn next_connection(&self) -> ConnectionId {
        ConnectionId(self.connections.len() as u32)
    }

    /// The link on which a connection was opened.
    pub fn link(&self, connection: ConnectionId) -> &'a LinkSpec<N> {
        &self.links[self.connections[connection.0 as usize].link as usize].spec
    }

    /// The operation that opened a connection, by its number.
    pub fn opened_by(&self, connection: ConnectionId) -> u32 {
        self.connections[connection.0 as usize].opened_by
    }
}

impl<N: SimNode, O: Observer<N>, D: Decide<N>> World<N, O, D> {
    /// Opens a connection, where none is open and both ends are up.
    pub(super) fn connect(&mut self, link: u32, operation: u32) -> Option<Skipped<N>> {
        let state = &mut self.links[link as usize];
        state.intended = true;
        if state.open.is_some() {
            return Some(Skipped::AlreadySo);
        }
        let ends = state.spec.ends;
        if let Some(why) = ends.iter().find_map(|node| self.refuses(*node)) {
            return Some(why);
        }
        if ends.iter().any(|node| self.nodes[node.index()].offline.is_some()) {
            return Some(Skipped::Offline);
        }
        if ends.iter().any(|node| self.sleeps(*node)) {
            return Some(Skipped::Asleep);
        }
        let state = &mut self.links[link as usize];
        let connection =
            ConnectionId(u32::try_from(self.connections.len()).expect("fewer than 2^32 connections"));
        state.open = Some(connection);
        let half_open = state.half_open.take();
        let first_end = state.spec.ends[0];
        self.connections.push(Connection { link, first_end, opened_by: operation });
        for side in 0..2 {
            self.lanes[2 * link as usize + side].line.open();
        }
        self.tell_ends(link, connection, operation, Turn::Opened, Ends::Both);
        if let Some((earlier, end)) = half_open {
            // An end may notice the end of the new one before its start, and would believe in the earlier one for ever.
            self.tell_ends(link, earlier, operation, Turn::Closed, Ends::Only(end));
        }
        None
    }

    /// Closes the connection of a link, where one is open.
    pub(super) fn disconnect(&mut self, link: u32, operation: u32) -> Option<Skipped<N>> {
        let state = &mut self.links[link as usize];
        let open = state.open.take().map(|connection| (connection, Ends::Both));
        let half_open = state.half_open.take().map(|(connection, end)| (connection, Ends::Only(end)));
        let Some((connection, ends)) = open.or(half_open) else {
            return Some(Skipped::AlreadySo);
        };
        self.tell_ends(link, connection, operation, Turn::Closed, ends);
        None
    }

    /// A node closes a connection of its own accord. The other end notices, where it was still open.
    pub(super) fn close(&mut self, node: NodeId, connection: ConnectionId) {
        let Connection { link, opened_by, .. } = self.connections[connection.0 as usize];
        let state = &mut self.links[link as usize];
        let [a, b] = state.spec.ends;
        let (peer, other) = if a == node { (b, 1) } else { (a, 0) };
        let was_open = state.open == Some(connection);
        self.observe(&Happening::Closed { node, peer, connection, was_open });
        if was_open {
            self.links[link as usize].open = None;
            self.tell_ends(link, connection, opened_by, Turn::Closed, Ends::Only(other));
        }
    }

    /// Closes the connection of a link, where one is open, of which only one end hears. The other goes on believing in
    /// it until the link connects or disconnects.
    pub(super) fn half_open(&mut self, link: u32, end: u8, operation: u32) -> Option<Skipped<N>> {
        let state = &mut self.links[link as usize];
        let Some(connection) = state.open.take() else {
            return Some(Skipped::AlreadySo);
        };
        let end = usize::from(end);
        state.half_open = Some((connection, 1 - end));
        self.tell_ends(link, connection, operation, Turn::Closed, Ends::Only(end));
        None
    }

    /// Takes one word for each end, whether it notices or not.
    fn tell_ends(&mut self, link: u32, connection: ConnectionId, operation: u32, turn: Turn, ends: Ends) {
        let range = self.lanes[2 * link as usize].network.notice;
        for side in 0..2 {
            let state = &mut self.links[link as usize];
            let node = state.spec.ends[side];
            let bits = (state.notices.word() >> 32) as u32;
            if ends != Ends::Both && ends != Ends::Only(side) {
                continue;
            }
            let peer = state.spec.ends[1 - side];
            let event = self.event;
            let noticing = Noticing { node, peer, turn, connection, operation, event, range };
            let delay = self.decisions.notice(&noticing, range.pick(bits));
            let slot = self.notices.put(Notice { node, connection, news: News::Turn(turn) });
            let entity = 2 * link + side as u32;
            let counter = 2 * u64::from(connection.0) + u64::from(turn == Turn::Closed);
            let order = Order::new(Class::Notice, entity, counter);
            self.queue.push(Queued { at_us: (self.now + delay).as_us(), order, slot });
        }
    }

    pub(super) fn notice(&mut self, at: Time, queued: Queued) {
        let node = self.notices.get(queued.slot).node;
        if self.sleeps(node) {
            return self.put_off(node, queued);
        }
        let Notice { connection, news, .. } = self.notices.take(queued.slot);
        let turn = match news {
            News::Turn(turn) => turn,
            News::Blocked => return self.hear_blocked(at, queued.order, connection),
            News::Writable => return self.hear_writable(at, queued.order, connection),
            News::Left => return self.hear_left(at, queued.order, connection),
        };
        let state = &self.links[self.connections[connection.0 as usize].link as usize];
        let stale = turn == Turn::Opened && state.open != Some(connection);
        if stale || !self.nodes[node.index()].up {
            // It was closed before this end noticed that it was open, or the process it belonged to has ended.
            return;
        }
        let side = usize::from(state.spec.ends[0] != node);
        let (peer, end) = (state.spec.ends[1 - side], state.spec.end[side].clone());
        self.begin(at, queued.order);
        let known = self.nodes[peer.index()].known_as;
        let (happening, input) = match turn {
            Turn::Opened => (
                Happening::Connected { node, peer, connection },
                Input::Connected { peer: known, connection, end: &end },
            ),
            Turn::Closed => (
                Happening::Disconnected { node, peer, connection },
                Input::Disconnected { peer: known, connection },
            ),
        };
        self.observe(&happening);
        // A node refuses commands only.
        let _ = self.handle(node, input, None);
    }

    pub(super) fn set_partitioned(&mut self, link: u32, direction: Direction, partitioned: bool) {
        for side in 0..2 {
            if direction.includes(side) {
                self.lanes[2 * link as usize + side].partitioned = partitioned;
            }
        }
    }

    /// Changes the conditions of a link, at a moment before which nothing more happens. That is no event: where it must
    /// be one, plan an [`Operation::Network`](crate::host::Operation::Network).
    pub fn set_network(&mut self, at: Time, link: u32, network: Network) {
        for side in 0..2 {
            self.lanes[2 * link as usize + side].network = network;
            self.look_at_line(at, 2 * link + side as u32);
        }
    }
}

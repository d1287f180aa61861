//! The line of one direction of a link, where its bandwidth is bounded: a queue of so many bytes, of which its sender
//! hears when it is more than half full, and again when it is less than a quarter full.
//!
//! A message takes just over half of the queue at most. What is larger leaves in parts, and the rest of it waits with its
//! sender. So whoever hears that a line is writable gets a message of any size into it, and what is small still finds room
//! behind that: answers that were lost each time while content fills the line would have it sent again for ever.

use super::World;
use super::links::{News, Notice};
use super::transmit::Lane;
use crate::decision::Decide;
use crate::host::{Input, SimNode};
use crate::network::{Network, QUEUE_DEFAULT, bytes_in, time_for};
use crate::queue::{Class, Order, Queued};
use crate::world::observer::{Happening, Observer};
use cosim_base::{ConnectionId, Span, Time};
use std::num::NonZeroU64;

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Line {
    /// When the last of what waits has left.
    free_at: Time,
    /// When all has entered the queue of messages too large for it.
    entered_at: Time,
    /// The connection in which the sender was told that the line is full, and not yet that it is no longer.
    blocked: Option<ConnectionId>,
    /// Counts what its sender was to be told: what breaks ties between that.
    told: u64,
}

impl Line {
    /// Queues a message; says when it has left, or nothing where it does not fit.
    #[inline]
    pub(super) fn enter(&mut self, now: Time, size: u32, network: &Network) -> Option<Time> {
        let Some(bandwidth) = network.bandwidth else {
            return Some(now);
        };
        let size = u64::from(size);
        let taken = size.min(queue(network) / 2 + 1);
        if self.queued(now, bandwidth) + taken > queue(network) {
            return None;
        }
        if size > taken {
            self.entered_at = self.entered_at.max(now) + time_for(size - taken, bandwidth);
        }
        self.free_at = self.free_at.max(now) + time_for(size, bandwidth);
        Some(self.free_at)
    }

    /// How many bytes have not left.
    fn waiting(&self, now: Time, bandwidth: NonZeroU64) -> u64 {
        bytes_in(self.free_at.since(now), bandwidth)
    }

    /// How many of these are in the queue.
    fn queued(&self, now: Time, bandwidth: NonZeroU64) -> u64 {
        self.waiting(now, bandwidth).saturating_sub(bytes_in(self.entered_at.since(now), bandwidth))
    }

    /// When less than a quarter of the queue is full; nothing where it is so already.
    fn writable_at(&self, now: Time, network: &Network) -> Option<Time> {
        let bandwidth = network.bandwidth?;
        let most = (queue(network) - 1) / 4;
        if self.waiting(now, bandwidth) <= most {
            return None;
        }
        // Rounded down: what is left to leave then is no more than that.
        let left = u128::from(most) * 1_000_000 / u128::from(bandwidth.get());
        let left = Span::from_us(u64::try_from(left).unwrap_or(u64::MAX));
        Some(Time::ZERO + (self.free_at.since(Time::ZERO) - left))
    }

    /// A new connection opens: whoever writes to it was told nothing yet.
    pub(super) fn open(&mut self) {
        self.blocked = None;
    }
}

fn queue(network: &Network) -> u64 {
    network.queue.unwrap_or(QUEUE_DEFAULT).max(1)
}

/// In the counters of notices, those of lines come after those of connections.
const FLOW: u64 = 1 << 36;

impl<N: SimNode, O: Observer<N>, D: Decide<N>> World<N, O, D> {
    /// Tells the sender that the line is full, where it has become so.
    #[inline]
    pub(super) fn press_back(&mut self, lane: u32, connection: ConnectionId) {
        let Lane { network, line, .. } = &mut self.lanes[lane as usize];
        let Some(bandwidth) = network.bandwidth else {
            return;
        };
        let is_full = 2 * line.queued(self.now, bandwidth) > queue(network);
        if is_full && line.blocked != Some(connection) {
            line.blocked = Some(connection);
            let writable_at = line.writable_at(self.now, network).unwrap_or(self.now);
            self.tell_sender(lane, connection, News::Blocked, self.now);
            self.tell_sender(lane, connection, News::Writable, writable_at);
        }
    }

    /// The conditions have changed: what the sender was told may hold no longer.
    pub(super) fn look_at_line(&mut self, at: Time, lane: u32) {
        if let Some(connection) = self.lanes[lane as usize].line.blocked {
            self.tell_sender(lane, connection, News::Writable, at.max(self.now));
        }
    }

    /// A message waits before the line: its sender hears when it has left.
    #[inline]
    pub(super) fn queue(&mut self, lane: u32, connection: ConnectionId, message: &N::Message, leaves: Time) {
        let Lane { from, to, .. } = self.lanes[lane as usize];
        let peer = self.nodes[to.index()].known_as;
        self.nodes[from.index()].node.queued(peer, connection, message);
        self.tell_sender(lane, connection, News::Left, leaves);
    }

    fn tell_sender(&mut self, lane: u32, connection: ConnectionId, news: News, at: Time) {
        let Lane { from, line, .. } = &mut self.lanes[lane as usize];
        line.told += 1;
        let order = Order::new(Class::Notice, lane, FLOW | line.told);
        let slot = self.notices.put(Notice { node: *from, connection, news });
        self.queue.push(Queued { at_us: at.as_us(), order, slot });
    }

    /// A sender is about to hear that its line is full.
    pub(super) fn hear_blocked(&mut self, at: Time, order: Order, connection: ConnectionId) {
        let Lane { from: node, to: peer, line, .. } = self.lanes[order.entity() as usize];
        if line.blocked != Some(connection) || !self.nodes[node.index()].up {
            return;
        }
        self.begin(at, order);
        self.figures.blocked += 1;
        self.observe(&Happening::Blocked { node, peer, connection });
        let peer = self.nodes[peer.index()].known_as;
        // A node refuses commands only.
        let _ = self.handle(node, Input::Blocked { peer, connection }, None);
    }

    /// A sender is about to hear that a message has left.
    pub(super) fn hear_left(&mut self, at: Time, order: Order, connection: ConnectionId) {
        let Lane { from: node, to: peer, .. } = self.lanes[order.entity() as usize];
        if !self.nodes[node.index()].up {
            return;
        }
        self.begin(at, order);
        self.observe(&Happening::Left { node, peer, connection });
        let peer = self.nodes[peer.index()].known_as;
        // A node refuses commands only.
        let _ = self.handle(node, Input::Left { peer, connection }, None);
    }

    /// A sender is about to hear that its line takes messages again, unless more has been queued since.
    pub(super) fn hear_writable(&mut self, at: Time, order: Order, connection: ConnectionId) {
        let lane = order.entity();
        let Lane { from: node, to: peer, line, network, .. } = &mut self.lanes[lane as usize];
        let (node, peer) = (*node, *peer);
        if line.blocked != Some(connection) {
            return;
        }
        if let Some(later) = line.writable_at(at, network) {
            // The clock stands still for that.
            return self.tell_sender(lane, connection, News::Writable, later);
        }
        line.blocked = None;
        if !self.nodes[node.index()].up {
            return;
        }
        self.begin(at, order);
        self.observe(&Happening::Writable { node, peer, connection });
        let peer = self.nodes[peer.index()].known_as;
        // A node refuses commands only.
        let _ = self.handle(node, Input::Writable { peer, connection }, None);
    }
}

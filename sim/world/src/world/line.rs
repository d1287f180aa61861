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
    /// How many bytes wait while nothing leaves.
    stuck: u64,
    /// The connection in which the sender was told that the line is full, and not yet that it is no longer.
    blocked: Option<ConnectionId>,
    /// Counts what its sender was to be told: what breaks ties between that.
    told: u64,
}

/// When a message has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaves {
    At(Time),
    /// Nothing leaves until the conditions change.
    Later,
}

/// When less than a quarter of a queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Room {
    Now,
    At(Time),
    /// Nothing leaves until the conditions change.
    Later,
}

impl Line {
    /// Queues a message; says when it has left, or nothing where it does not fit.
    #[inline]
    pub(super) fn enter(&mut self, now: Time, size: u64, network: &Network) -> Option<Leaves> {
        let Some(bandwidth) = network.bandwidth else {
            return Some(Leaves::At(now));
        };
        let taken = taken(size, network);
        if self.queued(now, network) + taken > queue(network) {
            return None;
        }
        let Some(bandwidth) = NonZeroU64::new(bandwidth) else {
            self.stuck += taken;
            return Some(Leaves::Later);
        };
        Some(Leaves::At(self.put(now, size, network, bandwidth)))
    }

    /// Lets what was stuck leave, a message of this size first; says when it has left.
    fn go_on(&mut self, now: Time, size: u64, network: &Network) -> Time {
        let bandwidth = network.bandwidth.and_then(NonZeroU64::new);
        bandwidth.map_or(now, |bandwidth| self.put(now, size, network, bandwidth))
    }

    fn put(&mut self, now: Time, size: u64, network: &Network, bandwidth: NonZeroU64) -> Time {
        let outside = size - taken(size, network);
        if outside > 0 {
            self.entered_at = self.entered_at.max(now) + time_for(outside, bandwidth);
        }
        self.free_at = self.free_at.max(now) + time_for(size, bandwidth);
        self.free_at
    }

    /// How many bytes are in the queue: those that have not left, without those that have not entered.
    fn queued(&self, now: Time, network: &Network) -> u64 {
        let Some(bandwidth) = network.bandwidth else { return 0 };
        let Some(bandwidth) = NonZeroU64::new(bandwidth) else { return self.stuck };
        let [waiting, outside] = [self.free_at, self.entered_at].map(|at| bytes_in(at.since(now), bandwidth));
        waiting.saturating_sub(outside)
    }

    fn room(&self, now: Time, network: &Network) -> Room {
        let Some(bandwidth) = network.bandwidth else { return Room::Now };
        let most = (queue(network) - 1) / 4;
        let Some(bandwidth) = NonZeroU64::new(bandwidth) else {
            return if self.stuck <= most { Room::Now } else { Room::Later };
        };
        if bytes_in(self.free_at.since(now), bandwidth) <= most {
            return Room::Now;
        }
        // Rounded down: what is left to leave then is no more than that.
        let left = u128::from(most) * 1_000_000 / u128::from(bandwidth.get());
        let left = Span::from_us(u64::try_from(left).unwrap_or(u64::MAX));
        Room::At(Time::ZERO + (self.free_at.since(Time::ZERO) - left))
    }

    /// When the last of what waits has left.
    pub(super) fn free_at(&self) -> Time {
        self.free_at
    }

    /// A new connection opens: whoever writes to it was told nothing yet.
    pub(super) fn open(&mut self) {
        self.blocked = None;
    }
}

fn queue(network: &Network) -> u64 {
    network.queue.unwrap_or(QUEUE_DEFAULT).max(1)
}

/// How much of a queue a message takes.
fn taken(size: u64, network: &Network) -> u64 {
    size.min(queue(network) / 2 + 1)
}

/// In the counters of notices, those of lines come after those of connections.
const FLOW: u64 = 1 << 36;

impl<N: SimNode, O: Observer<N>, D: Decide<N>> World<N, O, D> {
    /// Tells the sender that the line is full, where it has become so.
    #[inline]
    pub(super) fn press_back(&mut self, lane: u32, connection: ConnectionId) {
        let Lane { network, line, .. } = &mut self.lanes[lane as usize];
        if network.bandwidth.is_none() {
            return;
        }
        let is_full = 2 * line.queued(self.now, network) > queue(network);
        if is_full && line.blocked != Some(connection) {
            line.blocked = Some(connection);
            let room = line.room(self.now, network);
            self.tell_sender(lane, connection, News::Blocked, self.now);
            match room {
                Room::Now => self.tell_sender(lane, connection, News::Writable, self.now),
                Room::At(at) => self.tell_sender(lane, connection, News::Writable, at),
                Room::Later => {}
            }
        }
    }

    /// The conditions have changed: what was stuck leaves, and what the sender was told may hold no longer.
    pub(super) fn look_at_line(&mut self, at: Time, lane: u32) {
        if self.lanes[lane as usize].network.bandwidth != Some(0) {
            self.lanes[lane as usize].line.stuck = 0;
            let link = &mut self.links[(lane / 2) as usize];
            let stuck: Vec<_> = link.stuck.extract_if(.., |stuck| stuck.lane() == lane).collect();
            for stuck in stuck {
                let Lane { line, network, .. } = &mut self.lanes[lane as usize];
                let leaves = line.go_on(at.max(self.now), stuck.size, network);
                self.tell_left(lane, stuck.connection(), leaves);
                self.carry_on(leaves, stuck);
            }
        }
        if let Some(connection) = self.lanes[lane as usize].line.blocked {
            self.tell_sender(lane, connection, News::Writable, at.max(self.now));
        }
    }

    /// A message waits before the line: its sender hears when it has left.
    #[inline]
    pub(super) fn queue(
        &mut self,
        lane: u32,
        connection: ConnectionId,
        message: &N::Message,
        leaves: Leaves,
    ) {
        let Lane { from, to, .. } = self.lanes[lane as usize];
        let peer = self.nodes[to.index()].known_as;
        self.nodes[from.index()].node.queued(peer, connection, message);
        if let Leaves::At(leaves) = leaves {
            self.tell_left(lane, connection, leaves);
        }
    }

    /// The sender of a message that waits hears at `leaves` that it has left.
    pub(super) fn tell_left(&mut self, lane: u32, connection: ConnectionId, leaves: Time) {
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
        match line.room(at, network) {
            Room::Now => {}
            // The clock stands still for that.
            Room::At(later) => return self.tell_sender(lane, connection, News::Writable, later),
            // They are told when the conditions change.
            Room::Later => return,
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

//! How a message gets from one node to another.

use super::World;
use crate::decision::{Decide, Fate, Sending, WORDS_PER_MESSAGE};
use crate::host::{NodeId, SimMessage, SimNode};
use crate::network::Network;
use crate::observer::{Happening, Observer, Sent};
use crate::queue::{Class, Order, Queued};
use crate::stream::Stream;
use cosim_core::{ConnectionId, Time};

/// One direction of a link: number `2 × link` from its first end to its second, the next one back.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) network: Network,
    pub(super) partitioned: bool,
    stream: Stream,
    /// Counts the messages of this direction: what breaks ties between them.
    sent: u64,
    /// When the last message that keeps its order arrives.
    last_arrival: Time,
}

impl Lane {
    pub(super) fn new(from: NodeId, to: NodeId, network: Network, stream: Stream) -> Lane {
        Lane { from, to, network, partitioned: false, stream, sent: 0, last_arrival: Time::ZERO }
    }
}

/// A copy of a message on its way. Its place in the queue says in which lane.
#[derive(Clone, Debug)]
pub(super) struct Mail<M> {
    pub(super) connection: ConnectionId,
    pub(super) message: M,
}

/// Things by number; numbers are used again.
#[derive(Clone, Debug)]
pub(super) struct Slab<T> {
    slots: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Slab { slots: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slab<T> {
    #[inline]
    pub(super) fn put(&mut self, thing: T) -> u32 {
        if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = Some(thing);
            return slot;
        }
        self.slots.push(Some(thing));
        u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 things at once")
    }

    /// What a number stands for.
    pub(super) fn get(&self, slot: u32) -> &T {
        self.slots[slot as usize].as_ref().expect("a queued event's content is there")
    }

    #[inline]
    pub(super) fn take(&mut self, slot: u32) -> T {
        self.free.push(slot);
        self.slots[slot as usize].take().expect("a queued event's content is there")
    }
}

impl<N: SimNode, O: Observer<N>, D: Decide<N>> World<N, O, D> {
    /// Sends a message from `from` on `connection`, or loses it. What is sent on a connection that is not `from`'s is
    /// a bug in the node.
    #[inline]
    pub(super) fn transmit(&mut self, from: NodeId, connection: ConnectionId, message: N::Message) {
        let opened = self.connections[connection.0 as usize];
        let side = u32::from(opened.first_end != from);
        let lane_number = 2 * opened.link + side;
        let lane = &mut self.lanes[lane_number as usize];
        debug_assert_eq!(lane.from, from, "nodes send on their own connections");

        let words: [u64; WORDS_PER_MESSAGE] = std::array::from_fn(|_| lane.stream.word());
        let sending = Sending {
            from,
            to: lane.to,
            connection,
            opened_by: opened.opened_by,
            event: self.event,
            message: &message,
            node: &self.nodes[from.index()].node,
            network: &lane.network,
        };
        let fate = self.decisions.message(&sending, Fate::drawn(&lane.network, words));

        let order = Order::new(Class::Delivery, lane_number, 2 * lane.sent);
        lane.sent += 1;
        self.figures.sent += 1;
        self.figures.bytes += u64::from(message.size());
        self.fingerprint.fold(order.bits(), message.digest());
        let partitioned = lane.partitioned;
        let mail = order.mail();
        let sent = Sent { from, to: lane.to, connection, message: &message, mail, fate: &fate, partitioned };
        self.observe(&Happening::Sent(sent));

        if partitioned {
            self.figures.partitioned += 1;
            return;
        }
        if fate.lost {
            self.figures.lost += 1;
            return;
        }
        let lane = &mut self.lanes[lane_number as usize];
        let mut at = self.now + fate.latency;
        if let Some(late) = fate.reordered {
            self.figures.reordered += 1;
            at += late;
        } else {
            at = at.max(lane.last_arrival);
            lane.last_arrival = at;
        }
        if let Some(latency) = fate.duplicate {
            self.figures.duplicated += 1;
            let copy = Mail { connection, message: message.clone() };
            self.post(self.now + latency, order.second_copy(), copy);
        }
        self.post(at, order, Mail { connection, message });
    }

    #[inline]
    fn post(&mut self, at: Time, order: Order, mail: Mail<N::Message>) {
        let slot = self.mail.put(mail);
        self.queue.push(Queued { at_us: at.as_us(), order, slot });
    }
}

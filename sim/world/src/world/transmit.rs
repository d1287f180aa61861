//! How a message gets from one node to another.

use super::World;
use super::chances::Chances;
use super::line::{Leaves, Line};
use crate::decision::{Decide, Fate, Sending};
use crate::host::{Damage, FilterAct, NodeId, SimMessage, SimNode};
use crate::network::Network;
use crate::queue::{Class, Order, Queued};
use crate::world::observer::{Happening, Loss, Observer, Sent};
use cosim_base::{ConnectionId, Time};

/// One direction of a link: number `2 × link` from its first end to its second, the next one back.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) network: Network,
    pub(super) partitioned: bool,
    pub(super) line: Line,
    chances: Chances,
    /// Counts the messages of this direction: what breaks ties between them.
    sent: u64,
    /// When the last message that keeps its order arrives.
    last_arrival: Time,
}

impl Lane {
    pub(super) fn new(from: NodeId, to: NodeId, network: Network, chances: Chances) -> Lane {
        let line = Line::default();
        Lane { from, to, network, partitioned: false, line, chances, sent: 0, last_arrival: Time::ZERO }
    }
}

impl Lane {
    /// Whether anything passes.
    pub(super) fn passes(&self) -> bool {
        !self.partitioned && self.network.bandwidth != Some(0)
    }
}

/// A copy of a message on its way. Its place in the queue says in which lane.
#[derive(Clone, Debug)]
pub(super) struct Mail<M> {
    pub(super) connection: ConnectionId,
    pub(super) message: M,
    /// Whether it is not what its sender said.
    pub(super) damaged: bool,
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

        let drawn = lane.chances.draw(&lane.network);
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
        let fate = self.decisions.message(&sending, drawn);

        let order = Order::new(Class::Delivery, lane_number, 2 * lane.sent);
        lane.sent += 1;
        self.figures.sent += 1;
        self.figures.bytes += message.bytes();
        self.fingerprint.fold(order.bits(), message.digest());
        let leaves = lane.line.enter(self.now, message.bytes(), &lane.network);
        let (to, partitioned) = (lane.to, lane.partitioned);
        let queued = leaves.is_some_and(|leaves| leaves != Leaves::At(self.now));
        if let Some(leaves) = leaves.filter(|_| queued) {
            self.queue(lane_number, connection, &message, leaves);
        }
        if leaves.is_some() {
            self.press_back(lane_number, connection);
        }

        let filtered = if leaves.is_none() || partitioned || fate.lost {
            None
        } else {
            self.links[opened.link as usize].filters.meet(side as usize, &message)
        };
        let damage = Damaged::by(&fate, &message);
        let loss = match (leaves, filtered, &damage) {
            (None, ..) => Some(Loss::Overflow),
            _ if partitioned => Some(Loss::Partition),
            _ if fate.lost => Some(Loss::Chance),
            (_, Some(FilterAct::Drop { .. }), _) => Some(Loss::Filter),
            (.., Damaged::BeyondReading) => Some(Loss::Undecodable),
            (Some(_), None | Some(FilterAct::Hold), Damaged::Not | Damaged::Into(_)) => None,
        };
        let copies = match loss {
            None | Some(Loss::Undecodable) => {
                u8::from(loss.is_none())
                    + u8::from(fate.duplicate.is_some())
                    + u8::from(fate.replayed.is_some())
            }
            Some(_) => 0,
        };
        let held = filtered == Some(FilterAct::Hold) && copies > 0;
        let sent = Sent {
            from,
            to,
            connection,
            message: &message,
            mail: order.mail(),
            fate: &fate,
            loss,
            copies,
            held,
            queued,
        };
        self.observe(&Happening::Sent(sent));
        self.figures.count(loss, held);
        let Some(leaves) = leaves.filter(|_| copies > 0) else {
            if leaves == Some(Leaves::Later) {
                // It is lost, and waits for nothing.
                self.tell_left(lane_number, connection, self.now);
            }
            return;
        };
        match leaves {
            Leaves::At(leaves) => {
                self.carry(&Way { leaves, order, connection, held }, &fate, message, damage);
            }
            Leaves::Later => {
                let (size, way) = (message.bytes(), Way { leaves: self.now, order, connection, held });
                self.links[opened.link as usize].stuck.push(Stuck { way, fate, size, message, damage });
            }
        }
    }

    /// A message leaves that was stuck.
    pub(super) fn carry_on(&mut self, leaves: Time, stuck: Stuck<N::Message>) {
        let Stuck { way, fate, message, damage, .. } = stuck;
        self.carry(&Way { leaves, ..way }, &fate, message, damage);
    }

    /// Puts every copy of a message on its way.
    #[inline]
    fn carry(&mut self, way: &Way, fate: &Fate, message: N::Message, damage: Damaged<N::Message>) {
        let Way { leaves, order, connection, .. } = *way;
        let lane = &mut self.lanes[order.entity() as usize];
        let slow_by = lane.network.slow_by;
        let mut at = leaves + fate.latency + slow_by;
        if let Some(late) = fate.reordered {
            self.figures.reordered += 1;
            at += late;
        } else {
            at = at.max(lane.last_arrival);
            lane.last_arrival = at;
        }
        if let Some(latency) = fate.duplicate {
            self.figures.duplicated += 1;
            let copy = Mail { connection, message: message.clone(), damaged: false };
            self.post(way, leaves + latency + slow_by, order.second_copy(), copy);
        }
        if let Some(delay) = fate.replayed {
            self.figures.replayed += 1;
            let copy = Mail { connection, message: message.clone(), damaged: false };
            let at = self.now + delay;
            self.last_replay = self.last_replay.max(at);
            self.post(way, at, order.replay(), copy);
        }
        match damage {
            Damaged::Not => self.post(way, at, order, Mail { connection, message, damaged: false }),
            Damaged::Into(message) => {
                self.figures.damaged += 1;
                let [flipped, cut] = [fate.damaged, fate.truncated].map(|place| place.map_or(0, |n| n + 1));
                self.fingerprint.fold(order.bits(), u64::from(flipped) << 32 | u64::from(cut));
                self.post(way, at, order, Mail { connection, message, damaged: true });
            }
            Damaged::BeyondReading => {}
        }
    }

    #[inline]
    fn post(&mut self, way: &Way, at: Time, order: Order, mail: Mail<N::Message>) {
        if way.held {
            let link = (order.entity() / 2) as usize;
            self.links[link].filters.hold(at, order, mail);
            return;
        }
        let slot = self.mail.put(mail);
        self.queue.push(Queued { at_us: at.as_us(), order, slot });
    }

    /// Lets what was kept back in these directions of a link arrive, now or at the time at which it would have.
    pub(super) fn release(&mut self, link: u32, direction: crate::host::Direction) {
        for (at, order, mail) in self.links[link as usize].filters.release(direction) {
            let slot = self.mail.put(mail);
            self.queue.push(Queued { at_us: at.max(self.now).as_us(), order, slot });
        }
    }
}

/// A message that has not left.
#[derive(Clone, Debug)]
pub(super) struct Stuck<M> {
    way: Way,
    fate: Fate,
    pub(super) size: u64,
    message: M,
    damage: Damaged<M>,
}

impl<M> Stuck<M> {
    /// The direction in which it goes.
    pub(super) fn lane(&self) -> u32 {
        self.way.order.entity()
    }

    /// The connection on which it was sent.
    pub(super) fn connection(&self) -> ConnectionId {
        self.way.connection
    }
}

/// How a message goes: when it leaves, as which, in which connection, and whether it is kept back.
#[derive(Clone, Copy, Debug)]
struct Way {
    leaves: Time,
    order: Order,
    connection: ConnectionId,
    held: bool,
}

/// What becomes of a message that may be damaged.
#[derive(Clone, Debug)]
enum Damaged<M> {
    Not,
    Into(M),
    BeyondReading,
}

impl<M: SimMessage> Damaged<M> {
    #[inline]
    fn by(fate: &Fate, message: &M) -> Damaged<M> {
        let damages =
            [fate.truncated.map(Damage::CutOff), fate.damaged.map(Damage::Flip)].into_iter().flatten();
        let mut damaged = None;
        for damage in damages {
            match damaged.as_ref().unwrap_or(message).damaged(damage) {
                Some(into) => damaged = Some(into),
                None => return Damaged::BeyondReading,
            }
        }
        damaged.map_or(Damaged::Not, Damaged::Into)
    }
}

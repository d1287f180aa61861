//! What becomes of a node as a whole: it sleeps, is offline, leaves for good or joins late. How its process
//! ends and starts anew is in `restart`.

use super::World;
use crate::clock::ClockChange;
use crate::decision::Decide;
use crate::host::{Connections, NodeId, Operation, SimNode};
use crate::queue::{Class, Order, Queued};
use crate::world::observer::{Condition, Ending, Happening, Observer, Skipped};
use cosim_base::{Span, Time};
use std::collections::VecDeque;

/// Whether a node takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It has not joined yet.
    Absent,
    /// It takes part, though it may be down.
    Here,
    /// It has left for good.
    Gone,
}

/// A node that sleeps.
#[derive(Clone, Debug)]
pub(super) struct Sleep {
    /// The operation that sent it to sleep.
    operation: u32,
    /// Whether it has woken, and is working off what waits.
    awake: bool,
    /// What came meanwhile, in order: operations, notices, deliveries, and writes that have ended.
    waiting: VecDeque<Queued>,
}

impl<N: SimNode, O: Observer<N>, D: Decide<N>> World<N, O, D> {
    /// Why nothing can be asked of a node; `None` where its process runs.
    pub(super) fn refuses(&self, node: NodeId) -> Option<Skipped<N>> {
        let host = &self.nodes[node.index()];
        match host.presence {
            Presence::Absent => Some(Skipped::Absent),
            Presence::Gone => Some(Skipped::Gone),
            Presence::Here if !host.up => Some(Skipped::Down),
            Presence::Here => None,
        }
    }

    /// Changes a node's wall clock, which goes on whether its process runs or not.
    pub(super) fn change_clock(&mut self, node: NodeId, change: ClockChange) -> Option<Skipped<N>> {
        let now = self.now;
        let host = &mut self.nodes[node.index()];
        if host.presence == Presence::Gone {
            return Some(Skipped::Gone);
        }
        if !host.clock.is_changed_by(change) {
            return Some(Skipped::AlreadySo);
        }
        host.clock.change(now, change);
        None
    }

    /// Whether a node sleeps, so that what happens to it must wait.
    #[inline]
    pub(super) fn sleeps(&self, node: NodeId) -> bool {
        self.nodes[node.index()].sleep.is_some()
    }

    /// Keeps what happens to a sleeping node until it wakes.
    pub(super) fn put_off(&mut self, node: NodeId, queued: Queued) {
        if let Some(sleep) = &mut self.nodes[node.index()].sleep {
            sleep.waiting.push_back(queued);
        }
    }

    /// A node does nothing for a while, like a laptop that is closed.
    pub(super) fn pause(
        &mut self,
        node: NodeId,
        span: Span,
        connections: Connections,
        number: u32,
    ) -> Option<Skipped<N>> {
        if let Some(why) = self.refuses(node) {
            return Some(why);
        }
        if self.sleeps(node) {
            return Some(Skipped::AlreadySo);
        }
        let sleep = Sleep { operation: number, awake: false, waiting: VecDeque::new() };
        self.nodes[node.index()].sleep = Some(sleep);
        self.observe(&Happening::Became { node, condition: Condition::Asleep });
        if connections == Connections::Dropped {
            self.close_links(node, number);
        }
        self.come_back_after(span, node, number);
        None
    }

    /// A node wakes, or takes in the next thing that came while it slept: one at a time, each an event of its own, before
    /// anything else happens.
    pub(super) fn wake(&mut self, at: Time, queued: Queued, node: NodeId) {
        let host = &mut self.nodes[node.index()];
        // Its process may have ended meanwhile, and may even sleep again.
        let Some(mut sleep) = host.sleep.take_if(|sleep| sleep.operation == queued.slot) else { return };
        if !sleep.awake {
            sleep.awake = true;
            self.begin(at, queued.order);
            self.observe(&Happening::Became { node, condition: Condition::Awake });
        } else if let Some(next) = sleep.waiting.pop_front() {
            self.happen(Queued { at_us: queued.at_us, ..next });
            if !self.nodes[node.index()].up {
                // Its process ended over that, and what still waits is not for the next one.
                self.nodes[node.index()].sleep = Some(sleep);
                return self.end_sleep(node);
            }
        }
        if !sleep.waiting.is_empty() {
            self.nodes[node.index()].sleep = Some(sleep);
            return self.queue.push(queued);
        }
        self.open_links(node, queued.slot);
        self.arm(node);
    }

    /// What waits for a node that will never wake: messages and notices are lost, and what its app asks for happens now,
    /// in vain.
    pub(super) fn end_sleep(&mut self, node: NodeId) {
        let Some(sleep) = self.nodes[node.index()].sleep.take() else { return };
        for queued in sleep.waiting {
            match queued.order.class() {
                Class::Operation => {
                    self.queue.push(Queued { at_us: self.now.as_us().max(queued.at_us), ..queued });
                }
                Class::Notice => drop(self.notices.take(queued.slot)),
                Class::Delivery => drop(self.mail.take(queued.slot)),
                Class::Disk => drop(self.writes.take(queued.slot)),
                Class::Timer => {}
            }
        }
    }

    /// All links of a node close, and stay closed for a while, whatever else connects them.
    pub(super) fn go_offline(&mut self, node: NodeId, span: Span, number: u32) -> Option<Skipped<N>> {
        if let Some(why) = self.refuses(node) {
            return Some(why);
        }
        let host = &mut self.nodes[node.index()];
        if host.offline.is_some() {
            return Some(Skipped::AlreadySo);
        }
        host.offline = Some(number);
        self.observe(&Happening::Became { node, condition: Condition::Offline });
        self.close_links(node, number);
        self.come_back_after(span, node, number);
        None
    }

    /// A node is online again.
    pub(super) fn go_online(&mut self, at: Time, queued: Queued, node: NodeId) {
        if self.nodes[node.index()].offline.take_if(|operation| *operation == queued.slot).is_none() {
            return;
        }
        self.begin(at, queued.order);
        self.observe(&Happening::Became { node, condition: Condition::Online });
        self.open_links(node, queued.slot);
    }

    /// A node is gone for good. Its peers notice; it notices nothing.
    pub(super) fn leave(&mut self, node: NodeId, number: u32) -> Option<Skipped<N>> {
        match self.nodes[node.index()].presence {
            Presence::Absent => return Some(Skipped::Absent),
            Presence::Gone => return Some(Skipped::AlreadySo),
            Presence::Here => {}
        }
        let host = &mut self.nodes[node.index()];
        (host.presence, host.offline) = (Presence::Gone, None);
        self.stop(node, number, Ending::Leave);
        None
    }

    /// A node that was absent takes part, and these links of it open.
    pub(super) fn join(&mut self, node: NodeId, links: &[u32], number: u32) -> Option<Skipped<N>> {
        let host = &mut self.nodes[node.index()];
        match host.presence {
            Presence::Absent => {}
            Presence::Here => return Some(Skipped::AlreadySo),
            Presence::Gone => return Some(Skipped::Gone),
        }
        (host.presence, host.up) = (Presence::Here, true);
        self.observe(&Happening::Up { node });
        for &link in links {
            // The other end may not be there: then the link opens when that is.
            let _ = self.connect(link, number);
        }
        None
    }

    pub(super) fn close_links(&mut self, node: NodeId, number: u32) {
        for link in 0..self.links.len() {
            if self.links[link].spec.ends.contains(&node) {
                // The link may have been closed already.
                let _ = self.disconnect(link as u32, number);
            }
        }
    }

    /// Opens every link of a node that is meant to be open.
    pub(super) fn open_links(&mut self, node: NodeId, number: u32) {
        for link in 0..self.links.len() {
            let state = &self.links[link];
            if state.intended && state.spec.ends.contains(&node) {
                // The other end may not be there: then the link opens when that is.
                let _ = self.connect(link as u32, number);
            }
        }
    }

    /// Plans the end of what an operation does to a node.
    pub(super) fn come_back_after(&mut self, span: Span, node: NodeId, number: u32) {
        let order = Order::new(Class::Operation, node.0 + 1, u64::from(number));
        self.queue.push(Queued { at_us: (self.now + span).as_us(), order, slot: number });
    }

    /// What an operation does to a node ends.
    pub(super) fn come_back(&mut self, at: Time, queued: Queued) {
        let node = NodeId(queued.order.entity() - 1);
        match self.operations[queued.slot as usize] {
            Some(Operation::Pause { .. }) => self.wake(at, queued, node),
            Some(Operation::Offline { .. }) => self.go_online(at, queued, node),
            _ => self.come_up(at, queued, node),
        }
    }
}

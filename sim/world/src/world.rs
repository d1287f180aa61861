//! The world: it owns the nodes, the links between them, virtual time, and the one queue of everything that will
//! happen. It knows no protocol: see [`SimNode`].
//!
//! One owner, `&mut` down, values up. Everything that happens is one of five kinds of event, in this order where they
//! fall on one moment: an operation, an end that notices a connection, a write that ends, a timer, a delivery. Each lets
//! one node handle one input, then carries out what the node wants.

mod chances;
mod disk;
mod filters;
mod lifecycle;
mod line;
mod links;
pub mod observer;
mod operations;
mod restart;
mod transmit;
mod watchdog;
mod work;

pub use lifecycle::Presence;
pub use links::{LinkSpec, LinkView, View};
pub use watchdog::{Bounds, EVENTS_MAX, Endless, OUTPUTS_MAX};

use crate::clock::Clock;
use crate::decision::{Decide, Seeded};
use crate::disk::Disk;
use crate::fingerprint::Fingerprint;
use crate::host::{Input, NodeId, Operation, Output, Point, SimMessage, SimNode};
use crate::queue::{Class, Order, Queue, Queued};
use crate::world::observer::{Ending, Happening, Loss, Observer};
use cosim_base::{Span, Time};
use lifecycle::Sleep;
use links::{Connection, Link, Notice};
use transmit::{Lane, Mail, Slab};
use work::Work;

/// A simulated world of nodes of type `N`, watched by `O`, whose decisions are made by `D`.
#[derive(Clone, Debug)]
pub struct World<N: SimNode, O = (), D = Seeded> {
    seed: u64,
    now: Time,
    /// The number of the event that is happening.
    event: u64,
    nodes: Vec<Host<N>>,
    links: Vec<Link<N>>,
    lanes: Vec<Lane>,
    connections: Vec<Connection>,
    operations: Vec<Option<Operation<N>>>,
    /// Who says whether a node holds the last copy of something.
    last_copy: LastCopy<N>,
    notices: Slab<Notice>,
    mail: Slab<Mail<N::Message>>,
    writes: Slab<disk::Done>,
    queue: Queue,
    /// How many events of the queue are timers.
    timers: usize,
    /// When the last copy arrives of those that come long after.
    last_replay: Time,
    fingerprint: Fingerprint,
    figures: Figures,
    bounds: Bounds,
    /// The node that wanted more in one event than it may.
    overworked: Option<NodeId>,
    /// Who watches.
    pub observer: O,
    /// Who decides.
    pub decisions: D,
}

/// A node and what the world remembers of it.
#[derive(Clone, Debug)]
pub struct Host<N> {
    /// The node.
    pub node: N,
    /// Whether its process runs.
    pub up: bool,
    /// Its disk, where it has one.
    pub disk: Option<Disk>,
    /// Where in its work its process is to end, by which operation, and for how long.
    trap: Option<Trap>,
    /// What the next process finds, while there is none.
    ending: Ending,
    /// Whether it takes part.
    pub presence: Presence,
    /// Its wall clock.
    pub clock: Clock,
    /// The node for which its peers take it: itself, unless it claims another's name.
    pub known_as: NodeId,
    /// Whether it sleeps.
    sleep: Option<Sleep>,
    /// The operation that took it offline, while it is.
    offline: Option<u32>,
    /// The time of the queued timer that counts; other timers of the node in the queue are void.
    timer: Option<Time>,
    /// How long its work takes, where it takes some time.
    work: Option<Work>,
}

#[derive(Clone, Copy, Debug)]
struct Trap {
    point: Point,
    operation: u32,
    down_for: Span,
}

impl<N> Host<N> {
    fn new(id: NodeId, node: N) -> Host<N> {
        Host {
            node,
            up: true,
            disk: None,
            trap: None,
            ending: Ending::Restart,
            presence: Presence::Here,
            clock: Clock::default(),
            known_as: id,
            sleep: None,
            offline: None,
            timer: None,
            work: None,
        }
    }
}

/// What a world counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Operations, notices, timers and deliveries handled.
    pub events: u64,
    /// Operations that had an effect.
    pub operations: u64,
    /// Operations that had none.
    pub skipped: u64,
    /// Those among them that an app was asked for.
    pub vain_commands: u64,
    /// Deadlines that passed.
    pub timers: u64,
    /// Messages sent.
    pub sent: u64,
    /// Copies that arrived at a node that was up.
    pub delivered: u64,
    /// Messages lost by chance.
    pub lost: u64,
    /// Messages swallowed by a partition.
    pub partitioned: u64,
    /// Messages duplicated.
    pub duplicated: u64,
    /// Messages taken out of their order.
    pub reordered: u64,
    /// Messages of which another copy came long after.
    pub replayed: u64,
    /// Messages that arrived damaged.
    pub damaged: u64,
    /// Messages damaged so that their receiver could make nothing of them.
    pub undecodable: u64,
    /// Messages that did not fit into the queue before a line.
    pub overflowed: u64,
    /// Messages that a filter dropped.
    pub dropped: u64,
    /// Messages that were kept back on their way.
    pub held: u64,
    /// How often a node was told that its line is full.
    pub blocked: u64,
    /// Bytes sent.
    pub bytes: u64,
}

impl Figures {
    fn count(&mut self, loss: Option<Loss>, held: bool) {
        self.held += u64::from(held);
        match loss {
            None => {}
            Some(Loss::Partition) => self.partitioned += 1,
            Some(Loss::Chance) => self.lost += 1,
            Some(Loss::Overflow) => self.overflowed += 1,
            Some(Loss::Filter) => self.dropped += 1,
            Some(Loss::Undecodable) => self.undecodable += 1,
        }
    }
}

/// Whether what a node has reported as written is nowhere safe but there.
pub type LastCopy<N> = fn(&View<'_, N>, NodeId) -> bool;

/// Why a world stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Nothing will ever happen again.
    Silent,
    /// The next event lies beyond the time given, or beyond the bounds.
    Limit,
}

impl<N: SimNode, O: Observer<N>, D: Decide<N>> World<N, O, D> {
    /// A world of these nodes and links at time zero, every link closed. `seed` decides everything that
    /// `decisions` leaves to it.
    pub fn new(nodes: Vec<N>, links: Vec<LinkSpec<N>>, seed: u64, observer: O, decisions: D) -> Self {
        let lanes = links.iter().flat_map(|link| {
            [(0, 1), (1, 0)].map(|(from, to)| {
                let name = format!("{}>{}", link.names[from], link.names[to]);
                Lane::new(link.ends[from], link.ends[to], link.network, chances::Chances::new(seed, name))
            })
        });
        World {
            seed,
            now: Time::ZERO,
            event: 0,
            lanes: lanes.collect(),
            links: links.into_iter().map(|spec| Link::new(spec, seed)).collect(),
            nodes: (0..).zip(nodes).map(|(id, node)| Host::new(NodeId(id), node)).collect(),
            connections: Vec::new(),
            operations: Vec::new(),
            last_copy: |_, _| false,
            notices: Slab::default(),
            mail: Slab::default(),
            writes: Slab::default(),
            queue: Queue::default(),
            timers: 0,
            last_replay: Time::ZERO,
            fingerprint: Fingerprint::EMPTY,
            figures: Figures::default(),
            bounds: Bounds::default(),
            overworked: None,
            observer,
            decisions,
        }
    }

    /// Gives a node another wall clock than one that is right. For the start of a run.
    pub fn set_clock(&mut self, node: NodeId, clock: Clock) {
        self.nodes[node.index()].clock = clock;
    }

    /// Lets a node be absent until it joins. For the start of a run.
    pub fn set_absent(&mut self, node: NodeId) {
        let host = &mut self.nodes[node.index()];
        (host.presence, host.up) = (Presence::Absent, false);
    }

    /// Lets a node claim the name of another: its peers take it for that one. For the start of a run.
    pub fn set_known_as(&mut self, node: NodeId, other: NodeId) {
        self.nodes[node.index()].known_as = other;
    }

    /// Says how to find out whether a node holds the last copy of something, which operations may spare. Where nobody
    /// says, no node does.
    pub fn set_last_copy(&mut self, last_copy: LastCopy<N>) {
        self.last_copy = last_copy;
    }

    /// The seed that it was made with.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The present moment.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The running hash over everything that has happened.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// When the last copy arrives of those that come long after: until then a world is not silent.
    pub fn last_replay(&self) -> Time {
        self.last_replay
    }

    /// When the last of what a node has sent will have left its lines.
    pub fn all_left(&self, node: NodeId) -> Time {
        let lines = self.lanes.iter().filter(|lane| lane.from == node).map(|lane| lane.line.free_at());
        lines.max().unwrap_or(Time::ZERO)
    }

    /// What was counted so far.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// A node and whether it is up.
    pub fn host(&self, node: NodeId) -> &Host<N> {
        &self.nodes[node.index()]
    }

    /// What is left when it is over: the nodes, those who watched, and those who decided.
    pub fn into_parts(self) -> (Vec<N>, O, D) {
        (self.nodes.into_iter().map(|host| host.node).collect(), self.observer, self.decisions)
    }

    /// What an observer sees.
    pub fn view(&self) -> View<'_, N> {
        View {
            now: self.now,
            event: self.event,
            hosts: &self.nodes,
            links: &self.links,
            lanes: &self.lanes,
            connections: &self.connections,
        }
    }

    /// The world apart from those who watch and decide, so that both can be handed over at once.
    pub fn split(&mut self) -> (View<'_, N>, &mut O) {
        let view = View {
            now: self.now,
            event: self.event,
            hosts: &self.nodes,
            links: &self.links,
            lanes: &self.lanes,
            connections: &self.connections,
        };
        (view, &mut self.observer)
    }

    /// Plans an operation. Operations planned for one moment happen in the order in which they were planned. One that
    /// is planned for the past happens now.
    pub fn schedule(&mut self, at: Time, operation: Operation<N>) -> u32 {
        let number = u32::try_from(self.operations.len()).expect("fewer than 2^32 operations");
        self.operations.push(Some(operation));
        let order = Order::new(Class::Operation, 0, u64::from(number));
        self.queue.push(Queued { at_us: at.max(self.now).as_us(), order, slot: number });
        number
    }

    /// Lets everything happen up to and with `limit`, or until the world falls silent.
    pub fn run_until(&mut self, limit: Time) -> Stop {
        while self.step(limit) {}
        if self.is_silent() { Stop::Silent } else { Stop::Limit }
    }

    /// Whether nothing will ever happen again: nothing is planned or under way, and no node waits for a deadline. Timers
    /// that were moved or disarmed may still lie in the queue; they count for nothing.
    pub fn is_silent(&self) -> bool {
        let waits = |host: &Host<N>| host.up && host.node.next_deadline().is_some();
        self.queue.len() == self.timers && !self.nodes.iter().any(waits)
    }

    /// Lets the next event happen, if there is one at or before `limit`, and within the bounds; says whether there was.
    #[inline]
    pub fn step(&mut self, limit: Time) -> bool {
        if self.endless().is_some() {
            return false;
        }
        let Some(queued) = self.queue.pop_until(limit.as_us()) else {
            return false;
        };
        self.happen(queued);
        true
    }

    #[inline]
    fn happen(&mut self, queued: Queued) {
        let at = Time::from_us(queued.at_us);
        if queued.order.class() != Class::Timer {
            // Also where nothing comes of it, as of what arrives at a node that has left: silence begins after it.
            self.now = at;
        }
        match queued.order.class() {
            Class::Delivery => self.deliver(at, queued),
            Class::Disk => self.written(at, queued),
            Class::Timer => self.timer(at, NodeId(queued.order.entity())),
            Class::Notice => self.notice(at, queued),
            Class::Operation => self.operation(at, queued),
        }
    }

    fn begin(&mut self, at: Time, order: Order) {
        debug_assert!(at >= self.now, "time never runs backwards");
        self.now = at;
        self.event += 1;
        self.figures.events += 1;
        self.fingerprint.fold(at.as_us(), order.bits());
    }

    fn observe(&mut self, happening: &Happening<'_, N>) {
        let (view, observer) = self.split();
        observer.observe(&view, happening);
    }

    /// Hands one input to a node and carries out what it wants.
    #[inline]
    fn handle(&mut self, id: NodeId, input: Input<'_, N>, subject: Option<u32>) -> Result<(), N::Refusal> {
        if N::READS_CLOCK {
            let wall = self.view().wall(id);
            self.nodes[id.index()].node.reads_clock(wall);
            self.time_work(id, &input);
        }
        let outcome = self.nodes[id.index()].node.handle(self.now, input);
        let mut outputs = 0;
        while let Some(output) = self.nodes[id.index()].node.poll_output() {
            outputs += 1;
            if outputs > self.bounds.outputs {
                self.overworked = Some(id);
                return outcome;
            }
            match output {
                Output::Send { connection, message } => {
                    self.transmit(id, connection, message);
                    if self.springs(id, Point::Sending) {
                        return outcome;
                    }
                }
                Output::Write { ticket, record, bytes } => {
                    self.observe(&Happening::Writing { node: id, ticket, record: &record });
                    self.write(id, ticket, record, bytes);
                    if self.springs(id, Point::Writing) {
                        return outcome;
                    }
                }
                Output::Close { connection } => self.close(id, connection),
                Output::Notice(notice) => self.observe(&Happening::Noticed { node: id, notice: &notice }),
            }
        }
        self.arm(id);
        self.observe(&Happening::Settled { node: id, subject });
        outcome
    }

    /// Queues a timer for the node's next deadline, unless one that is early enough is queued already.
    #[inline]
    fn arm(&mut self, id: NodeId) {
        let host = &mut self.nodes[id.index()];
        let Some(deadline) = host.node.next_deadline() else {
            return;
        };
        let at = deadline.max(self.now);
        if host.timer.is_none_or(|queued| at < queued) {
            host.timer = Some(at);
            self.timers += 1;
            let order = Order::new(Class::Timer, id.0, 0);
            self.queue.push(Queued { at_us: at.as_us(), order, slot: 0 });
        }
    }

    fn timer(&mut self, at: Time, id: NodeId) {
        self.timers -= 1;
        let host = &mut self.nodes[id.index()];
        if host.timer != Some(at) {
            return;
        }
        host.timer = None;
        if !host.up || host.sleep.is_some() {
            // When it wakes it asks again.
            return;
        }
        if host.node.next_deadline().is_none_or(|deadline| deadline > at) {
            // It was moved or disarmed since. The clock stands still for that.
            return self.arm(id);
        }
        self.begin(at, Order::new(Class::Timer, id.0, 0));
        self.figures.timers += 1;
        self.observe(&Happening::Timer { node: id });
        // A node refuses commands only.
        let _ = self.handle(id, Input::Deadline, None);
    }

    /// Whether a node has noticed that `connection` is open, and not yet that it is closed, is the node's own business:
    /// a message is handed to it in any case.
    fn deliver(&mut self, at: Time, queued: Queued) {
        let lane = &self.lanes[queued.order.entity() as usize];
        let (peer, node) = (lane.from, lane.to);
        if self.sleeps(node) {
            return self.put_off(node, queued);
        }
        let Mail { connection, message, damaged } = self.mail.take(queued.slot);
        if !self.nodes[node.index()].up {
            return;
        }
        self.begin(at, queued.order);
        self.figures.delivered += 1;
        let mail = queued.order.mail();
        self.observe(&Happening::Delivered { node, peer, connection, message: &message, mail, damaged });
        let subject = Some(message.subject());
        // A node refuses commands only.
        let peer = self.nodes[peer.index()].known_as;
        let _ = self.handle(node, Input::Received { peer, connection, message }, subject);
    }
}

//! The world: it owns the nodes, the links between them, virtual time, and the one queue of everything that will
//! happen. It knows no protocol: see [`SimNode`].
//!
//! One owner, `&mut` down, values up. Everything that happens is one of five kinds of event, in this order where they
//! fall on one moment: an operation, an end that notices a connection, a timer, a delivery. Each lets one node handle
//! one input, then carries out what the node wants.

mod disk;
mod links;
mod transmit;

pub use disk::{Disk, PLACES};
pub use links::{LinkSpec, LinkView, View};

use crate::decision::{Decide, Seeded};
use crate::fingerprint::Fingerprint;
use crate::host::{
    DiskFault, DiskSpec, Input, NodeId, Operation, Output, Point, SimMessage, SimNode, Storage,
};
use crate::observer::{Ending, Happening, Observer, Skipped};
use crate::queue::{Class, Order, Queue, Queued};
use crate::stream::Stream;
use cosim_core::{Span, Time};
use links::{Connection, Link, Notice};
use transmit::{Mail, Slab};

/// A simulated world of nodes of type `N`, watched by `O`, whose decisions are made by `D`.
#[derive(Clone, Debug)]
pub struct World<N: SimNode, O = (), D = Seeded> {
    seed: u64,
    now: Time,
    /// The number of the event that is happening.
    event: u64,
    nodes: Vec<Host<N>>,
    links: Vec<Link<N>>,
    lanes: Vec<transmit::Lane>,
    connections: Vec<Connection>,
    operations: Vec<Operation<N>>,
    notices: Slab<Notice>,
    mail: Slab<Mail<N::Message>>,
    writes: Slab<disk::Done>,
    queue: Queue,
    /// How many events of the queue are timers.
    timers: usize,
    fingerprint: Fingerprint,
    figures: Figures,
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
    /// The time of the queued timer that counts; other timers of the node in the queue are void.
    timer: Option<Time>,
}

#[derive(Clone, Copy, Debug)]
struct Trap {
    point: Point,
    operation: u32,
    down_for: Span,
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
    /// Bytes sent.
    pub bytes: u64,
}

/// Why a world stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Nothing will ever happen again.
    Silent,
    /// The next event lies beyond the time given.
    Limit,
}

impl<N> Host<N> {
    fn new(node: N) -> Host<N> {
        Host { node, up: true, disk: None, trap: None, ending: Ending::Restart, timer: None }
    }
}

impl<N: SimNode, O: Observer<N>, D: Decide<N>> World<N, O, D> {
    /// A world of these nodes and links at time zero, every link closed. `seed` decides everything that
    /// `decisions` leaves to it.
    pub fn new(nodes: Vec<N>, links: Vec<LinkSpec<N>>, seed: u64, observer: O, decisions: D) -> Self {
        let lanes = links.iter().flat_map(|link| {
            [(0, 1), (1, 0)].map(|(from, to)| {
                let name = format!("{}>{}", link.names[from], link.names[to]);
                transmit::Lane::new(
                    link.ends[from],
                    link.ends[to],
                    link.network,
                    Stream::new(seed, "link", &name),
                )
            })
        });
        World {
            seed,
            now: Time::ZERO,
            event: 0,
            lanes: lanes.collect(),
            links: links.into_iter().map(|spec| Link::new(spec, seed)).collect(),
            nodes: nodes.into_iter().map(Host::new).collect(),
            connections: Vec::new(),
            operations: Vec::new(),
            notices: Slab::default(),
            mail: Slab::default(),
            writes: Slab::default(),
            queue: Queue::new(),
            timers: 0,
            fingerprint: Fingerprint::EMPTY,
            figures: Figures::default(),
            observer,
            decisions,
        }
    }

    /// Gives a node a disk, empty at first.
    pub fn add_disk(&mut self, node: NodeId, spec: DiskSpec) {
        self.nodes[node.index()].disk = Some(Disk::new(spec, self.seed));
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

    /// What was counted so far.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// A node and whether it is up.
    pub fn host(&self, node: NodeId) -> &Host<N> {
        &self.nodes[node.index()]
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
        self.operations.push(operation);
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

    /// Lets the next event happen, if there is one at or before `limit`; says whether there was.
    #[inline]
    pub fn step(&mut self, limit: Time) -> bool {
        let Some(queued) = self.queue.pop_until(limit.as_us()) else {
            return false;
        };
        let at = Time::from_us(queued.at_us);
        match queued.order.class() {
            Class::Delivery => self.deliver(at, queued),
            Class::Disk => self.written(at, queued),
            Class::Timer => self.timer(at, NodeId(queued.order.entity())),
            Class::Notice => self.notice(at, queued),
            Class::Operation => self.operation(at, queued),
        }
        true
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
        let outcome = self.nodes[id.index()].node.handle(self.now, input);
        while let Some(output) = self.nodes[id.index()].node.poll_output() {
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
        if !host.up {
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

    fn operation(&mut self, at: Time, queued: Queued) {
        if queued.order.entity() != 0 {
            return self.come_up(at, queued);
        }
        self.begin(at, queued.order);
        let number = queued.slot;
        let operation = self.operations[number as usize].clone();
        self.observe(&Happening::Operation { number, operation: &operation });
        let skipped = self.carry_out(number, &operation);
        match skipped {
            None => self.figures.operations += 1,
            Some(why) => {
                self.figures.skipped += 1;
                self.observe(&Happening::Skipped { number, why: &why });
            }
        }
    }

    /// Does what an operation says; gives the reason where that has no effect.
    fn carry_out(&mut self, number: u32, operation: &Operation<N>) -> Option<Skipped<N>> {
        match operation {
            Operation::Command { node, .. } if !self.nodes[node.index()].up => Some(Skipped::Down),
            Operation::Command { node, command } => {
                self.handle(*node, Input::Command(command), None).err().map(Skipped::Refused)
            }
            Operation::Connect { link } => self.connect(*link, number),
            Operation::Disconnect { link } => {
                let done = self.disconnect(*link, number);
                self.links[*link as usize].intended = false;
                done
            }
            Operation::Partition { link, direction } => {
                self.set_partitioned(*link, *direction, true);
                None
            }
            Operation::Heal { link, direction } => {
                self.set_partitioned(*link, *direction, false);
                None
            }
            Operation::Restart { node, .. }
            | Operation::Crash { node, .. }
            | Operation::Restore { node, .. }
            | Operation::BackUp { node, .. }
                if !self.nodes[node.index()].up =>
            {
                Some(Skipped::Down)
            }
            Operation::Restart { node, down_for, storage } => {
                let ending = if *storage == Storage::Kept { Ending::Restart } else { Ending::Wipe };
                self.go_down(*node, *down_for, number, ending);
                None
            }
            Operation::Crash { node, point: Point::Now, down_for } => {
                self.go_down(*node, *down_for, number, Ending::Crash);
                None
            }
            Operation::Crash { node, point, down_for } => {
                let trap = Trap { point: *point, operation: number, down_for: *down_for };
                self.nodes[node.index()].trap = Some(trap);
                None
            }
            Operation::BackUp { node, backup } => match &mut self.nodes[node.index()].disk {
                Some(disk) => {
                    disk.back_up(*backup);
                    None
                }
                None => Some(Skipped::NoDisk),
            },
            Operation::Restore { node, down_for, backup } => match &self.nodes[node.index()].disk {
                Some(disk) if disk.has_backup(*backup) => {
                    self.go_down(*node, *down_for, number, Ending::Restore(*backup));
                    None
                }
                Some(_) => Some(Skipped::NoBackup),
                None => Some(Skipped::NoDisk),
            },
            Operation::Disk { node, fault } => self.disk_fault(*node, *fault),
            Operation::UnlessLastCopy { node, .. } if self.holds_last_copy(*node) => Some(Skipped::LastCopy),
            Operation::UnlessLastCopy { operation, .. } => self.carry_out(number, operation),
            Operation::Network { link, network } => {
                self.set_network(*link, *network);
                None
            }
        }
    }

    fn holds_last_copy(&self, node: NodeId) -> bool {
        let others = self.nodes.iter().enumerate().filter(move |(i, host)| *i != node.index() && host.up);
        self.nodes[node.index()].node.holds_last_copy(others.map(|(_, host)| &host.node))
    }

    fn disk_fault(&mut self, node: NodeId, fault: DiskFault) -> Option<Skipped<N>> {
        let now = self.now;
        let Some(disk) = &mut self.nodes[node.index()].disk else { return Some(Skipped::NoDisk) };
        match fault {
            DiskFault::Stall(span) => disk.stall(now + span),
            DiskFault::Full => disk.set_full(true),
            DiskFault::Room => disk.set_full(false),
            DiskFault::FailNext(count) => disk.fail_next(count),
            DiskFault::Rot { place, bit } => {
                if !disk.rot(place, bit) {
                    return Some(Skipped::EmptyDisk);
                }
                self.observe(&Happening::Rotted { node });
            }
        }
        None
    }

    /// Whether a node's process was to end at this point of its work; then it does.
    fn springs(&mut self, node: NodeId, point: Point) -> bool {
        let host = &mut self.nodes[node.index()];
        let Some(trap) = host.trap.take_if(|trap| trap.point == point) else { return false };
        while host.node.poll_output().is_some() {}
        self.go_down(node, trap.down_for, trap.operation, Ending::Crash);
        true
    }

    /// A node's process ends. Its peers notice that their connections have closed; it notices nothing.
    fn go_down(&mut self, node: NodeId, down_for: Span, number: u32, ending: Ending) {
        self.observe(&Happening::Down { node, ending });
        let host = &mut self.nodes[node.index()];
        host.up = false;
        host.timer = None;
        host.trap = None;
        host.ending = ending;
        match (ending, &mut host.disk) {
            (Ending::Restart, Some(disk)) => disk.flush(),
            (Ending::Crash, Some(_)) => self.crash_disk(node, number),
            (Ending::Wipe | Ending::Restore(_), Some(disk)) => disk.abandon(),
            (_, None) => {}
        }
        for link in 0..self.links.len() {
            if self.links[link].spec.ends.contains(&node) {
                // The link may have been closed already.
                let _ = self.disconnect(link as u32, number);
            }
        }
        let order = Order::new(Class::Operation, node.0 + 1, u64::from(number));
        self.queue.push(Queued { at_us: (self.now + down_for).as_us(), order, slot: number });
    }

    /// A node's process starts anew, and its links open again.
    fn come_up(&mut self, at: Time, queued: Queued) {
        self.begin(at, queued.order);
        let number = queued.slot;
        let node = NodeId(queued.order.entity() - 1);
        let host = &mut self.nodes[node.index()];
        host.up = true;
        let ending = host.ending;
        match (ending, &mut host.disk) {
            (Ending::Restore(backup), Some(disk)) => disk.restore(backup),
            (Ending::Wipe, Some(disk)) => disk.clear(),
            _ => {}
        }
        self.observe(&Happening::Up { node });
        self.fingerprint.fold(u64::from(number), ending.code());
        // A node refuses commands only.
        let _ = match (ending, self.nodes[node.index()].disk.as_ref().map(|disk| disk.bytes().to_vec())) {
            (Ending::Wipe, _) => self.handle(node, Input::Restart(Storage::Lost), None),
            (_, None) => self.handle(node, Input::Restart(Storage::Kept), None),
            (_, Some(disk)) => {
                let restored = matches!(ending, Ending::Restore(_));
                self.handle(node, Input::Recover { disk: &disk, restored }, None)
            }
        };
        for link in 0..self.links.len() {
            let state = &self.links[link];
            if state.intended && state.spec.ends.contains(&node) {
                // The other end may be down: then the link opens when that comes up.
                let _ = self.connect(link as u32, number);
            }
        }
    }

    /// Whether a node has noticed that `connection` is open, and not yet that it is closed, is the node's own business:
    /// a message is handed to it in any case.
    fn deliver(&mut self, at: Time, queued: Queued) {
        let Mail { connection, message } = self.mail.take(queued.slot);
        let lane = &self.lanes[queued.order.entity() as usize];
        let (peer, node) = (lane.from, lane.to);
        if !self.nodes[node.index()].up {
            return;
        }
        self.begin(at, queued.order);
        self.figures.delivered += 1;
        let mail = queued.order.mail();
        self.observe(&Happening::Delivered { node, peer, connection, message: &message, mail });
        let subject = Some(message.subject());
        // A node refuses commands only.
        let _ = self.handle(node, Input::Received { peer, connection, message }, subject);
    }
}

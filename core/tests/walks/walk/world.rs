//! The fake world of a walk: one event queue, links and disks.

use crate::judge::{TestNode, check_pair, peer};
use crate::rng::Rng;
use crate::topology::Topology;
use cosim_core::{
    CoId, Config, ConnectionId, Envelope, FastCrypto, FastHeader, FastTransaction, Input, KnownState,
    Message, Node, NodeState, Output, SessionId, Time,
};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

pub(crate) const MS: u64 = 1_000;
pub(crate) const S: u64 = 1_000_000;
const MESSAGES_MAX: u64 = 12_000;

/// What the links do to messages.
#[derive(Clone, Copy)]
pub(crate) struct Net {
    pub(crate) loss: u64,
    pub(crate) dup: u64,
    pub(crate) latency: (u64, u64),
    pub(crate) late: u64,
}

/// Something that a walk does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Op {
    Create(usize, u32),
    Edit(usize, u32),
    Load(usize, u32),
    Done(usize, u32),
    Up { link: usize, skew: u64 },
    Down { link: usize, skew: u64 },
    Crash { node: usize, wipe: bool },
    Restart(usize),
    Partition(usize, usize),
    Heal(usize, usize),
    Block(usize, usize),
    Unblock(usize, usize),
    Calm,
}

enum Event {
    Op(Op),
    Arrive { from: usize, to: usize, connection: ConnectionId, envelope: Envelope<FastCrypto> },
    Connect { node: usize, life: u32, link: usize, end: usize, connection: ConnectionId },
    Disconnect { node: usize, life: u32, other: usize, connection: ConnectionId },
    Persist { node: usize, life: u32, id: CoId },
    Wake(usize),
}

struct LinkState {
    connection: ConnectionId,
    up: bool,
}

struct Host {
    node: TestNode,
    disk: NodeState<FastCrypto>,
    up: bool,
    /// Counts crashes.
    life: u32,
    /// Counts wipes: a wiped node writes in a new session.
    incarnation: u32,
    wakes_at: Option<Time>,
}

pub(crate) struct World {
    pub(crate) topology: Topology,
    pub(crate) net: Net,
    pub(crate) rng: Rng,
    pub(crate) now: u64,
    config: Config,
    limit: u64,
    hosts: Vec<Host>,
    links: Vec<LinkState>,
    queue: BinaryHeap<Reverse<(u64, u64)>>,
    events: BTreeMap<u64, Event>,
    next_event: u64,
    next_connection: u32,
    next_payload: u64,
    partitions: BTreeSet<(usize, usize)>,
    /// What each node has heard from a peer in a connection: (hearer, speaker, connection, CoValue).
    proved: BTreeMap<(usize, usize, ConnectionId, CoId), KnownState>,
    pub(crate) messages: u64,
    pub(crate) trace: Option<Vec<String>>,
    pub(crate) last_activity: u64,
    failure: Option<String>,
}

impl World {
    pub(crate) fn new(topology: Topology, config: Config, net: Net, rng: Rng) -> World {
        let host = |_| Host {
            node: Node::new(config, FastCrypto),
            disk: NodeState::default(),
            up: true,
            life: 0,
            incarnation: 0,
            wakes_at: None,
        };
        World {
            hosts: (0..topology.nodes).map(host).collect(),
            links: topology
                .links
                .iter()
                .map(|_| LinkState { connection: ConnectionId(0), up: false })
                .collect(),
            topology,
            net,
            rng,
            now: 0,
            config,
            limit: 0,
            queue: BinaryHeap::new(),
            events: BTreeMap::new(),
            next_event: 0,
            next_connection: 0,
            next_payload: 0,
            partitions: BTreeSet::new(),
            proved: BTreeMap::new(),
            messages: 0,
            trace: None,
            last_activity: 0,
            failure: None,
        }
    }

    pub(crate) fn nodes(&self) -> Vec<&TestNode> {
        self.hosts.iter().map(|host| &host.node).collect()
    }

    fn push(&mut self, at: u64, event: Event) {
        self.queue.push(Reverse((at, self.next_event)));
        self.events.insert(self.next_event, event);
        self.next_event += 1;
    }

    pub(crate) fn plan(&mut self, at: u64, op: Op) {
        self.push(at, Event::Op(op));
    }

    /// Sets when the walk is over.
    pub(crate) fn ends_at(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// Plays everything until the walk is over.
    pub(crate) fn run(&mut self) -> Result<(), String> {
        let limit = self.limit;
        while let Some(&Reverse((at, key))) = self.queue.peek() {
            if at > limit {
                break;
            }
            self.queue.pop();
            self.now = self.now.max(at);
            let event = self.events.remove(&key).expect("queued with its event");
            self.step(event);
            if let Some(failure) = self.failure.take() {
                return Err(failure);
            }
            if self.messages > MESSAGES_MAX {
                return Err("storm".into());
            }
        }
        if self.events.values().any(|event| matches!(event, Event::Arrive { .. })) {
            return Err("quiescence: a message is still under way".into());
        }
        Ok(())
    }

    fn note(&mut self, text: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:>10} {}", Time::from_us(self.now), text()));
        }
    }

    fn step(&mut self, event: Event) {
        match event {
            Event::Op(op) => self.op(op),
            Event::Arrive { from, to, connection, envelope } => self.arrive(from, to, connection, envelope),
            Event::Connect { node, life, link, end, connection } => {
                let current = self.links[link].up && self.links[link].connection == connection;
                if !self.is_alive(node, life) || !current {
                    return;
                }
                let ends = self.topology.links[link].ends;
                self.note(|| format!("** {node} connects to {} {connection:?}", ends[1 - end].node));
                let (this, peer) = (ends[end], peer(ends[1 - end].node));
                let relationship = this.other_is;
                self.handle(
                    node,
                    Input::Connected { peer, connection, relationship, priority: this.priority },
                );
            }
            Event::Disconnect { node, life, other, connection } => {
                if self.is_alive(node, life) {
                    self.note(|| format!("** {node} loses {other} {connection:?}"));
                    self.handle(node, Input::Disconnected { peer: peer(other), connection });
                }
            }
            Event::Persist { node, life, id } => {
                if self.is_alive(node, life) {
                    self.persist(node, id);
                }
            }
            Event::Wake(node) => {
                self.hosts[node].wakes_at = None;
                let due = self.hosts[node].node.next_deadline();
                if self.hosts[node].up && due.is_some_and(|(at, _)| at.as_us() <= self.now) {
                    self.note(|| format!("   {node} wakes {due:?}"));
                    self.handle(node, Input::Deadline);
                } else {
                    self.schedule_wake(node);
                }
            }
        }
    }

    fn is_alive(&self, node: usize, life: u32) -> bool {
        self.hosts[node].up && self.hosts[node].life == life
    }

    fn arrive(&mut self, from: usize, to: usize, connection: ConnectionId, envelope: Envelope<FastCrypto>) {
        if !self.hosts[to].up {
            return;
        }
        self.note(|| format!("      {to} <- {from} {}", show(connection, &envelope)));
        let id = envelope.message.id();
        if self.hosts[to].node.connection(peer(from)) == Some(connection) {
            let known = match &envelope.message {
                Message::Load { known, .. } => known.clone(),
                Message::Known(known) => known.known.clone(),
                Message::Content(content) => content.known(),
                Message::Done { .. } => KnownState::EMPTY,
            };
            self.proved.entry((to, from, connection, id)).or_default().join(&known);
        }
        self.handle(to, Input::Received { peer: peer(from), connection, envelope });
        let checked = check_pair(&self.nodes(), to, from, id);
        self.fail_if(checked);
    }

    fn fail_if(&mut self, checked: Result<(), String>) {
        if let Err(failure) = checked {
            self.note(|| format!("!! {failure}"));
            self.failure.get_or_insert(failure);
        }
    }

    fn handle(&mut self, node: usize, input: Input<FastCrypto>) {
        let id = match &input {
            Input::Received { envelope, .. } => Some(envelope.message.id()),
            Input::Create { .. }
            | Input::Edit { .. }
            | Input::Load { .. }
            | Input::Done { .. }
            | Input::Connected { .. }
            | Input::Disconnected { .. }
            | Input::Blocked { .. }
            | Input::Writable { .. }
            | Input::Left { .. }
            | Input::Persisted { .. }
            | Input::PersistFailed { .. }
            | Input::Deadline => None,
        };
        let before = id.map(|id| crate::judge::held(&self.hosts[node].node, id));
        let app_refused = self.hosts[node].node.handle(Time::from_us(self.now), input).is_err();
        if app_refused {
            return;
        }
        if let (Some(id), Some(before)) = (id, before) {
            let after = crate::judge::held(&self.hosts[node].node, id);
            if !before.le(&after) {
                self.fail_if(Err(format!("monotonic: {node} lost some of {id:?}")));
            }
            if before != after {
                let (wait, life) = (self.rng.pick(&[0, 50 * MS, S]), self.hosts[node].life);
                self.push(self.now + wait, Event::Persist { node, life, id });
            }
        }
        while let Some(output) = self.hosts[node].node.poll_output() {
            if let Output::Send { peer, connection, envelope } = output {
                self.transmit(node, peer.0 as usize, connection, envelope);
            }
        }
        self.schedule_wake(node);
    }

    fn schedule_wake(&mut self, node: usize) {
        let Some((at, _)) = self.hosts[node].node.next_deadline() else { return };
        if self.hosts[node].wakes_at.is_none_or(|wakes_at| wakes_at > at) {
            self.hosts[node].wakes_at = Some(at);
            self.push(at.as_us(), Event::Wake(node));
        }
    }

    fn transmit(&mut self, from: usize, to: usize, connection: ConnectionId, envelope: Envelope<FastCrypto>) {
        self.messages += 1;
        self.last_activity = self.now;
        self.check_redundant(from, to, connection, &envelope);
        let lost = self.partitions.contains(&(from, to)) || self.rng.percent(self.net.loss);
        let copies = if lost { 0 } else { 1 + u32::from(self.rng.percent(self.net.dup)) };
        self.note(|| format!("{from} -> {to} {} x{copies}", show(connection, &envelope)));
        for _ in 0..copies {
            let mut latency = self.rng.range(self.net.latency.0, self.net.latency.1);
            if self.rng.percent(self.net.late) {
                latency += self.rng.range(0, 8 * S);
            }
            self.push(self.now + latency, Event::Arrive { from, to, connection, envelope: envelope.clone() });
        }
    }

    /// No content carries what the peer has proved to hold in this connection.
    fn check_redundant(
        &mut self,
        from: usize,
        to: usize,
        connection: ConnectionId,
        envelope: &Envelope<FastCrypto>,
    ) {
        let Message::Content(content) = &envelope.message else { return };
        let Some(proved) = self.proved.get(&(from, to, connection, content.id)) else { return };
        let header = content.header.is_some() && proved.header;
        if header || content.new.iter().any(|(session, piece)| piece.after < proved.count(session)) {
            let failure = format!("no_redundant: {from} sends {to} what it has: {:?}", content.id);
            self.fail_if(Err(failure));
        }
    }

    fn op(&mut self, op: Op) {
        match op {
            Op::Create(node, id) if self.hosts[node].up => {
                self.note(|| format!("** {node} creates {id}"));
                self.handle(node, Input::Create { id: CoId(id), header: FastHeader::new(CoId(id)) });
                self.persist(node, CoId(id));
            }
            Op::Edit(node, id) if self.hosts[node].up => self.edit(node, id),
            Op::Load(node, id) if self.hosts[node].up => {
                self.note(|| format!("** {node} loads {id}"));
                self.handle(node, Input::Load { id: CoId(id) });
            }
            Op::Done(node, id) if self.hosts[node].up => {
                self.note(|| format!("** {node} is done with {id}"));
                self.handle(node, Input::Done { id: CoId(id) });
            }
            Op::Create(..) | Op::Edit(..) | Op::Load(..) | Op::Done(..) => {}
            Op::Up { link, skew } => self.link_up(link, skew),
            Op::Down { link, skew } => self.link_down(link, skew),
            Op::Crash { node, wipe } => self.crash(node, wipe),
            Op::Restart(node) => self.restart(node),
            Op::Partition(from, to) => {
                self.partitions.insert((from, to));
            }
            Op::Heal(from, to) => {
                self.partitions.remove(&(from, to));
            }
            Op::Block(node, other) => self.handle(node, Input::Blocked { peer: peer(other) }),
            Op::Unblock(node, other) => self.handle(node, Input::Writable { peer: peer(other) }),
            Op::Calm => self.calm(),
        }
    }

    fn edit(&mut self, node: usize, id: u32) {
        self.next_payload += 1;
        let session = u32::try_from(node).expect("there are few") * 100 + self.hosts[node].incarnation;
        let transactions = vec![FastTransaction::new(Time::from_us(self.now), self.next_payload, 1)];
        self.note(|| format!("** {node} edits {id}"));
        self.handle(node, Input::Edit { id: CoId(id), session: SessionId(session), transactions });
        self.persist(node, CoId(id));
    }

    fn persist(&mut self, node: usize, id: CoId) {
        let host = &mut self.hosts[node];
        let Some(co) = host.node.state().co_values.get(&id).filter(|co| co.header.is_some()) else { return };
        let stored = host.disk.co_values.entry(id).or_default();
        stored.header = co.header.clone();
        stored.sessions = co.sessions.clone();
    }

    fn link_up(&mut self, link: usize, skew: u64) {
        let ends = self.topology.links[link].ends;
        if self.links[link].up || !ends.iter().all(|end| self.hosts[end.node].up) {
            return;
        }
        self.next_connection += 1;
        let connection = ConnectionId(self.next_connection);
        self.links[link] = LinkState { connection, up: true };
        for (end, this) in ends.iter().enumerate() {
            let (at, life) = (self.now + self.rng.range(0, skew), self.hosts[this.node].life);
            self.push(at, Event::Connect { node: this.node, life, link, end, connection });
        }
    }

    fn link_down(&mut self, link: usize, skew: u64) {
        if !self.links[link].up {
            return;
        }
        self.links[link].up = false;
        let (ends, connection) = (self.topology.links[link].ends, self.links[link].connection);
        for (end, this) in ends.iter().enumerate() {
            let (at, life) = (self.now + self.rng.range(0, skew), self.hosts[this.node].life);
            self.push(at, Event::Disconnect { node: this.node, life, other: ends[1 - end].node, connection });
        }
    }

    fn links_of(&self, node: usize) -> Vec<usize> {
        let touches = |link: &usize| self.topology.links[*link].ends.iter().any(|end| end.node == node);
        (0..self.links.len()).filter(touches).collect()
    }

    fn crash(&mut self, node: usize, wipe: bool) {
        if !self.hosts[node].up {
            return;
        }
        self.note(|| format!("** {node} crashes, wipe: {wipe}"));
        for link in self.links_of(node) {
            self.link_down(link, S / 2);
        }
        let host = &mut self.hosts[node];
        host.up = false;
        host.life += 1;
        if wipe {
            host.disk = NodeState::default();
            host.incarnation += 1;
        }
        host.node = Node::resume(self.config, FastCrypto, host.disk.clone());
    }

    fn restart(&mut self, node: usize) {
        if self.hosts[node].up {
            return;
        }
        self.note(|| format!("** {node} restarts"));
        self.hosts[node].up = true;
        for link in self.links_of(node) {
            self.link_up(link, 300 * MS);
        }
    }

    fn calm(&mut self) {
        self.note(|| "** calm".into());
        self.net = Net { loss: 0, dup: 0, latency: (50 * MS, 100 * MS), late: 0 };
        self.partitions.clear();
        for node in 0..self.hosts.len() {
            if self.hosts[node].up {
                for other in 0..self.hosts.len() {
                    self.handle(node, Input::Writable { peer: peer(other) });
                }
            } else {
                self.hosts[node].up = true;
            }
        }
        for link in 0..self.links.len() {
            self.link_up(link, 300 * MS);
        }
    }
}

/// A message as a line of a trace.
fn show(connection: ConnectionId, envelope: &Envelope<FastCrypto>) -> String {
    let what = match &envelope.message {
        Message::Load { known, .. } => format!("LOAD {}", show_known(known)),
        Message::Known(known) => {
            let kind = if known.is_correction { "CORRECTION" } else { "KNOWN" };
            format!("{kind} {}", show_known(&known.known))
        }
        Message::Content(content) => {
            let pieces = content.new.iter().map(|(session, piece)| {
                format!("{session:?}:{}+{}", piece.after, piece.new_transactions.len())
            });
            let header = if content.header.is_some() { "header " } else { "" };
            format!("CONTENT {header}{}", pieces.collect::<Vec<_>>().join(" "))
        }
        Message::Done { .. } => "DONE".into(),
    };
    format!("{:?} {what} {connection:?} #{} re {}", envelope.message.id(), envelope.n, envelope.re)
}

fn show_known(known: &KnownState) -> String {
    let header = if known.header { "header " } else { "" };
    let sessions = known.sessions().map(|(session, n)| format!("{session:?}:{n}"));
    format!("{{{header}{}}}", sessions.collect::<Vec<_>>().join(" "))
}

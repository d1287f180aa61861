//! The least node that a world can host: it sends numbers, and remembers when it heard which.

use cosim_core::{ConnectionId, Span, Time};
use cosim_testbed::decision::{Crashing, Decide, Fate, Noticing, Seeded, Sending, WriteFate, Writing};
use cosim_testbed::host::{Carried, Input, NodeId, Operation, Output, SimMessage, SimNode, Survival};
use cosim_testbed::network::Network;
use cosim_testbed::observer::Observer;
use cosim_testbed::world::{LinkSpec, World};
use std::convert::Infallible;

/// The number that one node sends another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number(pub(crate) u32);

impl SimMessage for Number {
    fn kind(&self) -> &'static str {
        "number"
    }

    fn subject(&self) -> u32 {
        self.0
    }

    fn size(&self) -> u32 {
        4
    }

    fn digest(&self) -> u64 {
        u64::from(self.0)
    }
}

/// What a counter is asked to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask {
    /// To send a number to a peer.
    Send(NodeId, u32),
    /// To want to be woken.
    WakeAt(Time),
}

/// Something that was heard: when, from whom, and what.
pub(crate) type Heard = (Time, NodeId, u32);

#[derive(Clone, Debug, Default)]
pub(crate) struct Counter {
    connections: Vec<(NodeId, ConnectionId)>,
    pub(crate) heard: Vec<Heard>,
    pub(crate) woken: Vec<Time>,
    /// When a line was full, and when it took messages again.
    pub(crate) flow: Vec<(Time, bool)>,
    /// When a connection closed.
    pub(crate) lost: Vec<Time>,
    wake_at: Option<Time>,
    outputs: Vec<(ConnectionId, Number)>,
}

impl SimNode for Counter {
    type Message = Number;
    type Command = Ask;
    type Refusal = Infallible;
    type Notice = Infallible;
    type End = ();
    type Record = Infallible;

    fn handle(&mut self, now: Time, input: Input<'_, Self>) -> Result<(), Infallible> {
        match input {
            Input::Connected { peer, connection, .. } => self.connections.push((peer, connection)),
            Input::Disconnected { connection, .. } => {
                self.connections.retain(|(_, open)| *open != connection);
                self.lost.push(now);
            }
            Input::Received { peer, message, .. } => self.heard.push((now, peer, message.0)),
            Input::Deadline => {
                self.woken.push(now);
                self.wake_at = None;
            }
            Input::Command { command: Ask::WakeAt(at), .. } => self.wake_at = Some(*at),
            Input::Command { command: Ask::Send(peer, number), .. } => {
                let to = self.connections.iter().filter(|(to, _)| to == peer);
                self.outputs.extend(to.map(|(_, connection)| (*connection, Number(*number))));
            }
            Input::Blocked { .. } => self.flow.push((now, false)),
            Input::Writable { .. } => self.flow.push((now, true)),
            Input::Left { .. } => {}
            Input::Restart(_) | Input::Recover { .. } => self.connections.clear(),
            Input::Written { .. } | Input::WriteFailed { .. } => unreachable!("it writes nothing"),
        }
        Ok(())
    }

    fn poll_output(&mut self) -> Option<Output<Self>> {
        self.outputs.pop().map(|(connection, message)| Output::Send { connection, message })
    }

    fn next_deadline(&self) -> Option<Time> {
        self.wake_at
    }

    fn digest(&self) -> u64 {
        self.heard.len() as u64
    }

    fn carries(&self, _: &Number) -> Carried {
        Carried::Subject
    }
}

/// A link between two of the nodes that are called `a`, `b`, `c` and so on.
pub(crate) fn link(a: u32, b: u32, network: Network) -> LinkSpec<Counter> {
    let name = |node: u32| char::from(b'a' + node as u8).to_string();
    LinkSpec { ends: [NodeId(a), NodeId(b)], names: [name(a), name(b)], end: [(), ()], network }
}

/// A world of counters whose links are connected at time zero.
pub(crate) fn world<O: Observer<Counter>>(
    nodes: usize,
    links: Vec<LinkSpec<Counter>>,
    seed: u64,
    observer: O,
) -> World<Counter, O, Fates> {
    let count = links.len() as u32;
    let mut world = World::new(vec![Counter::default(); nodes], links, seed, observer, Fates::default());
    for link in 0..count {
        world.schedule(Time::ZERO, Operation::Connect { link });
    }
    world
}

/// Plans that `from` sends `to` a number.
pub(crate) fn send<O: Observer<Counter>>(
    world: &mut World<Counter, O, Fates>,
    at: Time,
    [from, to]: [u32; 2],
    number: u32,
) {
    let command = Ask::Send(NodeId(to), number);
    world.schedule(at, Operation::Command { node: NodeId(from), command });
}

/// What the seed says, written down.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fates {
    pub(crate) messages: Vec<(NodeId, Fate)>,
    pub(crate) notices: Vec<(NodeId, Span)>,
}

impl Decide<Counter> for Fates {
    fn message(&mut self, sending: &Sending<'_, Counter>, drawn: Fate) -> Fate {
        let fate = Decide::<Counter>::message(&mut Seeded, sending, drawn);
        self.messages.push((sending.from, fate));
        fate
    }

    fn notice(&mut self, noticing: &Noticing, drawn: Span) -> Span {
        self.notices.push((noticing.node, drawn));
        drawn
    }

    fn write(&mut self, _writing: &Writing<'_, Counter>, drawn: WriteFate) -> WriteFate {
        drawn
    }

    fn crash(&mut self, _crashing: &Crashing<'_>, drawn: Survival) -> Survival {
        drawn
    }
}

/// The moment `ms` milliseconds after the start.
pub(crate) fn ms(ms: u64) -> Time {
    Time::ZERO + Span::from_ms(ms)
}

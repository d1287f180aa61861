//! A node of a run in which guests take part: one of ours, or a guest's.

use super::node::GuestNode;
use super::pieces::Pieces;
use super::shared::Shared;
use crate::clock::WallTime;
use crate::cojson::{
    CoJson, CoNode, Command, Directory, DiskWrite, End, Foreign, Notice, Packet, Refusal, SimCrypto,
    Transaction, carried,
};
use crate::host::{Carried, Input, NodeId, Output, Recorded, SimNode};
use cosim_core::interop::Numbering;
use cosim_core::node::Buffers;
use cosim_core::view::LiveView;
use cosim_core::{
    CoId, ConnectionId, Durability, Envelope, Known, KnownState, Message, NodeState, SessionId, Span, Time,
    TimerKind,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::iter;
use std::sync::{Arc, Mutex, PoisonError};

/// See the module.
#[derive(Debug)]
pub enum Member {
    /// One of ours.
    Ours(Box<Ours>),
    /// A guest's.
    Guest(Box<GuestNode>),
}

/// One of our nodes, and how far it has got in the conversations with guests, whose messages have no numbers.
#[derive(Debug)]
pub struct Ours {
    id: NodeId,
    node: CoNode,
    numbering: BTreeMap<ConnectionId, Numbering>,
    /// The nodes that guests play who follow today's rules.
    todays: Arc<BTreeSet<NodeId>>,
    /// What clients of today's package are asked for besides what the node itself says.
    asked: VecDeque<(ConnectionId, Message<SimCrypto>)>,
    /// What the node has put out because of one input, and nobody has taken yet.
    outbox: VecDeque<Output<CoNode>>,
    pieces: Pieces,
    shared: Arc<Mutex<Shared>>,
}

impl Ours {
    /// One of our nodes, which has said nothing yet.
    pub(super) fn new(
        id: NodeId,
        node: CoNode,
        todays: Arc<BTreeSet<NodeId>>,
        shared: Arc<Mutex<Shared>>,
    ) -> Ours {
        let (asked, outbox) = (VecDeque::new(), VecDeque::new());
        let (numbering, pieces) = (BTreeMap::new(), Pieces::default());
        Ours { id, node, numbering, todays, asked, outbox, pieces, shared }
    }

    /// Hears what a guest says. One that follows today's rules takes back what it has claimed, and expects to be asked for what
    /// its content rests on.
    fn hear(
        &mut self,
        now: Time,
        (peer, connection): (NodeId, ConnectionId),
        mut message: Message<SimCrypto>,
    ) -> Result<(), Refusal> {
        let is_todays = self.todays.contains(&peer);
        self.pieces.hear(peer, &mut message);
        if let Message::Known(Known { id, known, is_correction: true, .. }) = &message
            && is_todays
        {
            self.node.take_back((peer, connection), *id, known);
        }
        let numbering = self.numbering.entry(connection).or_default();
        let message = Packet::Ours(numbering.received(message));
        self.node.handle(now, Input::Received { peer, connection, message })?;
        if is_todays {
            let asked = self.node.to_ask(peer, numbering);
            self.asked.extend(asked.into_iter().map(|message| (connection, message)));
        }
        Ok(())
    }

    fn handle(&mut self, now: Time, input: Input<'_, Member>) -> Result<(), Refusal> {
        if matches!(input, Input::Restart(_) | Input::Recover { .. }) {
            // That was in memory.
            self.pieces = Pieces::default();
        }
        self.node.handle(
            now,
            match input {
                Input::Received { peer, connection, message: Packet::Guest(said) } => {
                    let Some(reading) = &said.reading else { return Ok(()) };
                    return self.hear(now, (peer, connection), reading.message.clone());
                }
                Input::Received { peer, connection, message } => {
                    Input::Received { peer, connection, message }
                }
                Input::Disconnected { peer, connection } => {
                    self.numbering.remove(&connection);
                    Input::Disconnected { peer, connection }
                }
                Input::Connected { peer, connection, end } => Input::Connected { peer, connection, end },
                Input::Blocked { peer, connection } => Input::Blocked { peer, connection },
                Input::Writable { peer, connection } => Input::Writable { peer, connection },
                Input::Left { peer, connection } => Input::Left { peer, connection },
                Input::Deadline => Input::Deadline,
                Input::Command { command, wall } => Input::Command { command, wall },
                Input::Restart(storage) => Input::Restart(storage),
                Input::Recover { disk, origin } => Input::Recover { disk, origin },
                Input::Written { ticket } => Input::Written { ticket },
                Input::WriteFailed { ticket } => Input::WriteFailed { ticket },
            },
        )
    }

    /// Has guests that follow today's rules read in the first of several pieces how far all of them go.
    fn announce_pieces(&mut self) {
        let connections = self.todays.iter().filter_map(|peer| Some((self.node.connection(*peer)?, *peer)));
        let firsts = self.pieces.announced(&connections.collect(), self.outbox.iter());
        if firsts.is_empty() {
            return;
        }
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        for (connection, n, until) in firsts {
            shared.registry.announce((self.id, connection, n), until);
        }
    }

    fn poll_output(&mut self) -> Option<Output<Member>> {
        if self.outbox.is_empty() {
            self.outbox.extend(iter::from_fn(|| self.node.poll_output()));
            self.announce_pieces();
        }
        let Some(output) = self.outbox.pop_front() else {
            // No envelope comes of the answer, so it needs no number.
            let (connection, message) = self.asked.pop_front()?;
            let message = Packet::Ours(Envelope { n: 0, re: 0, message });
            return Some(Output::Send { connection, message });
        };
        Some(match output {
            Output::Send { connection, message } => {
                if let Packet::Ours(envelope) = &message {
                    self.numbering.entry(connection).or_default().sent(envelope);
                }
                Output::Send { connection, message }
            }
            Output::Write { ticket, record, bytes } => Output::Write { ticket, record, bytes },
            Output::Close { connection } => Output::Close { connection },
            Output::Notice(notice) => Output::Notice(notice),
        })
    }
}

impl SimNode for Member {
    type Message = Packet;
    type Command = Command;
    type Refusal = Refusal;
    type Notice = Notice;
    type End = End;
    type Record = DiskWrite;

    const READS_CLOCK: bool = true;

    fn times_work(&self) -> bool {
        matches!(self, Member::Guest(_))
    }

    fn works(&mut self, each: Span) {
        if let Member::Guest(guest) = self {
            guest.works(each);
        }
    }

    fn reads_clock(&mut self, wall: WallTime) {
        if let Member::Guest(guest) = self {
            guest.reads_clock(wall);
        }
    }

    fn handle(&mut self, now: Time, input: Input<'_, Self>) -> Result<(), Refusal> {
        match self {
            Member::Ours(ours) => ours.handle(now, input),
            Member::Guest(guest) => guest.handle(now, input),
        }
    }

    fn poll_output(&mut self) -> Option<Output<Self>> {
        match self {
            Member::Ours(ours) => ours.poll_output(),
            Member::Guest(guest) => guest.poll_output(),
        }
    }

    fn next_deadline(&self) -> Option<Time> {
        match self {
            Member::Ours(ours) => ours.node.next_deadline(),
            Member::Guest(guest) => guest.due(),
        }
    }

    fn digest(&self) -> u64 {
        match self {
            Member::Ours(ours) => ours.node.digest(),
            Member::Guest(guest) => guest.digest(),
        }
    }

    fn queued(&mut self, peer: NodeId, connection: ConnectionId, message: &Packet) {
        if let Member::Ours(ours) = self {
            ours.node.queued(peer, connection, message);
        }
    }

    fn carries(&self, message: &Packet) -> Carried {
        carried::by_packet(self.state(), message)
    }

    fn recorded(record: &DiskWrite) -> Recorded {
        CoNode::recorded(record)
    }
}

impl CoJson for Member {
    fn state(&self) -> &NodeState<SimCrypto> {
        match self {
            Member::Ours(ours) => ours.node.state(),
            Member::Guest(guest) => guest.state(),
        }
    }

    fn into_state(self) -> NodeState<SimCrypto> {
        match self {
            Member::Ours(ours) => ours.node.into_state(),
            Member::Guest(guest) => guest.into_state(),
        }
    }

    fn connection(&self, peer: NodeId) -> Option<ConnectionId> {
        match self {
            Member::Ours(ours) => ours.node.connection(peer),
            Member::Guest(guest) => guest.connection(peer),
        }
    }

    fn ignores(&self, peer: NodeId, connection: ConnectionId) -> bool {
        match self {
            Member::Ours(ours) => ours.node.ignores(peer, connection),
            Member::Guest(guest) => guest.ignores(peer, connection),
        }
    }

    fn served_to_a_newcomer(&self, now: Time) -> Option<BTreeMap<CoId, KnownState>> {
        match self {
            Member::Ours(_) => None,
            Member::Guest(guest) => guest.served_to_a_newcomer(now),
        }
    }

    fn deadlines(&self) -> Vec<(Time, CoId, NodeId, TimerKind)> {
        match self {
            Member::Ours(ours) => ours.node.deadlines(),
            Member::Guest(_) => Vec::new(),
        }
    }

    fn session(&self) -> SessionId {
        match self {
            Member::Ours(ours) => ours.node.session(),
            Member::Guest(guest) => guest.session(),
        }
    }

    fn session_of(&self, command: &Command) -> SessionId {
        match self {
            Member::Ours(ours) => ours.node.session_of(command),
            Member::Guest(guest) => guest.session(),
        }
    }

    fn writes_in(&self, session: SessionId) -> bool {
        match self {
            Member::Ours(ours) => ours.node.writes_in(session),
            Member::Guest(guest) => session == guest.session(),
        }
    }

    fn next_index(&self, id: CoId) -> u32 {
        match self {
            Member::Ours(ours) => ours.node.next_index(id),
            Member::Guest(guest) => {
                guest.state().co_values.get(&id).map_or(0, |held| held.count(guest.session()))
            }
        }
    }

    fn meet(&mut self, directory: &Arc<Directory>) {
        match self {
            Member::Ours(ours) => ours.node.meet(directory),
            Member::Guest(guest) => guest.meet(directory),
        }
    }

    fn drafts(&self) -> bool {
        matches!(self, Member::Ours(_))
    }

    fn draft(&self, command: &Command, wall: WallTime) -> Result<Vec<Transaction>, Refusal> {
        match self {
            Member::Ours(ours) => ours.node.draft(command, wall),
            Member::Guest(_) => Ok(Vec::new()),
        }
    }

    fn beside(&self, command: &Command, wall: WallTime) -> Vec<(CoId, Vec<Transaction>)> {
        match self {
            Member::Ours(ours) => ours.node.beside(command, wall),
            Member::Guest(_) => Vec::new(),
        }
    }

    fn view(&self, id: CoId) -> Option<&LiveView> {
        match self {
            Member::Ours(ours) => ours.node.view(id),
            Member::Guest(_) => None,
        }
    }

    fn shows(&self, id: CoId) -> Option<Value> {
        match self {
            Member::Ours(ours) => ours.node.shows(id),
            Member::Guest(guest) => guest.shows(id),
        }
    }

    fn foreign(&self) -> Option<&dyn Foreign> {
        match self {
            Member::Ours(_) => None,
            Member::Guest(guest) => guest.foreign(),
        }
    }

    fn tokens(&self, id: CoId) -> Vec<u32> {
        match self {
            Member::Ours(_) => Vec::new(),
            Member::Guest(guest) => guest.tokens(id),
        }
    }

    fn audit(&self) {
        if let Member::Guest(guest) = self {
            guest.audit();
        }
    }

    fn turn_hostile(&mut self) {
        if let Member::Ours(ours) = self {
            ours.node.turn_hostile();
        }
    }

    fn durability(&self) -> Durability {
        match self {
            Member::Ours(ours) => ours.node.durability(),
            Member::Guest(_) => Durability::Ideal,
        }
    }

    fn durable(&self, id: CoId) -> KnownState {
        match self {
            Member::Ours(ours) => ours.node.durable(id),
            Member::Guest(guest) => guest.durable(id),
        }
    }

    fn put_aside(&self, id: CoId) -> KnownState {
        match self {
            Member::Ours(ours) => ours.node.put_aside(id),
            Member::Guest(_) => KnownState::EMPTY,
        }
    }

    fn buffers(&self, peer: NodeId, id: CoId) -> Buffers {
        match self {
            Member::Ours(ours) => ours.node.buffers(peer, id),
            Member::Guest(_) => Buffers::default(),
        }
    }
}

//! CoJSON in the world: the core's node as a [`SimNode`], its commands, and the names by which people know things.

mod app;
mod attack;
pub(crate) mod carried;
mod cast;
mod change;
mod co_json;
mod command;
mod crypto;
mod damage;
pub(crate) mod digest;
mod directory;
mod disk_write;
mod foreign;
mod kind;
pub(crate) mod made_up;
mod message;
mod notice;
mod provider;
mod published;
mod session;
mod shown;
mod values;

pub use app::Refusal;
pub use attack::{Attack, AttackKind};
pub use cast::Cast;
pub use change::{Change, What};
pub use co_json::CoJson;
pub use command::{Ask, Command, Edit, Writes};
pub use crypto::SimCrypto;
pub use directory::{Agent, CoValue, CoValueSpec, Directory, Invite, NodeSpec};
pub use disk_write::DiskWrite;
pub use foreign::{Foreign, Sight};
pub use kind::{Format, Kind, MemberRole};
pub use message::{Packet, Said};
pub(crate) use message::{kind, size};
pub use notice::Notice;
pub use provider::Crypto;
use session::deletion;
pub use session::{NODES_MAX, session, session_parts};
pub(crate) use session::{OF_DELETIONS, OF_GUESTS, by_ordinal, is_deletion, ordinal};
pub(crate) use shown::{is_of_the_rules, shown};
pub(crate) use values::fold_text;
pub use values::{Header, Signature, StreamingHash, Transaction};

use crate::clock::WallTime;
use crate::host::{Carried, Input, NodeId, Output, Recorded, SimNode, Storage};
use crate::world::View;
use app::App;
use attack::Attacker;
use cosim_core::node::{Buffers, LoadStatus, WRITES_MAX};
use cosim_core::view::LiveView;
use cosim_core::{
    CoId, Config, ConnectionId, Durability, Event, KnownState, Node, NodeState, PeerId, Relationship,
    SessionId, Time, TimerKind,
};
use digest::Digest;
use std::collections::{BTreeSet, VecDeque};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Whether what a node has reported as written is nowhere safe but there, of the nodes that are up.
pub(crate) fn holds_last_copy<N: CoJson>(view: &View<'_, N>, node: NodeId) -> bool {
    // A guest tells of all that it holds, and does not say what of it its disk has.
    let told = |node: &N, id: CoId| match node.state().co_values.get(&id) {
        Some(held) if !node.drafts() => held.known_state(),
        Some(_) | None => node.durable(id),
    };
    let host = &view.hosts[node.index()].node;
    let others = (0..).map(NodeId).zip(view.hosts).filter(|(other, host)| *other != node && host.up);
    host.state().co_values.keys().any(|id| {
        let mut elsewhere = KnownState::EMPTY;
        for (_, other) in others.clone() {
            elsewhere.join(&told(&other.node, *id));
        }
        !told(host, *id).le(&elsewhere)
    })
}

/// The number of the operation that wrote a transaction.
pub fn written_by(transaction: &Transaction) -> u32 {
    (transaction.payload >> 32) as u32
}

/// What a node is told about its end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// What the other end is to it.
    pub relationship: Relationship,
    /// Larger is served first.
    pub priority: i32,
}

/// The core's node, hosted by a world.
#[derive(Clone, Debug)]
pub struct CoNode {
    node: Node<SimCrypto>,
    id: NodeId,
    /// How often its app had to begin a new session: one that nobody has seen.
    incarnation: u32,
    /// Where it writes in the session of another, of whose database it has a copy.
    copied: Option<SessionId>,
    directory: Arc<Directory>,
    app: App,
    /// What it says of its own accord, before what the node says.
    notices: VecDeque<Notice>,
    /// What it needs to lie, where it is hostile.
    attacker: Option<Attacker>,
}

impl CoNode {
    /// A node that holds nothing.
    pub fn new(id: NodeId, config: Config) -> CoNode {
        let directory = Arc::<Directory>::default();
        CoNode {
            node: Node::new(config, SimCrypto::new(Arc::clone(&directory))),
            id,
            incarnation: 0,
            copied: None,
            app: App::new(id, Arc::clone(&directory)),
            directory,
            notices: VecDeque::new(),
            attacker: None,
        }
    }

    fn crypto(&self) -> SimCrypto {
        SimCrypto::new(Arc::clone(&self.directory))
    }

    fn header(&self, id: CoId) -> Header {
        let said = self.directory.co_value(id).and_then(|known| known.header.clone());
        Header::new(id, self.directory.depends_on(id).to_vec(), said)
    }

    /// Starts from what is on the disk: where that is a copy, of this node's.
    fn recover(&mut self, disk: &[u8], restored: Option<NodeId>) {
        let config = *self.node.config();
        let (node, recovery) = Node::recover(config, self.crypto(), disk);
        self.node = node;
        // Whoever puts an old copy in place of a disk marks it, or the session would be forked.
        let new_session = config.durability.needs_new_session(&recovery)
            || (restored.is_some() && config.durability != Durability::SendFirstReuse);
        if new_session {
            self.begin_session();
        } else if let Some(of) = restored {
            self.copied = self.last_session(of);
        }
        self.notices.push_back(Notice::Recovered { recovery, new_session });
        self.look_anew();
    }

    /// From now on its app writes in a session that nobody has seen.
    fn begin_session(&mut self) {
        self.incarnation += 1;
        self.copied = None;
        self.app.lost();
    }

    /// The session in which an app goes on that does not notice that its database is a copy of another's: who is another
    /// agent cannot.
    fn last_session(&self, of: NodeId) -> Option<SessionId> {
        if of == self.id || !self.directory.are_one_agent(of, self.id) {
            return None;
        }
        let logs = self.node.state().co_values.values();
        let sessions = logs.flat_map(|held| held.sessions.keys()).map(session_parts);
        let last = sessions.filter(|(author, _)| *author == of).map(|(_, incarnation)| incarnation).max();
        Some(session(of, last.unwrap_or(0)))
    }

    /// The app has forgotten what it saw, and looks at all that the node holds.
    fn look_anew(&mut self) {
        self.app.forget();
        let all: BTreeSet<CoId> = self.directory.views().collect();
        self.app.follow(self.node.state(), &all);
    }

    /// Has the node handle something, and its app look at what that changes.
    fn advance(&mut self, now: Time, input: cosim_core::Input<SimCrypto>) -> Result<(), Refusal> {
        let before = self.node.outputs().len();
        let result = self.node.handle(now, input);
        if self.directory.has_views() {
            let new = self.node.outputs().skip(before);
            let touched: BTreeSet<CoId> = new.filter_map(changed).collect();
            self.app.follow(self.node.state(), &touched);
        }
        Ok(result?)
    }

    /// Where the app's load of a CoValue stands.
    pub fn load_status(&self, id: CoId) -> Option<LoadStatus> {
        self.node.load_status(id)
    }

    fn command(&mut self, now: Time, wall: WallTime, command: &Command) -> Result<(), Refusal> {
        let input = match command {
            Command::Create { id, .. } => {
                let founding = self.draft(command, wall)?;
                self.write_beside(now, wall, command)?;
                self.advance(now, cosim_core::Input::Create { id: *id, header: self.header(*id) })?;
                if founding.is_empty() {
                    return Ok(());
                }
                return self.write(now, (*id, self.session()), founding);
            }
            Command::Edit(edit) => {
                let transactions = self.draft(command, wall)?;
                self.write_beside(now, wall, command)?;
                return self.write(now, (edit.id, self.session_of(command)), transactions);
            }
            Command::Ask(_) => return Err(Refusal::Guest("only a guest knows what that is".to_owned())),
            Command::Load { id } => cosim_core::Input::Load { id: *id },
            Command::Done { id } => cosim_core::Input::Done { id: *id },
            Command::Attack(attack) => {
                let session = self.session();
                let CoNode { node, id, attacker, .. } = self;
                let attacker = attacker.as_mut().ok_or(cosim_core::UpdateError::UnknownPeer)?;
                return Ok(attacker.attack(attack, now, node, (*id, session))?);
            }
        };
        self.advance(now, input)
    }

    /// Has the node write what comes before that, to other CoValues: all of it and that, or nothing.
    fn write_beside(&mut self, now: Time, wall: WallTime, command: &Command) -> Result<(), Refusal> {
        let beside = self.beside(command, wall);
        let is_full = |(id, _): &(CoId, _)| {
            self.node.buffers(PeerId(self.id.0), *id).writes + beside.len() >= WRITES_MAX
        };
        if beside.iter().any(is_full) {
            return Err(cosim_core::UpdateError::StorageBusy.into());
        }
        for (id, transactions) in beside {
            self.write(now, (id, self.session()), transactions)?;
        }
        Ok(())
    }

    /// Has the node write what its app wants written.
    fn write(
        &mut self,
        now: Time,
        (id, session): (CoId, SessionId),
        transactions: Vec<Transaction>,
    ) -> Result<(), Refusal> {
        let (after, staged) = (self.node.next_index(id, session), transactions.clone());
        self.advance(now, cosim_core::Input::Edit { id, session, transactions })?;
        self.app.wrote(id, (session, after), &staged);
        Ok(())
    }
}

/// The CoValue of which a node holds more than before.
fn changed(output: &cosim_core::Output<SimCrypto>) -> Option<CoId> {
    let cosim_core::Output::Event(event) = output else { return None };
    match event {
        Event::AddedNewHeader { id } | Event::AddedNewTransactions { id } => Some(*id),
        Event::CoValueDone { .. }
        | Event::AddedPeer { .. }
        | Event::RemovedPeer { .. }
        | Event::SyncStateUpdated { .. } => None,
    }
}

impl CoJson for CoNode {
    fn state(&self) -> &NodeState<SimCrypto> {
        self.node.state()
    }

    fn into_state(self) -> NodeState<SimCrypto> {
        self.node.into_state()
    }

    fn connection(&self, peer: NodeId) -> Option<ConnectionId> {
        self.node.connection(PeerId(peer.0))
    }

    fn deadlines(&self) -> Vec<(Time, CoId, NodeId, TimerKind)> {
        self.node.deadlines().map(|(at, id, peer, kind)| (at, id, NodeId(peer.0), kind)).collect()
    }

    fn session(&self) -> SessionId {
        self.copied.unwrap_or_else(|| session(self.id, self.incarnation))
    }

    fn session_of(&self, command: &Command) -> SessionId {
        if command.deletes() {
            return deletion(self.id, self.incarnation);
        }
        let accepts = command.accepts();
        let accepting = accepts.and_then(|it| self.directory.accepting(self.id, self.incarnation, it));
        accepting.unwrap_or_else(|| self.session())
    }

    fn writes_in(&self, session: SessionId) -> bool {
        let is_apart = |(node, count)| node == self.id && (OF_GUESTS..1 << 17).contains(&count);
        session == self.session() || is_apart(session_parts(session))
    }

    fn next_index(&self, id: CoId) -> u32 {
        self.node.next_index(id, self.session())
    }

    fn meet(&mut self, directory: &Arc<Directory>) {
        self.directory = Arc::clone(directory);
        self.app = App::new(self.id, Arc::clone(directory));
        *self.node.crypto_mut() = self.crypto();
    }

    fn draft(&self, command: &Command, wall: WallTime) -> Result<Vec<Transaction>, Refusal> {
        self.app.draft(&self.node, self.session_of(command), command, wall)
    }

    fn beside(&self, command: &Command, wall: WallTime) -> Vec<(CoId, Vec<Transaction>)> {
        self.app.beside(&self.node, self.session(), command, wall)
    }

    fn view(&self, id: CoId) -> Option<&LiveView> {
        self.app.view(id)
    }

    fn shows(&self, id: CoId) -> Option<serde_json::Value> {
        self.app.shows(id)
    }

    fn turn_hostile(&mut self) {
        self.attacker = Some(Attacker::default());
    }

    fn durability(&self) -> Durability {
        self.node.config().durability
    }

    fn durable(&self, id: CoId) -> KnownState {
        let held = || self.state().co_values.get(&id).map(|co_value| co_value.known_state());
        let durable = match self.durability() {
            Durability::Ideal => held(),
            Durability::DurableFirst | Durability::SendFirst | Durability::SendFirstReuse => {
                self.node.durable(id).cloned()
            }
        };
        durable.unwrap_or_default()
    }

    fn put_aside(&self, id: CoId) -> KnownState {
        self.node.put_aside_of(id)
    }

    fn buffers(&self, peer: NodeId, id: CoId) -> Buffers {
        self.node.buffers(PeerId(peer.0), id)
    }
}

impl SimNode for CoNode {
    type Message = Packet;
    type Command = Command;
    type Refusal = Refusal;
    type Notice = Notice;
    type End = End;
    type Record = DiskWrite;

    fn handle(&mut self, now: Time, input: Input<'_, Self>) -> Result<(), Refusal> {
        let input = match input {
            Input::Received { peer, connection, mut message } => {
                if let (Some(attacker), Packet::Ours(envelope)) = (&mut self.attacker, &mut message) {
                    attacker.hears(peer, envelope);
                }
                let envelope = match message {
                    Packet::Ours(envelope) => envelope,
                    Packet::Guest(said) => match &said.reading {
                        Some(reading) => reading.clone(),
                        None => return Ok(()),
                    },
                };
                cosim_core::Input::Received { peer: PeerId(peer.0), connection, envelope }
            }
            Input::Deadline => cosim_core::Input::Deadline,
            Input::Command { command, wall } => return self.command(now, wall, command),
            Input::Connected { peer, connection, end } => cosim_core::Input::Connected {
                peer: PeerId(peer.0),
                connection,
                relationship: end.relationship,
                priority: end.priority,
            },
            Input::Disconnected { peer, connection } => {
                cosim_core::Input::Disconnected { peer: PeerId(peer.0), connection }
            }
            // What is said of the line of another connection says nothing of this one.
            Input::Blocked { peer, connection } if self.connection(peer) == Some(connection) => {
                cosim_core::Input::Blocked { peer: PeerId(peer.0) }
            }
            Input::Writable { peer, connection } if self.connection(peer) == Some(connection) => {
                cosim_core::Input::Writable { peer: PeerId(peer.0) }
            }
            Input::Blocked { .. } | Input::Writable { .. } => return Ok(()),
            Input::Left { peer, connection } => cosim_core::Input::Left { peer: PeerId(peer.0), connection },
            Input::Restart(Storage::Kept) => {
                self.node.restart();
                return Ok(());
            }
            Input::Recover { disk, origin } => {
                self.recover(disk, origin.copied());
                return Ok(());
            }
            Input::Written { ticket } => cosim_core::Input::Persisted { write: ticket },
            Input::WriteFailed { ticket } => cosim_core::Input::PersistFailed { write: ticket },
            Input::Restart(Storage::Lost) => {
                self.node = Node::new(*self.node.config(), self.crypto());
                self.begin_session();
                self.look_anew();
                return Ok(());
            }
        };
        self.advance(now, input)
    }

    fn poll_output(&mut self) -> Option<Output<Self>> {
        if let Some(notice) = self.notices.pop_front() {
            return Some(Output::Notice(notice));
        }
        if let Some((connection, message)) = self.attacker.as_mut().and_then(Attacker::next) {
            return Some(Output::Send { connection, message: Packet::Ours(message) });
        }
        Some(match self.node.poll_output()? {
            cosim_core::Output::Persist { write, record } => {
                let bytes = record.encode().expect("plain values have a JSON form");
                Output::Write { ticket: write, record: DiskWrite::Record(record), bytes }
            }
            cosim_core::Output::Written { id, session, count } => {
                Output::Notice(Notice::Written { id, session, count })
            }
            cosim_core::Output::Uploaded { peer, id, session, count, reach } => {
                Output::Notice(Notice::Uploaded { peer: NodeId(peer.0), id, session, count, reach })
            }
            cosim_core::Output::WriteFailed { id, session, after, count } => {
                if self.writes_in(session) {
                    self.begin_session();
                }
                Output::Notice(Notice::WriteFailed { id, session, after, count })
            }
            cosim_core::Output::Send { peer, connection, mut envelope } => {
                if let Some(attacker) = &mut self.attacker {
                    attacker.says(NodeId(peer.0), connection, &mut envelope);
                }
                Output::Send { connection, message: Packet::Ours(envelope) }
            }
            cosim_core::Output::Close { connection, .. } => Output::Close { connection },
            cosim_core::Output::Event(event) => Output::Notice(Notice::Event(event)),
            cosim_core::Output::LoadEnded { id, available } => {
                Output::Notice(Notice::LoadEnded { id, available })
            }
        })
    }

    fn next_deadline(&self) -> Option<Time> {
        self.node.next_deadline().map(|(at, _)| at)
    }

    fn digest(&self) -> u64 {
        let mut digest = Digest(0);
        self.node.state().hash(&mut digest);
        digest.finish()
    }

    fn queued(&mut self, peer: NodeId, connection: ConnectionId, message: &Packet) {
        if let Some(envelope) = message.envelope() {
            self.node.queued(PeerId(peer.0), connection, envelope);
        }
    }

    fn carries(&self, message: &Packet) -> Carried {
        carried::by_packet(self.node.state(), message)
    }

    fn recorded(record: &DiskWrite) -> Recorded {
        match record {
            DiskWrite::Record(record) => Recorded::Subject(record.id().0, carried::by_record(record)),
            DiskWrite::Commit(number) => Recorded::Commit(*number),
        }
    }
}

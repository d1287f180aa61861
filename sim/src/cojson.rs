//! CoJSON in the world: the core's node as a [`SimNode`], its commands, and the names by which people know things.

mod attack;
mod cast;
mod damage;
mod digest;
mod message;

pub use attack::{Attack, AttackKind};
pub use cast::Cast;

use crate::clock::WallTime;
use crate::host::{Input, NodeId, Output, SimNode, Storage};
use attack::Attacker;
use cosim_core::node::{Buffers, LoadStatus};
use cosim_core::{
    CoId, Config, ConnectionId, Durability, Envelope, Event, FastCrypto, FastHeader, FastTransaction,
    KnownState, Node, NodeState, PeerId, Record, Recovery, Relationship, SessionId, Time, TimerKind,
    UpdateError,
};
use digest::Digest;
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A node of which the oracles can see what it holds. [`CoNode`] is one; a test plants a fault by wrapping it.
pub trait CoJson:
    SimNode<
        Message = Envelope<FastCrypto>,
        Command = Command,
        Refusal = UpdateError,
        Notice = Notice,
        End = End,
        Record = Record<FastCrypto>,
    >
{
    /// What it holds, and what it thinks of its peers.
    fn state(&self) -> &NodeState<FastCrypto>;

    /// The connection that it has with a peer, as far as it knows.
    fn connection(&self, peer: NodeId) -> Option<ConnectionId>;

    /// What it waits for: until when, about which CoValue, from whom, and why.
    fn deadlines(&self) -> Vec<(Time, CoId, NodeId, TimerKind)>;

    /// The session in which its app writes.
    fn session(&self) -> SessionId;

    /// Tells it what depends on what, before anything happens.
    fn depend(&mut self, dependencies: &Arc<Dependencies>) {
        let _ = dependencies;
    }

    /// Tells it that its app may attack its peers, before anything happens.
    fn turn_hostile(&mut self) {}

    /// How it treats what its app writes.
    fn durability(&self) -> Durability {
        Durability::Ideal
    }

    /// How much of a CoValue would outlive a crash, as far as it was told.
    fn durable(&self, id: CoId) -> KnownState {
        self.state().co_values.get(&id).map_or(KnownState::EMPTY, |co_value| co_value.known_state())
    }

    /// How full its buffers are: those of the node, and those of its conversation with a peer about a CoValue.
    fn buffers(&self, _peer: NodeId, _id: CoId) -> Buffers {
        Buffers::default()
    }
}

/// What depends on what: given by the scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependencies {
    /// What each CoValue's header depends on, by CoValue; a CoValue beyond the list depends on nothing.
    pub headers: Vec<Vec<CoId>>,
    /// The account of each node, on which all that it writes depends; a node beyond the list has none.
    pub accounts: Vec<Option<CoId>>,
}

impl Dependencies {
    /// What the header of a CoValue depends on.
    pub fn of(&self, id: CoId) -> &[CoId] {
        self.headers.get(id.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The account of a node.
    pub fn account(&self, node: NodeId) -> Option<CoId> {
        self.accounts.get(node.index()).copied().flatten()
    }
}

/// What an app asks of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// To make a CoValue.
    Create {
        /// Its id.
        id: CoId,
    },
    /// To write one batch of transactions.
    Edit(Edit),
    /// To get a CoValue and keep it up to date.
    Load {
        /// Its id.
        id: CoId,
    },
    /// To want a CoValue no longer.
    Done {
        /// Its id.
        id: CoId,
    },
    /// To lie to a peer: only a hostile node does.
    Attack(Attack),
}

/// See [`Command::Edit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    /// To which CoValue.
    pub id: CoId,
    /// How many transactions.
    pub transactions: u32,
    /// How many bytes each stands for.
    pub size: u32,
    /// The number of the operation, which the transactions carry.
    pub operation: u32,
    /// The CoValue on which the transactions depend: its author's account.
    pub depends_on: Option<CoId>,
}

impl Command {
    /// Which CoValue it is about.
    pub const fn id(&self) -> CoId {
        match self {
            Command::Create { id } | Command::Load { id } | Command::Done { id } => *id,
            Command::Edit(edit) => edit.id,
            Command::Attack(attack) => attack.id,
        }
    }
}

impl Edit {
    /// The transactions that this writes when the author's clock shows `wall`. Each carries the operation that wrote it.
    pub fn transactions(&self, wall: WallTime) -> Vec<FastTransaction> {
        let payload = |i: u32| u64::from(self.operation) << 32 | u64::from(i);
        let depends_on = self.depends_on.filter(|account| *account != self.id);
        let transaction =
            |i| FastTransaction { made_at: wall.as_us(), payload: payload(i), size: self.size, depends_on };
        (0..self.transactions).map(transaction).collect()
    }
}

/// The number of the operation that wrote a transaction.
pub fn written_by(transaction: &FastTransaction) -> u32 {
    (transaction.payload >> 32) as u32
}

/// What a node tells its app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The state has changed.
    Event(Event),
    /// A load has come to a verdict.
    LoadEnded {
        /// Of this CoValue.
        id: CoId,
        /// Whether it is here.
        available: bool,
    },
    /// The disk has a session up to here.
    Written {
        /// Of this CoValue.
        id: CoId,
        /// The session.
        session: SessionId,
        /// How many of its transactions.
        count: u32,
    },
    /// What its app wrote could not be written, and counts as never written.
    WriteFailed {
        /// To this CoValue.
        id: CoId,
        /// In this session.
        session: SessionId,
        /// How many transactions come before those that failed.
        after: u32,
        /// How many failed.
        count: u32,
    },
    /// It has started from its disk.
    Recovered {
        /// How whole that was.
        recovery: Recovery,
        /// Whether its app writes in a new session from here on.
        new_session: bool,
    },
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
    node: Node<FastCrypto>,
    id: NodeId,
    /// How often its app had to begin a new session: one that nobody has seen.
    incarnation: u32,
    dependencies: Arc<Dependencies>,
    /// What it says of its own accord, before what the node says.
    notices: VecDeque<Notice>,
    /// What it needs to lie, where it is hostile.
    attacker: Option<Attacker>,
}

const INCARNATION_BITS: u32 = 20;

/// The session of a node's app after it has lost its storage `incarnation` times.
pub fn session(node: NodeId, incarnation: u32) -> SessionId {
    SessionId(node.0 << INCARNATION_BITS | (incarnation & ((1 << INCARNATION_BITS) - 1)))
}

/// Whose session it is, and the how-manieth incarnation's.
pub fn session_parts(session: SessionId) -> (NodeId, u32) {
    (NodeId(session.0 >> INCARNATION_BITS), session.0 & ((1 << INCARNATION_BITS) - 1))
}

impl CoNode {
    /// A node that holds nothing.
    pub fn new(id: NodeId, config: Config) -> CoNode {
        CoNode {
            node: Node::new(config, FastCrypto),
            id,
            incarnation: 0,
            dependencies: Arc::default(),
            notices: VecDeque::new(),
            attacker: None,
        }
    }

    fn header(&self, id: CoId) -> FastHeader {
        FastHeader::depending_on(id, self.dependencies.of(id).to_vec())
    }

    /// Starts from what is on the disk.
    fn recover(&mut self, disk: &[u8], restored: bool) {
        let config = *self.node.config();
        let (node, recovery) = Node::recover(config, FastCrypto, disk);
        self.node = node;
        // Whoever puts an old copy in place of a disk marks it, or the session would be forked.
        let new_session = config.durability.needs_new_session(&recovery)
            || (restored && config.durability != Durability::SendFirstReuse);
        self.incarnation += u32::from(new_session);
        self.notices.push_back(Notice::Recovered { recovery, new_session });
    }

    /// Where the app's load of a CoValue stands.
    pub fn load_status(&self, id: CoId) -> Option<LoadStatus> {
        self.node.load_status(id)
    }

    fn command(&mut self, now: Time, wall: WallTime, command: &Command) -> Result<(), UpdateError> {
        let input = match command {
            Command::Create { id } => cosim_core::Input::Create { id: *id, header: self.header(*id) },
            Command::Edit(edit) => cosim_core::Input::Edit {
                id: edit.id,
                session: session(self.id, self.incarnation),
                transactions: edit.transactions(wall),
            },
            Command::Load { id } => cosim_core::Input::Load { id: *id },
            Command::Done { id } => cosim_core::Input::Done { id: *id },
            Command::Attack(attack) => {
                let session = self.session();
                let CoNode { node, id, attacker, .. } = self;
                let attacker = attacker.as_mut().ok_or(UpdateError::UnknownPeer)?;
                return attacker.attack(attack, now, node, (*id, session));
            }
        };
        self.node.handle(now, input)
    }
}

impl CoJson for CoNode {
    fn state(&self) -> &NodeState<FastCrypto> {
        self.node.state()
    }

    fn connection(&self, peer: NodeId) -> Option<ConnectionId> {
        self.node.connection(PeerId(peer.0))
    }

    fn deadlines(&self) -> Vec<(Time, CoId, NodeId, TimerKind)> {
        self.node.deadlines().map(|(at, id, peer, kind)| (at, id, NodeId(peer.0), kind)).collect()
    }

    fn session(&self) -> SessionId {
        session(self.id, self.incarnation)
    }

    fn depend(&mut self, dependencies: &Arc<Dependencies>) {
        self.dependencies = Arc::clone(dependencies);
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
            _ => self.node.durable(id).cloned(),
        };
        durable.unwrap_or_default()
    }

    fn buffers(&self, peer: NodeId, id: CoId) -> Buffers {
        self.node.buffers(PeerId(peer.0), id)
    }
}

impl SimNode for CoNode {
    type Message = Envelope<FastCrypto>;
    type Command = Command;
    type Refusal = UpdateError;
    type Notice = Notice;
    type End = End;
    type Record = Record<FastCrypto>;

    fn handle(&mut self, now: Time, input: Input<'_, Self>) -> Result<(), UpdateError> {
        let input = match input {
            Input::Received { peer, connection, mut message } => {
                if let Some(attacker) = &mut self.attacker {
                    attacker.hears(peer, &mut message);
                }
                cosim_core::Input::Received { peer: PeerId(peer.0), connection, envelope: message }
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
            Input::Restart(Storage::Kept) => {
                self.node.restart();
                return Ok(());
            }
            Input::Recover { disk, restored } => {
                self.recover(disk, restored);
                return Ok(());
            }
            Input::Written { ticket } => cosim_core::Input::Persisted { write: ticket },
            Input::WriteFailed { ticket } => cosim_core::Input::PersistFailed { write: ticket },
            Input::Restart(Storage::Lost) => {
                self.node = Node::new(*self.node.config(), FastCrypto);
                self.incarnation += 1;
                return Ok(());
            }
        };
        self.node.handle(now, input)
    }

    fn poll_output(&mut self) -> Option<Output<Self>> {
        if let Some(notice) = self.notices.pop_front() {
            return Some(Output::Notice(notice));
        }
        if let Some((connection, message)) = self.attacker.as_mut().and_then(Attacker::next) {
            return Some(Output::Send { connection, message });
        }
        Some(match self.node.poll_output()? {
            cosim_core::Output::Persist { write, record } => {
                let bytes = record.encode().expect("plain values have a JSON form");
                Output::Write { ticket: write, record, bytes }
            }
            cosim_core::Output::Written { id, session, count } => {
                Output::Notice(Notice::Written { id, session, count })
            }
            cosim_core::Output::WriteFailed { id, session, after, count } => {
                if session == self.session() {
                    self.incarnation += 1;
                }
                Output::Notice(Notice::WriteFailed { id, session, after, count })
            }
            cosim_core::Output::Send { peer, connection, mut envelope } => {
                if let Some(attacker) = &mut self.attacker {
                    attacker.says(NodeId(peer.0), connection, &mut envelope);
                }
                Output::Send { connection, message: envelope }
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

    fn holds_last_copy<'a>(&self, others: impl Iterator<Item = &'a Self> + Clone) -> bool
    where
        Self: 'a,
    {
        self.state().co_values.keys().any(|id| {
            let here = self.durable(*id);
            let mut elsewhere = KnownState::EMPTY;
            for other in others.clone() {
                elsewhere.join(&other.durable(*id));
            }
            !here.le(&elsewhere)
        })
    }

    fn digest(&self) -> u64 {
        let mut digest = Digest(0);
        self.node.state().hash(&mut digest);
        digest.finish()
    }
}

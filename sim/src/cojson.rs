//! CoJSON in the world: the core's node as a [`SimNode`], its commands, and the names by which people know things.

mod cast;
mod damage;

pub use cast::Cast;

use crate::host::{Damage, Input, NodeId, Output, SimMessage, SimNode, Storage};
use cosim_core::node::LoadStatus;
use cosim_core::{
    CoId, Config, ConnectionId, Envelope, Event, FastCrypto, FastHeader, FastTransaction, KnownState,
    Message, Node, NodeState, PeerId, Relationship, SessionId, Time, TimerKind, UpdateError,
};
use std::hash::{Hash, Hasher};

/// A node of which the oracles can see what it holds. [`CoNode`] is one; a test plants a fault by wrapping it.
pub trait CoJson:
    SimNode<Message = Envelope<FastCrypto>, Command = Command, Refusal = UpdateError, Notice = Notice, End = End>
{
    /// What it holds, and what it thinks of its peers.
    fn state(&self) -> &NodeState<FastCrypto>;

    /// The connection that it has with a peer, as far as it knows.
    fn connection(&self, peer: NodeId) -> Option<ConnectionId>;

    /// What it waits for: until when, about which CoValue, from whom, and why.
    fn deadlines(&self) -> Vec<(Time, CoId, NodeId, TimerKind)>;

    /// The session in which its app writes.
    fn session(&self) -> SessionId;
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
}

impl Command {
    /// Which CoValue it is about.
    pub const fn id(&self) -> CoId {
        match self {
            Command::Create { id } | Command::Load { id } | Command::Done { id } => *id,
            Command::Edit(edit) => edit.id,
        }
    }
}

impl Edit {
    /// The transactions that this writes at `now`. Each carries the operation that wrote it.
    pub fn transactions(&self, now: Time) -> Vec<FastTransaction> {
        let payload = |i: u32| u64::from(self.operation) << 32 | u64::from(i);
        (0..self.transactions).map(|i| FastTransaction::new(now, payload(i), self.size)).collect()
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
    /// How often it has lost its storage. Each time, its app starts a session that nobody has seen.
    incarnation: u32,
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
        CoNode { node: Node::new(config, FastCrypto), id, incarnation: 0 }
    }

    /// Where the app's load of a CoValue stands.
    pub fn load_status(&self, id: CoId) -> Option<LoadStatus> {
        self.node.load_status(id)
    }

    fn command(&mut self, now: Time, command: &Command) -> Result<(), UpdateError> {
        let input = match command {
            Command::Create { id } => {
                cosim_core::Input::Create { id: *id, header: FastHeader { uniqueness: id.0 } }
            }
            Command::Edit(edit) => cosim_core::Input::Edit {
                id: edit.id,
                session: session(self.id, self.incarnation),
                transactions: edit.transactions(now),
            },
            Command::Load { id } => cosim_core::Input::Load { id: *id },
            Command::Done { id } => cosim_core::Input::Done { id: *id },
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
}

impl SimNode for CoNode {
    type Message = Envelope<FastCrypto>;
    type Command = Command;
    type Refusal = UpdateError;
    type Notice = Notice;
    type End = End;

    fn handle(&mut self, now: Time, input: Input<'_, Self>) -> Result<(), UpdateError> {
        let input = match input {
            Input::Received { peer, connection, message } => {
                cosim_core::Input::Received { peer: PeerId(peer.0), connection, envelope: message }
            }
            Input::Deadline => cosim_core::Input::Deadline,
            Input::Command(command) => return self.command(now, command),
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
            Input::Restart(Storage::Lost) => {
                self.node = Node::new(*self.node.config(), FastCrypto);
                self.incarnation += 1;
                return Ok(());
            }
        };
        self.node.handle(now, input)
    }

    fn poll_output(&mut self) -> Option<Output<Self>> {
        Some(match self.node.poll_output()? {
            cosim_core::Output::Send { connection, envelope, .. } => {
                Output::Send { connection, message: envelope }
            }
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
}

impl SimMessage for Envelope<FastCrypto> {
    fn kind(&self) -> &'static str {
        match &self.message {
            Message::Load { .. } => "load",
            Message::Known(known) if known.is_correction => "correction",
            Message::Known(_) => "known",
            Message::Content(_) => "content",
            Message::Done { .. } => "done",
        }
    }

    fn subject(&self) -> u32 {
        self.message.id().0
    }

    /// About what its JSON would take: the sizes that the transactions stand for, and the text around them.
    fn size(&self) -> u32 {
        const FRAME: usize = 60;
        const SESSION: usize = 80;
        const HEADER: usize = 160;
        let text = match &self.message {
            Message::Load { known, .. } => FRAME + SESSION * known.sessions().len(),
            Message::Known(known) => FRAME + SESSION * known.known.sessions().len(),
            Message::Content(content) => {
                let header = if content.header.is_some() { HEADER } else { 0 };
                let pieces = content.new.values().map(|piece| {
                    piece
                        .new_transactions
                        .iter()
                        .fold(2 * SESSION, |sum, tx| sum.saturating_add(tx.size as usize))
                });
                pieces.fold(FRAME + header, usize::saturating_add)
            }
            Message::Done { .. } => FRAME,
        };
        u32::try_from(text).unwrap_or(u32::MAX)
    }

    fn digest(&self) -> u64 {
        let mut digest = Digest(u64::from(self.n) << 32 | u64::from(self.re));
        match &self.message {
            Message::Load { id, known } => digest.known(1, *id, known),
            Message::Known(known) if known.is_correction => digest.known(2, known.id, &known.known),
            Message::Known(known) => digest.known(3, known.id, &known.known),
            Message::Content(content) => {
                digest.fold(4 << 40 | u64::from(content.header.is_some()) << 32 | u64::from(content.id.0));
                for (session, piece) in content.new.iter() {
                    digest.fold(u64::from(session.0) << 32 | u64::from(piece.after));
                    digest.fold(piece.last_signature);
                }
            }
            Message::Done { id } => digest.fold(5 << 40 | u64::from(id.0)),
        }
        digest.finish()
    }

    /// Content arrives altered, and will not verify. Nothing would tell of anything else that it is not what was said,
    /// so its receiver can make nothing of that.
    fn damaged(&self, damage: Damage) -> Option<Self> {
        let Message::Content(content) = &self.message else {
            return None;
        };
        let content = damage::damaged(content, damage)?;
        Some(Envelope { n: self.n, re: self.re, message: Message::Content(content) })
    }
}

/// A hasher that gives the same hash on every machine: every number is folded in as 64 bits.
struct Digest(u64);

impl Digest {
    fn fold(&mut self, word: u64) {
        self.0 = FastCrypto::mix(self.0, word);
    }

    fn known(&mut self, kind: u64, id: CoId, known: &KnownState) {
        self.fold(kind << 40 | u64::from(known.header) << 32 | u64::from(id.0));
        for (session, count) in known.sessions() {
            self.fold(u64::from(session.0) << 32 | u64::from(count));
        }
    }
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.fold(u64::from(*byte));
        }
    }

    fn write_u8(&mut self, i: u8) {
        self.fold(u64::from(i));
    }

    fn write_u32(&mut self, i: u32) {
        self.fold(u64::from(i));
    }

    fn write_i32(&mut self, i: i32) {
        self.fold(u64::from(i.cast_unsigned()));
    }

    fn write_u64(&mut self, i: u64) {
        self.fold(i);
    }

    fn write_usize(&mut self, i: usize) {
        self.fold(i as u64);
    }

    fn write_isize(&mut self, i: isize) {
        self.fold(i as u64);
    }
}

//! What a node is told, and what it says: one [`Input`] at a time, then every [`Output`].

use crate::crypto::Crypto;
use crate::id::{CoId, ConnectionId, PeerId, SessionId};
use crate::message::Envelope;
use crate::record::Record;
use crate::state::{Event, Relationship};
use alloc::vec::Vec;

/// Something that happens to a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Input<C: Crypto> {
    /// The app makes a CoValue.
    Create {
        /// Its id.
        id: CoId,
        /// Its header.
        header: C::Header,
    },
    /// The app writes to a CoValue. The node signs.
    Edit {
        /// This CoValue.
        id: CoId,
        /// In this session of its own.
        session: SessionId,
        /// At least one transaction.
        transactions: Vec<C::Transaction>,
    },
    /// The app wants a CoValue.
    Load {
        /// This one.
        id: CoId,
    },
    /// The app wants a CoValue no longer.
    Done {
        /// This one.
        id: CoId,
    },
    /// A connection begins. Where the peer had one, that one is over.
    Connected {
        /// With this peer.
        peer: PeerId,
        /// The fresh id of the connection, the same at both ends.
        connection: ConnectionId,
        /// What the peer is to us.
        relationship: Relationship,
        /// Peers of larger priority are served first; ties go by id.
        priority: i32,
    },
    /// A connection is over. Ignored unless it is the peer's current one.
    Disconnected {
        /// With this peer.
        peer: PeerId,
        /// This connection.
        connection: ConnectionId,
    },
    /// A peer cannot take messages at present: nothing new is begun with it.
    Blocked {
        /// This peer.
        peer: PeerId,
    },
    /// A peer can take messages again.
    Writable {
        /// This peer.
        peer: PeerId,
    },
    /// The oldest of the messages to a peer that waited, as [`Node::queued`](super::Node::queued) was told, has left.
    Left {
        /// This peer.
        peer: PeerId,
        /// In this connection.
        connection: ConnectionId,
    },
    /// A message has come. Dropped unless its connection is the peer's current one.
    Received {
        /// From this peer.
        peer: PeerId,
        /// In this connection.
        connection: ConnectionId,
        /// The message.
        envelope: Envelope<C>,
    },
    /// The disk has what [`Output::Persist`] gave this number.
    Persisted {
        /// The number.
        write: u64,
    },
    /// The disk could not take what [`Output::Persist`] gave this number, or may not have.
    PersistFailed {
        /// The number.
        write: u64,
    },
    /// A deadline may have passed: see [`Node::next_deadline`](super::Node::next_deadline).
    Deadline,
}

/// Something that a node wants done, or has to say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Output<C: Crypto> {
    /// A message for a peer.
    Send {
        /// To this peer.
        peer: PeerId,
        /// In this connection.
        connection: ConnectionId,
        /// The message.
        envelope: Envelope<C>,
    },
    /// A record for the disk, to be appended to those before it.
    Persist {
        /// What to call it in [`Input::Persisted`] and [`Input::PersistFailed`].
        write: u64,
        /// The record.
        record: Record<C>,
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
    /// So much of what the app wrote has got so far at a server (rule 15). Said where that is more than was said before in
    /// the same connection.
    Uploaded {
        /// The server.
        peer: PeerId,
        /// Of this CoValue.
        id: CoId,
        /// The session.
        session: SessionId,
        /// How many of its transactions.
        count: u32,
        /// How far.
        reach: Reach,
    },
    /// What the app wrote could not be written, and was not sent to anybody. Nothing more can be written in that session:
    /// the app begins a new one.
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
    /// A connection has given way to a newer one of the same peer: to close, so that whoever is at its other end notices.
    /// That may be another node that goes by the same name. The node takes it for over already.
    Close {
        /// With this peer.
        peer: PeerId,
        /// This connection, which is not the peer's current one any more.
        connection: ConnectionId,
    },
    /// The state has changed. Of [`Event::SyncStateUpdated`], only what was news.
    Event(Event),
    /// The app's load has come to a verdict (rule 7). The want stays, so a load that ended as unavailable ends once
    /// more when the header comes after all.
    LoadEnded {
        /// Of this CoValue.
        id: CoId,
        /// Whether it is here now.
        available: bool,
    },
}

/// How far a write has got at a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reach {
    /// It was sent there.
    Sent,
    /// The server holds it. A crash of the server may take it.
    Held,
    /// The server's disk has it, with all that it depends on: no crash takes it.
    Safe,
}

/// Why a node wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TimerKind {
    /// When to repeat a `load` that is unanswered.
    Load,
    /// When to repeat an announcement that is unanswered.
    Announce,
    /// When to stop assuming that the peer holds what it has not confirmed, and send it again.
    Acknowledge,
    /// When to ask a peer that is ahead of us and has not pushed.
    Pull,
    /// When to write again what the disk could not take.
    Store,
    /// When to ask again what is on the peer's disk.
    Safe,
}

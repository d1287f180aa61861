//! The four messages as JSON on the wire, with ids as strings. This is the edge: inside, a node's
//! [`Message`](crate::Message) calls everything by number, and [`RealCrypto`](crate::RealCrypto) translates.
//!
//! The order of sessions is kept: in the package it is the order in which they are treated and sent on.

mod known_state;
mod ordered;
mod read;
mod write;

pub use known_state::KnownState;

use super::{Header, Signature, Transaction};
use alloc::string::String;
use alloc::vec::Vec;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// `load`: the sender wants this CoValue, and holds so much of it.
    Load(KnownState),
    /// `known`: the sender holds so much of it.
    Known(Known),
    /// `content`: a part of what the receiver is thought to lack.
    Content(Content),
    /// `done`: the sender wants it no longer.
    Done {
        /// Which CoValue: `co_z…`.
        id: String,
    },
}

/// See [`Message::Known`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Known {
    /// What the sender holds.
    pub known: KnownState,
    /// Whether this says that content could not be applied.
    pub is_correction: bool,
    /// The CoValue because of which the sender tells of this one.
    pub as_dependency_of: Option<String>,
}

/// See [`Message::Content`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Content {
    /// Which CoValue: `co_z…`.
    pub id: String,
    /// Its header, where the receiver is thought to lack it.
    pub header: Option<Header>,
    /// How urgent it is: see [`Priority`](super::Priority).
    pub priority: Option<u64>,
    /// New transactions by session, in the sender's order.
    pub new: Vec<(String, SessionContent)>,
    /// How far the sessions go that this and the pieces after it bring, where there are several: by today's rules only.
    pub expect_content_until: Option<Vec<(String, u64)>>,
}

/// A run of transactions of one session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionContent {
    /// How many transactions of the session come before these.
    pub after: u64,
    /// The transactions.
    pub new_transactions: Vec<Transaction>,
    /// The author's signature over the session up to and with the last of these.
    pub last_signature: Signature,
}

impl Message {
    /// Which CoValue the message is about.
    pub fn id(&self) -> &str {
        match self {
            Message::Load(known) => &known.id,
            Message::Known(known) => &known.known.id,
            Message::Content(content) => &content.id,
            Message::Done { id } => id,
        }
    }
}

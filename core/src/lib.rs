//! The pure CoJSON sync node: a plain state with atomic updates ([`NodeState`]), and over it a sans-IO node
//! ([`Node`]) that speaks the sync protocol.
//!
//! Nothing here does I/O, reads a clock, draws a random number or knows that it is simulated. A driver hands the node
//! one [`Input`] at a time with the time at which it happens, then drains [`Node::poll_output`], and wakes the node
//! again at [`Node::next_deadline`].
//!
//! ```
//! use cosim_core::{
//!     CoId, Config, ConnectionId, FastCrypto, FastHeader, FastTransaction, Input, Node, Output, PeerId, Relationship,
//!     SessionId, Time, UpdateError,
//! };
//!
//! // A client, its server, and a CoValue that the client writes.
//! let mut nodes = [0, 1].map(|_| Node::new(Config::default(), FastCrypto));
//! let (notes, session, now, connection) = (CoId(0), SessionId(0), Time::ZERO, ConnectionId(0));
//! nodes[0].handle(now, Input::Create { id: notes, header: FastHeader::new(notes) })?;
//! let transactions = vec![FastTransaction::new(now, 1, 100)];
//! nodes[0].handle(now, Input::Edit { id: notes, session, transactions })?;
//!
//! // Each end is told of the connection, and what the other is to it.
//! for (end, relationship) in [(0, Relationship::SyncAllOurs), (1, Relationship::SyncTheirs)] {
//!     let peer = PeerId(1 - end);
//!     nodes[end as usize].handle(now, Input::Connected { peer, connection, relationship, priority: 0 })?;
//! }
//!
//! // Whoever drives them carries what they say, until they fall silent.
//! let mut said = 0;
//! while let Some((from, output)) = (0..2).find_map(|node| Some((node, nodes[node].poll_output()?))) {
//!     if let Output::Send { peer, connection, envelope } = output {
//!         said += 1;
//!         let sender = PeerId(from as u32);
//!         nodes[peer.0 as usize].handle(now, Input::Received { peer: sender, connection, envelope })?;
//!     }
//! }
//! assert!(said > 0 && nodes[0].next_deadline().is_none());
//! assert_eq!(nodes[1].state().co_values[&notes].count(session), 1, "the server holds what was written");
//! # Ok::<(), UpdateError>(())
//! ```
//!
//! The crate is `no_std` with `alloc`.

#![no_std]

extern crate alloc;

pub mod crypto;
mod id;
pub mod interop;
pub mod json;
mod known_state;
mod message;
mod names;
pub mod node;
pub mod real;
pub mod record;
pub mod state;
mod vec_map;
pub mod view;

pub use cosim_base::{Span, Time};
pub use crypto::{Crypto, FastCrypto, FastHeader, FastTransaction, OpaqueCrypto};
pub use id::{CoId, ConnectionId, PeerId, SessionId};
pub use interop::RealCrypto;
pub use known_state::KnownState;
pub use message::{Content, Envelope, Hint, Known, Message, SessionContent};
pub use names::{NameError, NameTable, Names};
pub use node::{Announce, Config, Durability, Input, LoadStatus, Node, Output, Reach, TimerKind, Uploads};
#[cfg(feature = "planted-faults")]
pub use node::{Mutation, Mutations, UnknownMutation};
pub use record::{Record, Recovery};
pub use state::{Event, NodeState, PeerInfo, Relationship, UpdateError};
pub use vec_map::VecMap;

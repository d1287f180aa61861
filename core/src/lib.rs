//! The pure CoJSON sync node: a plain state with atomic updates ([`NodeState`]), and over it a sans-IO node
//! ([`Node`]) that speaks the sync protocol.
//!
//! Nothing here does I/O, reads a clock, draws a random number or knows that it is simulated. A driver hands the node
//! one [`Input`] at a time with the time at which it happens, then drains [`Node::poll_output`], and wakes the node
//! again at [`Node::next_deadline`].
//!
//! The crate is `no_std` with `alloc`.

#![no_std]

extern crate alloc;

pub mod crypto;
mod id;
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
pub use known_state::KnownState;
pub use message::{Content, Envelope, Known, Message, SessionContent};
pub use names::{NameError, NameTable, Names};
pub use node::{Announce, Config, Durability, Input, LoadStatus, Node, Output, TimerKind};
#[cfg(feature = "planted-faults")]
pub use node::{Mutation, Mutations, UnknownMutation};
pub use real::RealCrypto;
pub use record::{Record, Recovery};
pub use state::{Event, NodeState, PeerInfo, Relationship, UpdateError};
pub use vec_map::VecMap;

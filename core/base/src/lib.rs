//! What a node and the world that hosts it must agree on: virtual time, the ids of connections, and one way to mix
//! numbers into a hash that is the same on every machine.
//!
//! It knows no protocol and no world, and depends on nothing. The crate is `no_std`.

#![no_std]

mod connection;
mod hash;
mod time;

pub use connection::ConnectionId;
pub use hash::mix;
pub use time::{Span, Time};

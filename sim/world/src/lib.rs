//! A deterministic world for sans-IO nodes of any protocol: virtual time, links and what they do to messages, disks,
//! restarts, wall clocks, and one queue of everything that will happen.
//!
//! Implement [`host::SimNode`] for a node and a [`world::World`] plays it; every random choice is a [`decision`], drawn
//! from a named [`stream`] of the seed. Whoever watches is an [`observer::Observer`]. Nothing here knows a protocol, a
//! file format or a command line.

pub mod address;
pub mod clock;
pub mod decision;
pub mod disk;
mod fingerprint;
pub mod host;
pub mod network;
mod queue;
pub mod stream;
pub mod trial;
pub mod world;

pub use cosim_base::{ConnectionId, Span, Time};
pub use fingerprint::Fingerprint;
pub use world::observer;

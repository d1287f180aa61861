//! A deterministic simulation testbed for CoJSON sync.

pub mod decision;
mod fingerprint;
pub mod host;
pub mod network;
pub mod observer;
mod queue;
pub mod scenario;
pub mod stream;
pub mod world;

pub use fingerprint::Fingerprint;

//! A deterministic simulation testbed for CoJSON sync.

pub mod network;
pub mod scenario;
pub mod stream;

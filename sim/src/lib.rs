//! A deterministic simulation testbed for CoJSON sync.

mod address;
pub mod capsule;
#[doc(hidden)]
pub mod cli;
pub mod clock;
pub mod cojson;
pub mod decision;
pub mod diff;
mod fingerprint;
pub mod freeze;
pub mod host;
pub mod log;
pub mod network;
pub mod observer;
pub mod oracles;
mod queue;
pub mod recording;
pub mod replay;
pub mod report;
pub mod run;
pub mod scenario;
mod script;
pub mod shrink;
pub mod snapshot;
pub mod stream;
pub mod sweep;
pub mod world;

pub use fingerprint::Fingerprint;

//! A deterministic simulation testbed for CoJSON sync, as a library: what the command line `cosim` is made of.

pub mod capsule;
pub mod cojson;
pub mod diff;
pub mod explore;
pub mod export;
pub mod freeze;
pub mod guest;
pub mod log;
pub mod oracles;
pub mod page;
pub mod recording;
pub mod replay;
pub mod report;
pub mod run;
pub mod scenario;
mod script;
pub mod shrink;
pub mod sweep;
pub mod whole;
pub mod why;

pub use cosim_world::{Fingerprint, address, clock, decision, disk, host, network, observer, stream, world};

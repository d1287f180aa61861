//! Talks to guests: programs in any language that are played as nodes, over their standard input and output.
//!
//! `docs/guest-protocol.md` is what both sides keep to. This crate has its messages ([`protocol`]), one process with a
//! watchdog over it ([`process`]), processes that are used again ([`pool`]), and what tells the writer of a guest whether
//! it keeps to the rules ([`mod@check`]). It knows neither CoJSON nor scenarios nor the simulator. It needs a Unix.

pub mod check;
pub mod failure;
pub mod pool;
pub mod process;
pub mod protocol;

pub use check::{Report, check};
pub use failure::{Failure, Trouble};
pub use pool::Pool;
pub use process::{Launch, Process};

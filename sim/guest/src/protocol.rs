//! What is said to a guest and what it answers, as `docs/guest-protocol.md` has it. Nothing here judges what is said.

mod answer;
mod request;

pub use answer::{Can, Contract, Hello, Notice, Queried, Sent, Step};
pub use request::{Operation, Relationship, Request, Source, Times, Verb};

/// The version of the protocol that this crate speaks.
pub const PROTOCOL: u32 = 1;

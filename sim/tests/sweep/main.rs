//! Sweeps: the same bytes whatever the threads, the shards and the interruptions; and what is said of them.

#![expect(clippy::unwrap_used, reason = "a test says where it failed")]

mod command_line;
mod engines;
mod faults;
mod merging;
mod order;
mod resuming;
mod samples;
mod summaries;

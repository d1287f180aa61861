//! Every scenario of the repository against its snapshot, the command that does the same for any folder, and the samples
//! in the README.

#![expect(clippy::unwrap_used, reason = "a test says where it failed")]

mod collection;
mod command;
mod files;
mod readme;

//! Every scenario of the repository against its snapshot, and the command that does the same for any folder.

#![expect(clippy::unwrap_used, reason = "a test says where it failed")]

mod collection;
mod command;
mod files;

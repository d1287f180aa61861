//! Every scenario of the repository against its snapshot, and the command that does the same for any folder.

mod collection;
mod command;
mod files;

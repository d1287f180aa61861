//! What is kept of a run, and what two runs are told apart by: logs that are read back, `cosim diff`, and the folders in
//! which failures are kept.

#![expect(clippy::unwrap_used, reason = "a test says where it failed")]

mod aligning;
mod command_line;
mod compared_page;
mod comparing;
mod drawn;
mod events;
mod keeping;
mod reading;
mod samples;
mod telling;
mod versions;

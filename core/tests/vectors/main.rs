//! What the published package wrote, this crate writes and reads too: see `data/README.md`.
//!
//! `COSIM_VECTORS=FOLDER cargo test -p cosim-core --test vectors` checks the files of another folder instead, as
//! `.json` or `.json.gz`. Each test prints how many vectors it checked.

mod boxes;
mod data;
mod ids;
mod known_states;
mod messages;
mod new_content;
mod recorded_logs;
mod sealed;
mod session_logs;
mod stable;

//! What is said of the hosted crates is so, and the oracles that judge them can fail.

mod determinism;
mod known;
mod mistakes;
mod table;

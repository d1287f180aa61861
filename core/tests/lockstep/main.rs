//! Recorded runs of the published package, played again: with our node in the place of one of its nodes, and with ours
//! in all places. See `../vectors/data/README.md` for what is recorded.
//!
//! `COSIM_VECTORS=FOLDER cargo test -p cosim-core --test lockstep -- --nocapture` plays the runs in FOLDER's `lockstep`
//! and `0.20/lockstep` instead, and prints how often each difference occurred.

mod all;
mod differences;
mod ledger;
mod model;
mod one;
mod place;
mod run;
mod talk;
mod views;

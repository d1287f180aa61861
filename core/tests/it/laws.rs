//! Laws: what holds of any value and after any sequence of updates, tried on random ones.

mod arbitrary;
mod fast_crypto;
mod json;
mod known_state;
mod real;
mod storage;
mod syncing;
mod updates;
mod vec_map;

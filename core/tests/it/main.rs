//! The tests of the core from outside: the seed's own, and the laws that hold whatever happens.

mod connections;
mod cutting;
mod dependencies;
mod held;
mod invariants;
mod json;
mod laws;
mod names;
mod peer;
mod real;
mod refusals;
mod seed;
mod todays_peer;

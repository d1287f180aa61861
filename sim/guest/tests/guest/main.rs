//! Guests that keep to the protocol, guests that do not, and that no process is left of either. They are written in
//! Python, which these tests therefore need.

mod ends;
mod failures;
mod leash;
mod page;
mod python;

//! Guests that keep to the protocol, guests that do not, and that no process is left of either. They are written in
//! Python, which these tests therefore need.

mod checking;
mod ends;
mod failures;
mod last_writer;
mod leash;
mod page;
mod python;

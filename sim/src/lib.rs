//! The command line of the testbed. Programs use the library instead: `cosim_testbed`, or `cosim_world` for a protocol
//! of their own.

#[doc(hidden)]
pub mod cli;
pub mod snapshot;

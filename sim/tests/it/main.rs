//! The testbed from outside: every oracle shown to fail, the laws of the world, determinism and the command line.

mod cli;
mod counter;
mod determinism;
mod golden;
mod oracles;
mod world;

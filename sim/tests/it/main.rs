//! The testbed from outside: every oracle shown to fail, what hostile nodes come to, the laws of the world, determinism and the command line.

mod cli;
mod counter;
mod determinism;
mod golden;
mod hostile;
mod oracles;
mod world;

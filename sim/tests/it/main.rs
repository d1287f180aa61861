//! The testbed from outside: every oracle shown to fail, the laws of the world, determinism and the command line.

mod addresses;
mod bisect;
mod book;
mod budget;
mod builds;
mod ci;
mod cli;
mod commands;
mod counter;
mod damage;
mod determinism;
mod explore;
mod findings;
mod golden;
mod hostile_network;
mod large;
mod lines;
mod lives;
mod oracles;
mod page;
mod recorded;
mod watchdog;
mod world;

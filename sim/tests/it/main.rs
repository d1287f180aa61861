//! The testbed from outside: every oracle shown to fail, the laws of the world, determinism and the command line.

mod addresses;
mod bisect;
mod budget;
mod builds;
mod ci;
mod cli;
mod columns;
mod commands;
mod config;
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
mod netem;
mod oracles;
mod page;
mod recorded;
mod vain;
mod watchdog;
mod world;

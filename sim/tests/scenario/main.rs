//! Scenario files: what is read, what is refused and how it is said, what is written, and what is planned.

mod branches;
mod disks;
mod doubts;
mod errors;
mod files;
mod fuzz;
mod lives;
mod netem;
mod network;
mod numbers;
mod older;
mod plans;
mod quantiles;
mod samples;
mod templates;
mod unmet;
mod views;
mod workloads;

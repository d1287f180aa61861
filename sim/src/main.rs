//! The command line `cosim`.
fn main() {}

//! The command line `cosim`.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// A run makes many small things and soon drops them, and what is searched makes many runs at once.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cosim::cli::main()
}

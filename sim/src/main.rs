//! The command line `cosim`.

use std::process::ExitCode;

fn main() -> ExitCode {
    cosim::cli::main()
}

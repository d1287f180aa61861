//! `cosim guest`: everything about guests that is not a run.

use super::exit::{Exit, Failure};
use super::guests;

/// Guests: real implementations in processes of their own, played as nodes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Fetch a published package, so that scenarios can name it: cojson@0.20.19.
    ///
    /// It is fetched with npm, after a lock file and without running any script of it, into your own folder of data.
    Install {
        /// The package and its version.
        #[arg(value_name = "cojson@VERSION")]
        package: String,
    },
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    match &args.command {
        Command::Install { package } => guests::install(package),
    }
}

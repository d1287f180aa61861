//! `cosim guest`: everything about guests that is not a run.

use super::exit::{Exit, Failure};
use super::guests;
use super::print::out;
use cosim_guest::Launch;
use cosim_guest::process::TIMEOUT;
use cosim_testbed::guest::check::story;
use std::time::Duration;

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
    /// Check whether a guest keeps to the rules.
    ///
    /// It plays a story with every verb twice in one process, after reset, in two processes and after a hundred other
    /// stories, compares all bytes, and says what is wrong.
    Check {
        /// The command that starts it, or the name of an installed package.
        #[arg(value_name = "COMMAND", required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
        /// How many seconds it may take to answer.
        #[arg(long, value_name = "SECONDS", default_value_t = TIMEOUT.as_secs())]
        guest_timeout: u64,
    },
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    match &args.command {
        Command::Install { package } => guests::install(package),
        Command::Check { command, guest_timeout } => check(command, Duration::from_secs(*guest_timeout)),
    }
}

fn check(command: &[String], timeout: Duration) -> Result<Exit, Failure> {
    let launch = guests::started_by(command)?;
    let report = cosim_guest::check(&Launch { timeout, ..launch }, &story);
    out!("{report}");
    Ok(if report.holds() { Exit::Held } else { Exit::Guest })
}

//! `cosim check`: is it a scenario, and what is wrong with it?

use super::exit::{Exit, Failure};
use super::input::{self, Recorded};
use super::print::outln;
use std::path::PathBuf;

/// Check scenario files without playing them.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Check that the scenarios can play this recorded editing session.
    #[arg(long, value_name = "FILE")]
    recording: Option<PathBuf>,
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    let recorded = Recorded::read(args.recording.as_deref())?;
    let mut wrong = 0;
    for path in &args.files {
        let checked = match &recorded {
            Some(recorded) => input::scenario(path, None, Some(recorded)),
            None => input::written(path, None),
        };
        match checked {
            Ok(_) => outln!("{}: fine", path.display()),
            Err(failure) => {
                anstream::eprintln!("{failure}\n");
                wrong += 1;
            }
        }
    }
    match wrong {
        0 => Ok(Exit::Held),
        wrong => Err(Failure(format!("error: {wrong} of {} files cannot be played", args.files.len()))),
    }
}

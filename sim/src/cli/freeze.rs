//! `cosim freeze`: a run as a plain scenario.

use super::exit::{Exit, Failure};
use super::guests;
use super::input::{self, Recorded};
use super::print::{count, out, say};
use cosim_testbed::freeze::freeze;
use cosim_testbed::scenario::Crypto;
use cosim_testbed::whole;
use std::path::PathBuf;

/// Write the run of a seed as a plain scenario without randomness.
///
/// Everything that was generated is written out, and every message that did not simply arrive is listed. The frozen
/// scenario plays to the same fingerprint.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The scenario.
    file: PathBuf,
    /// The seed. Default the one in the file.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Hash and sign this way, whatever the file says.
    #[arg(long, value_name = "fast|real", value_parser = input::crypto)]
    crypto: Option<Crypto>,
    /// Play this recorded editing session, where the scenario says who types it.
    #[arg(long, value_name = "FILE")]
    recording: Option<PathBuf>,
    /// Where to write it. Default standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    guests: guests::Args,
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    input::check_written(args.output.as_deref(), [&args.file].into_iter().chain(&args.recording))?;
    let recorded = Recorded::read(args.recording.as_deref())?;
    let scenario = input::scenario(&args.file, args.crypto, recorded.as_ref(), &args.guests.known()?)?;
    let seed = args.seed.unwrap_or(scenario.seed);
    let frozen = freeze(&scenario, seed, &input::source(&args.file, args.recording.as_deref()));
    if !frozen.outcome.guest_failures.is_empty() {
        return Ok(guests::tell_failed(&frozen.outcome, &args.file.display().to_string()));
    }
    let text = frozen.file.to_json_pretty();
    let Some(path) = &args.output else {
        out!("{text}");
        return Ok(Exit::Held);
    };
    whole::write(path, &text).map_err(|error| Failure::file("write", path, &error))?;
    let decisions = frozen.file.decisions.as_ref().map_or(0, cosim_testbed::scenario::file::Decisions::len);
    say!(
        "{}: {} and {}, fingerprint {}",
        path.display(),
        count(frozen.file.timeline.len() as u64, "operation"),
        count(decisions as u64, "decision"),
        frozen.outcome.fingerprint
    );
    Ok(Exit::Held)
}

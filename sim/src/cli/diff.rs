//! `cosim diff`: the first event in which two runs differ.

use super::exit::{Exit, Failure};
use super::guests;
use super::input::{self, Recorded};
use super::print::{out, outln};
use cosim_testbed::diff::{Compared, Side, compare};
use std::path::{Path, PathBuf};

/// Show the first event in which two runs differ, and what led to it.
///
/// Each of A and B is a log that `cosim run --log --json` wrote, if its name ends in .jsonl, or else a scenario, which is
/// played with the seed in it. With --seeds, one scenario is played with two seeds.
#[derive(Debug, clap::Args)]
#[command(after_long_help = NOTES)]
pub(super) struct Args {
    /// A log or a scenario.
    a: PathBuf,
    /// Another log or scenario.
    #[arg(required_unless_present = "seeds", conflicts_with = "seeds")]
    b: Option<PathBuf>,
    /// Compare these two seeds of scenario A.
    #[arg(long, value_name = "N,M", value_parser = seeds)]
    seeds: Option<[u64; 2]>,
    /// Play this recorded editing session, where a scenario says who types it.
    #[arg(long, value_name = "FILE")]
    recording: Option<PathBuf>,
    #[command(flatten)]
    guests: guests::Args,
}

const NOTES: &str = "\
Examples:
  cosim diff before.jsonl after.jsonl      two logs, also of two versions of cosim
  cosim diff my-story.json --seeds 1,2     two seeds of one scenario
  cosim diff my-story.json frozen.json     two scenarios

Both sides are told one after the other: some entries before the first that differs, that one, marked, and some after \
it; then the chain of messages that led to it; then, of two runs, the decisions that only one of them made.

Exits with 0 where there is no difference, and with 1 where there is one.";

/// `3,7`.
fn seeds(text: &str) -> Result<[u64; 2], String> {
    let parsed =
        text.split_once(',').and_then(|(a, b)| Some([a.trim().parse().ok()?, b.trim().parse().ok()?]));
    parsed.ok_or_else(|| "expected two numbers: `1,2` is seed 1 and seed 2".to_owned())
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    let recorded = Recorded::read(args.recording.as_deref())?;
    let guests = args.guests.known()?;
    let [a, b] = match (&args.b, args.seeds) {
        (Some(b), _) => {
            let [a, b] = [&args.a, b].map(|path| side(path, recorded.as_ref(), &guests));
            [a?, b?]
        }
        (None, seeds) => {
            let scenario = input::scenario(&args.a, None, recorded.as_ref(), &guests)?;
            let name = args.a.display().to_string();
            seeds.unwrap_or([scenario.seed; 2]).map(|seed| Side::played(&name, &scenario, seed))
        }
    };
    let compared = compare(&a, &b).map_err(|left_out| {
        Failure(format!(
            "error: {left_out}\nhint: compare whole logs, as `cosim run --log --json` writes them"
        ))
    })?;
    match compared {
        Compared::Same(entries) => {
            outln!("no difference, in {entries} entries");
            Ok(Exit::Held)
        }
        Compared::Different(difference) => {
            out!("{difference}");
            Ok(Exit::Violated)
        }
    }
}

fn side(path: &Path, recorded: Option<&Recorded>, guests: &guests::Known) -> Result<Side, Failure> {
    let name = path.display().to_string();
    if path.extension().is_none_or(|extension| extension != "jsonl") {
        let written = input::written(path, None)?;
        // Of two scenarios, one may be the other frozen.
        let recorded = recorded.filter(|_| written.recording.is_some());
        let scenario = guests.cast(input::with_recorded(written, path, recorded)?)?;
        return Ok(Side::played(&name, &scenario, scenario.seed));
    }
    Ok(Side::recorded(name, input::log(path)?))
}

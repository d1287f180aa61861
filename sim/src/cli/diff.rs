//! `cosim diff`: where two runs part, and how much of them differs in which way.

use super::exit::{Exit, Failure};
use super::guests;
use super::input::{self, Recorded};
use super::print::{out, outln};
use super::report::{Playing, write_page};
use cosim_testbed::diff::{Compared, Side, compare};
use cosim_testbed::page::{self, Contents, Facts};
use cosim_testbed::scenario::Scenario;
use std::path::{Path, PathBuf};

/// Show where two runs part, at all and by meaning, and how much differs in which way.
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
    /// Also write a page that shows both runs side by side.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Leave what apps wrote out of the page, and keep how large it is and a hash of it.
    #[arg(long, requires = "html")]
    redact: bool,
    /// Tell all: what is around the first difference, what led to it on either side, and everything that differs by
    /// meaning.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    guests: guests::Args,
}

const NOTES: &str = "\
Examples:
  cosim diff before.jsonl after.jsonl      two logs, also of two versions of cosim
  cosim diff my-story.json --seeds 1,2     two seeds of one scenario
  cosim diff my-story.json frozen.json     two scenarios
  cosim diff my-story.json --seeds 1,2 --html cmp.html
                                           a page with both runs side by side, which a browser opens

First comes the first entry that differs at all, then the first difference by meaning: a message, operation or verdict that \
one run has and the other lacks, that comes in another order, or that says something else. Then how much differs in which way, \
with some of each, and the decisions that only one of two runs made before they part.

Exits with 0 where there is no difference, and with 1 where there is one.";

/// `3,7`.
fn seeds(text: &str) -> Result<[u64; 2], String> {
    let parsed =
        text.split_once(',').and_then(|(a, b)| Some([a.trim().parse().ok()?, b.trim().parse().ok()?]));
    parsed.ok_or_else(|| "expected two numbers: `1,2` is seed 1 and seed 2".to_owned())
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    let read = [&args.a].into_iter().chain(&args.b).chain(&args.recording);
    input::check_written(args.html.as_deref(), read)?;
    if args.b.as_ref() == Some(&args.a) && args.a == Path::new("-") {
        return Err(Failure(
            "error: standard input is one scenario, and `diff - -` asks for two\nhint: name a file"
                .to_owned(),
        ));
    }
    let [(a, facts_a), (b, facts_b)] = sides(args)?;
    let compared = compare(&a, &b).map_err(|left_out| {
        Failure(format!(
            "error: {left_out}\nhint: compare whole logs, as `cosim run --log --json` writes them"
        ))
    })?;
    if let Some(path) = &args.html {
        let contents = if args.redact { Contents::Redacted } else { Contents::Shown };
        write_page(path, &page::comparison([(&a, &facts_a), (&b, &facts_b)], &compared, contents))?;
    }
    match compared {
        Compared::Same(entries) => {
            outln!("no difference, in {entries} entries");
            Ok(Exit::Held)
        }
        Compared::Different(difference) => {
            out!("{}", if args.all { difference.whole() } else { difference.brief() });
            Ok(Exit::Violated)
        }
    }
}

/// Both sides, with what a page tells of each.
fn sides(args: &Args) -> Result<[(Side, Facts); 2], Failure> {
    let recorded = Recorded::read(args.recording.as_deref())?;
    let guests = args.guests.known()?;
    if let Some(b) = &args.b {
        let [a, b] = [&args.a, b].map(|path| side(args, path, recorded.as_ref(), &guests));
        return Ok([a?, b?]);
    }
    let scenario = input::scenario(&args.a, None, recorded.as_ref(), &guests)?;
    Ok(args.seeds.unwrap_or([scenario.seed; 2]).map(|seed| played(args, &args.a, &scenario, seed)))
}

fn side(
    args: &Args,
    path: &Path,
    recorded: Option<&Recorded>,
    guests: &guests::Known,
) -> Result<(Side, Facts), Failure> {
    if input::is_log(path) {
        let log = input::log(path)?;
        let facts = Facts::of_log(log.cosim.clone());
        return Ok((Side::recorded(path.display().to_string(), log), facts));
    }
    let written = input::written(path, None)?;
    // Of two scenarios, one may be the other frozen.
    let recorded = recorded.filter(|_| written.recording.is_some());
    let scenario = guests.cast(input::with_recorded(written, path, recorded)?)?;
    Ok(played(args, path, &scenario, scenario.seed))
}

/// A run, and what a page tells of it if there is to be one.
fn played(args: &Args, path: &Path, scenario: &Scenario, seed: u64) -> (Side, Facts) {
    let name = path.display().to_string();
    if args.html.is_none() {
        return (Side::played(&name, scenario, seed), Facts::default());
    }
    let recording = args.recording.as_deref().filter(|_| scenario.recording.is_some());
    let (source, guests) = (input::source(path, recording), args.guests.words());
    Playing { scenario, seed, source, guests }.side(&name)
}

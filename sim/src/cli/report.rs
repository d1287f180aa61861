//! `cosim report`: a run, or a sweep, as a page that a browser opens.

pub(super) mod swept;

pub(super) use swept::Sweeping;

use super::exit::{Exit, Failure};
use super::guests;
use super::input::{self, Recorded};
use super::print::say;
use cosim_testbed::diff::Side;
use cosim_testbed::log::Log;
use cosim_testbed::page::{self, Contents, Facts};
use cosim_testbed::scenario::{Crypto, Scenario};
use cosim_testbed::whole;
use std::path::{Path, PathBuf};

/// Write the page of a run or of a sweep: one HTML file that a browser opens, with all that happened and all that nodes held.
///
/// Of a sweep, it has what failed and what was exercised, how figures are spread, and the first failures as runs.
///
/// The page loads nothing and sends nothing: it can be mailed, attached to a bug report, or kept. Of a log (.jsonl), which
/// may come from another version of cosim, it shows what is in there, and says what is not.
#[derive(Debug, clap::Args)]
#[command(after_long_help = NOTES)]
pub(super) struct Args {
    /// The scenario, the folder in which --out kept a failure, a log (.jsonl), or what `cosim sweep --out` has written.
    file: PathBuf,
    /// Play this seed. Default the one in the file.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Hash and sign this way, whatever the file says.
    #[arg(long, value_name = "fast|real", value_parser = input::crypto)]
    crypto: Option<Crypto>,
    /// Play this recorded editing session, where the scenario says who types it.
    #[arg(long, value_name = "FILE")]
    recording: Option<PathBuf>,
    /// Where to write the page.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Leave out what apps wrote, and keep how large it is and a hash of it.
    #[arg(long)]
    redact: bool,
    #[command(flatten)]
    guests: guests::Args,
}

const NOTES: &str = "\
Examples:
  cosim report scenarios/faults/storm.json -o run.html
  cosim report scenarios/faults/storm.json --seed 7 -o run.html
  cosim report failures/FAILURE -o run.html       a failure that --out kept
  cosim report small.json -o run.html             what cosim shrink has written
  cosim report log.jsonl -o run.html              a log, as `cosim run --log --json` prints it
  cosim report failures -o sweep.html             a sweep: the folder that `cosim sweep --out failures` wrote
  cosim report outcomes.jsonl -o sweep.html       the same from its file";

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    input::check_written(Some(&args.output), [&args.file].into_iter().chain(&args.recording))?;
    let contents = if args.redact { Contents::Redacted } else { Contents::Shown };
    let given = [
        ("--seed", args.seed.is_some()),
        ("--crypto", args.crypto.is_some()),
        ("--recording", args.recording.is_some()),
    ];
    if let Some(outcomes) = swept::outcomes(&args.file)? {
        return swept::report(args, &outcomes, &given, contents);
    }
    if input::is_log(&args.file) {
        input::refuse_to_play(&args.file, &given)?;
        let recorded = input::log(&args.file)?;
        write(&args.output, &recorded.log, &Facts::of_log(recorded.cosim), contents)?;
        return Ok(Exit::Held);
    }
    let recorded = Recorded::read(args.recording.as_deref())?;
    let scenario = input::scenario(&args.file, args.crypto, recorded.as_ref(), &args.guests.known()?)?;
    let playing = Playing {
        scenario: &scenario,
        seed: args.seed.unwrap_or(scenario.seed),
        source: input::source(&args.file, args.recording.as_deref()),
        guests: args.guests.words(),
    };
    playing.write(&args.output, contents)?;
    Ok(Exit::Held)
}

/// A run that gets a page.
#[derive(Debug)]
pub(super) struct Playing<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) seed: u64,
    /// What the scenario is called, as a command takes it.
    pub(super) source: String,
    /// What a command says of guests.
    pub(super) guests: String,
}

impl Playing<'_> {
    /// The command that plays it again.
    fn command(&self) -> String {
        let Playing { scenario, seed, source, guests } = self;
        format!("cosim run {source} --seed {seed} --crypto {}{guests}", scenario.crypto.name())
    }

    /// Plays the run, to compare it with another on a page. `path` is what it is called there.
    pub(super) fn side(&self, path: &str) -> (Side, Facts) {
        page::side(path, self.scenario, self.seed, &self.source, self.command())
    }

    /// Plays the run, and writes its page.
    pub(super) fn write(&self, path: &Path, contents: Contents) -> Result<(), Failure> {
        let (outcome, facts) = page::played(self.scenario, self.seed, &self.source, self.command());
        let log = outcome.log.as_ref().expect("it was asked for");
        write(path, log, &facts, contents)
    }
}

fn write(path: &Path, log: &Log, facts: &Facts, contents: Contents) -> Result<(), Failure> {
    write_page(path, &page::html(log, facts, contents))
}

/// Writes a page that is made.
pub(super) fn write_page(path: &Path, page: &str) -> Result<(), Failure> {
    whole::write(path, page).map_err(|error| Failure::file("write", path, &error))?;
    say!("written to {0}; open it in a browser", path.display());
    Ok(())
}

//! `cosim export`: a run in the form of another tool.

use super::exit::{Exit, Failure};
use super::guests;
use super::input::{self, Recorded};
use super::print::{out, say};
use cosim_testbed::export::{Format, export};
use cosim_testbed::log::{Limit, Log, With};
use cosim_testbed::run::{Options, Outcome, Verdict, run};
use cosim_testbed::scenario::Crypto;
use cosim_testbed::whole;
use std::path::PathBuf;

/// Write a run in the form of another tool.
///
/// FILE is an event log that `cosim run --log --json` wrote, if its name ends in .jsonl, or else a scenario, or the folder in
/// which --out kept a failure, which is played.
#[derive(Debug, clap::Args)]
#[command(after_long_help = NOTES)]
pub(super) struct Args {
    /// A log, a scenario, or the folder of a failure.
    file: PathBuf,
    /// What to write.
    #[arg(long, value_name = NAMES, value_parser = format)]
    format: Format,
    /// Play this seed. Default the one in the scenario.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Hash and sign this way, whatever the scenario says.
    #[arg(long, value_name = "fast|real", value_parser = input::crypto)]
    crypto: Option<Crypto>,
    /// Play this recorded editing session, where the scenario says who types it.
    #[arg(long, value_name = "FILE")]
    recording: Option<PathBuf>,
    /// Where to write it. Default standard output.
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    #[command(flatten)]
    guests: guests::Args,
}

const NAMES: &str = "perfetto|shiviz|mermaid|svg|csv";

const NOTES: &str = "\
Examples:
  cosim export scenarios/faults/storm.json --format perfetto -o storm.json    open it in ui.perfetto.dev
  cosim export scenarios/faults/storm.json --format shiviz -o storm.log       open it in ShiViz
  cosim export scenarios/basics/hello.json --format mermaid                   to paste into Markdown
  cosim export scenarios/basics/hello.json --format svg -o hello.svg          an image
  cosim export log.jsonl --format csv -o log.csv                              for pandas or DuckDB

docs/export.md says what each of them has, and what it leaves out. What is missing is told on stderr. A run that fails is \
written as one that holds, and what it violated is in its last event; the exit code says only whether it was written.";

/// `svg`.
fn format(text: &str) -> Result<Format, String> {
    let found = Format::ALL.into_iter().find(|format| format.name() == text);
    found.ok_or_else(|| {
        let names = Format::ALL.map(|format| format!("`{}`", format.name())).join(", ");
        format!("there is no such format; the formats are {names}")
    })
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    input::check_written(args.output.as_deref(), [&args.file].into_iter().chain(&args.recording))?;
    let exported = export(&log(args)?, args.format);
    for sentence in &exported.missing {
        say!("note: {sentence}");
    }
    let Some(path) = &args.output else {
        out!("{}", exported.text);
        return Ok(Exit::Held);
    };
    whole::write(path, &exported.text).map_err(|error| Failure::file("write", path, &error))?;
    say!("{}: {} bytes", path.display(), exported.text.len());
    Ok(Exit::Held)
}

/// The log that is asked for.
fn log(args: &Args) -> Result<Log, Failure> {
    let path = &args.file;
    if input::is_log(path) {
        let given = [
            ("--seed", args.seed.is_some()),
            ("--crypto", args.crypto.is_some()),
            ("--recording", args.recording.is_some()),
        ];
        input::refuse_to_play(path, &given)?;
        return input::log(path).map(|recorded| recorded.log);
    }
    let recorded = Recorded::read(args.recording.as_deref())?;
    let scenario = input::scenario(path, args.crypto, recorded.as_ref(), &args.guests.known()?)?;
    // The scenario has its edits now.
    drop(recorded);
    let with = With { looks: true, ..With::NOTHING };
    let outcome = run(&scenario, args.seed.unwrap_or(scenario.seed), Options::logged(Limit::All).with(with));
    tell(&outcome);
    let mut log = outcome.log.expect("it was asked for");
    log.name_scenario(input::source(path, args.recording.as_deref()));
    Ok(log)
}

/// Says so where a run does not hold.
fn tell(outcome: &Outcome) {
    if outcome.verdict() != Verdict::Held {
        let key = outcome.key().unwrap_or("an expectation is not met");
        say!("note: the run does not hold: {key}");
    }
}

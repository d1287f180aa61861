//! `cosim merge`: one file of outcomes from the parts of a divided sweep.

use super::environment;
use super::exit::{Exit, Failure};
use super::guests;
use super::report::swept;
use super::results::Printed;
use super::sweep::{Told, add_to_corpus, failure};
use cosim_testbed::sweep::{Error, merge, outcomes_path};
use std::num::NonZeroU32;
use std::path::PathBuf;

/// Put the parts of a divided sweep together.
///
/// The parts are what `cosim sweep --shard` kept with --out: all of them, in any order. The result is, to the byte, the
/// file that one sweep would have kept. Its summary is printed and decides the exit code.
///
/// Whether a part is whole, and of what, its end mark alone decides: no exit code and no log of an engine. If parts are
/// missing, torn, double, foreign or of another version, all of them are named, nothing is written, and the exit code is
/// 8.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The parts: files of outcomes, or the folders that hold them.
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,
    /// How many parts there must be: 1/N to N/N, each once. Without it, any that hold every seed once.
    #[arg(long, value_name = "N")]
    shards: Option<NonZeroU32>,
    /// Where to write the whole: to this file, if its name ends in .jsonl, or else to outcomes.jsonl in this folder.
    #[arg(short, long, value_name = "FILE.jsonl|DIR")]
    out: PathBuf,
    /// Add what the whole shows to this corpus, which `cosim sweep --corpus` plays.
    #[arg(long, value_name = "FILE")]
    corpus: Option<PathBuf>,
    #[command(flatten)]
    printed: Printed,
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    let in_folder = |path: &PathBuf| if path.is_dir() { outcomes_path(path) } else { path.clone() };
    let parts: Vec<PathBuf> = args.parts.iter().map(in_folder).collect();
    let merged = merge(&parts, args.shards, &outcomes_path(&args.out), &environment::writer());
    let summary = match merged {
        Err(error @ Error::Parts(_)) => {
            anstream::eprintln!("error: {error}");
            return Ok(Exit::Parts);
        }
        merged => merged.map_err(failure)?,
    };
    add_to_corpus(args.corpus.as_deref(), &summary)?;
    let (words, sources) = (guests::Args::default(), summary.scenarios());
    let known = words.known()?;
    // Those that are still what was swept.
    let scenario = |place: usize| swept::scenario(&sources.get(place)?.source, &known).ok();
    Ok(Told { format: args.printed.format()?, guests: &words, scenario: &scenario }.conclude(&summary))
}

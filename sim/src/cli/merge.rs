//! `cosim merge`: one file of outcomes from the parts of a divided sweep.

use super::exit::{Exit, Failure};
use super::guests;
use super::report::swept;
use super::results::Format;
use super::sweep::{Told, failure};
use cosim_testbed::sweep::{merge, outcomes_path};
use std::path::PathBuf;

/// Put the parts of a divided sweep together.
///
/// The parts are what `cosim sweep --shard` kept with --out: all of them, in any order. The result is, to the byte, the
/// file that one sweep would have kept. Its summary is printed and decides the exit code.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The parts: files of outcomes, or the folders that hold them.
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,
    /// Where to write the whole: to this file, if its name ends in .jsonl, or else to outcomes.jsonl in this folder.
    #[arg(short, long, value_name = "FILE.jsonl|DIR")]
    out: PathBuf,
    /// Print the summary for machines, as one JSON object: the same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// For whom to print the summary.
    #[arg(
        long,
        value_enum,
        value_name = "human|json|junit|github",
        default_value_t,
        hide_possible_values = true
    )]
    #[arg(hide_default_value = true)]
    format: Format,
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    let in_folder = |path: &PathBuf| if path.is_dir() { outcomes_path(path) } else { path.clone() };
    let parts: Vec<PathBuf> = args.parts.iter().map(in_folder).collect();
    let summary = merge(&parts, &outcomes_path(&args.out)).map_err(failure)?;
    let format = if args.json { Format::Json } else { args.format };
    let (words, sources) = (guests::Args::default(), summary.scenarios());
    let known = words.known()?;
    // Those that are still what was swept.
    let scenario = |place: usize| swept::scenario(&sources.get(place)?.source, &known).ok();
    Ok(Told { format, guests: &words, scenario: &scenario }.conclude(&summary))
}

//! `cosim merge`: one file of outcomes from the parts of a divided sweep.

use super::environment;
use super::exit::{Exit, Failure};
use super::guests;
use super::input;
use super::print::say;
use super::report::swept;
use super::results::Printed;
use super::sweep::corpus::is_played;
use super::sweep::{Told, add_to_corpus, failure};
use cosim_testbed::sweep::{Error, merge, outcomes_path};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

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
    /// The parts: files of outcomes, folders with an outcomes.jsonl, or folders full of parts.
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

/// The file itself; of a folder all parts in it, in order of their names, or where it has none its outcomes, or those of the
/// folders in it.
fn inside(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let outcomes = outcomes_path(path);
    let read = || path.read_dir()?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>();
    let entries = read().map_err(|error| Failure::file("read", path, &error))?;
    let mut found = entries.clone();
    // What was merged or swept into the folder is no part in it, nor is what came of a corpus.
    let is_part = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "jsonl")
            && *path != outcomes
            && !is_played(path)
    };
    found.retain(is_part);
    if found.is_empty() && !outcomes.exists() {
        // Each part may have a folder of its own.
        found = entries.iter().map(|folder| outcomes_path(folder)).filter(|kept| kept.is_file()).collect();
        // Of a file, that is the file itself.
        found.retain(|kept| !entries.contains(kept));
    }
    found.sort();
    Ok(if found.is_empty() { vec![outcomes] } else { found })
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    let out = outcomes_path(&args.out);
    let mut parts = args.parts.iter().map(|path| inside(path)).collect::<Result<Vec<_>, _>>()?.concat();
    // What an earlier merge has written into the folder of the parts is none of them.
    let is_named = |part: &PathBuf| args.parts.contains(part);
    parts.retain(|part| is_named(part) || !input::is_same(part, &out));
    // What came of a corpus lies beside the part that played it.
    parts.retain(|part| !is_played(part));
    for written in [&args.out, &out] {
        input::check_written(Some(written), &parts)?;
    }
    let merged = merge(&parts, args.shards, &out, &environment::writer());
    let summary = match merged {
        Err(error @ Error::Parts(_)) => {
            say!("error: {error}");
            return Ok(Exit::Parts);
        }
        merged => merged.map_err(failure)?,
    };
    add_to_corpus(args.corpus.as_deref(), &summary)?;
    let (known, sources) = (guests::Args::default().known()?, summary.scenarios());
    // Those that are still what was swept.
    let scenario = |place: usize| swept::scenario(&sources.get(place)?.source, &known).ok();
    Ok(Told { format: args.printed.format()?, scenario: &scenario, corpus: None }.conclude(&summary))
}

//! One file of outcomes from the files of all shards: the same bytes as if nothing had been divided.

use super::error::Error;
use super::file::OutcomeFile;
use super::header::Header;
use super::parts::{self, Part};
use super::summary::Summary;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

/// Merges `parts`, in any order, into the file `out`, and sums them up. `writer` names this process.
///
/// They must be of one sweep, complete, and hold every seed once; where it is said how many shards there should be, they
/// must be these. Where the sweep was to end after a number of failures, the merged file ends there too.
pub fn merge(
    parts: &[PathBuf],
    shards: Option<NonZeroU32>,
    out: &Path,
    writer: &str,
) -> Result<Summary, Error> {
    let (header, parts) = parts::examine(parts, shards)?;
    let mut file = OutcomeFile::begin_merged(out, writer, &header)?;
    match join(&header, parts, &mut file) {
        Ok(summary) => file.finish().map(|()| summary),
        Err(error) => {
            file.discard();
            Err(error)
        }
    }
}

/// Copies the outcomes of all parts in their order: all seeds of a scenario, then of the next.
fn join(header: &Header, mut parts: Vec<Part>, file: &mut OutcomeFile) -> Result<Summary, Error> {
    let mut summary = Summary::new(header);
    let scenarios = header.order().scenarios;
    for scenario in 0..scenarios {
        for part in &mut parts {
            let path = part.reader.path().to_owned();
            let torn = |error| Error::Parts(vec![parts::flaw(&path, error)]);
            let mut reader = part.reader.open().map_err(torn)?;
            for seed in part.seeds.clone() {
                let record = reader.record((scenario, seed)).map_err(torn)?;
                let Some(record) = record else { return Err(torn(Error::Torn { path: path.clone() })) };
                file.copy_line(reader.last_line())?;
                summary.add(&record);
                if header.max_failures.is_some_and(|max| summary.failures() >= max) {
                    return Ok(summary);
                }
            }
            if scenario + 1 == scenarios {
                let header = Header { shard: part.shard, ..header.clone() };
                let mark = reader.mark(&header).map_err(torn)?;
                mark.ok_or_else(|| torn(Error::Torn { path: path.clone() }))?;
            } else {
                part.reader = reader.pause();
            }
        }
    }
    Ok(summary)
}

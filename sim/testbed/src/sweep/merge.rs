//! One file of outcomes from the files of all shards: the same bytes as if nothing had been divided.

use super::error::Error;
use super::file::OutcomeFile;
use super::header::Header;
use super::parts::{self, Part};
use super::record::Record;
use super::summary::Summary;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    let merged = merge_whole(parts, shards, out, writer);
    // One that is not whole is found where it is read: what else is there?
    if let Err(Error::Parts(_)) = merged {
        let all = parts::all_flaws(parts, shards);
        if !all.is_empty() {
            return Err(Error::Parts(all));
        }
    }
    merged
}

fn merge_whole(
    parts: &[PathBuf],
    shards: Option<NonZeroU32>,
    out: &Path,
    writer: &str,
) -> Result<Summary, Error> {
    let (header, parts) = parts::examine(parts, shards)?;
    let mut file = OutcomeFile::begin_provisional(out, writer, &header)?;
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
    let mut joined = Joined { summary: Summary::new(header), max_failures: header.max_failures, file };
    let mut batch = Batch::default();
    // A part that failures have ended holds nothing after the failure that ends the whole.
    let batch_max = if header.max_failures.is_some() { 1 } else { BATCH };
    let scenarios = header.order().scenarios;
    for scenario in 0..scenarios {
        for part in &mut parts {
            let path: Arc<Path> = part.reader.path().into();
            let mut reader = part.reader.open().map_err(|error| torn(&path, error))?;
            for seed in part.seeds.clone() {
                let line = reader.unread().map_err(|error| torn(&path, error))?;
                let (line, number) =
                    line.ok_or_else(|| torn(&path, Error::Torn { path: path.to_path_buf() }))?;
                batch.bytes.extend_from_slice(line);
                batch.lines.push(Line {
                    run: (scenario, seed),
                    path: path.clone(),
                    number,
                    end: batch.bytes.len(),
                });
                if batch.lines.len() >= batch_max && joined.take(&mut batch)?.is_break() {
                    return Ok(joined.summary);
                }
            }
            if scenario + 1 < scenarios {
                part.reader = reader.pause();
                continue;
            }
            let header = Header { shard: part.shard, ..header.clone() };
            if joined.take(&mut batch)?.is_break() {
                return Ok(joined.summary);
            }
            let mark = reader.mark(&header).map_err(|error| torn(&path, error))?;
            mark.ok_or_else(|| torn(&path, Error::Torn { path: path.to_path_buf() }))?;
        }
    }
    Ok(joined.summary)
}

fn torn(path: &Path, error: Error) -> Error {
    Error::Parts(vec![parts::flaw(path, error)])
}

/// So many lines are read before they are taken apart, on all cores.
const BATCH: usize = 1024;

/// Lines of several parts, in the order of the whole.
#[derive(Debug, Default)]
struct Batch {
    bytes: Vec<u8>,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    /// The run of which it must be.
    run: (u32, u64),
    path: Arc<Path>,
    /// The line of that file, from 1.
    number: u64,
    /// Where it ends.
    end: usize,
}

/// What the parts came to so far.
struct Joined<'a> {
    summary: Summary,
    max_failures: Option<u64>,
    file: &'a mut OutcomeFile,
}

impl Joined<'_> {
    /// Takes over what a batch holds, which is then empty. Breaks off where so many have failed that the sweep ends.
    fn take(&mut self, batch: &mut Batch) -> Result<ControlFlow<()>, Error> {
        let Batch { bytes, lines } = std::mem::take(batch);
        let start = |place: usize| if place == 0 { 0 } else { lines[place - 1].end };
        let text = |place: usize| &bytes[start(place)..lines[place].end];
        let parse = |place: usize| {
            let (line, text) = (&lines[place], text(place));
            let record = Record::parse(text.trim_ascii_end(), line.run);
            record.map_err(|why| {
                let (path, line) = (line.path.to_path_buf(), line.number);
                torn(&path.clone(), Error::Damaged { path, line, why })
            })
        };
        let records: Vec<Result<Record, Error>> = (0..lines.len()).into_par_iter().map(parse).collect();
        for (place, record) in records.into_iter().enumerate() {
            self.file.copy_line(text(place))?;
            self.summary.add(&record?);
            if self.max_failures.is_some_and(|max| self.summary.failures() >= max) {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

//! One file of outcomes from the files of all shards: the same bytes as if nothing had been divided.

use super::error::Error;
use super::file::OutcomeFile;
use super::header::Header;
use super::reader::Reader;
use super::summary::Summary;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A part that is being merged.
struct Part {
    reader: Reader,
    seeds: Range<u64>,
}

/// Merges `parts`, in any order, into the file `out`, and sums them up.
///
/// They must be of one sweep, complete, and hold every seed once. Where the sweep was to end after a number of
/// failures, the merged file ends there too.
pub fn merge(parts: &[PathBuf], out: &Path) -> Result<Summary, Error> {
    let (header, mut parts) = open(parts)?;
    parts.sort_by_key(|part| (part.seeds.start, part.seeds.end));
    tile(&header, &parts)?;
    let mut summary = Summary::new(&header);
    let mut file = OutcomeFile::begin_provisional(out, &header)?;
    for scenario in 0..header.order().scenarios {
        for part in &mut parts {
            for seed in part.seeds.clone() {
                let Some(record) = part.reader.record((scenario, seed))? else {
                    let scenario = header.scenarios[scenario as usize].path.clone();
                    return Err(Error::Short { path: part.reader.path().to_owned(), scenario, seed });
                };
                file.write(&record)?;
                summary.add(&record);
                if header.max_failures.is_some_and(|max| summary.failures() >= max) {
                    file.finish()?;
                    return Ok(summary);
                }
            }
        }
    }
    for part in &mut parts {
        part.reader.end()?;
    }
    file.finish()?;
    Ok(summary)
}

/// The parts, and the header of the whole, in which they must agree.
fn open(paths: &[PathBuf]) -> Result<(Header, Vec<Part>), Error> {
    let mut whole: Option<Header> = None;
    let mut parts: Vec<Part> = Vec::new();
    for path in paths {
        let mut reader = Reader::open(path)?;
        let Some(header) = reader.header()? else {
            return Err(Error::NotOutcomes {
                path: path.clone(),
                why: "it does not begin with a header".to_owned(),
            });
        };
        parts.push(Part { reader, seeds: header.range() });
        let undivided = Header { shard: None, ..header };
        let Some(whole) = &whole else {
            whole = Some(undivided);
            continue;
        };
        if let Some(what) = whole.difference(&undivided) {
            return Err(Error::Mixed { here: paths[0].clone(), there: path.clone(), what });
        }
    }
    Ok((whole.ok_or(Error::NoParts)?, parts))
}

/// Makes sure that the parts, which come in order, hold every seed once.
fn tile(header: &Header, parts: &[Part]) -> Result<(), Error> {
    let mut next = header.seeds.from;
    let mut before: Option<&Part> = None;
    for part in parts.iter().filter(|part| !part.seeds.is_empty()) {
        let seed = part.seeds.start;
        if let Some(before) = before.filter(|_| seed < next) {
            let [here, there] = [before, part].map(|part| part.reader.path().to_owned());
            return Err(Error::Overlap { here, there, seed });
        }
        if seed > next {
            return Err(Error::Gap { from: next, until: seed });
        }
        next = part.seeds.end;
        before = Some(part);
    }
    if next < header.seeds.until { Err(Error::Gap { from: next, until: header.seeds.until }) } else { Ok(()) }
}

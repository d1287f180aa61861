//! The last line of a file of outcomes, the end mark: who finds it knows that the file is whole, and of what.

use super::header::{Header, Seeds};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// The end mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mark {
    /// What the file holds.
    pub(super) end: End,
}

/// See [`Mark`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    /// How many outcomes there are.
    pub(super) runs: u64,
    /// The seeds of each scenario.
    pub(super) seeds: Seeds,
    /// What was swept: see [`Header::sweep`].
    pub(super) sweep: String,
    /// The BLAKE3 hash of all bytes before the mark, in hexadecimal.
    pub(super) blake3: String,
}

impl Mark {
    /// No mark is longer.
    pub(super) const LINE_MAX: u64 = 1024;

    /// The end mark with which a file ends, whatever it holds before; `None` where it ends otherwise.
    pub(super) fn last(file: &mut File) -> io::Result<Option<Mark>> {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(Mark::LINE_MAX)))?;
        let mut end = Vec::new();
        file.take(Mark::LINE_MAX).read_to_end(&mut end)?;
        let line = end.strip_suffix(b"\n").and_then(|end| end.rsplit(|byte| *byte == b'\n').next());
        Ok(line.and_then(|line| serde_json::from_slice(line).ok()))
    }

    /// The mark as its line, without the end of the line.
    pub(super) fn line(&self) -> String {
        serde_json::to_string(self).expect("a mark has string keys only")
    }
}

/// So many bytes are hashed at once: that is several times as fast as line by line.
const HASHED: usize = 1 << 16;

/// What the end mark says of the lines so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Checksum {
    lines: u64,
    bytes: u64,
    hasher: Box<blake3::Hasher>,
    /// What is not yet hashed.
    rest: Vec<u8>,
}

impl Checksum {
    /// Adds a line, with its end.
    pub(super) fn add(&mut self, line: &[u8]) {
        self.lines += 1;
        self.bytes += line.len() as u64;
        self.rest.extend_from_slice(line);
        if self.rest.len() >= HASHED {
            self.hasher.update(&self.rest);
            self.rest.clear();
        }
    }

    /// The same, in as little memory as it takes.
    pub(super) fn small(mut self) -> Checksum {
        self.hasher.update(&self.rest);
        Checksum { rest: Vec::new(), ..self }
    }

    /// How many bytes there are.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The end mark of a file that begins with this header.
    pub(super) fn mark(&self, header: &Header) -> Mark {
        let seeds = header.range();
        let blake3 = self.clone().small().hasher.finalize().to_hex().to_string();
        Mark {
            end: End {
                // The first line is the header.
                runs: self.lines.saturating_sub(1),
                seeds: Seeds { from: seeds.start, until: seeds.end },
                sweep: header.sweep(),
                blake3,
            },
        }
    }
}

//! Reading a file of outcomes, line by line and with every line checked.

use super::error::Error;
use super::header::{FORMAT, Header, VERSION};
use super::record::Record;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// The longest line that is read; the longest that is written is a header with several thousand scenarios.
const LINE_MAX: u64 = 16 << 20;

/// A file of outcomes that is being read.
#[derive(Debug)]
pub(super) struct Reader {
    path: PathBuf,
    input: BufReader<File>,
    /// Lines read.
    line: u64,
    /// Bytes of whole lines read.
    whole: u64,
    buffer: Vec<u8>,
}

/// What every version of a header has.
#[derive(serde::Deserialize)]
struct Format {
    format: String,
    version: u32,
}

/// Whether a file begins as a file of outcomes does, of whichever version. What cannot be read does not.
pub fn is_outcomes(path: &Path) -> bool {
    let Ok(mut reader) = Reader::open(path) else { return false };
    let Ok(Some(line)) = reader.line() else { return false };
    serde_json::from_slice::<Format>(line).is_ok_and(|found| found.format == FORMAT)
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Reader, Error> {
        let file =
            File::open(path).map_err(|error| Error::File { doing: "read", path: path.to_owned(), error })?;
        Ok(Reader::new(file, path))
    }

    /// Reads `file` from where it stands, which is its start.
    pub(super) fn new(file: File, path: &Path) -> Reader {
        Reader { path: path.to_owned(), input: BufReader::new(file), line: 0, whole: 0, buffer: Vec::new() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes there are before the end of the last line that was read.
    pub(super) fn whole(&self) -> u64 {
        self.whole
    }

    /// The header; `None` where the file ends before the header does.
    pub(super) fn header(&mut self) -> Result<Option<Header>, Error> {
        let path = self.path.clone();
        let not = |why: String| Error::NotOutcomes { path: path.clone(), why };
        let Some(line) = self.line()? else { return Ok(None) };
        let Ok(Format { format, version }) = serde_json::from_slice(line) else {
            return Err(not("it does not begin with a header".to_owned()));
        };
        if format != FORMAT {
            return Err(not(format!("its format is {format}, not {FORMAT}")));
        }
        if version != VERSION {
            return Err(not(format!("its format has version {version}, not {VERSION}")));
        }
        let header: Header = serde_json::from_slice(line).map_err(|error| not(error.to_string()))?;
        if !header.is_sound() {
            return Err(not("the seeds and the shard in its header make no sense".to_owned()));
        }
        Ok(Some(header))
    }

    /// The next record, which must be of this run; `None` at the end of the file and where it ends within a line.
    pub(super) fn record(&mut self, (scenario, seed): (u32, u64)) -> Result<Option<Record>, Error> {
        let Some(line) = self.line()? else { return Ok(None) };
        let why = match serde_json::from_slice::<Record>(line) {
            Err(error) => format!("this is no outcome: {error}"),
            Ok(record) if (record.scenario, record.seed) != (scenario, seed) => format!(
                "expected the outcome of seed {seed} of scenario {scenario}, found that of seed {} of scenario {}",
                record.seed, record.scenario
            ),
            Ok(record) if record.line().as_bytes() != line => {
                "this outcome was not written by cosim".to_owned()
            }
            Ok(record) => return Ok(Some(record)),
        };
        Err(self.damaged(why))
    }

    /// Makes sure that nothing follows.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        let rest = self.input.fill_buf().map_err(|error| Error::File {
            doing: "read",
            path: self.path.clone(),
            error,
        })?;
        if rest.is_empty() {
            return Ok(());
        }
        self.line += 1;
        Err(self.damaged("the sweep ends before this line".to_owned()))
    }

    fn damaged(&self, why: String) -> Error {
        Error::Damaged { path: self.path.clone(), line: self.line, why }
    }

    /// The next line without its end; `None` at the end of the file, also where it ends within a line.
    fn line(&mut self) -> Result<Option<&[u8]>, Error> {
        self.buffer.clear();
        let read = (&mut self.input).take(LINE_MAX).read_until(b'\n', &mut self.buffer);
        let read = read.map_err(|error| Error::File { doing: "read", path: self.path.clone(), error })?;
        if self.buffer.last() != Some(&b'\n') {
            return Ok(None);
        }
        self.line += 1;
        self.whole += read as u64;
        Ok(self.buffer.split_last().map(|(_, line)| line))
    }
}

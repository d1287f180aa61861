//! Reading a file of outcomes, line by line and with every line checked.

use super::error::Error;
use super::header::{FORMAT, Header, VERSION};
use super::mark::{Checksum, Mark};
use super::record::Record;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
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
    /// Of the header and the records that were read.
    checksum: Checksum,
    buffer: Vec<u8>,
}

/// Where somebody stopped reading a file. It holds nothing open, so that there may be many of them.
#[derive(Debug)]
pub(super) struct Paused {
    path: PathBuf,
    line: u64,
    checksum: Checksum,
}

impl Paused {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Goes on reading.
    pub(super) fn open(&self) -> Result<Reader, Error> {
        let mut reader = Reader::open(&self.path)?;
        let to = SeekFrom::Start(self.checksum.bytes());
        let sought = reader.input.seek(to);
        sought.map_err(|error| Error::File { doing: "read", path: self.path.clone(), error })?;
        (reader.line, reader.checksum) = (self.line, self.checksum.clone());
        Ok(reader)
    }
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

    /// The file at `path`; `None` where there is none (any more).
    pub(super) fn open_if_there(path: &Path) -> Result<Option<Reader>, Error> {
        match Reader::open(path) {
            Err(Error::File { error, .. }) if error.kind() == ErrorKind::NotFound => Ok(None),
            opened => opened.map(Some),
        }
    }

    /// Reads `file` from where it stands, which is its start.
    fn new(file: File, path: &Path) -> Reader {
        Reader {
            path: path.to_owned(),
            input: BufReader::new(file),
            line: 0,
            checksum: Checksum::default(),
            buffer: Vec::new(),
        }
    }

    /// Stops after the header and the records that were read.
    pub(super) fn pause(self) -> Paused {
        Paused { path: self.path, line: self.line, checksum: self.checksum.small() }
    }

    pub(super) fn into_file(self) -> File {
        self.input.into_inner()
    }

    /// Of the header and the records that were read.
    pub(super) fn checksum(&self) -> &Checksum {
        &self.checksum
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
            let what = format!("its format has version {version}, not {VERSION}");
            return Err(Error::OtherFormat { path: path.clone(), what });
        }
        let header: Header = serde_json::from_slice(line).map_err(|error| not(error.to_string()))?;
        if !header.is_sound() {
            return Err(not("the seeds and the shard in its header make no sense".to_owned()));
        }
        self.checksum.add(&self.buffer);
        Ok(Some(header))
    }

    /// The next record, which must be of this run; `None` at the end of the file and where it ends within a line. It must be
    /// as cosim writes it: only the end mark shows that nothing was changed, and that may not be there yet.
    pub(super) fn record(&mut self, run: (u32, u64)) -> Result<Option<Record>, Error> {
        let Some(line) = self.line()? else { return Ok(None) };
        let why = match Record::parse(line, run) {
            Err(why) => why,
            Ok(record) if record.line().as_bytes() != line => {
                "this outcome was not written by cosim".to_owned()
            }
            Ok(record) => {
                self.checksum.add(&self.buffer);
                return Ok(Some(record));
            }
        };
        Err(self.damaged(why))
    }

    /// The next line, with its end, and its number: a record, if the end mark is right. `None` as for [`Reader::record`].
    pub(super) fn unread(&mut self) -> Result<Option<(&[u8], u64)>, Error> {
        if self.line()?.is_none() {
            return Ok(None);
        }
        self.checksum.add(&self.buffer);
        Ok(Some((&self.buffer, self.line)))
    }

    /// Makes sure that what follows is the end mark, that it fits, and that nothing follows it; `None` where the file ends
    /// before the mark does.
    pub(super) fn mark(&mut self, header: &Header) -> Result<Option<Mark>, Error> {
        let Some(line) = self.line()? else { return Ok(None) };
        let Ok(mark) = serde_json::from_slice::<Mark>(line) else {
            return Err(self.damaged("the sweep ends before this line".to_owned()));
        };
        if mark != self.checksum.mark(header) {
            return Err(self.damaged("the end mark is not that of the lines before it".to_owned()));
        }
        let rest = self.input.fill_buf().map_err(|error| Error::File {
            doing: "read",
            path: self.path.clone(),
            error,
        })?;
        if rest.is_empty() {
            return Ok(Some(mark));
        }
        self.line += 1;
        Err(self.damaged("nothing may follow the end mark".to_owned()))
    }

    fn damaged(&self, why: String) -> Error {
        Error::Damaged { path: self.path.clone(), line: self.line, why }
    }

    /// The next line without its end; `None` at the end of the file, also where it ends within a line.
    fn line(&mut self) -> Result<Option<&[u8]>, Error> {
        self.buffer.clear();
        let read = (&mut self.input).take(LINE_MAX).read_until(b'\n', &mut self.buffer);
        read.map_err(|error| Error::File { doing: "read", path: self.path.clone(), error })?;
        if self.buffer.last() != Some(&b'\n') {
            return Ok(None);
        }
        self.line += 1;
        Ok(self.buffer.split_last().map(|(_, line)| line))
    }
}

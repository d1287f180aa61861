//! Writing a file of outcomes: under a name of this process until it is complete, so that it appears whole or not at all,
//! whoever else writes it.

use super::aside::{self, Kind};
use super::error::Error;
use super::header::Header;
use super::mark::{Checksum, Mark};
use super::reader::Reader;
use super::record::Record;
use super::summary::Summary;
use crate::whole::{self, folder};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// So many bytes of what can be had again are kept back, and written at once.
const BUFFERED: usize = 1 << 16;

/// After so many records they are forced to the disk. A process that is killed loses none in any case.
const SYNC_EVERY: u32 = 4096;

/// A file of outcomes that is being written.
#[derive(Debug)]
pub struct OutcomeFile {
    file: File,
    header: Box<Header>,
    path: PathBuf,
    kind: Kind,
    own: PathBuf,
    checksum: Checksum,
    /// What is not yet handed to the system.
    buffer: Vec<u8>,
    unsynced: u32,
}

/// What there was to go on with.
#[derive(Debug)]
pub enum Opened {
    /// The rest is to be written.
    Partial(OutcomeFile),
    /// Nothing: the file is complete.
    Complete,
}

/// Outcomes that somebody has written, and may still be writing.
struct Begun {
    file: File,
    path: PathBuf,
    summary: Summary,
    checksum: Checksum,
}

impl OutcomeFile {
    /// Begins the file at `path`, which replaces one that is there only when it is complete. `writer` names this process.
    /// An error where there is a part of one, so that nothing is lost by mistake.
    pub fn begin(path: &Path, writer: &str, header: &Header) -> Result<OutcomeFile, Error> {
        let path = &place(path)?;
        if let Some(begun) = aside::begun(path, Kind::Partial)?.into_iter().next() {
            return Err(Error::Begun { path: begun });
        }
        OutcomeFile::new(path, writer, Kind::Partial, header)
    }

    /// Begins the file at `path` as what can be had again at any time, or cannot be gone on with: a part of one is no loss.
    pub fn begin_provisional(path: &Path, writer: &str, header: &Header) -> Result<OutcomeFile, Error> {
        OutcomeFile::new(&place(path)?, writer, Kind::Merging, header)
    }

    /// Goes on with the file at `path`, whose records are added to `summary`: with what this or another process has
    /// written of it, which is left as it is. What is torn or was changed, and all after it, is played again. Where there
    /// is nothing to go on with, it is begun.
    pub fn resume(
        path: &Path,
        writer: &str,
        header: &Header,
        summary: &mut Summary,
    ) -> Result<Opened, Error> {
        let path = &place(path)?;
        let mut longest: Option<Begun> = None;
        let partials = aside::begun(path, Kind::Partial)?;
        let whole = path.exists().then(|| path.to_owned());
        for path in whole.iter().chain(&partials) {
            let Some(mut reader) = Reader::open_if_there(path)? else { continue };
            let Some(found) = reader.header()? else { continue };
            if let Some(what) = header.difference(&found) {
                // A whole of something else is replaced, as by a sweep that is begun.
                if Some(path) == whole.as_ref() && !partials.is_empty() {
                    continue;
                }
                return Err(Error::Different { path: path.clone(), what });
            }
            let mut counted = Summary::new(header);
            match add(&mut reader, header, &mut counted, &mut |_| {}) {
                Ok(()) | Err(Error::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
            let checksum = reader.checksum().clone();
            let is_whole = header.is_enough(&counted) && matches!(reader.mark(header), Ok(Some(_)));
            // It was complete, and something in it was changed since: nobody knows what.
            if !is_whole && is_marked(path) {
                continue;
            }
            if is_whole && Some(path) == whole.as_ref() {
                aside::remove_dead(path, Kind::Partial);
                *summary = counted;
                return Ok(Opened::Complete);
            }
            if longest.as_ref().is_none_or(|longest| longest.summary.runs() < counted.runs()) {
                let file = reader.into_file();
                longest = Some(Begun { file, path: path.clone(), summary: counted, checksum });
            }
        }
        let Some(longest) = longest else {
            return OutcomeFile::new(path, writer, Kind::Partial, header).map(Opened::Partial);
        };
        let mut out = OutcomeFile::create(path, writer, Kind::Partial, header)?;
        out.copy(&longest)?;
        *summary = longest.summary;
        Ok(Opened::Partial(out))
    }

    /// The name under which the file is written until it is complete.
    pub fn partial(&self) -> &Path {
        &self.own
    }

    /// Writes the next record.
    pub fn write(&mut self, record: &Record) -> Result<(), Error> {
        self.write_line(&record.line())?;
        self.unsynced += 1;
        if self.unsynced >= SYNC_EVERY {
            self.sync()?;
        }
        Ok(())
    }

    /// Forces what was written to the disk.
    pub fn sync(&mut self) -> Result<(), Error> {
        self.unsynced = 0;
        self.file.sync_data().map_err(self.cannot("write"))
    }

    /// The file is complete: marks its end and gives it its name. What others have left of it goes.
    pub fn finish(mut self) -> Result<(), Error> {
        let mark = self.checksum.mark(&self.header);
        self.write_line(&mark.line())?;
        self.file.sync_all().map_err(self.cannot("write"))?;
        match fs::rename(&self.own, &self.path) {
            Ok(()) => {}
            // Another process was here first, with the same bytes, and took this one for dead, as it may where locks do
            // not reach from one machine to the next.
            Err(error) if error.kind() == ErrorKind::NotFound && self.is_there() => {}
            Err(error) => return Err(self.cannot("rename")(error)),
        }
        // The new name is in the folder, which has to reach the disk too; not every system can be asked for that.
        if let Ok(folder) = File::open(folder(&self.path)) {
            let _ = folder.sync_all();
        }
        aside::remove_dead(&self.path, self.kind);
        Ok(())
    }

    /// Begins a file with its header.
    fn new(path: &Path, writer: &str, kind: Kind, header: &Header) -> Result<OutcomeFile, Error> {
        let mut out = OutcomeFile::create(path, writer, kind, header)?;
        out.write_line(&header.line())?;
        Ok(out)
    }

    /// An empty file, of this process alone.
    fn create(path: &Path, writer: &str, kind: Kind, header: &Header) -> Result<OutcomeFile, Error> {
        let (file, own) = aside::create(path, writer, kind)?;
        Ok(OutcomeFile {
            file,
            header: Box::new(header.clone()),
            path: path.to_owned(),
            kind,
            own,
            checksum: Checksum::default(),
            buffer: Vec::new(),
            unsynced: 0,
        })
    }

    /// Takes over the lines that somebody has written.
    fn copy(&mut self, begun: &Begun) -> Result<(), Error> {
        let cannot = |error| Error::File { doing: "read", path: begun.path.clone(), error };
        let mut from = &begun.file;
        io::Seek::rewind(&mut from).map_err(cannot)?;
        io::copy(&mut from.take(begun.checksum.bytes()), &mut self.file).map_err(self.cannot("write"))?;
        self.checksum = begun.checksum.clone();
        self.sync()
    }

    /// Whether a file of this sweep has the name that this one is to have.
    fn is_there(&self) -> bool {
        let header = Reader::open(&self.path).and_then(|mut reader| reader.header());
        header.is_ok_and(|header| header.as_ref() == Some(&*self.header))
    }

    /// Copies the next line, with its end, from another file.
    pub fn copy_line(&mut self, line: &[u8]) -> Result<(), Error> {
        self.checksum.add(line);
        self.buffer.extend_from_slice(line);
        if self.buffer.len() < BUFFERED { Ok(()) } else { self.flush() }
    }

    /// Gives up: nothing is left of the file.
    pub(super) fn discard(self) {
        // What is left is in nobody's way, and goes with the next one.
        let _ = fs::remove_file(&self.own);
    }

    /// One system call a line: what was handed over is not lost with the process.
    fn write_line(&mut self, line: &str) -> Result<(), Error> {
        self.copy_line(format!("{line}\n").as_bytes())?;
        self.flush()
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.file.write_all(&self.buffer).map_err(self.cannot("write"))?;
        self.buffer.clear();
        Ok(())
    }

    fn cannot(&self, doing: &'static str) -> impl FnOnce(io::Error) -> Error + use<> {
        let path = self.own.clone();
        move |error| Error::File { doing, path, error }
    }
}

/// Where the file is that a path names: links are followed, and stay. It gets its name when it is complete, so what is no file,
/// such as a pipe, cannot take it.
fn place(path: &Path) -> Result<PathBuf, Error> {
    let cannot = |error| Error::File { doing: "write", path: path.to_owned(), error };
    let place = whole::behind_links(path).map_err(cannot)?;
    match fs::metadata(&place) {
        Ok(found) if !found.is_file() && !found.is_dir() => {
            Err(cannot(io::Error::other("it is no file: outcomes are written into one, and read again")))
        }
        Ok(_) | Err(_) => Ok(place),
    }
}

/// Whether a file ends with an end mark, right or wrong.
fn is_marked(path: &Path) -> bool {
    File::open(path).and_then(|mut file| Mark::last(&mut file)).is_ok_and(|mark| mark.is_some())
}

/// Whether there is a part of the file at `path`, and not the whole.
pub fn is_begun(path: &Path) -> bool {
    !path.exists() && aside::begun(path, Kind::Partial).is_ok_and(|begun| !begun.is_empty())
}

/// Adds the records of a file to `summary`, as far as they go.
fn add(
    reader: &mut Reader,
    header: &Header,
    summary: &mut Summary,
    each: &mut dyn FnMut(&Record),
) -> Result<(), Error> {
    let order = header.order();
    while !header.is_enough(summary) {
        let Some(record) = reader.record(order.at(summary.runs()))? else { return Ok(()) };
        summary.add(&record);
        each(&record);
    }
    Ok(())
}

/// Reads a file that has its final name: what was swept, and what it came to.
pub fn read(path: &Path) -> Result<(Header, Summary), Error> {
    read_each(path, &mut |_| {})
}

/// The same, and hands every outcome over as it is read, in order.
pub fn read_each(path: &Path, each: &mut dyn FnMut(&Record)) -> Result<(Header, Summary), Error> {
    let mut reader = Reader::open(path)?;
    let Some(header) = reader.header()? else {
        let why = "it does not begin with a header".to_owned();
        return Err(Error::NotOutcomes { path: path.to_owned(), why });
    };
    let mut summary = Summary::new(&header);
    add(&mut reader, &header, &mut summary, each)?;
    if header.is_enough(&summary) && reader.mark(&header)?.is_some() {
        return Ok((header, summary));
    }
    Err(Error::Torn { path: path.to_owned() })
}

//! Writing a file of outcomes: under another name until it is complete, so that it appears whole or not at all.

use super::error::Error;
use super::header::Header;
use super::reader::Reader;
use super::record::Record;
use super::summary::Summary;
use crate::whole::{aside, folder};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// After so many records they are forced to the disk. A process that is killed loses none in any case.
const SYNC_EVERY: u32 = 4096;

/// A file of outcomes that is being written.
#[derive(Debug)]
pub struct OutcomeFile {
    file: File,
    path: PathBuf,
    partial: PathBuf,
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

impl OutcomeFile {
    /// Begins the file at `path`, which replaces one that is there only when it is complete. An error where there is a
    /// part of one, so that nothing is lost by mistake.
    pub fn begin(path: &Path, header: &Header) -> Result<OutcomeFile, Error> {
        let mut out = OutcomeFile::open(path, "partial")?;
        if out.file.metadata().map_err(out.cannot("read"))?.len() > 0 {
            return Err(Error::Begun { path: out.partial });
        }
        out.write_line(&header.line())?;
        Ok(out)
    }

    /// Begins the file at `path` where a part of one is no loss, as it can be had again or cannot be gone on with. What
    /// there is of it may be begun anew with another header.
    pub fn begin_provisional(path: &Path, header: &Header) -> Result<OutcomeFile, Error> {
        let mut out = OutcomeFile::open(path, "provisional")?;
        out.begin_anew(header)?;
        Ok(out)
    }

    /// Goes on with the file at `path`, whose records are added to `summary`. What is left of a line that was being
    /// written when the process was killed is cut off. Where there is nothing to go on with, it is begun.
    pub fn resume(path: &Path, header: &Header, summary: &mut Summary) -> Result<Opened, Error> {
        if !aside(path, "partial").exists() && path.exists() {
            return complete(path, header, summary).map(|()| Opened::Complete);
        }
        let mut out = OutcomeFile::open(path, "partial")?;
        let file = out.file.try_clone().map_err(out.cannot("read"))?;
        let mut reader = Reader::new(file, &out.partial);
        match reader.header()? {
            None => out.begin_anew(header)?,
            Some(found) => {
                same(header, &found, &out.partial)?;
                add(&mut reader, header, summary, &mut |_| {})?;
                out.cut(reader.whole())?;
            }
        }
        Ok(Opened::Partial(out))
    }

    /// The name under which the file is written until it is complete.
    pub fn partial(&self) -> &Path {
        &self.partial
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

    /// Writes the next records, which are lines of a file like this already.
    pub fn copy(&mut self, records: &mut impl Read) -> Result<(), Error> {
        io::copy(records, &mut self.file).map(drop).map_err(self.cannot("write"))
    }

    /// Forces what was written to the disk.
    pub fn sync(&mut self) -> Result<(), Error> {
        self.unsynced = 0;
        self.file.sync_data().map_err(self.cannot("write"))
    }

    /// The file is complete: gives it its name.
    pub fn finish(self) -> Result<(), Error> {
        self.file.sync_all().map_err(self.cannot("write"))?;
        fs::rename(&self.partial, &self.path).map_err(self.cannot("rename"))?;
        // The new name is in the folder, which has to reach the disk too; not every system can be asked for that.
        if let Ok(folder) = File::open(folder(&self.path)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }

    /// Opens the file that becomes `path`, for this process alone.
    fn open(path: &Path, suffix: &str) -> Result<OutcomeFile, Error> {
        let partial = aside(path, suffix);
        let cannot = |error| Error::File { doing: "write", path: partial.clone(), error };
        fs::create_dir_all(folder(path)).map_err(cannot)?;
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&partial);
        let file = file.map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => Ok(OutcomeFile { file, path: path.to_owned(), partial, unsynced: 0 }),
            Err(TryLockError::WouldBlock) => Err(Error::Locked { path: partial }),
            Err(TryLockError::Error(error)) => Err(cannot(error)),
        }
    }

    /// Forgets what was written, and begins again.
    pub fn begin_anew(&mut self, header: &Header) -> Result<(), Error> {
        self.cut(0)?;
        self.write_line(&header.line())
    }

    /// Keeps the first `bytes`, and goes on after them.
    fn cut(&mut self, bytes: u64) -> Result<(), Error> {
        let cut = self.file.set_len(bytes).and_then(|()| self.file.seek(SeekFrom::Start(bytes)));
        cut.map(drop).map_err(self.cannot("write"))
    }

    /// One system call a line: what was handed over is not lost with the process.
    fn write_line(&mut self, line: &str) -> Result<(), Error> {
        self.file.write_all(format!("{line}\n").as_bytes()).map_err(self.cannot("write"))
    }

    fn cannot(&self, doing: &'static str) -> impl FnOnce(io::Error) -> Error + use<> {
        let path = self.partial.clone();
        move |error| Error::File { doing, path, error }
    }
}

fn same(header: &Header, found: &Header, path: &Path) -> Result<(), Error> {
    match header.difference(found) {
        None => Ok(()),
        Some(what) => Err(Error::Different { path: path.to_owned(), what }),
    }
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
    reader.end()
}

/// Adds the records of a file that has its final name.
fn complete(path: &Path, header: &Header, summary: &mut Summary) -> Result<(), Error> {
    let mut reader = Reader::open(path)?;
    let found = begun(&mut reader)?;
    same(header, &found, path)?;
    whole(&mut reader, header, summary, &mut |_| {})
}

/// Reads a file that has its final name: what was swept, and what it came to.
pub fn read(path: &Path) -> Result<(Header, Summary), Error> {
    read_each(path, &mut |_| {})
}

/// The same, and hands every outcome over as it is read, in order.
pub fn read_each(path: &Path, each: &mut dyn FnMut(&Record)) -> Result<(Header, Summary), Error> {
    let mut reader = Reader::open(path)?;
    let header = begun(&mut reader)?;
    let mut summary = Summary::new(&header);
    whole(&mut reader, &header, &mut summary, each)?;
    Ok((header, summary))
}

/// The header, which a file of outcomes begins with.
fn begun(reader: &mut Reader) -> Result<Header, Error> {
    let not = |path: &Path| Error::NotOutcomes {
        path: path.to_owned(),
        why: "it does not begin with a header".to_owned(),
    };
    reader.header()?.ok_or_else(|| not(reader.path()))
}

/// Adds the records of a file, all of which must be there.
fn whole(
    reader: &mut Reader,
    header: &Header,
    summary: &mut Summary,
    each: &mut dyn FnMut(&Record),
) -> Result<(), Error> {
    add(reader, header, summary, each)?;
    if header.is_enough(summary) {
        return Ok(());
    }
    let (scenario, seed) = header.order().at(summary.runs());
    let scenario = header.scenarios[scenario as usize].path.clone();
    Err(Error::Short { path: reader.path().to_owned(), scenario, seed })
}

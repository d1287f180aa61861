//! The names under which files of outcomes are written until they are complete: every process has one of its own, so that
//! no two write one file, on whichever machines they are.

use super::error::Error;
use crate::whole::{aside, folder};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// How many names of one process are tried, where earlier files of it are left.
const NAMES_MAX: u32 = 1000;

/// What a file is to become, as the end of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What a sweep has played so far.
    Partial,
    /// What a merge has put together so far.
    Merging,
}

impl Kind {
    fn suffix(self) -> &'static str {
        match self {
            Kind::Partial => "partial",
            Kind::Merging => "merging",
        }
    }
}

/// Creates a file beside `path` for this process alone: `outcomes.jsonl.WRITER.partial`. Folders that are missing are made.
pub(super) fn create(path: &Path, writer: &str, kind: Kind) -> Result<(File, PathBuf), Error> {
    let first = aside(path, &format!("{writer}.{}", kind.suffix()));
    let cannot = |error| Error::File { doing: "write", path: first.clone(), error };
    fs::create_dir_all(folder(path)).map_err(cannot)?;
    let others = (2..=NAMES_MAX).map(|n| aside(path, &format!("{writer}.{n}.{}", kind.suffix())));
    for name in std::iter::once(first.clone()).chain(others) {
        match OpenOptions::new().read(true).write(true).create_new(true).open(&name) {
            Ok(file) => {
                // It tells others that its process lives. Where there are no locks, it is left alone in any case.
                let _ = file.try_lock();
                return Ok((file, name));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(cannot(error)),
        }
    }
    Err(cannot(ErrorKind::AlreadyExists.into()))
}

/// What processes have begun to write beside `path`, in order of name.
pub(super) fn begun(path: &Path, kind: Kind) -> Result<Vec<PathBuf>, Error> {
    let folder = folder(path);
    let cannot = |error| Error::File { doing: "read", path: folder.to_owned(), error };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(cannot(error)),
    };
    let (Some(name), end) = (path.file_name(), format!(".{}", kind.suffix())) else { return Ok(Vec::new()) };
    let start = format!("{}.", name.to_string_lossy());
    let mut found = Vec::new();
    for entry in entries {
        let name = entry.map_err(cannot)?.file_name();
        let text = name.to_string_lossy();
        if text.starts_with(&start) && text.ends_with(&end) {
            found.push(folder.join(&name));
        }
    }
    found.sort();
    Ok(found)
}

/// Removes what is left of processes that have ended. What lives, or may live, goes on.
pub(super) fn remove_dead(path: &Path, kind: Kind) {
    for left in begun(path, kind).unwrap_or_default() {
        // It is in nobody's way: not being able to remove it is no error.
        let _ = remove_if_dead(&left);
    }
}

fn remove_if_dead(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => fs::remove_file(path),
        Err(TryLockError::WouldBlock) => Ok(()),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

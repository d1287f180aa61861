//! Files and folders that appear whole or not at all: they are written under another name beside their place, and get
//! their own when they are complete.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// So many links in a row lead somewhere; more are taken for a circle, as Linux takes them.
const LINKS_MAX: usize = 40;

/// How many names are tried beside a place. Each belongs to another process that writes there.
const NAMES_MAX: u32 = 1000;

/// Writes a file: whoever looks sees the old one or the new one, never a part. Folders that are missing are made. A link is
/// followed, and stays. What is there and is no file, such as a pipe or a device, is written into.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    // What is behind a link to a pipe has no path of its own.
    if !is_replaced(path) {
        return into(path, text);
    }
    let path = &behind_links(path)?;
    let old = match fs::metadata(path) {
        Ok(old) if old.is_file() => Some(old),
        Ok(_) => return into(path, text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if old.is_some() {
        // Whoever may not write to the file does not replace it either.
        OpenOptions::new().write(true).open(path)?;
    }
    fs::create_dir_all(folder(path))?;
    let new = |name: &Path| OpenOptions::new().write(true).create_new(true).open(name);
    let (aside, mut file) = claim(path, "partial", new)?;
    let keep_mode = || old.map_or(Ok(()), |old| fs::set_permissions(&aside, old.permissions()));
    let written =
        file.write_all(text.as_bytes()).and_then(|()| keep_mode()).and_then(|()| fs::rename(&aside, path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&aside);
    }
    written
}

/// Whether what is written there can be replaced by something better: it is a file, or nothing yet.
pub fn is_replaced(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |found| found.is_file())
}

/// Writes into what is no file, whoever reads it.
fn into(path: &Path, text: &str) -> io::Result<()> {
    let mut open = OpenOptions::new().write(true).open(path)?;
    open.write_all(text.as_bytes())?;
    open.flush()
}

/// What a path names, symbolic links followed, whether it is there or not.
pub(crate) fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS_MAX {
        match fs::read_link(&path) {
            Ok(target) => path = folder(&path).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("it is a link that leads to itself"))
}

/// Makes something beside a place that no other process writes to, and gives its name and what holds it as long as this
/// process lives. What is left of a process that has ended is removed.
pub(crate) fn claim(
    path: &Path,
    suffix: &str,
    make: impl Fn(&Path) -> io::Result<File>,
) -> io::Result<(PathBuf, File)> {
    let mut last = ErrorKind::AlreadyExists.into();
    for number in 1..=NAMES_MAX {
        let name = if number == 1 { aside(path, suffix) } else { aside(path, &format!("{number}.{suffix}")) };
        let made = match make(&name) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && remove_dead(&name) => make(&name),
            made => made,
        };
        match made {
            Ok(held) => match held.try_lock() {
                // Somebody takes it for something that is left, and removes it.
                Err(TryLockError::WouldBlock) => {}
                // Where there are no locks, others leave it alone.
                Ok(()) | Err(TryLockError::Error(_)) if is_called(&held, &name) => return Ok((name, held)),
                Ok(()) | Err(TryLockError::Error(_)) => {}
            },
            // It is there, or somebody has removed it as soon as it was.
            Err(error) if [ErrorKind::AlreadyExists, ErrorKind::NotFound].contains(&error.kind()) => {
                last = error;
            }
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// Whether a name is still that of what is open: nobody has removed it since, nor put another in its place.
fn is_called(open: &File, name: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let inode = |found: fs::Metadata| (found.dev(), found.ino());
    matches!((open.metadata().map(inode), fs::metadata(name).map(inode)), (Ok(a), Ok(b)) if a == b)
}

/// Removes what is left of a process that has ended; false if it may live.
fn remove_dead(name: &Path) -> bool {
    let Ok(left) = File::open(name) else { return false };
    left.try_lock().is_ok() && remove(name).is_ok()
}

/// Removes a file, or a folder and all that is in it, if it is there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The name beside a place: `outcomes.jsonl.partial`.
pub(crate) fn aside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

/// The folder in which a file is.
pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

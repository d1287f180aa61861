//! Writing files: each appears whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Writes a file beside its place, then moves it there: whoever looks sees the old file or the new one, never a part.
/// Folders that are missing are made.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let mut aside = path.as_os_str().to_owned();
    aside.push(".partial");
    let aside = PathBuf::from(aside);
    let written = fs::write(&aside, text).and_then(|()| fs::rename(&aside, path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&aside);
    }
    written
}

//! Files and folders that appear whole or not at all: they are written under another name beside their place, and get
//! their own when they are complete.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Writes a file: whoever looks sees the old one or the new one, never a part. Folders that are missing are made.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder(path))?;
    let aside = aside(path, "partial");
    let written = fs::write(&aside, text).and_then(|()| fs::rename(&aside, path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&aside);
    }
    written
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

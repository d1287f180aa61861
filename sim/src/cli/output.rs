//! Writing files: each appears whole or not at all.

use super::exit::Failure;
use std::path::Path;

/// Writes a file beside its place, then moves it there. Folders that are missing are made.
pub(super) fn write_whole(path: &Path, text: &str) -> Result<(), Failure> {
    let fail = |error: std::io::Error| Failure::file("write", path, &error);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(fail)?;
    }
    let mut aside = path.as_os_str().to_owned();
    aside.push(".partial");
    std::fs::write(&aside, text).map_err(fail)?;
    std::fs::rename(&aside, path).map_err(fail)
}

//! A folder that appears whole or not at all.

use super::Error;
use crate::whole;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A folder that is being written, aside from its place.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    partial: PathBuf,
}

impl Folder {
    /// Begins the folder of that name in `dir`. What was left of it, when somebody who wrote it was interrupted, goes.
    pub(super) fn begin(dir: &Path, name: &str) -> Result<Folder, Error> {
        let path = dir.join(name);
        let folder = Folder { partial: whole::aside(&path, "partial"), path };
        remove(&folder.partial)?;
        fs::create_dir_all(&folder.partial).map_err(cannot(&folder.partial))?;
        Ok(folder)
    }

    /// Where it will be.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> Result<(), Error> {
        let path = self.partial.join(name);
        fs::write(&path, contents).map_err(cannot(&path))
    }

    /// Gives it its name, in place of what had that name.
    pub(super) fn finish(self) -> Result<PathBuf, Error> {
        let old = whole::aside(&self.path, "old");
        remove(&old)?;
        if self.path.exists() {
            fs::rename(&self.path, &old).map_err(cannot(&self.path))?;
        }
        fs::rename(&self.partial, &self.path).map_err(cannot(&self.path))?;
        remove(&old)?;
        Ok(self.path)
    }
}

fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot(folder)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn cannot(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |error| Error::File { path, error }
}

//! A folder that appears whole or not at all.

use super::Error;
use crate::whole;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A folder that is being written, in a workshop beside its place. Another process may write the same one at the same time:
/// each has its own, and one replaces the other.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    workshop: PathBuf,
    /// Keeps others from taking the workshop for something that is left.
    _held: File,
}

impl Folder {
    /// Begins the folder of that name in `dir`. What was left of it, when somebody who wrote it was interrupted, goes.
    pub(super) fn begin(dir: &Path, name: &str) -> Result<Folder, Error> {
        let path = dir.join(name);
        fs::create_dir_all(dir).map_err(cannot(dir))?;
        let make = |name: &Path| fs::create_dir(name).and_then(|()| File::open(name));
        let (workshop, held) = whole::claim(&path, "partial", make).map_err(cannot(&path))?;
        let folder = Folder { path, workshop, _held: held };
        fs::create_dir(folder.draft()).map_err(cannot(&folder.workshop))?;
        Ok(folder)
    }

    /// Where it will be.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where it is until then.
    fn draft(&self) -> PathBuf {
        self.workshop.join("new")
    }

    pub(super) fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> Result<(), Error> {
        let path = self.draft().join(name);
        fs::write(&path, contents).map_err(cannot(&path))
    }

    /// Gives it its name, in place of what had that name.
    pub(super) fn finish(self) -> Result<PathBuf, Error> {
        let old = self.workshop.join("old");
        loop {
            whole::remove(&old).map_err(cannot(&old))?;
            match fs::rename(&self.path, &old) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(cannot(&self.path)(error));
                }
                Ok(()) | Err(_) => {}
            }
            match fs::rename(self.draft(), &self.path) {
                // Somebody else has just given theirs this name.
                Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
                Err(error) => return Err(cannot(&self.path)(error)),
                Ok(()) => break,
            }
        }
        whole::remove(&self.workshop).map_err(cannot(&self.workshop))?;
        Ok(self.path)
    }
}

fn cannot(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |error| Error::File { path, error }
}

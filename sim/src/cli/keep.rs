//! Keeping failures as folders, for `cosim run` and `cosim sweep`.

use super::exit::Failure;
use super::print::say;
use cosim_testbed::capsule::{self, Error, Failing, Shrink};
use cosim_testbed::sweep::quoted;
use std::path::Path;

/// How many failures one command keeps.
const KEPT_MAX: usize = 16;

/// Where failures are kept, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keeping<'a> {
    dir: &'a Path,
    shrink: Shrink,
}

impl<'a> Keeping<'a> {
    /// In the folder of `--out`, if it is given, and as `--shrink` says.
    pub(super) fn new(dir: Option<&'a Path>, shrink: bool) -> Option<Keeping<'a>> {
        let shrink = if shrink { Shrink::Yes } else { Shrink::No };
        dir.map(|dir| Keeping { dir, shrink })
    }

    /// Keeps these failures, the first of each key, and says where.
    pub(super) fn keep(self, failures: &[Failing<'_>]) -> Result<(), Failure> {
        for failing in failures.iter().take(KEPT_MAX) {
            let path = capsule::write(self.dir, failing, self.shrink).map_err(|error| match error {
                Error::File { path, error } => Failure::file("write", &path, &error),
                Error::Holds | Error::Differs | Error::Unplayable(_) => Failure(format!(
                    "error: seed {} of {} is not kept: {error}\nhint: cosim run {1} --seed {0} plays it all the same",
                    failing.seed, failing.name
                )),
            })?;
            say!("kept, and played by: cosim run {}", quoted(&path.display().to_string()));
        }
        if failures.len() > KEPT_MAX {
            say!("{} failures with other keys are not kept", failures.len() - KEPT_MAX);
        }
        Ok(())
    }
}

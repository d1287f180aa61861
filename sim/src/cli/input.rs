//! Reading scenario files.

use super::exit::Failure;
use crate::capsule;
use crate::scenario::{self, Scenario};
use std::path::Path;

/// The scenario in a file, or in the folder that a failure was kept in.
pub(super) fn scenario(path: &Path) -> Result<Scenario, Failure> {
    let inside = path.join(capsule::SCENARIO);
    let path = if inside.is_file() { &inside } else { path };
    if path.is_dir() {
        return Err(Failure(format!(
            "error: {path} is a folder without {}\nhint: every scenario of a folder is played by: cosim test {path}",
            capsule::SCENARIO,
            path = path.display(),
        )));
    }
    let bytes = std::fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
    let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    scenario::parse_bytes(&bytes, &path.display().to_string())
        .map_err(|problems| Failure(problems.render(colour)))
}

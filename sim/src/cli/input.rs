//! Reading scenario files.

use super::exit::Failure;
use crate::scenario::{self, Scenario};
use std::path::Path;

/// The scenario in a file.
pub(super) fn scenario(path: &Path) -> Result<Scenario, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
    let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    scenario::parse_bytes(&bytes, &path.display().to_string()).map_err(|problems| Failure(problems.render(colour)))
}

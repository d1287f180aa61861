//! Reading scenario files.

use super::exit::Failure;
use crate::capsule;
use crate::scenario::{self, Crypto, Scenario};
use std::path::Path;

/// The scenario in a file, or in the folder that a failure was kept in.
pub(super) fn scenario(path: &Path, crypto: Option<Crypto>) -> Result<Scenario, Failure> {
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
    let scenario = scenario::parse_bytes(&bytes, &path.display().to_string())
        .map_err(|problems| Failure(problems.render(colour)))?;
    Ok(with_crypto(scenario, crypto))
}

/// A scenario with the crypto that was asked for, if one was.
pub(super) fn with_crypto(scenario: Scenario, crypto: Option<Crypto>) -> Scenario {
    match crypto {
        Some(crypto) => scenario.with_crypto(crypto),
        None => scenario,
    }
}

/// `fast` or `real`.
pub(super) fn crypto(text: &str) -> Result<Crypto, String> {
    [Crypto::Fast, Crypto::Real]
        .into_iter()
        .find(|crypto| crypto.name() == text)
        .ok_or_else(|| "expected `fast`, a keyed hash, or `real`, which signs as CoJSON does".to_owned())
}

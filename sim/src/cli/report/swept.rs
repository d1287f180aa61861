//! A sweep as a page: of one that was just played, or of a file of outcomes, whose scenarios are then looked for.

use super::super::exit::{Exit, Failure};
use super::super::guests;
use super::super::sweep::failure;
use super::{Args, write_page};
use cosim_testbed::page::{self, Contents, Played};
use cosim_testbed::recording::Recording;
use cosim_testbed::scenario::{Scenario, parse_bytes};
use cosim_testbed::sweep::{self, Header, Source, Summary};
use std::path::{Path, PathBuf};

/// A sweep that gets a page.
#[derive(Debug)]
pub(in super::super) struct Sweeping<'a> {
    pub(in super::super) header: &'a Header,
    pub(in super::super) summary: &'a Summary,
    /// The scenarios, or why one cannot be played.
    pub(in super::super) scenarios: Vec<Result<Scenario, String>>,
    /// What a command says of guests.
    pub(in super::super) guests: String,
}

impl Sweeping<'_> {
    /// Writes the page.
    pub(in super::super) fn write(&self, path: &Path, contents: Contents) -> Result<(), Failure> {
        let Sweeping { header, summary, scenarios, guests } = self;
        let played = Played { header, summary, scenarios, guests };
        write_page(path, &page::sweep(&played, contents))
    }
}

/// The file of outcomes that a path stands for; `None` where it is something else.
pub(super) fn outcomes(path: &Path) -> Result<Option<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(sweep::is_outcomes(path).then(|| path.to_owned()));
    }
    let inside = sweep::outcomes_path(path);
    if sweep::is_begun(&inside) {
        return Err(Failure(format!(
            "error: the sweep in {} is not finished\nhint: go on with it: the command that began it, and --resume",
            path.display()
        )));
    }
    Ok(inside.is_file().then_some(inside))
}

/// Writes the page of a file of outcomes.
pub(super) fn report(
    args: &Args,
    outcomes: &Path,
    given: &[(&str, bool)],
    contents: Contents,
) -> Result<Exit, Failure> {
    if let Some((option, _)) = given.iter().find(|(_, given)| *given) {
        return Err(Failure(format!(
            "error: {}: {option} says how to play a scenario, but this is a sweep\nhint: leave it out, or name the scenario",
            args.file.display()
        )));
    }
    let (header, summary) = sweep::read(outcomes).map_err(failure)?;
    args.guests.refuse_to_plant()?;
    let known = args.guests.known()?;
    let scenarios = header.scenarios.iter().map(|source| scenario(source, &known)).collect();
    let sweeping = Sweeping { header: &header, summary: &summary, scenarios, guests: args.guests.words() };
    sweeping.write(&args.output, contents)?;
    Ok(Exit::Held)
}

/// The scenario that was swept, if it is still where it was and what it was; else why it cannot be played.
pub(in super::super) fn scenario(source: &Source, guests: &guests::Known) -> Result<Scenario, String> {
    let bytes = same(&source.path, &source.blake3)?;
    let found = parse_bytes(&bytes, &source.path)
        .map_err(|_| format!("this version of cosim cannot play {}", source.path))?;
    let mut found = found.with_crypto(source.crypto);
    if let Some(file) = &source.recording {
        let recording = Recording::read(&same(&file.path, &file.blake3)?)
            .map_err(|error| format!("{}: {error}", file.path))?;
        found = found.with_recording(&recording).map_err(|misfit| format!("{}: {misfit}", file.path))?;
    } else if found.recording.is_some() {
        return Err(format!("{} plays a recording, and the sweep does not say which", source.path));
    }
    match guests.lacks(&found) {
        Some(what) => Err(format!("{} cannot be played: {what}", source.path)),
        None => guests.cast(found).map_err(|why| why.to_string()),
    }
}

/// The bytes of a file that must be what they were.
pub(in super::super) fn same(path: &str, blake3: &str) -> Result<Vec<u8>, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{path} cannot be read: {error}"))?;
    if blake3::hash(&bytes).to_hex().as_str() == blake3 {
        Ok(bytes)
    } else {
        Err(format!("{path} is not what was swept: it was changed since"))
    }
}

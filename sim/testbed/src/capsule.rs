//! Capsules: a folder for a failure, with everything that is needed to play it again and to read about it.
//!
//! The scenario in it is the failing run, frozen, and all that is told of the run is told of that scenario: the folder
//! depends on nothing outside it, and may be copied, mailed, or kept. It is written under another name and takes its
//! own when it is whole.

mod folder;
mod readme;

use crate::freeze::freeze;
use crate::log::{LOG_VERSION, Limit, Log};
use crate::report;
use crate::run::{Options, Outcome, UNMET_KEY, Verdict, run};
use crate::scenario::{Problems, Scenario, file, parse};
use crate::shrink::shrink;
use crate::sweep::quoted;
use folder::Folder;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The scenario in a capsule, which `cosim run` plays when it is given the folder.
pub const SCENARIO: &str = "scenario.json";

/// What it came to, in the folder of a failure.
const VERDICT: &str = "verdict.json";

/// Whether a failure was kept in this folder.
pub fn is_kept(folder: &Path) -> bool {
    [SCENARIO, VERDICT].iter().all(|file| folder.join(file).is_file())
}

/// The same failure, cut down.
pub const SHRUNK: &str = "shrunk.json";

/// How much of the log is kept: whole, but for runs that nobody could read.
const LOG: Limit = Limit::Ends { head: 100_000, tail: 100_000 };

/// A run that fails.
#[derive(Clone, Copy, Debug)]
pub struct Failing<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Where the scenario comes from, for its reader: usually its path.
    pub name: &'a str,
    /// The seed.
    pub seed: u64,
    /// The build of cosim that plays it.
    pub build: &'a str,
}

/// Whether the failure is also cut down, which takes many runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shrink {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// Why there is no capsule.
#[derive(Debug)]
pub enum Error {
    /// The run does not fail.
    Holds,
    /// The frozen run is not the one that failed: a bug in cosim.
    Differs,
    /// The frozen scenario is none that can be played: it is too large, or there is a bug in cosim.
    Unplayable(Problems),
    /// A file could not be written.
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Holds => f.write_str("there is no failure to keep: the run holds"),
            Error::Differs => {
                f.write_str("the frozen run is not the one that failed, which is a bug in cosim")
            }
            Error::Unplayable(problems) => {
                write!(f, "the frozen run cannot be played:\n{}", problems.render(false))
            }
            Error::File { path, error } => write!(f, "cannot write {}: {error}", path.display()),
        }
    }
}

impl std::error::Error for Error {}

/// Keeps a failure as a folder in `dir`, which is made if it is missing, and gives the folder's path. A folder of the
/// same failure is replaced; one of another scenario keeps its name, and the new one gets a number.
///
/// # Errors
/// See [`Error`].
pub fn write(dir: &Path, failing: &Failing<'_>, shrinking: Shrink) -> Result<PathBuf, Error> {
    let Failing { scenario, name, seed, .. } = *failing;
    let mut frozen = freeze(scenario, seed, name);
    if frozen.outcome.verdict() == Verdict::Held {
        return Err(Error::Holds);
    }
    frozen.file.seed = Some(seed);
    let text = frozen.file.to_json_pretty();
    let guests = &scenario.guests;
    let scenario = parse(&text, SCENARIO).map_err(Error::Unplayable)?.with_guests(guests);
    let mut outcome = run(&scenario, seed, Options::logged(LOG));
    if let Some(log) = &mut outcome.log {
        log.name_scenario(SCENARIO.to_owned());
    }
    let same = |a: &Outcome, b: &Outcome| {
        (a.fingerprint, a.verdict(), a.key()) == (b.fingerprint, b.verdict(), b.key())
    };
    if !same(&outcome, &frozen.outcome) {
        return Err(Error::Differs);
    }
    let key = key(&outcome);
    let folder = Folder::begin(dir, &free(dir, &format!("{}-seed-{seed}", slug(key)), name))?;
    let shrunk = match shrinking {
        Shrink::Yes => Some(cut_down(&frozen.file, failing, key)),
        Shrink::No => None,
    };
    folder.write(SCENARIO, text)?;
    if let Some(Ok(shrunk)) = &shrunk {
        folder.write(SHRUNK, shrunk.to_json_pretty())?;
    }
    if let Some(log) = &outcome.log {
        folder.write("log.jsonl", json_lines(log))?;
        folder.write("log.txt", log.to_string())?;
    }
    folder.write("states.json", format!("{:#}\n", report::states_json(&outcome)))?;
    let command = format!("cosim run {}", quoted(&folder.path().display().to_string()));
    folder.write(VERDICT, format!("{:#}\n", verdict(&scenario, &outcome, failing, &command)))?;
    let readme =
        readme::Readme { failing, key, outcome: &outcome, shrunk: shrunk.as_ref(), command: &command };
    folder.write("README.txt", readme.to_string())?;
    folder.finish()
}

/// The failure key; a violation that a scenario expects and that did not come is an expectation that was not met.
fn key(outcome: &Outcome) -> &str {
    outcome.key().unwrap_or(UNMET_KEY)
}

/// `no_lost_write client>server content` as the name of a folder: `no-lost-write-client-server-content`.
fn slug(key: &str) -> String {
    let words = key.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// The first of `name`, `name-2`, `name-3` that is not the folder of another scenario's failure.
fn free(dir: &Path, name: &str, scenario: &str) -> String {
    let is_of_another = |name: &String| {
        let verdict = fs::read(dir.join(name).join(VERDICT)).ok();
        let verdict: Option<serde_json::Value> = verdict.and_then(|json| serde_json::from_slice(&json).ok());
        verdict.is_some_and(|verdict| verdict["origin"]["scenario"] != scenario)
    };
    let numbered = (2_u64..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !is_of_another(name)).unwrap_or_else(|| name.to_owned())
}

/// The failure cut down, or why it cannot be.
fn cut_down(frozen: &file::Scenario, failing: &Failing<'_>, key: &str) -> Result<file::Scenario, String> {
    let mut shrunk =
        shrink(frozen, &failing.scenario.guests, &mut |_, _| {}).map_err(|error| error.to_string())?;
    shrunk.file.about = shrunk.about(key, failing.seed, failing.name);
    Ok(shrunk.file)
}

fn json_lines(log: &Log) -> Vec<u8> {
    let mut bytes = Vec::new();
    log.write_json_lines(&mut bytes).expect("writing to memory cannot fail");
    bytes
}

/// What `cosim run --json` says, and what is needed to say it again.
fn verdict(
    scenario: &Scenario,
    outcome: &Outcome,
    failing: &Failing<'_>,
    command: &str,
) -> serde_json::Value {
    let mut json = report::json(scenario, outcome);
    json["class"] = json["verdict"].clone();
    json["key"] = key(outcome).into();
    json["formats"] = serde_json::json!({ "scenario": file::VERSION, "log": LOG_VERSION });
    json["origin"] = serde_json::json!({ "scenario": failing.name, "seed": failing.seed });
    json["build"] = failing.build.into();
    json["command"] = command.into();
    json
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn keys_become_names() {
        assert_eq!(slug("no_lost_write client>server content"), "no-lost-write-client-server-content");
        assert_eq!(slug("quiescence node log"), "quiescence-node-log");
        assert_eq!(slug("expectation"), "expectation");
    }
}

//! `cosim.toml`: where the scenarios of a repository are, and how its tests are played. What a command line says goes before
//! it. It names no command and no guest, so that a repository that somebody has fetched cannot start a program by it.

use super::exit::Failure;
use super::results::Format;
use serde::{Deserialize, Deserializer, de};
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What the file is called.
const NAME: &str = "cosim.toml";

/// The folder with the scenarios where nothing else is said.
const USUAL: &str = "scenarios";

/// How many folders up it is looked for.
const PARENTS_MAX: usize = 64;

/// What the file may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    /// The folder with the scenarios, from the folder that this file is in.
    scenarios: Option<PathBuf>,
    /// The folder with their snapshots, from there, too.
    snapshots: Option<PathBuf>,
    /// The seeds that `cosim test` plays of each scenario beside its own.
    #[serde(default, deserialize_with = "seeds")]
    pub(super) seeds: Option<Range<u64>>,
    /// For whom results are printed.
    pub(super) format: Option<Format>,
    /// The folder that the file is in.
    #[serde(skip)]
    folder: PathBuf,
}

impl Config {
    /// The one of this folder, or of the nearest folder above it; an empty one where there is none.
    pub(super) fn find() -> Result<Config, Failure> {
        let mut folder = PathBuf::new();
        let here = std::env::current_dir().map_err(|error| Failure::file("read", Path::new("."), &error))?;
        for _ in here.ancestors().take(PARENTS_MAX) {
            let path = folder.join(NAME);
            match std::fs::read_to_string(&path) {
                Ok(text) => return Config::parse(&text, &path, folder),
                Err(error) if error.kind() == ErrorKind::NotFound => folder.push(".."),
                Err(error) => return Err(Failure::file("read", &path, &error)),
            }
        }
        Ok(Config::default())
    }

    fn parse(text: &str, path: &Path, folder: PathBuf) -> Result<Config, Failure> {
        let config: Config = toml::from_str(text).map_err(|error| {
            Failure(format!(
                "error: {}: {error}hint: it may say `scenarios` and `snapshots`, which are folders, `seeds`, such as \
                 \"0..100\", and `format`; commands and guests are named on the command line",
                path.display()
            ))
        })?;
        Ok(Config { folder, ..config })
    }

    /// The folder with the scenarios: the usual one, where it names none.
    pub(super) fn folder(&self) -> PathBuf {
        self.folder.join(self.scenarios.as_deref().unwrap_or(Path::new(USUAL)))
    }

    /// Its path, where it names the folder with the scenarios.
    pub(super) fn names_scenarios(&self) -> Option<PathBuf> {
        self.scenarios.as_ref().map(|_| self.folder.join(NAME))
    }

    /// The folder with the snapshots, where it names one.
    pub(super) fn snapshots(&self) -> Option<PathBuf> {
        self.snapshots.as_ref().map(|path| self.folder.join(path))
    }
}

fn seeds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Range<u64>>, D::Error> {
    super::run::seeds(&String::deserialize(deserializer)?).map(Some).map_err(de::Error::custom)
}

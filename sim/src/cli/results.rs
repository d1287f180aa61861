//! What a command has found, in the forms that CI systems show: as JUnit, as annotations and a summary of GitHub, as JSON.

mod github;
mod junit;
mod small;

use super::config::Config;
use super::environment;
use super::exit::{Exit, Failure};
use super::print::say;
use cosim_testbed::scenario::Scenario;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

pub(super) use small::Small;

/// For whom results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// For a person.
    #[default]
    Human,
    /// One JSON object.
    Json,
    /// JUnit's XML, with a test case for each scenario.
    Junit,
    /// As for a person, and for GitHub: annotations to stderr, and a summary where GITHUB_STEP_SUMMARY names a file.
    Github,
}

/// How the summary of a sweep is printed.
#[derive(Debug, clap::Args)]
pub(super) struct Printed {
    /// Print the summary for machines, as one JSON object: the same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// For whom to print the summary.
    #[arg(long, value_enum, value_name = "human|json|junit|github", hide_possible_values = true)]
    format: Option<Format>,
}

impl Printed {
    /// What is asked for, or else what `cosim.toml` says.
    pub(super) fn format(&self) -> Result<Format, Failure> {
        let asked = if self.json { Some(Format::Json) } else { self.format };
        asked.map_or_else(|| Ok(Config::find()?.format.unwrap_or_default()), Ok)
    }
}

/// What a command has found about each scenario.
#[derive(Clone, Debug)]
pub(super) struct Results {
    /// The command: `test`, `sweep` or `run`.
    pub(super) command: &'static str,
    pub(super) cases: Vec<Case>,
}

/// What was found about one.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// The path of the scenario.
    pub(super) path: PathBuf,
    pub(super) found: Found,
}

/// See [`Case`].
#[derive(Clone, Debug)]
pub(super) enum Found {
    Passed,
    /// It was not played: why.
    Skipped(String),
    Failed(Failed),
}

/// How one failed.
#[derive(Clone, Debug)]
pub(super) struct Failed {
    pub(super) exit: Exit,
    /// What kind of failure it is, in a word or two.
    pub(super) kind: &'static str,
    /// In a line.
    pub(super) message: String,
    /// In several.
    pub(super) details: String,
    /// The first seed that fails, by which key, and the command that plays it again.
    pub(super) run: Option<FailedRun>,
    /// What is left of it when all is taken away that can go.
    pub(super) small: Option<Small>,
}

/// See [`Failed`].
#[derive(Clone, Debug)]
pub(super) struct FailedRun {
    pub(super) seed: u64,
    pub(super) key: Option<String>,
    pub(super) again: String,
}

/// How many failures are shrunk, each of another key.
const SHRUNK_MAX: usize = 4;

impl Results {
    /// Shrinks the first failures, where anybody is told of it. `scenario` gives the scenario of a case by its place.
    pub(super) fn shrink(&mut self, format: Format, scenario: impl Fn(usize) -> Option<Scenario>) {
        if !format.tells_small() {
            return;
        }
        let mut keys = BTreeSet::new();
        for (place, case) in self.cases.iter_mut().enumerate() {
            let Found::Failed(Failed { run: Some(run), small, .. }) = &mut case.found else { continue };
            if keys.len() < SHRUNK_MAX && keys.insert(run.key.clone()) {
                let name = case.path.display().to_string();
                *small = scenario(place).and_then(|scenario| Small::of(&scenario, run.seed, &name));
            }
        }
    }

    /// All of it as JUnit's XML.
    pub(super) fn junit(&self) -> String {
        junit::xml(self)
    }

    /// All of it as JSON.
    pub(super) fn json(&self) -> Value {
        let cases = self.cases.iter().map(|case| {
            let mut told =
                json!({ "scenario": case.path.display().to_string(), "result": case.found.word() });
            match &case.found {
                Found::Passed => {}
                Found::Skipped(why) => told["why"] = why.trim().into(),
                Found::Failed(failed) => {
                    told["message"] = failed.message.as_str().into();
                    told["details"] = failed.details.as_str().into();
                    if let Some(run) = &failed.run {
                        told["seed"] = run.seed.into();
                        told["key"] = run.key.clone().into();
                        told["again"] = run.again.as_str().into();
                    }
                }
            }
            told
        });
        let count = |word| self.cases.iter().filter(|case| case.found.word() == word).count();
        json!({
            "command": self.command,
            "passed": count("passed"),
            "failed": count("failed"),
            "skipped": count("skipped"),
            "scenarios": cases.collect::<Vec<_>>(),
        })
    }

    /// Tells GitHub, where it listens: annotations on stderr, and the summary in its file.
    pub(super) fn tell_github(&self, format: Format) {
        if !format.is_for_github() {
            return;
        }
        for annotation in github::annotations(self) {
            say!("{annotation}");
        }
        let Some(path) = environment::step_summary() else { return };
        if let Err(error) = github::add_summary(&path, self) {
            say!("the summary was not written to {}: {error}", path.display());
        }
    }

    /// The failed ones, the worst first, and of equal ones in their order.
    fn failed(&self) -> Vec<(&Case, &Failed)> {
        let failed = self.cases.iter().filter_map(|case| match &case.found {
            Found::Failed(failed) => Some((case, failed)),
            Found::Passed | Found::Skipped(_) => None,
        });
        let mut failed: Vec<_> = failed.collect();
        failed.sort_by_key(|(_, failed)| std::cmp::Reverse(failed.exit));
        failed
    }
}

impl Format {
    fn is_for_github(self) -> bool {
        self == Format::Github || environment::is_github()
    }

    fn tells_small(self) -> bool {
        self == Format::Junit || self.is_for_github()
    }
}

impl Found {
    fn word(&self) -> &'static str {
        match self {
            Found::Passed => "passed",
            Found::Skipped(_) => "skipped",
            Found::Failed(_) => "failed",
        }
    }
}

/// Adds a text to the summary of this step of GitHub, if it is one.
pub(super) fn add_to_summary(heading: &str, text: &str) {
    let Some(path) = environment::step_summary().filter(|_| environment::is_github()) else { return };
    if let Err(error) = github::add_text(&path, heading, text) {
        say!("the summary was not written to {}: {error}", path.display());
    }
}

/// What kind of failure calls for an exit code.
pub(super) fn kind(exit: Exit) -> &'static str {
    match exit {
        Exit::Violated => "violated",
        Exit::Liveness => "not live",
        Exit::Nondeterminism => "nondeterministic",
        Exit::Guest => "a guest failed",
        Exit::Usage => "bad file",
        Exit::Held | Exit::NothingRan | Exit::NotWhole | Exit::Parts | Exit::Interrupted => "failed",
    }
}

impl Failed {
    /// All that there is to tell, in lines.
    fn text(&self) -> String {
        let mut text = self.details.trim_end().to_owned();
        if let Some(run) = &self.run {
            let key = run.key.as_ref().map(|key| format!("key   {key}\n")).unwrap_or_default();
            text = format!("seed  {}\n{key}again {}\n\n{text}", run.seed, run.again);
        }
        if let Some(small) = &self.small {
            text = format!("{text}\n\ncut down to its causes ({}):\n{}", small.size, small.log);
        }
        text
    }
}

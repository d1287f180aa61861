//! One scenario of `cosim test`, and what was found about it.

use super::super::exit::{Exit, Failure};
use super::super::results::{self, Case, Failed, Found};
use super::super::{guests, input};
use super::{Folders, meaning, twice};
use crate::snapshot::{self, SCENARIO, SNAPSHOT};
use cosim_testbed::page::Tested;
use cosim_testbed::report;
use cosim_testbed::run::{Options, Outcome, Verdict, run};
use cosim_testbed::scenario::Scenario;
use cosim_testbed::sweep::quoted;
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The lines of a difference that are shown; what follows is counted.
const DIFF_LINES_MAX: usize = 60;

/// A scenario that is to be tested.
#[derive(Debug)]
pub(super) struct Trial {
    scenario: PathBuf,
    snapshot: PathBuf,
}

/// A run that does not hold.
#[derive(Clone, Debug)]
pub(super) struct FailedRun {
    pub(super) verdict: Verdict,
    pub(super) seed: u64,
    pub(super) key: Option<String>,
    /// The first of what was found, in a line.
    pub(super) message: String,
    /// What its report says.
    pub(super) summary: String,
    /// The command that plays it again.
    pub(super) again: String,
    /// Whether another seed than that of the file was played.
    is_other_seed: bool,
}

/// What was found about a scenario, or about a snapshot without one.
#[derive(Clone, Debug)]
pub(super) enum Finding {
    /// It holds, and is what its snapshot says.
    Passed,
    /// A guest of it is missing: which, and what to do about it.
    Unplayed(String),
    /// It cannot be played, or its snapshot cannot be read: why.
    Bad(String),
    /// It was played twice and came out differently: where first.
    Nondeterministic(String),
    /// It does not hold: the first run that does not.
    Failed(Box<FailedRun>),
    /// It holds and has no snapshot: what it would be.
    Missing(String),
    /// It holds, and its snapshot says something else.
    Differs {
        /// What the snapshot says.
        kept: String,
        /// What the run says.
        rendered: String,
    },
    /// A snapshot without a scenario: its path.
    Stale(PathBuf),
    /// Its snapshot was written: why.
    Written(&'static str),
    /// A snapshot without a scenario was removed.
    Removed,
}

impl Trial {
    pub(super) fn new(folders: &Folders, name: &Path) -> Trial {
        Trial {
            scenario: snapshot::path(&folders.scenarios, name, SCENARIO),
            snapshot: snapshot::path(&folders.snapshots, name, SNAPSHOT),
        }
    }

    /// Plays it, and compares; then plays these seeds, all of which must hold.
    pub(super) fn judge(&self, guests: &guests::Known, seeds: Option<&Range<u64>>) -> Finding {
        let scenario = match self.scenario(guests) {
            Ok(scenario) => scenario,
            Err(finding) => return finding,
        };
        let finding = self.play(&scenario);
        // What a scenario of a known bug promises, it promises for its own seed.
        let seeds =
            seeds.filter(|_| scenario.expect.violation.is_none() && matches!(finding, Finding::Passed));
        let failing = seeds.cloned().into_iter().flatten().find_map(|seed| {
            let outcome = run(&scenario, seed, Options::judged());
            (outcome.verdict() != Verdict::Held).then(|| self.failed(&scenario, &outcome))
        });
        failing.unwrap_or(finding)
    }

    /// What CI systems are told of it.
    pub(super) fn case(&self, finding: &Finding) -> Case {
        let (exit, message, details) = (finding.exit(), finding.message(), finding.said());
        let kind = if finding.is_outdated() { "snapshot" } else { results::kind(exit) };
        let run = if let Finding::Failed(run) = finding {
            let (key, again) = (run.key.clone(), run.again.clone());
            Some(results::FailedRun { seed: run.seed, key, again })
        } else {
            None
        };
        let found = if let Finding::Unplayed(why) = finding {
            Found::Skipped(why.clone())
        } else if exit == Exit::Held {
            Found::Passed
        } else {
            Found::Failed(Failed { exit, kind, message, details, run, small: None })
        };
        Case { path: self.scenario.clone(), found }
    }

    fn failed(&self, scenario: &Scenario, outcome: &Outcome) -> Finding {
        let again = format!(
            "cosim run {} --seed {} --crypto {}",
            quoted(&self.scenario.display().to_string()),
            outcome.seed,
            scenario.crypto.name()
        );
        Finding::Failed(Box::new(FailedRun {
            verdict: outcome.verdict(),
            seed: outcome.seed,
            key: outcome.key().map(str::to_owned),
            message: first(outcome),
            summary: report::summary(scenario, outcome),
            again,
            is_other_seed: outcome.seed != scenario.seed,
        }))
    }

    /// The scenario, or why it cannot be played.
    pub(super) fn scenario(&self, guests: &guests::Known) -> Result<Scenario, Finding> {
        let bad = |failure: Failure| Finding::Bad(failure.to_string());
        let written = input::written(&self.scenario, None).map_err(bad)?;
        let scenario = input::with_recorded(written, &self.scenario, None).map_err(bad)?;
        match guests.lacks(&scenario) {
            Some(what) => Err(Finding::Unplayed(what)),
            None => guests.cast(scenario).map_err(bad),
        }
    }

    /// What a page tells of it.
    pub(super) fn told(&self, finding: &Finding, guests: &guests::Known) -> Tested {
        let has_run = matches!(
            finding,
            Finding::Failed(_) | Finding::Nondeterministic(_) | Finding::Differs { .. } | Finding::Missing(_)
        );
        Tested {
            path: self.scenario.display().to_string(),
            word: finding.word(),
            passed: (!matches!(finding, Finding::Unplayed(_))).then(|| finding.exit() == Exit::Held),
            details: finding.details(),
            scenario: has_run.then(|| self.scenario(guests).ok()).flatten(),
        }
    }

    fn play(&self, scenario: &Scenario) -> Finding {
        let outcome = snapshot::play(scenario);
        let again = snapshot::play(scenario);
        if outcome.fingerprint != again.fingerprint {
            return Finding::Nondeterministic(twice::first_difference(scenario));
        }
        let rendered = report::snapshot(scenario, &outcome);
        if outcome.verdict() != Verdict::Held {
            return self.failed(scenario, &outcome);
        }
        match snapshot::read(&self.snapshot) {
            Ok(Some(kept)) if snapshot::agrees(&kept, &rendered) => Finding::Passed,
            Ok(Some(kept)) => Finding::Differs { kept, rendered },
            Ok(None) => Finding::Missing(rendered),
            Err(error) => Finding::Bad(Failure::file("read", &self.snapshot, &error).to_string()),
        }
    }
}

impl Finding {
    /// Mends what writing or removing a snapshot can mend.
    pub(super) fn update(self, folders: &Folders, name: &Path) -> Result<Finding, Failure> {
        let path = snapshot::path(&folders.snapshots, name, SNAPSHOT);
        let write = |rendered: &str, why| match snapshot::write(&path, rendered) {
            Ok(()) => Ok(Finding::Written(why)),
            Err(error) => Err(Failure::file("write", &path, &error)),
        };
        match &self {
            Finding::Missing(rendered) => write(rendered, "new"),
            Finding::Differs { rendered, .. } => write(rendered, "changed"),
            Finding::Stale(path) => match std::fs::remove_file(path) {
                Ok(()) => Ok(Finding::Removed),
                Err(error) => Err(Failure::file("remove", path, &error)),
            },
            Finding::Passed
            | Finding::Written(_)
            | Finding::Removed
            | Finding::Unplayed(_)
            | Finding::Bad(_)
            | Finding::Nondeterministic(_)
            | Finding::Failed(_) => Ok(self),
        }
    }

    /// The exit code that it calls for.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Finding::Passed | Finding::Unplayed(_) | Finding::Written(_) | Finding::Removed => Exit::Held,
            Finding::Bad(_) => Exit::Usage,
            Finding::Nondeterministic(_) => Exit::Nondeterminism,
            Finding::Failed(run) => run.verdict.into(),
            Finding::Missing(_) | Finding::Differs { .. } | Finding::Stale(_) => Exit::Violated,
        }
    }

    /// Whether `--update` would mend it.
    pub(super) fn is_outdated(&self) -> bool {
        matches!(self, Finding::Missing(_) | Finding::Differs { .. } | Finding::Stale(_))
    }

    /// What it is called in the list.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Finding::Passed => "passed",
            Finding::Written(why) => why,
            Finding::Removed => "removed",
            Finding::Stale(_) => "STALE",
            Finding::Unplayed(_) => "not played",
            Finding::Bad(_) => "BAD",
            Finding::Missing(_) => "MISSING",
            Finding::Differs { .. } => "DIFFERS",
            Finding::Nondeterministic(_) | Finding::Failed(_) => "FAILED",
        }
    }

    /// What it is in a line.
    pub(super) fn message(&self) -> String {
        match self {
            Finding::Failed(run) => run.message.clone(),
            Finding::Bad(text) => {
                let line = text.lines().next().unwrap_or_default().trim();
                line.strip_prefix("error: ").unwrap_or(line).to_owned()
            }
            Finding::Nondeterministic(_) => "the same run came out differently".to_owned(),
            Finding::Missing(_) => "it holds, and there is no snapshot of it".to_owned(),
            Finding::Differs { .. } => "what happens is not what the snapshot says".to_owned(),
            Finding::Stale(_) => "it is a snapshot without a scenario".to_owned(),
            Finding::Passed | Finding::Unplayed(_) | Finding::Written(_) | Finding::Removed => String::new(),
        }
    }

    /// What is said below its line in the list; whole lines, or nothing.
    pub(super) fn details(&self) -> String {
        self.said().lines().fold(String::new(), |mut out, line| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{}", format!("    {line}").trim_end());
            out
        })
    }

    /// The same as it is.
    fn said(&self) -> String {
        match self {
            Finding::Passed | Finding::Written(_) | Finding::Removed => String::new(),
            Finding::Unplayed(text) | Finding::Bad(text) => text.clone(),
            Finding::Failed(run) => {
                let seed =
                    if run.is_other_seed { format!("with seed {}\n", run.seed) } else { String::new() };
                format!("{seed}{}\nplay it again: {}", run.summary, run.again)
            }
            Finding::Nondeterministic(text) => format!("the same run came out differently\n{text}"),
            Finding::Missing(_) => "it holds, and there is no snapshot of it".to_owned(),
            Finding::Stale(path) => format!("{} has no scenario: was it removed or renamed?", path.display()),
            Finding::Differs { kept, rendered } => {
                let meaning = meaning::difference(kept, rendered);
                format!("{meaning}the snapshot (-) is not what happens (+)\n{}", diff(kept, rendered))
            }
        }
    }
}

/// The first of what a run was found to do wrong, in a line.
fn first(outcome: &Outcome) -> String {
    let violation = outcome.violations.first().map(report::finding);
    let found = violation.or_else(|| Some(format!("expectation not met: {}", outcome.unmet.first()?)));
    let found = found.unwrap_or_else(|| "the run never came to rest".to_owned());
    found.lines().next().unwrap_or_default().to_owned()
}

/// The lines that differ, each group with a line before and after it.
fn diff(kept: &str, rendered: &str) -> String {
    let (kept, rendered) = (format!("{}\n", kept.trim_end()), format!("{}\n", rendered.trim_end()));
    let diff = TextDiff::from_lines(&kept, &rendered);
    let mut lines = Vec::new();
    for (number, group) in diff.grouped_ops(1).iter().enumerate() {
        if number > 0 {
            lines.push("  …".to_owned());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            lines.push(format!("{sign} {}", change.value().trim_end()));
        }
    }
    let more = lines.len().saturating_sub(DIFF_LINES_MAX);
    lines.truncate(DIFF_LINES_MAX);
    if more > 0 {
        lines.push(format!("  … {more} more lines"));
    }
    lines.join("\n")
}

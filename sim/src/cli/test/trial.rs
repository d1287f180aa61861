//! One scenario of `cosim test`, and what was found about it.

use super::super::exit::{Exit, Failure};
use super::super::{guests, input};
use super::{Folders, twice};
use crate::snapshot::{self, SCENARIO, SNAPSHOT};
use cosim_testbed::page::Tested;
use cosim_testbed::report;
use cosim_testbed::run::Verdict;
use cosim_testbed::scenario::Scenario;
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The lines of a difference that are shown; what follows is counted.
const DIFF_LINES_MAX: usize = 60;

/// A scenario that is to be tested.
#[derive(Debug)]
pub(super) struct Trial {
    scenario: PathBuf,
    snapshot: PathBuf,
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
    /// It does not hold: the end of its report, and the command that plays it again.
    Failed(Verdict, String),
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

    /// Plays it, and compares.
    pub(super) fn judge(&self, guests: &guests::Known) -> Finding {
        self.scenario(guests).map_or_else(|finding| finding, |scenario| self.play(&scenario))
    }

    /// The scenario, or why it cannot be played.
    fn scenario(&self, guests: &guests::Known) -> Result<Scenario, Finding> {
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
            Finding::Failed(..)
                | Finding::Nondeterministic(_)
                | Finding::Differs { .. }
                | Finding::Missing(_)
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
            let summary = report::summary(scenario, &outcome);
            let again = format!(
                "play it again: cosim run {} --seed {} --crypto {}",
                self.scenario.display(),
                outcome.seed,
                scenario.crypto.name()
            );
            return Finding::Failed(outcome.verdict(), format!("{summary}\n{again}"));
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
            | Finding::Failed(..) => Ok(self),
        }
    }

    /// The exit code that it calls for.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Finding::Passed | Finding::Unplayed(_) | Finding::Written(_) | Finding::Removed => Exit::Held,
            Finding::Bad(_) => Exit::Usage,
            Finding::Nondeterministic(_) => Exit::Nondeterminism,
            Finding::Failed(verdict, _) => (*verdict).into(),
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
            Finding::Nondeterministic(_) | Finding::Failed(..) => "FAILED",
        }
    }

    /// What is said below its line in the list; whole lines, or nothing.
    pub(super) fn details(&self) -> String {
        let text = match self {
            Finding::Passed | Finding::Written(_) | Finding::Removed => return String::new(),
            Finding::Unplayed(text) | Finding::Bad(text) | Finding::Failed(_, text) => text.clone(),
            Finding::Nondeterministic(text) => format!("the same run came out differently\n{text}"),
            Finding::Missing(_) => "it holds, and there is no snapshot of it".to_owned(),
            Finding::Stale(path) => format!("{} has no scenario: was it removed or renamed?", path.display()),
            Finding::Differs { kept, rendered } => {
                format!("the snapshot (-) is not what happens (+)\n{}", diff(kept, rendered))
            }
        };
        text.lines().fold(String::new(), |mut out, line| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{}", format!("    {line}").trim_end());
            out
        })
    }
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

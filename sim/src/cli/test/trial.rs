//! One scenario of `cosim test`, and what was found about it.

use super::super::exit::{Exit, Failure};
use super::super::results::{self, Case, Failed, Found};
use super::super::{guests, input};
use super::{Folders, difference, twice};
use crate::snapshot::{self, SCENARIO, SNAPSHOT};
use cosim_testbed::page::Tested;
use cosim_testbed::report;
use cosim_testbed::run::{Options, Outcome, UNMET_KEY, Verdict, run};
use cosim_testbed::scenario::Scenario;
use cosim_testbed::sweep::quoted;
use std::fmt::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A scenario that is to be tested.
#[derive(Debug)]
pub(super) struct Trial<'a> {
    folders: &'a Folders,
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
    /// All that was found, and the verdict.
    judgement: String,
    /// How it differs from the snapshot, if there is one that is of this seed.
    difference: String,
    /// The command that plays it again.
    pub(super) again: String,
    /// The commands that say more of it.
    next: Vec<String>,
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
    /// It holds and has no snapshot.
    Missing {
        /// What it would be.
        rendered: String,
        /// The command that writes it.
        update: String,
    },
    /// It holds, and its snapshot says something else.
    Differs {
        /// What the snapshot says.
        kept: String,
        /// What the run says.
        rendered: String,
        /// The command that writes it down.
        update: String,
    },
    /// A snapshot without a scenario: its path.
    Stale(PathBuf),
    /// Its snapshot was written: why.
    Written(&'static str),
    /// A snapshot without a scenario was removed.
    Removed,
}

impl<'a> Trial<'a> {
    pub(super) fn new(folders: &'a Folders, name: &Path) -> Trial<'a> {
        Trial {
            folders,
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
            (outcome.verdict() != Verdict::Held).then(|| self.failed(&scenario, &outcome, String::new()))
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

    fn failed(&self, scenario: &Scenario, outcome: &Outcome, difference: String) -> Finding {
        let (seed, is_other_seed) = (outcome.seed, outcome.seed != scenario.seed);
        let (path, guests) = (self.path(), &self.folders.guests);
        let again = format!("cosim run {path} --seed {seed}{guests}");
        let mut next = vec![again.clone()];
        // Futures are judged by oracles alone, and guests have none.
        if !scenario.has_guests() && outcome.key() != Some(UNMET_KEY) {
            next.push(format!("cosim why {path} --seed {seed}"));
        }
        next.push(format!("cosim shrink {path} --seed {seed}{guests} -o small.json"));
        if is_other_seed {
            next.push(self.command(&format!("--seeds {seed}..{}", seed.saturating_add(1))));
        }
        Finding::Failed(Box::new(FailedRun {
            verdict: outcome.verdict(),
            seed,
            key: outcome.key().map(str::to_owned),
            message: first(outcome),
            judgement: report::judgement(scenario, outcome),
            difference,
            again,
            next,
            is_other_seed,
        }))
    }

    /// Its path, as a command takes it.
    fn path(&self) -> String {
        quoted(&self.scenario.display().to_string())
    }

    /// The command that tests it alone, with this option.
    fn command(&self, option: &str) -> String {
        let Folders { named, guests, .. } = self.folders;
        format!("cosim test {named}{}{guests} {option}", self.path())
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
            Finding::Failed(_)
                | Finding::Nondeterministic(_)
                | Finding::Differs { .. }
                | Finding::Missing { .. }
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
        let kept = snapshot::read(&self.snapshot);
        if outcome.verdict() != Verdict::Held {
            let kept = kept.ok().flatten().filter(|kept| !snapshot::agrees(kept, &rendered));
            let difference = kept.map(|kept| difference::between(&kept, &rendered)).unwrap_or_default();
            return self.failed(scenario, &outcome, difference);
        }
        let update = self.command("--update");
        match kept {
            Ok(Some(kept)) if snapshot::agrees(&kept, &rendered) => Finding::Passed,
            Ok(Some(kept)) => Finding::Differs { kept, rendered, update },
            Ok(None) => Finding::Missing { rendered, update },
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
            Finding::Missing { rendered, .. } => write(rendered, "new"),
            Finding::Differs { rendered, .. } => match folders.beside(name) {
                Some(other) => Err(Failure(format!(
                    "error: {} is the snapshot of {}, too, which would be lost\nhint: give one of them another name, or keep these \
                     apart: --snapshots DIR",
                    path.display(),
                    other.display()
                ))),
                None => write(rendered, "changed"),
            },
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
            Finding::Missing { .. } | Finding::Differs { .. } | Finding::Stale(_) => Exit::Violated,
        }
    }

    /// Whether `--update` would mend it.
    pub(super) fn is_outdated(&self) -> bool {
        matches!(self, Finding::Missing { .. } | Finding::Differs { .. } | Finding::Stale(_))
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
            Finding::Missing { .. } => "MISSING",
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
            Finding::Missing { .. } => "it holds, and there is no snapshot of it".to_owned(),
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
                let judged = run.judgement.lines().map(|line| line.strip_prefix("  ").unwrap_or(line));
                let judged = judged.collect::<Vec<_>>().join("\n");
                format!("{seed}{judged}\n{}{}", run.difference, next(&run.next))
            }
            Finding::Nondeterministic(text) => format!("the same run came out differently\n{text}"),
            Finding::Missing { update, .. } => {
                format!("it holds, and there is no snapshot of it\n{}", next(std::slice::from_ref(update)))
            }
            Finding::Stale(path) => format!("{} has no scenario: was it removed or renamed?", path.display()),
            Finding::Differs { kept, rendered, update } => {
                format!(
                    "it holds, and differs from its snapshot\n{}{}",
                    difference::between(kept, rendered),
                    next(std::slice::from_ref(update))
                )
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

/// The commands that help next, each in a line.
fn next(commands: &[String]) -> String {
    commands.iter().map(|command| format!("next: {command}\n")).collect()
}

//! What a frozen or shrunk scenario says of code that has changed since: whether the failure is still there, is
//! another one, is mended, or was never given the chance to show.

use crate::run::{Outcome, UNMET_KEY, Unmet};
use crate::scenario::file::{Decision, Origin};
use std::fmt;

/// What has become of the run that a scenario was written from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replay {
    /// The same failure; or, where it did not fail, the same run, to the event.
    Reproduces,
    /// It fails otherwise than before: by this key, or because this was expected.
    AnotherFailure(String),
    /// It failed and holds now, and everything that the scenario decides was met.
    Fixed,
    /// It does not fail, but these decisions are about messages that never came: it may be another story by now.
    Diverged(Vec<Decision>),
    /// It did not fail and does not, but it is not the same run any more.
    Changed,
}

impl Replay {
    /// Compares an outcome with where its scenario comes from.
    pub fn of(origin: &Origin, outcome: &Outcome) -> Replay {
        match (origin.key.as_deref(), outcome.key()) {
            (Some(UNMET_KEY), Some(UNMET_KEY)) => Replay::of_unmet(origin, &outcome.unmet),
            (Some(before), Some(now)) if before == now => Replay::Reproduces,
            (_, Some(now)) => Replay::AnotherFailure(now.to_owned()),
            (None, None) if origin.fingerprint == Some(outcome.fingerprint.to_string()) => Replay::Reproduces,
            (_, None) if !outcome.unused.is_empty() => Replay::Diverged(outcome.unused.clone()),
            (Some(_), None) => Replay::Fixed,
            (None, None) => Replay::Changed,
        }
    }

    /// Where an expectation was not met before, and one is not met now. Older files do not say which it was.
    fn of_unmet(origin: &Origin, unmet: &[Unmet]) -> Replay {
        let is_it = |unmet: &Unmet| origin.unmet.as_ref().is_none_or(|before| *before == unmet.lasting());
        match unmet.first() {
            Some(first) if !unmet.iter().any(is_it) => Replay::AnotherFailure(first.to_string()),
            Some(_) | None => Replay::Reproduces,
        }
    }

    /// One word for machines.
    pub const fn name(&self) -> &'static str {
        match self {
            Replay::Reproduces => "reproduces",
            Replay::AnotherFailure(_) => "another failure",
            Replay::Fixed => "fixed",
            Replay::Diverged(_) => "diverged",
            Replay::Changed => "changed",
        }
    }
}

impl fmt::Display for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Replay::Reproduces => f.write_str("reproduces"),
            Replay::AnotherFailure(key) => write!(f, "another failure: {key}"),
            Replay::Fixed => f.write_str("fixed: no failure, and every decision was met"),
            Replay::Diverged(unused) => {
                write!(f, "diverged: no failure, but these messages never came:")?;
                unused.iter().try_for_each(|decision| write!(f, "\n    {decision}"))
            }
            Replay::Changed => f.write_str("changed: it holds, but is not the run that was frozen"),
        }
    }
}

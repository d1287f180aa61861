//! What whoever finds a capsule reads first: what failed, and how to play it again. It fits on a screen.

use super::{Failing, SCENARIO, SHRUNK};
use crate::report;
use crate::run::Outcome;
use crate::scenario::file;
use std::fmt;

/// What a `README.txt` is about.
#[derive(Debug)]
pub(super) struct Readme<'a> {
    pub(super) failing: &'a Failing<'a>,
    pub(super) key: &'a str,
    pub(super) outcome: &'a Outcome,
    /// What was cut down, or why nothing was; `None` where that was not asked for.
    pub(super) shrunk: Option<&'a Result<file::Scenario, String>>,
    pub(super) command: &'a str,
}

impl fmt::Display for Readme<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Readme { failing, key, outcome, shrunk, command } = self;
        writeln!(f, "{key}\n")?;
        match (outcome.violations.first(), outcome.unmet.first()) {
            (Some(violation), _) => writeln!(f, "  {}", report::finding(violation))?,
            (None, Some(_)) => f.write_str(&report::unmet_in(report::COLUMNS, outcome))?,
            (None, None) => writeln!(f, "  the violation that the scenario expects did not occur")?,
        }
        writeln!(f, "\nIt came of seed {} of {}.", failing.seed, failing.name)?;
        let version = env!("CARGO_PKG_VERSION");
        writeln!(
            f,
            "cosim {version} ({}) plays it again, with the fingerprint {}:\n",
            failing.build, outcome.fingerprint
        )?;
        writeln!(f, "  {command}")?;
        writeln!(f, "  {command} --log")?;
        if let Some(Ok(_)) = shrunk {
            writeln!(f, "  {command}/{SHRUNK} --log")?;
            if outcome.unmet.is_empty() {
                let prove = command.replacen("cosim run", "cosim prove", 1);
                writeln!(f, "\nWhen it is mended, this plays every schedule near it:\n\n  {prove}/{SHRUNK}")?;
            }
        }
        writeln!(f, "\nThis folder is enough: copy it, and give `cosim run` the path of the copy.\n")?;
        writeln!(f, "  {SCENARIO}  the run without randomness: all that happened, message by message")?;
        match shrunk {
            Some(Ok(file)) => {
                let left = match file.timeline.len() {
                    1 => "1 operation".to_owned(),
                    n => format!("{n} operations"),
                };
                let expected = if outcome.unmet.is_empty() { "; expected, and so exit code 0" } else { "" };
                writeln!(f, "  {SHRUNK}    the same failure, cut down to {left}{expected}")?;
            }
            Some(Err(why)) => writeln!(f, "  (there is no shrunk.json: {why})")?,
            None => {}
        }
        writeln!(f, "  log.txt        what happened, in order")?;
        writeln!(f, "  log.jsonl      the same for machines; `cosim diff` compares it with another")?;
        writeln!(f, "  states.json    what every node held in the end")?;
        writeln!(f, "  verdict.json   what the oracles found, with figures and versions")
    }
}

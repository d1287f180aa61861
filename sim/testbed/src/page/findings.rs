//! The page of what many sweeps have found: every finding, and the smallest runs that show one.

use super::played::one_of_several;
use super::{Contents, Runs};
use crate::scenario::Scenario;
use serde_json::{Value, json};

/// What many sweeps have found.
#[derive(Debug)]
pub struct Findings<'a> {
    /// The file that remembers it, as it was named.
    pub database: &'a str,
    /// How much was played, in words.
    pub played: String,
    /// Each finding, in the order in which it is shown.
    pub all: Vec<Finding>,
}

/// A finding.
#[derive(Debug)]
pub struct Finding {
    /// Its failure key.
    pub key: String,
    /// The shape of what is left of it when it is cut down.
    pub shape: String,
    /// What has become of it: `ongoing`, `gone`.
    pub state: &'static str,
    /// Whether somebody has to look at it.
    pub is_open: bool,
    /// What else is known of it: what is said of it, and what it is.
    pub told: Vec<(&'static str, String)>,
    /// The smallest run that shows it, if there is one that can be played.
    pub smallest: Option<Scenario>,
    /// The command that plays that run.
    pub command: String,
}

/// The page of findings.
pub fn findings(findings: &Findings<'_>, contents: Contents) -> String {
    let Findings { database, played, all } = findings;
    let mut runs = Runs::default();
    let all: Vec<Value> = all.iter().map(|finding| told(&mut runs, finding, contents)).collect();
    let facts = json!({
        "cosim": env!("CARGO_PKG_VERSION"), "database": database, "played": played, "findings": all,
    });
    runs.html("findings", &format!("Findings in {database}"), &facts)
}

fn told(runs: &mut Runs, finding: &Finding, contents: Contents) -> Value {
    let Finding { key, shape, state, is_open, told, smallest, command } = finding;
    let run = smallest.as_ref().map(|scenario| {
        runs.room()?;
        let (outcome, facts) = one_of_several(scenario, scenario.seed, key, command.clone());
        Ok::<_, String>(runs.add(outcome.log.as_ref().expect("it was asked for"), &facts, contents))
    });
    json!({
        "key": key, "shape": shape, "state": state, "open": is_open, "told": told,
        "run": run.as_ref().and_then(|run| run.as_ref().ok()),
        "why": run.as_ref().and_then(|run| run.as_ref().err()),
    })
}

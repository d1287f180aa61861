//! The page of a folder of scenarios, each held against its snapshot: what was found of each, and the failing ones whole.

use super::played::one_of_several;
use super::{Contents, Runs};
use crate::scenario::Scenario;
use serde_json::{Value, json};

/// Scenarios that were tested.
#[derive(Debug)]
pub struct Tests<'a> {
    /// The folder, as it was named.
    pub folder: &'a str,
    /// What was found, in the order in which it is shown.
    pub all: Vec<Tested>,
    /// What a command says of guests.
    pub guests: &'a str,
}

/// What was found of one scenario.
#[derive(Debug)]
pub struct Tested {
    /// Its path.
    pub path: String,
    /// What it is called: `passed`, `FAILED`.
    pub word: &'static str,
    /// Whether it is as it should be; `None` where it was not played.
    pub passed: Option<bool>,
    /// More about it, in lines.
    pub details: String,
    /// The scenario, if its run is to be in the page.
    pub scenario: Option<Scenario>,
}

/// The page of what was tested.
pub fn tests(tests: &Tests<'_>, contents: Contents) -> String {
    let mut runs = Runs::default();
    let all: Vec<Value> = tests.all.iter().map(|test| tests.told(&mut runs, test, contents)).collect();
    let facts = json!({ "cosim": env!("CARGO_PKG_VERSION"), "folder": tests.folder, "tests": all });
    runs.html("tests", &format!("Tests of {}", tests.folder), &facts)
}

impl Tests<'_> {
    fn told(&self, runs: &mut Runs, test: &Tested, contents: Contents) -> Value {
        let Tested { path, word, passed, details, scenario } = test;
        let run = scenario.as_ref().map(|scenario| self.embed(runs, path, scenario, contents));
        json!({
            "path": path,
            "word": word,
            "passed": passed,
            // It may quote what apps wrote.
            "details": (contents == Contents::Shown).then_some(details),
            "run": run.as_ref().and_then(|run| run.as_ref().ok()),
            "why": run.as_ref().and_then(|run| run.as_ref().err()),
        })
    }

    /// Puts a run into the page and gives back its number there, or says why it is not in it.
    fn embed(
        &self,
        runs: &mut Runs,
        path: &str,
        scenario: &Scenario,
        contents: Contents,
    ) -> Result<usize, String> {
        runs.room()?;
        let (seed, crypto) = (scenario.seed, scenario.crypto.name());
        let command = format!("cosim run {path} --seed {seed} --crypto {crypto}{}", self.guests);
        let (outcome, facts) = one_of_several(scenario, seed, path, command);
        let log = outcome.log.as_ref().expect("it was asked for");
        Ok(runs.add(log, &facts, contents))
    }
}

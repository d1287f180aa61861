//! Runs, one setting after another, for tests in Rust.

use super::{Judging, Options, Outcome, Stage, play_cast};
use crate::decision::Seeded;
use crate::log::{Limit, With};
use crate::oracles::Oracle;
use crate::scenario::Scenario;

/// A run that is about to be played: a scenario, its own seed, and the oracles that the scenario asks for, unless
/// something else is said.
///
/// ```
/// use cosim_testbed::oracles::{About, Blames, Look, Mail, Needed, Oracle, Property, Scene, Subject};
/// use cosim_testbed::run::{Run, Verdict};
/// use cosim_testbed::scenario::parse;
///
/// /// An oracle of one's own: a budget of messages.
/// #[derive(Clone, Debug)]
/// struct Terse { left: u32 }
///
/// const TERSE: About = About {
///     name: "terse", sentence: "not too much is said", when: "every message", property: Property::Safety,
///     blames: Blames::Anybody, subject: Needed::Nothing, needs: &[], turn: 0, since: 1,
/// };
///
/// impl Oracle for Terse {
///     fn about(&self) -> &'static About { &TERSE }
///
///     fn sent(&mut self, _scene: &Scene<'_>, mail: &Mail<'_>) -> Look {
///         let is_over = self.left == 0;
///         self.left = self.left.saturating_sub(1);
///         Look::once(is_over.then(|| Subject {
///             node: mail.from, peer: Some(mail.to), id: None, kind: "message", what: "one message too many".to_owned(),
///         }))
///     }
/// }
///
/// let text = r#"{
///     "version": 1, "about": "Alice writes, and the server is sent it.",
///     "nodes": { "alice": {}, "server": {} },
///     "network": { "loss": "20%" },
///     "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
///     "timeline": [
///         { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
///         { "at": "1s", "edit": { "node": "alice", "id": "notes" } }
///     ]
/// }"#;
/// let scenario = parse(text, "alice.json").expect("a scenario");
///
/// let outcome = Run::of(&scenario).seed(7).play();
/// assert_eq!(outcome.verdict(), Verdict::Held);
///
/// let outcome = Run::of(&scenario).seed(7).oracle(Terse { left: 2 }).play();
/// assert_eq!(outcome.key(), Some("terse client>server message"));
/// ```
#[derive(Debug)]
#[must_use = "it is only played by `play`"]
pub struct Run<'a> {
    scenario: &'a Scenario,
    seed: u64,
    options: Options,
    own: Vec<Box<dyn Oracle>>,
}

impl<'a> Run<'a> {
    /// A run of this scenario.
    pub fn of(scenario: &'a Scenario) -> Run<'a> {
        Run { scenario, seed: scenario.seed, options: Options::judged(), own: Vec::new() }
    }

    /// With this seed.
    pub fn seed(self, seed: u64) -> Run<'a> {
        Run { seed, ..self }
    }

    /// With these options.
    pub fn options(self, options: Options) -> Run<'a> {
        Run { options, ..self }
    }

    /// With so much of the log kept in the outcome.
    pub fn log(self, limit: Limit) -> Run<'a> {
        Run { options: Options { log: Some(limit), ..self.options }, ..self }
    }

    /// With a log that tells these things too, if one is kept.
    pub fn with(self, with: With) -> Run<'a> {
        Run { options: self.options.with(with), ..self }
    }

    /// Without oracles: for measuring.
    pub fn unjudged(self) -> Run<'a> {
        Run { options: Options { oracles: Judging::Off, ..self.options }, ..self }
    }

    /// Judged by one oracle more.
    pub fn oracle(mut self, oracle: impl Oracle + 'static) -> Run<'a> {
        self.own.push(Box::new(oracle));
        self
    }

    /// Plays it.
    pub fn play(self) -> Outcome {
        let Run { scenario, seed, options, own } = self;
        if scenario.file.decisions.is_none() {
            return play_cast(own, scenario, seed, options, Seeded).0;
        }
        let director = Stage::new(scenario, seed).director();
        let (mut outcome, director) = play_cast(own, scenario, seed, options, director);
        outcome.unused = director.unused();
        outcome
    }
}

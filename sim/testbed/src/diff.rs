//! What sets two runs apart: the first event that differs, and what led to it on either side.
//!
//! Each side is a run, or the log of one that somebody kept. Logs are compared line by line, by what is written of them:
//! names count, numbers given to names do not. A message that arrives is compared where it does. That the faults end is
//! passed over: it is no event, and a frozen run has none to end. So are states and looks, which a log tells only on
//! demand: they come of what else it says. Of two runs, the decisions that only one of them made are told too.

mod address;
mod align;
mod brief;
mod meaning;
mod text;
mod witness;

pub use align::{Alignment, How, Row, align};

use crate::log::{Entry, Event, Limit, Log, Recorded};
use crate::run::{Options, Outcome, Stage, Verdict, play_cast};
use crate::scenario::Scenario;
use crate::script::Made;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

/// A run that is compared with another, or the log of one.
#[derive(Clone, Debug)]
pub struct Side {
    /// What it is called: a path, and the seed of a run.
    name: String,
    /// The version of cosim that played it.
    cosim: String,
    log: Log,
    /// What it came to, in words; not known of a log.
    verdict: Option<String>,
    /// What was decided otherwise than harmlessly, in order; not known of a log.
    decisions: Option<Vec<Made>>,
}

impl Side {
    /// A log that was read.
    pub fn recorded(name: String, recorded: Recorded) -> Side {
        Side { name, cosim: recorded.cosim, log: recorded.log, verdict: None, decisions: None }
    }

    /// A run, which is played.
    pub fn played(path: &str, scenario: &Scenario, seed: u64) -> Side {
        let director = Stage::new(scenario, seed).director().recording();
        let (outcome, director) =
            play_cast(Vec::new(), scenario, seed, Options::logged(Limit::All), director);
        Side::of(path, seed, outcome, director.into_made())
    }

    /// A run that was played, with what was decided in it.
    pub(crate) fn of(path: &str, seed: u64, outcome: Outcome, made: Vec<Made>) -> Side {
        let verdict = verdict(&outcome);
        let log = outcome.log.unwrap_or_else(|| Log::new(outcome.cast, Vec::new(), Limit::All));
        Side {
            name: format!("{path}, seed {seed}"),
            cosim: env!("CARGO_PKG_VERSION").to_owned(),
            verdict: Some(verdict),
            decisions: Some(witness::placed(made, &log)),
            log,
        }
    }

    /// What it is called: a path, and the seed of a run.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its log.
    pub fn log(&self) -> &Log {
        &self.log
    }

    fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.log.entries().filter(|entry| is_event(entry))
    }

    fn len(&self) -> usize {
        self.entries().count()
    }

    /// What is compared of an entry.
    fn json(&self, entry: &Entry) -> Value {
        let mut json = entry.to_json(self.log.cast());
        // What else happens to a message on its way shows when its copies arrive, and the words of an operation say what
        // it is about; logs of version 1 lack both.
        if let Some(fields) = json.as_object_mut() {
            fields.remove("way");
            if matches!(entry.what, Event::Operation { .. }) {
                fields.retain(|field, _| !["nodes", "id"].contains(&field.as_str()));
            }
        }
        json
    }

    /// How many entries there are before the first that was left out.
    fn whole_until(&self) -> usize {
        match self.log.dropped() {
            (_, 0) => self.len(),
            (before, _) => self.log.entries().take(before).filter(|entry| is_event(entry)).count(),
        }
    }
}

/// What a run came to, in words.
fn verdict(outcome: &Outcome) -> String {
    let found = outcome.violations.first().map(|found| found.key.as_str());
    let verdict = match (outcome.verdict(), found) {
        (Verdict::Held, None) => return "held".to_owned(),
        (Verdict::Held, Some(found)) => return format!("held, with the violation that it expects: {found}"),
        (Verdict::Violated, None) if outcome.expected_violation == Some(false) => {
            return "violated: the violation that it expects did not come".to_owned();
        }
        (Verdict::Liveness, _) => "not live",
        (Verdict::Violated, _) => "violated",
        (Verdict::Guest, _) => "a guest failed",
    };
    format!("{verdict}, {}", outcome.key().unwrap_or_default())
}

/// The fields that say when something happens, or count.
const TIME: [&str; 8] = ["at", "event", "sentAt", "sentIn", "mail", "n", "re", "connection"];

/// Whether a field only says when, or counts.
fn is_time(path: &str) -> bool {
    TIME.contains(&path)
}

fn is_event(entry: &Entry) -> bool {
    entry.what.is_told() && !matches!(entry.what, Event::Liveness {})
}

/// What a comparison came to.
#[derive(Clone, Debug)]
pub enum Compared<'a> {
    /// Both logs say the same, in so many entries.
    Same(usize),
    /// They do not.
    Different(Box<Difference<'a>>),
}

/// Where two runs part.
#[derive(Clone, Debug)]
pub struct Difference<'a> {
    sides: [&'a Side; 2],
    /// How many entries come before, the same on both sides.
    at: usize,
    /// What differs between the two entries there; nothing where they tell of different things, or there is only one.
    fields: Vec<Field>,
}

/// A field of an entry that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    /// Its path: `message.sessions.alice/1`.
    path: String,
    values: [Option<Value>; 2],
}

/// A log lacks what would have to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    name: String,
    entries: u64,
    after: usize,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LeftOut { name, entries, after } = self;
        write!(
            f,
            "{name} leaves out {entries} entries after the first {after}, up to which there is no difference"
        )
    }
}

impl std::error::Error for LeftOut {}

/// Compares two sides.
///
/// # Errors
/// There is no difference as far as both logs go without leaving anything out.
pub fn compare<'a>(a: &'a Side, b: &'a Side) -> Result<Compared<'a>, LeftOut> {
    let whole = a.whole_until().min(b.whole_until());
    let pairs = a.entries().zip(b.entries()).take(whole);
    for (at, (left, right)) in pairs.enumerate() {
        let (left, right) = (a.json(left), b.json(right));
        if left != right {
            let fields = if left["kind"] == right["kind"] { differing(&left, &right) } else { Vec::new() };
            return Ok(Compared::Different(Box::new(Difference { sides: [a, b], at, fields })));
        }
    }
    for side in [a, b] {
        let (after, entries) = side.log.dropped();
        if entries > 0 {
            let after = side.log.entries().take(after).filter(|entry| entry.what.is_told()).count();
            return Err(LeftOut { name: side.name.clone(), entries, after });
        }
    }
    if a.len() == b.len() {
        return Ok(Compared::Same(whole));
    }
    Ok(Compared::Different(Box::new(Difference { sides: [a, b], at: whole, fields: Vec::new() })))
}

/// The smallest parts in which two values differ.
fn differing(a: &Value, b: &Value) -> Vec<Field> {
    let mut fields = Vec::new();
    descend(String::new(), [Some(a), Some(b)], &mut fields);
    fields
}

fn descend(path: String, values: [Option<&Value>; 2], fields: &mut Vec<Field>) {
    let inside = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match values {
        [Some(a), Some(b)] if a == b => {}
        [Some(Value::Object(a)), Some(Value::Object(b))] => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            keys.into_iter().for_each(|key| descend(inside(key), [a.get(key), b.get(key)], fields));
        }
        [Some(Value::Array(a)), Some(Value::Array(b))] => {
            for i in 0..a.len().max(b.len()) {
                descend(inside(&i.to_string()), [a.get(i), b.get(i)], fields);
            }
        }
        values => fields.push(Field { path, values: values.map(|value| value.cloned()) }),
    }
}

impl Difference<'_> {
    /// How many entries come before it, the same on both sides.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The entry of a side that differs; `None` where its log has ended.
    fn entry(&self, side: usize) -> Option<&Entry> {
        self.sides[side].entries().nth(self.at)
    }

    /// What led to the entry of a side that differs, the first cause first, itself last.
    fn causes(&self, side: usize) -> Vec<&Entry> {
        let Some(entry) = self.entry(side) else { return Vec::new() };
        let mut causes = self.sides[side].log.chain(entry.event);
        if causes.last().is_none_or(|last| *last != entry) {
            causes.push(entry);
        }
        causes
    }

    /// The decisions that only either side made up to where they part, in words; `None` where one is not a run.
    pub fn decided(&self) -> Option<[Vec<String>; 2]> {
        let words = |side| Some(self.decisions(side)?.into_iter().map(ToString::to_string).collect());
        Some([words(0)?, words(1)?])
    }

    /// The decisions that only this side made up to where they part; `None` where one side is not a run.
    fn decisions(&self, side: usize) -> Option<Vec<&Made>> {
        let (made, others) = (self.sides[side].decisions.as_ref()?, self.sides[1 - side].decisions.as_ref()?);
        // What is decided in an event comes of it, but for the loss that an entry is about.
        let before = match self.entry(side) {
            Some(Entry { event, what: Event::Sent { .. }, .. }) => event + 1,
            Some(Entry { event, .. }) => *event,
            None => u64::MAX,
        };
        let others: BTreeSet<_> = others.iter().map(Made::what).collect();
        Some(made.iter().filter(|made| made.event < before && !others.contains(&made.what())).collect())
    }
}

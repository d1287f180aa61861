//! What is known of a run beside its log: what it came to, the scenario, and how to play it again. Of a log that comes
//! from elsewhere nothing of this is known, and the page says so.

use super::Contents;
use super::redact;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What is known of a run beside its log.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// The version of cosim that wrote the log.
    pub cosim: String,
    /// What the scenario tells.
    pub about: Option<String>,
    /// The word for what it came to.
    pub verdict: Option<&'static str>,
    /// The failure key.
    pub key: Option<String>,
    /// How it ended: `silent`, `violation`, `restless` or `guest`.
    pub end: Option<&'static str>,
    /// When it ended, in microseconds.
    pub ended_at: Option<u64>,
    /// The hash over the run.
    pub fingerprint: Option<String>,
    /// The summary that `cosim run` prints.
    pub summary: Option<String>,
    /// What the oracles found, the first first.
    pub violations: Vec<Violated>,
    /// Whether the scenario expects this violation.
    pub is_expected: bool,
    /// What the scenario expects and did not come.
    pub unmet: Vec<Missed>,
    /// How guests failed.
    pub guest_failures: Vec<String>,
    /// How often each oracle looked.
    pub looks: BTreeMap<&'static str, u64>,
    /// What must hold, by oracle.
    pub rules: BTreeMap<&'static str, &'static str>,
    /// The operations, by name: what act each is, and whom it is about.
    pub acts: BTreeMap<String, Map<String, Value>>,
    /// The wall clocks that are wrong from the start, by node.
    pub clocks: BTreeMap<String, Value>,
    /// The nodes that guests play, by node.
    pub guests: BTreeMap<String, String>,
    /// What every app sees in the end, by node and CoValue.
    pub views: Value,
    /// What was decided against the harmless, in words, and what happens without it where that was tried.
    pub decisions: Vec<Without>,
    /// What the scenario decides about what never came, in words.
    pub unused: Vec<String>,
    /// From which scenario and seed it was frozen or cut down, where it was.
    pub origin: Option<Value>,
    /// The command that plays it again.
    pub command: Option<String>,
    /// The scenario, as JSON text.
    pub scenario: Option<String>,
    /// The run as a scenario without randomness, as JSON text.
    pub frozen: Option<String>,
    /// Whether what apps wrote is left out.
    pub is_redacted: bool,
}

/// An expectation that is not met.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Missed {
    /// Which, and what was instead, in words.
    pub says: String,
    /// What led to it, a sentence each.
    pub why: Vec<String>,
    /// Whether the scenario says of it that it is not met yet.
    pub is_known: bool,
}

/// What an oracle found.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Violated {
    /// Which oracle.
    pub oracle: &'static str,
    /// What must hold.
    pub rule: String,
    /// The failure key.
    pub key: String,
    /// In which event.
    pub event: u64,
    /// When, in microseconds.
    pub at: u64,
    /// Which node.
    pub node: String,
    /// Which other node.
    pub peer: Option<String>,
    /// Which CoValue.
    pub id: Option<String>,
    /// What is wrong, in words.
    pub what: String,
    /// What may have led to it: entries of the log, by number.
    pub causes: Vec<usize>,
}

/// A decision, and what happens without it.
#[derive(Clone, Debug, Serialize)]
pub struct Without {
    /// The decision, in words.
    pub decision: String,
    /// What happens without it, where that was tried.
    pub without: Option<String>,
}

impl Facts {
    /// What is known where there is only a log, which this version of cosim wrote.
    pub fn of_log(cosim: String) -> Facts {
        Facts { cosim, ..Facts::default() }
    }

    /// The same without what apps wrote: what may hold it goes, or is told by its size and hash.
    pub(super) fn redacted(&self) -> Facts {
        let short = |text: &String| redact::text(text);
        Facts {
            about: None,
            summary: None,
            scenario: None,
            frozen: None,
            violations: self
                .violations
                .iter()
                .map(|found| Violated { what: String::new(), ..found.clone() })
                .collect(),
            unmet: self
                .unmet
                .iter()
                .map(|missed| Missed { says: short(&missed.says), why: Vec::new(), ..missed.clone() })
                .collect(),
            guest_failures: self.guest_failures.iter().map(short).collect(),
            views: redact::views(&self.views),
            origin: self.origin.clone().map(without_unmet),
            is_redacted: true,
            ..self.clone()
        }
    }

    pub(super) fn shown(&self, contents: Contents) -> Facts {
        match contents {
            Contents::Shown => self.clone(),
            Contents::Redacted => self.redacted(),
        }
    }
}

/// An origin without what was expected and what came: both are what apps wrote.
fn without_unmet(mut origin: Value) -> Value {
    if let Value::Object(fields) = &mut origin {
        fields.remove("unmet");
    }
    origin
}

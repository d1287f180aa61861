//! Explicit decisions: what happens to single messages, by address, whatever the seed says.

use super::Duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happens to single messages. A message is addressed by what it means: `alice>server content notes edit-1 #2` is
/// the second content in which alice brings edit-1 to the server. `cosim freeze` writes these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decisions {
    /// Messages that never arrive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<String>,
    /// Messages that arrive twice, and how long the second copy takes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub duplicated: BTreeMap<String, Duration>,
    /// Messages that leave the order, and how much longer they take.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reordered: BTreeMap<String, Duration>,
    /// Ends that notice a connection later than at once, and how much later.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub noticed: BTreeMap<String, Duration>,
    /// Messages that take another time than their link says.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub latencies: BTreeMap<String, Duration>,
}

/// One decision, as it can be taken away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decision {
    /// What it decides.
    pub kind: DecisionKind,
    /// About what.
    pub address: String,
}

/// What a decision decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecisionKind {
    /// A message is lost.
    Lost,
    /// A message arrives twice.
    Duplicated,
    /// A message leaves the order.
    Reordered,
    /// An end notices late.
    Noticed,
    /// A message takes another time.
    Latency,
}

impl Decisions {
    /// Whether nothing is decided.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many decisions there are.
    pub fn len(&self) -> usize {
        self.lost.len() + self.tables().iter().map(|(_, table)| table.len()).sum::<usize>()
    }

    /// Every decision.
    pub fn iter(&self) -> impl Iterator<Item = Decision> + '_ {
        let lost = self.lost.iter().map(|address| (DecisionKind::Lost, address));
        let timed = self
            .tables()
            .into_iter()
            .flat_map(|(kind, table)| table.keys().map(move |address| (kind, address)));
        lost.chain(timed).map(|(kind, address)| Decision { kind, address: address.clone() })
    }

    fn tables(&self) -> [(DecisionKind, &BTreeMap<String, Duration>); 4] {
        [
            (DecisionKind::Duplicated, &self.duplicated),
            (DecisionKind::Reordered, &self.reordered),
            (DecisionKind::Noticed, &self.noticed),
            (DecisionKind::Latency, &self.latencies),
        ]
    }

    /// Every decision, with its span where its kind has one.
    pub(crate) fn with_spans(&self) -> impl Iterator<Item = (Decision, Option<Duration>)> + '_ {
        self.iter().map(|decision| {
            let span = self.table(decision.kind).and_then(|table| table.get(&decision.address)).copied();
            (decision, span)
        })
    }

    /// Whether a decision is listed.
    pub(crate) fn has(&self, kind: DecisionKind, address: &str) -> bool {
        match self.table(kind) {
            None => self.lost.iter().any(|lost| lost == address),
            Some(table) => table.contains_key(address),
        }
    }

    /// The decisions of a kind that have a span; `None` for messages that are lost.
    pub(crate) fn table(&self, kind: DecisionKind) -> Option<&BTreeMap<String, Duration>> {
        match kind {
            DecisionKind::Lost => None,
            DecisionKind::Duplicated => Some(&self.duplicated),
            DecisionKind::Reordered => Some(&self.reordered),
            DecisionKind::Noticed => Some(&self.noticed),
            DecisionKind::Latency => Some(&self.latencies),
        }
    }

    /// Adds a decision; one of the same kind and address is replaced. A message that is lost has no span.
    pub(crate) fn put(&mut self, decision: Decision, span: Option<Duration>) {
        let Decision { kind, address } = decision;
        let table = match kind {
            DecisionKind::Lost if self.lost.contains(&address) => return,
            DecisionKind::Lost => return self.lost.push(address),
            DecisionKind::Duplicated => &mut self.duplicated,
            DecisionKind::Reordered => &mut self.reordered,
            DecisionKind::Noticed => &mut self.noticed,
            DecisionKind::Latency => &mut self.latencies,
        };
        table.insert(address, span.unwrap_or_default());
    }

    /// Keeps the decisions of which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&Decision) -> bool) {
        let mut keeps = |kind, address: &String| keep(&Decision { kind, address: address.clone() });
        self.lost.retain(|address| keeps(DecisionKind::Lost, address));
        self.duplicated.retain(|address, _| keeps(DecisionKind::Duplicated, address));
        self.reordered.retain(|address, _| keeps(DecisionKind::Reordered, address));
        self.noticed.retain(|address, _| keeps(DecisionKind::Noticed, address));
        self.latencies.retain(|address, _| keeps(DecisionKind::Latency, address));
    }
}

impl std::fmt::Display for Decision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.kind {
            DecisionKind::Lost => "lost",
            DecisionKind::Duplicated => "duplicated",
            DecisionKind::Reordered => "reordered",
            DecisionKind::Noticed => "noticed late",
            DecisionKind::Latency => "latency",
        };
        write!(f, "{kind}: {}", self.address)
    }
}

/// Where a scenario comes from that `freeze` or `shrink` wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The scenario that was frozen.
    pub scenario: String,
    /// The seed that was played.
    pub seed: u64,
    /// The version of cosim that wrote it.
    pub cosim: String,
    /// The fingerprint of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// The failure key of the run, if it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

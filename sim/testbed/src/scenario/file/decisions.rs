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
    /// Messages that are taken out of order, and how much longer they take.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reordered: BTreeMap<String, Duration>,
    /// Messages that arrive once more, much later, and how long after they were sent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub replayed: BTreeMap<String, Duration>,
    /// Messages in which a bit flips, and which bit (past the last bit, counting starts again at the first).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub damaged: BTreeMap<String, u32>,
    /// Messages that lose the end of what they carry, and how much of it: 0 is the least (past the most, counting
    /// starts again at 0).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub truncated: BTreeMap<String, u32>,
    /// Writes that take longer or shorter than their disk says, and how long.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub writes: BTreeMap<String, Duration>,
    /// Writes that are reported as failed, and how much of each is on the disk anyway: 0 nothing, 1 half of it, 2 all
    /// of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub failed_writes: BTreeMap<String, u32>,
    /// Crashes, and how many of the unfinished writes each leaves, in order.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kept_writes: BTreeMap<String, u32>,
    /// Crashes that leave a part of the next unfinished write, and how many bytes of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub torn_writes: BTreeMap<String, u32>,
    /// Ends of a link that notice a connect or disconnect late, and how late.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub noticed: BTreeMap<String, Duration>,
    /// Messages that take longer or shorter than their link says, and how long.
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
    /// A message arrives once more, long after.
    Replayed,
    /// A bit of a message flips.
    Damaged,
    /// The end of a message is cut off.
    Truncated,
    /// A write takes another time.
    Write,
    /// A write fails.
    FailedWrite,
    /// A crash leaves only some of the writes under way.
    KeptWrites,
    /// A crash leaves a part of a write.
    TornWrite,
}

impl DecisionKind {
    /// Every kind, the least harmful first.
    pub(crate) const ALL: [DecisionKind; 12] = [
        DecisionKind::Write,
        DecisionKind::Latency,
        DecisionKind::Reordered,
        DecisionKind::Duplicated,
        DecisionKind::Replayed,
        DecisionKind::Noticed,
        DecisionKind::Truncated,
        DecisionKind::Damaged,
        DecisionKind::Lost,
        DecisionKind::TornWrite,
        DecisionKind::KeptWrites,
        DecisionKind::FailedWrite,
    ];
}

/// What a decision says beside its kind and address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    /// Nothing.
    Nothing,
    /// How long it lasts.
    Span(Duration),
    /// Where or how much.
    Place(u32),
}

impl Decisions {
    /// Whether nothing is decided.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many decisions there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Every decision.
    pub fn iter(&self) -> impl Iterator<Item = Decision> + '_ {
        self.with_details().map(|(decision, _)| decision)
    }

    /// Every decision, with what else it says.
    pub(crate) fn with_details(&self) -> impl Iterator<Item = (Decision, Detail)> + '_ {
        let lost = self.lost.iter().map(|address| (DecisionKind::Lost, address, Detail::Nothing));
        let spans = self.spans().into_iter().flat_map(|(kind, table)| {
            table.iter().map(move |(address, span)| (kind, address, Detail::Span(*span)))
        });
        let places = self.places().into_iter().flat_map(|(kind, table)| {
            table.iter().map(move |(address, place)| (kind, address, Detail::Place(*place)))
        });
        let all = lost.chain(spans).chain(places);
        all.map(|(kind, address, detail)| (Decision { kind, address: address.clone() }, detail))
    }

    fn spans(&self) -> [(DecisionKind, &BTreeMap<String, Duration>); 6] {
        [
            (DecisionKind::Duplicated, &self.duplicated),
            (DecisionKind::Reordered, &self.reordered),
            (DecisionKind::Noticed, &self.noticed),
            (DecisionKind::Latency, &self.latencies),
            (DecisionKind::Replayed, &self.replayed),
            (DecisionKind::Write, &self.writes),
        ]
    }

    fn places(&self) -> [(DecisionKind, &BTreeMap<String, u32>); 5] {
        [
            (DecisionKind::Damaged, &self.damaged),
            (DecisionKind::Truncated, &self.truncated),
            (DecisionKind::FailedWrite, &self.failed_writes),
            (DecisionKind::KeptWrites, &self.kept_writes),
            (DecisionKind::TornWrite, &self.torn_writes),
        ]
    }

    /// Whether a decision is listed.
    pub(crate) fn has(&self, kind: DecisionKind, address: &str) -> bool {
        match kind {
            DecisionKind::Lost => self.lost.iter().any(|lost| lost == address),
            _ => self.span(kind, address).is_some() || self.place(kind, address).is_some(),
        }
    }

    /// The span of a decision, where it is listed and of a kind that has one.
    pub(crate) fn span(&self, kind: DecisionKind, address: &str) -> Option<Duration> {
        let (_, table) = self.spans().into_iter().find(|(of, _)| *of == kind)?;
        table.get(address).copied()
    }

    /// The place in the message of a decision, where it is listed and of a kind that has one.
    pub(crate) fn place(&self, kind: DecisionKind, address: &str) -> Option<u32> {
        let (_, table) = self.places().into_iter().find(|(of, _)| *of == kind)?;
        table.get(address).copied()
    }

    /// Adds a decision; one of the same kind and address is replaced. What it does not say is zero.
    pub(crate) fn put(&mut self, decision: Decision, detail: Detail) {
        let Decision { kind, address } = decision;
        let span = if let Detail::Span(span) = detail { span } else { Duration::default() };
        let place = if let Detail::Place(place) = detail { place } else { 0 };
        match kind {
            DecisionKind::Lost if self.lost.contains(&address) => {}
            DecisionKind::Lost => self.lost.push(address),
            DecisionKind::Duplicated => _ = self.duplicated.insert(address, span),
            DecisionKind::Reordered => _ = self.reordered.insert(address, span),
            DecisionKind::Noticed => _ = self.noticed.insert(address, span),
            DecisionKind::Latency => _ = self.latencies.insert(address, span),
            DecisionKind::Replayed => _ = self.replayed.insert(address, span),
            DecisionKind::Damaged => _ = self.damaged.insert(address, place),
            DecisionKind::Truncated => _ = self.truncated.insert(address, place),
            DecisionKind::Write => _ = self.writes.insert(address, span),
            DecisionKind::FailedWrite => _ = self.failed_writes.insert(address, place),
            DecisionKind::KeptWrites => _ = self.kept_writes.insert(address, place),
            DecisionKind::TornWrite => _ = self.torn_writes.insert(address, place),
        }
    }

    /// Keeps the decisions of which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&Decision) -> bool) {
        let mut keeps = |kind, address: &String| keep(&Decision { kind, address: address.clone() });
        self.lost.retain(|address| keeps(DecisionKind::Lost, address));
        self.duplicated.retain(|address, _| keeps(DecisionKind::Duplicated, address));
        self.reordered.retain(|address, _| keeps(DecisionKind::Reordered, address));
        self.noticed.retain(|address, _| keeps(DecisionKind::Noticed, address));
        self.latencies.retain(|address, _| keeps(DecisionKind::Latency, address));
        self.replayed.retain(|address, _| keeps(DecisionKind::Replayed, address));
        self.damaged.retain(|address, _| keeps(DecisionKind::Damaged, address));
        self.truncated.retain(|address, _| keeps(DecisionKind::Truncated, address));
        self.writes.retain(|address, _| keeps(DecisionKind::Write, address));
        self.failed_writes.retain(|address, _| keeps(DecisionKind::FailedWrite, address));
        self.kept_writes.retain(|address, _| keeps(DecisionKind::KeptWrites, address));
        self.torn_writes.retain(|address, _| keeps(DecisionKind::TornWrite, address));
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
            DecisionKind::Replayed => "replayed",
            DecisionKind::Damaged => "damaged",
            DecisionKind::Truncated => "truncated",
            DecisionKind::Write => "write",
            DecisionKind::FailedWrite => "failed write",
            DecisionKind::KeptWrites => "kept writes",
            DecisionKind::TornWrite => "torn write",
        };
        write!(f, "{kind}: {}", self.address)
    }
}

/// Where a scenario that `freeze` or `shrink` wrote comes from.
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
    /// Which faults the seed took, if the faults were a swarm.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub swarm: Vec<String>,
}

//! Faults to generate from the seed.

use super::Duration;
use cosim_core::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Faults to generate from the seed. All but joins, departures, clock jumps and clock drifts end by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// The start of the window in which they begin. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Duration>,
    /// The end of the window.
    pub until: Duration,
    /// The nodes that they happen to, and to the links of which. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub nodes: Option<Vec<String>>,
    /// Whether each seed takes some kinds of faults at random, at rates that are sometimes extreme, of links and disks
    /// too; no number may be given then. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swarm: Option<bool>,
    /// How many times a link is disconnected and connected again. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconnects: Option<u32>,
    /// How many times a link is partitioned, one way or both, and healed. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partitions: Option<u32>,
    /// How many times a link is disconnected and connected again, two to five times within milliseconds. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconnect_bursts: Option<u32>,
    /// How many times one end only notices that a connection is over, until the link connects again. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub half_opens: Option<u32>,
    /// How many times a link becomes slow, by up to two seconds, and fast again. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow_links: Option<u32>,
    /// How many times messages are kept back for a while, in one direction or both: of one kind or all, about one CoValue or
    /// all. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds: Option<u32>,
    /// How many times such messages are lost for a while. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drops: Option<u32>,
    /// How many times a node restarts from its disk. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restarts: Option<u32>,
    /// How many times a node loses its disk. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wipes: Option<u32>,
    /// How many times a node crashes, at any point of its work. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crashes: Option<u32>,
    /// How many times a disk stalls. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stalls: Option<u32>,
    /// How many times a disk is full for a while. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_disks: Option<u32>,
    /// How many times a disk fails to write one to four times on end. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_writes: Option<u32>,
    /// How many times a bit flips on a disk, and its node crashes later. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rots: Option<u32>,
    /// How many times a disk is copied, and the copy put in its place later. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restores: Option<u32>,
    /// How many times a hostile node attacks a peer. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attacks: Option<u32>,
    /// Whether what is generated may take the last copy of something that was reported as written. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take_last_copies: Option<bool>,
    /// How many times a node sleeps and wakes. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pauses: Option<u32>,
    /// How many times a node leaves for good. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departures: Option<u32>,
    /// How many times a node joins that was not there until then: one of which the
    /// timeline asks nothing and at which the workload creates nothing. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joins: Option<u32>,
    /// How many times a wall clock jumps, forwards or back. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_jumps: Option<u32>,
    /// How many times a wall clock stands still for a while. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_stops: Option<u32>,
    /// How many times a wall clock changes its pace, by up to half, either way. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_drifts: Option<u32>,
    /// How far a wall clock jumps at most. Default 1d.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub furthest: Option<Duration>,
    /// How long one of them lasts at most. Default 1s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest: Option<Duration>,
    /// Spells in which a node is offline while its app goes on. Default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline: Option<Spells>,
    /// Nodes that are offline for a moment again and again, each in a rhythm of its own. Default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flapping: Option<Flapping>,
}

/// Spells of one kind, with a length of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spells {
    /// How many.
    pub times: u32,
    /// How long one of them lasts at least. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortest: Option<Duration>,
    /// How long one of them lasts at most.
    pub longest: Duration,
}

/// A rhythm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flapping {
    /// From the start of one spell to the next.
    pub every: Duration,
    /// How long one of them lasts.
    #[serde(rename = "for")]
    pub span: Duration,
}

impl Flapping {
    /// The most spells that begin in a window; 0 where they do not follow one another at all.
    pub(crate) fn rounds(&self, window: Span) -> u64 {
        let every = self.every.0.as_us();
        if every == 0 { 0 } else { window.as_us().div_ceil(every) }
    }
}

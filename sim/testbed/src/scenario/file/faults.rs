//! Faults to generate from the seed.

use super::Duration;
use cosim_core::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Faults to generate from the seed. All of them end by themselves, except joins, departures, clock jumps and clock
/// drifts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// The start of the time window in which the faults begin. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Duration>,
    /// The end of the time window.
    pub until: Duration,
    /// The nodes that the faults happen to, and whose links they happen to. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub nodes: Option<Vec<String>>,
    /// Whether each seed takes its own random choice of faults, including those of links and disks, at rates that are
    /// sometimes extreme. If true, no numbers may be given. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swarm: Option<bool>,
    /// How many times a link is disconnected and connected again. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconnects: Option<u32>,
    /// How many times a link is partitioned, one way or both, and healed. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partitions: Option<u32>,
    /// How many times a link is disconnected and connected again two to five times within milliseconds. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconnect_bursts: Option<u32>,
    /// How many times a connection ends but only one end notices, until the link connects again. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub half_opens: Option<u32>,
    /// How many times a link becomes slower, by up to two seconds, and then fast again. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow_links: Option<u32>,
    /// How many times messages are kept back for a while: in one direction or both, of one kind or all, about one
    /// CoValue or all. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds: Option<u32>,
    /// How many times messages are lost for a while, chosen in the same way as for `holds`. Default 0.
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
    /// How many times a disk fails one to four writes in a row. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_writes: Option<u32>,
    /// How many times a bit flips on a disk whose node crashes later. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rots: Option<u32>,
    /// How many times a disk is copied and later replaced by that copy. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restores: Option<u32>,
    /// How many times a hostile node attacks a peer. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attacks: Option<u32>,
    /// Whether generated faults may destroy the last copy of something that was reported as written. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take_last_copies: Option<bool>,
    /// How many times a node sleeps and wakes. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pauses: Option<u32>,
    /// How many times a node leaves for good. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departures: Option<u32>,
    /// How many nodes join late. Only nodes are taken of which the timeline asks nothing and at which the workload
    /// creates nothing; they do not exist before they join. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joins: Option<u32>,
    /// How many times a wall clock jumps, forwards or back. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_jumps: Option<u32>,
    /// How many times a wall clock stands still for a while. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_stops: Option<u32>,
    /// How many times a wall clock changes its pace, by up to half, faster or slower. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_drifts: Option<u32>,
    /// The furthest that a wall clock jumps. Default 1d.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub furthest: Option<Duration>,
    /// The longest that one fault lasts. Default 1s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest: Option<Duration>,
    /// Times when a node is offline while its app goes on. Default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline: Option<Spells>,
    /// Nodes that go offline for a moment again and again, each in a rhythm of its own. Default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flapping: Option<Flapping>,
}

/// Faults of one kind, with a length of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spells {
    /// How many.
    pub times: u32,
    /// The shortest that one of them lasts. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortest: Option<Duration>,
    /// The longest that one of them lasts.
    pub longest: Duration,
}

/// The rhythm in which nodes go offline and come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flapping {
    /// The time from the start of one to the start of the next.
    pub every: Duration,
    /// How long each of them lasts.
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

//! Disks, and what goes wrong with them and with the processes that write to them.

use super::{Duration, DurationRange, Percent};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node's disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Disk {
    /// How long a write takes, once the writes before it are done. Default 1ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<DurationRange>,
    /// How often a write fails. Default 0%.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Percent>,
    /// What a crash leaves of unfinished writes. Default `drawn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsynced: Option<Unsynced>,
}

/// What a crash leaves of unfinished writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unsynced {
    /// Some of them, in order, and perhaps a part of the next one, as drawn from the seed.
    Drawn,
    /// All of them.
    Kept,
}

impl From<Unsynced> for crate::host::Unsynced {
    fn from(unsynced: Unsynced) -> crate::host::Unsynced {
        match unsynced {
            Unsynced::Drawn => crate::host::Unsynced::Drawn,
            Unsynced::Kept => crate::host::Unsynced::Kept,
        }
    }
}

/// When something that an app writes counts as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Durability {
    /// When the disk has it. Nothing is sent before that.
    DurableFirst,
    /// At once. After a crash the app writes in a new session.
    SendFirst,
    /// At once. After a crash the app continues its old session, which forks that session.
    SendFirstReuse,
}

impl From<Durability> for cosim_core::Durability {
    fn from(durability: Durability) -> cosim_core::Durability {
        match durability {
            Durability::DurableFirst => cosim_core::Durability::DurableFirst,
            Durability::SendFirst => cosim_core::Durability::SendFirst,
            Durability::SendFirstReuse => cosim_core::Durability::SendFirstReuse,
        }
    }
}

/// A process that ends in the middle of its work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Crash {
    /// The node.
    pub node: String,
    /// Where in its work the process ends: the next time that it gets there. Default `now`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// How long it is down. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down_for: Option<Duration>,
}

/// Where in its work a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Point {
    /// At once, between two events.
    Now,
    /// As soon as it has handed over a write.
    Writing,
    /// As soon as a write has ended, before the process is told.
    Written,
    /// As soon as it has sent a message.
    Sending,
}

impl From<Point> for crate::host::Point {
    fn from(point: Point) -> crate::host::Point {
        match point {
            Point::Now => crate::host::Point::Now,
            Point::Writing => crate::host::Point::Writing,
            Point::Written => crate::host::Point::Written,
            Point::Sending => crate::host::Point::Sending,
        }
    }
}

impl From<crate::host::Point> for Point {
    fn from(point: crate::host::Point) -> Point {
        match point {
            crate::host::Point::Now => Point::Now,
            crate::host::Point::Writing => Point::Writing,
            crate::host::Point::Written => Point::Written,
            crate::host::Point::Sending => Point::Sending,
        }
    }
}

/// A copy of a node's disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackUp {
    /// The node.
    pub node: String,
    /// What to call the copy. A later copy with the same name replaces it. Default `backup`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
}

/// A node that starts again from a copy of its disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    /// The node.
    pub node: String,
    /// Which copy. Default `backup`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// How long it is down. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down_for: Option<Duration>,
    /// Whether this is skipped if the node holds the last copy of anything. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spare_last_copy: Option<bool>,
}

/// A disk that writes nothing for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stall {
    /// The node.
    pub node: String,
    /// How long it lasts.
    #[serde(rename = "for")]
    pub span: Duration,
}

/// A disk that fails to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FailWrites {
    /// The node.
    pub node: String,
    /// How many of the next writes fail. Default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

/// A disk on which a bit flips.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rot {
    /// The node.
    pub node: String,
    /// Where on the disk, from the start of what is stored there: 0% is the first byte. Default 50%.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Percent>,
    /// Which bit of the byte at that place flips, 0 to 7. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 7))]
    pub bit: Option<u8>,
    /// Whether this is skipped if the node holds the last copy of anything. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spare_last_copy: Option<bool>,
}

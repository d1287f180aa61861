//! One entry of a timeline: when, and exactly one operation.

use super::{
    Attack, BackUp, Crash, Duration, DurationRange, FailWrites, Network, OfNode, Percent, Restore, Rot, Stall,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An entry of the timeline: `at` or `after`, and one operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When, counted from the start of the run or from the last entry that waits for silence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Duration>,
    /// What it waits for, instead of a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<When>,
    /// Its name. Default what it does to what, such as `edit-notes-alice-2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The app of a node creates a CoValue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create: Option<Subject>,
    /// The app of a node writes a batch of transactions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit: Option<Edit>,
    /// The app of a node wants a CoValue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<Subject>,
    /// The app of a node wants a CoValue no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<Subject>,
    /// A fresh connection of a link opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect: Option<Between>,
    /// The connection of a link ends, and what is under way in it is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disconnect: Option<Between>,
    /// A link swallows every message, though both ends believe it connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<Where>,
    /// A partition ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heal: Option<Where>,
    /// A node stops, and starts again from its disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart: Option<Outage>,
    /// A node stops, loses its disk, and starts again empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wipe: Option<Outage>,
    /// A node stops in the middle of its work, and starts again from what its disk has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crash: Option<Crash>,
    /// A copy of a node's disk is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_up: Option<BackUp>,
    /// A node stops, and starts again from a copy of its disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restore: Option<Restore>,
    /// A disk writes nothing for a while.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stall: Option<Stall>,
    /// A disk has no room left: every write fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_full: Option<OfNode>,
    /// A disk has room again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_room: Option<OfNode>,
    /// The next writes of a disk fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_writes: Option<FailWrites>,
    /// A bit of what is written on a disk flips.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rot: Option<Rot>,
    /// A hostile node lies to a peer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attack: Option<Attack>,
    /// The conditions of a link, or of all links, change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkChange>,
}

/// What an entry waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Everything before it has happened and the simulated world has fallen silent.
    Quiet,
}

/// A node and a CoValue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The node.
    pub node: String,
    /// The CoValue.
    pub id: String,
}

/// A batch of transactions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The node.
    pub node: String,
    /// The CoValue.
    pub id: String,
    /// How many transactions. Default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transactions: Option<u32>,
    /// The bytes in each. Default 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
}

/// A link, by its ends in either order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// The two nodes.
    pub between: [String; 2],
}

/// A link both ways (`between`), or one way (`from` and `to`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Where {
    /// The two nodes, for both ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<[String; 2]>,
    /// The sender, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The receiver, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A node that is down for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// The node.
    pub node: String,
    /// How long it is down. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down_for: Option<Duration>,
    /// For a wipe: whether nothing happens where the node holds the last copy of anything. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spare_last_copy: Option<bool>,
}

/// A change to the conditions of a link, or of all links: only the fields given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkChange {
    /// The link. Default all links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<[String; 2]>,
    /// How long a message takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<DurationRange>,
    /// How often a message is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<Percent>,
    /// How often a message arrives twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate: Option<Percent>,
    /// How often a message leaves the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reorder: Option<Percent>,
    /// How much longer a message that leaves the order takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reorder_delay: Option<DurationRange>,
    /// How long after a connect or disconnect each end notices it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<DurationRange>,
}

impl NetworkChange {
    /// The fields given, without the link.
    pub fn conditions(&self) -> Network {
        let NetworkChange { between: _, latency, loss, duplicate, reorder, reorder_delay, notice } = *self;
        Network { latency, loss, duplicate, reorder, reorder_delay, notice }
    }
}

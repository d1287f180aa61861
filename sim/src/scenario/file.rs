//! What a scenario file says, word for word: version 1 of the format.
//!
//! Nothing is checked here but shapes and units; [`resolve`](super::resolve) does the rest. A field that a file may
//! leave out is an `Option` or a list, and is left out again when the file is written. The JSON Schema is generated
//! from these types, and their docs are what an editor shows.

mod address;
mod attack;
mod decisions;
mod disk;
mod entry;
mod json;
mod relationship;
mod units;

pub(crate) use address::{About, Address, KINDS};
pub use attack::Attack;
pub use decisions::{Decision, DecisionKind, Decisions, Origin};
pub use disk::{BackUp, Crash, Disk, Durability, FailWrites, OfNode, Point, Restore, Rot, Stall};
pub use entry::{Between, Edit, Entry, NetworkChange, Outage, Subject, When, Where};
pub use relationship::Ends;
pub(crate) use units::quoted;
pub use units::{Duration, DurationRange, NumberRange, Percent, UnitError};

use super::{Crypto, LoadEnd};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the format that is written and read.
pub const VERSION: u32 = 1;

/// A scenario: a few nodes, the network between them, what happens, and what must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Where an editor finds the schema; ignored.
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The version of the format: 1.
    #[schemars(extend("const" = VERSION))]
    pub version: u32,
    /// The story, in a sentence or two.
    #[schemars(length(min = 1))]
    pub about: String,
    /// The seed of a run for which no other is asked. Default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// How nodes sign and hash. Default `fast`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crypto: Option<Crypto>,
    /// The nodes, by name.
    #[schemars(extend("minProperties" = 1))]
    pub nodes: BTreeMap<String, Node>,
    /// The CoValues of which there is more to say than their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub co_values: BTreeMap<String, CoValue>,
    /// The conditions of every link, where the link says nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// Who is whose peer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// What happens, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<Entry>,
    /// Operations to generate from the seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workload: Option<Workload>,
    /// Faults to generate from the seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faults: Option<Faults>,
    /// Whether partitions and disconnects of the timeline are healed when the liveness phase begins. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heal: Option<bool>,
    /// What happens to single messages, whatever the seed says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decisions: Option<Decisions>,
    /// How the run is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expect>,
    /// Where this comes from, where `cosim freeze` or `cosim shrink` wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// To whom it announces what it holds: `all`, or only to the `interested`. Default `all`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announce: Option<Announce>,
    /// Its first deadline; each further one is twice as long. Default 1s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Duration>,
    /// Its longest deadline. Default 16s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<Duration>,
    /// Its disk. Default none: what it holds outlives every process at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk: Option<Disk>,
    /// When what its app writes counts as written, where it has a disk. Default `durable-first`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub durability: Option<Durability>,
    /// The CoValue that is the account of its app: all that the app writes depends on it. Default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Whether its app may attack its peers. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostile: Option<bool>,
    /// Bugs planted in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mutations: Vec<String>,
}

/// A CoValue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoValue {
    /// The CoValues without which it is of no use: the group that owns it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
}

/// To whom a node announces what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Announce {
    /// Everything to every client.
    All,
    /// To a client only what it has asked for, and its dependencies.
    Interested,
}

impl From<Announce> for cosim_core::Announce {
    fn from(announce: Announce) -> cosim_core::Announce {
        match announce {
            Announce::All => cosim_core::Announce::All,
            Announce::Interested => cosim_core::Announce::Interested,
        }
    }
}

/// The conditions of links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// How long a message takes. Default 50ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<DurationRange>,
    /// How often a message is lost. Default 0%.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<Percent>,
    /// How often a message arrives twice. Default 0%.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate: Option<Percent>,
    /// How often a message leaves the order. Default 0%.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reorder: Option<Percent>,
    /// How much longer a message that leaves the order takes. Default up to four times the longest latency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reorder_delay: Option<DurationRange>,
    /// How long after a connect or disconnect each end notices it. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<DurationRange>,
}

/// A link: two nodes that are peers of each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The two nodes.
    pub between: [String; 2],
    /// What the second node is to the first, and the first to the second.
    pub relationship: Ends,
    /// The priority that each gives the other: larger is served first. Default 0 and 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<[i32; 2]>,
    /// Whether a connection is opened at the start. Default true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connected: Option<bool>,
    /// The conditions of this link, where they differ from the general ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
}

/// Operations to generate from the seed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// How many operations.
    pub operations: u32,
    /// The start of the window in which they happen. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Duration>,
    /// The end of the window.
    pub until: Duration,
    /// The nodes at which they happen. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub nodes: Option<Vec<String>>,
    /// The CoValues to which they happen. One that no entry of the timeline creates is created in the first tenth of
    /// the window.
    #[schemars(length(min = 1))]
    pub co_values: Vec<String>,
    /// How often each kind is drawn, as weights. Default only edits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mix: Option<Mix>,
    /// How many transactions an edit has. Default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transactions: Option<NumberRange>,
    /// How many bytes a transaction has. Default 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<NumberRange>,
}

/// How often each kind of operation is drawn, as weights: 8 and 2 mean four out of five.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mix {
    /// Edits. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit: Option<u32>,
    /// Loads. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<u32>,
    /// Marking done. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<u32>,
}

/// Faults to generate from the seed. All of them end by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// The start of the window in which they begin. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Duration>,
    /// The end of the window.
    pub until: Duration,
    /// How many times a link is disconnected and connected again. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconnects: Option<u32>,
    /// How many times a link is partitioned, one way or both, and healed. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partitions: Option<u32>,
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
    /// How long one of them lasts at most. Default 1s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest: Option<Duration>,
}

/// How the run is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The oracles that judge it. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oracles: Option<Vec<String>>,
    /// How long after the liveness phase begins there must be silence. Default 60s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_within: Option<Duration>,
    /// The failure key of a violation that must occur, in the scenario of a known bug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub violation: Option<String>,
    /// How loads must have ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loads: Vec<LoadExpectation>,
    /// What nodes must hold at rest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content: Vec<ContentExpectation>,
    /// How many messages may be sent in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages_max: Option<u64>,
}

/// How the last load of a CoValue by a node must have ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadExpectation {
    /// The node.
    pub node: String,
    /// The CoValue.
    pub id: String,
    /// The end.
    pub ends: LoadEnd,
}

/// How much of a CoValue a node must hold at rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContentExpectation {
    /// The node.
    pub node: String,
    /// The CoValue.
    pub id: String,
    /// Transactions, over all sessions.
    pub transactions: u64,
}

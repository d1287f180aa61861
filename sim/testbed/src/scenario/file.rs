//! What a scenario file says, word for word: version 1 of the format.
//!
//! Nothing is checked here but shapes and units; [`resolve`](super::resolve) does the rest. A field that a file may
//! leave out is an `Option` or a list, and is left out again when the file is written. The JSON Schema is generated
//! from these types, and their docs are what an editor shows.

mod address;
mod clock;
mod decisions;
mod disk;
mod entry;
mod faults;
mod json;
mod recording;
mod relationship;
mod sizes;
mod units;

pub(crate) use address::{About, Address, KINDS};
pub use clock::{Clock, Drift, Shift};
pub(crate) use decisions::Detail;
pub use decisions::{Decision, DecisionKind, Decisions, Origin};
pub use disk::{Disk, Durability, Unsynced};
pub use entry::NetworkChange;
pub use faults::{Faults, Flapping, Spells};
pub use recording::Recording;
pub use relationship::Ends;
pub use sizes::{Bytes, Rate};
pub(crate) use units::quoted;
pub use units::{Duration, DurationRange, NumberRange, Percent, UnitError};

pub use super::act::{
    Act, AddMember, Attack, BackUp, Between, ClockChange, Connections, Crash, DeleteKey, Departure,
    DropMessages, Edit, Entry, FailWrites, HalfOpen, Hold, InsertItems, Lone, Outage, Pause, Point, PushItem,
    RemoveItems, RemoveMember, Restore, Rot, SetKey, Spell, Splice, Stall, Subject, When, Where,
};
use super::{Crypto, Kind, LoadEnd};
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
    /// The nodes, by name: `client-{1..20}` stands for twenty.
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
    /// A recorded editing session to play, which `--recording` names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording: Option<Recording>,
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
    /// The seed of its app's keys: 32 bytes as 64 hexadecimal digits. Default one made of its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_seed: Option<String>,
    /// The name of its app's first session in CoJSON: `sealer_z…/signer_z…_session_z…`. Default one made of its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Its wall clock, which dates what its app writes. Default one that is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// The node for which it passes itself off: its peers take it for that one. Default itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<String>,
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
    /// What it is, where the story says what is written to it. Default one of which only the sizes count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The group that owns it: its members may write it. It is one that it depends on. Default none: anybody may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Of a group, the node that creates it and is its first admin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin: Option<String>,
    /// Whether what is written to it is encrypted for the members of its owner, where an entry does not say. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
    /// Its header in CoJSON, word for word. Default one made of the other fields and its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<serde_json::Map<String, serde_json::Value>>,
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
    /// How much longer every message takes. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow_by: Option<Duration>,
    /// Losses that come in bursts. Default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burst: Option<Burst>,
    /// How often a message arrives once more, long after, perhaps when its connection is over. Default 0%.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay: Option<Percent>,
    /// How long after it was sent. Default 1s..60s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay_delay: Option<DurationRange>,
    /// How often one bit of a message flips. Default 0%.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damage: Option<Percent>,
    /// How often the end of a message is cut off. Default 0%.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncate: Option<Percent>,
    /// How many bytes a second leave, in each direction. Default unlimited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bandwidth: Option<Rate>,
    /// How many bytes may wait to leave, in each direction: what does not fit is lost. Default 256KB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<Bytes>,
}

/// Losses that come in bursts: the model of Gilbert and Elliott, with the names that `tc-netem` gives its parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// How often a message ends a good stretch.
    pub p: Percent,
    /// How often a message ends a bad stretch. Default 100% less `p`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r: Option<Percent>,
    /// How often a message is lost in a bad stretch. Default 100%.
    #[serde(rename = "1-h", skip_serializing_if = "Option::is_none")]
    pub bad_loss: Option<Percent>,
    /// How often a message is lost in a good stretch. Default 0%.
    #[serde(rename = "1-k", skip_serializing_if = "Option::is_none")]
    pub good_loss: Option<Percent>,
}

/// A link: two nodes that are peers of each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The two nodes. With `client-{1..20}` for one of them, that are twenty links.
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

/// How the run is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The oracles that judge it. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oracles: Option<Vec<String>>,
    /// How long after the liveness phase begins there must be silence. Default: computed from the deadlines.
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
    /// What apps must see at rest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<ViewExpectation>,
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

/// What the app of a node must see of a CoValue at rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewExpectation {
    /// The node.
    pub node: String,
    /// The CoValue.
    pub id: String,
    /// What it shows, as snapshots have it: a map as an object, a list as an array, a text as a string, a stream as the
    /// items of each session, a group as the role of each member.
    pub shows: serde_json::Value,
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

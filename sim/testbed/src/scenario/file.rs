//! What a scenario file says, word for word: version 1 of the format.
//!
//! Nothing is checked here but shapes and units; [`resolve`](super::resolve) does the rest. A field that a file may
//! leave out is an `Option` or a list, and is left out again when the file is written. The JSON Schema is generated
//! from these types, and their docs are what an editor shows.

mod address;
mod clock;
mod conditions;
mod decisions;
mod disk;
mod faults;
mod json;
mod quantiles;
mod recording;
mod relationship;
mod sizes;
mod units;
mod workload;

pub use super::fault::kinds::Faults;
pub(crate) use address::{About, Address, KINDS};
pub use clock::{Clock, Drift, Shift};
pub(crate) use conditions::Chance;
pub use conditions::{Burst, Network, NetworkChange};
pub(crate) use decisions::{Choice, Detail, Topic};
pub use decisions::{Decision, DecisionKind, Decisions, Origin};
pub use disk::{Disk, Durability, Unsynced};
pub use faults::{Flapping, Spells};
pub use quantiles::Quantiles;
pub use recording::Recording;
pub use relationship::Ends;
pub use sizes::{Bytes, Rate};
pub(crate) use units::quoted;
pub use units::{Duration, DurationRange, NumberRange, Percent, UnitError};
pub use workload::{Mix, Workload, Workloads};

pub use super::act::*;
use super::{Crypto, Format, Kind, LoadEnd};
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
    /// The seed that is played unless another is asked for. Default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Whose rules say who may do what and what shows: those of `cojson` 0.7 or of 0.20, which are today's. Default 0.7.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// How nodes sign and hash. Default `fast`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crypto: Option<Crypto>,
    /// The nodes, by name: `client-{1..20}` stands for twenty, `{alice,bob}` for two.
    #[schemars(extend("minProperties" = 1))]
    pub nodes: BTreeMap<String, Node>,
    /// The CoValues about which there is more to say than their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub co_values: BTreeMap<String, CoValue>,
    /// The conditions of every link, unless the link has conditions of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// The links: which nodes are peers of each other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// What happens, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<Entry>,
    /// Operations to generate from the seed: one workload, or a list of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workload: Option<Workloads>,
    /// Who plays a recorded editing session. `--recording` names the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording: Option<Recording>,
    /// Faults to generate from the seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faults: Option<Faults>,
    /// Whether the partitions and disconnects of the timeline are healed when the liveness phase begins. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heal: Option<bool>,
    /// What happens to single messages, whatever the seed says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decisions: Option<Decisions>,
    /// How the run is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expect>,
    /// Where the scenario comes from, if `cosim freeze` or `cosim shrink` wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// To which clients the node announces what it holds: to `all`, or only to those that have asked for it
    /// (`interested`). Default `all`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announce: Option<Announce>,
    /// How long the node first waits for an answer before it tries again. Each further wait is twice as long. Default
    /// 1s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Duration>,
    /// The longest that the node waits for an answer before it tries again. Default 16s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<Duration>,
    /// The node's disk. Default none: everything that it holds survives restarts and crashes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk: Option<Disk>,
    /// When something that the app writes counts as written, if the node has a disk. Default `durable-first`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub durability: Option<Durability>,
    /// What the node's app is told of how far its writes have got at each server: that the server holds them (`held`), or
    /// also that they are on its disk (`safe`), which servers are then asked to say. Default nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uploads: Option<Uploads>,
    /// The CoValue that is the account of the node's app. Everything that the app writes depends on it. Default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The seed of the app's keys: 32 bytes as 64 hexadecimal digits. By default it is derived from the node's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_seed: Option<String>,
    /// The CoJSON name of the app's first session: `sealer_z…/signer_z…_session_z…`. By default it is derived from the
    /// node's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The node's wall clock, which dates what its app writes. Default a clock that is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// The node that this one pretends to be: its peers take it for that node. Default itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<String>,
    /// Whether the app may make the node attack its peers. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostile: Option<bool>,
    /// The guest that plays the node: a real implementation in a process of its own, such as `cojson@0.20.19`. What any
    /// other name stands for, the command line says. Default one of cosim's own nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guest: Option<String>,
    /// Of a guest: by how much each look at the clock of its own work (`performance.now`) finds that gone on, drawn anew for
    /// each thing that it handles. Default 0us: work takes no time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work: Option<DurationRange>,
    /// By whose rules the node's app reads and writes, where that is not the scenario's `format`: such as an old client at a
    /// new server. Default the scenario's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The bugs to plant in the node, by name. Default none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mutations: Vec<String>,
}

/// A CoValue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoValue {
    /// What kind of CoValue it is. The timeline can say what is written only if this is given. Default no kind: only
    /// the size of what is written counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The CoValue of which this one is a branch, which `branch` makes: it is of the same kind, and depends on it. By the
    /// rules of 0.20 only. Default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch_of: Option<String>,
    /// The group that owns the CoValue, whose members may write it. The CoValue depends on it. Default none: anybody
    /// may write. Of a branch the group that owns its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// For a group: the node that creates it and is its first admin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin: Option<String>,
    /// For a group: what it is called, for good, since its header says so. By the rules of 0.7 it says nothing. Default
    /// nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Whether what is written is encrypted for the members of the owner, unless an entry says otherwise. Default
    /// false; of a branch, as of its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
    /// Of a list or text with an owner: whether only its admins and managers delete from it. By the rules of 0.7 it says
    /// nothing. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restrict_deletion: Option<bool>,
    /// The header in CoJSON, word for word. By default it is derived from the other fields and the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<serde_json::Map<String, serde_json::Value>>,
    /// The CoValues that this one needs to be of any use, such as the group that owns it. Default none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
}

/// To whom a node announces what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Announce {
    /// Everything to every client.
    All,
    /// To each client only what it has asked for, and the dependencies of that.
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

/// What an app is told of how far what it writes has got at each server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Uploads {
    /// That it was sent, and that the server holds it.
    Held,
    /// That it is on the server's disk, too: servers are asked to say so.
    Safe,
}

impl From<Uploads> for cosim_core::Uploads {
    fn from(uploads: Uploads) -> cosim_core::Uploads {
        match uploads {
            Uploads::Held => cosim_core::Uploads::Held,
            Uploads::Safe => cosim_core::Uploads::Safe,
        }
    }
}

/// A link: two nodes that are peers of each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The two nodes. If one of them is `client-{1..20}`, this stands for twenty links; if `{alice,bob}`, for two.
    pub between: [String; 2],
    /// What the second node is to the first, and what the first is to the second.
    pub relationship: Ends,
    /// The priority that each node gives to the other. The larger is served first. Default 0 and 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<[i32; 2]>,
    /// Whether the link is connected at the start. Default true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connected: Option<bool>,
    /// What its nodes may count on: a `stream` loses, doubles, reorders and damages nothing within a connection; a
    /// `datagram` link may. Default `stream` where the package `cojson` plays one of the ends, else `datagram`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<Contract>,
    /// The conditions of this link that differ from the general ones. Default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
}

/// What the nodes of a link may count on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Contract {
    /// A connection loses, doubles, reorders and damages nothing. It may end at any time.
    Stream,
    /// It may.
    Datagram,
}

/// How the run is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The oracles that judge it. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oracles: Option<Vec<String>>,
    /// How long after the start of the liveness phase there must be silence. By default it is computed from the
    /// deadlines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_within: Option<Duration>,
    /// How long a load may take. By default it is computed from the deadlines and, where lines are bounded, from how
    /// long they may be full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_within: Option<Duration>,
    /// In a scenario about a known bug: the failure key of the violation that must occur, or how that key begins.
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
    /// In a scenario about a known bug: what should come out, and does not yet. The run fails as soon as any of it does.
    /// Default nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmet: Option<UnmetExpectations>,
}

/// Expectations that a known bug keeps from being met.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnmetExpectations {
    /// How loads should end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loads: Vec<LoadExpectation>,
    /// What nodes should hold at rest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content: Vec<ContentExpectation>,
    /// What apps should see at rest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<ViewExpectation>,
    /// How many messages should be sent at most.
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
    /// How the load must have ended.
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
    /// What the app must see, in the form that snapshots use: a map as an object, a list as an array, a text as a
    /// string, a stream as the items of each session, a group as the role of each member, and what else its admins have
    /// set; `null` where it shows nothing, since it is not there or was deleted. By the rules of 0.20 a text may also be
    /// an array of its items.
    pub shows: serde_json::Value,
    /// Of a group: keys of its map, as CoJSON calls them, that must be there, such as `groupSealer`. Default none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub has: Vec<String>,
    /// Of a group: keys of its map that must not be there. Default none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
}

/// How much of a CoValue a node must hold at rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContentExpectation {
    /// The node.
    pub node: String,
    /// The CoValue.
    pub id: String,
    /// How many transactions, over all sessions.
    pub transactions: u64,
}

//! One entry of a timeline: when, and exactly one operation.

use super::{
    AddMember, Attack, BackUp, ClockChange, Crash, DeleteKey, DropMessages, Duration, FailWrites, HalfOpen,
    Hold, InsertItems, NetworkChange, PushItem, RemoveItems, RemoveMember, Restore, Rot, SetKey, Splice,
    Stall,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An entry of the timeline: `at` or `after`, and one operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When the entry happens, counted from the start of the run, or from the last entry that waited for silence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Duration>,
    /// What the entry waits for, if it has no time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<When>,
    /// The entry's name in logs. By default it says what is done to what, such as `edit-notes-alice-2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The app of a node creates a CoValue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create: Option<Subject>,
    /// The app of a node writes a batch of transactions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit: Option<Edit>,
    /// The app of a node sets a key of a map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<SetKey>,
    /// The app of a node deletes a key of a map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete: Option<DeleteKey>,
    /// The app of a node inserts items into a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insert: Option<InsertItems>,
    /// The app of a node removes items from a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remove: Option<RemoveItems>,
    /// The app of a node pushes an item to a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<PushItem>,
    /// The app of a node replaces a piece of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub splice: Option<Splice>,
    /// The app of a node adds a member to a group, or gives one another role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add_member: Option<AddMember>,
    /// The app of a node removes a member from a group, which gets a new key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remove_member: Option<RemoveMember>,
    /// The app of a node asks for a CoValue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<Subject>,
    /// The app of a node no longer wants a CoValue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<Subject>,
    /// A link opens a new connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect: Option<Between>,
    /// The connection of a link ends, and messages on their way in it are lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disconnect: Option<Between>,
    /// A link loses every message, while both ends believe that it is connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<Where>,
    /// A partition ends, and messages are no longer dropped or kept back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heal: Option<Where>,
    /// Messages that are sent from now on are kept back until they are released.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// The messages that were kept back arrive, in order, and no more are kept back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<Where>,
    /// Messages are lost until a given number of them is lost, or until the link heals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drop: Option<DropMessages>,
    /// A connection ends, but only one end notices, until the link connects or disconnects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub half_open: Option<HalfOpen>,
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
    pub disk_full: Option<Lone>,
    /// A disk has room again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_room: Option<Lone>,
    /// The next writes of a disk fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_writes: Option<FailWrites>,
    /// A bit of what is stored on a disk flips.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rot: Option<Rot>,
    /// A node sleeps. What happens to it meanwhile waits, in order, until it wakes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// A node has no connections for a while. Its app goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline: Option<Spell>,
    /// A node joins. Before that it does not exist, and its links are closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join: Option<Lone>,
    /// A node leaves for good, with everything that it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leave: Option<Departure>,
    /// The wall clock of a node is set, stopped or started, or runs at another pace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockChange>,
    /// A hostile node lies to a peer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attack: Option<Attack>,
    /// The conditions of a link, or of all links, change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkChange>,
}

impl Entry {
    /// What an app is asked for, and at which node.
    pub(crate) fn command(&self) -> Option<(&'static str, &String)> {
        let create = self.create.as_ref().map(|it| ("create", &it.node));
        let edit = self.edit.as_ref().map(|it| ("edit", &it.node));
        let load = self.load.as_ref().map(|it| ("load", &it.node));
        let done = self.done.as_ref().map(|it| ("done", &it.node));
        let attack = self.attack.as_ref().map(|it| ("attack", &it.node));
        let change = self.changed().map(|(kind, node, _)| (kind, node));
        create.or(edit).or(load).or(done).or(attack).or(change)
    }

    /// What kind of change it makes, at which node and to which CoValue, where it says word for word what an app writes.
    pub(crate) fn changed(&self) -> Option<(&'static str, &String, &str)> {
        let set = self.set.as_ref().map(|it| ("set", &it.node, it.id.as_str()));
        let delete = self.delete.as_ref().map(|it| ("delete", &it.node, it.id.as_str()));
        let insert = self.insert.as_ref().map(|it| ("insert", &it.node, it.id.as_str()));
        let remove = self.remove.as_ref().map(|it| ("remove", &it.node, it.id.as_str()));
        let push = self.push.as_ref().map(|it| ("push", &it.node, it.id.as_str()));
        let splice = self.splice.as_ref().map(|it| ("splice", &it.node, it.id.as_str()));
        let add = self.add_member.as_ref().map(|it| ("add_member", &it.node, it.id.as_str()));
        let gone = self.remove_member.as_ref().map(|it| ("remove_member", &it.node, it.id.as_str()));
        set.or(delete).or(insert).or(remove).or(push).or(splice).or(add).or(gone)
    }
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
    /// How many bytes each transaction has. Default 100.
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
    /// For a wipe: whether it is skipped if the node holds the last copy of anything. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spare_last_copy: Option<bool>,
}

/// A node that sleeps for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// The node.
    pub node: String,
    /// How long it sleeps.
    #[serde(rename = "for")]
    pub span: Duration,
    /// What happens to its connections. Default `kept`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<Connections>,
}

/// What happens to the connections of a node that sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Connections {
    /// They stay open, and the peers notice nothing.
    Kept,
    /// They close. The peers notice at once, the node when it wakes, and then the connections open again.
    Dropped,
}

impl From<Connections> for crate::host::Connections {
    fn from(connections: Connections) -> crate::host::Connections {
        match connections {
            Connections::Kept => crate::host::Connections::Kept,
            Connections::Dropped => crate::host::Connections::Dropped,
        }
    }
}

/// Something that happens to a node for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spell {
    /// The node.
    pub node: String,
    /// How long it lasts.
    #[serde(rename = "for")]
    pub span: Duration,
}

/// Something that happens to a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lone {
    /// The node.
    pub node: String,
}

/// A node that leaves for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Departure {
    /// The node.
    pub node: String,
    /// Whether this is skipped if the node holds the last copy of anything. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spare_last_copy: Option<bool>,
}

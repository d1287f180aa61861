//! Acts: everything that can happen on a timeline. Each family has a file with the fields of its acts, what they refer to,
//! what is checked of them, what they are called, how a log tells them and what is simpler. A file and a run have the same
//! acts: a file calls what they are about by names, a run by numbers.
//!
//! A new act is a row in the table below, and a line in what is asked of every act at the end of this file. Nothing here plays
//! anything, and nothing here knows how a run is judged.

mod about;
mod app;
mod ask;
mod attack;
mod change;
mod clock;
mod disk;
mod entry;
mod filter;
mod life;
mod link;
mod network;
mod process;
mod reference;
mod refs;
mod resolving;
mod said;
mod shrinking;
pub(crate) mod simpler;
mod told;

pub use app::{Edit, Subject};
pub use ask::Ask;
pub use attack::Attack;
pub use change::{
    Accept, AddMember, DeleteKey, Extend, InsertItems, Invite, PushItem, RemoveItems, RemoveMember,
    RevokeExtend, SetKey, Splice,
};
pub use clock::ClockChange;
pub use disk::{BackUp, FailWrites, ReorderWrites, Rot, Stall};
pub use entry::{Entry, When};
pub use filter::{DropMessages, Hold};
pub use life::{Connections, Departure, Lone, Pause, Spell};
pub(crate) use link::Way;
pub use link::{Between, HalfOpen, Where};
pub use process::{Crash, Outage, Point, Restore};
pub(crate) use reference::{Reference, To};
pub(super) use refs::EVERYONE;
use refs::Rename;
pub use refs::{Call, Named, Numbered, Refs};
pub(super) use resolving::Resolving;
pub(super) use resolving::check_edit;

use super::file::NetworkChange;
use super::resolve::names::backup_name;
use schemars::{Schema, SchemaGenerator};
use serde::de::{Error as _, MapAccess};
use serde::ser::SerializeMap;
use serde_json::{Map, Value};

/// Of all acts only this one is large, and a recording has many others.
type Conditions<R = Named> = Box<NetworkChange<R>>;

/// The table of all acts: for each its description, its key in a file, its name here and its fields.
macro_rules! acts {
    ($(#[doc = $doc:literal] $key:literal => $Act:ident($Fields:ident),)*) => {
        /// What happens: one operation, as a scenario file says it, or as a run plays it.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Act<R: Refs = Named> {
            $(#[doc = $doc] $Act($Fields<R>),)*
        }

        impl<R: Refs> Act<R> {
            /// What it is called in a file.
            pub fn key(&self) -> &'static str {
                match self {
                    $(Act::$Act(_) => $key,)*
                }
            }

            /// The same with what it is about called otherwise. What is usual is not said.
            fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<Act<S>> {
                Some(match self {
                    $(Act::$Act(it) => Act::$Act(it.renamed(by)?.into()),)*
                })
            }
        }

        impl Act {
            /// The keys of all acts.
            pub const KEYS: &[&str] = &[$($key),*];

            /// All fields that an entry may have.
            const FIELDS: &[&str] = &["at", "after", "name", $($key),*];

            /// Reads the fields of the act called `key`; `null` is none.
            fn read<'de, A: MapAccess<'de>>(key: &str, map: &mut A) -> Result<Option<Act>, A::Error> {
                match key {
                    $($key => Ok(map.next_value::<Option<$Fields>>()?.map(Act::$Act)),)*
                    _ => Err(A::Error::unknown_field(key, Act::FIELDS)),
                }
            }

            fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                match self {
                    $(Act::$Act(fields) => map.serialize_entry($key, fields),)*
                }
            }

            /// Adds the schema of each act.
            fn schemas(generator: &mut SchemaGenerator, properties: &mut Map<String, Value>) {
                $(properties.insert(
                    $key.to_owned(),
                    described(generator.subschema_for::<Option<$Fields>>(), $doc),
                );)*
            }
        }
    };
}

acts! {
    /// The app of a node creates a CoValue.
    "create" => Create(Subject),
    /// The app of a node writes a batch of transactions.
    "edit" => Edit(Edit),
    /// The app of a node sets a key of a map.
    "set" => Set(SetKey),
    /// The app of a node deletes a key of a map.
    "delete" => Delete(DeleteKey),
    /// The app of a node inserts items into a list.
    "insert" => Insert(InsertItems),
    /// The app of a node removes items from a list.
    "remove" => Remove(RemoveItems),
    /// The app of a node pushes an item to a stream.
    "push" => Push(PushItem),
    /// The app of a node replaces a piece of a text.
    "splice" => Splice(Splice),
    /// The app of a node adds a member to a group, or gives one another role.
    "add_member" => AddMember(AddMember),
    /// The app of a node removes a member from a group, which gets a new key.
    "remove_member" => RemoveMember(RemoveMember),
    /// The app of a node makes an invite to a group: a secret, by which whoever has it becomes a member.
    "invite" => Invite(Invite),
    /// The app of a node accepts an invite, and becomes a member of its group.
    "accept" => Accept(Accept),
    /// The app of a node makes a group the child of another, whose members count in it from then on.
    "extend" => Extend(Extend),
    /// The app of a node makes a group no longer the child of another; it gets a new key.
    "revoke_extend" => RevokeExtend(RevokeExtend),
    /// The app of a node deletes a CoValue for good: nobody sees anything of it any more.
    "delete_value" => DeleteValue(Subject),
    /// The app of a node makes a branch, of what it sees of the branch's source.
    "branch" => Branch(Subject),
    /// The app of a node merges a branch: what was written in it shows in its source, too.
    "merge" => Merge(Subject),
    /// The app of a node asks for a CoValue.
    "load" => Load(Subject),
    /// The app of a node no longer wants a CoValue.
    "done" => Done(Subject),
    /// The app of a guest is asked for something in the guest's own words.
    "ask" => Ask(Ask),
    /// A link opens a new connection.
    "connect" => Connect(Between),
    /// The connection of a link ends, and messages on their way in it are lost.
    "disconnect" => Disconnect(Between),
    /// A link loses every message, while both ends believe that it is connected.
    "partition" => Partition(Where),
    /// A partition ends, and messages are no longer dropped or kept back.
    "heal" => Heal(Where),
    /// A connection ends, but only one end notices, until the link connects or disconnects.
    "half_open" => HalfOpen(HalfOpen),
    /// Messages that are sent from now on are kept back until they are released.
    "hold" => Hold(Hold),
    /// The messages that were kept back arrive, in order, and no more are kept back.
    "release" => Release(Where),
    /// Messages are lost until a given number of them is lost, or until the link heals.
    "drop" => Drop(DropMessages),
    /// A node stops, and starts again from its disk.
    "restart" => Restart(Outage),
    /// A node stops, loses its disk, and starts again empty.
    "wipe" => Wipe(Outage),
    /// A node stops in the middle of its work, and starts again from what its disk has.
    "crash" => Crash(Crash),
    /// A copy of a node's disk is taken.
    "back_up" => BackUp(BackUp),
    /// A node stops, and starts again from a copy of its disk.
    "restore" => Restore(Restore),
    /// A disk writes nothing for a while.
    "stall" => Stall(Stall),
    /// A disk has no room left: every write fails.
    "disk_full" => DiskFull(Lone),
    /// A disk has room again.
    "disk_room" => DiskRoom(Lone),
    /// The next writes of a disk fail.
    "fail_writes" => FailWrites(FailWrites),
    /// A disk writes nothing for a while, and a crash meanwhile leaves the newest write without those before it.
    "reorder_writes" => ReorderWrites(ReorderWrites),
    /// A bit of what is stored on a disk flips.
    "rot" => Rot(Rot),
    /// A node sleeps. What happens to it meanwhile waits, in order, until it wakes.
    "pause" => Pause(Pause),
    /// A node has no connections for a while. Its app goes on.
    "offline" => Offline(Spell),
    /// A node joins. Before that it does not exist, and its links are closed.
    "join" => Join(Lone),
    /// A node leaves for good, with everything that it holds.
    "leave" => Leave(Departure),
    /// The wall clock of a node is set, stopped or started, or runs at another pace.
    "clock" => Clock(ClockChange),
    /// A hostile node lies to a peer.
    "attack" => Attack(Attack),
    /// The conditions of a link, or of all links, change.
    "network" => Network(Conditions),
}

/// A schema with a description.
fn described(mut schema: Schema, doc: &str) -> Value {
    schema.insert("description".to_owned(), doc.trim().into());
    schema.into()
}

impl Act {
    /// What a run plays; `None` with a problem where it is mistaken.
    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Act<Numbered>> {
        self.check(by)?;
        let mut act = self.renamed(by)?;
        if let Some((id, private)) = act.private_mut() {
            private.get_or_insert(by.names.is_private(*id));
        }
        if let Act::Attack(attack) = &mut act {
            attack.id.get_or_insert(0);
        }
        Some(act)
    }

    /// That it can be played, as far as that is more than that there is what it names.
    fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        match self {
            Act::Create(it) => it.check_create(by),
            Act::DeleteValue(it) => it.check_deletion(by),
            Act::Branch(it) | Act::Merge(it) => it.check_branch(by),
            Act::Edit(it) => it.check(by),
            Act::Ask(it) => it.check(by),
            Act::Set(_)
            | Act::Delete(_)
            | Act::Insert(_)
            | Act::Remove(_)
            | Act::Push(_)
            | Act::Splice(_)
            | Act::AddMember(_)
            | Act::RemoveMember(_)
            | Act::Invite(_)
            | Act::Accept(_)
            | Act::Extend(_)
            | Act::RevokeExtend(_) => self.check_change(by),
            Act::Connect(it) | Act::Disconnect(it) => by.check_between(&it.between),
            Act::Partition(it) | Act::Heal(it) | Act::Release(it) => by.check_way(it.way()),
            Act::HalfOpen(it) => it.check(by),
            Act::Hold(it) => it.check(by),
            Act::Drop(it) => it.check(by),
            Act::Restart(it) => it.check_restart(by),
            Act::Crash(it) => it.check(by),
            Act::Restore(it) => it.check(by),
            Act::BackUp(BackUp { node, .. }) => by.check_node_with_disk(node),
            Act::DiskFull(Lone { node }) | Act::DiskRoom(Lone { node }) => by.check_node_with_own_disk(node),
            Act::Stall(it) => it.check(by),
            Act::FailWrites(it) => it.check(by),
            Act::ReorderWrites(it) => it.check(by),
            Act::Rot(it) => it.check(by),
            Act::Pause(it) => by.check_length("pause", it.span),
            Act::Offline(it) => by.check_length("offline", it.span),
            Act::Clock(it) => it.check(by),
            Act::Attack(it) => it.check(by),
            Act::Network(it) => it.check(by),
            Act::Load(_) | Act::Done(_) | Act::Wipe(_) | Act::Join(_) | Act::Leave(_) => Some(()),
        }
    }
    /// What it does, in words, as a log tells it.
    pub(crate) fn words(&self) -> String {
        match self {
            Act::Create(it) => format!("{} creates {}", it.node, it.id),
            Act::DeleteValue(it) => format!("{} deletes {} for good", it.node, it.id),
            Act::Branch(it) => format!("{} makes the branch {}", it.node, it.id),
            Act::Merge(it) => format!("{} merges {}", it.node, it.id),
            Act::Load(it) => format!("{} loads {}", it.node, it.id),
            Act::Done(it) => format!("{} is done with {}", it.node, it.id),
            Act::Edit(it) => it.words(),
            Act::Ask(it) => it.words(),
            Act::Set(_)
            | Act::Delete(_)
            | Act::Insert(_)
            | Act::Remove(_)
            | Act::Push(_)
            | Act::Splice(_)
            | Act::AddMember(_)
            | Act::RemoveMember(_)
            | Act::Invite(_)
            | Act::Accept(_)
            | Act::Extend(_)
            | Act::RevokeExtend(_) => self.change_in_words(),
            Act::Connect(it) => format!("{} connect", it.pair()),
            Act::Disconnect(it) => format!("{} disconnect", it.pair()),
            Act::Partition(it) => format!("nothing passes {}", it.way()),
            Act::Heal(it) => format!("messages pass {} again", it.way()),
            Act::Release(it) => format!("what was kept back {} arrives", it.way()),
            Act::HalfOpen(it) => it.words(),
            Act::Hold(it) => it.words(),
            Act::Drop(it) => it.words(),
            Act::Restart(it) => format!("{} restarts, down for {}", it.node, it.down_for()),
            Act::Wipe(it) => format!("{} is wiped, down for {}", it.node, it.down_for()),
            Act::Crash(it) => it.words(),
            Act::Restore(it) => it.words(),
            Act::BackUp(it) => {
                format!("{}'s disk is copied as {}", it.node, backup_name(it.backup.as_deref()))
            }
            Act::Stall(it) => format!("{}'s disk stalls for {}", it.node, it.span),
            Act::DiskFull(it) => format!("{}'s disk is full", it.node),
            Act::DiskRoom(it) => format!("{}'s disk has room again", it.node),
            Act::FailWrites(it) => it.words(),
            Act::ReorderWrites(it) => format!("{}'s disk writes out of order for {}", it.node, it.span),
            Act::Rot(it) => format!("a bit on {}'s disk flips", it.node),
            Act::Pause(it) => it.words(),
            Act::Offline(it) => format!("{} goes offline for {}", it.node, it.span),
            Act::Join(it) => format!("{} joins", it.node),
            Act::Leave(it) => format!("{} leaves for good", it.node),
            Act::Clock(it) => it.words(),
            Act::Attack(it) => it.words(),
            Act::Network(it) => it.words(),
        }
    }
    /// The same with one thing simpler, the simplest first.
    pub(crate) fn simpler(&self) -> Vec<Act> {
        let all: Vec<Act> = match self {
            Act::Edit(it) => it.simpler().map(Act::Edit).collect(),
            Act::Restart(it) => it.simpler().map(Act::Restart).collect(),
            Act::Wipe(it) => it.simpler().map(Act::Wipe).collect(),
            Act::Crash(it) => it.simpler().map(Act::Crash).collect(),
            Act::Restore(it) => it.simpler().map(Act::Restore).collect(),
            Act::Stall(it) => it.simpler().map(Act::Stall).collect(),
            Act::FailWrites(it) => it.simpler().map(Act::FailWrites).collect(),
            Act::ReorderWrites(it) => it.simpler().map(Act::ReorderWrites).collect(),
            Act::Rot(it) => it.simpler().map(Act::Rot).collect(),
            Act::Pause(it) => it.simpler().map(Act::Pause).collect(),
            Act::Offline(it) => it.simpler().map(Act::Offline).collect(),
            Act::Leave(it) => it.simpler().map(Act::Leave).collect(),
            Act::Clock(it) => it.simpler().map(Act::Clock).collect(),
            Act::Attack(it) => it.simpler().map(Act::Attack).collect(),
            Act::Set(it) => it.simpler().map(Act::Set).collect(),
            Act::Insert(it) => it.simpler().map(Act::Insert).collect(),
            Act::Remove(it) => it.simpler().map(Act::Remove).collect(),
            Act::Push(it) => it.simpler().map(Act::Push).collect(),
            Act::Splice(it) => it.simpler().map(Act::Splice).collect(),
            Act::AddMember(it) => it.simpler().map(Act::AddMember).collect(),
            Act::Invite(it) => it.simpler().map(Act::Invite).collect(),
            Act::Extend(it) => it.simpler().map(Act::Extend).collect(),
            Act::Create(_)
            | Act::DeleteValue(_)
            | Act::Branch(_)
            | Act::Merge(_)
            | Act::Ask(_)
            | Act::Delete(_)
            | Act::RemoveMember(_)
            | Act::Accept(_)
            | Act::RevokeExtend(_)
            | Act::Load(_)
            | Act::Done(_)
            | Act::Connect(_)
            | Act::Disconnect(_)
            | Act::Partition(_)
            | Act::Heal(_)
            | Act::HalfOpen(_)
            | Act::Hold(_)
            | Act::Release(_)
            | Act::Drop(_)
            | Act::BackUp(_)
            | Act::DiskFull(_)
            | Act::DiskRoom(_)
            | Act::Join(_)
            | Act::Network(_) => Vec::new(),
        };
        let all = self.as_usual().into_iter().chain(all);
        all.filter(|act| act != self).collect()
    }

    /// The same, encrypted or not as what it writes to usually is.
    fn as_usual(&self) -> Option<Act> {
        let mut act = self.clone();
        let (_, private) = act.private_mut()?;
        *private = None;
        Some(act)
    }
}

//! Acts: everything that can happen on a timeline. Each family has a file with the fields of its acts as a scenario file
//! has them, what they refer to, what is checked of them, what they are called, how a log tells them and what is simpler.
//!
//! A new act is a row in the table below, and answers to the questions that its family asks. Nothing here plays
//! anything, and nothing here knows how a run is judged.

mod app;
mod attack;
mod change;
mod clock;
mod disk;
mod entry;
mod filter;
mod life;
mod link;
mod named;
mod network;
mod process;
mod reference;
mod resolving;
mod said;
pub(crate) mod simpler;

pub use app::{Edit, Subject};
pub use attack::Attack;
pub use change::{AddMember, DeleteKey, InsertItems, PushItem, RemoveItems, RemoveMember, SetKey, Splice};
pub use clock::ClockChange;
pub use disk::{BackUp, FailWrites, Rot, Stall};
pub use entry::{Entry, When};
pub use filter::{DropMessages, Hold};
pub use life::{Connections, Departure, Lone, Pause, Spell};
pub(crate) use link::Way;
pub use link::{Between, HalfOpen, Where};
pub use process::{Crash, Outage, Point, Restore};
pub(crate) use reference::{Reference, To};
pub(super) use resolving::Resolving;
pub(super) use resolving::check_edit;

use super::file::NetworkChange;
use super::operation::Action;
use super::resolve::names::backup_name;
use crate::host::DiskFault;
use schemars::{Schema, SchemaGenerator};
use serde::de::{Error as _, MapAccess};
use serde::ser::SerializeMap;
use serde_json::{Map, Value};

/// The table of all acts: for each its description, its key in a file, its name here and its fields.
macro_rules! acts {
    ($(#[doc = $doc:literal] $key:literal => $Act:ident($Fields:ty),)*) => {
        /// What happens: one operation, as a scenario file says it.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Act {
            $(#[doc = $doc] $Act($Fields),)*
        }

        impl Act {
            /// The keys of all acts.
            pub const KEYS: &[&str] = &[$($key),*];

            /// All fields that an entry may have.
            const FIELDS: &[&str] = &["at", "after", "name", $($key),*];

            /// What it is called in a file.
            pub fn key(&self) -> &'static str {
                match self {
                    $(Act::$Act(_) => $key,)*
                }
            }

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
    /// The app of a node asks for a CoValue.
    "load" => Load(Subject),
    /// The app of a node no longer wants a CoValue.
    "done" => Done(Subject),
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
    "network" => Network(NetworkChange),
}

/// A schema with a description.
fn described(mut schema: Schema, doc: &str) -> Value {
    schema.insert("description".to_owned(), doc.trim().into());
    schema.into()
}

impl Act {
    /// Whatever it refers to.
    pub(crate) fn refs(&self) -> Vec<Reference<'_>> {
        match self {
            Act::Create(it) | Act::Load(it) | Act::Done(it) => it.refs(),
            Act::Edit(it) => it.refs(),
            Act::Set(_)
            | Act::Delete(_)
            | Act::Insert(_)
            | Act::Remove(_)
            | Act::Push(_)
            | Act::Splice(_)
            | Act::AddMember(_)
            | Act::RemoveMember(_) => self.change().map(|change| change.refs()).unwrap_or_default(),
            Act::Connect(it) | Act::Disconnect(it) => it.refs(),
            Act::Partition(it) | Act::Heal(it) | Act::Release(it) => it.way().refs(),
            Act::HalfOpen(it) => it.refs(),
            Act::Hold(it) => it.refs(),
            Act::Drop(it) => it.refs(),
            Act::Restart(Outage { node, .. })
            | Act::Wipe(Outage { node, .. })
            | Act::Crash(Crash { node, .. })
            | Act::Restore(Restore { node, .. })
            | Act::BackUp(BackUp { node, .. })
            | Act::Stall(Stall { node, .. })
            | Act::DiskFull(Lone { node })
            | Act::DiskRoom(Lone { node })
            | Act::FailWrites(FailWrites { node, .. })
            | Act::Rot(Rot { node, .. })
            | Act::Pause(Pause { node, .. })
            | Act::Offline(Spell { node, .. }) => vec![Reference::new(To::Running, "node", node)],
            Act::Join(Lone { node }) => vec![Reference::new(To::Newcomer, "node", node)],
            Act::Leave(Departure { node, .. }) => vec![Reference::new(To::Leaver, "node", node)],
            Act::Clock(ClockChange { node, .. }) => vec![Reference::new(To::Prepared, "node", node)],
            Act::Attack(it) => it.refs(),
            Act::Network(it) => it.refs(),
        }
    }

    /// The link to which it does something, by its ends.
    pub(crate) fn link(&self) -> Option<[&str; 2]> {
        let ends = match self {
            Act::Connect(it) | Act::Disconnect(it) => Some(&it.between),
            Act::Network(it) => it.between.as_ref(),
            Act::Attack(it) => return Some([&it.node, &it.on]),
            Act::HalfOpen(it) => return Some([&it.node, &it.peer]),
            _ => return self.way().and_then(Way::ends),
        };
        ends.map(|[a, b]| [a.as_str(), b.as_str()])
    }

    /// The node whose app does it, where another's could as well.
    pub(crate) fn app_mut(&mut self) -> Option<&mut String> {
        match self {
            Act::Create(it) | Act::Load(it) | Act::Done(it) => Some(&mut it.node),
            Act::Edit(it) => Some(&mut it.node),
            _ => self.changing_mut(),
        }
    }

    /// The creation of a CoValue, if it is one.
    pub(crate) fn creates(&self) -> Option<&Subject> {
        match self {
            Act::Create(create) => Some(create),
            _ => None,
        }
    }

    /// The node that joins, if it is that.
    pub(crate) fn joins(&self) -> Option<&str> {
        match self {
            Act::Join(join) => Some(&join.node),
            _ => None,
        }
    }

    /// The CoValues of whose messages something becomes, where it says which.
    pub(crate) fn filtered_mut(&mut self) -> Option<&mut Vec<String>> {
        match self {
            Act::Hold(hold) => hold.ids.as_mut(),
            Act::Drop(drop) => drop.ids.as_mut(),
            _ => None,
        }
    }

    /// The node of which links may open once it is over.
    pub(crate) fn returns(&self) -> Option<&str> {
        match self {
            Act::Restart(it) | Act::Wipe(it) => Some(&it.node),
            Act::Crash(it) => Some(&it.node),
            Act::Restore(it) => Some(&it.node),
            Act::Pause(it) => Some(&it.node),
            Act::Offline(it) => Some(&it.node),
            _ => self.joins(),
        }
    }

    /// The CoValue to which it adds transactions.
    pub(crate) fn writes(&self) -> Option<&str> {
        match self {
            Act::Create(it) => Some(&it.id),
            Act::Edit(it) => Some(&it.id),
            _ => self.change().map(|change| change.id),
        }
    }

    /// What it is called where the file gives it no name: what it does to what.
    pub(crate) fn usual_name(&self) -> String {
        let kind = self.key().replace('_', "-");
        let refs = self.refs();
        let to = |to: To| refs.iter().find(|reference| reference.to == to).map(|reference| reference.name);
        match self {
            Act::Network(NetworkChange { between: None, .. }) => kind,
            Act::Connect(_) | Act::Disconnect(_) | Act::Network(_) => {
                let [a, b] = self.link().unwrap_or_default();
                format!("{kind}-{}-{}", a.min(b), a.max(b))
            }
            Act::Partition(_) | Act::Heal(_) | Act::Release(_) | Act::Hold(_) | Act::Drop(_) => {
                match self.way() {
                    Some(Way { from: Some(from), to: Some(to), .. }) => format!("{kind}-{from}-to-{to}"),
                    _ => {
                        let [a, b] = self.link().unwrap_or_default();
                        format!("{kind}-{}-{}", a.min(b), a.max(b))
                    }
                }
            }
            Act::HalfOpen(it) => format!("{kind}-{}-{}", it.node, it.peer),
            Act::Attack(it) => format!("{kind}-{}-{}-{}", it.how.name(), it.node, it.on),
            _ => {
                let node = refs.first().map_or("", |reference| reference.name);
                match to(To::CoValue) {
                    Some(id) => format!("{kind}-{id}-{node}"),
                    None => format!("{kind}-{node}"),
                }
            }
        }
    }
}

impl Act {
    /// The way of a link to which it does something.
    pub(crate) fn way(&self) -> Option<Way<'_>> {
        match self {
            Act::Partition(it) | Act::Heal(it) | Act::Release(it) => Some(it.way()),
            Act::Hold(it) => Some(it.way()),
            Act::Drop(it) => Some(it.way()),
            _ => None,
        }
    }

    /// Whether it undoes what `earlier` has done.
    pub(crate) fn undoes(&self, earlier: &Act) -> bool {
        let sorted = |act: &Act| act.link().map(|[a, b]| [a.min(b).to_owned(), a.max(b).to_owned()]);
        match (earlier, self) {
            (Act::Disconnect(_) | Act::HalfOpen(_), Act::Connect(_))
            | (Act::Partition(_) | Act::Drop(_), Act::Heal(_))
            | (Act::Hold(_), Act::Release(_) | Act::Heal(_)) => sorted(self) == sorted(earlier),
            (Act::DiskFull(full), Act::DiskRoom(room)) => full.node == room.node,
            (Act::BackUp(copy), Act::Restore(restore)) => {
                copy.node == restore.node && copy.backup == restore.backup
            }
            (Act::Done(done), Act::Load(load)) => done == load,
            (Act::Clock(stop), Act::Clock(go)) => {
                stop.stop == Some(true) && go.go == Some(true) && stop.node == go.node
            }
            _ => false,
        }
    }

    /// What becomes of the node that runs, in words, where it must run for this to have an effect.
    pub(crate) fn asked(&self) -> Option<&'static str> {
        match self {
            Act::BackUp(_) => Some("has its disk copied"),
            Act::Crash(_) => Some("crashes"),
            Act::Restart(_) => Some("restarts"),
            Act::Wipe(_) => Some("is wiped"),
            Act::Restore(_) => Some("starts from a copy"),
            Act::Pause(_) => Some("falls asleep"),
            Act::Offline(_) => Some("goes offline"),
            _ => self
                .refs()
                .iter()
                .any(|reference| reference.to == To::App)
                .then_some("is asked for something"),
        }
    }

    /// The operation of a run that it stands for; `None` with a problem where it is mistaken.
    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        match self {
            Act::Create(it) => it.create(by),
            Act::Load(it) => it.load(by),
            Act::Done(it) => it.done(by),
            Act::Edit(it) => it.resolve(by),
            Act::Set(_)
            | Act::Delete(_)
            | Act::Insert(_)
            | Act::Remove(_)
            | Act::Push(_)
            | Act::Splice(_)
            | Act::AddMember(_)
            | Act::RemoveMember(_) => self.resolve_change(by),
            Act::Connect(it) => by.between(&it.between).map(|link| Action::Connect { link }),
            Act::Disconnect(it) => by.between(&it.between).map(|link| Action::Disconnect { link }),
            Act::Partition(it) => {
                by.way(it.way()).map(|(link, direction)| Action::Partition { link, direction })
            }
            Act::Heal(it) => by.way(it.way()).map(|(link, direction)| Action::Heal { link, direction }),
            Act::Release(it) => by.way(it.way()).map(|(link, direction)| Action::Release { link, direction }),
            Act::HalfOpen(it) => it.resolve(by),
            Act::Hold(it) => it.resolve(by),
            Act::Drop(it) => it.resolve(by),
            Act::Restart(it) => it.restart(by),
            Act::Wipe(it) => it.wipe(by),
            Act::Crash(it) => it.resolve(by),
            Act::Restore(it) => it.resolve(by),
            Act::BackUp(it) => it.resolve(by),
            Act::Stall(it) => it.resolve(by),
            Act::DiskFull(it) => disk::resolve(&it.node, DiskFault::Full, false, by),
            Act::DiskRoom(it) => disk::resolve(&it.node, DiskFault::Room, false, by),
            Act::FailWrites(it) => it.resolve(by),
            Act::Rot(it) => it.resolve(by),
            Act::Pause(it) => it.resolve(by),
            Act::Offline(it) => it.resolve(by),
            Act::Join(it) => by.node(&it.node, "node").map(|node| Action::Join { node }),
            Act::Leave(it) => it.resolve(by),
            Act::Clock(it) => it.resolve(by),
            Act::Attack(it) => it.resolve(by),
            Act::Network(it) => it.resolve(by),
        }
    }

    /// What it does, in words, as a log tells it.
    pub(crate) fn words(&self) -> String {
        match self {
            Act::Create(it) => format!("{} creates {}", it.node, it.id),
            Act::Load(it) => format!("{} loads {}", it.node, it.id),
            Act::Done(it) => format!("{} is done with {}", it.node, it.id),
            Act::Edit(it) => it.words(),
            Act::Set(_)
            | Act::Delete(_)
            | Act::Insert(_)
            | Act::Remove(_)
            | Act::Push(_)
            | Act::Splice(_)
            | Act::AddMember(_)
            | Act::RemoveMember(_) => self.change_in_words(),
            Act::Connect(it) => format!("{} connect", it.pair()),
            Act::Disconnect(it) => format!("{} disconnect", it.pair()),
            Act::Partition(it) => format!("nothing passes {}", it.way()),
            Act::Heal(it) => format!("messages pass {} again", it.way()),
            Act::Release(it) => format!("what was kept back {} arrives", it.way()),
            Act::HalfOpen(it) => it.words(),
            Act::Hold(it) => it.words(),
            Act::Drop(it) => it.words(),
            Act::Restart(it) => format!("{} restarts, down for {}", it.node, process::span(it.down_for)),
            Act::Wipe(it) => format!("{} is wiped, down for {}", it.node, process::span(it.down_for)),
            Act::Crash(it) => it.words(),
            Act::Restore(it) => it.words(),
            Act::BackUp(it) => {
                format!("{}'s disk is copied as {}", it.node, backup_name(it.backup.as_deref()))
            }
            Act::Stall(it) => format!("{}'s disk stalls for {}", it.node, it.span),
            Act::DiskFull(it) => format!("{}'s disk is full", it.node),
            Act::DiskRoom(it) => format!("{}'s disk has room again", it.node),
            Act::FailWrites(it) => it.words(),
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
            Act::Rot(it) => it.simpler().map(Act::Rot).collect(),
            Act::Pause(it) => it.simpler().map(Act::Pause).collect(),
            Act::Offline(it) => it.simpler().map(Act::Offline).collect(),
            Act::Leave(it) => it.simpler().map(Act::Leave).collect(),
            Act::Clock(it) => it.simpler().map(Act::Clock).collect(),
            Act::Attack(it) => it.simpler().map(Act::Attack).collect(),
            Act::Create(_)
            | Act::Set(_)
            | Act::Delete(_)
            | Act::Insert(_)
            | Act::Remove(_)
            | Act::Push(_)
            | Act::Splice(_)
            | Act::AddMember(_)
            | Act::RemoveMember(_)
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
        all.into_iter().filter(|act| act != self).collect()
    }
}

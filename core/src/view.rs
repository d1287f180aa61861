//! What users see: maps, lists, texts, streams and groups, computed from the logs of CoValues and nothing else.
//!
//! Which transactions count is decided first, then what can be decrypted is, and what remains is put into the total
//! order. So a view is a function of the logs, of the groups and accounts that they rest on, and of the reader's keys,
//! but never of how or when anything arrived. docs/views.md has the rules. What does not count, and what
//! makes no sense, stays in the log and out of the view: no log is an error, whoever wrote it.
//!
//! Nothing here knows the node. Who drives it: apps, and whoever judges what apps would see.

mod changes;
mod co_group;
mod co_list;
mod co_map;
mod co_stream;
mod counted;
mod custody;
mod dependencies;
mod dialect;
pub mod edit;
mod file;
mod first;
mod group;
mod groups;
mod history;
mod keys;
mod layers;
mod live;
mod log;
mod membership;
mod meta;
mod order;
mod origin;
mod role;
mod validity;

pub use co_group::CoGroup;
pub use co_list::{CoList, ListItem, OpId};
pub use co_map::{CoMap, MapEntry, setting};
pub use co_stream::{CoStream, StreamItem};
pub use counted::{Counted, counted, with_removed};
pub use custody::Custody;
pub(crate) use dependencies::{are_in_logs, named_by, of_header, of_logs, of_session, owner};
pub use dependencies::{dependencies, dependencies_in};
pub use dialect::{Dialect, UnknownDialect};
pub use file::File;
pub use keys::KeyRing;
pub use live::{LiveList, LiveView};
pub use log::{Entry, Log};
pub use role::{EVERYONE, Role};

use crate::real::{AgentId, KeySecret};
use alloc::collections::BTreeMap;
use alloc::string::String;
use changes::{Changes, visible_in_group};
use groups::Groups;
use keys::{Agreements, Secrets};
use layers::Layers;
use serde_json::Value;
use validity::Validity;

/// What is held of a CoValue.
#[derive(Clone, Debug)]
pub struct CoValue<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its header.
    pub header: &'a Value,
    /// The log of each session, by the session's name.
    pub sessions: BTreeMap<&'a str, &'a dyn Log>,
}

/// Where other CoValues are found: the group that owns one, its parents, the accounts of authors.
pub trait Resolver {
    /// The CoValue with this id, if it is held.
    fn co_value(&self, id: &str) -> Option<CoValue<'_>>;

    /// By whose rules they are judged. It is the same at all times.
    fn dialect(&self) -> Dialect {
        Dialect::default()
    }
}

/// What a CoValue shows to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    /// A map.
    Map(CoMap),
    /// A group or an account.
    Group(CoGroup),
    /// A list.
    List(CoList),
    /// A text: a list of graphemes.
    Text(CoList),
    /// A stream; a file, where its header says `binary`.
    Stream(CoStream),
    /// A CoValue that was deleted, and shows nothing.
    Deleted,
    /// A CoValue of a kind that is not known.
    Unknown,
}

impl View {
    /// What `co_value` shows to who has `keys`.
    pub fn new<R: Resolver + ?Sized>(co_value: &CoValue<'_>, resolver: &R, keys: &KeyRing) -> View {
        let of_kind = |changes: &mut dyn Iterator<Item = Changes<'_>>, groups: Option<&Groups<'_>>| {
            View::of_kind(co_value.header, changes, groups)
        };
        read_all(co_value, resolver, keys, of_kind).unwrap_or(View::Deleted)
    }

    /// In the form of the package's `toJSON()`, which of a text has the items.
    pub fn to_json_in(&self, dialect: Dialect) -> Value {
        match self {
            View::Text(list) if dialect.text_is_items() => list.to_json(),
            View::Text(_)
            | View::Map(_)
            | View::Group(_)
            | View::List(_)
            | View::Stream(_)
            | View::Deleted
            | View::Unknown => self.to_json(),
        }
    }

    /// In the form of the package's `toJSON()`, but that a text is a string.
    pub fn to_json(&self) -> Value {
        match self {
            View::Map(map) => map.to_json(),
            View::Group(group) => group.map.to_json(),
            View::List(list) => list.to_json(),
            View::Text(list) => Value::String(list.text()),
            View::Stream(stream) => stream.to_json(),
            View::Deleted | View::Unknown => Value::Null,
        }
    }

    fn of_kind<'a>(
        header: &Value,
        changes: impl IntoIterator<Item = Changes<'a>>,
        groups: Option<&Groups<'_>>,
    ) -> View {
        match (header.get("type").and_then(Value::as_str), groups) {
            (Some("comap"), Some(groups)) => View::Group(CoGroup::new(header, CoMap::new(changes), groups)),
            (Some("comap"), None) => View::Map(CoMap::new(changes)),
            (Some("colist"), _) => View::List(CoList::new(changes)),
            (Some("coplaintext"), _) => View::Text(CoList::new(changes)),
            (Some("costream"), _) => View::Stream(CoStream::new(changes)),
            _ => View::Unknown,
        }
    }
}

/// Reads all that counts in `co_value`, in order; `None` where it was deleted. What reads it gets the groups, too, where it
/// is one.
fn read_all<R: Resolver + ?Sized, T>(
    co_value: &CoValue<'_>,
    resolver: &R,
    keys: &KeyRing,
    read: impl FnOnce(&mut dyn Iterator<Item = Changes<'_>>, Option<&Groups<'_>>) -> T,
) -> Option<T> {
    let groups = Groups::of(co_value, resolver);
    let agreements = &mut Agreements::default();
    let secrets = Secrets::learn(&groups, resolver, keys, agreements);
    if let Some(group) = groups.last().filter(|_| groups.end_in(co_value)) {
        let mut changes = visible_in_group(co_value, group, groups.dialect(), &secrets);
        return Some(read(&mut changes, Some(&groups)));
    }
    if Validity::new(co_value.header, &groups).is_deleted(co_value) {
        return None;
    }
    let layers = Layers::of(co_value, (&groups, secrets), (resolver, keys, agreements));
    Some(read(&mut layers.visible(), None))
}

/// What `co_value` shows to who has `keys`, as JSON: see [`View::to_json_in`].
pub fn view<R: Resolver + ?Sized>(co_value: &CoValue<'_>, resolver: &R, keys: &KeyRing) -> Value {
    View::new(co_value, resolver, keys).to_json_in(resolver.dialect())
}

/// The key with which `keys` makes new private transactions of `co_value`, by id and secret: the present read key of its
/// group, or its own, where it may only write. `None` where there is none, or `keys` does not open it.
pub fn read_key<R: Resolver + ?Sized>(
    co_value: &CoValue<'_>,
    resolver: &R,
    keys: &KeyRing,
) -> Option<(String, KeySecret)> {
    let groups = Groups::of(co_value, resolver);
    let id = groups.writing_key(keys)?;
    let secret = Secrets::learn(&groups, resolver, keys, &mut Agreements::default()).get(id)?.clone();
    Some((id.into(), secret))
}

/// The agent that an author or member is: an agent is itself, and an account names its own.
pub fn agent_of<R: Resolver + ?Sized>(name: &str, resolver: &R) -> Option<AgentId> {
    groups::agent_of(name, resolver)
}

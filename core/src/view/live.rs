//! Views that are kept up: each transaction is read once, when it is met, and what is new costs what is new.
//!
//! Whatever a view rests on is remembered by the lengths of logs. Where a group has changed, others may count and other
//! keys be known, so the view is made anew; that is rare. Groups and accounts are small, and always made anew.

mod basis;
mod digest;
mod hung;
mod index;
mod list;
mod map;
mod sequence;
mod stamp;
mod stream;

pub use list::LiveList;

use super::changes::{Changes, read, visible_in_group};
use super::first::{FirstWriters, Turn};
use super::group::Group;
use super::groups::Groups;
use super::keys::{Agreements, Secrets};
use super::layers::{Layers, rests_on, source};
use super::membership::Memberships;
use super::meta::{Start, meta};
use super::order::Logged;
use super::origin::{Name, Origin};
use super::validity::Validity;
use super::{CoGroup, CoValue, KeyRing, Log, Resolver, Role, View};
use crate::real::{KeySecret, MadeAt};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use basis::Basis;
use map::LiveMap;
use serde_json::Value;
use stream::LiveStream;

/// What a CoValue shows to somebody, kept up while its logs grow. It owns all it needs.
///
/// Every update must be of the same CoValue, for the same reader, and logs may only have grown.
#[derive(Clone, Debug, Default)]
pub struct LiveView {
    held: Option<Held>,
    /// The reader's, which stay when the view is made anew.
    agreements: Agreements,
}

/// What is known of the CoValue.
#[derive(Clone, Debug)]
struct Held {
    id: String,
    header: Value,
    basis: Basis,
    members: Memberships,
    validity: Validity,
    secrets: Secrets,
    read_key: Option<String>,
    /// Which transactions of each session count and could be read, of those that were taken.
    taken: BTreeMap<String, Vec<bool>>,
    firsts: FirstWriters,
    /// Its own id, where it is a branch.
    branch: Option<String>,
    /// The names of what was merged.
    merged: BTreeSet<Name>,
    /// Whether something came that changes what was taken before, so that all is to be taken anew.
    is_stale: bool,
    shown: Shown,
}

/// What it shows.
#[derive(Clone, Debug)]
enum Shown {
    Map(LiveMap),
    Group { group: Box<CoGroup>, digest: u64 },
    List(LiveList),
    Text(LiveList),
    Stream(LiveStream),
    Deleted,
    Unknown,
}

impl LiveView {
    /// The view of what is not known yet.
    pub fn new() -> LiveView {
        LiveView::default()
    }

    /// Brings it up to date with what is held. Returns whether anything was taken or judged anew.
    pub fn update<R: Resolver + ?Sized>(
        &mut self,
        co_value: &CoValue<'_>,
        resolver: &R,
        keys: &KeyRing,
    ) -> bool {
        let held = self.held.as_mut().filter(|held| held.goes_on_as(co_value, resolver));
        if let Some(held) = held {
            let is_new = held.take(co_value);
            if !held.is_stale {
                return is_new;
            }
        }
        self.held = Some(Held::new(co_value, resolver, keys, &mut self.agreements));
        true
    }

    /// Takes what is new in these sessions of the CoValue; the others must be as they were when it was brought up to date
    /// last. Returns whether it could: where not, an [`update`](LiveView::update) is due.
    pub fn grow<R: Resolver + ?Sized>(&mut self, grown: &CoValue<'_>, resolver: &R) -> bool {
        let held = self.held.as_mut().filter(|held| held.goes_on_with(grown, resolver));
        held.is_some_and(|held| {
            held.take(grown);
            !held.is_stale
        })
    }

    /// What it shows: what [`View::new`] gives for the same.
    pub fn view(&self) -> View {
        match self.held.as_ref().map(|held| &held.shown) {
            Some(Shown::Map(map)) => View::Map(map.view()),
            Some(Shown::Group { group, .. }) => View::Group((**group).clone()),
            Some(Shown::List(list)) => View::List(list.view()),
            Some(Shown::Text(list)) => View::Text(list.view()),
            Some(Shown::Stream(stream)) => View::Stream(stream.view().clone()),
            Some(Shown::Deleted) => View::Deleted,
            Some(Shown::Unknown) | None => View::Unknown,
        }
    }

    /// Whether it shows what [`View::new`] gives: what a list or text shows is not copied for that.
    pub fn is_as_new<R: Resolver + ?Sized>(
        &self,
        co_value: &CoValue<'_>,
        resolver: &R,
        keys: &KeyRing,
    ) -> bool {
        let kind = co_value.header.get("type").and_then(Value::as_str);
        let list = match (self.held.as_ref().map(|held| &held.shown), kind) {
            (Some(Shown::List(list)), Some("colist")) | (Some(Shown::Text(list)), Some("coplaintext")) => {
                list
            }
            _ => return self.view() == View::new(co_value, resolver, keys),
        };
        let layers = Layers::seen_by(co_value, resolver, keys);
        let is_deleted = layers.own().validity.is_deleted(co_value);
        !is_deleted && list.shows_same(&LiveList::of(layers.visible()))
    }

    /// A number that is equal for equal views, and different for different ones but for chance. It is at hand.
    pub fn digest(&self) -> u64 {
        let (kind, digest) = match self.held.as_ref().map(|held| &held.shown) {
            Some(Shown::Map(map)) => (1, map.digest()),
            Some(Shown::Group { digest, .. }) => (2, *digest),
            Some(Shown::List(list)) => (3, list.digest()),
            Some(Shown::Text(list)) => (4, list.digest()),
            Some(Shown::Stream(stream)) => (5, stream.digest()),
            Some(Shown::Unknown) | None => (6, 0),
            Some(Shown::Deleted) => (7, 0),
        };
        digest::mix(digest::start(kind), digest)
    }

    /// Whether a transaction counts and could be read.
    pub fn visible(&self, session: &str, index: u32) -> bool {
        let taken = self.held.as_ref().and_then(|held| held.taken.get(session));
        taken.and_then(|taken| taken.get(index as usize)).is_some_and(|visible| *visible)
    }

    /// The list or text that it shows.
    pub fn list(&self) -> Option<&LiveList> {
        match &self.held.as_ref()?.shown {
            Shown::List(list) | Shown::Text(list) => Some(list),
            Shown::Map(_) | Shown::Group { .. } | Shown::Stream(_) | Shown::Deleted | Shown::Unknown => None,
        }
    }

    /// The group or account that it shows.
    pub fn group(&self) -> Option<&CoGroup> {
        match &self.held.as_ref()?.shown {
            Shown::Group { group, .. } => Some(group),
            Shown::Map(_)
            | Shown::List(_)
            | Shown::Text(_)
            | Shown::Stream(_)
            | Shown::Deleted
            | Shown::Unknown => None,
        }
    }

    /// The value of `key`, in a map, group or account.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match &self.held.as_ref()?.shown {
            Shown::Map(map) => map.get(key),
            Shown::Group { group, .. } => group.map.get(key),
            Shown::List(_) | Shown::Text(_) | Shown::Stream(_) | Shown::Deleted | Shown::Unknown => None,
        }
    }

    /// What else it rests on, by id, be it there or not: groups, and the accounts of those who handed out keys.
    pub fn rests_on(&self) -> impl Iterator<Item = &str> {
        self.held.iter().flat_map(|held| held.basis.ids())
    }

    /// The key with which new private transactions are made, by id and secret: what [`read_key`](super::read_key)
    /// gives for the same.
    pub fn read_key(&self) -> Option<(&str, &KeySecret)> {
        let held = self.held.as_ref()?;
        let id = held.read_key.as_deref()?;
        Some((id, held.secrets.get(id)?))
    }

    /// The keys that the reader can open, by id and secret.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &KeySecret)> {
        self.held.iter().flat_map(|held| held.secrets.iter())
    }

    /// The role of `author`, an account or agent, at `time` or in the end, in the group that says who may write: the
    /// owner, or the group itself. `None` for a stranger, where there is no such group, and where anybody may write.
    pub fn role_of(&self, author: &str, time: Option<&MadeAt>) -> Option<Role> {
        let held = self.held.as_ref()?;
        match held.shown {
            Shown::Group { .. } => held.members.role(author, time),
            Shown::Map(_)
            | Shown::List(_)
            | Shown::Text(_)
            | Shown::Stream(_)
            | Shown::Deleted
            | Shown::Unknown => held.members.role_as_owner(author, time),
        }
    }
}

impl Held {
    fn new<R: Resolver + ?Sized>(
        co_value: &CoValue<'_>,
        resolver: &R,
        keys: &KeyRing,
        agreements: &mut Agreements,
    ) -> Held {
        let groups = Groups::of(co_value, resolver);
        let secrets = Secrets::learn(&groups, resolver, keys, agreements);
        let is_group = groups.end_in(co_value);
        let (members, read_key) = (groups.members.clone(), groups.writing_key(keys).map(String::from));
        let layers = Layers::of(co_value, (&groups, secrets), (resolver, keys, agreements));
        let basis = Basis::new(&rests_on(&groups) | &layers.asked, resolver);
        let is_deleted = layers.own().validity.is_deleted(co_value);
        let merged = layers.merged();
        let is_plain = is_group || is_deleted || layers.is_plain();
        let (own, layers) =
            if is_plain { (layers.into_own(), None) } else { (layers.own().clone(), Some(layers)) };
        let mut held = Held {
            id: co_value.id.into(),
            header: co_value.header.clone(),
            basis,
            members,
            firsts: own.metas.firsts,
            branch: source(co_value.header, groups.dialect()).map(|_| co_value.id.into()),
            merged,
            is_stale: false,
            validity: own.validity,
            secrets: own.secrets,
            read_key,
            taken: BTreeMap::new(),
            shown: if is_deleted { Shown::Deleted } else { Shown::of_kind(co_value.header) },
        };
        match (groups.last().filter(|_| is_group), layers) {
            (Some(group), _) => held.take_group(co_value, (group, &groups)),
            (None, Some(layers)) => held.take_all(co_value, layers.visible()),
            (None, None) => drop(held.take(co_value)),
        }
        held.is_stale = false;
        held
    }

    /// Whether this still holds of `co_value`, and only new transactions are to be taken.
    fn goes_on_as<R: Resolver + ?Sized>(&self, co_value: &CoValue<'_>, resolver: &R) -> bool {
        let is_there = |session: &String| co_value.sessions.contains_key(session.as_str());
        self.taken.keys().all(is_there) && self.goes_on_with(co_value, resolver)
    }

    /// The same, where the sessions that `co_value` leaves out are as they were.
    fn goes_on_with<R: Resolver + ?Sized>(&self, co_value: &CoValue<'_>, resolver: &R) -> bool {
        let is_group = matches!(self.shown, Shown::Group { .. });
        let goes_on = |(session, log): (&&str, &&dyn Log)| {
            let taken = self.taken.get(*session).map_or(0, Vec::len);
            if is_group { log.len() == taken } else { log.len() >= taken }
        };
        !self.is_stale
            && self.id == co_value.id
            && self.header == *co_value.header
            && co_value.sessions.iter().all(goes_on)
            && self.basis.holds(resolver)
    }

    /// Takes all transactions of a group.
    fn take_group(&mut self, co_value: &CoValue<'_>, (group, groups): (&Group<'_>, &Groups<'_>)) {
        let changes: Vec<_> = visible_in_group(co_value, group, groups.dialect(), &self.secrets).collect();
        self.mark_none(co_value);
        changes.iter().for_each(|changes| self.mark(changes));
        if let View::Group(group) = View::of_kind(co_value.header, changes, Some(groups)) {
            let digest = digest_of(&group);
            self.shown = Shown::Group { group: Box::new(group), digest };
        }
    }

    /// Takes all that shows in a branch, or where something was merged, in the total order.
    fn take_all<'a>(&mut self, co_value: &CoValue<'_>, changes: impl Iterator<Item = Changes<'a>>) {
        self.mark_none(co_value);
        for changes in changes {
            self.mark(&changes);
            self.shown.take(changes);
        }
    }

    /// Remembers that all transactions were taken, and none of them was seen.
    fn mark_none(&mut self, co_value: &CoValue<'_>) {
        for (session, log) in &co_value.sessions {
            self.taken.insert((*session).into(), alloc::vec![false; log.len()]);
        }
    }

    /// Remembers that a transaction was seen.
    fn mark(&mut self, changes: &Changes<'_>) {
        let (session, index) = changes.place;
        if let Some(taken) =
            self.taken.get_mut(session).filter(|_| changes.source.is_none() && changes.is_shown)
        {
            taken[index as usize] = true;
        }
    }

    /// Takes what is new. Returns whether there was anything.
    fn take(&mut self, co_value: &CoValue<'_>) -> bool {
        let mut is_new = false;
        for (session, log) in &co_value.sessions {
            let from = self.taken.get(*session).map_or(0, Vec::len);
            if log.len() > from {
                is_new = true;
                self.take_session(session, *log, from);
            }
        }
        is_new
    }

    /// Takes the transactions of a session from `from` on.
    fn take_session(&mut self, session: &str, log: &dyn Log, from: usize) {
        let is_deleted = matches!(self.shown, Shown::Deleted);
        if !is_deleted && self.validity.deletes(&self.id, session, log) {
            self.is_stale = true;
        }
        let mut visible = Vec::with_capacity(log.len() - from);
        for at in from..log.len() {
            let logged = log.get(at).and_then(|transaction| {
                Some(Logged { session, index: u32::try_from(at).ok()?, transaction })
            });
            let counted = logged.filter(|logged| !is_deleted && self.validity.holds(logged));
            let changes = counted.and_then(|logged| self.turned(logged));
            visible.push(changes.as_ref().is_some_and(|changes| changes.is_shown));
            if let Some(changes) = changes {
                self.shown.take(changes);
            }
        }
        match self.taken.get_mut(session) {
            Some(taken) => taken.extend(visible),
            None => {
                self.taken.insert(session.into(), visible);
            }
        }
    }
}

impl Held {
    /// What a transaction that counts changes, where that is permitted. If it says something of what was taken before, or
    /// belongs elsewhere, all is to be taken anew.
    fn turned<'a>(&mut self, logged: Logged<'a>) -> Option<Changes<'a>> {
        let dialect = self.validity.dialect();
        let has_meta = dialect.has_metas() && logged.transaction.has_meta();
        let meta = has_meta.then(|| meta(&self.id, &logged, &self.secrets)).flatten();
        let turn = meta.as_ref().map_or(Turn::First, |meta| self.firsts.meet(meta, &logged));
        let moves = |meta: &Value| Origin::is_in(meta) || self.branch.is_some() && Start::is_in(meta);
        self.is_stale |= turn == Turn::Earlier || meta.as_ref().is_some_and(moves);
        let mut changes = read(&self.id, logged, dialect, &self.secrets)?;
        changes.branch = self.branch.clone().map(Cow::Owned);
        self.is_stale |= !self.merged.is_empty() && self.merged.contains(&changes.name());
        changes.is_shown = turn != Turn::Later;
        let made = (&*changes.session, &*changes.made_at);
        let is_permitted = !changes.is_shown || self.validity.permits(made, &changes.changes);
        is_permitted.then_some(changes)
    }
}

impl Shown {
    /// What a CoValue with this header shows that is no group and has no transactions.
    fn of_kind(header: &Value) -> Shown {
        match header.get("type").and_then(Value::as_str) {
            Some("comap") => Shown::Map(LiveMap::default()),
            Some("colist") => Shown::List(LiveList::default()),
            Some("coplaintext") => Shown::Text(LiveList::default()),
            Some("costream") => Shown::Stream(LiveStream::default()),
            _ => Shown::Unknown,
        }
    }

    /// Takes the changes of a transaction.
    fn take(&mut self, changes: Changes<'_>) {
        match (self, changes) {
            (Shown::List(list) | Shown::Text(list), changes) => list.take(changes),
            (Shown::Map(map), changes) if changes.is_shown => map.take(&changes),
            (Shown::Stream(stream), changes) if changes.is_shown => stream.take(changes),
            (Shown::Map(_) | Shown::Stream(_) | Shown::Group { .. } | Shown::Deleted | Shown::Unknown, _) => {
            }
        }
    }
}

/// The digest of a group, which is not kept up.
fn digest_of(group: &CoGroup) -> u64 {
    let members = group.members.iter().fold(map::digest(&group.map), |hash, (member, role)| {
        digest::text(digest::text(hash, member), role.as_str())
    });
    let read_key = group.read_key.iter().fold(members, |hash, key| digest::text(hash, key));
    group.nobody.iter().fold(read_key, |hash, name| digest::text(digest::start(hash), name))
}

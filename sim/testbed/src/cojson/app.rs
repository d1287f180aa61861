//! The app on a node: what it sees, and what it writes.

mod branches;
mod invites;
mod parents;
mod team;

use super::change::{Change, What};
use super::directory::{Agent, Directory};
use super::kind::Kind;
use super::made_up::made_up;
use super::provider::Crypto as Provider;
use super::shown::shown;
use super::{Command, Edit, SimCrypto, Transaction, Writes};
use crate::clock::WallTime;
use crate::host::NodeId;
use cosim_core::real::{self, KeySecret, MadeAt, Place};
use cosim_core::state::{CoValueState, SessionLog};
use cosim_core::view::edit::Positions;
use cosim_core::view::edit::branch::Merged;
use cosim_core::view::edit::group::ReadKey;
use cosim_core::view::{CoValue, Dialect, KeyRing, LiveView, Log, Resolver, edit};
use cosim_core::{CoId, Node, NodeState, SessionId, UpdateError, VecMap};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::iter;
use std::sync::Arc;
use team::Ahead;

/// Why a node did not do what its app asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The node refused it.
    Node(UpdateError),
    /// The app has not the key to encrypt with, or to hand on.
    NoKey,
    /// There is nothing to change: what would go is not there.
    NothingToChange,
    /// It would not count: why.
    InVain(&'static str),
    /// It is more than one transaction may change.
    TooLarge(edit::TooLarge),
    /// A guest could not do it, in its own words.
    Guest(String),
}

impl From<UpdateError> for Refusal {
    fn from(error: UpdateError) -> Refusal {
        Refusal::Node(error)
    }
}

impl From<edit::TooLarge> for Refusal {
    fn from(error: edit::TooLarge) -> Refusal {
        Refusal::TooLarge(error)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Node(error) => error.fmt(f),
            Refusal::NoKey => f.write_str("the app has no key for it"),
            Refusal::NothingToChange => f.write_str("there is nothing to change"),
            Refusal::InVain(why) => f.write_str(why),
            Refusal::TooLarge(error) => error.fmt(f),
            Refusal::Guest(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Refusal {}

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct App {
    me: NodeId,
    directory: Arc<Directory>,
    keys: KeyRing,
    /// What it sees of each CoValue that shows something.
    views: BTreeMap<CoId, LiveView>,
    /// How much of each session that rests on.
    taken: BTreeMap<CoId, VecMap<SessionId, u32>>,
    /// CoJSON's names of the sessions that it has met.
    sessions: BTreeMap<SessionId, String>,
    /// The groups that look at each group: whose parent it is or was, or was said to be in vain.
    children: BTreeMap<CoId, BTreeSet<CoId>>,
    /// What it has written to groups and may not see yet.
    ahead: BTreeMap<CoId, Ahead>,
}

/// What a node holds, as views look at it.
struct Held<'a> {
    state: &'a NodeState<SimCrypto>,
    directory: &'a Directory,
    sessions: &'a BTreeMap<SessionId, String>,
    dialect: Dialect,
}

impl<'a> Held<'a> {
    fn get(&self, id: CoId) -> Option<CoValue<'a>> {
        self.part(id, self.state.co_values.get(&id)?.sessions.iter())
    }

    /// A CoValue with these of its sessions.
    fn part(
        &self,
        id: CoId,
        sessions: impl Iterator<Item = (SessionId, &'a SessionLog<SimCrypto>)>,
    ) -> Option<CoValue<'a>> {
        let header = self.state.co_values.get(&id)?.header.as_ref()?.said.as_deref()?;
        let sessions = sessions.filter_map(|(session, log)| {
            Some((self.sessions.get(&session)?.as_str(), &log.transactions as &dyn Log))
        });
        let id = self.directory.co_value(id)?.id.as_str();
        Some(CoValue { id, header: header.as_json(), sessions: sessions.collect() })
    }
}

/// The sessions that are not as they were when so much of them was `taken`.
fn changed<'a>(
    held: &'a CoValueState<SimCrypto>,
    taken: &VecMap<SessionId, u32>,
) -> impl Iterator<Item = (SessionId, &'a SessionLog<SimCrypto>)> {
    let mut taken = taken.iter().peekable();
    held.sessions.iter().filter(move |(session, log)| {
        while taken.next_if(|(other, _)| other < session).is_some() {}
        taken.next_if(|(other, _)| other == session).map(|(_, taken)| *taken) != Some(log.len())
    })
}

impl Resolver for Held<'_> {
    fn co_value(&self, id: &str) -> Option<CoValue<'_>> {
        self.get(self.directory.find(id)?)
    }

    fn dialect(&self) -> Dialect {
        self.dialect
    }
}

/// Where the next transactions of an app go.
#[derive(Clone, Copy)]
struct Target<'a> {
    id: CoId,
    /// The session, and CoJSON's name of it.
    session: (SessionId, &'a str),
    /// How many transactions come before them.
    after: u32,
    /// The number of the operation that writes them.
    operation: u32,
    /// What the app's clock shows.
    wall: WallTime,
    /// The node.
    node: &'a Node<SimCrypto>,
}

impl App {
    /// An app that sees nothing yet.
    pub(super) fn new(me: NodeId, directory: Arc<Directory>) -> App {
        let keys = if directory.has_views() { directory.keys(me) } else { KeyRing::empty() };
        let (views, taken, sessions) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let (children, ahead) = (BTreeMap::new(), BTreeMap::new());
        App { me, directory, keys, views, taken, sessions, children, ahead }
    }

    fn held<'a>(&'a self, state: &'a NodeState<SimCrypto>) -> Held<'a> {
        Held { state, directory: &self.directory, sessions: &self.sessions, dialect: self.dialect() }
    }

    /// By whose rules it reads and writes.
    fn dialect(&self) -> Dialect {
        self.directory.dialect_of(self.me)
    }

    /// What it sees of a CoValue.
    pub(super) fn view(&self, id: CoId) -> Option<&LiveView> {
        self.views.get(&id)
    }

    /// The same as people read it.
    pub(super) fn shows(&self, id: CoId) -> Option<Value> {
        Some(shown(&self.views.get(&id)?.view(), &self.directory, &self.sessions))
    }

    /// The node's process ends: what it saw is gone.
    pub(super) fn forget(&mut self) {
        self.views.clear();
        self.taken.clear();
        self.ahead.clear();
    }

    /// The node has changed these CoValues: what shows something is brought up to date, with a group all that it owns,
    /// and with everything its branches.
    pub(super) fn follow(&mut self, state: &NodeState<SimCrypto>, touched: &BTreeSet<CoId>) {
        let directory = Arc::clone(&self.directory);
        let mut due = BTreeSet::new();
        for id in touched.iter().copied().filter(|id| directory.kind(*id).is_some()) {
            due.insert(id);
            if directory.kind(id) == Some(Kind::Group) {
                for group in self.with_children(id) {
                    due.insert(group);
                    due.extend(directory.owned_by(group));
                }
            }
            let Some(held) = state.co_values.get(&id) else { continue };
            for (session, _) in changed(held, self.taken.entry(id).or_default()) {
                self.sessions.entry(session).or_insert_with(|| directory.session(session));
            }
        }
        due.extend(directory.branches_of(&due));
        self.catch_up(state);
        let held = Held { state, directory: &directory, sessions: &self.sessions, dialect: self.dialect() };
        for id in due {
            let Some(co_value) = state.co_values.get(&id).filter(|_| held.part(id, iter::empty()).is_some())
            else {
                self.views.remove(&id);
                self.taken.remove(&id);
                continue;
            };
            let (view, taken) = (self.views.entry(id).or_default(), self.taken.entry(id).or_default());
            let new: Vec<_> = changed(co_value, taken).collect();
            let added = new.iter().filter(|(session, _)| !taken.contains(*session)).count();
            // Where a session is gone, all is new.
            let is_all_there = taken.len() + added == co_value.sessions.len();
            let grown = held.part(id, new.iter().copied()).filter(|_| is_all_there);
            if !grown.is_some_and(|grown| view.grow(&grown, &held))
                && let Some(all) = held.get(id)
            {
                view.update(&all, &held, &self.keys);
            }
            let parents =
                if directory.kind(id) == Some(Kind::Group) { parents::of(view, &directory) } else { vec![] };
            if !is_all_there {
                taken.clear();
            }
            for (session, log) in co_value.sessions.iter().filter(|_| !is_all_there).chain(new) {
                taken.insert(session, log.len());
            }
            for parent in parents {
                self.children.entry(parent).or_default().insert(id);
            }
        }
    }

    /// The transactions that a command writes in `session` when the app's clock shows `wall`; none for one that writes
    /// nothing.
    pub(super) fn draft(
        &self,
        node: &Node<SimCrypto>,
        session: SessionId,
        command: &Command,
        wall: WallTime,
    ) -> Result<Vec<Transaction>, Refusal> {
        let (id, operation) = match command {
            Command::Create { id, operation } => (*id, *operation),
            Command::Edit(edit) => (edit.id, edit.operation),
            Command::Load { .. } | Command::Done { .. } | Command::Ask(_) | Command::Attack(_) => {
                return Ok(Vec::new());
            }
        };
        let name = self.directory.session(session);
        let target = Target {
            id,
            session: (session, &name),
            after: node.next_index(id, session),
            operation,
            wall,
            node,
        };
        let drafts = match command {
            Command::Create { .. } => {
                match self.directory.co_value(id).and_then(|known| known.spec.branch_of) {
                    Some(source) => self.start(&target, source)?,
                    None => self.founding(&target)?,
                }
            }
            Command::Edit(Edit { writes: Writes::Change(change), .. }) => self.change(&target, change)?,
            Command::Edit(Edit { writes: Writes::Bulk { transactions, size }, .. }) => {
                if self.directory.kind(id).is_none() {
                    let is_real = self.directory.provider() == Provider::Real;
                    let filler = |i| Transaction::filler(wall.as_us(), (operation, i), *size, is_real);
                    let depends_on = self.depends_on(id);
                    let transaction = |i| Transaction { depends_on, ..filler(i) };
                    return Ok((0..*transactions).map(transaction).collect());
                }
                let mut drafts = Drafts::default();
                // What a group is after one change, and where the next would stand, is known when that is made.
                let is_group = self.directory.kind(id) == Some(Kind::Group);
                let count = if is_group { (*transactions).min(1) } else { *transactions };
                for i in 0..count {
                    let list = self.views.get(&id).and_then(LiveView::list);
                    let place = (id, list.map_or(0, Positions::len));
                    let change = made_up(&self.directory, self.me, place, (operation, i), *size)
                        .ok_or(Refusal::NothingToChange)?;
                    drafts.add(self.change(&target, &change)?);
                }
                drafts
            }
            Command::Load { .. } | Command::Done { .. } | Command::Ask(_) | Command::Attack(_) => {
                Drafts::default()
            }
        };
        let said = drafts.said.iter().map(|merged| &merged.changes);
        for changes in drafts.first.iter().chain(&drafts.changes).chain(said) {
            edit::check_size(changes, self.dialect())?;
        }
        let key = if drafts.private { Some(self.key_of(&target)?) } else { None };
        Ok(self.transactions(&target, drafts, key.as_ref()))
    }

    /// The account on which all depends that it writes to other CoValues.
    fn depends_on(&self, id: CoId) -> Option<CoId> {
        self.directory.account(self.me).filter(|account| *account != id)
    }

    /// The transactions that make these changes.
    fn transactions(
        &self,
        target: &Target<'_>,
        drafts: Drafts,
        key: Option<&(String, KeySecret)>,
    ) -> Vec<Transaction> {
        let depends_on = self.depends_on(target.id);
        let wall_us = target.wall.as_us().max(drafts.date.saturating_mul(1000));
        let known = self.directory.co_value(target.id).map_or("", |known| known.id.as_str());
        let Drafts { first, changes, private, meta, needs, said, .. } = drafts;
        let first = first.into_iter().map(|changes| (changes, None, false));
        let said = said.into_iter().map(|it| (it.changes, Some(it.meta), it.is_private));
        let all = changes.into_iter().map(|changes| (changes, meta.clone(), private));
        let all = first.chain(all).chain(said);
        let transaction = |(i, (changes, meta, private)): (u32, (Value, Option<Value>, bool))| {
            let key = key.filter(|_| private);
            let depends_on = needs.filter(|_| i == 0).or(depends_on);
            let made_at = MadeAt::from_ms(wall_us / 1000);
            let place = Place::transaction(known, target.session.1, target.after.saturating_add(i));
            let said = match key {
                None => real::Transaction::trusting(made_at, &changes),
                Some((key, secret)) => {
                    real::Transaction::private(made_at, &changes, real::Key { id: key, secret }, &place)
                }
            };
            let said = match &meta {
                None => said,
                Some(meta) => said.with_meta(meta, &place, key.map(|(_, secret)| secret)),
            };
            let payload = u64::from(target.operation) << 32 | u64::from(i);
            Transaction { depends_on, ..Transaction::saying(wall_us, payload, said) }
        };
        (0..).zip(all).map(transaction).collect()
    }

    /// What founds a group, where it is this app's to found.
    fn founding(&self, target: &Target<'_>) -> Result<Drafts, Refusal> {
        let known = self.directory.co_value(target.id);
        let Some(known) = known.filter(|known| known.spec.admin == Some(self.me)) else {
            return Ok(Drafts::default());
        };
        let agent = self.agent()?;
        let (key, secret) = self.new_key(target);
        let key = ReadKey { id: &key, secret: &secret };
        let changes =
            team::writer(&known.id, target, agent, self.dialect()).found(&team::member(agent), &key);
        Ok(Drafts::open(changes.map_err(|_| Refusal::NoKey)?))
    }

    fn agent(&self) -> Result<&Agent, Refusal> {
        self.directory.agent_of(self.me).ok_or(Refusal::NoKey)
    }

    /// The key that private transactions of a CoValue are made with.
    fn read_key(&self, id: CoId) -> Result<(&str, &KeySecret), Refusal> {
        let view = self.views.get(&id).ok_or(Refusal::Node(UpdateError::CoValueNotFound))?;
        view.read_key().ok_or(Refusal::NoKey)
    }

    /// The changes of the transactions that a change takes.
    fn change(&self, target: &Target<'_>, change: &Change) -> Result<Drafts, Refusal> {
        let view = self.views.get(&target.id).ok_or(Refusal::Node(UpdateError::CoValueNotFound))?;
        let one = |changes: Value| {
            let is_empty = changes.as_array().is_some_and(Vec::is_empty);
            if is_empty { Err(Refusal::NothingToChange) } else { Ok(vec![changes]) }
        };
        let list = || view.list().ok_or(Refusal::NothingToChange);
        let changes = match &change.what {
            What::Set { key, value, .. } if view.group().is_some() => {
                return self.set_in_group(target, (key, value), change.private);
            }
            What::Set { key, value, fww } => {
                let meta = fww.as_ref().map(|name| edit::first_writer(name));
                let changes = one(edit::set(key, value))?;
                return Ok(Drafts { changes, private: change.private, meta, ..Drafts::default() });
            }
            What::Delete { key } => one(edit::delete(key)),
            What::Push { value } => one(edit::push(value)),
            What::Insert { index, values } => {
                let list = list()?;
                let at = place(*index, list.len());
                one(edit::insert(list, at, values).map_err(|_| Refusal::NothingToChange)?)
            }
            What::Remove { index, count } => {
                let list = list()?;
                let (from, to) = (place(*index, list.len()), place(index.saturating_add(*count), list.len()));
                one(edit::remove(list, from..to).map_err(|_| Refusal::NothingToChange)?)
            }
            What::Splice { index, delete, insert } => {
                let list = list()?;
                let from = place(*index, list.len());
                let to = place(index.saturating_add(*delete), list.len());
                let gone = edit::remove(list, from..to).map_err(|_| Refusal::NothingToChange)?;
                let new = edit::insert_text(list, from, insert).map_err(|_| Refusal::NothingToChange)?;
                one([gone, new].into_iter().flat_map(elements).collect())
            }
            What::Invite { secret, role } => return self.invite(target, secret, *role),
            What::Accept { secret } => return self.accept(target, secret),
            What::Merge { branch } => return self.merge(target, *branch),
            What::DeleteValue => return self.delete_value(target),
            What::AddMember { member, role } => return self.add_member(target, *member, (*role).into()),
            What::RemoveMember { member } => return self.remove_member(target, *member),
            What::Extend { parent, role } => return self.extend(target, *parent, role.map(Into::into)),
            What::RevokeExtend { parent } => return self.revoke_extend(target, *parent),
        }?;
        Ok(Drafts { changes, private: change.private, ..Drafts::default() })
    }
}

impl App {
    /// Deletes a CoValue for good, once: after the app became an admin, even where the clock is behind.
    fn delete_value(&self, target: &Target<'_>) -> Result<Drafts, Refusal> {
        let known = self.directory.co_value(target.id);
        let known = known.ok_or(Refusal::Node(UpdateError::CoValueNotFound))?;
        if target.after > 0 {
            return Err(Refusal::NothingToChange);
        }
        let owner = known.spec.owner.and_then(|owner| self.views.get(&owner));
        let empty = LiveView::new();
        let drafts = self.dated(target, owner.unwrap_or(&empty), vec![Value::Array(vec![])], &[]);
        Ok(Drafts { meta: Some(edit::deletion(&known.id)), ..drafts })
    }
}

/// The changes of transactions that follow one another.
#[derive(Default)]
struct Drafts {
    /// What comes before them, and is not private.
    first: Vec<Value>,
    changes: Vec<Value>,
    private: bool,
    /// The first millisecond in which they may be made, whatever the clock shows.
    date: u64,
    /// What is said of each of them.
    meta: Option<Value>,
    /// What must be here before the first of them is of use.
    needs: Option<CoId>,
    /// Others behind them, each with what is said of it.
    said: Vec<Merged>,
}

impl Drafts {
    fn open(changes: Vec<Value>) -> Drafts {
        Drafts { changes, ..Drafts::default() }
    }

    fn add(&mut self, other: Drafts) {
        self.first.extend(other.first);
        self.changes.extend(other.changes);
        self.private |= other.private;
        self.date = self.date.max(other.date);
        self.meta = other.meta.or(self.meta.take());
        self.needs = other.needs.or(self.needs);
        self.said.extend(other.said);
    }
}

fn elements(list: Value) -> Vec<Value> {
    if let Value::Array(items) = list { items } else { Vec::new() }
}

/// A place in a list of `len` items: one behind the end means the end.
fn place(index: u32, len: usize) -> usize {
    (index as usize).min(len)
}

//! What nodes hold of what shows something, as running hashes: those that are equal here hold the same. A look costs
//! what is new. With them goes who may do what in the groups that nodes hold.

use super::holdings::{Holdings, Shown, Stored};
use super::hostile::Hostile;
use super::rights::{Above, Logged, Rights, encrypted, set};
use crate::cojson::digest::Digest;
use crate::cojson::{Directory, Foreign, Kind, Sight, Transaction};
use crate::host::NodeId;
use cosim_core::real::Privacy;
use cosim_core::view::Dialect;
use cosim_core::{CoId, FastCrypto, SessionId, VecMap};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// How many states of a group are kept, so that nodes that come to the same one share what follows from it.
const RIGHTS_MAX: usize = 64;

/// See the module.
#[derive(Clone, Debug)]
pub struct Logs {
    directory: Arc<Directory>,
    /// What each group owns.
    owned: BTreeMap<CoId, Vec<CoId>>,
    /// CoJSON's names of the sessions met so far.
    names: BTreeMap<SessionId, String>,
    logs: BTreeMap<(NodeId, CoId), Log>,
    /// The groups that name each as a parent, in the log of any of our nodes.
    children: BTreeMap<CoId, BTreeSet<CoId>>,
    /// The states of each group by their hash, the oldest first.
    rights: BTreeMap<CoId, VecDeque<(u64, Arc<Rights>)>>,
    /// The state of each group in which a node's views of what it owns were looked at last.
    ruled: BTreeMap<(NodeId, CoId), u64>,
}

/// What a node holds of a CoValue.
#[derive(Clone, Debug, Default)]
struct Log {
    /// How much of each session is hashed, and to what.
    sessions: VecMap<SessionId, (usize, u64)>,
    /// All of it together.
    hash: u64,
    /// The groups that it names as parents.
    parents: BTreeSet<CoId>,
    /// The keys that its private transactions were encrypted with.
    keys: BTreeSet<String>,
    /// Which of them the node's app can open, how many there were and in which state of the group.
    opened: (usize, u64, Arc<Opened>),
}

/// The keys used in a CoValue that somebody can open.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    keys: BTreeSet<String>,
    /// All of them together.
    hash: u64,
    /// Whether some are not sure to be what they should be.
    doubtful: bool,
}

/// What a node's view of a CoValue rests on.
#[derive(Clone, Debug)]
pub struct Grounds {
    /// What it holds of the CoValue, as a hash.
    pub own: u64,
    /// The same of the group that says who may write it; 0 where none does, or it is not held.
    pub group: u64,
    /// Who may do what with it; `None` where anybody may.
    pub rights: Option<Arc<Rights>>,
    /// Whether it is a group itself.
    pub is_group: bool,
    /// The keys that the node's app can open.
    pub opened: Arc<Opened>,
    /// Of a branch, the same of its source, and of the source of that, as one hash; `None` where it is not sure what the app
    /// can open of them.
    pub sources: Option<u64>,
}

/// What the app of a node sees of a CoValue, and what that rests on.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The node.
    pub node: NodeId,
    /// The CoValue.
    pub id: CoId,
    /// What the view rests on.
    pub grounds: &'a Grounds,
    /// What is seen; `None` where nothing shows.
    pub shown: Option<&'a dyn Shown>,
    /// What a guest says that its app sees, and by whose rules. At rest only.
    pub told: Option<(Dialect, &'a Sight)>,
    /// A hash over what is seen, whoever says so.
    pub digest: Option<u64>,
}

impl Opened {
    /// A number that is the same where the same keys are open; `None` where nobody can tell whether they are the same.
    pub fn hash(&self) -> Option<u64> {
        (!self.doubtful).then_some(self.hash)
    }

    /// Whether a key is open for sure.
    pub fn has(&self, key: &str) -> bool {
        !self.doubtful && self.keys.contains(key)
    }
}

impl Logs {
    pub(super) fn new(directory: Arc<Directory>) -> Logs {
        let mut owned = BTreeMap::<CoId, Vec<CoId>>::new();
        for id in directory.views() {
            if let Some(owner) = owner(&directory, id) {
                owned.entry(owner).or_default().push(id);
            }
        }
        Logs {
            directory,
            owned,
            names: BTreeMap::new(),
            logs: BTreeMap::new(),
            children: BTreeMap::new(),
            rights: BTreeMap::new(),
            ruled: BTreeMap::new(),
        }
    }

    /// Whether a CoValue shows anything.
    pub fn shows(&self, id: CoId) -> bool {
        self.directory.kind(id).is_some()
    }

    /// CoJSON's name of a session that somebody holds something of.
    pub fn name(&self, session: SessionId) -> &str {
        self.names.get(&session).map_or("", String::as_str)
    }

    /// A process ends: what its logs will be comes from elsewhere.
    pub(super) fn goes_down(&mut self, node: NodeId) {
        self.logs.retain(|(of, _), _| *of != node);
        self.ruled.retain(|(of, _), _| *of != node);
    }

    /// What a group owns, its children, and what they own, where the node holds something else of the group than when it was
    /// asked last.
    pub(super) fn newly_ruled(&mut self, node: NodeId, group: CoId) -> Vec<CoId> {
        if !self.owned.contains_key(&group) && !self.children.contains_key(&group) {
            return Vec::new();
        }
        let Some(log) = self.logs.get(&(node, group)) else { return Vec::new() };
        let before = self.ruled.insert((node, group), log.hash);
        if before == Some(log.hash) {
            return Vec::new();
        }
        let below = reached(group, |group| self.children.get(&group));
        let groups = below.iter().copied().filter(|below| *below != group);
        let owned = below.iter().filter_map(|group| self.owned.get(group)).flatten().copied();
        groups.chain(owned).collect()
    }

    /// What a node's view of a CoValue rests on; `None` where it holds nothing that could show.
    pub(super) fn follow(
        &mut self,
        holdings: &dyn Holdings,
        (node, id): (NodeId, CoId),
        hostile: &Hostile,
    ) -> Option<Grounds> {
        let mut grounds = self.grounds(holdings, (node, id), hostile)?;
        let mut next = self.branch_of(id);
        while let Some(source) = next {
            let Some(there) = self.grounds(holdings, (node, source), hostile) else { break };
            let hash =
                |hash| [there.own, there.group, there.opened.hash()?].into_iter().try_fold(hash, mixed);
            grounds.sources = grounds.sources.and_then(hash);
            next = self.branch_of(source);
        }
        Some(grounds)
    }

    fn branch_of(&self, id: CoId) -> Option<CoId> {
        self.directory.co_value(id)?.spec.branch_of
    }

    /// The same, its sources aside.
    fn grounds(
        &mut self,
        holdings: &dyn Holdings,
        (node, id): (NodeId, CoId),
        hostile: &Hostile,
    ) -> Option<Grounds> {
        let there = |id: CoId| holdings.stored(id).filter(|stored| header(*stored).is_some());
        let own = self.hash(holdings, (node, id), there(id)?);
        let is_group = self.directory.kind(id) == Some(Kind::Group);
        let ruling = if is_group { Some(id) } else { owner(&self.directory, id) };
        let (group, rights) = match ruling.map(|group| (group, there(group))) {
            None => (0, None),
            // Without its group nobody may.
            Some((_, None)) => (0, Some(Arc::default())),
            Some((group, Some(there))) => {
                let hash = self.lineage(holdings, (node, group), there);
                (hash, Some(self.rights(holdings, (node, group, hash), there, hostile)))
            }
        };
        let opened = self.opened((node, id), group, rights.as_deref());
        Some(Grounds { own, group, rights, is_group, opened, sources: Some(0) })
    }

    /// The hash of what a node holds of a group, and of all its ancestors, where its app sees something of it.
    fn lineage(
        &mut self,
        holdings: &dyn Holdings,
        (node, group): (NodeId, CoId),
        stored: &dyn Stored,
    ) -> u64 {
        // By other rules it is another state.
        let mut hash = self.hash(holdings, (node, group), stored);
        let dialect = match holdings.foreign() {
            Some(foreign) => Some(foreign.dialect().map_or(0, |dialect| dialect as u64 + 1)),
            None => Some(self.directory.dialect_of(node))
                .filter(|dialect| *dialect != self.directory.dialect())
                .map(|dialect| dialect as u64 + 1),
        };
        hash = dialect.map_or(hash, |dialect| FastCrypto::mix(hash, dialect));
        let (mut met, mut todo) = (BTreeSet::from([group]), vec![group]);
        while let Some(next) = todo.pop() {
            let Some(log) = self.logs.get(&(node, next)).filter(|_| has_view(holdings, group)) else {
                continue;
            };
            for parent in log.parents.clone() {
                self.children.entry(parent).or_default().insert(next);
                let there = holdings.stored(parent).filter(|stored| header(*stored).is_some());
                let Some(there) = there.filter(|_| met.insert(parent)) else { continue };
                let of = self.hash(holdings, (node, parent), there);
                hash = hash.wrapping_add(FastCrypto::mix(u64::from(parent.0) << 1 | 1, of));
                todo.push(parent);
            }
        }
        hash
    }

    /// The hash of what a node holds of a CoValue.
    fn hash(&mut self, holdings: &dyn Holdings, of: (NodeId, CoId), stored: &dyn Stored) -> u64 {
        let log = self.logs.entry(of).or_default();
        for (place, (session, stored)) in stored.logs().enumerate() {
            let (hashed, before) = log.sessions.get_near(place, session).copied().unwrap_or_default();
            let new = stored.transactions.get(hashed..).unwrap_or_default();
            if new.is_empty() {
                continue;
            }
            self.names.entry(session).or_insert_with(|| match holdings.foreign() {
                Some(foreign) => foreign.session_name(session),
                None => self.directory.session(session),
            });
            let mut digest = Digest(before);
            for transaction in new {
                transaction.hash(&mut digest);
                log.parents.extend(parent(&self.directory, transaction));
                if let Some((key, _)) = transaction.said.as_deref().and_then(encrypted)
                    && !log.keys.contains(key)
                {
                    log.keys.insert(key.to_owned());
                }
            }
            let after = digest.finish();
            // A sum, so that the order of sessions is none of its business.
            let place = |hash: u64| FastCrypto::mix(u64::from(session.0) << 1 | 1, hash);
            let gone = if hashed == 0 { 0 } else { place(before) };
            log.hash = log.hash.wrapping_sub(gone).wrapping_add(place(after));
            log.sessions.insert(session, (stored.transactions.len(), after));
        }
        log.hash
    }

    /// What the state of a group says that has this hash.
    fn rights(
        &mut self,
        holdings: &dyn Holdings,
        (node, group, hash): (NodeId, CoId, u64),
        stored: &dyn Stored,
        hostile: &Hostile,
    ) -> Arc<Rights> {
        let states = self.rights.entry(group).or_default();
        if let Some((_, rights)) = states.iter().rev().find(|(of, _)| *of == hash) {
            return Arc::clone(rights);
        }
        let rights = Arc::new(self.judged(holdings, (node, group), (stored, hostile), &mut vec![]));
        let states = self.rights.entry(group).or_default();
        if states.len() == RIGHTS_MAX {
            states.pop_front();
        }
        states.push_back((hash, Arc::clone(&rights)));
        rights
    }

    /// The same from nothing: first of its parents. Of those on the way from the group that was asked for, `below`, it is no
    /// child.
    fn judged(
        &self,
        holdings: &dyn Holdings,
        (node, group): (NodeId, CoId),
        (stored, hostile): (&dyn Stored, &Hostile),
        below: &mut Vec<CoId>,
    ) -> Rights {
        let Some(header) = header(stored) else { return Rights::default() };
        below.push(group);
        let log = self.logs.get(&(node, group)).filter(|_| has_view(holdings, group));
        let none = BTreeSet::new();
        let above = self.above(holdings, (node, log.map_or(&none, |log| &log.parents)), hostile, below);
        below.pop();
        let log = stored.logs().flat_map(|(session, log)| {
            let name = self.names.get(&session).map_or("", String::as_str);
            let transactions = (0..).zip(log.transactions);
            transactions.filter_map(move |(index, transaction)| {
                let said = transaction.said.as_deref()?;
                let made_at = said.made_at.as_ms()?;
                Some(Logged { made_at, name, session, index, said, hostile: hostile.writes(session) })
            })
        });
        Rights::new(header, log.collect(), self.dialect(node, holdings), above)
    }

    /// The parents of the last group of `below`, as far as a node holds them.
    fn above(
        &self,
        holdings: &dyn Holdings,
        (node, parents): (NodeId, &BTreeSet<CoId>),
        hostile: &Hostile,
        below: &mut Vec<CoId>,
    ) -> Above {
        let (mut there, mut is_cut, mut is_round) = (BTreeMap::new(), false, false);
        for parent in parents {
            let held = holdings.stored(*parent).filter(|stored| self::header(*stored).is_some());
            let (Some(held), Some(known)) = (held, self.directory.co_value(*parent)) else { continue };
            if below.contains(parent) || self.directory.kind(*parent) != Some(Kind::Group) {
                // In a circle through the group that was asked for, it is no parent; which it is in another, is not known.
                is_cut |= below.first() != Some(parent);
                is_round = true;
                continue;
            }
            let rights = self.judged(holdings, (node, *parent), (held, hostile), below);
            there.insert(known.id.clone(), Arc::new(rights));
        }
        Above::new(there, is_cut, is_round)
    }

    /// Who may do what by all that a node holds of a group and its parents, and by what its app is about to write to the group
    /// in a session.
    pub(super) fn foreseen(
        &self,
        holdings: &dyn Holdings,
        (node, group): (NodeId, CoId),
        (session, more): (SessionId, &[Transaction]),
        hostile: &Hostile,
    ) -> Rights {
        let Some(stored) = holdings.stored(group) else { return Rights::default() };
        let Some(header) = header(stored) else { return Rights::default() };
        let named = more.iter().filter_map(|transaction| parent(&self.directory, transaction));
        let known = self.logs.get(&(node, group)).into_iter().flat_map(|log| log.parents.iter().copied());
        let parents: BTreeSet<CoId> = known.chain(named).collect();
        let above = self.above(holdings, (node, &parents), hostile, &mut vec![group]);
        let sessions = stored.logs().map(|(session, _)| session).chain([session]);
        let names: BTreeMap<SessionId, String> =
            sessions.map(|session| (session, self.name_of(holdings, session))).collect();
        let after = stored.count(session);
        let held = stored.logs().map(|(session, log)| (session, 0, &log.transactions[..]));
        let log = held.chain([(session, after, more)]).flat_map(|(session, after, transactions)| {
            let (name, hostile) = (names[&session].as_str(), hostile.writes(session));
            (after..).zip(transactions).filter_map(move |(index, transaction)| {
                let said = transaction.said.as_deref()?;
                Some(Logged { made_at: said.made_at.as_ms()?, name, session, index, said, hostile })
            })
        });
        Rights::new(header, log.collect(), self.dialect(node, holdings), above)
    }

    /// CoJSON's name of a session: a guest begins some of its own accord.
    fn name_of(&self, holdings: &dyn Holdings, session: SessionId) -> String {
        let said = || holdings.foreign().map(|foreign| foreign.session_name(session));
        let known = self.names.get(&session).cloned().or_else(said);
        known.unwrap_or_else(|| self.directory.session(session))
    }

    /// By whose rules a node's app sees.
    fn dialect(&self, node: NodeId, holdings: &dyn Holdings) -> Dialect {
        holdings.foreign().and_then(Foreign::dialect).unwrap_or(self.directory.dialect_of(node))
    }

    /// Which keys used in a CoValue a node's app can open.
    fn opened(&mut self, of: (NodeId, CoId), group: u64, rights: Option<&Rights>) -> Arc<Opened> {
        let Some(log) = self.logs.get_mut(&of) else { return Arc::default() };
        let (Some(rights), false) = (rights, log.keys.is_empty()) else { return Arc::default() };
        if (log.opened.0, log.opened.1) != (log.keys.len(), group) {
            let reader = self.directory.agent_of(of.0).map_or("", |agent| &agent.name);
            let open = rights.opens(reader);
            let keys: BTreeSet<String> =
                log.keys.iter().filter(|key| open.contains(key.as_str())).cloned().collect();
            let mut digest = Digest(0);
            keys.hash(&mut digest);
            let doubtful = log.keys.iter().any(|key| rights.doubts(key));
            log.opened = (log.keys.len(), group, Arc::new(Opened { keys, hash: digest.finish(), doubtful }));
        }
        Arc::clone(&log.opened.2)
    }
}

/// Whether a node's app sees something of a group, as far as can be told: guests are asked only at rest.
fn has_view(holdings: &dyn Holdings, group: CoId) -> bool {
    holdings.foreign().is_some() || holdings.shown(group).is_some()
}

fn mixed(hash: u64, more: u64) -> Option<u64> {
    Some(FastCrypto::mix(hash, more))
}

/// What is reached from one group by steps like this, itself included.
fn reached<'a>(from: CoId, step: impl Fn(CoId) -> Option<&'a BTreeSet<CoId>>) -> BTreeSet<CoId> {
    let (mut met, mut todo) = (BTreeSet::new(), vec![from]);
    while let Some(next) = todo.pop() {
        if met.insert(next) {
            todo.extend(step(next).into_iter().flatten());
        }
    }
    met
}

/// The group that a transaction of a group names as its parent.
fn parent(directory: &Directory, transaction: &Transaction) -> Option<CoId> {
    let said = transaction.said.as_deref()?;
    // Few do, and nothing else is read for it.
    let names_one = matches!(&said.privacy, Privacy::Trusting { changes } if changes.contains(PARENT));
    let (key, _) = if names_one { set(said)? } else { return None };
    directory.find(key.strip_prefix(PARENT)?)
}

/// What begins the key of a group's map that names a parent.
const PARENT: &str = "parent_";

fn owner(directory: &Directory, id: CoId) -> Option<CoId> {
    directory.co_value(id)?.spec.owner
}

/// CoJSON's header of a CoValue.
pub(super) fn header(stored: &dyn Stored) -> Option<&Value> {
    Some(stored.header()?.said.as_deref()?.as_json())
}

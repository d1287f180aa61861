//! A node that a guest plays: every input is a request to the guest's process, and what the answer says is what the node
//! does. Beside it stands a mirror of what it holds, from what it says: the oracles judge by that.

mod answer;
mod audit;
mod newcomer;
mod sight;

use super::ask;
use super::disk::Image;
use super::member::Member;
use super::shared::{Guest, Shared};
use crate::clock::WallTime;
use crate::cojson::digest::Digest;
use crate::cojson::{Command, Directory, End, Packet, Refusal, Sight, SimCrypto, fold_text, session};
use crate::host::{Input, NodeId, Origin, Output, Storage};
use crate::scenario::NodeSpec;
use cosim_core::{
    CoId, ConnectionId, Durability, KnownState, NodeState, Relationship, SessionId, Span, Time,
};
use cosim_guest::protocol::{self, Can, Operation, Source, Times, Verb};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, VecDeque};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// See the module.
#[derive(Debug)]
pub struct GuestNode {
    id: NodeId,
    name: String,
    guest: Guest,
    shared: Arc<Mutex<Shared>>,
    directory: Arc<Directory>,
    /// What it holds, as far as it has said.
    mirror: NodeState<SimCrypto>,
    /// What its wall clock shows.
    wall: WallTime,
    /// By how much each look at the clock of its work finds that gone on, in what it handles now.
    work: Span,
    due: Option<Time>,
    /// When the next of its timers is due that comes once.
    awaits: Option<Time>,
    /// How many of its timers have come in a row of which nothing came.
    idle: u32,
    connections: BTreeMap<NodeId, ConnectionId>,
    /// The newest connection with each peer that it has noticed.
    noticed: BTreeMap<NodeId, ConnectionId>,
    /// Messages that came before it noticed that their connection is open, in order.
    early: BTreeMap<(NodeId, ConnectionId), Vec<Packet>>,
    /// Whether the guest knows of it.
    is_made: bool,
    /// How often it had to begin a new session.
    incarnation: u32,
    /// How often its process has begun anew.
    lives: u32,
    has_disk: bool,
    /// How often it has committed to its disk in its whole life.
    commits: u64,
    /// Whether it goes on in its session when it starts from a copy of a disk, which forks that session.
    reuses_sessions: bool,
    outbox: VecDeque<Output<Member>>,
    /// What its app saw of everything at the end, before anybody else asked for it.
    seen_at_the_end: OnceLock<BTreeMap<CoId, Option<Sight>>>,
}

/// How many timers in a row may come to nothing before the node is at rest: the package collects garbage with the third.
const IDLE_MAX: u32 = 3;

/// How a process begins anew.
struct Start<'a> {
    from: Source<'a>,
    /// Whether the one before was told to end.
    graceful: bool,
    new_session: bool,
}

impl GuestNode {
    pub(super) fn new(id: NodeId, spec: &NodeSpec, guest: Guest, shared: Arc<Mutex<Shared>>) -> GuestNode {
        GuestNode {
            id,
            name: spec.name.clone(),
            guest,
            shared,
            directory: Arc::default(),
            mirror: NodeState::default(),
            wall: WallTime::START,
            work: Span::ZERO,
            due: None,
            awaits: None,
            idle: 0,
            connections: BTreeMap::new(),
            noticed: BTreeMap::new(),
            early: BTreeMap::new(),
            is_made: false,
            incarnation: 0,
            lives: 0,
            has_disk: spec.disk.is_some(),
            commits: 0,
            reuses_sessions: spec.durability == Durability::SendFirstReuse,
            outbox: VecDeque::new(),
            seen_at_the_end: OnceLock::new(),
        }
    }

    pub(super) fn meet(&mut self, directory: &Arc<Directory>) {
        self.directory = Arc::clone(directory);
    }

    pub(super) fn state(&self) -> &NodeState<SimCrypto> {
        &self.mirror
    }

    pub(super) fn into_state(self) -> NodeState<SimCrypto> {
        self.mirror
    }

    pub(super) fn connection(&self, peer: NodeId) -> Option<ConnectionId> {
        self.connections.get(&peer).copied()
    }

    /// Whether a connection is over. What comes before it has noticed that one is open waits for that.
    pub(super) fn ignores(&self, peer: NodeId, connection: ConnectionId) -> bool {
        let is_noticed = self.noticed.get(&peer).is_some_and(|newest| *newest >= connection);
        is_noticed && self.connection(peer) != Some(connection)
    }

    pub(super) fn session(&self) -> SessionId {
        session(self.id, self.incarnation)
    }

    /// How much of a CoValue would outlive a crash, as far as is known. It says when it commits, but not what: so where it
    /// has a disk, nothing is promised, and what it holds when it starts again is what there is.
    pub(super) fn durable(&self, id: CoId) -> KnownState {
        let held = self.mirror.co_values.get(&id).filter(|_| !self.has_disk);
        held.map_or(KnownState::EMPTY, |held| held.known_state())
    }

    /// When its next timer is due. One that comes again and again with nothing to do, as that of a garbage collector, is
    /// not waited for until something else happens to the node; one that comes once always is.
    pub(super) fn due(&self) -> Option<Time> {
        if self.idle < IDLE_MAX { self.due } else { self.awaits }
    }

    pub(super) fn reads_clock(&mut self, wall: WallTime) {
        self.wall = wall;
    }

    pub(super) fn works(&mut self, each: Span) {
        self.work = each;
    }

    pub(super) fn digest(&self) -> u64 {
        let mut digest = Digest(0);
        self.mirror.hash(&mut digest);
        for id in self.mirror.co_values.keys() {
            let shown = self.shows(*id).unwrap_or_default();
            digest.fold(fold_text(u64::from(id.0), &shown.to_string()));
        }
        digest.finish()
    }

    pub(super) fn poll_output(&mut self) -> Option<Output<Member>> {
        self.outbox.pop_front()
    }

    /// What the app sees of a CoValue, with the names of the scenario in it.
    pub(super) fn shows(&self, id: CoId) -> Option<Value> {
        let Some(Sight::Shown(shown)) = self.sight(id) else { return None };
        Some(renamed(shown, &self.shared().registry.called()))
    }

    /// The operations of which something shows in a subject.
    pub(super) fn tokens(&self, id: CoId) -> Vec<u32> {
        if !self.is_made {
            return Vec::new();
        }
        let mut shared = self.shared();
        let subject = shared.registry.name(id);
        let tokens =
            shared.query(self.guest, &self.name, &subject).and_then(|mut known| known.remove("tokens"));
        let tokens = tokens.as_ref().and_then(Value::as_array).into_iter().flatten();
        tokens.filter_map(|token| shared.operation(token.as_str()?)).collect()
    }

    pub(super) fn handle(&mut self, now: Time, input: Input<'_, Member>) -> Result<(), Refusal> {
        if !self.is_made {
            self.make(now);
        }
        let is_timer = matches!(input, Input::Deadline);
        self.idle = if is_timer { self.idle + 1 } else { 0 };
        match input {
            Input::Connected { peer, connection, end } => {
                if let Some(earlier) = self.connections.get(&peer).copied() {
                    self.disconnect(now, peer, earlier);
                }
                self.connect(now, peer, connection, end);
                self.noticed.insert(peer, connection);
                let early = self.early.remove(&(peer, connection)).unwrap_or_default();
                self.early.retain(|(of, _), _| *of != peer);
                for message in early {
                    self.deliver(now, (peer, connection), &message);
                }
            }
            Input::Disconnected { peer, connection } => self.disconnect(now, peer, connection),
            Input::Received { peer, connection, message } => {
                if self.connections.get(&peer) == Some(&connection) {
                    self.deliver(now, (peer, connection), &message);
                } else if !self.ignores(peer, connection) {
                    self.early.entry((peer, connection)).or_default().push(message);
                }
            }
            Input::Deadline => {
                let verb = Verb::Tick { node: &self.name.clone(), times: self.times(now) };
                self.ask(verb, None);
            }
            Input::Command { command, .. } => return self.command(now, command),
            Input::Restart(Storage::Kept | Storage::Lost) => {
                self.incarnation += 1;
                self.restart(now, Start { from: Source::Nothing, graceful: false, new_session: true });
            }
            Input::Recover { disk, origin } => self.recover(now, disk, origin),
            // A guest is told nothing of lines, and what it commits is done when it goes on.
            Input::Blocked { .. }
            | Input::Writable { .. }
            | Input::Left { .. }
            | Input::Written { .. }
            | Input::WriteFailed { .. } => {}
        }
        Ok(())
    }

    fn shared(&self) -> std::sync::MutexGuard<'_, Shared> {
        // Whoever panicked has left nothing half done: a request is asked whole, or the guest has failed.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn times(&self, now: Time) -> Times {
        let work = Some(self.work.as_us()).filter(|each| *each > 0);
        Times { now: now.as_us(), wall: (self.wall.as_us() / 1_000).cast_signed(), work }
    }

    /// The guest is told of the node, the first time that something happens to it.
    fn make(&mut self, now: Time) {
        self.is_made = true;
        let (seed, session) = self.begin_session();
        let secret_seed = self.directory.secret_seed(self.id);
        let (node, times) = (&self.name.clone(), self.times(now));
        self.ask(Verb::Make { node, seed, session: &session, secret_seed, disk: self.has_disk, times }, None);
    }

    /// What the node draws from in the session that it writes in now, and what that is called.
    fn begin_session(&self) -> (u64, String) {
        let mut shared = self.shared();
        let session = self.session();
        let name = match self.directory.session(session) {
            name if name.is_empty() => format!("{}-{}", self.name, self.incarnation + 1),
            name => name,
        };
        shared.registry.begin(session, &name);
        (shared.seed_of(&self.name, self.lives), name)
    }

    fn connect(&mut self, now: Time, peer: NodeId, connection: ConnectionId, end: &End) {
        self.connections.insert(peer, connection);
        let relationship = match end.relationship {
            Relationship::SyncAllOurs => protocol::Relationship::Server,
            Relationship::SyncTheirs => protocol::Relationship::Client,
            Relationship::SyncCommon => protocol::Relationship::Peer,
        };
        let (directory, node) = (Arc::clone(&self.directory), &self.name.clone());
        let verb = Verb::Connect {
            node,
            peer: directory.name(peer),
            connection: u64::from(connection.0),
            relationship,
            persistent: relationship == protocol::Relationship::Server,
            times: self.times(now),
        };
        self.ask(verb, None);
    }

    fn disconnect(&mut self, now: Time, peer: NodeId, connection: ConnectionId) {
        if self.connections.get(&peer) != Some(&connection) {
            return;
        }
        self.connections.remove(&peer);
        let (directory, node, times) = (Arc::clone(&self.directory), &self.name.clone(), self.times(now));
        let (peer, connection) = (directory.name(peer), u64::from(connection.0));
        self.ask(Verb::Disconnect { node, peer, connection, times }, None);
    }

    fn deliver(&mut self, now: Time, (peer, connection): (NodeId, ConnectionId), message: &Packet) {
        let text = match message {
            Packet::Guest(said) => Some(said.text.clone()),
            Packet::Ours(envelope) => {
                let mut shared = self.shared();
                shared.registry.learn(envelope);
                shared.registry.write_sent((peer, connection), envelope)
            }
        };
        let Some(message) = text.and_then(|text| RawValue::from_string(text).ok()) else { return };
        let (directory, node, times) = (Arc::clone(&self.directory), &self.name.clone(), self.times(now));
        let (peer, connection) = (directory.name(peer), u64::from(connection.0));
        self.ask(Verb::Deliver { node, peer, connection, message: &message, times }, None);
    }

    fn command(&mut self, now: Time, command: &Command) -> Result<(), Refusal> {
        let operations = {
            let shared = self.shared();
            let speaks_cojson = shared.speaks_cojson(self.guest);
            if let Command::Ask(ask) = command {
                let asked = ask::in_its_words(ask, &self.directory, &shared, speaks_cojson);
                Some(vec![asked.map_err(Refusal::Guest)?])
            } else if speaks_cojson {
                ask::of_cojson(self.id, command, &self.directory, &shared.registry)
            } else {
                ask::of_other(command, &self.directory, &shared)
            }
        };
        let Some(operations) = operations else {
            return Err(Refusal::Guest("a guest cannot be asked for this".to_owned()));
        };
        let operations: Vec<Operation> = operations
            .into_iter()
            .filter_map(|operation| if let Value::Object(members) = operation { Some(members) } else { None })
            .collect();
        let operation = match command {
            Command::Create { operation, .. } => Some(*operation),
            Command::Edit(edit) => Some(edit.operation),
            Command::Ask(ask) => Some(ask.operation),
            Command::Load { .. } | Command::Done { .. } | Command::Attack(_) => None,
        };
        let (node, times) = (&self.name.clone(), self.times(now));
        match self.ask(Verb::App { node, times, operations: &operations }, operation) {
            Some(error) => Err(Refusal::Guest(error)),
            None => Ok(()),
        }
    }

    /// The process begins anew from what is on the disk.
    fn recover(&mut self, now: Time, disk: &[u8], origin: Origin) {
        let Image { of, commit } = Image::newest(disk).unwrap_or(Image { of: self.id, commit: 0 });
        let directory = Arc::clone(&self.directory);
        let (from, graceful) = match origin {
            Origin::Ended => (Source::Disk, true),
            Origin::Crashed | Origin::Copied(_) => (Source::Image { of: directory.name(of), commit }, false),
        };
        // Whoever puts an old copy in place of a disk marks it, or the session would be forked.
        let is_copy = origin.copied().is_some() && !self.reuses_sessions;
        let new_session = is_copy || !self.shared().can(self.guest, Can::Session);
        self.incarnation += u32::from(new_session);
        self.restart(now, Start { from, graceful, new_session });
        let shared = Arc::clone(&self.shared);
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        if shared.speaks_cojson(self.guest) {
            return;
        }
        // It says what has changed, and not all that is there.
        for subject in shared.query_all(self.guest, &self.name).unwrap_or_default().keys() {
            let id = shared.registry.id(subject);
            self.has(&shared, id);
        }
    }

    /// The process ends and begins anew; what is left of what it held it says itself.
    fn restart(&mut self, now: Time, start: Start<'_>) {
        let Start { from, graceful, new_session } = start;
        self.connections.clear();
        self.early.clear();
        self.lives += 1;
        self.mirror = NodeState::default();
        let (seed, session) = self.begin_session();
        let (node, times) = (&self.name.clone(), self.times(now));
        let session = Some(session.as_str()).filter(|_| new_session);
        self.ask(Verb::Restart { node, from, graceful, session, seed, times }, None);
    }

    /// Asks the guest, and takes in what it answers; gives why the operation that it was asked for had no effect.
    fn ask(&mut self, verb: Verb<'_>, operation: Option<u32>) -> Option<String> {
        let shared = Arc::clone(&self.shared);
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(step) = shared.ask(self.guest, verb) else {
            (self.due, self.awaits) = (None, None);
            return None;
        };
        match self.take(&mut shared, step, operation) {
            Ok(refused) => refused,
            Err(why) => {
                shared.fails(self.guest, why);
                (self.due, self.awaits) = (None, None);
                None
            }
        }
    }
}

/// What a guest shows, with other names in it.
fn renamed(shown: Value, called: &BTreeMap<String, String>) -> Value {
    match shown {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, member)| (called.get(&name).cloned().unwrap_or(name), renamed(member, called)))
            .collect(),
        Value::Array(items) => items.into_iter().map(|item| renamed(item, called)).collect(),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}

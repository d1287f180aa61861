//! A node that a guest plays: every input is a request to the guest's process, and what the answer says is what the node
//! does. Beside it stands a mirror of what it holds, from what it says: the oracles judge by that.

mod audit;

use super::ask;
use super::member::Member;
use super::registry::Wrote;
use super::shared::{Guest, Shared};
use crate::clock::WallTime;
use crate::cojson::digest::Digest;
use crate::cojson::{
    Command, Directory, End, Notice, Packet, Refusal, Said, SimCrypto, Transaction, fold_text, session,
};
use crate::host::{Input, NodeId, Output, Storage};
use cosim_core::real;
use cosim_core::{CoId, ConnectionId, Envelope, Event, NodeState, Relationship, SessionId, Time};
use cosim_guest::protocol::{self, Operation, Source, Step, Times, Verb};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, VecDeque};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

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
    due: Option<Time>,
    connections: BTreeMap<NodeId, ConnectionId>,
    /// Whether the guest knows of it.
    is_made: bool,
    /// How often it had to begin a new session.
    incarnation: u32,
    outbox: VecDeque<Output<Member>>,
}

impl GuestNode {
    pub(super) fn new(id: NodeId, name: String, guest: Guest, shared: Arc<Mutex<Shared>>) -> GuestNode {
        GuestNode {
            id,
            name,
            guest,
            shared,
            directory: Arc::default(),
            mirror: NodeState::default(),
            wall: WallTime::START,
            due: None,
            connections: BTreeMap::new(),
            is_made: false,
            incarnation: 0,
            outbox: VecDeque::new(),
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

    pub(super) fn session(&self) -> SessionId {
        session(self.id, self.incarnation)
    }

    pub(super) fn due(&self) -> Option<Time> {
        self.due
    }

    pub(super) fn reads_clock(&mut self, wall: WallTime) {
        self.wall = wall;
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
        if !self.is_made || !self.mirror.co_values.contains_key(&id) {
            return None;
        }
        let mut shared = self.shared();
        let subject = shared.registry.name(id);
        let shown = shared.query(self.guest, &self.name, &subject)?.remove("shown")?;
        Some(renamed(shown, &shared.registry.called()))
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
        match input {
            Input::Connected { peer, connection, end } => {
                if let Some(earlier) = self.connections.get(&peer).copied() {
                    self.disconnect(now, peer, earlier);
                }
                self.connect(now, peer, connection, end);
            }
            Input::Disconnected { peer, connection } => self.disconnect(now, peer, connection),
            Input::Received { peer, connection, message } => {
                if self.connections.get(&peer) == Some(&connection) {
                    self.deliver(now, (peer, connection), &message);
                }
            }
            Input::Deadline => {
                let verb = Verb::Tick { node: &self.name.clone(), times: self.times(now) };
                self.ask(verb, None);
            }
            Input::Command { command, .. } => return self.command(now, command),
            Input::Restart(Storage::Kept | Storage::Lost) => self.restart(now),
            // A guest is told nothing of lines, and keeps its disk itself.
            Input::Blocked { .. }
            | Input::Writable { .. }
            | Input::Left { .. }
            | Input::Recover { .. }
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
        Times { now: now.as_us(), wall: (self.wall.as_us() / 1_000).cast_signed(), work: None }
    }

    /// The guest is told of the node, the first time that something happens to it.
    fn make(&mut self, now: Time) {
        self.is_made = true;
        let (seed, session) = self.begin_session();
        let secret_seed = self.directory.secret_seed(self.id);
        let (node, times) = (&self.name.clone(), self.times(now));
        self.ask(Verb::Make { node, seed, session: &session, secret_seed, disk: false, times }, None);
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
        (shared.seed_of(&self.name, self.incarnation), name)
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
                shared.registry.write(&envelope.message)
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
            if shared.speaks_cojson(self.guest) {
                ask::of_cojson(self.id, command, &self.directory, &shared.registry)
            } else {
                ask::of_other(command, &self.directory, shared.operations())
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

    /// The process ends and begins anew, and nothing is left of what it held.
    fn restart(&mut self, now: Time) {
        self.connections.clear();
        self.incarnation += 1;
        self.mirror = NodeState::default();
        let (seed, session) = self.begin_session();
        let (node, times) = (&self.name.clone(), self.times(now));
        let session = Some(session.as_str());
        let verb = Verb::Restart { node, from: Source::Nothing, graceful: false, session, seed, times };
        self.ask(verb, None);
    }

    /// Asks the guest, and takes in what it answers; gives why the operation that it was asked for had no effect.
    fn ask(&mut self, verb: Verb<'_>, operation: Option<u32>) -> Option<String> {
        let shared = Arc::clone(&self.shared);
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(step) = shared.ask(self.guest, verb) else {
            self.due = None;
            return None;
        };
        match self.take(&mut shared, step, operation) {
            Ok(refused) => refused,
            Err(why) => {
                shared.fails(self.guest, why);
                self.due = None;
                None
            }
        }
    }

    /// Takes in what an answer says.
    ///
    /// # Errors
    /// What of it cannot be, in words.
    fn take(
        &mut self,
        shared: &mut Shared,
        step: Step,
        operation: Option<u32>,
    ) -> Result<Option<String>, String> {
        for wrote in &step.wrote {
            self.wrote(shared, wrote, operation)?;
        }
        for (name, held) in &step.held {
            self.holds(shared, name, held)?;
        }
        if !shared.speaks_cojson(self.guest) {
            for name in &step.changed {
                let id = shared.registry.id(name);
                self.has(shared, id);
            }
        }
        for sent in step.sent {
            let Some(connection) = connection_of(sent.connection) else { continue };
            if !self.connections.values().any(|open| *open == connection) {
                continue;
            }
            let said = self.said(shared, sent.message.get())?;
            self.outbox.push_back(Output::Send { connection, message: Packet::Guest(Arc::new(said)) });
        }
        let mut refused = None;
        for notice in step.notices {
            match notice {
                protocol::Notice::Loaded { subject, available } => {
                    let id = shared.registry.id(&subject);
                    self.outbox.push_back(Output::Notice(Notice::LoadEnded { id, available }));
                }
                protocol::Notice::Failed { error, .. } => _ = refused.get_or_insert(error),
                protocol::Notice::Closed { connection } => {
                    let Some(connection) = connection_of(connection) else { continue };
                    let peer = self.connections.iter().find(|(_, open)| **open == connection);
                    if let Some(peer) = peer.map(|(peer, _)| *peer) {
                        self.connections.remove(&peer);
                        self.outbox.push_back(Output::Close { connection });
                    }
                }
                protocol::Notice::Synced { .. }
                | protocol::Notice::Made { .. }
                | protocol::Notice::Invited { .. }
                | protocol::Notice::Raised { .. } => {}
            }
        }
        self.due = step.due.map(Time::from_us);
        Ok(refused)
    }

    fn wrote(&mut self, shared: &mut Shared, wrote: &Value, operation: Option<u32>) -> Result<(), String> {
        let text = |name: &str| {
            let text = wrote.get(name).and_then(Value::as_str);
            text.ok_or_else(|| format!("`wrote` has no `{name}` that is a string: {wrote}"))
        };
        let id = shared.registry.id(text("subject")?);
        if !shared.speaks_cojson(self.guest) {
            let token = text("token")?;
            let Some(written) = shared.operation(token) else {
                return Err(format!("it wrote {token:?}, which is no token of this run"));
            };
            self.has(shared, id);
            self.outbox.push_back(Output::Notice(Notice::Taken { id, operation: written }));
            return Ok(());
        }
        let session = shared.registry.session(text("session")?, self.id);
        let after = wrote.get("after").and_then(Value::as_u64).and_then(|after| u32::try_from(after).ok());
        let after = after.ok_or_else(|| format!("`wrote` has no `after` that is a count: {wrote}"))?;
        let transactions = wrote.get("transactions").and_then(Value::as_array).cloned().unwrap_or_default();
        let said: Result<Vec<real::Transaction>, _> =
            transactions.into_iter().map(serde_json::from_value).collect();
        let said = said.map_err(|error| format!("a transaction that it wrote: {error}"))?;
        let signature = wrote.get("lastSignature").and_then(Value::as_str).map(real::Signature::new);
        let asked = operation.filter(|_| wrote.get("operation").is_some_and(Value::is_u64));
        let Wrote { id, session, after, transactions } =
            shared.registry.wrote((id, session, after), asked, said, signature)?;
        let transactions: Arc<[Transaction]> = transactions.into();
        self.outbox.push_back(Output::Notice(Notice::Wrote { id, session, after, transactions }));
        Ok(())
    }

    /// It holds so much of a CoValue now.
    fn holds(&mut self, shared: &mut Shared, name: &str, held: &Value) -> Result<(), String> {
        let id = shared.registry.id(name);
        let header = held.get("header").and_then(Value::as_bool).unwrap_or(false);
        let sessions = held.get("sessions").and_then(Value::as_object).into_iter().flatten();
        let counts: Option<Vec<(String, u32)>> = sessions
            .map(|(name, count)| Some((name.clone(), u32::try_from(count.as_u64()?).ok()?)))
            .collect();
        let counts =
            counts.ok_or_else(|| format!("what it holds of {name} is no count of transactions: {held}"))?;
        let holding = shared.registry.holding(id, header, &counts, self.id)?;
        if holding.header.is_none() && holding.sessions.is_empty() {
            self.mirror.co_values.remove(&id);
        } else {
            self.mirror.co_values.insert(id, holding);
        }
        self.outbox.push_back(Output::Notice(Notice::Event(Event::AddedNewTransactions { id })));
        Ok(())
    }

    /// It has a subject that is no CoValue.
    fn has(&mut self, shared: &Shared, id: CoId) {
        let header = shared.registry.header(id);
        let entry = self.mirror.co_values.entry(id).or_default();
        entry.header = Some(header);
        self.outbox.push_back(Output::Notice(Notice::Event(Event::AddedNewTransactions { id })));
    }

    /// What a message of the guest is called, and what it means.
    fn said(&self, shared: &mut Shared, text: &str) -> Result<Said, String> {
        if shared.speaks_cojson(self.guest) {
            let reading = shared.registry.read(text, self.id);
            let json: Value = serde_json::from_str(text).map_err(|error| format!("a message: {error}"))?;
            let member = |name| json.get(name).and_then(Value::as_str);
            let action = member("action").ok_or_else(|| format!("a message has no `action`: {json}"))?;
            let is_correction = json.get("isCorrection").and_then(Value::as_bool) == Some(true);
            let kind = if is_correction { "correction" } else { action };
            let subject = shared.registry.id(member("id").unwrap_or_default());
            let reading = reading.map(|message| Envelope { n: 0, re: 0, message });
            return Ok(Said {
                kind: kind.to_owned(),
                subject,
                text: text.to_owned(),
                reading,
                tells_of: None,
            });
        }
        let json: Value = serde_json::from_str(text).map_err(|error| format!("a message: {error}"))?;
        let member = |name: &str| {
            let member = json.get(name).and_then(Value::as_str);
            member.ok_or_else(|| format!("a message has no `{name}` that is a string: {json}"))
        };
        let is_word = |kind: &str| !kind.is_empty() && !kind.contains(char::is_whitespace);
        if !is_word(member("kind")?) {
            return Err(format!("the `kind` of a message is not one word: {json}"));
        }
        let (kind, subject) = (member("kind")?.to_owned(), shared.registry.id(member("subject")?));
        let tells_of = newest(&json, shared);
        Ok(Said { kind, subject, text: text.to_owned(), reading: None, tells_of })
    }
}

/// The newest operation whose token stands somewhere in a message.
fn newest(json: &Value, shared: &Shared) -> Option<u32> {
    match json {
        Value::String(text) => shared.operation(text),
        Value::Array(items) => items.iter().filter_map(|item| newest(item, shared)).max(),
        Value::Object(members) => {
            let members = members.iter().filter(|(name, _)| !["kind", "subject"].contains(&name.as_str()));
            members.filter_map(|(_, member)| newest(member, shared)).max()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
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

fn connection_of(number: u64) -> Option<ConnectionId> {
    u32::try_from(number).ok().map(ConnectionId)
}

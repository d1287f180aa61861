//! Our node in the place of a recorded one: it does what that one's app did, and hears what was sent to it.

use crate::ledger::Ledger;
use crate::run::{Act, Op, Person, Role, Run, Step};
use cosim_core::interop::Numbering;
use cosim_core::real::{Header, MadeAt, Owner, Priority, Transaction, wire};
use cosim_core::view::Dialect;
use cosim_core::{
    CoId, Config, ConnectionId, Input, Known, Message, Names, Node, Output, PeerId, RealCrypto, Relationship,
    Time,
};
use std::collections::BTreeMap;

pub(crate) struct Place<'a> {
    pub(crate) name: &'a str,
    person: &'a Person,
    ledger: &'a Ledger,
    pub(crate) node: Node<RealCrypto>,
    /// The nodes of the run; a peer's number is its place here.
    names: Vec<&'a str>,
    numbering: BTreeMap<PeerId, Numbering>,
    connections: u32,
    now: Time,
    /// What its app could not do that the recorded one did, of that the first.
    pub(crate) refused: Option<String>,
    /// Whether its process has begun anew.
    pub(crate) has_restarted: bool,
    /// The time of the first step: what the node takes for 0.
    start: u64,
}

/// A message that our node sends.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) to: String,
    pub(crate) message: wire::Message,
}

impl<'a> Place<'a> {
    /// Our node, before anything has happened.
    pub(crate) fn new(name: &'a str, run: &'a Run, ledger: &'a Ledger, config: Config) -> Place<'a> {
        let person = &run.nodes[name];
        let mut crypto = RealCrypto::by(run.dialect);
        let secret = person.secret();
        let agent = secret.id().to_string();
        if let Some(account) = &person.account_id {
            crypto.learn_account(account, &secret.id()).expect("a public key");
        }
        let owned = ledger.sessions().into_iter().chain([person.session_id.as_str()]);
        for session in owned {
            let owner = Owner::of_session(session).map(Owner::name);
            if owner == Some(agent.as_str()) || (owner.is_some() && owner == person.account_id.as_deref()) {
                let session = crypto.session(session).expect("an id");
                crypto.own(session, secret.signer.clone());
            }
        }
        let acts = run.steps.iter().filter(|step| step.actor(run) == Some(name)).flat_map(Step::did);
        for session in acts.filter_map(Act::session) {
            let owner = Owner::of_session(session).map(Owner::name);
            if let Some(secret) = owner.and_then(|owner| run.secret_of(owner)) {
                let session = crypto.session(session).expect("an id");
                crypto.own(session, secret.signer.clone());
            }
        }
        let start = run.steps.iter().find_map(|step| step.at()).expect("some step has a time");
        Place {
            name,
            person,
            ledger,
            node: Node::new(config, crypto),
            names: run.nodes.keys().map(String::as_str).collect(),
            numbering: BTreeMap::new(),
            connections: 0,
            now: Time::ZERO,
            refused: None,
            has_restarted: false,
            start,
        }
    }

    fn peer(&self, name: &str) -> PeerId {
        let at = self.names.iter().position(|other| *other == name).expect("a node of the run");
        PeerId(u32::try_from(at).expect("few nodes"))
    }

    pub(crate) fn co_value(&mut self, id: &str) -> CoId {
        self.node.crypto_mut().co_value(id).expect("an id")
    }

    fn input(&mut self, input: Input<RealCrypto>) -> Vec<Said> {
        if let Err(error) = self.node.handle(self.now, input) {
            self.refused.get_or_insert_with(|| format!("{}: {error}", self.name));
        }
        let mut said = Vec::new();
        while let Some(output) = self.node.poll_output() {
            let Output::Send { peer, envelope, .. } = output else { continue };
            self.numbering.get_mut(&peer).expect("a connected peer").sent(&envelope);
            let header = self.node.state().co_values.get(&envelope.message.id());
            let header = header.and_then(|co_value| co_value.header.as_ref());
            let priority = header.map_or(Priority::Medium, Header::priority);
            let message = self.node.crypto().write_message(&envelope.message, priority);
            said.push(Said { to: self.names[peer.0 as usize].into(), message });
        }
        for name in &self.names {
            let to_one = said.iter_mut().filter(|said| said.to == *name);
            self.node.crypto().announce_pieces(to_one.map(|said| &mut said.message));
        }
        said
    }

    /// When the node next wants to be woken.
    pub(crate) fn deadline(&self) -> Option<Time> {
        self.node.next_deadline().map(|(at, _)| at)
    }

    /// The time of the node that is `at` in the recording.
    pub(crate) fn time(&self, at: u64) -> Time {
        Time::from_us(at.saturating_sub(self.start) * 1_000)
    }

    /// Lets time pass; returns what the node says because of deadlines.
    pub(crate) fn wait_until(&mut self, time: Time) -> Vec<Said> {
        let mut said = Vec::new();
        while let Some(at) = self.deadline().filter(|at| *at <= time) {
            self.now = self.now.max(at);
            said.extend(self.input(Input::Deadline));
        }
        self.now = self.now.max(time);
        said
    }

    /// Makes what was there before the recording.
    pub(crate) fn make_what_was_before(&mut self) {
        for before in self.ledger.before(self.name) {
            self.create(&before.id);
            for (session, count) in &before.sessions {
                let count = usize::try_from(*count).expect("few transactions");
                let transactions: Vec<_> =
                    self.ledger.from(&before.id, session, 0).take(count).cloned().collect();
                assert_eq!(transactions.len(), count, "{}: all of {session} was sent", before.id);
                self.write(&before.id, session, transactions);
            }
        }
    }

    /// Does what the app did.
    pub(crate) fn play(&mut self, acts: &[Act]) -> Vec<Said> {
        acts.iter().flat_map(|act| self.play_one(act)).collect()
    }

    fn play_one(&mut self, act: &Act) -> Vec<Said> {
        match act {
            Act::Create { id, .. } => self.create(id),
            Act::Load { id } => {
                let id = self.co_value(id);
                self.input(Input::Load { id })
            }
            Act::Write { id, session, after, new_transactions } => {
                let held = self.known_state(id).count(session);
                if held != *after {
                    let why =
                        || format!("{}: holds {held} where its app wrote {id} after {after}", self.name);
                    self.refused.get_or_insert_with(why);
                }
                self.write(id, session, new_transactions.clone())
            }
        }
    }

    fn create(&mut self, id: &str) -> Vec<Said> {
        let header = self.ledger.header(id).clone();
        self.node.crypto_mut().meet_header(&header).expect("an id");
        let id = self.co_value(id);
        self.input(Input::Create { id, header })
    }

    fn write(&mut self, id: &str, session: &str, transactions: Vec<Transaction>) -> Vec<Said> {
        let id = self.co_value(id);
        let crypto = self.node.crypto_mut();
        for transaction in &transactions {
            crypto.meet_transaction(transaction).expect("an id");
        }
        let session = crypto.session(session).expect("an id");
        self.input(Input::Edit { id, session, transactions })
    }

    /// The transactions that the app wrote at `at`: as many as there are, or one.
    fn written(&mut self, id: &str, at: u64, one: bool) -> Vec<Transaction> {
        let (co, session) = (self.co_value(id), self.node.crypto_mut().session(&self.person.session_id));
        let held = self.node.state().co_values.get(&co).map_or(0, |co| co.count(session.expect("an id")));
        let new = self.ledger.from(id, &self.person.session_id, u64::from(held));
        let new = new.take_while(|transaction| transaction.made_at == MadeAt::from_ms(at));
        let new: Vec<_> = new.take(if one { 1 } else { usize::MAX }).cloned().collect();
        assert!(!new.is_empty(), "{}: what was written to {id} at {at} was sent at some time", self.name);
        new
    }

    /// Does what the app did.
    pub(crate) fn act(&mut self, op: &Op, at: u64) -> Vec<Said> {
        let session = &self.person.session_id;
        let id = op.id();
        let mut said = Vec::new();
        if op.creates() {
            said.extend(self.create(id));
        }
        match op {
            Op::Create { .. } => {}
            Op::CreateGroup { .. } | Op::AddMember { .. } => {
                let new = self.written(id, at, false);
                said.extend(self.write(id, session, new));
            }
            Op::Set { .. } => {
                let new = self.written(id, at, true);
                said.extend(self.write(id, session, new));
            }
            Op::Load { .. } => {
                let id = self.co_value(id);
                said.extend(self.input(Input::Load { id }));
            }
        }
        said
    }

    pub(crate) fn connect(&mut self, other: &str, role: Role) -> Vec<Said> {
        let relationship = match role {
            Role::Client => Relationship::SyncTheirs,
            Role::Server => Relationship::SyncAllOurs,
            Role::Peer => Relationship::SyncCommon,
        };
        let peer = self.peer(other);
        self.connections += 1;
        self.numbering.insert(peer, Numbering::new());
        let connection = ConnectionId(self.connections);
        self.input(Input::Connected { peer, connection, relationship, priority: 0 })
    }

    fn relationships(&self) -> impl Iterator<Item = (&str, Relationship)> {
        let peers = self.node.state().peers.iter();
        peers.map(|(peer, info)| (self.names[peer.0 as usize], info.relationship))
    }

    /// Whether it is connected to a client of this name.
    pub(crate) fn is_client(&self, other: &str) -> bool {
        self.relationships().any(|(name, role)| name == other && role == Relationship::SyncTheirs)
    }

    /// Whether it is connected to a server.
    pub(crate) fn has_server(&self) -> bool {
        self.relationships().any(|(_, role)| role == Relationship::SyncAllOurs)
    }

    /// How much it holds of a CoValue.
    pub(crate) fn known_state(&self, id: &str) -> wire::KnownState {
        let names = self.node.crypto().names();
        let co = names.find_co_value(id).and_then(|id| self.node.state().co_values.get(&id));
        let Some(co) = co.filter(|co| co.header.is_some()) else { return wire::KnownState::empty(id) };
        let sessions = co.sessions.iter();
        let sessions =
            sessions.map(|(session, log)| (names.session(session).into_owned(), u64::from(log.len())));
        wire::KnownState { id: id.into(), header: true, sessions: sessions.collect() }
    }

    /// Its process ends, and another one begins: with all that it held, if it has a disk, or else with nothing.
    pub(crate) fn restart(&mut self) {
        self.numbering.clear();
        self.has_restarted = true;
        if self.person.has_disk {
            self.node.restart();
        } else {
            self.node = Node::new(*self.node.config(), self.node.crypto().clone());
        }
    }

    /// The time that has come.
    pub(crate) fn now(&self) -> Time {
        self.now
    }

    pub(crate) fn disconnect(&mut self, other: &str) -> Vec<Said> {
        let peer = self.peer(other);
        let Some(connection) = self.node.connection(peer) else { return Vec::new() };
        self.input(Input::Disconnected { peer, connection })
    }

    /// Hears a message as it is on the wire.
    pub(crate) fn hear(&mut self, from: &str, message: &wire::Message) -> Vec<Said> {
        let peer = self.peer(from);
        let Some(connection) = self.node.connection(peer) else { return Vec::new() };
        let text = serde_json::to_string(message).expect("JSON");
        // What was forged may be no message at all; if anything else is not, the end is another one.
        let Ok(message) = wire::Message::from_json_str(&text) else { return Vec::new() };
        let message: Message<RealCrypto> =
            self.node.crypto_mut().read_message(message).expect("small counts");
        if let Message::Known(Known { id, known, is_correction: true, .. }) = &message {
            self.node.take_back(peer, connection, *id, known);
        }
        let envelope = self.numbering.get_mut(&peer).expect("a connected peer").received(message);
        let mut said = self.input(Input::Received { peer, connection, envelope });
        // A node of 0.7.35 is asked for nothing that it did not offer: it never trusts what it knew before.
        if self.node.crypto().dialect() == Dialect::V0_20 {
            let asked = self.numbering.get_mut(&peer).expect("a connected peer").to_ask(&self.node, peer);
            said.extend(asked.iter().map(|message| Said {
                to: from.into(),
                message: self.node.crypto().write_message(message, Priority::Medium),
            }));
        }
        said
    }
}

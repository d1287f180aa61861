//! What a run knows of what its guests have written and said: which CoValue and which session each name stands for, and
//! every log as its author made it. From this comes what a message means, and what a node holds that only says how much.

use crate::cojson::{
    Directory, Header, OF_DELETIONS, OF_GUESTS, Signature, SimCrypto, Transaction, session, session_parts,
};
use crate::host::NodeId;
use cosim_core::real::{self, wire};
use cosim_core::state::{CoValueState, SessionLog};
use cosim_core::{
    CoId, ConnectionId, Content, Envelope, Hint, Known, KnownState, Message, SessionContent, SessionId,
    VecMap,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// See the module.
#[derive(Debug)]
pub(super) struct Registry {
    directory: Arc<Directory>,
    /// Whether the guests of the run speak CoJSON.
    speaks_cojson: bool,
    crypto: SimCrypto,
    /// CoValues that the scenario does not name, by what the guest calls them.
    others: BTreeMap<String, CoId>,
    sessions: BTreeMap<String, SessionId>,
    names: BTreeMap<SessionId, String>,
    /// How many sessions each node's app has begun that nobody gave it.
    begun: BTreeMap<NodeId, u32>,
    logs: BTreeMap<(CoId, SessionId), Log>,
    /// What operations have made that others are told: the secret of an invite, or what a branch is called.
    made: BTreeMap<u32, String>,
    /// The messages that are the first of several pieces: from whom, on which connection, its number, and how far all of
    /// them go.
    pieces: BTreeMap<(NodeId, ConnectionId, u32), KnownState>,
}

/// A log as its author made it.
#[derive(Clone, Debug, Default)]
struct Log {
    transactions: Vec<Transaction>,
    /// The signatures known, by how many transactions each covers.
    signatures: BTreeMap<u32, real::Signature>,
}

/// What stands where no operation is known that wrote a transaction.
const NO_OPERATION: u32 = u32::MAX;

/// What a guest's app wrote, as it reports it.
#[derive(Clone, Debug)]
pub(super) struct Wrote {
    pub(super) id: CoId,
    pub(super) session: SessionId,
    pub(super) after: u32,
    pub(super) transactions: Vec<Transaction>,
}

impl Registry {
    pub(super) fn new(directory: Arc<Directory>, speaks_cojson: bool) -> Registry {
        Registry {
            speaks_cojson,
            crypto: SimCrypto::new(Arc::clone(&directory)),
            directory,
            others: BTreeMap::new(),
            sessions: BTreeMap::new(),
            names: BTreeMap::new(),
            begun: BTreeMap::new(),
            logs: BTreeMap::new(),
            made: BTreeMap::new(),
            pieces: BTreeMap::new(),
        }
    }

    /// An operation has made this.
    pub(super) fn make(&mut self, operation: u32, what: String) {
        self.made.insert(operation, what);
    }

    /// What an operation has made, if it has.
    pub(super) fn made(&self, operation: u32) -> Option<&str> {
        self.made.get(&operation).map(String::as_str)
    }

    /// The CoValue that a guest calls so: by CoJSON's id, or by the scenario's name.
    pub(super) fn id(&mut self, name: &str) -> CoId {
        let known = self.directory.find(name).or_else(|| self.directory.named(name));
        let next = self.directory.len() + self.others.len();
        known.unwrap_or_else(|| *self.others.entry(name.to_owned()).or_insert(CoId(next as u32)))
    }

    /// What guests call a CoValue: its id in CoJSON, if they speak that.
    pub(super) fn name(&self, id: CoId) -> String {
        match self.directory.co_value(id) {
            Some(known) if known.id.is_empty() || !self.speaks_cojson => known.spec.name.clone(),
            Some(known) => known.id.clone(),
            None => self
                .others
                .iter()
                .find(|(_, other)| **other == id)
                .map_or_else(String::new, |it| it.0.clone()),
        }
    }

    /// From now on a session has this name.
    pub(super) fn begin(&mut self, session: SessionId, name: &str) {
        self.sessions.insert(name.to_owned(), session);
        self.names.insert(session, name.to_owned());
    }

    /// The session of this name; where nobody has met it, one of `author`.
    pub(super) fn session(&mut self, name: &str, author: NodeId) -> SessionId {
        if let Some(known) = self.sessions.get(name) {
            return *known;
        }
        // Those that a run gives out count up from nothing.
        let begun = self.begun.entry(author).or_insert(0);
        *begun += 1;
        let first = if name.ends_with(DELETION) { OF_DELETIONS } else { OF_GUESTS };
        let new = session(author, first + *begun);
        self.begin(new, name);
        new
    }

    /// CoJSON's name of a session.
    pub(super) fn session_name(&self, session: SessionId) -> String {
        self.names.get(&session).cloned().unwrap_or_else(|| self.directory.session(session))
    }

    /// Takes down what an app wrote. `operation` is that of the world; none, where nobody asked for it.
    ///
    /// # Errors
    /// What does not follow on what that session has, in words.
    pub(super) fn wrote(
        &mut self,
        (id, session, after): (CoId, SessionId, u32),
        operation: Option<u32>,
        said: Vec<real::Transaction>,
        signature: Option<real::Signature>,
    ) -> Result<Wrote, String> {
        let log = self.logs.entry((id, session)).or_default();
        let held = log.transactions.len() as u32;
        if after > held {
            return Err(format!("it wrote transaction {after} of a session that has {held}"));
        }
        let operation = operation.unwrap_or(NO_OPERATION);
        let new = (after..).zip(said).map(|(index, said)| transaction((operation, index), said));
        let transactions: Vec<Transaction> = new.collect();
        // What a crash took is written anew. A session that goes on from an old copy is a fork, which is for an oracle to
        // find: others may hold more of what was written first.
        let (again, new) = transactions.split_at(transactions.len().min((held - after) as usize));
        let places = log.transactions[after as usize..].iter_mut();
        places.zip(again).for_each(|(place, again)| place.clone_from(again));
        log.transactions.extend_from_slice(new);
        log.signatures.split_off(&(after + 1));
        if let Some(signature) = signature {
            log.signatures.insert(after + transactions.len() as u32, signature);
        }
        Ok(Wrote { id, session, after, transactions })
    }

    /// What an entry of a node's state is that holds so much.
    ///
    /// # Errors
    /// What it holds that nobody has written, in words.
    pub(super) fn holding(
        &mut self,
        id: CoId,
        header: bool,
        sessions: &[(String, u32)],
        of: NodeId,
    ) -> Result<CoValueState<SimCrypto>, String> {
        let mut co_value = CoValueState::default();
        co_value.header = header.then(|| self.header(id));
        for (name, count) in sessions.iter().filter(|(_, count)| *count > 0) {
            let session = self.session(name, of);
            let log =
                self.logs.get(&(id, session)).map(|log| log.transactions.as_slice()).unwrap_or_default();
            let Some(held) = log.get(..*count as usize) else {
                let known = log.len();
                return Err(format!(
                    "it holds {count} transactions of {name}, of which {known} were written"
                ));
            };
            let last_signature = self.signature(id, session, *count, None);
            let log = SessionLog {
                transactions: held.to_vec(),
                last_hash: last_signature.seal,
                streaming_hash: self.crypto.unhashed(),
                signature_after: VecMap::new(),
                last_signature,
            };
            co_value.sessions.insert(session, log);
        }
        Ok(co_value)
    }

    /// The header of a CoValue, as our nodes have it.
    pub(super) fn header(&self, id: CoId) -> Header {
        let said = self.directory.co_value(id).and_then(|known| known.header.clone());
        Header::new(id, self.directory.depends_on(id).to_vec(), said)
    }

    /// The signature of a log up to `count`: that which is `given`, or the one known.
    fn signature(
        &self,
        id: CoId,
        session: SessionId,
        count: u32,
        given: Option<real::Signature>,
    ) -> Signature {
        let log = self.logs.get(&(id, session));
        let signed = given.or_else(|| log.and_then(|log| log.signatures.get(&count).cloned()));
        let transactions = log.and_then(|log| log.transactions.get(..count as usize)).unwrap_or_default();
        Signature { seal: self.crypto.seal_of(id, session, transactions), signed: signed.map(Arc::new) }
    }

    /// What a message of CoJSON's means; `None` for one that makes no sense to our nodes.
    pub(super) fn read(&mut self, text: &str, from: NodeId) -> Option<Message<SimCrypto>> {
        let message = wire::Message::from_json_str(text).ok()?;
        let id = self.id(message.id());
        Some(match message {
            wire::Message::Load(known) => Message::Load { id, known: self.known(&known, from)?, safe: false },
            wire::Message::Known(wire::Known { known, is_correction, .. }) => {
                Message::Known(Known { id, known: self.known(&known, from)?, is_correction, safe: None })
            }
            wire::Message::Done { .. } => Message::Done { id },
            wire::Message::Content(content) => {
                let header = content.header.map(|said| {
                    let known = self.header(id);
                    // Another header than the CoValue's is what was said, and will not fit its id.
                    let mut read = known.clone();
                    if known.said.as_deref() != Some(&said) {
                        read.said = Some(Arc::new(said));
                    }
                    read
                });
                let mut new = VecMap::new();
                for (name, piece) in content.new {
                    let session = self.session(&name, from);
                    new.insert(session, self.piece(id, session, piece)?);
                }
                Message::Content(Content { id, header, new, hint: Hint::default() })
            }
        })
    }

    fn known(&mut self, said: &wire::KnownState, from: NodeId) -> Option<KnownState> {
        let mut known = KnownState::new(said.header, []);
        for (name, count) in &said.sessions {
            known.raise(self.session(name, from), u32::try_from(*count).ok()?);
        }
        Some(known)
    }

    fn piece(
        &self,
        id: CoId,
        session: SessionId,
        said: wire::SessionContent,
    ) -> Option<SessionContent<SimCrypto>> {
        let after = u32::try_from(said.after).ok()?;
        let log = self.logs.get(&(id, session));
        let new = (after..).zip(said.new_transactions).map(|(index, said)| {
            let known = log.and_then(|log| log.transactions.get(index as usize));
            match known.filter(|known| known.said.as_deref() == Some(&said)) {
                Some(known) => known.clone(),
                None => transaction((NO_OPERATION, index), said),
            }
        });
        let new_transactions: Vec<Transaction> = new.collect();
        let end = after.checked_add(u32::try_from(new_transactions.len()).ok()?)?;
        let last_signature = self.signature(id, session, end, Some(said.last_signature));
        Some(SessionContent { after, new_transactions, last_signature })
    }

    /// A message is the first of several pieces, which go so far.
    pub(super) fn announce(&mut self, first: (NodeId, ConnectionId, u32), until: KnownState) {
        self.pieces.insert(first, until);
    }

    /// What one of our nodes has said as guests read it; `None` where it is of a CoValue that CoJSON has no id for.
    pub(super) fn write_sent(
        &self,
        (from, connection): (NodeId, ConnectionId),
        Envelope { n, message, .. }: &Envelope<SimCrypto>,
    ) -> Option<String> {
        self.write(message, self.pieces.get(&(from, connection, *n)))
    }

    /// A message of one of our nodes as guests read it, and of the first of several pieces how far all of them go.
    pub(super) fn write(&self, message: &Message<SimCrypto>, until: Option<&KnownState>) -> Option<String> {
        let id = self.name(message.id());
        let counts = |known: &KnownState| {
            known.sessions().map(|(it, count)| (self.session_name(it), u64::from(count))).collect()
        };
        let known = |known: &KnownState| wire::KnownState {
            id: id.clone(),
            header: known.header,
            sessions: counts(known),
        };
        let message = match message {
            Message::Load { known: held, .. } => wire::Message::Load(known(held)),
            Message::Known(said) => wire::Message::Known(wire::Known {
                known: known(&said.known),
                is_correction: said.is_correction,
                as_dependency_of: None,
            }),
            Message::Content(content) => {
                let said = self.directory.co_value(content.id).and_then(|known| known.header.clone());
                let mut new = Vec::new();
                for (session, piece) in content.new.iter() {
                    let transactions = piece.new_transactions.iter().map(|it| it.said.as_deref().cloned());
                    let signature = piece.last_signature.signed.as_deref().cloned()?;
                    let piece = wire::SessionContent {
                        after: u64::from(piece.after),
                        new_transactions: transactions.collect::<Option<_>>()?,
                        last_signature: signature,
                    };
                    new.push((self.session_name(session), piece));
                }
                let priority = said.as_ref().map(|said| u64::from(said.priority().as_number()));
                let header = content.header.as_ref().and_then(|header| header.said.as_deref().cloned());
                wire::Message::Content(wire::Content {
                    id,
                    header,
                    priority,
                    new,
                    expect_content_until: until.map(counts),
                })
            }
            Message::Done { .. } => wire::Message::Done { id },
        };
        serde_json::to_string(&message).ok()
    }

    /// Takes down what one of our nodes has written, so that guests that get it can be asked what they hold of it.
    pub(super) fn learn(&mut self, envelope: &Envelope<SimCrypto>) {
        let Message::Content(content) = &envelope.message else { return };
        for (session, piece) in content.new.iter() {
            if !self.names.contains_key(&session) {
                let name = self.directory.session(session);
                self.begin(session, &name);
            }
            let log = self.logs.entry((content.id, session)).or_default();
            let known = log.transactions.len();
            let skip = known.saturating_sub(piece.after as usize);
            if piece.after as usize <= known {
                log.transactions.extend(piece.new_transactions.iter().skip(skip).cloned());
            }
            if let Some(signed) = &piece.last_signature.signed {
                log.signatures.entry(piece.end()).or_insert_with(|| (**signed).clone());
            }
        }
    }

    /// What people call the names in what a guest shows: agents, accounts and sessions by their nodes.
    pub(super) fn called(&self) -> BTreeMap<String, String> {
        let mut called = BTreeMap::new();
        for (node, agent) in self.directory.agents() {
            // A person with several devices by the name of the first.
            called.entry(agent.name.clone()).or_insert_with(|| self.directory.name(node).to_owned());
        }
        for (name, session) in &self.sessions {
            let (node, incarnation) = session_parts(*session);
            called.insert(name.clone(), format!("{}/{}", self.directory.name(node), incarnation + 1));
        }
        called
    }
}

impl Registry {
    /// A text of the guest's with the names of the scenario in it.
    pub(super) fn in_words(&self, text: String) -> String {
        self.called().iter().fold(text, |text, (name, called)| text.replace(name.as_str(), called))
    }
}

/// How the name of a session ends in which a CoValue is deleted for good.
const DELETION: char = '$';

fn transaction((operation, index): (u32, u32), said: real::Transaction) -> Transaction {
    let made_at = said.made_at.as_ms().unwrap_or(0).saturating_mul(1_000);
    Transaction::saying(made_at, u64::from(operation) << 32 | u64::from(index), said)
}

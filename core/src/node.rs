//! The sans-IO node: a [`NodeState`] that speaks the sync protocol (docs/protocol.md; rules are quoted by
//! its numbers). A driver hands it one [`Input`] at a time with the time at which it happens, drains
//! [`Node::poll_output`], and wakes it with [`Input::Deadline`] at [`Node::next_deadline`].
//!
//! Nothing here does I/O, reads a clock or draws a random number, and nothing that a peer says can make it panic.

#[macro_use]
mod planted;

mod app;
mod bare;
mod checked;
mod connection;
mod content;
mod deadlines;
mod dependencies;
mod due;
mod io;
mod limits;
mod link;
#[cfg(feature = "planted-faults")]
mod mutation;
mod receive;
mod say;
mod shell;
mod storage;
mod stored;
mod take_back;
mod uploads;
mod verdict;
mod wake;

pub use crate::state::LoadStatus;
pub use bare::Send;
pub use io::{Input, Output, Reach, TimerKind};
pub use limits::{
    Buffers, FLIGHTS_MAX, HELD_MAX, LOADS_MAX, NAMED_MAX, PIECE_BYTES_MAX, SESSIONS_MAX, WRITES_MAX,
};
#[cfg(feature = "planted-faults")]
pub use mutation::{Mutation, Mutations, UnknownMutation};
pub(crate) use say::piece;

use crate::crypto::Crypto;
use crate::id::{CoId, ConnectionId, PeerId, SessionId};
use crate::known_state::KnownState;
use crate::message::{Envelope, Message};
use crate::record::Recovery;
use crate::state::{CoValueState, NodeState, PeerInfo, PeerSyncs, UpdateError};
use crate::vec_map::VecMap;
use alloc::collections::BTreeMap;
use connection::Ranked;
use cosim_base::{Span, Time};
use limits::is_oversized;
use receive::Hearing;
use shell::{Scope, Shell};
use verdict::VERDICT_TRIES;

/// How a node behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// The first deadline; each further one without progress is twice as long (rule 6).
    pub base: Span,
    /// The longest deadline.
    pub cap: Span,
    /// What is announced to clients (rule 14).
    pub announce: Announce,
    /// What becomes of what the app writes when the process ends (rule 11).
    pub durability: Durability,
    /// What the app is told of its writes at servers (rule 15).
    pub uploads: Uploads,
    /// Planted faults.
    #[cfg(feature = "planted-faults")]
    pub mutations: Mutations,
}

/// What a node announces to its clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Announce {
    /// Everything it holds.
    #[default]
    All,
    /// Only what the client has asked for.
    Interested,
}

/// When what the app writes counts, and when it is on the disk (rule 11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Durability {
    /// Nothing is written: whoever drives the node keeps its state, whole and at once.
    #[default]
    Ideal,
    /// A local transaction counts, and is sent, once the disk has it.
    DurableFirst,
    /// A local transaction is sent at once. What the disk did not have at a crash is lost here, so a new session is begun
    /// after every crash.
    SendFirst,
    /// As [`SendFirst`](Durability::SendFirst), but the session goes on after a crash: an index that was sent is taken
    /// again, which forks the session. It is there to show that.
    SendFirstReuse,
}

/// What the app is told of how far its writes have got at each server (rule 15).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Uploads {
    /// Nothing.
    #[default]
    Untold,
    /// That they were sent, and that the server holds them.
    Held,
    /// That they are on the server's disk, too: servers are asked to say so.
    Safe,
}

impl Durability {
    /// Whether an app that finds this on its disk must write in a new session. In the old one, an index may be taken by
    /// something that was sent, or may be read yet, and is not seen here.
    pub const fn needs_new_session(self, recovery: &Recovery) -> bool {
        match self {
            Durability::SendFirstReuse => false,
            Durability::SendFirst => true,
            Durability::Ideal | Durability::DurableFirst => !recovery.is_intact(),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Config {
            base: Span::from_s(1),
            cap: Span::from_s(16),
            announce: Announce::All,
            durability: Durability::Ideal,
            uploads: Uploads::Untold,
            #[cfg(feature = "planted-faults")]
            mutations: Mutations::NONE,
        }
    }
}

/// A node: a state, and the shell that keeps it in sync with its peers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Node<C: Crypto> {
    crypto: C,
    state: NodeState<C>,
    shell: Shell<C>,
}

impl<C: Crypto> Node<C> {
    /// A node that holds nothing and knows nobody.
    pub fn new(config: Config, crypto: C) -> Self {
        Node { crypto, state: NodeState::default(), shell: Shell::new(config) }
    }

    /// Applies one input, then syncs until nothing is due. A `now` before the latest one counts as that.
    ///
    /// # Errors
    /// Only what the app does can be refused, and then nothing changes: creating what is here already, writing
    /// nothing or to what is not here, being done with what is unknown. A peer may say what it likes.
    pub fn handle(&mut self, now: Time, input: Input<C>) -> Result<(), UpdateError> {
        self.shell.now = self.shell.now.max(now);
        let before = self.before(&input);
        let result = self.apply(input);
        if let Some(before) = &before {
            self.check_applied(before);
        }
        planted!(self.shell, BlockInbox => self.hear_unheard());
        self.release();
        self.send_dependencies();
        self.settle();
        if let Some(before) = &before {
            self.check_step(before);
        }
        result
    }

    fn apply(&mut self, input: Input<C>) -> Result<(), UpdateError> {
        match input {
            Input::Create { id, header } => return self.create(id, header),
            Input::Edit { id, session, transactions } => return self.edit(id, session, transactions),
            Input::Done { id } => return self.done(id),
            Input::Load { id } => self.load(id),
            Input::Connected { peer, connection, relationship, priority } => {
                self.connected(peer, connection, PeerInfo { relationship, priority });
            }
            Input::Disconnected { peer, connection } => self.disconnected(peer, connection),
            Input::Blocked { peer } => self.blocked(peer),
            Input::Writable { peer } => self.writable(peer),
            Input::Left { peer, connection } => self.left(peer, connection),
            Input::Received { peer, connection, envelope } => self.receive(peer, connection, envelope),
            Input::Persisted { write } => self.persisted(write),
            Input::PersistFailed { write } => self.persist_failed(write),
            Input::Deadline => self.wake(),
        }
        Ok(())
    }

    /// All that the node wants done or has to say, in order.
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = &Output<C>> {
        self.shell.outputs.iter()
    }

    /// The next thing that the node wants done or has to say.
    pub fn poll_output(&mut self) -> Option<Output<C>> {
        self.shell.outputs.pop_front()
    }

    /// When the node wants to be woken, and why.
    pub fn next_deadline(&self) -> Option<(Time, TimerKind)> {
        self.shell.next
    }

    /// Every deadline, for a report of who still waits for what. It looks at all CoValues.
    pub fn deadlines(&self) -> impl Iterator<Item = (Time, CoId, PeerId, TimerKind)> + '_ {
        self.state.co_values.iter().flat_map(move |(id, co)| {
            co.sync.known().filter_map(move |(peer, sync)| {
                let deadline = sync.marks.timer.deadline?;
                let ranked = self.shell.connections.ranked_peer(peer)?;
                Some((deadline, *id, peer, self.shell.view(co).timer_kind(ranked)?))
            })
        })
    }

    /// Everything it holds, and what it thinks of its peers.
    pub fn state(&self) -> &NodeState<C> {
        &self.state
    }

    /// The same, of a node that has come to its end.
    pub fn into_state(self) -> NodeState<C> {
        self.state
    }

    /// What it hashes, signs and verifies with.
    pub fn crypto(&self) -> &C {
        &self.crypto
    }

    /// What it hashes, signs and verifies with, to teach it names, signers and secrets. What was verified stays so.
    pub fn crypto_mut(&mut self) -> &mut C {
        &mut self.crypto
    }

    /// How it behaves.
    pub fn config(&self) -> &Config {
        &self.shell.config
    }

    /// The present connection with a peer.
    pub fn connection(&self, peer: PeerId) -> Option<ConnectionId> {
        self.shell.connections.get(peer).map(|connection| connection.id)
    }

    /// Where the app's load of a CoValue stands; nothing where the app does not want it.
    pub fn load_status(&self, id: CoId) -> Option<LoadStatus> {
        self.state.co_values.get(&id)?.marks.want
    }

    /// A node that starts with the headers and logs of `state`, as it would from a disk; the rest of it is ignored.
    pub fn resume(config: Config, crypto: C, state: NodeState<C>) -> Self {
        let mut state = held_of(state);
        state.co_values.values_mut().for_each(|co| co.note_all_dependencies(&crypto));
        Node { crypto, state, shell: Shell::new(config) }
    }

    /// How much of a CoValue the disk has, as far as the node was told; nothing without its header, since no log can be
    /// read then.
    pub fn durable(&self, id: CoId) -> Option<&KnownState> {
        self.state.co_values.get(&id).map(|co| &co.marks.durable).filter(|durable| durable.header)
    }

    /// How many transactions come before the next one that the app writes in `session`: those that wait for the disk
    /// count.
    pub fn next_index(&self, id: CoId, session: SessionId) -> u32 {
        let held = || self.state.co_values.get(&id).map_or(0, |co| co.count(session));
        self.shell.disk.end(id, session).unwrap_or_else(held)
    }

    /// Starts anew with the headers and logs that it holds; all else is forgotten, pending outputs included.
    pub fn restart(&mut self) {
        self.state = held_of(core::mem::take(&mut self.state));
        self.state.co_values.values_mut().for_each(|co| co.note_all_dependencies(&self.crypto));
        let stored = self.shell.held.take_stored();
        self.shell = Shell::new(self.shell.config);
        self.put_aside(stored);
    }

    fn receive(&mut self, peer: PeerId, connection: ConnectionId, envelope: Envelope<C>) {
        let Some(from) = self.shell.connections.ranked_peer(peer) else { return };
        let is_current = self.connection(peer) == Some(connection);
        if !is_current && !planted!(self.shell, IgnoreEpochs) {
            return;
        }
        planted!(self.shell, BlockInbox => {
            if self.owes_an_answer() {
                return self.shell.unheard.push_back((peer, connection, envelope));
            }
        });
        if is_oversized(&envelope.message) || !self.may_name(from.peer, envelope.message.id()) {
            return;
        }
        let Some(envelope) = self.hold_back(from, envelope) else { return };
        let id = envelope.message.id();
        let is_content = matches!(envelope.message, Message::Content(_));
        self.hear(from, envelope);
        if is_content {
            self.grown(id);
        }
    }

    /// Hears a message that has nothing to wait for.
    fn hear(&mut self, from: Ranked, envelope: Envelope<C>) {
        let id = envelope.message.id();
        let stored = self.stored_under(id, &envelope.message);
        if !stored.is_empty() {
            self.forget_dependants();
        }
        let hearing = self.hearing(id, from, envelope.n, envelope.re);
        Hearing { stored, ..hearing }.hear(envelope.message);
    }

    /// Whether a peer may speak of a CoValue: of what is not here it may bring only so much into being.
    fn may_name(&mut self, peer: PeerId, id: CoId) -> bool {
        if self.state.co_values.contains_key(&id) {
            return true;
        }
        let Some(connection) = self.shell.connections.get_mut(peer) else { return false };
        if connection.named >= NAMED_MAX {
            return false;
        }
        connection.named += 1;
        self.co_value(id).marks.named_by = Some(peer);
        true
    }

    fn co_value(&mut self, id: CoId) -> &mut CoValueState<C> {
        entry(&mut self.state.co_values, &self.state.peers, id)
    }

    fn sync(&mut self, id: CoId, scope: Scope) {
        if let Some(co) = self.state.co_values.get_mut(&id) {
            self.shell.sync(id, co, scope);
        }
    }
}

/// The entry of a CoValue; without a header where there was none.
fn entry<'a, C: Crypto>(
    co_values: &'a mut BTreeMap<CoId, CoValueState<C>>,
    peers: &VecMap<PeerId, PeerInfo>,
    id: CoId,
) -> &'a mut CoValueState<C> {
    co_values
        .entry(id)
        .or_insert_with(|| CoValueState { sync: PeerSyncs::quiet(peers.keys()), ..CoValueState::default() })
}

/// The headers and logs of a state, and nothing else.
fn held_of<C: Crypto>(state: NodeState<C>) -> NodeState<C> {
    let held = state.co_values.into_iter().filter(|(_, co)| co.header.is_some()).map(|(id, co)| {
        (id, CoValueState { header: co.header, sessions: co.sessions, ..CoValueState::default() })
    });
    NodeState { co_values: held.collect(), ..NodeState::default() }
}

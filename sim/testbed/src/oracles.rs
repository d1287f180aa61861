//! The oracles: what must hold in every run. Each is one file and judges by operations, messages and logs, never by
//! what a node says of itself; `ledger` and `heard` are what several of them know.
//!
//! Most look at every event, at what the event touches; the rest look once the world is at rest. A message or a command
//! touches one CoValue, a new connection or process all of them. A deadline may touch any, but how many a node holds
//! must not decide what a deadline costs: `ROUND_MAX` are looked at, and the next deadline goes on from there. What
//! that misses is found at the next event that touches it, or at rest, when everything is looked at again.

mod bounded;
mod convergence;
mod dependencies;
mod disks;
mod durable;
mod entitled;
mod heard;
mod holdings;
mod hostile;
mod ledger;
mod load_ends;
mod logs;
mod monotonic;
mod no_fork;
mod no_lost_write;
mod no_phantom;
mod no_redundant;
mod permission;
mod prefix;
mod quiescence;
mod rights;
mod same_view;
mod truthful;
mod unique_nonce;
mod violation;

pub use violation::{Subject, Violation};

use crate::cojson::{Cast, CoJson, Directory, Notice, SimCrypto, session_parts};
use crate::host::{NodeId, Operation};
use crate::observer::{Condition, Ending, Happening, Observer, Sent};
use crate::world::View;
use cosim_core::node::Announce;
use cosim_core::{CoId, ConnectionId, Message, Span};
use heard::{Heard, Hearing};
use hostile::Hostile;
use ledger::{Ledger, Taken};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The names of all oracles, in the order in which they are asked.
pub use crate::scenario::ORACLES;

/// How many CoValues are looked at when a deadline passes. A node that holds no more is looked at as a whole.
const ROUND_MAX: usize = 64;

/// What the oracles must be told about a run.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The oracles to ask, by name.
    pub enabled: Vec<&'static str>,
    /// Names, for what they say.
    pub cast: Cast,
    /// To whom each node announces.
    pub announce: Vec<Announce>,
    /// How long a load may take.
    pub load_within: Span,
    /// What is known of nodes and CoValues before anything happens.
    pub directory: Arc<Directory>,
    /// The nodes that are hostile: they are not judged.
    pub hostile: BTreeSet<NodeId>,
}

/// All oracles of a run.
#[derive(Clone, Debug)]
pub struct Oracles {
    setup: Setup,
    ledger: Ledger,
    heard: Heard,
    hostile: Hostile,
    prefix: prefix::Prefix,
    no_fork: no_fork::NoFork,
    monotonic: monotonic::Monotonic,
    truthful: truthful::Truthful,
    load_ends: load_ends::LoadEnds,
    no_lost_write: no_lost_write::NoLostWrite,
    no_phantom: no_phantom::NoPhantom,
    disks: disks::Disks,
    logs: logs::Logs,
    same_view: same_view::SameView,
    permission: permission::Permission,
    unique_nonce: unique_nonce::UniqueNonce,
    /// Nodes that start from their disk just now.
    starting: BTreeSet<NodeId>,
    /// How often each has looked, in the order of [`ORACLES`].
    looks: [u64; ORACLES.len()],
    /// What was found, the first first.
    violations: Vec<Violation>,
    /// What the event that is happening touches.
    touched: Touched,
    /// With whom, in which connection and about what messages were exchanged in the event that is happening.
    talked: Vec<(NodeId, ConnectionId, CoId)>,
    /// Where the next round of looks at a node begins.
    rounds: BTreeMap<NodeId, CoId>,
}

/// What an event touches of the node that it happens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Touched {
    /// One CoValue, by a message from a peer that may hold content.
    Message { id: CoId, content: bool },
    /// One CoValue, by the node's app.
    Command { id: CoId },
    /// One or a few, by a deadline: it is not known which.
    Some,
    /// All of them.
    All,
}

/// An oracle's name, as its place in [`ORACLES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Convergence,
    Prefix,
    NoFork,
    Monotonic,
    Truthful,
    NoLostWrite,
    Quiescence,
    LoadEnds,
    Entitled,
    NoRedundant,
    NoPhantom,
    Durable,
    Dependencies,
    Bounded,
    SameView,
    Permission,
    UniqueNonce,
}

impl Oracles {
    /// Oracles that have seen nothing.
    pub fn new(setup: Setup) -> Oracles {
        Oracles {
            hostile: Hostile::new(setup.hostile.clone()),
            logs: logs::Logs::new(Arc::clone(&setup.directory)),
            setup,
            ledger: Ledger::default(),
            heard: Heard::default(),
            prefix: prefix::Prefix::default(),
            no_fork: no_fork::NoFork::default(),
            monotonic: monotonic::Monotonic::default(),
            truthful: truthful::Truthful::default(),
            load_ends: load_ends::LoadEnds::default(),
            no_lost_write: no_lost_write::NoLostWrite::default(),
            no_phantom: no_phantom::NoPhantom::default(),
            disks: disks::Disks::default(),
            same_view: same_view::SameView::default(),
            permission: permission::Permission::default(),
            unique_nonce: unique_nonce::UniqueNonce::default(),
            starting: BTreeSet::new(),
            looks: [0; ORACLES.len()],
            violations: Vec::new(),
            touched: Touched::All,
            talked: Vec::new(),
            rounds: BTreeMap::new(),
        }
    }

    /// What was found, the first first.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Each oracle that is asked, and how often it has looked.
    pub fn looks(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        ORACLES
            .iter()
            .zip(self.looks)
            .filter(|(name, _)| self.setup.enabled.contains(name))
            .map(|(n, l)| (*n, l))
    }

    /// How the last load of `id` by `node` ended: as available or not; `None` where it has not, or there was none.
    pub fn load_ended(&self, node: NodeId, id: CoId) -> Option<bool> {
        self.load_ends.ended(node, id)
    }

    fn enabled(&self, name: Name) -> bool {
        self.setup.enabled.contains(&ORACLES[name as usize])
    }

    /// Counts the looks of an oracle, and keeps what it found, unless that is the fault of a hostile node.
    fn judge<N: CoJson>(&mut self, name: Name, view: &View<'_, N>, looks: u64, found: Option<Subject>) {
        if !self.enabled(name) {
            return;
        }
        self.looks[name as usize] += looks;
        // That there is no silence is everybody's business.
        let counts = |node: NodeId| name == Name::Quiescence || !self.hostile.is(node);
        if let Some(subject) = found.filter(|subject| counts(subject.node)) {
            self.violations.push(Violation::new(ORACLES[name as usize], view, subject));
        }
    }

    /// The world is silent, or was to be.
    pub fn at_rest<N: CoJson>(&mut self, view: &View<'_, N>, silent: bool) {
        self.ledger.accepted();
        let found = quiescence::look(view, silent, &self.hostile, &self.setup.cast);
        self.judge(Name::Quiescence, view, 1, found);
        if !silent {
            return;
        }
        for node in (0..view.hosts.len()).map(|i| NodeId(i as u32)) {
            for id in self.ids(view, node, CoId(0), usize::MAX) {
                self.look_at_held(view, node, id);
                for (peer, connection) in self.heard.peers(node).collect::<Vec<_>>() {
                    self.look_at_confirmed(view, (node, peer, connection), id);
                }
            }
        }
        let (looks, found) = self.prefix.all(view, &self.ledger, &self.hostile, &self.setup.cast);
        self.judge(Name::Prefix, view, looks, found);
        let (looks, found) = convergence::look(view, &self.ledger, &self.hostile, &self.setup);
        self.judge(Name::Convergence, view, looks, found);
        let (looks, found) = self.no_lost_write.at_rest(view, &self.ledger, &self.hostile, &self.setup.cast);
        self.judge(Name::NoLostWrite, view, looks, found);
        let (looks, found) = durable::at_rest(view, &self.disks, &self.setup.cast);
        self.judge(Name::Durable, view, looks, found);
        let found = self.load_ends.at_rest(view, &self.ledger, &self.setup.cast);
        self.judge(Name::LoadEnds, view, 0, found);
        let (looks, found) = same_view::at_rest(view, &self.setup.directory, &self.hostile, &self.setup.cast);
        self.judge(Name::SameView, view, looks, found);
    }

    fn sent<N: CoJson>(&mut self, view: &View<'_, N>, sent: &Sent<'_, N>) {
        self.talked.push((sent.to, sent.connection, sent.message.message.id()));
        if let Message::Load { id, .. } = &sent.message.message {
            self.heard.asks(view.now, sent.connection, sent.from, *id);
        }
        // What it sends may be what it is just writing.
        self.took(view, sent.from);
        let Message::Content(content) = &sent.message.message else {
            return;
        };
        if self.hostile.is(sent.from) {
            self.hostile.sent(view, sent, content, &SimCrypto::new(Arc::clone(&self.setup.directory)));
            self.ledger.sent_by_liar(content);
            return;
        }
        let heard = self.heard.of(sent.connection, sent.from, content.id);
        let as_dependency = || self.is_dependency(view, sent, content.id);
        let found = entitled::look(view, sent, content, heard, as_dependency, &self.setup.cast);
        // What a liar is owed is not judged, and what it says of itself proves nothing.
        let judged = !self.hostile.is(sent.to);
        let (found, heard) = (found.filter(|_| judged), heard.filter(|_| judged));
        let redundant = no_redundant::look(sent, content, heard, &self.hostile, &self.setup.cast);
        let forked = self.no_fork.sent(sent.from, content, &self.hostile, &self.setup.cast);
        let (looks, padded) = self.unique_nonce.sent(sent.from, content, &self.hostile, &self.setup.cast);
        self.judge(Name::NoFork, view, 1, forked);
        self.judge(Name::UniqueNonce, view, looks, padded);
        self.judge(Name::Entitled, view, 1, found);
        self.judge(Name::NoRedundant, view, 1, redundant);
        self.ledger.sent(content);
        let large = bounded::message(sent.from, content, self.ledger.largest_batch(), &self.setup.cast);
        self.judge(Name::Bounded, view, 1, large);
    }

    /// Whether the receiver has asked for, or shown to hold, something that depends on `id` and that the sender holds: so
    /// it has asked for `id` (rule 9), also where it is done with the other since. It may be done with `id` itself.
    fn is_dependency<N: CoJson>(&self, view: &View<'_, N>, sent: &Sent<'_, N>, id: CoId) -> bool {
        let directory = &self.setup.directory;
        let held = &view.hosts[sent.from.index()].node.state().co_values;
        let (mut needed, mut next) = (BTreeSet::new(), vec![id]);
        while let Some(need) = next.pop() {
            for (dependant, co_value) in held {
                let by_account = || {
                    let mut authors = co_value.sessions.keys().map(|session| session_parts(session).0);
                    authors.any(|author| directory.account(author) == Some(need))
                };
                let depends = directory.depends_on(*dependant).contains(&need) || by_account();
                if depends && *dependant != need && needed.insert(*dependant) {
                    next.push(*dependant);
                }
            }
        }
        let hearings =
            needed.iter().filter_map(|dependant| self.heard.of(sent.connection, sent.from, *dependant));
        let own = self.heard.of(sent.connection, sent.from, id);
        hearings.into_iter().any(Hearing::concerned) && !own.is_some_and(Hearing::ended)
    }

    fn operation<N: CoJson>(&mut self, view: &View<'_, N>, operation: &Operation<N>) {
        let Operation::Command { node, command } = operation else { return };
        self.touched = Touched::Command { id: command.id() };
        if view.hosts[node.index()].up {
            if !self.hostile.is(*node) {
                self.load_ends.commanded(view.now, *node, command, &self.ledger);
            }
            self.ledger.apply(view, *node, command);
        }
    }

    fn goes_down<N: CoJson>(&mut self, view: &View<'_, N>, node: NodeId, ending: Ending) {
        self.took(view, node);
        let has_disk = view.hosts[node.index()].disk.is_some();
        self.truthful.goes_down(view, node);
        self.no_lost_write.goes_down(view, node, ending, &self.ledger, &self.hostile);
        self.ledger.goes_down(node);
        self.heard.goes_down(node);
        self.monotonic.goes_down(node, ending, has_disk);
        self.prefix.goes_down(node);
        self.no_phantom.goes_down(node);
        self.load_ends.goes_down(node);
        self.disks.goes_down(node);
        self.logs.goes_down(node);
        self.permission.goes_down(node);
        if matches!(ending, Ending::Wipe | Ending::Restore(_)) {
            self.disks.spoilt(node);
        }
    }

    /// A node may have taken what its app wrote.
    fn took<N: CoJson>(&mut self, view: &View<'_, N>, node: NodeId) {
        let taken = self.ledger.took(view, node);
        self.check_taken(view, taken);
    }

    fn check_taken<N: CoJson>(&mut self, view: &View<'_, N>, taken: Option<Taken>) {
        if let Some(taken) = taken {
            let forked = self.no_fork.wrote(&taken, &self.hostile, &self.setup.cast);
            self.judge(Name::NoFork, view, 1, forked);
            let durability = view.hosts[taken.node.index()].node.durability();
            let (looks, padded) =
                self.unique_nonce.wrote(&taken, durability, &self.hostile, &self.setup.cast);
            self.judge(Name::UniqueNonce, view, looks, padded);
        }
    }

    /// A write has ended.
    fn written<N: CoJson>(&mut self, view: &View<'_, N>, node: NodeId, ticket: u64, failed: bool) {
        self.touched = Touched::Some;
        if let Some(record) = self.disks.written(node, ticket, failed) {
            self.touched = Touched::Command { id: record.id() };
            let forked = self.no_fork.on_disk(node, &record, &self.hostile, &self.setup.cast);
            self.judge(Name::NoFork, view, 1, forked);
            let (looks, padded) = self.unique_nonce.on_disk(node, &record, &self.hostile, &self.setup.cast);
            self.judge(Name::UniqueNonce, view, looks, padded);
        }
    }

    fn noticed<N: CoJson>(&mut self, view: &View<'_, N>, node: NodeId, notice: &Notice) {
        if let Notice::Written { id, session, count } = *notice {
            let (looks, found) =
                durable::reported(view, node, (id, session, count), &self.disks, &self.setup.cast);
            self.judge(Name::Durable, view, looks, found);
            if view.hosts[node.index()].node.session() == session {
                self.ledger.report(id, session, count);
            }
        }
        let (looks, found) = self.load_ends.noticed(view, node, notice, &self.heard, &self.setup.cast);
        self.judge(Name::LoadEnds, view, looks, found);
    }

    fn settled<N: CoJson>(&mut self, view: &View<'_, N>, node: NodeId) {
        let taken = self.ledger.settled(view, node);
        self.check_taken(view, taken);
        if self.starting.remove(&node) {
            let Setup { directory, cast, .. } = &self.setup;
            let (looks, found) = durable::look(view, node, &self.disks, directory, cast);
            self.judge(Name::Durable, view, looks, found);
            let held = view.hosts[node.index()].node.state().co_values.iter();
            self.disks.started(node, held.map(|(id, co_value)| (*id, co_value.known_state())));
        }
        match self.touched {
            Touched::Message { id, content } => {
                let found = self.monotonic.look(view, node, id, &self.setup.cast);
                self.judge(Name::Monotonic, view, 1, found);
                if content {
                    self.look_at_logs(view, node, id);
                }
            }
            Touched::Command { id } => self.look_at_held(view, node, id),
            Touched::Some => {
                let from = self.rounds.get(&node).copied().unwrap_or(CoId(0));
                let ids = self.ids(view, node, from, ROUND_MAX);
                let next =
                    ids.range(..from).next_back().or(ids.last()).map_or(0, |id| id.0.saturating_add(1));
                self.rounds.insert(node, CoId(next));
                for id in ids {
                    self.look_at_held(view, node, id);
                }
            }
            Touched::All => {
                for id in self.ids(view, node, CoId(0), usize::MAX) {
                    self.look_at_held(view, node, id);
                }
            }
        }
        for (peer, connection, id) in std::mem::take(&mut self.talked) {
            let full = bounded::look(view, node, peer, id, &self.setup.cast);
            self.judge(Name::Bounded, view, 1, full);
            self.look_at_confirmed(view, (node, peer, connection), id);
        }
        let (looks, found) = self.load_ends.look(view.now, self.setup.load_within, &self.setup.cast);
        self.judge(Name::LoadEnds, view, looks, found);
    }
}

impl<N: CoJson> Observer<N> for Oracles {
    fn observe(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>) {
        if !matches!(happening, Happening::Skipped { .. }) {
            self.ledger.accepted();
        }
        match happening {
            Happening::Operation { operation, .. } => self.operation(view, operation),
            Happening::Delivered { node, peer, connection, message, damaged, .. } => {
                let id = message.message.id();
                self.touched =
                    Touched::Message { id, content: matches!(message.message, Message::Content(_)) };
                if *damaged {
                    self.heard.delivered_damaged(*connection, *node, *peer, message);
                } else {
                    self.heard.delivered(*connection, *node, *peer, message);
                }
                self.talked.extend(self.heard.current(*node, *peer).map(|current| (*peer, current, id)));
            }
            Happening::Timer { .. } => self.touched = Touched::Some,
            Happening::Connected { node, peer, connection } => {
                self.touched = Touched::All;
                self.heard.opened(*node, *peer, *connection);
            }
            Happening::Up { node } => {
                self.touched = Touched::All;
                if view.hosts[node.index()].disk.is_some() {
                    self.starting.insert(*node);
                }
                self.no_lost_write.came_up(*node);
            }
            Happening::Closed { node, peer, connection, .. } => self.heard.closed(*node, *peer, *connection),
            Happening::Became { node, condition: Condition::Asleep } => self.load_ends.sleeps(*node),
            Happening::Became { node, condition: Condition::Awake } => self.load_ends.wakes(view.now, *node),
            Happening::Became { condition: Condition::Offline | Condition::Online, .. } => {}
            Happening::Disconnected { node, peer, connection } => {
                self.touched = Touched::All;
                self.heard.closed(*node, *peer, *connection);
            }
            Happening::Sent(sent) => self.sent(view, sent),
            Happening::Noticed { node, notice } => self.noticed(view, *node, notice),
            Happening::Down { node, ending } => self.goes_down(view, *node, *ending),
            Happening::Writing { node, ticket, record } => {
                let durability = view.hosts[node.index()].node.durability();
                self.ledger.writing(*node, durability, record);
                self.disks.writing(*node, *ticket, record);
            }
            Happening::Written { node, ticket, error, .. } => {
                self.written(view, *node, *ticket, error.is_some());
            }
            Happening::Rotted { node } => {
                self.no_lost_write.damaged(*node);
                self.disks.spoilt(*node);
            }
            Happening::Settled { node, .. } => self.settled(view, *node),
            Happening::Blocked { .. } | Happening::Writable { .. } => self.touched = Touched::Some,
            Happening::Skipped { .. } => self.ledger.refused(),
            Happening::Cut { .. } => {}
        }
    }
}

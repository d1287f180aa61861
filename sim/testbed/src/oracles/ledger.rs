//! The reference model: what the apps asked for, and nothing else. It knows no message and no peer: the truth about a
//! log is the sequence of batches that its author's app wrote and that its node took.

use super::holdings::Holdings;
use super::scene::Surroundings;
use crate::cojson::{Command, SimCrypto, Transaction, session_parts};
use crate::host::NodeId;
use crate::observer::Ending;
use crate::scenario::GuestVerb;
use cosim_core::{CoId, Content, Durability, Record, SessionId};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that the apps of all nodes did.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// What was written, by CoValue and session.
    logs: BTreeMap<(CoId, SessionId), Vec<Transaction>>,
    /// Everything that an app ever asked its node to write, by CoValue and session, whether it was taken or not.
    asked: BTreeMap<(CoId, SessionId), BTreeSet<u64>>,
    /// How much of each log was reported as written.
    reported: BTreeMap<(CoId, SessionId), u32>,
    /// How much of each log was ever sent.
    sent: BTreeMap<(CoId, SessionId), u32>,
    /// The edits that a node is handling, in order: what an app asks for may begin with an edit of a group.
    handling: Vec<Handling>,
    /// The edits that a node has handled without showing anything of them: they were refused, or it says that it took them.
    unshown: Vec<Handling>,
    /// Which CoValues the app of which node has asked for, and not said `done` of since.
    wants: BTreeSet<(NodeId, CoId)>,
    /// Which CoValues the app of which node has said `done` of last.
    done: BTreeSet<(NodeId, CoId)>,
    /// Nodes that have crashed, and not started from their disks since.
    crashed: BTreeSet<NodeId>,
    /// What guests have found on their disks as they started.
    found: BTreeSet<(NodeId, CoId)>,
    /// Guests whose garbage collectors are on.
    collecting: BTreeSet<NodeId>,
    /// The transactions of the largest edit so far, in bytes.
    largest_batch: u64,
}

#[derive(Clone, Debug)]
struct Handling {
    node: NodeId,
    id: CoId,
    session: SessionId,
    /// How long the node's log was before.
    before: u32,
    transactions: Vec<Transaction>,
}

impl Handling {
    /// Keeps once what the node holds word for word.
    fn share(&mut self, host: &dyn Holdings) {
        let stored = host.stored(self.id).and_then(|stored| stored.log(self.session));
        let held = stored.and_then(|log| log.transactions.get(self.before as usize..)).unwrap_or_default();
        for (own, held) in self.transactions.iter_mut().zip(held).filter(|(own, held)| *own == *held) {
            own.said.clone_from(&held.said);
        }
    }
}

/// Transactions that a node has taken from its app.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The node.
    pub node: NodeId,
    /// The CoValue to which they were written.
    pub id: CoId,
    /// The session.
    pub session: SessionId,
    /// How many come before them.
    pub after: u32,
    /// The transactions.
    pub transactions: Vec<Transaction>,
}

impl Ledger {
    /// An app asks for something.
    pub(super) fn apply(&mut self, world: &dyn Surroundings, node: NodeId, command: &Command) {
        match command {
            Command::Ask(ask) if ask.op == GuestVerb::CollectGarbage.name() => {
                self.collecting.insert(node);
            }
            Command::Ask(_) | Command::Attack(_) => {}
            Command::Create { .. } | Command::Edit(_) => self.ask(world, node, command),
            Command::Load { id } => {
                self.wants.insert((node, *id));
                self.done.remove(&(node, *id));
            }
            Command::Done { id } => {
                self.wants.remove(&(node, *id));
                if world.holdings(node).stored(*id).is_some() {
                    self.done.insert((node, *id));
                }
            }
        }
    }

    fn ask(&mut self, world: &dyn Surroundings, node: NodeId, command: &Command) {
        let host = world.holdings(node);
        if !host.drafts() {
            return;
        }
        let (id, written) = (command.id(), host.session_of(command));
        // What its app cannot write is refused before the node hears of it.
        let transactions = host.drafted(command, world.wall(node));
        if transactions.is_empty() && matches!(command, Command::Create { .. }) {
            return;
        }
        let beside = if transactions.is_empty() { vec![] } else { host.beside(command, world.wall(node)) };
        self.handling.clear();
        let beside = beside.into_iter().map(|(id, transactions)| (id, host.session(), transactions));
        for (id, session, transactions) in beside.chain([(id, written, transactions)]) {
            let size = transactions.iter().map(|transaction| u64::from(transaction.size)).sum();
            self.largest_batch = self.largest_batch.max(size);
            let payloads = transactions.iter().map(|transaction| transaction.payload);
            self.asked.entry((id, session)).or_default().extend(payloads);
            let before = count(host, id, session);
            self.handling.push(Handling { node, id, session, before, transactions });
        }
    }

    /// The node is handling what its app asked: where its log is longer, it has taken it.
    pub(super) fn took(&mut self, host: &dyn Holdings, node: NodeId) -> Vec<Taken> {
        if self.handling.is_empty() {
            return Vec::new();
        }
        let durability = host.durability();
        let is_taken = |handling: &mut Handling| {
            let Handling { id, session, before, .. } = handling;
            let held = count(host, *id, *session);
            handling.node == node && held > *before && durability != Durability::DurableFirst
        };
        let taken: Vec<Handling> = self.handling.extract_if(.., is_taken).collect();
        let take = |mut handling: Handling| {
            handling.share(host);
            self.take(handling, durability)
        };
        taken.into_iter().map(take).collect()
    }

    /// The app of a guest has written.
    pub(super) fn wrote(&mut self, taken: &Taken) {
        let (id, session) = (taken.id, taken.session);
        let payloads = taken.transactions.iter().map(|transaction| transaction.payload);
        self.asked.entry((id, session)).or_default().extend(payloads);
        let size = taken.transactions.iter().map(|transaction| u64::from(transaction.size)).sum();
        self.largest_batch = self.largest_batch.max(size);
        let end = self.append(taken);
        self.report(id, session, end);
    }

    /// The node has handled what its app asked.
    pub(super) fn settled(&mut self, host: &dyn Holdings, node: NodeId) -> Vec<Taken> {
        if self.handling.is_empty() {
            self.unshown.clear();
            return Vec::new();
        }
        let taken = self.took(host, node);
        let handled = self.handling.extract_if(.., |handling| handling.node == node);
        self.unshown = handled.filter(|_| host.durability() == Durability::Ideal).collect();
        taken
    }

    /// The node did not do what its app asked.
    pub(super) fn refused(&mut self) {
        self.handling.clear();
        self.unshown.clear();
    }

    /// Something else happens: what was not refused is written, whether its node shows it or not.
    pub(super) fn accepted(&mut self) {
        if self.unshown.is_empty() {
            return;
        }
        for handled in std::mem::take(&mut self.unshown) {
            let _ = self.take(handled, Durability::Ideal);
        }
    }

    fn take(&mut self, handling: Handling, durability: Durability) -> Taken {
        let Handling { node, id, session, before, transactions } = handling;
        let taken = Taken { node, id, session, after: before, transactions };
        let end = self.append(&taken);
        if durability == Durability::Ideal {
            self.report(id, session, end);
        }
        taken
    }

    /// A node hands a record over to its disk: that is how it takes what its app asks, where durability comes first.
    pub(super) fn writing(&mut self, node: NodeId, durability: Durability, record: &Record<SimCrypto>) {
        let Record::Log { id, session, after, transactions, .. } = record else { return };
        let asked = self.handling.iter().position(|handling| {
            durability == Durability::DurableFirst
                && (handling.node, handling.id, handling.session) == (node, *id, *session)
                && handling.transactions == *transactions
        });
        let Some(Handling { transactions, .. }) = asked.map(|at| self.handling.remove(at)) else { return };
        let (id, session, after) = (*id, *session, *after);
        // What a crash took before it was sent or on the disk was never written: its place is free.
        let sent = self.sent.get(&(id, session)).copied().unwrap_or(0);
        let reported = self.reported(id, session);
        if after >= sent.max(reported)
            && let Some(log) = self.logs.get_mut(&(id, session))
        {
            log.truncate(after as usize);
        }
        self.append(&Taken { node, id, session, after, transactions });
    }

    /// Appends what follows on what is there; gives the length of the log.
    fn append(&mut self, taken: &Taken) -> u32 {
        let log = self.logs.entry((taken.id, taken.session)).or_default();
        if log.len() == taken.after as usize {
            log.extend_from_slice(&taken.transactions);
        }
        log.len() as u32
    }

    /// A node sends content.
    pub(super) fn sent(&mut self, content: &Content<SimCrypto>) {
        for (session, piece) in content.new.iter() {
            let sent = self.sent.entry((content.id, session)).or_insert(0);
            *sent = (*sent).max(piece.end());
        }
    }

    /// A hostile node sends content: honest nodes may pass on a batch of its own, which cannot be cut.
    pub(super) fn sent_by_liar(&mut self, content: &Content<SimCrypto>) {
        for piece in content.new.values() {
            let size = piece.new_transactions.iter().map(|transaction| u64::from(transaction.size)).sum();
            self.largest_batch = self.largest_batch.max(size);
        }
    }

    /// A node tells its app that a log is written up to here.
    pub(super) fn report(&mut self, id: CoId, session: SessionId, count: u32) {
        if self.logs.contains_key(&(id, session)) {
            let reported = self.reported.entry((id, session)).or_insert(0);
            *reported = (*reported).max(count);
        }
    }

    /// A process ends, and with it what its app wants.
    pub(super) fn goes_down(&mut self, node: NodeId, ending: Ending) {
        if ending == Ending::Crash {
            self.crashed.insert(node);
        }
        self.handling.clear();
        self.wants.retain(|(wanting, _)| *wanting != node);
        self.done.retain(|(done, _)| *done != node);
        self.found.retain(|(of, _)| *of != node);
    }

    /// A guest has started from its disk. What a crash took of what its app wrote, before it was sent, was never written: its
    /// place is free. What is on the disk it need not follow: real nodes follow what is in memory.
    pub(super) fn started(&mut self, host: &dyn Holdings, node: NodeId) {
        let has_crashed = self.crashed.remove(&node);
        if host.drafts() {
            return;
        }
        self.found.extend(host.ids(CoId(0), CoId(u32::MAX)).map(|id| (node, id)));
        if !has_crashed {
            return;
        }
        let own = self.logs.iter_mut().filter(|((_, session), _)| session_parts(*session).0 == node);
        for (place, log) in own {
            let sent = self.sent.get(place).copied().unwrap_or(0);
            let left = count(host, place.0, place.1).max(sent);
            log.truncate(left as usize);
            if let Some(reported) = self.reported.get_mut(place) {
                *reported = (*reported).min(left);
            }
        }
    }

    /// Whether `node` is a guest that has found `id` on its disk as it started.
    pub(super) fn has_found(&self, node: NodeId, id: CoId) -> bool {
        self.found.contains(&(node, id))
    }

    /// Whether the app of `node` wants `id`.
    pub fn wants(&self, node: NodeId, id: CoId) -> bool {
        self.wants.contains(&(node, id))
    }

    /// Everything that some app wants.
    pub fn wanted(&self) -> impl Iterator<Item = (NodeId, CoId)> + '_ {
        self.wants.iter().copied()
    }

    /// What the app of `node` wants.
    pub(super) fn wanted_by(&self, node: NodeId) -> impl Iterator<Item = CoId> + '_ {
        self.wants.range((node, CoId(0))..=(node, CoId(u32::MAX))).map(|(_, id)| *id)
    }

    /// Everything that some app wants no longer.
    pub fn done(&self) -> impl Iterator<Item = (NodeId, CoId)> + '_ {
        self.done.iter().copied()
    }

    /// Whether the app of `node` wants `id` no longer.
    pub(super) fn has_done(&self, node: NodeId, id: CoId) -> bool {
        self.done.contains(&(node, id))
    }

    /// What the app of `node` wants no longer.
    pub fn done_by(&self, node: NodeId) -> impl Iterator<Item = CoId> + '_ {
        self.done.range((node, CoId(0))..=(node, CoId(u32::MAX))).map(|(_, id)| *id)
    }

    /// Whether a node may forget what its app has not looked at for a while.
    pub(super) fn collects_garbage(&self, node: NodeId) -> bool {
        self.collecting.contains(&node)
    }

    /// The logs that were written to.
    pub fn written(&self) -> impl ExactSizeIterator<Item = (CoId, SessionId)> + '_ {
        self.logs.keys().copied()
    }

    /// What was written in a session.
    pub fn log(&self, id: CoId, session: SessionId) -> &[Transaction] {
        self.logs.get(&(id, session)).map_or(&[], Vec::as_slice)
    }

    /// How much of a log was reported as written.
    pub fn reported(&self, id: CoId, session: SessionId) -> u32 {
        self.reported.get(&(id, session)).copied().unwrap_or(0)
    }

    /// Whether the author's app ever asked for a transaction in this session.
    pub fn was_asked(&self, id: CoId, session: SessionId, transaction: &Transaction) -> bool {
        self.asked.get(&(id, session)).is_some_and(|asked| asked.contains(&transaction.payload))
    }

    /// The transactions of the largest edit so far, in bytes.
    pub fn largest_batch(&self) -> u64 {
        self.largest_batch
    }
}

/// How long a log is that a node holds.
fn count(host: &dyn Holdings, id: CoId, session: SessionId) -> u32 {
    host.stored(id).map_or(0, |stored| stored.count(session))
}

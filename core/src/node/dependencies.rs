//! Dependencies (rule 9): who holds a CoValue holds what it depends on. Content whose dependencies are missing is held
//! back, and they are wanted; to peers that ask for a CoValue its dependencies are sent first.

use super::connection::Ranked;
use super::limits::HELD_MAX;
use super::receive::Hearing;
use super::shell::Scope;
use super::stored::Stored;
use super::{Node, entry};
use crate::crypto::Crypto;
use crate::id::{CoId, PeerId, SessionId};
use crate::message::{Content, Envelope, Message};
use crate::record::Record;
use crate::state::marks::InterestKind;
use crate::state::{Assumed, CoValueState, Logs, NodeState, PeerSync, Relationship};
use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// What waits for dependencies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Held<C: Crypto> {
    /// Content by CoValue and sender: of each the latest that waits, and what builds on that.
    contents: BTreeMap<(CoId, PeerId), Pieces<C>>,
    /// What was found on the disk and waits, in the order of the disk.
    pub(super) stored: Vec<Stored<C>>,
    /// Dependencies to be sent to a peer before the CoValue that needs them: the dependency, the peer, the CoValue.
    first: Vec<(CoId, PeerId, CoId)>,
}

/// Contents that are held back, each of which builds on those before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Pieces<C: Crypto> {
    first: Envelope<C>,
    further: Vec<Envelope<C>>,
    /// What the first waits for.
    missing: Vec<CoId>,
}

/// Whether content is held back.
enum Kept<C: Crypto> {
    /// It can be heard.
    Not(Envelope<C>),
    /// Its sender may make nothing more wanted: nobody will ever have heard it.
    Unheard,
    /// It is, where there is room for it, until these come; until what it builds on is taken, where there are none.
    Until(Vec<CoId>),
}

impl<C: Crypto> Pieces<C> {
    fn len(&self) -> usize {
        1 + self.further.len()
    }

    fn contents(&self) -> impl Iterator<Item = &Content<C>> {
        core::iter::once(&self.first).chain(&self.further).filter_map(|envelope| match &envelope.message {
            Message::Content(content) => Some(content),
            Message::Load { .. } | Message::Known(_) | Message::Done { .. } => None,
        })
    }

    fn brings_header(&self) -> bool {
        self.contents().any(|content| content.header.is_some())
    }

    /// How far a session will go.
    fn end_of(&self, session: SessionId) -> u32 {
        let pieces = self.contents().filter_map(|content| content.new.get(session));
        let ends = pieces.map(|piece| {
            piece.after.saturating_add(u32::try_from(piece.new_transactions.len()).unwrap_or(u32::MAX))
        });
        ends.max().unwrap_or(0)
    }
}

impl<C: Crypto> Held<C> {
    pub(crate) fn new() -> Self {
        Held { contents: BTreeMap::new(), stored: Vec::new(), first: Vec::new() }
    }

    /// How many contents are held back.
    pub(crate) fn contents(&self) -> usize {
        self.contents.values().map(Pieces::len).sum()
    }

    /// Whether there is room for one more content of a peer.
    fn has_room(&self, peer: PeerId) -> bool {
        let of_peer = self.contents.iter().filter(|((_, from), _)| *from == peer);
        of_peer.map(|(_, pieces)| pieces.len()).sum::<usize>() < HELD_MAX
    }

    fn is_empty(&self) -> bool {
        self.contents.is_empty() && self.stored.is_empty()
    }

    /// What was found on the disk and waits.
    pub(crate) fn take_stored(&mut self) -> Vec<Record<C>> {
        core::mem::take(&mut self.stored).into_iter().map(|stored| stored.record).collect()
    }

    /// Notes that `peer` is to be sent `dependency` before `id`.
    pub(crate) fn send_first(&mut self, dependency: CoId, peer: PeerId, id: CoId) {
        self.first.push((dependency, peer, id));
    }

    /// All that is to be sent first waits for something that is: somewhere in it is a circle, in which something has to go
    /// before what it needs.
    fn break_circle(&mut self) {
        let (mut met, mut at) = (BTreeSet::new(), 0);
        while met.insert(at) {
            let Some((need, peer, _)) = self.first.get(at) else { return };
            let next = self.first.iter().position(|(_, to, id)| (id, to) == (need, peer));
            at = next.unwrap_or(at);
        }
        self.first.remove(at);
    }

    /// Whether something is to be sent to `peer` before `id`.
    pub(crate) fn goes_after(&self, id: CoId, peer: PeerId) -> bool {
        self.first.iter().any(|(_, to, dependant)| (*dependant, *to) == (id, peer))
    }
}

impl<C: Crypto> CoValueState<C> {
    /// Notes what the transactions of a session depend on, from this one on, and what they change of the whole.
    pub(crate) fn note_dependencies(&mut self, crypto: &C, session: SessionId, from: u32) {
        self.note_log_dependencies(crypto, [(session, from)]);
    }

    fn note_log_dependencies(&mut self, crypto: &C, from: impl IntoIterator<Item = (SessionId, u32)>) {
        let mut needs = Vec::new();
        for (session, from) in from {
            let log = self.sessions.get(session).map_or([].as_slice(), |log| &log.transactions);
            for transaction in log.iter().skip(from as usize) {
                crypto.transaction_dependencies(session, transaction, &mut needs);
            }
        }
        if let Some(header) = &self.header {
            crypto.log_dependencies(header, logs_with(Some(self), []), &mut needs);
        }
        self.marks.dependencies.extend(needs);
    }

    /// Notes what its header depends on.
    pub(crate) fn note_header_dependencies(&mut self, crypto: &C) {
        let mut needs = Vec::new();
        if let Some(header) = &self.header {
            crypto.header_dependencies(header, &mut needs);
        }
        self.marks.dependencies.extend(needs);
    }

    /// Notes what all of it depends on.
    pub(crate) fn note_all_dependencies(&mut self, crypto: &C) {
        self.note_header_dependencies(crypto);
        let sessions: Vec<SessionId> = self.sessions.keys().collect();
        self.note_log_dependencies(crypto, sessions.into_iter().map(|session| (session, 0)));
    }
}

impl<C: Crypto> Node<C> {
    /// What is not here, and content of a peer waits for.
    pub fn waits_for(&self, peer: PeerId) -> BTreeSet<CoId> {
        let held = self.shell.held.contents.iter().filter(|((_, from), _)| *from == peer);
        let needs = held.flat_map(|(_, pieces)| pieces.missing.iter().copied());
        needs.filter(|need| self.lacks(*need)).collect()
    }

    pub(super) fn lacks(&self, id: CoId) -> bool {
        self.state.co_values.get(&id).is_none_or(|co| co.header.is_none())
    }

    /// What must be here before a header and transactions of `id` are of use, and is not.
    fn missing(&self, id: CoId, content: &Content<C>) -> Vec<CoId> {
        let mut needs = Vec::new();
        // What is held has all that its header depends on, whatever header comes now.
        if let Some(header) = content.header.as_ref().filter(|_| self.lacks(id)) {
            self.crypto.header_dependencies(header, &mut needs);
        }
        for (session, piece) in content.new.iter() {
            for transaction in &piece.new_transactions {
                self.crypto.transaction_dependencies(session, transaction, &mut needs);
            }
        }
        let held = self.state.co_values.get(&id);
        if let Some(header) = held.and_then(|co| co.header.as_ref()).or(content.header.as_ref()) {
            let new = content.new.iter().map(|(session, piece)| {
                let known = held.map_or(0, |co| co.count(session)).saturating_sub(piece.after);
                (session, piece.new_transactions.get(known as usize..).unwrap_or_default())
            });
            self.crypto.log_dependencies(header, logs_with(held, new), &mut needs);
        }
        needs.sort_unstable();
        needs.dedup();
        needs.retain(|need| *need != id && self.lacks(*need));
        needs
    }

    /// Whether a header is missing that a new CoValue depends on.
    pub(super) fn lacks_dependency_of(&self, id: CoId, header: &C::Header) -> bool {
        let mut needs = Vec::new();
        self.crypto.header_dependencies(header, &mut needs);
        needs.iter().any(|need| *need != id && self.lacks(*need))
    }

    /// Whether transactions depend on what is missing.
    pub(super) fn lacks_dependency_in(&self, id: CoId, session: SessionId, new: &[C::Transaction]) -> bool {
        let needs = log_needs(&self.crypto, self.state.co_values.get(&id), session, new);
        needs.iter().any(|need| *need != id && self.lacks(*need))
    }

    /// Holds content back where it depends on what is missing; gives back what can be heard at once.
    pub(super) fn hold_back(&mut self, from: Ranked, envelope: Envelope<C>) -> Option<Envelope<C>> {
        let Message::Content(content) = &envelope.message else { return Some(envelope) };
        let (id, n, proved) = (content.id, envelope.n, content.known());
        match self.keep_back(from, envelope) {
            Kept::Not(envelope) => return Some(envelope),
            Kept::Unheard => {}
            Kept::Until(missing) => {
                self.hearing(id, from, n, 0).hear_held(&proved);
                self.want_dependencies(id, &missing);
                self.release();
            }
        }
        None
    }

    /// Holds content back where it depends on what is missing, or builds on what is held back, and says nothing.
    fn keep_back(&mut self, from: Ranked, envelope: Envelope<C>) -> Kept<C> {
        let Message::Content(content) = &envelope.message else { return Kept::Not(envelope) };
        let id = content.id;
        planted!(self.shell, IgnoreDependencies => {
            return Kept::Not(envelope);
        });
        let has_room = self.shell.held.has_room(from.peer);
        if self.builds_on_held(from.peer, content) {
            if let Some(held) = self.shell.held.contents.get_mut(&(id, from.peer)).filter(|_| has_room) {
                held.further.push(envelope);
            }
            return Kept::Until(Vec::new());
        }
        let brings_header = || content.header.as_ref().is_some_and(|it| self.crypto.verify_header(id, it));
        let has_header = !self.lacks(id) || brings_header();
        let missing = if has_header { self.missing(id, content) } else { Vec::new() };
        let repeats = self.shell.held.contents.contains_key(&(id, from.peer));
        if missing.is_empty() {
            self.shell.held.contents.remove(&(id, from.peer));
            return Kept::Not(envelope);
        }
        // What it makes us want of what is not here is named by its sender, like what that speaks of itself.
        if !missing.iter().all(|need| self.may_name(from.peer, *need)) {
            return Kept::Unheard;
        }
        if planted!(self.shell, DropDependants) {
            return Kept::Until(Vec::new());
        }
        if repeats || has_room {
            let pieces = Pieces { first: envelope, further: Vec::new(), missing: missing.clone() };
            self.shell.held.contents.insert((id, from.peer), pieces);
        }
        let asks = !planted!(self.shell, NeverAskDependencies);
        Kept::Until(if asks { missing } else { Vec::new() })
    }

    /// Whether content has nothing to build on but what the same peer sent before and is held back.
    fn builds_on_held(&self, peer: PeerId, content: &Content<C>) -> bool {
        let Some(held) = self.shell.held.contents.get(&(content.id, peer)) else { return false };
        let co = self.state.co_values.get(&content.id);
        let count = |session| co.map_or(0, |co| co.count(session));
        let lacks_header = content.header.is_none() && self.lacks(content.id);
        let builds = lacks_header || content.new.iter().any(|(session, piece)| piece.after > count(session));
        let is_here = |session, after| after <= count(session).max(held.end_of(session));
        builds
            && (!lacks_header || held.brings_header())
            && content.new.iter().all(|(session, piece)| is_here(session, piece.after))
    }

    /// What something held back waits for is wanted, even if it is done.
    pub(super) fn want_dependencies(&mut self, dependant: CoId, missing: &[CoId]) {
        for need in missing {
            self.co_value(*need).marks.dependants.insert(dependant);
            self.sync(*need, Scope::All);
        }
    }

    /// A connection is over, and what came by it and waits is dropped: it comes again in the next one.
    pub(super) fn drop_held_of(&mut self, peer: PeerId) {
        let before = self.shell.held.contents.len();
        self.shell.held.contents.retain(|(_, from), _| *from != peer);
        if self.shell.held.contents.len() != before {
            self.forget_dependants();
        }
    }

    /// Takes back the wants for which nothing waits any more. Whoever is done with what was wanted for that alone can say so
    /// now.
    pub(super) fn forget_dependants(&mut self) {
        let held = &self.shell.held;
        let mut waiting: BTreeSet<(CoId, CoId)> = BTreeSet::new();
        for ((id, _), Pieces { missing, .. }) in &held.contents {
            waiting.extend(missing.iter().map(|need| (*need, *id)));
        }
        for stored in &held.stored {
            waiting.extend(stored.missing.iter().map(|need| (*need, stored.record.id())));
        }
        let mut over = Vec::new();
        for (id, co) in self.state.co_values.iter_mut().filter(|(_, co)| !co.marks.dependants.is_empty()) {
            co.marks.dependants.retain(|dependant| waiting.contains(&(*id, *dependant)));
            if co.done && co.marks.dependants.is_empty() {
                over.push(*id);
            }
        }
        over.into_iter().for_each(|id| self.sync(id, Scope::All));
    }

    /// Hears what was held back and misses nothing any more. What depends on each other in a circle goes together.
    pub(super) fn release(&mut self) {
        if self.shell.held.is_empty() {
            return;
        }
        loop {
            let ready = self.ready();
            let held = &mut self.shell.held;
            let contents: Vec<_> =
                held.contents.extract_if(.., |(id, peer), _| ready.contains(&(*id, Some(*peer)))).collect();
            let stored = self.take_all_stored(&ready);
            if contents.is_empty() && !stored {
                return;
            }
            let mut further = Vec::new();
            for ((id, peer), pieces) in contents {
                let Some(ranked) = self.shell.connections.ranked_peer(peer) else { continue };
                self.hear(ranked, pieces.first);
                self.grown(id);
                further.extend(pieces.further.into_iter().map(|envelope| (id, ranked, envelope)));
            }
            // What builds on those may need more than they do.
            for (id, ranked, envelope) in further {
                match self.keep_back(ranked, envelope) {
                    Kept::Not(envelope) => {
                        self.hear(ranked, envelope);
                        self.grown(id);
                    }
                    Kept::Unheard => {}
                    Kept::Until(missing) => self.want_dependencies(id, &missing),
                }
            }
            self.forget_dependants();
        }
    }

    /// What can be heard of all that is held back, by CoValue and sender, or by CoValue where it is a header on the disk: the
    /// greatest set in which every dependency is here, or comes with its header. What one peer sent never waits for what
    /// only another's needs: that may be a lie.
    fn ready(&self) -> BTreeSet<(CoId, Option<PeerId>)> {
        let held = &self.shell.held;
        let contents = held
            .contents
            .iter()
            .map(|((id, peer), pieces)| ((*id, Some(*peer)), (pieces.brings_header(), &pieces.missing)));
        let headers = held.stored.iter().filter(|stored| matches!(stored.record, Record::Header { .. }));
        let stored = headers.map(|stored| ((stored.record.id(), None), (true, &stored.missing)));
        let waiting: BTreeMap<_, (bool, &Vec<CoId>)> = contents.chain(stored).collect();
        let mut ready: BTreeSet<(CoId, Option<PeerId>)> = waiting.keys().copied().collect();
        loop {
            let brings = |key: &&(CoId, Option<PeerId>)| waiting.get(*key).is_some_and(|(brings, _)| *brings);
            let coming: BTreeSet<CoId> = ready.iter().filter(brings).map(|(id, _)| *id).collect();
            let is_here = |need: &CoId| !self.lacks(*need) || coming.contains(need);
            let before = ready.len();
            ready.retain(|key| waiting.get(key).is_some_and(|(_, missing)| missing.iter().all(is_here)));
            if ready.len() == before {
                return ready;
            }
        }
    }

    /// Sends what has to be sent before the CoValues that need it, and then those: where that needs something itself, it
    /// goes before all that need it.
    pub(super) fn send_dependencies(&mut self) {
        let mut then: Vec<(CoId, PeerId)> = Vec::new();
        loop {
            let held = &mut self.shell.held;
            if held.first.is_empty() {
                let Some((id, peer)) = then.pop() else { return };
                self.sync(id, Scope::Peer(peer));
                continue;
            }
            let dependants: BTreeSet<_> = held.first.iter().map(|(_, peer, id)| (*id, *peer)).collect();
            then.extend(dependants.into_iter().rev());
            let is_ready = |(need, peer, _): &&(CoId, PeerId, CoId)| !held.goes_after(*need, *peer);
            let ready: Vec<_> = held.first.iter().filter(is_ready).copied().collect();
            if ready.is_empty() {
                held.break_circle();
            }
            for entry in ready {
                self.send_first(entry);
            }
        }
    }

    /// Sends what has to go first, if nothing has to go before that.
    fn send_first(&mut self, (need, peer, id): (CoId, PeerId, CoId)) {
        self.shell.held.first.retain(|entry| *entry != (need, peer, id));
        self.offer(need, peer);
        if self.shell.held.goes_after(need, peer) {
            self.shell.held.send_first(need, peer, id);
        }
    }

    /// A dependency counts as asked for by whoever asked for its dependant.
    fn offer(&mut self, id: CoId, peer: PeerId) {
        let Some(co) = self.state.co_values.get_mut(&id) else { return };
        if co.header.is_none() {
            return;
        }
        let sync = co.sync.entry(peer);
        sync.marks.as_dependency = true;
        if sync.marks.interest.kind == InterestKind::None {
            sync.marks.interest.kind = InterestKind::Yes;
        }
        if sync.assumed == Assumed::Unknown {
            sync.assumed = Assumed::of(&sync.confirmed.clone().unwrap_or_default());
        }
        self.sync(id, Scope::Peer(peer));
    }

    /// One message of `from` about `id` in its place.
    pub(super) fn hearing(&mut self, id: CoId, from: Ranked, n: u32, re: u32) -> Hearing<'_, C> {
        let Node { state: NodeState { peers, co_values }, shell, crypto } = self;
        let co = entry(co_values, peers, id);
        Hearing { shell, crypto, peers, co, id, from, n, re, stored: Logs::new() }
    }
}

/// What transactions of a session depend on that come after what is held.
pub(super) fn log_needs<C: Crypto>(
    crypto: &C,
    held: Option<&CoValueState<C>>,
    session: SessionId,
    new: &[C::Transaction],
) -> Vec<CoId> {
    let mut needs = Vec::new();
    new.iter().for_each(|transaction| crypto.transaction_dependencies(session, transaction, &mut needs));
    if let Some(header) = held.and_then(|co| co.header.as_ref()) {
        crypto.log_dependencies(header, logs_with(held, [(session, new)]), &mut needs);
    }
    needs
}

/// The logs of a CoValue as they will be with `new` at their ends.
fn logs_with<'a, C: Crypto>(
    held: Option<&'a CoValueState<C>>,
    new: impl IntoIterator<Item = (SessionId, &'a [C::Transaction])>,
) -> impl Iterator<Item = (SessionId, Cow<'a, [C::Transaction]>)> {
    let held = held.into_iter().flat_map(|co| co.sessions.iter());
    // Nothing is collected, nor copied, unless the logs are looked at.
    core::iter::once_with(move || {
        let mut logs: BTreeMap<SessionId, Cow<'a, [C::Transaction]>> =
            held.map(|(session, log)| (session, Cow::Borrowed(log.transactions.as_slice()))).collect();
        for (session, new) in new {
            let log = logs.entry(session).or_default();
            if log.is_empty() { *log = Cow::Borrowed(new) } else { log.to_mut().extend_from_slice(new) }
        }
        logs
    })
    .flatten()
}

/// Whether dependencies go ahead of content to a peer: a server is pushed them anyway.
pub(super) fn go_first(peer: Ranked, sync: &PeerSync) -> bool {
    match peer.relationship {
        Relationship::SyncAllOurs => false,
        Relationship::SyncTheirs => !matches!(sync.assumed, Assumed::Known(_)),
        Relationship::SyncCommon => true,
    }
}

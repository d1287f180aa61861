//! What is found on the disk (rules 9 and 11). What is whole is held at once. What lacks something that it depends on, its
//! header or what comes before it, is put aside: it is no part of S, but it is kept, what it lacks is wanted, and when that
//! comes it is taken before anything that a peer brings for the same place.

use super::dependencies::log_needs;
use super::shell::Scope;
use super::{Config, Node};
use crate::crypto::Crypto;
use crate::id::{CoId, PeerId};
use crate::json::JsonCrypto;
use crate::known_state::KnownState;
use crate::message::Message;
use crate::record::{Found, Record, Recovery, append, read};
use crate::state::{CoValueState, Event, Logs, NodeState, Source};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// A record that waits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Stored<C: Crypto> {
    pub(crate) record: Record<C>,
    /// What it lacked when it was last tried, its own header included.
    pub(crate) missing: Vec<CoId>,
}

/// What becomes of a record that is tried.
enum Tried {
    /// All of it is here now.
    Taken,
    /// It waits for these, or for what comes before it in its session.
    Waits(Vec<CoId>),
    /// What is here is not what it builds on, and never will be.
    Never,
}

impl<C: Crypto> Node<C> {
    /// A node that starts with what its disk holds, and how whole that was. What depends on what is missing is put aside
    /// until that comes.
    pub fn recover(config: Config, crypto: C, disk: &[u8]) -> (Self, Recovery)
    where
        C: JsonCrypto,
    {
        let Found { state, mut left, mut recovery } = read(disk, &crypto, |_, _| true);
        let mut node = Node::resume(config, crypto, state);
        if !node.is_closed() {
            let headers = node.closed_headers();
            let crypto = &node.crypto;
            let found = read(disk, crypto, |state, record| is_closed(crypto, state, record, &headers));
            recovery.waiting = recovery.records.saturating_sub(found.recovery.records);
            recovery.records = found.recovery.records;
            left = found.left;
            node = Node::resume(config, node.crypto, found.state);
        }
        for co in node.state.co_values.values_mut() {
            co.marks.durable = co.known_state();
            co.marks.written.clone_from(&co.marks.durable);
            co.marks.uploads.safe.clone_from(&co.marks.durable);
        }
        node.put_aside(left);
        node.settle();
        (node, recovery)
    }

    /// How much of a CoValue was found on the disk and is put aside, until what it depends on comes: how far each session
    /// would go.
    pub fn put_aside_of(&self, id: CoId) -> KnownState {
        let mut known = KnownState::EMPTY;
        for stored in self.shell.held.stored.iter().filter(|stored| stored.record.id() == id) {
            match &stored.record {
                Record::Header { .. } => known.header = true,
                Record::Log { session, after, transactions, .. } => {
                    let count = u32::try_from(transactions.len()).unwrap_or(u32::MAX);
                    known.raise(*session, after.saturating_add(count));
                }
            }
        }
        known
    }

    /// Whether all that is held depends on is held too.
    fn is_closed(&self) -> bool {
        let lacks = |id: CoId, need: CoId| need != id && self.lacks(need);
        let co_values = &self.state.co_values;
        !co_values.iter().any(|(id, co)| co.marks.dependencies.iter().any(|need| lacks(*id, *need)))
    }

    /// The CoValues of which all that their headers depend on is here too, by headers. What depends on each other in a
    /// circle counts.
    fn closed_headers(&self) -> BTreeSet<CoId> {
        let mut closed: BTreeSet<CoId> = self.state.co_values.keys().copied().collect();
        loop {
            let stuck: Vec<CoId> = closed
                .iter()
                .filter(|id| self.header_needs(**id).iter().any(|need| !closed.contains(need)))
                .copied()
                .collect();
            if stuck.is_empty() {
                return closed;
            }
            stuck.iter().for_each(|id| _ = closed.remove(id));
        }
    }

    /// What the header of a CoValue depends on.
    pub(super) fn header_needs(&self, id: CoId) -> Vec<CoId> {
        let mut needs = Vec::new();
        if let Some(header) = self.state.co_values.get(&id).and_then(|co| co.header.as_ref()) {
            self.crypto.header_dependencies(header, &mut needs);
        }
        needs
    }

    /// Puts records aside that were found on a disk and cannot be taken yet; what they lack is wanted.
    pub(super) fn put_aside(&mut self, records: Vec<Record<C>>) {
        for record in records {
            match self.try_record(&record) {
                Tried::Taken | Tried::Never => {}
                Tried::Waits(missing) => self.shell.held.stored.push(Stored { record, missing }),
            }
        }
        self.want_missing();
    }

    /// What is put aside wants what it lacks, unless that is put aside itself.
    fn want_missing(&mut self) {
        let stored = &self.shell.held.stored;
        let is_header = |stored: &&Stored<C>| matches!(stored.record, Record::Header { .. });
        let headers: BTreeSet<CoId> =
            stored.iter().filter(is_header).map(|stored| stored.record.id()).collect();
        let co_values = &self.state.co_values;
        let is_wanted =
            |id: CoId, need: CoId| co_values.get(&need).is_some_and(|co| co.marks.dependants.contains(&id));
        let missing = stored
            .iter()
            .flat_map(|stored| stored.missing.iter().map(|need| (stored.record.id(), *need)))
            .filter(|(id, need)| !headers.contains(need) && !is_wanted(*id, *need));
        let missing: BTreeSet<(CoId, CoId)> = missing.collect();
        missing.into_iter().for_each(|(id, need)| self.want_dependencies(id, &[need]));
    }

    /// Takes all that was put aside and lacks nothing any more, headers that are `ready` first; says whether there was any.
    pub(super) fn take_all_stored(&mut self, ready: &BTreeSet<(CoId, Option<PeerId>)>) -> bool {
        let ids: BTreeSet<CoId> = self.shell.held.stored.iter().map(|stored| stored.record.id()).collect();
        let mut any = false;
        for id in ids {
            let lacked = self.lacked_by_stored(id);
            let taken = ready.contains(&(id, None)) && self.take_stored_header(id);
            if self.take_stored_logs(id) || taken {
                any = true;
                self.grown(id);
                self.sync(id, Scope::All);
            } else if self.lacked_by_stored(id) != lacked {
                // It still waits for what comes before it, and no longer for these.
                self.forget_dependants();
            }
        }
        if any {
            self.want_missing();
        }
        any
    }

    /// What lacks here of what was put aside of a CoValue.
    fn lacked_by_stored(&self, id: CoId) -> BTreeSet<CoId> {
        let stored = self.shell.held.stored.iter().filter(|stored| stored.record.id() == id);
        stored.flat_map(|stored| stored.missing.iter().copied()).collect()
    }

    fn take_stored_header(&mut self, id: CoId) -> bool {
        let is_header = |stored: &mut Stored<C>| {
            stored.record.id() == id && matches!(stored.record, Record::Header { .. })
        };
        let found: Vec<Stored<C>> = self.shell.held.stored.extract_if(.., is_header).collect();
        self.co_value(id);
        let Some(co) = self.state.co_values.get_mut(&id) else { return false };
        for stored in found {
            if let Record::Header { header, .. } = stored.record
                && co.header.is_none()
            {
                co.set_header(header, &self.state.peers, Source::Local);
                co.note_header_dependencies(&self.crypto);
                self.shell.event(Event::AddedNewHeader { id });
            }
        }
        true
    }

    /// Takes the logs of a CoValue that were put aside and lack nothing any more; says whether there was any.
    fn take_stored_logs(&mut self, id: CoId) -> bool {
        let mut any = false;
        loop {
            let (before, mut left) = (self.shell.held.stored.len(), Vec::new());
            for mut stored in core::mem::take(&mut self.shell.held.stored) {
                if stored.record.id() == id && !stored.missing.iter().any(|need| self.lacks(*need)) {
                    match self.try_record(&stored.record) {
                        Tried::Taken | Tried::Never => continue,
                        Tried::Waits(missing) => stored.missing = missing,
                    }
                }
                left.push(stored);
            }
            self.shell.held.stored = left;
            if self.shell.held.stored.len() == before {
                return any;
            }
            any = true;
        }
    }

    /// Takes a record, where it fits and lacks nothing.
    fn try_record(&mut self, record: &Record<C>) -> Tried {
        let id = record.id();
        match record {
            Record::Header { .. } if !self.lacks(id) => Tried::Taken,
            Record::Header { header, .. } if !self.crypto.verify_header(id, header) => Tried::Never,
            Record::Header { header, .. } => {
                let mut needs = Vec::new();
                self.crypto.header_dependencies(header, &mut needs);
                Tried::Waits(self.missing_of(id, needs))
            }
            Record::Log { session, after, transactions, signature, .. } => {
                let held = self.state.co_values.get(&id);
                let mut missing = self.missing_of(id, needs_beyond(&self.crypto, held, record));
                if self.lacks(id) {
                    missing.push(id);
                }
                let count = held.map_or(0, |co| co.count(*session));
                if !missing.is_empty() || count < *after {
                    return Tried::Waits(missing);
                }
                let Some(co) = self.state.co_values.get_mut(&id) else { return Tried::Never };
                if append(co, id, *session, *after, transactions, signature, &self.crypto).is_none() {
                    return Tried::Never;
                }
                if co.count(*session) > count {
                    co.note_dependencies(&self.crypto, *session, count);
                    self.shell.event(Event::AddedNewTransactions { id });
                }
                Tried::Taken
            }
        }
    }

    fn missing_of(&self, id: CoId, mut needs: Vec<CoId>) -> Vec<CoId> {
        needs.sort_unstable();
        needs.dedup();
        needs.retain(|need| *need != id && self.lacks(*need));
        needs
    }

    /// The logs that were put aside and can be taken under the header that a message brings. They are put aside no longer.
    pub(super) fn stored_under(&mut self, id: CoId, message: &Message<C>) -> Logs<C> {
        let Message::Content(content) = message else { return Logs::new() };
        let Some(header) = content.header.as_ref().filter(|_| self.lacks(id)) else { return Logs::new() };
        let has_any = self.shell.held.stored.iter().any(|stored| stored.record.id() == id);
        if !has_any || !self.crypto.verify_header(id, header) {
            return Logs::new();
        }
        let mut under = CoValueState { header: Some(header.clone()), ..CoValueState::default() };
        loop {
            let (before, mut left) = (self.shell.held.stored.len(), Vec::new());
            for stored in core::mem::take(&mut self.shell.held.stored) {
                if stored.record.id() != id || !self.take_under(&mut under, &stored.record) {
                    left.push(stored);
                }
            }
            self.shell.held.stored = left;
            if self.shell.held.stored.len() == before {
                return under.sessions;
            }
        }
    }

    fn take_under(&self, co: &mut CoValueState<C>, record: &Record<C>) -> bool {
        let id = record.id();
        let Record::Log { session, after, transactions, signature, .. } = record else { return false };
        let missing = self.missing_of(id, needs_beyond(&self.crypto, Some(co), record));
        missing.is_empty()
            && append(co, id, *session, *after, transactions, signature, &self.crypto).is_some()
    }
}

/// What a log depends on, beyond what is held of its session.
fn needs_beyond<C: Crypto>(crypto: &C, held: Option<&CoValueState<C>>, record: &Record<C>) -> Vec<CoId> {
    let Record::Log { session, after, transactions, .. } = record else { return Vec::new() };
    let known = held.map_or(0, |co| co.count(*session)).saturating_sub(*after);
    log_needs(crypto, held, *session, transactions.get(known as usize..).unwrap_or_default())
}

/// Whether a record may be taken where these headers will be here.
fn is_closed<C: Crypto>(
    crypto: &C,
    state: &NodeState<C>,
    record: &Record<C>,
    headers: &BTreeSet<CoId>,
) -> bool {
    let id = record.id();
    match record {
        Record::Header { .. } => headers.contains(&id),
        Record::Log { .. } => {
            let needs = needs_beyond(crypto, state.co_values.get(&id), record);
            needs.iter().all(|need| *need == id || headers.contains(need))
        }
    }
}

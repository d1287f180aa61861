//! What a node writes to its disk, and when (rule 11). Growth of S is written as records beyond what was written
//! before. A local transaction is written before it counts, where durability comes first: until the disk has it, it is
//! *staged*, neither part of S nor sent. What could not be written is written again, with the waits of a deadline.

use super::dependencies::log_needs;
use super::limits::WRITES_MAX;
use super::shell::{Scope, Shell};
use super::{Durability, Node, Output, Uploads};
use crate::crypto::Crypto;
use crate::id::{CoId, SessionId};
use crate::known_state::KnownState;
use crate::record::{Record, records_since};
use crate::state::{CoValueState, NewTransactions, Source, UpdateError};
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;
use cosim_base::Time;

/// What a node remembers of its disk.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Disk<C: Crypto> {
    /// The number of the last write.
    writes: u64,
    /// What each write that has not ended is about.
    pending: BTreeMap<u64, Pending>,
    /// Local transactions that wait for their write, oldest first.
    staged: VecDeque<Staged<C>>,
    /// Own sessions of which the disk may hold what was never said: nothing more is written in them.
    broken: BTreeSet<SessionId>,
    /// What the disk has and was not reported yet: it lacks what that depends on.
    unreported: BTreeSet<(CoId, SessionId)>,
    /// CoValues of which the disk has the header, and the headers of all that this depends on.
    grounded: BTreeSet<CoId>,
    /// CoValues of which a write has failed.
    failed: BTreeSet<CoId>,
    /// When to write those again, and how often it was tried.
    retry: Option<Time>,
    tries: u32,
}

/// A write that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Pending {
    Header(CoId),
    Log {
        id: CoId,
        session: SessionId,
        after: u32,
        end: u32,
    },
    /// Of this CoValue, and given up: the disk may have it yet, but it counts no more.
    GivenUp(CoId),
}

/// A local transaction batch that waits for its write.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Staged<C: Crypto> {
    write: u64,
    /// Whether the disk has it. One that comes before it may still be under way.
    written: bool,
    id: CoId,
    session: SessionId,
    batch: NewTransactions<C>,
    /// What it depends on.
    needs: Vec<CoId>,
}

impl<C: Crypto> Disk<C> {
    pub(crate) fn new() -> Self {
        Disk {
            writes: 0,
            pending: BTreeMap::new(),
            staged: VecDeque::new(),
            broken: BTreeSet::new(),
            unreported: BTreeSet::new(),
            grounded: BTreeSet::new(),
            failed: BTreeSet::new(),
            retry: None,
            tries: 0,
        }
    }

    /// How many writes are under way.
    pub(crate) fn pending(&self) -> usize {
        self.pending.len()
    }

    /// When to write again what could not be written.
    pub(crate) fn retry(&self) -> Option<Time> {
        self.retry
    }

    /// The end of a session as staged transactions have it.
    pub(crate) fn end(&self, id: CoId, session: SessionId) -> Option<u32> {
        self.tail(id, session).map(|(end, _)| end)
    }

    /// The end of a session as staged transactions have it, and its hash so far.
    fn tail(&self, id: CoId, session: SessionId) -> Option<(u32, &C::StreamingHash)> {
        let last = self.staged.iter().rev().find(|staged| (staged.id, staged.session) == (id, session))?;
        Some((last.batch.end(), &last.batch.signed.streaming_hash))
    }
}

impl<C: Crypto> Shell<C> {
    fn write(&mut self, record: Record<C>) -> u64 {
        let disk = &mut self.disk;
        disk.writes += 1;
        let pending = match &record {
            Record::Header { id, .. } => Pending::Header(*id),
            Record::Log { id, session, after, transactions, .. } => {
                let count = u32::try_from(transactions.len()).unwrap_or(u32::MAX);
                Pending::Log { id: *id, session: *session, after: *after, end: after.saturating_add(count) }
            }
        };
        disk.pending.insert(disk.writes, pending);
        self.outputs.push_back(Output::Persist { write: disk.writes, record });
        disk.writes
    }

    /// Writes what S has grown by.
    pub(crate) fn persist(&mut self, id: CoId, co: &mut CoValueState<C>) {
        if self.config.durability == Durability::Ideal || self.disk.failed.contains(&id) {
            return;
        }
        if self.disk.pending() >= WRITES_MAX {
            return self.write_later(id);
        }
        for record in records_since(id, co, &co.marks.written) {
            self.write(record);
        }
        co.marks.written = co.known_state();
    }

    /// What S has grown by is to be written when the disk may take it again.
    fn write_later(&mut self, id: CoId) {
        let wait = self.config.base.backoff(self.disk.tries, self.config.cap);
        self.disk.failed.insert(id);
        self.disk.retry.get_or_insert(self.now + wait);
    }
}

impl<C: Crypto> Node<C> {
    /// Signs what the app writes, and stages it or takes it at once.
    pub(super) fn write_local(
        &mut self,
        id: CoId,
        session: SessionId,
        transactions: Vec<C::Transaction>,
    ) -> Result<(), UpdateError> {
        if self.shell.disk.broken.contains(&session) {
            return Err(UpdateError::SessionBroken);
        }
        if self.shell.disk.pending() >= WRITES_MAX {
            return Err(UpdateError::StorageBusy);
        }
        let uploads = self.shell.config.uploads;
        let co = self.state.co_values.get_mut(&id).ok_or(UpdateError::CoValueNotFound)?;
        if uploads != Uploads::Untold {
            co.marks.uploads.own.insert(session);
        }
        let held = co.sessions.get(session).map(|log| (log.len(), &log.streaming_hash));
        let tail = self.shell.disk.tail(id, session).or(held);
        let signed = self.crypto.sign(id, session, tail.map(|(_, hash)| hash), &transactions);
        let batch = NewTransactions { after: tail.map_or(0, |(end, _)| end), transactions, signed };
        if self.shell.config.durability == Durability::DurableFirst {
            return self.stage(id, session, batch);
        }
        self.append_local(id, session, batch)
    }

    fn stage(&mut self, id: CoId, session: SessionId, batch: NewTransactions<C>) -> Result<(), UpdateError> {
        let co = self.state.co_values.get(&id).ok_or(UpdateError::CoValueNotFound)?;
        if co.header.is_none() {
            return Err(UpdateError::HeaderMissing);
        }
        if batch.transactions.is_empty() {
            return Err(UpdateError::EmptyTransactions);
        }
        let write = self.shell.write(Record::Log {
            id,
            session,
            after: batch.after,
            transactions: batch.transactions.clone(),
            signature: batch.signed.signature.clone(),
        });
        let needs = log_needs(&self.crypto, self.state.co_values.get(&id), session, &batch.transactions);
        self.shell.disk.staged.push_back(Staged { write, written: false, id, session, batch, needs });
        Ok(())
    }

    fn append_local(
        &mut self,
        id: CoId,
        session: SessionId,
        batch: NewTransactions<C>,
    ) -> Result<(), UpdateError> {
        let after = batch.after;
        let event = self.state.add_verified_transactions(id, session, batch, Source::Local)?;
        self.shell.event(event);
        if let Some(co) = self.state.co_values.get_mut(&id) {
            co.note_dependencies(&self.crypto, session, after);
        }
        self.grown(id);
        self.sync(id, Scope::All);
        Ok(())
    }

    /// The disk has a write.
    pub(super) fn persisted(&mut self, write: u64) {
        let Some(pending) = self.shell.disk.pending.remove(&write) else { return };
        let disk = &mut self.shell.disk;
        disk.tries = 0;
        match disk.staged.iter_mut().find(|staged| staged.write == write) {
            Some(staged) => staged.written = true,
            None => self.note_durable(pending),
        }
        let written: Vec<Staged<C>> = core::iter::from_fn(|| self.next_written()).collect();
        let reported = self.report();
        for Staged { id, session, batch, .. } in written {
            let (after, count) = (batch.after, batch.end() - batch.after);
            // Somebody else writes in this session: what is held by now comes from there.
            if self.append_local(id, session, batch).is_err() {
                self.shell.disk.broken.insert(session);
                self.shell.outputs.push_back(Output::WriteFailed { id, session, after, count });
            }
        }
        self.note_safe(&reported);
    }

    /// Takes the first staged batch, if it, what comes before it and all that it depends on are on the disk.
    fn next_written(&mut self) -> Option<Staged<C>> {
        let Staged { id, session, batch, needs, .. } =
            self.shell.disk.staged.front().filter(|staged| staged.written)?;
        let (id, session, after, end) = (*id, *session, batch.after, batch.end());
        let needs = needs.clone();
        if !self.is_safe(id) || !needs.into_iter().all(|need| self.is_grounded(need)) {
            return None;
        }
        let marks = &mut self.state.co_values.get_mut(&id)?.marks;
        if marks.durable.count(session) < after {
            return None;
        }
        marks.durable.raise(session, end);
        marks.written.raise(session, end);
        self.shell.disk.unreported.insert((id, session));
        self.shell.disk.staged.pop_front()
    }

    fn note_durable(&mut self, pending: Pending) {
        let (Pending::Header(id) | Pending::Log { id, .. } | Pending::GivenUp(id)) = pending;
        let Some(co) = self.state.co_values.get_mut(&id) else { return };
        let durable = &mut co.marks.durable;
        let unreported = &mut self.shell.disk.unreported;
        match pending {
            // Without its header no log can be read. Now what was written before it counts too.
            Pending::Header(_) => {
                durable.header = true;
                unreported.extend(durable.sessions().map(|(session, _)| (id, session)));
            }
            // Where an earlier write failed, this one counts once that is made good.
            Pending::Log { session, after, end, .. } if durable.count(session) >= after => {
                if durable.raise(session, end) {
                    unreported.insert((id, session));
                }
            }
            Pending::Log { .. } | Pending::GivenUp(_) => {}
        }
    }

    /// Reports what would be held after a crash: what the disk has, if it has all that this depends on. Gives the CoValues of
    /// which something was reported.
    fn report(&mut self) -> BTreeSet<CoId> {
        let mut reported = BTreeSet::new();
        for (id, session) in core::mem::take(&mut self.shell.disk.unreported) {
            if self.is_safe(id) {
                reported.insert(id);
                let count = self.durable(id).map_or(0, |durable| durable.count(session));
                self.shell.outputs.push_back(Output::Written { id, session, count });
            } else {
                self.shell.disk.unreported.insert((id, session));
            }
        }
        reported
    }

    /// Whether the disk has a CoValue's header, and those of all that it depends on.
    fn is_safe(&mut self, id: CoId) -> bool {
        let Some(co) = self.state.co_values.get(&id) else { return false };
        planted!(self.shell, SafeAlone => {
            return co.marks.durable.header;
        });
        let needs: Vec<CoId> = co.marks.dependencies.iter().copied().collect();
        self.is_grounded(id) && needs.into_iter().all(|need| self.is_grounded(need))
    }

    /// Whether the disk has the header of a CoValue, and those of all that this depends on. Where they depend on each other
    /// in a circle, it has all of it.
    fn is_grounded(&mut self, id: CoId) -> bool {
        if self.shell.disk.grounded.contains(&id) {
            return true;
        }
        let (mut seen, mut open) = (BTreeSet::from([id]), alloc::vec![id]);
        while let Some(id) = open.pop() {
            let has_header = self.state.co_values.get(&id).is_some_and(|co| co.marks.durable.header);
            if !has_header {
                return false;
            }
            let grounded = &self.shell.disk.grounded;
            let needs = self.header_needs(id).into_iter().filter(|need| !grounded.contains(need));
            open.extend(needs.filter(|need| seen.insert(*need)));
        }
        self.shell.disk.grounded.append(&mut seen);
        true
    }

    /// The disk does not have a write, as far as it knows.
    pub(super) fn persist_failed(&mut self, write: u64) {
        let Some(pending) = self.shell.disk.pending.remove(&write) else { return };
        let staged = self.shell.disk.staged.iter().position(|staged| staged.write == write);
        if let Some(at) = staged {
            self.drop_staged(at);
            return;
        }
        let (id, is_header) = match pending {
            Pending::Header(id) => (id, true),
            Pending::Log { id, .. } | Pending::GivenUp(id) => (id, false),
        };
        let Some(co) = self.state.co_values.get_mut(&id) else { return };
        let mut written = KnownState::new(co.marks.written.header && !is_header, []);
        for (session, count) in co.marks.written.sessions() {
            let lost = match pending {
                Pending::Log { session: of, after, .. } if of == session => after,
                Pending::Header(_) | Pending::Log { .. } | Pending::GivenUp(_) => count,
            };
            written.raise(session, count.min(lost));
        }
        co.marks.written = written;
        self.shell.write_later(id);
    }

    /// What the app wrote could not be written, nor can what it wrote after that in the session.
    fn drop_staged(&mut self, at: usize) {
        let Some(first) = self.shell.disk.staged.get(at) else { return };
        let session = first.session;
        self.shell.disk.broken.insert(session);
        let (mut kept, mut dropped) = (VecDeque::new(), Vec::new());
        for (i, staged) in core::mem::take(&mut self.shell.disk.staged).into_iter().enumerate() {
            if i >= at && staged.session == session { dropped.push(staged) } else { kept.push_back(staged) }
        }
        self.shell.disk.staged = kept;
        for Staged { write, id, session, batch, .. } in dropped {
            if let Some(pending) = self.shell.disk.pending.get_mut(&write) {
                *pending = Pending::GivenUp(id);
            }
            let count = u32::try_from(batch.transactions.len()).unwrap_or(u32::MAX);
            self.shell.outputs.push_back(Output::WriteFailed { id, session, after: batch.after, count });
        }
    }

    /// Writes again what could not be written, once it is time.
    pub(super) fn write_again(&mut self) {
        let disk = &mut self.shell.disk;
        if disk.retry.is_none_or(|at| at > self.shell.now) {
            return;
        }
        disk.retry = None;
        disk.tries = disk.tries.saturating_add(1);
        for id in core::mem::take(&mut disk.failed) {
            self.grown(id);
        }
    }

    /// S of a CoValue may have grown.
    pub(super) fn grown(&mut self, id: CoId) {
        let Some(co) = self.state.co_values.get_mut(&id).filter(|co| co.header.is_some()) else { return };
        if let Some(connection) =
            co.marks.named_by.take().and_then(|peer| self.shell.connections.get_mut(peer))
        {
            connection.named = connection.named.saturating_sub(1);
        }
        self.shell.persist(id, co);
    }
}

impl<C: Crypto> NewTransactions<C> {
    /// How long the session is with them.
    fn end(&self) -> u32 {
        self.after.saturating_add(u32::try_from(self.transactions.len()).unwrap_or(u32::MAX))
    }
}

//! What the app on this node does: make, write, load, be done.

use super::Node;
use super::shell::Scope;
use crate::crypto::Crypto;
use crate::id::{CoId, SessionId};
use crate::state::marks::Subscription;
use crate::state::{LoadStatus, Source, UpdateError};
use alloc::vec::Vec;

impl<C: Crypto> Node<C> {
    pub(super) fn create(&mut self, id: CoId, header: C::Header) -> Result<(), UpdateError> {
        if self.lacks_dependency_of(id, &header) {
            return Err(UpdateError::DependencyMissing);
        }
        let event = self.state.add_verified_header(id, header, Source::Local)?;
        self.shell.event(event);
        if let Some(co) = self.state.co_values.get_mut(&id) {
            co.marks.requests.clear();
            co.note_header_dependencies(&self.crypto);
        }
        self.grown(id);
        self.sync(id, Scope::All);
        Ok(())
    }

    pub(super) fn edit(
        &mut self,
        id: CoId,
        session: SessionId,
        transactions: Vec<C::Transaction>,
    ) -> Result<(), UpdateError> {
        if self.lacks_dependency_in(id, session, &transactions) {
            return Err(UpdateError::DependencyMissing);
        }
        self.write_local(id, session, transactions)
    }

    /// A CoValue that was done is wanted again: our sources must hear it (rule 13).
    pub(super) fn load(&mut self, id: CoId) {
        let co = self.co_value(id);
        if core::mem::take(&mut co.done) {
            for sync in co.sync.known_mut() {
                let marks = &mut sync.marks;
                if marks.parting.done_sent || marks.parting.muted {
                    marks.parting.done_sent = false;
                    marks.subscription = Subscription::No;
                }
            }
        }
        co.marks.want.get_or_insert(LoadStatus::Loading);
        self.sync(id, Scope::All);
    }

    /// Our questions for what we lack are taken back, unless somebody asked through us.
    pub(super) fn done(&mut self, id: CoId) -> Result<(), UpdateError> {
        let event = self.state.mark_co_value_done(id)?;
        self.shell.event(event);
        let co = self.co_value(id);
        co.marks.want = None;
        if co.header.is_none() && co.marks.requests.is_empty() {
            for sync in co.sync.known_mut() {
                sync.marks.asking = None;
            }
        }
        self.sync(id, Scope::All);
        Ok(())
    }
}

//! What a node with planted faults does and remembers. Nothing of it is here without them.

use crate::crypto::Crypto;
use crate::id::{ConnectionId, PeerId};
use crate::known_state::KnownState;
use crate::message::{Content, Envelope, Known, Message};
use crate::node::due::View;
use crate::node::receive::Hearing;
use crate::node::say::Said;
use crate::node::shell::Shell;
use crate::node::{Mutation, Node};
use crate::state::Assumed;
use alloc::collections::VecDeque;

/// What [`Mutation::BlockInbox`] has not heard yet.
pub(crate) type Unheard<C> = VecDeque<(PeerId, ConnectionId, Envelope<C>)>;

impl<C: Crypto> Shell<C> {
    pub(crate) fn mutated(&self, mutation: Mutation) -> bool {
        self.config.mutations.has(mutation)
    }
}

impl<C: Crypto> View<'_, C> {
    pub(crate) fn mutated(&self, mutation: Mutation) -> bool {
        self.config.mutations.has(mutation)
    }
}

impl<C: Crypto> Hearing<'_, C> {
    pub(crate) fn mutated(&self, mutation: Mutation) -> bool {
        self.shell.mutated(mutation)
    }

    /// For [`Mutation::AckWithoutApplying`]: says that it holds what it throws away.
    pub(crate) fn acknowledge_unseen(&mut self, content: &Content<C>) {
        let mut known = self.co.known_state();
        known.header = true;
        for (session, piece) in content.new.iter() {
            known.raise(session, piece.end());
        }
        let message = Message::Known(Known { id: self.id, known, is_correction: false, safe: None });
        self.shell.send(self.from, Said { re: self.n, message });
    }

    /// For [`Mutation::ReplaceFirstHand`].
    pub(crate) fn replace_first_hand(&mut self, known: &KnownState) {
        let sync = self.sync();
        sync.confirmed = Some(known.clone());
        sync.lower_assumed();
    }
}

impl<C: Crypto> Node<C> {
    /// For [`Mutation::BlockInbox`]: hears what was not heard while a peer's `load` waited.
    pub(crate) fn hear_unheard(&mut self) {
        while !self.shell.unheard.is_empty() && !self.owes_an_answer() {
            let Some((peer, connection, envelope)) = self.shell.unheard.pop_front() else { return };
            self.receive(peer, connection, envelope);
        }
    }

    /// For [`Mutation::BlockInbox`]: whether a peer's `load` waits for our sources.
    pub(crate) fn owes_an_answer(&self) -> bool {
        self.state.co_values.values().any(|co| co.sync.known().any(|(_, sync)| sync.marks.owed.is_some()))
    }

    /// For [`Mutation::KeepAssumedAcrossConnections`].
    pub(crate) fn keep_assumed(&mut self, peer: PeerId) {
        for co in self.state.co_values.values_mut() {
            let Some(sync) = co.sync.get(peer) else { continue };
            co.marks.kept.retain(|(kept, _)| *kept != peer);
            if let Assumed::Known(_) = sync.assumed {
                co.marks.kept.push((peer, sync.assumed.clone()));
            }
        }
    }

    /// For [`Mutation::KeepAssumedAcrossConnections`]: what was kept is believed as if it had been confirmed, or a
    /// deadline would soon put it right.
    pub(crate) fn restore_assumed(&mut self, peer: PeerId) {
        for co in self.state.co_values.values_mut() {
            let Some((_, Assumed::Known(known))) = co.marks.kept.iter().find(|(kept, _)| *kept == peer)
            else {
                continue;
            };
            if let Some(sync) = co.sync.get_mut(peer) {
                sync.confirm(known);
            }
        }
    }
}

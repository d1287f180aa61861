//! How far what the app wrote has got at each server (rule 15). A server that is asked says with each `known` how much of it
//! is on its disk, and says so again when that has grown.

use super::connection::Ranked;
use super::due::View;
use super::receive::Hearing;
use super::shell::{Scope, Shell};
use super::{Durability, Node, Output, Reach, Uploads};
use crate::crypto::Crypto;
use crate::id::CoId;
use crate::known_state::KnownState;
use crate::message::Known;
use crate::state::{CoValueState, PeerSync, Relationship};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

impl<C: Crypto> Node<C> {
    /// More of these is on the disk, with all that it depends on.
    pub(super) fn note_safe(&mut self, ids: &BTreeSet<CoId>) {
        for id in ids {
            let Some(co) = self.state.co_values.get_mut(id) else { continue };
            co.marks.uploads.safe.clone_from(&co.marks.durable);
            if co.sync.known().any(|(_, sync)| sync.marks.safety.asked_in > 0) {
                self.sync(*id, Scope::All);
            }
        }
    }
}

impl<C: Crypto> Shell<C> {
    /// Whether our `load` asks a peer what is on its disk.
    pub(crate) fn asks(&self, peer: Ranked) -> bool {
        self.config.uploads == Uploads::Safe && peer.relationship == Relationship::SyncAllOurs
    }

    /// Tells the app how far what it wrote has got at a server, where that is news.
    pub(crate) fn report_uploads(&mut self, id: CoId, co: &mut CoValueState<C>, peer: Ranked) {
        if peer.relationship != Relationship::SyncAllOurs {
            return;
        }
        let own: Vec<_> = co.marks.uploads.own.iter().map(|session| (*session, co.count(*session))).collect();
        let Some(PeerSync { assumed, confirmed, marks, .. }) = co.sync.get_mut(peer.peer) else { return };
        let safety = &mut marks.safety;
        let said = [assumed.known(), confirmed.as_ref(), safety.known.as_ref()];
        for (session, held) in own {
            let reached = said.map(|known| KnownState::or_empty(known).count(session).min(held));
            for (i, reach) in [Reach::Sent, Reach::Held, Reach::Safe].into_iter().enumerate() {
                let count = reached[i..].iter().copied().max().unwrap_or(0);
                if safety.reported[i].raise(session, count) {
                    self.outputs.push_back(Output::Uploaded { peer: peer.peer, id, session, count, reach });
                }
            }
        }
    }
}

impl<C: Crypto> Hearing<'_, C> {
    /// The peer asks what is on our disk. A node without one has nothing to say of that.
    pub(super) fn note_question(&mut self, asks: bool) {
        let has_disk = self.shell.config.durability != Durability::Ideal;
        if asks && has_disk {
            let n = self.n;
            let asked_in = &mut self.sync().marks.safety.asked_in;
            *asked_in = n.max(*asked_in);
        }
    }

    /// The peer says what is on its disk; says whether that is news.
    pub(super) fn hear_safety(&mut self, said: &Known) -> bool {
        let safety = &mut self.sync().marks.safety;
        let Some(safe) = said.safe.as_ref().filter(|_| safety.asked) else { return false };
        safety.known.get_or_insert(KnownState::EMPTY).join(safe)
    }
}

impl<C: Crypto> View<'_, C> {
    /// Whether more is safe here than a peer that asked was told.
    pub(super) fn safety_is_due(&self, sync: &PeerSync) -> bool {
        let safety = &sync.marks.safety;
        safety.asked_in > 0 && !self.co.marks.uploads.safe.le(&safety.told)
    }

    /// Whether a server that says what is on its disk holds something of the app that it has not said so of.
    pub(crate) fn waits_for_safety(&self, peer: Ranked) -> bool {
        let Some(sync) = self.co.sync.get_near(peer.place, peer.peer) else { return false };
        let Some(safe) = &sync.marks.safety.known else { return false };
        let held = KnownState::or_empty(sync.confirmed.as_ref());
        let own = &self.co.marks.uploads.own;
        own.iter().any(|session| safe.count(*session) < held.count(*session).min(self.co.count(*session)))
    }
}

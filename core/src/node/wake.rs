//! Deadlines that have passed (rule 6), and the one that is next.

use super::say::{KnownKind, known, load};
use super::shell::Scope;
use super::{Node, TimerKind};
use crate::crypto::Crypto;
use crate::id::{CoId, PeerId};
use crate::state::Assumed;
use cosim_base::Time;

impl<C: Crypto> Node<C> {
    /// Acts on every deadline that has passed. What is armed meanwhile lies ahead, so this ends.
    pub(super) fn wake(&mut self) {
        self.write_again();
        while let Some((at, id, peer)) = self.first_deadline() {
            if at > self.shell.now {
                return;
            }
            self.shell.queue.pop();
            self.pass(id, peer);
        }
    }

    /// Finds the next deadline, so that asking for it costs nothing.
    pub(super) fn settle(&mut self) {
        self.shell.next = self.first_deadline().and_then(|(at, id, peer)| {
            let co = self.state.co_values.get(&id)?;
            let ranked = self.shell.connections.ranked_peer(peer)?;
            Some((at, self.shell.view(co).timer_kind(ranked)?))
        });
        if let Some(at) = self.shell.disk.retry()
            && self.shell.next.is_none_or(|(next, _)| at < next)
        {
            self.shell.next = Some((at, TimerKind::Store));
        }
    }

    /// The first look of the queue that is a deadline; looks that are too early or stale go.
    fn first_deadline(&mut self) -> Option<(Time, CoId, PeerId)> {
        loop {
            let look @ (at, id, peer) = self.shell.queue.first()?;
            let sync = self.state.co_values.get_mut(&id).and_then(|co| co.sync.get_mut(peer));
            let timer = sync.map(|sync| &mut sync.marks.timer).filter(|timer| timer.queued.0 == Some(at));
            let Some(timer) = timer else {
                self.shell.queue.pop();
                continue;
            };
            if timer.deadline == Some(at) {
                return Some(look);
            }
            self.shell.queue.pop();
            timer.queued.0 = timer.deadline;
            if let Some(deadline) = timer.deadline {
                debug_assert!(deadline > at, "an earlier deadline is queued anew");
                self.shell.queue.push((deadline, id, peer));
            }
        }
    }

    /// One deadline has passed: what was in flight is taken as lost, and what is unanswered is said again.
    fn pass(&mut self, id: CoId, peer: PeerId) {
        let Some(ranked) = self.shell.connections.ranked_peer(peer) else { return };
        let Some(co) = self.state.co_values.get_mut(&id) else { return };
        let Some(sync) = co.sync.get_mut(peer) else { return };
        sync.marks.timer.queued.0 = None;
        sync.count_try();
        if !planted!(self.shell, RefusedForGood) {
            sync.marks.refused_by_peer.retry();
        }
        if sync.is_unconfirmed() {
            sync.lower_assumed();
        }
        let announcing = sync.marks.announcing && sync.assumed == Assumed::Unknown;
        let asking = sync.marks.asking.is_some();
        if asking || self.shell.view(co).is_behind(ranked) {
            if !planted!(self.shell, BlockInbox)
                && let Some(sync) = co.sync.get_mut(peer)
            {
                sync.count_silence();
            }
            let said = load(co, id, ranked, self.shell.next_n(ranked), self.shell.asks(ranked));
            self.shell.send(ranked, said);
        } else if self.shell.view(co).waits_for_safety(ranked) {
            let said = load(co, id, ranked, self.shell.next_n(ranked), true);
            self.shell.send(ranked, said);
        }
        if announcing {
            let said = known(co, id, ranked, 0, KnownKind::Statement);
            self.shell.send(ranked, said);
        }
        let scope = if co.header.is_none() { Scope::All } else { Scope::Peer(peer) };
        self.shell.sync(id, co, scope);
    }
}

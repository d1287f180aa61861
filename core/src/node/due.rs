//! What is due to whom (docs/protocol.md, "What is due"), read off the state and its marks. The node and a bare
//! [`NodeState`](crate::NodeState) both decide here; nothing here changes anything.

use super::connection::Ranked;
use super::{Announce, Config, TimerKind, Uploads};
use crate::crypto::Crypto;
use crate::id::PeerId;
use crate::known_state::KnownState;
use crate::state::marks::{CoMarks, InterestKind, Subscription};
use crate::state::{Assumed, CoValueState, PeerSync, Relationship};

/// A message that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Load,
    Announce,
    Content,
    /// More is safe on our disk than a peer that asked was told.
    Safe,
    Done,
}

/// One CoValue as its node sees it when it decides.
pub(crate) struct View<'a, C: Crypto> {
    pub(crate) co: &'a CoValueState<C>,
    /// In the order of service.
    pub(crate) ranked: &'a [Ranked],
    pub(crate) config: &'a Config,
}

impl<C: Crypto> View<'_, C> {
    fn has_header(&self) -> bool {
        self.co.header.is_some()
    }

    /// Whether the CoValue is done, nothing held back waits for it, and nobody but `peer` is interested in it through us
    /// (rules 8 and 9).
    pub(crate) fn is_over_for(&self, peer: PeerId) -> bool {
        self.co.done
            && self.co.marks.dependants.is_empty()
            && (planted!(self, DoneForAll)
                || self
                    .co
                    .sync
                    .known()
                    .all(|(other, sync)| other == peer || sync.marks.interest.kind != InterestKind::Yes))
    }

    /// Whether the app, something held back or somebody other than `peer` wants it.
    fn is_wanted_from(&self, peer: PeerId) -> bool {
        let requests = &self.co.marks.requests;
        (self.co.marks.want.is_some() && !self.co.done)
            || !self.co.marks.dependants.is_empty()
            || requests.iter().any(|asker| *asker != peer || planted!(self, AskTheAsker))
    }

    /// Whether a better source than `peer` has neither said no nor let a first deadline pass.
    fn waits_for_better_source(&self, peer: PeerId) -> bool {
        let better = self.ranked.iter().take_while(|ranked| ranked.peer != peer);
        better.filter(|ranked| ranked.relationship == Relationship::SyncAllOurs).any(|ranked| {
            let CoMarks { want, dependants, requests, .. } = &self.co.marks;
            let only_asker = want.is_none() && dependants.is_empty() && *requests == [ranked.peer];
            let Some(PeerSync { marks, .. }) = self.co.sync.get_near(ranked.place, ranked.peer) else {
                return true;
            };
            let passed = marks.source.said_none || marks.source.timed_out || marks.timer.tries > 0;
            !passed && !only_asker
        })
    }

    /// Whether some source, `asker` aside, has no verdict yet (rule 7).
    pub(crate) fn has_open_source(&self, asker: Option<PeerId>) -> bool {
        self.ranked
            .iter()
            .filter(|ranked| ranked.relationship == Relationship::SyncAllOurs && Some(ranked.peer) != asker)
            .any(|ranked| {
                let source = self.co.sync.get_near(ranked.place, ranked.peer).map(|sync| sync.marks.source);
                source.is_none_or(|source| !source.said_none && !source.timed_out)
            })
    }

    /// Whether the peer has said that it holds what we lack, and we may have it (rule 4).
    pub(crate) fn is_behind(&self, peer: Ranked) -> bool {
        let Some(sync) = self.co.sync.get_near(peer.place, peer.peer) else { return false };
        let Some(confirmed) = &sync.confirmed else { return false };
        let refused = &sync.marks.refused_by_us;
        if !self.has_header() && peer.relationship == Relationship::SyncCommon {
            return false;
        }
        let ahead = if self.has_header() {
            !self.co.covers(confirmed, |session| refused.sessions.contains(session))
        } else {
            !refused.rules_out() && !confirmed.is_empty()
        };
        ahead && !self.is_over_for(peer.peer)
    }

    /// Why a deadline is armed, if it is (rule 6).
    pub(crate) fn timer_kind(&self, peer: Ranked) -> Option<TimerKind> {
        let sync = self.co.sync.get_near(peer.place, peer.peer)?;
        if sync.marks.asking.is_some() {
            Some(TimerKind::Load)
        } else if sync.marks.announcing && !planted!(self, AnnounceOnce) {
            Some(TimerKind::Announce)
        } else if sync.is_unconfirmed() || self.retries_refused(sync) {
            Some(TimerKind::Acknowledge)
        } else if self.is_behind(peer) {
            Some(TimerKind::Pull)
        } else {
            self.waits_for_safety(peer).then_some(TimerKind::Safe)
        }
    }

    /// Whether what the peer refused is sent again when the deadline passes (rule 5).
    fn retries_refused(&self, sync: &PeerSync) -> bool {
        sync.marks.refused_by_peer.is_retried() && !planted!(self, RefusedForGood)
    }

    /// What is due to `peer` first.
    pub(crate) fn due(&self, peer: Ranked) -> Option<Due> {
        let sync = self.co.sync.get_near(peer.place, peer.peer)?;
        if self.load_is_due(peer, sync) {
            Some(Due::Load)
        } else if self.announcement_is_due(peer, sync) {
            Some(Due::Announce)
        } else if self.content_is_due(peer, sync) {
            Some(Due::Content)
        } else if self.safety_is_due(sync) {
            Some(Due::Safe)
        } else {
            self.done_is_due(peer, sync).then_some(Due::Done)
        }
    }

    fn load_is_due(&self, peer: Ranked, sync: &PeerSync) -> bool {
        let marks = &sync.marks;
        if peer.relationship == Relationship::SyncTheirs {
            return false;
        }
        if marks.asking.is_some() && !planted!(self, RepeatUnanswered) {
            return false;
        }
        let asks = self.config.uploads == Uploads::Safe
            && peer.relationship == Relationship::SyncAllOurs
            && !marks.safety.asked
            && !self.co.done;
        if self.has_header() {
            asks || marks.subscription != Subscription::Holding
                && !(self.co.done && planted!(self, DoneNeverLoads))
        } else {
            peer.relationship == Relationship::SyncAllOurs
                && marks.subscription == Subscription::No
                && self.is_wanted_from(peer.peer)
                && (!self.waits_for_better_source(peer.peer) || planted!(self, AskAllSources))
        }
    }

    fn announcement_is_due(&self, peer: Ranked, sync: &PeerSync) -> bool {
        peer.relationship == Relationship::SyncTheirs
            && self.has_header()
            && self.config.announce == Announce::All
            && sync.assumed == Assumed::Unknown
            && (!sync.marks.announcing || planted!(self, RepeatUnanswered))
            && sync.marks.interest.kind != InterestKind::Ended
    }

    /// A server is pushed everything that we hold, whether it is interested or not.
    fn content_is_due(&self, peer: Ranked, sync: &PeerSync) -> bool {
        if !self.has_header() || sync.marks.asking.is_some() {
            return false;
        }
        let interest = sync.marks.interest.kind;
        let entitled = peer.relationship == Relationship::SyncAllOurs
            || interest != InterestKind::Ended
            || planted!(self, ContentAfterDone);
        let from_nothing = match peer.relationship {
            Relationship::SyncAllOurs => true,
            Relationship::SyncTheirs => {
                interest == InterestKind::Yes && !planted!(self, InterestLiftsNothing)
            }
            Relationship::SyncCommon => sync.marks.as_dependency,
        };
        match &sync.assumed {
            Assumed::Unknown => false,
            Assumed::Unavailable => entitled && from_nothing,
            Assumed::Known(assumed) => {
                let refused = &sync.marks.refused_by_peer.sessions;
                entitled && !self.co.is_covered_by(assumed, |session| refused.contains(session))
            }
        }
    }

    fn done_is_due(&self, peer: Ranked, sync: &PeerSync) -> bool {
        let marks = &sync.marks;
        self.co.done
            && peer.relationship != Relationship::SyncTheirs
            && (marks.parting.loaded || marks.subscription == Subscription::Holding)
            && !marks.parting.done_sent
            && marks.asking.is_none()
            && self.is_over_for(peer.peer)
    }
}

impl PeerSync {
    /// Whether we assume more than the peer has confirmed, what it refused aside (rule 6).
    pub(crate) fn is_unconfirmed(&self) -> bool {
        let Assumed::Known(assumed) = &self.assumed else { return false };
        let confirmed = KnownState::or_empty(self.confirmed.as_ref());
        let refused = &self.marks.refused_by_peer;
        if confirmed.header || !refused.header {
            return !assumed.le_except(confirmed, |session| refused.sessions.contains(session));
        }
        assumed
            .sessions()
            .any(|(session, n)| n > confirmed.count(session) && !refused.sessions.contains(session))
    }
}

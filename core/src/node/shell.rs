//! The part of a node around its state: connections, clock, deadlines and pending outputs. It sends, arms deadlines,
//! and syncs one CoValue at a time until nothing is due.

use super::connection::{Connections, Flow, Ranked};
use super::deadlines::Queue;
use super::dependencies::{Held, go_first};
use super::due::{Due, View};
use super::io::{Output, TimerKind};
use super::say::{Said, say};
use super::storage::Disk;
use super::{Announce, Config, Uploads};
use crate::crypto::Crypto;
use crate::id::{CoId, PeerId};
use crate::message::Envelope;
use crate::state::marks::Subscription;
use crate::state::{CoValueState, Event, PeerSync, Relationship};
use alloc::collections::VecDeque;
use cosim_base::{Span, Time};

/// How many messages one sync begins with one peer about one CoValue, content aside: of that there is as much as is held.
/// By the rules two at most are due at once; the bound is there for planted faults.
const MESSAGES_PER_SYNC_MAX: usize = 4;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Shell<C: Crypto> {
    pub(crate) config: Config,
    pub(crate) connections: Connections,
    pub(crate) outputs: VecDeque<Output<C>>,
    pub(crate) queue: Queue,
    pub(crate) disk: Disk<C>,
    pub(crate) held: Held<C>,
    #[cfg(feature = "planted-faults")]
    pub(crate) unheard: super::planted::Unheard<C>,
    /// The latest time seen.
    pub(crate) now: Time,
    /// The first deadline and its reason, exact between inputs.
    pub(crate) next: Option<(Time, TimerKind)>,
}

/// To which peers something may have become due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// What happened concerns the conversation with one peer.
    Peer(PeerId),
    /// S, interest or a verdict has changed.
    All,
}

/// A scope, and who is connected of it.
#[derive(Clone, Copy)]
enum Peers {
    One(Option<Ranked>),
    All,
}

/// Whether an armed deadline is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// It stays: new sends do not move it.
    Keep,
    /// There was an answer or progress.
    Restart,
}

impl<C: Crypto> Shell<C> {
    pub(crate) fn new(config: Config) -> Self {
        Shell {
            config,
            connections: Connections::default(),
            outputs: VecDeque::new(),
            queue: Queue::default(),
            disk: Disk::new(),
            held: Held::new(),
            #[cfg(feature = "planted-faults")]
            unheard: VecDeque::new(),
            now: Time::ZERO,
            next: None,
        }
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    pub(crate) fn view<'a>(&'a self, co: &'a CoValueState<C>) -> View<'a, C> {
        View { co, ranked: self.connections.ranked(), config: &self.config }
    }

    /// The number that our next message to `peer` gets.
    pub(crate) fn next_n(&self, peer: Ranked) -> u32 {
        self.connections.of(peer).map_or(0, |connection| connection.sent).wrapping_add(1)
    }

    /// Sends, where the peer is connected.
    pub(crate) fn send(&mut self, peer: Ranked, said: Said<C>) {
        let Some(connection) = self.connections.of_mut(peer) else { return };
        connection.sent = connection.sent.wrapping_add(1);
        let envelope = Envelope { n: connection.sent, re: said.re, message: said.message };
        self.outputs.push_back(Output::Send { peer: peer.peer, connection: connection.id, envelope });
    }

    /// Sends all that is due about a CoValue, gives verdicts, and arms what must be waited for.
    pub(crate) fn sync(&mut self, id: CoId, co: &mut CoValueState<C>, scope: Scope) {
        self.sync_after(id, co, scope, None);
    }

    /// The same, where the deadline of the conversation with one peer was just armed: if nothing is said to it, that stays.
    pub(crate) fn sync_after(
        &mut self,
        id: CoId,
        co: &mut CoValueState<C>,
        scope: Scope,
        armed: Option<Ranked>,
    ) {
        let scope = match scope {
            Scope::All => Peers::All,
            Scope::Peer(peer) => Peers::One(self.connections.ranked_peer(peer)),
        };
        let armed = armed.map(|peer| (peer, self.next_n(peer)));
        self.for_each_in(scope, co, |shell, co, ranked| shell.sync_with(id, co, ranked));
        self.give_verdicts(id, co);
        let armed = armed.filter(|(peer, n)| self.next_n(*peer) == *n).map(|(peer, _)| peer.peer);
        self.for_each_in(scope, co, |shell, co, ranked| {
            if armed != Some(ranked.peer) {
                shell.arm(id, co, ranked, Wait::Keep);
            }
        });
        if self.config.uploads != Uploads::Untold {
            self.for_each_in(scope, co, |shell, co, ranked| shell.report_uploads(id, co, ranked));
        }
    }

    /// Goes to all peers to whom something may have become due.
    fn for_each_in(
        &mut self,
        peers: Peers,
        co: &mut CoValueState<C>,
        mut act: impl FnMut(&mut Self, &mut CoValueState<C>, Ranked),
    ) {
        if let Peers::One(peer) = peers {
            if let Some(ranked) = peer {
                act(self, co, ranked);
            }
            return;
        }
        for i in 0..self.connections.ranked().len() {
            let ranked = self.connections.ranked()[i];
            if !self.waits_to_be_asked(co, ranked) {
                act(self, co, ranked);
            }
        }
    }

    /// Whether nothing is ever due to a peer before it says something of a CoValue: to a client of a server that does not
    /// announce what it holds.
    fn waits_to_be_asked(&self, co: &CoValueState<C>, ranked: Ranked) -> bool {
        ranked.relationship == Relationship::SyncTheirs
            && self.config.announce == Announce::Interested
            && co.sync.is_quiet_near(ranked.place, ranked.peer)
    }

    fn sync_with(&mut self, id: CoId, co: &mut CoValueState<C>, ranked: Ranked) {
        let mut begun = 0;
        while begun < MESSAGES_PER_SYNC_MAX {
            self.take_back_done(co, ranked);
            let Some(due) = self.view(co).due(ranked) else { return };
            let forgets = planted!(self, ForgetBlocked);
            let Some(connection) = self.connections.of_mut(ranked) else { return };
            if let Flow::Blocked(waiting) = &mut connection.flow {
                if !forgets {
                    waiting.insert(id);
                }
                return;
            }
            if due == Due::Content && self.dependencies_go_first(id, co, ranked) {
                return;
            }
            let for_others = !co.marks.requests.is_empty() || !co.marks.dependants.is_empty();
            debug_assert!(
                due != Due::Load || co.header.is_some() || !co.done || for_others,
                "what is done and not here is asked for on behalf of others alone"
            );
            let said = say(due, co, id, ranked, self.next_n(ranked), self.asks(ranked));
            self.send(ranked, said);
            // Every piece raises what is assumed, so there is a last one. If some waited for an acknowledgement of others,
            // a peer that gives none would never get them.
            begun += usize::from(due != Due::Content);
        }
    }

    /// Whether something has to be sent before content (rule 9). It is noted; the content is due again after it.
    fn dependencies_go_first(&mut self, id: CoId, co: &mut CoValueState<C>, ranked: Ranked) -> bool {
        let CoValueState { marks, sync, .. } = co;
        if marks.dependencies.is_empty() {
            return false;
        }
        let Some(sync) = sync.get_mut(ranked.peer).filter(|sync| go_first(ranked, sync)) else {
            return false;
        };
        // Another that needs it may have asked for it in the same event.
        let mut any = self.held.goes_after(id, ranked.peer);
        for need in &marks.dependencies {
            if *need != id && sync.marks.dependencies_sent.insert(*need) {
                self.held.send_first(*need, ranked.peer, id);
                any = true;
            }
        }
        any
    }

    /// A CoValue whose `done` we sent is wanted again, by the app or through us: the peer must be told.
    fn take_back_done(&self, co: &mut CoValueState<C>, ranked: Ranked) {
        let peer = ranked.peer;
        let done_sent = co.sync.get_near(ranked.place, peer).is_some_and(|sync| sync.marks.parting.done_sent);
        if !done_sent || self.view(co).is_over_for(peer) {
            return;
        }
        if let Some(PeerSync { marks, .. }) = co.sync.get_mut(peer) {
            marks.parting.done_sent = false;
            marks.subscription = Subscription::No;
        }
    }

    /// Arms, moves or takes away the deadline of one conversation. Where content only waits for what goes first, that is
    /// for later: it is still due, and no deadline that was armed before may be forgotten in between.
    pub(crate) fn arm(&mut self, id: CoId, co: &mut CoValueState<C>, ranked: Ranked, wait: Wait) {
        if wait == Wait::Keep && self.held.goes_after(id, ranked.peer) {
            return;
        }
        let needed = self.view(co).timer_kind(ranked).is_some() && !planted!(self, NeverRetransmit);
        if co.sync.is_quiet_near(ranked.place, ranked.peer) {
            debug_assert!(!needed, "nothing was said, so nothing is waited for");
            return;
        }
        let Some(sync) = co.sync.get_near_mut(ranked.place, ranked.peer) else { return };
        let timer = &mut sync.marks.timer;
        if !needed {
            timer.deadline = None;
            timer.tries = 0;
        } else if timer.leaving.0 > 0 {
            timer.deadline = None;
        } else if timer.deadline.is_none() || wait == Wait::Restart {
            let span = self.config.base.backoff(timer.tries, self.config.cap).max(Span::from_us(1));
            let deadline = self.now + span;
            timer.deadline = Some(deadline);
            if timer.queued.0.is_none_or(|queued| queued > deadline) {
                timer.queued.0 = Some(deadline);
                self.queue.push((deadline, id, ranked.peer));
            }
        }
    }
}

//! What a peer says: `load`, `known` and `done`. Whatever it says, nothing panics and nothing is an error.

use super::VERDICT_TRIES;
use super::connection::Ranked;
use super::say::{KnownKind, known, load};
use super::shell::{Scope, Shell, Wait};
use crate::crypto::Crypto;
use crate::id::{CoId, PeerId};
use crate::known_state::KnownState;
use crate::message::{Known, Message};
use crate::state::marks::{InterestKind, Subscription};
use crate::state::{Assumed, CoValueState, Event, Logs, PeerInfo, PeerSync, Relationship};
use crate::vec_map::VecMap;

/// One message in its place: who says it, when, and about what.
pub(crate) struct Hearing<'a, C: Crypto> {
    pub(crate) shell: &'a mut Shell<C>,
    pub(crate) crypto: &'a C,
    pub(crate) peers: &'a VecMap<PeerId, PeerInfo>,
    pub(crate) co: &'a mut CoValueState<C>,
    pub(crate) id: CoId,
    pub(crate) from: Ranked,
    /// The number of the message.
    pub(crate) n: u32,
    /// The number of the message of ours that it answers; 0 for none.
    pub(crate) re: u32,
    /// The logs that were found on the disk and wait for the header that it brings.
    pub(crate) stored: Logs<C>,
}

/// What a message brought.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Heard {
    /// S has grown.
    pub(crate) applied: bool,
    /// S or what the peer confirmed has grown.
    pub(crate) progress: bool,
    /// It answers something of ours.
    pub(crate) answered: bool,
    /// It is a correction: it does not end what the peer refuses.
    pub(crate) correction: bool,
    /// The peer's interest has changed.
    pub(crate) interest_changed: bool,
}

impl<C: Crypto> Hearing<'_, C> {
    /// Takes the message and syncs until nothing is due.
    pub(crate) fn hear(mut self, message: Message<C>) {
        let interest_before = self.sync().marks.interest.kind;
        let mut heard = match message {
            Message::Load { known, safe, .. } => self.hear_load(&known, safe),
            Message::Known(known) => self.hear_known(&known),
            Message::Content(content) => self.hear_content(content),
            Message::Done { .. } => self.hear_done(),
        };
        heard.interest_changed = self.sync().marks.interest.kind != interest_before;
        self.conclude(heard);
    }

    /// Content that has to wait for what it depends on (rule 9): it proves what its sender holds, and is acknowledged by
    /// S without it.
    pub(crate) fn hear_held(mut self, proved: &KnownState) {
        let progress = self.confirm(proved);
        self.answer(KnownKind::Statement);
        let marks = &mut self.sync().marks;
        marks.announcing = false;
        marks.shows_header();
        self.conclude(Heard { progress, ..Heard::default() });
    }

    fn conclude(mut self, heard: Heard) {
        self.co.share_with(self.from.peer);
        let sync = self.sync();
        if heard.progress {
            sync.marks.timer.tries = 0;
            sync.marks.refused_by_peer.retries = 0;
            if !heard.correction {
                sync.end_refusals_that_were_overcome();
            }
        }
        if heard.progress || heard.answered {
            sync.marks.source.timed_out = false;
        }
        if !sync.marks.flight.is_empty() && !sync.is_unconfirmed() {
            sync.marks.flight.clear();
        }
        sync.say_error();
        let all = heard.applied || self.co.header.is_none() || (self.co.done && heard.interest_changed);
        let scope = if all { Scope::All } else { Scope::Peer(self.from.peer) };
        let wait = if heard.progress || heard.answered { Wait::Restart } else { Wait::Keep };
        self.shell.arm(self.id, self.co, self.from, wait);
        self.shell.sync_after(self.id, self.co, scope, Some(self.from));
    }

    pub(crate) fn sync(&mut self) -> &mut PeerSync {
        self.co.sync.entry_near(self.from.place, self.from.peer)
    }

    /// Answers the message with our known state.
    pub(crate) fn answer(&mut self, kind: KnownKind) {
        let said = known(self.co, self.id, self.from, self.n, kind);
        self.shell.send(self.from, said);
    }

    fn ask(&mut self) {
        let peer = self.from;
        let said = load(self.co, self.id, peer, self.shell.next_n(peer), self.shell.asks(peer));
        self.shell.send(peer, said);
    }

    pub(crate) fn confirm(&mut self, known: &KnownState) -> bool {
        let news = self.sync().confirm(known);
        if news {
            self.shell.event(Event::SyncStateUpdated { peer: self.from.peer, id: self.id });
        }
        news
    }

    /// Whether the message is newer than what last set the peer's interest (rule 2); then it does.
    fn sets_interest(&mut self, kind: InterestKind) -> bool {
        let by_arrival = planted!(self, InterestByArrival);
        let n = self.n;
        let interest = &mut self.sync().marks.interest;
        if n <= interest.said_in && !by_arrival {
            return false;
        }
        interest.kind = kind;
        interest.said_in = n;
        true
    }

    /// Rule 3.
    fn hear_load(&mut self, known: &KnownState, asks: bool) -> Heard {
        self.note_question(asks);
        let progress = self.confirm_load(known) || planted!(self, ReplaceFirstHand);
        planted!(self, ReplaceFirstHand => self.replace_first_hand(known));
        self.sets_interest(InterestKind::Yes);
        let marks = &mut self.sync().marks;
        marks.announcing = false;
        marks.refused_by_peer.clear();
        if self.co.header.is_some() {
            self.answer_load(known);
        } else {
            self.pass_load_on(known);
        }
        Heard { progress, ..Heard::default() }
    }

    /// What was assumed beyond `known` was never there, unless content is still in flight.
    fn confirm_load(&mut self, known: &KnownState) -> bool {
        let sync = self.sync();
        let news = sync.confirm_only(known);
        if let (Assumed::Known(assumed), Some(confirmed)) = (&mut sync.assumed, &sync.confirmed) {
            assumed.join(confirmed);
        }
        if !sync.is_unconfirmed() {
            sync.lower_assumed();
        }
        if news {
            self.shell.event(Event::SyncStateUpdated { peer: self.from.peer, id: self.id });
        }
        news
    }

    /// A `load` of what we hold. The known state comes first unless content alone says all.
    fn answer_load(&mut self, known: &KnownState) {
        let peer = self.from.peer;
        self.co.marks.withdraw(peer);
        let (shows, content_alone) = (!planted!(self, ShowNothing), planted!(self, ContentAlone));
        let is_common = self.from.relationship == Relationship::SyncCommon;
        let n = self.n;
        let sync = self.sync();
        if known.header {
            sync.marks.shows_header();
        }
        // Having told it that we lack the CoValue, this may be a late copy of the load that we answered so.
        if shows && !sync.marks.told_none && !sync.marks.parting.muted {
            sync.marks.subscription = Subscription::Holding;
        }
        sync.marks.answering = n;
        sync.marks.owed = None;
        let entitled = !is_common || sync.confirmed.as_ref().is_some_and(|confirmed| confirmed.header);
        let ended = sync.marks.interest.kind == InterestKind::Ended;
        let sync = &self.co.sync.get(peer).expect("made above");
        let up_to_date = self.co.is_covered_by(KnownState::or_empty(sync.assumed.known()), |_| false);
        if !entitled || up_to_date || ended || (known.header && !content_alone) {
            self.answer(KnownKind::Statement);
        }
    }

    /// A `load` of what we lack: answered at once, or when our other sources have said no (rule 8).
    fn pass_load_on(&mut self, known: &KnownState) {
        if known.header || self.from.relationship == Relationship::SyncCommon {
            self.answer(KnownKind::Statement);
            self.sync().marks.shows_header();
            return;
        }
        let (peer, n) = (self.from.peer, self.n);
        let sync = self.sync();
        sync.marks.owed = Some(n);
        if !sync.has_confirmed_header() {
            sync.marks.source.said_none = true;
        }
        if sync.marks.interest.kind == InterestKind::Yes {
            self.co.marks.request(peer);
        }
    }

    /// Rule 4, and rule 5 for a correction.
    fn hear_known(&mut self, said: &Known) -> Heard {
        let progress = self.confirm(&said.known) | self.hear_safety(said);
        if said.is_correction {
            self.hear_correction(&said.known);
        }
        let (re, any_re) = (self.re, planted!(self, IgnoreRe));
        let sync = self.sync();
        if !said.is_correction {
            sync.marks.flight.retain(|flight| flight.n != re);
        }
        if said.known.header {
            sync.marks.shows_header();
        } else if !sync.has_confirmed_header() {
            sync.marks.source.said_none = true;
        }
        let ended_load = sync.end_load(|numbers| any_re || numbers.contains(&re));
        let ended_announcement = core::mem::take(&mut sync.marks.announcing);
        if re == 0 && !any_re {
            self.answer_announcement();
        } else {
            self.pull_at_once(any_re);
        }
        let answered = ended_load || ended_announcement;
        Heard { progress, answered, correction: said.is_correction, ..Heard::default() }
    }

    /// An announcement: the peer waits to hear from us.
    fn answer_announcement(&mut self) {
        let relationship = self.from.relationship;
        let asking = self.sync().marks.asking.is_some();
        if asking || relationship == Relationship::SyncTheirs || planted!(self, IgnoreAnnouncements) {
            return;
        }
        if self.shell.view(self.co).is_over_for(self.from.peer) {
            let parting = &mut self.sync().marks.parting;
            parting.done_sent = false;
            parting.loaded = true;
        } else if self.co.header.is_some() || relationship == Relationship::SyncAllOurs {
            self.ask();
        } else {
            self.answer(KnownKind::Statement);
        }
    }

    /// Two planted faults; by the rules the peer pushes, and a deadline is armed in case it does not.
    fn pull_at_once(&mut self, any_re: bool) {
        let shown = self.sync().marks.subscription == Subscription::Holding;
        let at_once = planted!(self, PullAtOnce) || (any_re && !shown);
        if at_once && self.sync().marks.asking.is_none() && self.shell.view(self.co).is_behind(self.from) {
            self.ask();
        }
    }

    /// A correction that answers content in flight: the peer lacks what it built on, or refuses it.
    fn hear_correction(&mut self, known: &KnownState) {
        planted!(self, ReplaceFirstHand => {
            self.replace_first_hand(known);
            return;
        });
        let (re, resend) = (self.re, planted!(self, ResendRefused));
        let sync = self.sync();
        let Some(i) = sync.marks.flight.iter().position(|flight| flight.n == re) else { return };
        let flight = sync.marks.flight.remove(i);
        let has_base = (known.header || !flight.on_header)
            && flight.after.iter().all(|(session, after)| known.count(*session) >= *after);
        if !has_base {
            sync.lower_assumed();
        } else if !resend {
            let confirmed = KnownState::or_empty(sync.confirmed.as_ref());
            let refused = &mut sync.marks.refused_by_peer;
            refused.header |= !flight.on_header && !confirmed.header;
            for (session, after) in flight.after {
                if known.count(session) <= after && confirmed.count(session) <= after {
                    refused.sessions.insert(session, after);
                }
            }
        }
    }

    /// The peer wants it no longer.
    fn hear_done(&mut self) -> Heard {
        if self.sets_interest(InterestKind::Ended) {
            let peer = self.from.peer;
            self.co.marks.withdraw(peer);
            let marks = &mut self.sync().marks;
            marks.owed = None;
            marks.announcing = false;
            marks.safety.asked_in = 0;
        }
        Heard::default()
    }
}

impl PeerSync {
    pub(crate) fn has_confirmed_header(&self) -> bool {
        self.confirmed.as_ref().is_some_and(|confirmed| confirmed.header)
    }

    /// Joins a first-hand statement to what is confirmed, leaving what is assumed; says whether it was news.
    fn confirm_only(&mut self, known: &KnownState) -> bool {
        if let Some(confirmed) = &mut self.confirmed {
            return confirmed.join(known);
        }
        self.confirmed = Some(known.clone());
        true
    }

    /// Assumes only what is confirmed: what was in flight is taken as lost.
    pub(crate) fn lower_assumed(&mut self) {
        self.marks.flight.clear();
        match (&mut self.assumed, &self.confirmed) {
            (assumed, None) if self.marks.interest.kind == InterestKind::Yes => {
                *assumed = Assumed::Unavailable;
            }
            (assumed, None) => *assumed = Assumed::Unknown,
            (Assumed::Known(assumed), Some(confirmed)) if confirmed.header => assumed.clone_from(confirmed),
            (assumed, Some(confirmed)) => *assumed = Assumed::of(confirmed),
        }
    }

    /// Ends our load, if the message answers it.
    pub(crate) fn end_load(&mut self, answers: impl Fn(&[u32]) -> bool) -> bool {
        let Some(asking) = self.marks.asking.take_if(|asking| answers(&asking.numbers)) else { return false };
        self.marks.subscription = match self.marks.subscription {
            Subscription::Holding => Subscription::Holding,
            Subscription::No | Subscription::Wanting if asking.with_header => Subscription::Holding,
            Subscription::No | Subscription::Wanting => Subscription::Wanting,
        };
        true
    }

    /// The peer has confirmed more of what it refused.
    fn end_refusals_that_were_overcome(&mut self) {
        let refused = &mut self.marks.refused_by_peer;
        if refused.is_empty() {
            return;
        }
        let confirmed = KnownState::or_empty(self.confirmed.as_ref());
        refused.header &= !confirmed.header;
        refused.sessions.retain(|session, count| confirmed.count(session) <= *count);
    }

    /// Keeps `error` in step with what the peer refused.
    fn say_error(&mut self) {
        if self.error.is_some() || !self.marks.refused_by_peer.is_empty() {
            self.error = self.marks.refused_by_peer.in_words();
        }
    }

    /// A deadline has passed (rule 6): once more, and after [`VERDICT_TRIES`] it is no source.
    pub(crate) fn count_try(&mut self) {
        self.marks.timer.tries = self.marks.timer.tries.saturating_add(1);
        self.marks.timer.deadline = None;
    }

    pub(crate) fn count_silence(&mut self) {
        self.marks.source.timed_out |= self.marks.timer.tries >= VERDICT_TRIES;
    }
}

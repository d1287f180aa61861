//! One event: what a node hears and says in it, and what of that is due.

use super::conversation::{Brought, Conversation, Growth, Leaving, Repeat, Waiting, size};
use super::said::{Said, Told, Turn, What, has_gap, is_said};
use super::{About, Flaw, Place, Talks, held, is_server};
use crate::cojson::SimCrypto;
use crate::host::NodeId;
use crate::oracles::heard::Heard;
use crate::oracles::scene::Surroundings;
use cosim_core::{CoId, ConnectionId, Content, Envelope, KnownState, Message, Relationship, Time};
use std::collections::BTreeSet;

/// An event that is over, as it is taken in.
pub(super) struct Taking<'a> {
    pub(super) talks: &'a mut Talks,
    pub(super) world: &'a dyn Surroundings,
    pub(super) heard: &'a Heard,
    pub(super) about: &'a About<'a>,
    pub(super) node: NodeId,
    pub(super) now: Time,
}

impl Taking<'_> {
    pub(super) fn take(&mut self, turn: &Turn) {
        let said = &turn.said;
        self.doubt_put_aside(turn);
        if let Some(told) = &turn.heard {
            self.hear(told, said);
        }
        if let Some(id) = turn.asked.filter(|_| turn.is_done) {
            self.is_done_with(id);
        }
        let passing = if turn.is_deadline { self.pass() } else { Vec::new() };
        let unexpected = |place: &Place| !passing.iter().any(|(passing, _)| passing == place);
        for said in said {
            let place = self.place(said.connection, said.id);
            let flaw = self.say(said, turn, unexpected(&place));
            self.talks.sent.look(flaw);
            if said.queued {
                self.queue(place, said);
            }
        }
        for (place, repeat) in &passing {
            self.check_repeat(*place, *repeat, said);
        }
        if let Some(told) = turn.heard.as_ref().filter(|told| !told.is_damaged) {
            self.check_answers(told, said);
        }
        if let Some(connection) = turn.writable {
            self.check_missed(connection, said);
            self.check_unasked(connection, said);
        }
        let left = turn.left.and_then(|connection| self.leave(connection));
        self.doubt_released(turn);
        let passed = passing.into_iter().map(|(place, _)| place);
        for place in self.touched(turn).into_iter().chain(passed).chain(left) {
            self.arm(place, turn.growth(place.id));
        }
    }

    /// The oldest of what waits before a line has left. Gives where it was said, if an answer is waited for there.
    fn leave(&mut self, connection: ConnectionId) -> Option<Place> {
        let (id, leaving) = self.talks.lines.get_mut(&(connection, self.node))?.pop_front()?;
        let place = self.place(connection, id);
        let conversation =
            self.talks.conversations.get_mut(place.key()).filter(|_| leaving != Leaving::Other)?;
        conversation.leaves(leaving);
        Some(place)
    }

    /// A message waits before the line.
    fn queue(&mut self, place: Place, said: &Said) {
        let leaving = match &said.what {
            What::Load(_) => Leaving::Question,
            What::Known { .. } if said.re == 0 => Leaving::Question,
            What::Content { .. } => Leaving::Content,
            What::Known { .. } | What::Done => Leaving::Other,
        };
        let line = self.talks.lines.entry((place.connection, self.node)).or_default();
        line.push_back((place.id, leaving));
        let Some(conversation) = self.conversation(place, said.peer).filter(|_| leaving != Leaving::Other)
        else {
            return;
        };
        conversation.deadline = None;
        conversation.leaving += 1;
        if let What::Content { starts, known } = &said.what {
            conversation.waiting.push_back(Some(Waiting { starts: starts.clone(), known: known.clone() }));
        }
    }

    /// Where what is waited for may be other than before.
    fn touched(&self, turn: &Turn) -> Vec<Place> {
        let said = turn.said.iter().map(|said| self.place(said.connection, said.id));
        let mut touched: Vec<Place> = said.chain(turn.heard.iter().map(|told| told.place)).collect();
        let mut grown: BTreeSet<CoId> = turn.asked.into_iter().collect();
        if turn.is_written {
            grown.extend(turn.said.iter().map(|said| said.id));
        }
        if let Some(told) = &turn.heard
            && matches!(told.envelope.message, Message::Content(_))
        {
            // What was held back may be taken now.
            grown.extend(turn.said.iter().map(|said| said.id).filter(|id| *id != told.place.id));
            grown.extend(Some(told.place.id).filter(|id| self.held(*id) != told.before));
        }
        touched.extend(grown.into_iter().flat_map(|id| self.places(id)));
        touched.sort_unstable();
        touched.dedup();
        touched
    }

    pub(super) fn place(&self, connection: ConnectionId, id: CoId) -> Place {
        Place { connection, node: self.node, id }
    }

    /// Where the node talks about a CoValue.
    pub(super) fn places(&self, id: CoId) -> Vec<Place> {
        let talks = self.talks.conversations.about(self.node, id);
        let current = talks.filter(|(connection, talk)| self.is_current(*connection, talk));
        current.map(|(connection, _)| self.place(connection, id)).collect()
    }

    fn is_current(&self, connection: ConnectionId, talk: &Conversation) -> bool {
        self.heard.current(self.node, talk.peer) == Some(connection)
    }

    /// Where the node owes an answer about a CoValue, by peer.
    fn owing(&self, id: CoId) -> Vec<Place> {
        let talks = self.talks.conversations.about(self.node, id);
        let owing = talks.filter(|(at, talk)| talk.owed.is_some() && self.is_current(*at, talk));
        let mut owing: Vec<(NodeId, Place)> =
            owing.map(|(connection, talk)| (talk.peer, self.place(connection, id))).collect();
        owing.sort_unstable();
        owing.into_iter().map(|(_, place)| place).collect()
    }

    pub(super) fn held(&self, id: CoId) -> KnownState {
        held(self.world, self.node, id)
    }

    /// The conversation at a place, which begins if it has not; `None` with a hostile peer.
    fn conversation(&mut self, place: Place, peer: NodeId) -> Option<&mut Conversation> {
        if (self.about.is_hostile)(peer) || self.heard.current(self.node, peer) != Some(place.connection) {
            return None;
        }
        let relationship = self.world.relationship(place.connection, self.node);
        let fresh = || Conversation::new(peer, relationship);
        Some(self.talks.conversations.entry(place.key(), fresh))
    }

    fn is_blocked(&self, connection: ConnectionId) -> bool {
        self.talks.blocked.contains(&(connection, self.node))
    }

    fn hear(&mut self, told: &Told, said: &[Said]) {
        let place = told.place;
        let (now, waits, after) = (self.now, self.talks.waits_of(self.node), self.held(place.id));
        let is_blocked = self.is_blocked(place.connection);
        let Some(conversation) = self.conversation(place, told.peer) else { return };
        conversation.tainted |= told.is_damaged;
        let brought = match &told.envelope.message {
            Message::Content(content) => hear_content(conversation, told, content, &after, said),
            Message::Load { .. } | Message::Known(_) | Message::Done { .. } => {
                conversation.hears(&told.envelope)
            }
        };
        conversation.concludes(brought, &after, (now, waits));
        let again = brought.lacks_base && !conversation.tainted && conversation.is_content_due(&after);
        conversation.missed |= again && is_blocked;
        let peer = conversation.peer;
        if again && !is_blocked {
            let sent = is_said(said, place, |said| matches!(said.what, What::Content { .. }));
            let what = "does not send again what a peer lacks";
            self.due(place, peer, "content", (!sent).then_some(what));
        }
    }

    /// Its `load`s for what is not here may be taken back without a word.
    fn is_done_with(&mut self, id: CoId) {
        let lacks = !self.held(id).header;
        for place in self.places(id) {
            if let Some(conversation) = self.talks.conversations.get_mut(place.key()) {
                conversation.tainted |= lacks && !conversation.asking.is_empty();
            }
        }
    }

    /// Deadlines pass. Gives where, and what must be said there.
    fn pass(&mut self) -> Vec<(Place, Repeat)> {
        let passed = self.talks.deadlines.iter().take_while(|(at, _)| *at <= self.now);
        let passed: Vec<(Time, Place)> =
            passed.filter(|(_, place)| place.node == self.node).copied().collect();
        let mut passing = Vec::new();
        for (at, place) in passed {
            self.talks.deadlines.remove(&(at, place));
            let held = self.held(place.id);
            let Some(conversation) = self.talks.conversations.get_mut(place.key()) else { continue };
            conversation.listed = None;
            conversation.sees(size(&held), Growth::Unseen);
            let is_clear = conversation.clear;
            let repeat = conversation.passes(&held);
            if is_clear {
                passing.push((place, repeat));
            }
        }
        passing
    }

    /// Takes note of what the node says; gives what is wrong with it.
    fn say(&mut self, said: &Said, turn: &Turn, is_unexpected: bool) -> Option<Flaw> {
        let place = self.place(said.connection, said.id);
        let is_answer =
            turn.heard.as_ref().is_some_and(|told| told.place == place && told.envelope.n == said.re);
        let (now, is_blocked, after) = (self.now, self.is_blocked(said.connection), self.held(said.id));
        let (node, waits) = (self.node, self.talks.waits_of(self.node));
        let stamp = matches!(said.what, What::Done).then(|| self.talks.stamp(node, said.id));
        let conversation = self.conversation(place, said.peer)?;
        let peer = conversation.peer;
        let is_clear = conversation.clear && !conversation.tainted;
        let released = conversation.held.iter().position(|(n, _)| *n == said.re).filter(|_| !is_answer);
        let is_released = released.is_some();
        let first = match &said.what {
            What::Load(_) if conversation.asking.is_empty() => Some(*conversation.asked_at.insert(now)),
            What::Load(_) => conversation.asked_at,
            What::Known { .. } if said.re > 0 => None,
            What::Known { .. } if conversation.announcing => conversation.announced_at,
            What::Known { .. } => Some(*conversation.announced_at.insert(now)),
            What::Content { starts, .. } => conversation.first_sent(starts),
            What::Done => None,
        };
        let since = Some(conversation.since(first)).filter(|since| since.first.is_some());
        let what = match &said.what {
            What::Load(known) => {
                // What is asked again until all is safe, messages do not tell.
                conversation.tainted |= said.asks_for_safety;
                let repeats = !conversation.asking.is_empty() && is_unexpected && is_clear;
                conversation.asks(said.n, known);
                repeats.then_some("asks again what is unanswered, before its deadline")
            }
            What::Known { is_correction, safe, .. } => {
                let tells_safe = safe.as_ref().is_some_and(|safe| conversation.told_safe.join(safe));
                if *is_correction {
                    conversation.corrected = Some(now);
                    // What built on nothing that is missing was refused.
                    conversation.tainted |= !turn.heard.as_ref().is_some_and(|told| has_gap(told, &after));
                }
                if let Some((_, re)) = released.map(|at| conversation.held.remove(at)) {
                    // What was held back is taken now. What it brought is not said, where others sent the same.
                    let brought = conversation.took(&KnownState::EMPTY, re, true);
                    conversation.concludes(brought, &after, (now, waits));
                    conversation.clear = false;
                    None
                } else {
                    conversation.says_known(said.re, is_answer || tells_safe, is_unexpected && is_clear)
                }
            }
            What::Content { starts, known } => {
                let awaits = conversation.awaits(starts, known);
                let repeats = is_clear && conversation.repeats(starts);
                conversation.sends((said.n, now), starts, known, is_blocked);
                conversation.missed = false;
                if Some(said.re) == conversation.owed {
                    conversation.owed = None;
                }
                let what = repeats.then_some("sends again what is unanswered, before its deadline");
                what.or(awaits.then_some("sends again what still waits before its own line"))
            }
            What::Done => {
                // Each content that was held back makes it due again when its turn comes, and that may be in this event.
                let may_be_due = !conversation.held.is_empty();
                let repeats = std::mem::replace(&mut conversation.parted, stamp) == stamp;
                (repeats && !may_be_due).then_some("says once more that it is done")
            }
        };
        if is_released {
            self.talks.stir(node, place.id);
        }
        let since = since.filter(|_| what.is_some());
        let what = what.or(self.is_said_in_vain(said, turn, is_blocked));
        Some(Flaw { node, peer, id: place.id, kind: said.kind(), what: what?, since })
    }

    /// Whether content goes to a line that is full, or who lacks everything is answered by content and once more.
    fn is_said_in_vain(&self, said: &Said, turn: &Turn, is_blocked: bool) -> Option<&'static str> {
        match &said.what {
            What::Content { .. } => is_blocked.then_some("does not wait until the line takes it"),
            // What says how much is safe is said for that.
            What::Known { is_correction: false, safe: None, .. } => {
                let place = self.place(said.connection, said.id);
                let asks_for_all = |told: &&Told| {
                    told.place == place
                        && told.envelope.n == said.re
                        && matches!(&told.envelope.message, Message::Load { known, .. } if !known.header)
                };
                let told = turn.heard.as_ref().filter(asks_for_all)?;
                let is_content =
                    |said: &Said| said.re == told.envelope.n && matches!(said.what, What::Content { .. });
                is_said(&turn.said, place, is_content).then_some("answers by content and once more")
            }
            What::Load(_) | What::Known { .. } | What::Done => None,
        }
    }

    pub(super) fn due(&mut self, place: Place, peer: NodeId, kind: &'static str, what: Option<&'static str>) {
        let flaw = what.map(|what| Flaw { node: self.node, peer, id: place.id, kind, what, since: None });
        self.talks.due.look(flaw);
    }

    fn check_repeat(&mut self, place: Place, repeat: Repeat, said: &[Said]) {
        let is_blocked = self.is_blocked(place.connection);
        let Some(conversation) = self.talks.conversations.get_mut(place.key()) else { return };
        let peer = conversation.peer;
        let (is_repeated, kind) = match repeat {
            Repeat::Nothing => return,
            Repeat::Load => (is_said(said, place, |said| matches!(said.what, What::Load(_))), "load"),
            Repeat::Announcement => (is_said(said, place, |_| true), "known"),
            Repeat::Content => {
                (is_said(said, place, |said| matches!(said.what, What::Content { .. })), "content")
            }
        };
        if is_blocked {
            conversation.missed |= repeat == Repeat::Content;
            return;
        }
        let what = "does not say again what is unanswered when its deadline passes";
        self.due(place, peer, kind, (!is_repeated).then_some(what));
    }

    /// Checks that what a message makes due was said.
    fn check_answers(&mut self, told: &Told, said: &[Said]) {
        let place = told.place;
        let after = self.held(place.id);
        let Some(conversation) = self.talks.conversations.get(place.key()) else { return };
        let is_source = is_server(conversation.relationship);
        match &told.envelope.message {
            Message::Load { known, .. } => self.check_answer_to_load(told, known, &after, said),
            Message::Known(known) if told.envelope.re == 0 && !known.is_correction => {
                self.check_answer_to_announcement(place, &after, said);
            }
            Message::Content(_) => self.check_acknowledgement(told, &after, said),
            Message::Known(_) | Message::Done { .. } => {}
        }
        if is_source || after != told.before {
            self.owing(place.id).into_iter().for_each(|owing| self.check_owed(owing, &after));
        } else {
            self.check_owed(place, &after);
        }
    }

    fn check_answer_to_load(&mut self, told: &Told, known: &KnownState, after: &KnownState, said: &[Said]) {
        let (place, n) = (told.place, told.envelope.n);
        let is_blocked = self.is_blocked(place.connection);
        let Some(conversation) = self.talks.conversations.get_mut(place.key()) else { return };
        let is_answered = is_said(said, place, |said| said.re == n);
        let is_asked_for_all = !known.header;
        let waits_for_others =
            !after.header && is_asked_for_all && conversation.relationship != Relationship::SyncCommon;
        if waits_for_others {
            conversation.owed = (!is_answered).then_some(n);
            self.talks.due.times += u64::from(is_answered);
            return;
        }
        let may_ask = !conversation.asking.is_empty() || conversation.tainted;
        let content_waits = after.header && is_asked_for_all && may_ask;
        let peer = conversation.peer;
        if is_blocked || content_waits {
            conversation.missed |= is_blocked && !is_answered;
            return;
        }
        self.due(place, peer, "load", (!is_answered).then_some("does not answer a load at once"));
    }

    fn check_answer_to_announcement(&mut self, place: Place, after: &KnownState, said: &[Said]) {
        let is_blocked = self.is_blocked(place.connection);
        let Some(conversation) = self.talks.conversations.get(place.key()) else { return };
        let is_client = conversation.relationship == Relationship::SyncTheirs;
        let is_equal = conversation.relationship == Relationship::SyncCommon;
        let asks = is_said(said, place, |said| match said.what {
            What::Load(_) | What::Done => true,
            What::Known { .. } => is_equal && !after.header,
            What::Content { .. } => false,
        });
        let peer = conversation.peer;
        // After something damaged it is not known whether a load is answered.
        let may_wait = !conversation.asking.is_empty() || conversation.tainted;
        if is_client || is_blocked || (may_wait && !asks) {
            return;
        }
        self.due(place, peer, "known", (!asks).then_some("does not answer an announcement at once"));
    }

    fn check_acknowledgement(&mut self, told: &Told, after: &KnownState, said: &[Said]) {
        let (place, n) = (told.place, told.envelope.n);
        let (now, base) = (self.now, self.talks.waits_of(self.node).base);
        let Some(conversation) = self.talks.conversations.get(place.key()) else { return };
        let is_answered =
            is_said(said, place, |said| said.re == n && matches!(said.what, What::Known { .. }));
        let was_corrected = conversation.corrected.is_some_and(|at| now < at + base);
        if !is_answered && was_corrected && has_gap(told, after) {
            return;
        }
        let what = "does not acknowledge content at once";
        self.due(place, conversation.peer, "content", (!is_answered).then_some(what));
    }

    /// A `load` that was passed on is answered when it has brought the CoValue, or every other source has said no.
    fn check_owed(&mut self, place: Place, after: &KnownState) {
        let owes = self.talks.conversations.get(place.key()).is_some_and(|talk| talk.owed.is_some());
        if self.is_blocked(place.connection) || !owes {
            return;
        }
        let has_open_source = !after.header && self.has_open_source(place);
        let Some(conversation) = self.talks.conversations.get_mut(place.key()) else { return };
        if after.header {
            // After something damaged it is not known whether a load is answered, and content waits for that.
            if conversation.tainted || !conversation.is_content_due(after) {
                return;
            }
        } else if has_open_source {
            return;
        }
        conversation.owed = None;
        let peer = conversation.peer;
        self.due(place, peer, "load", Some("does not answer a load once its sources have answered"));
    }

    /// Whether some server, the asker aside, has not said that it lacks the CoValue.
    fn has_open_source(&self, asker: Place) -> bool {
        let mut peers = self.heard.peers(self.node);
        peers.any(|(_, connection)| {
            connection != asker.connection
                && is_server(self.world.relationship(connection, self.node))
                && !self
                    .talks
                    .conversations
                    .get(self.place(connection, asker.id).key())
                    .is_some_and(|talk| talk.said_none)
        })
    }

    fn arm(&mut self, place: Place, growth: Growth) {
        let (now, waits, held) = (self.now, self.talks.waits_of(self.node), self.held(place.id));
        let is_done = (self.about.is_done)(self.node, place.id);
        let Talks { conversations, deadlines, .. } = &mut *self.talks;
        let Some(conversation) = conversations.get_mut(place.key()) else { return };
        conversation.sees(size(&held), growth);
        conversation.arms(&held, (now, waits));
        // Whether one who is done still asks depends on what others want through it.
        conversation.clear &= !(is_done && conversation.is_behind(&held));
        conversation.list(place, deadlines);
    }
}

impl Conversation {
    /// Says how much it holds: an announcement, where it answers nothing.
    fn says_known(&mut self, re: u32, is_answer: bool, is_unexpected: bool) -> Option<&'static str> {
        if re == 0 {
            let repeats = std::mem::replace(&mut self.announcing, true) && is_unexpected;
            return repeats.then_some("announces again what is unanswered, before its deadline");
        }
        if is_answer {
            self.owed.take_if(|owed| *owed == re);
            return None;
        }
        let is_owed = self.owed.take_if(|owed| *owed == re).is_some();
        (!is_owed && !self.tainted).then_some("answers once more what it has answered")
    }
}

/// Takes in content: it was taken, was here, leaves a gap, was refused or is held back.
fn hear_content(
    conversation: &mut Conversation,
    told: &Told,
    content: &Content<SimCrypto>,
    after: &KnownState,
    said: &[Said],
) -> Brought {
    let Told { place, envelope: Envelope { n, re, .. }, before, .. } = told;
    let proved = content.known();
    let grown = before != after;
    let is_acknowledged = is_said(said, *place, |said| {
        said.re == *n && matches!(said.what, What::Known { is_correction: false, .. })
    });
    let is_held_back = is_acknowledged && !proved.le(after) && !grown;
    if is_held_back {
        conversation.held_back(&proved, (*n, *re))
    } else {
        conversation.took_now(&proved, *re, grown)
    }
}

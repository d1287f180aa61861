//! One conversation: what one node knows of a CoValue and a peer in the present connection, as the messages tell it.

use super::Place;
use super::since::{SetBy, Since};
use super::waits::Waits;
use crate::cojson::SimCrypto;
use crate::host::NodeId;
use cosim_core::node::{FLIGHTS_MAX, LOADS_MAX};
use cosim_core::{Envelope, Known, KnownState, Message, Relationship, SessionId, Time};
use std::collections::{BTreeSet, VecDeque};

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Conversation {
    pub(super) peer: NodeId,
    /// What the peer is to the node.
    pub(super) relationship: Relationship,
    /// What the peer said that it holds.
    pub(super) confirmed: Option<KnownState>,
    /// That, and what was sent since the last loss.
    pub(super) assumed: KnownState,
    /// The numbers of the `load`s that are unanswered.
    pub(super) asking: Vec<u32>,
    /// Whether one of them was sent without the header.
    asked_for_all: bool,
    /// Whether an announcement is unanswered.
    pub(super) announcing: bool,
    /// The contents that are unanswered, oldest first.
    flights: VecDeque<Flight>,
    /// The numbers of the peer's newest `load` and `done`.
    load: Option<u32>,
    done: Option<u32>,
    /// Whether the peer has said, and shown nothing else since, that it lacks the header.
    pub(super) said_none: bool,
    /// The peer's `load` that is answered later (rule 8).
    pub(super) owed: Option<u32>,
    /// The peer's contents that wait for what they depend on: their numbers, and what they answer.
    pub(super) held: Vec<(u32, u32)>,
    /// When the node last sent a correction.
    pub(super) corrected: Option<Time>,
    /// How much was called safe (rule 15).
    pub(super) told_safe: KnownState,
    /// Whether content was due and the line was blocked.
    pub(super) missed: bool,
    /// Whether a `load` was ever sent.
    has_asked: bool,
    /// `done` was said, when the node's stamp of the CoValue was this one.
    pub(super) parted: Option<(u64, u64)>,
    /// How much was held when this was looked at last.
    seen: Option<u64>,
    /// How many of the messages that wait for an answer have not left.
    pub(super) leaving: u32,
    /// The contents among them, oldest first; `None` where the peer has said since that it lacks what one built on, or has
    /// refused that.
    pub(super) waiting: VecDeque<Option<Waiting>>,
    /// Deadlines that have passed without progress.
    passed: u32,
    /// When the next one passes.
    pub(super) deadline: Option<Time>,
    /// When that was set and by what, and by what the next one will be.
    set: (Option<(Time, SetBy)>, SetBy),
    /// When the `load` and the announcement that are unanswered were first said.
    pub(super) asked_at: Option<Time>,
    pub(super) announced_at: Option<Time>,
    /// Under which time it is listed among all deadlines; only where it is clear.
    pub(super) listed: Option<Time>,
    /// Whether the messages tell all of it. Where they do not, nothing is asked of it until nothing is waited for.
    pub(super) clear: bool,
    /// Whether something was refused or damaged: then they will not, in this connection.
    pub(super) tainted: bool,
}

/// A content that is unanswered, and what it built on.
#[derive(Clone, Debug)]
struct Flight {
    n: u32,
    at: Time,
    on_header: bool,
    after: Vec<(SessionId, u32)>,
    /// Whether it may have been taken as lost without another being sent.
    doubtful: bool,
}

/// What a message that was heard brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Brought {
    pub(super) progress: bool,
    pub(super) answered: bool,
    /// The peer lacks what content in flight built on: it is to be sent again.
    pub(super) lacks_base: bool,
}

impl Conversation {
    pub(super) fn new(peer: NodeId, relationship: Relationship) -> Conversation {
        Conversation {
            peer,
            relationship,
            confirmed: None,
            assumed: KnownState::EMPTY,
            asking: Vec::new(),
            asked_for_all: false,
            announcing: false,
            flights: VecDeque::new(),
            load: None,
            done: None,
            said_none: false,
            owed: None,
            held: Vec::new(),
            corrected: None,
            told_safe: KnownState::EMPTY,
            missed: false,
            has_asked: false,
            parted: None,
            seen: None,
            leaving: 0,
            waiting: VecDeque::new(),
            passed: 0,
            deadline: None,
            set: (None, SetBy::Said),
            asked_at: None,
            announced_at: None,
            listed: None,
            clear: true,
            tainted: false,
        }
    }

    fn confirms(&self, known: &KnownState) -> bool {
        self.confirmed.as_ref().is_some_and(|confirmed| known.le(confirmed))
    }

    fn confirm(&mut self, known: &KnownState) -> bool {
        self.assumed.join(known);
        match &mut self.confirmed {
            Some(confirmed) => confirmed.join(known),
            None => {
                self.confirmed = Some(known.clone());
                true
            }
        }
    }

    fn has_confirmed_header(&self) -> bool {
        self.confirmed.as_ref().is_some_and(|confirmed| confirmed.header)
    }

    /// Whether the peer has not confirmed all that was sent.
    pub(super) fn is_unconfirmed(&self) -> bool {
        !self.assumed.is_empty() && !self.confirms(&self.assumed)
    }

    /// Whether the peer has taken its interest back.
    pub(super) fn has_ended(&self) -> bool {
        self.done > self.load
    }

    /// Whether `done` must be said where nobody wants the CoValue any longer, and was not since the last `load`.
    pub(super) fn owes_parting(&self) -> bool {
        let is_client = self.relationship == Relationship::SyncTheirs;
        !is_client && self.has_asked && self.asking.is_empty() && self.parted.is_none() && !self.tainted
    }

    /// Whether the peer has said that it holds what the node lacks, and the node may have it.
    pub(super) fn is_behind(&self, held: &KnownState) -> bool {
        let Some(confirmed) = &self.confirmed else { return false };
        if held.header {
            return !confirmed.le(held);
        }
        self.relationship != Relationship::SyncCommon && !confirmed.is_empty()
    }

    /// Whether something is waited for.
    fn waits(&self, held: &KnownState) -> bool {
        !self.asking.is_empty() || self.announcing || self.is_unconfirmed() || self.is_behind(held)
    }

    /// Whether content is due, of which some was sent before.
    pub(super) fn is_content_due(&self, held: &KnownState) -> bool {
        let entitled = self.relationship == Relationship::SyncAllOurs || !self.has_ended();
        held.header && entitled && self.asking.is_empty() && !held.le(&self.assumed)
    }

    /// What was sent and is not confirmed is taken as lost.
    fn lose(&mut self) {
        self.assumed = self.confirmed.clone().unwrap_or_default();
        self.flights.clear();
    }

    /// A `load`, `known` or `done` comes. What content brings is known once it was taken or not.
    pub(super) fn hears(&mut self, envelope: &Envelope<SimCrypto>) -> Brought {
        let brought = match &envelope.message {
            Message::Load { known, .. } => {
                let progress = self.confirm(known);
                self.note_header(known.header);
                self.load = self.load.max(Some(envelope.n));
                self.announcing = false;
                Brought { progress, ..Brought::default() }
            }
            Message::Known(known) => self.hears_known(known, envelope.re),
            Message::Done { .. } => {
                if Some(envelope.n) > self.load.max(self.done) {
                    self.done = Some(envelope.n);
                    self.announcing = false;
                    self.owed = None;
                    self.doubt();
                }
                Brought::default()
            }
            Message::Content(_) => Brought::default(),
        };
        if !self.is_unconfirmed() {
            self.flights.clear();
        }
        brought
    }

    fn note_header(&mut self, has_header: bool) {
        if has_header {
            self.said_none = false;
        } else if !self.has_confirmed_header() {
            self.said_none = true;
        }
    }

    fn hears_known(&mut self, known: &Known, re: u32) -> Brought {
        let progress = self.confirm(&known.known);
        self.note_header(known.known.header);
        let mut lacks_base = false;
        if !known.is_correction {
            self.flights.retain(|flight| flight.n != re);
        } else if let Some(at) = self.flights.iter().position(|flight| flight.n == re) {
            let lacks = self.flights[at].lacks_base(&known.known);
            lacks_base = lacks && !self.flights[at].doubtful;
            if lacks {
                self.lose();
                self.waiting.iter_mut().for_each(|waiting| *waiting = None);
            } else {
                if let Some(refused) = self.flights.remove(at) {
                    self.waiting.iter_mut().for_each(|waiting| {
                        waiting.take_if(|waiting| waiting.strip(&refused, &known.known));
                    });
                }
                self.tainted = true;
            }
        }
        let ended_load = self.end_load(re);
        let ended_announcement = std::mem::take(&mut self.announcing);
        Brought { progress, answered: ended_load || ended_announcement, lacks_base }
    }

    fn end_load(&mut self, re: u32) -> bool {
        let ends = self.asking.contains(&re);
        if ends {
            self.asking.clear();
            self.asked_for_all = false;
        }
        ends
    }

    /// Content was taken, or was here already: what is held back is others, which are not taken before.
    pub(super) fn took_now(&mut self, proved: &KnownState, re: u32, grown: bool) -> Brought {
        self.held.clear();
        self.took(proved, re, grown)
    }

    /// Content was taken that was held back.
    pub(super) fn took(&mut self, proved: &KnownState, re: u32, grown: bool) -> Brought {
        let progress = self.confirm(proved) || grown;
        self.said_none = false;
        self.announcing = false;
        let answered = self.asked_for_all && self.end_load(re);
        if !self.is_unconfirmed() {
            self.flights.clear();
        }
        Brought { progress, answered, lacks_base: false }
    }

    /// Content was held back (rule 9).
    pub(super) fn held_back(&mut self, proved: &KnownState, (n, re): (u32, u32)) -> Brought {
        let progress = self.confirm(proved);
        self.said_none = false;
        self.announcing = false;
        self.held.push((n, re));
        if !self.is_unconfirmed() {
            self.flights.clear();
        }
        Brought { progress, ..Brought::default() }
    }

    /// Contents in flight may be taken as lost, and not be sent again.
    pub(super) fn doubt(&mut self) {
        self.flights.iter_mut().for_each(|flight| flight.doubtful = true);
    }

    /// A `load` goes out.
    pub(super) fn asks(&mut self, n: u32, known: &KnownState) {
        if self.asking.len() == LOADS_MAX {
            self.asking.remove(0);
        }
        self.asking.push(n);
        self.has_asked = true;
        self.asked_for_all |= !known.header;
        self.parted = None;
        self.doubt();
    }

    /// Whether some of this was sent already and is not taken as lost.
    pub(super) fn repeats(&self, starts: &Starts) -> bool {
        let begun = |(session, after): &(SessionId, u32)| *after < self.assumed.count(*session);
        (self.assumed.header && starts.with_header) || starts.after.iter().any(begun)
    }

    /// Content goes out.
    pub(super) fn sends(&mut self, (n, at): (u32, Time), starts: &Starts, known: &KnownState, blocked: bool) {
        if self.repeats(starts) {
            self.lose();
        }
        if !self.is_unconfirmed() {
            self.flights.clear();
        }
        self.assumed.join(known);
        if self.flights.len() == FLIGHTS_MAX {
            self.flights.pop_front();
        }
        let after = starts.after.clone();
        self.flights.push_back(Flight { n, at, on_header: !starts.with_header, after, doubtful: blocked });
    }

    /// Since when a message is unanswered that was first said at `first`.
    pub(super) fn since(&self, first: Option<Time>) -> Since {
        Since { first, deadline: self.deadline, is_leaving: self.leaving > 0, set: self.set.0 }
    }

    /// When the first content went out that is unanswered and builds on one of the same places.
    pub(super) fn first_sent(&self, starts: &Starts) -> Option<Time> {
        let meets = |flight: &&Flight| {
            (starts.with_header && !flight.on_header)
                || starts
                    .after
                    .iter()
                    .any(|(session, _)| flight.after.iter().any(|(other, _)| other == session))
        };
        self.flights.iter().find(meets).map(|flight| flight.at)
    }

    /// Whether some of this still waits before the line.
    pub(super) fn awaits(&self, starts: &Starts, known: &KnownState) -> bool {
        let meets = |waiting: &Waiting| {
            let meets = |(session, after): &(SessionId, u32)| {
                let begun = waiting.starts.after.iter().find(|(other, _)| other == session);
                begun.is_some_and(|(_, begun)| {
                    *after < waiting.known.count(*session) && *begun < known.count(*session)
                })
            };
            (starts.with_header && waiting.starts.with_header) || starts.after.iter().any(meets)
        };
        self.waiting.iter().flatten().any(meets)
    }

    /// One of the messages that wait for an answer has left.
    pub(super) fn leaves(&mut self, leaving: Leaving) {
        self.leaving = self.leaving.saturating_sub(1);
        (self.deadline, self.set.1) = (None, SetBy::Left);
        if leaving == Leaving::Content {
            self.waiting.pop_front();
        }
    }

    /// A deadline passes. Gives what must be said.
    pub(super) fn passes(&mut self, held: &KnownState) -> Repeat {
        self.passed = self.passed.saturating_add(1);
        (self.deadline, self.set.1) = (None, SetBy::Passed);
        let was_unconfirmed = self.is_unconfirmed();
        if was_unconfirmed {
            self.lose();
        }
        if !self.asking.is_empty() || self.is_behind(held) {
            Repeat::Load
        } else if self.announcing {
            Repeat::Announcement
        } else if was_unconfirmed && self.is_content_due(held) {
            Repeat::Content
        } else {
            Repeat::Nothing
        }
    }

    /// What was heard has been taken in, and nothing is sent yet.
    pub(super) fn concludes(&mut self, brought: Brought, held: &KnownState, (now, waits): (Time, Waits)) {
        if brought.progress {
            self.passed = 0;
        }
        if brought.progress || brought.answered {
            (self.deadline, self.set.1) = (None, SetBy::Heard);
        }
        self.arms(held, (now, waits));
    }

    /// Takes note of how much is held. Where that has grown unseen, since something that was put aside was taken, nobody
    /// can tell when, and so whether what was waited for was waited for all the while.
    pub(super) fn sees(&mut self, size: u64, growth: Growth) {
        let before = self.seen.replace(size);
        let has_waited = self.deadline.is_some() || self.leaving > 0;
        if growth == Growth::Unseen && has_waited && before.is_some_and(|before| before != size) {
            self.clear = false;
        }
    }

    /// Takes note of when the deadline passes, where it is clear.
    pub(super) fn list(&mut self, place: Place, deadlines: &mut BTreeSet<(Time, Place)>) {
        let deadline = self.deadline.filter(|_| self.clear && !self.tainted);
        if deadline == self.listed {
            return;
        }
        if let Some(before) = std::mem::replace(&mut self.listed, deadline) {
            deadlines.remove(&(before, place));
        }
        deadlines.extend(deadline.map(|at| (at, place)));
    }

    /// Everything that is due has been sent.
    pub(super) fn arms(&mut self, held: &KnownState, (now, waits): (Time, Waits)) {
        if !self.waits(held) {
            (self.passed, self.deadline, self.clear, self.set.1) = (0, None, true, SetBy::Said);
        } else if self.leaving > 0 {
            self.deadline = None;
        } else if self.deadline.is_none() {
            self.deadline = Some(now + waits.after(self.passed));
            self.set = (Some((now, self.set.1)), SetBy::Said);
        }
    }
}

/// How much is held.
pub(super) fn size(held: &KnownState) -> u64 {
    held.transactions() + u64::from(held.header)
}

impl Flight {
    fn lacks_base(&self, known: &KnownState) -> bool {
        (self.on_header && !known.header)
            || self.after.iter().any(|(session, after)| known.count(*session) < *after)
    }
}

/// A content that waits before the line.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) starts: Starts,
    pub(super) known: KnownState,
}

impl Waiting {
    /// The peer has refused a content that was sent before: what builds on that will not be taken either, so it is to be
    /// sent again. Says whether nothing is left.
    fn strip(&mut self, refused: &Flight, known: &KnownState) -> bool {
        let is_refused = |session: SessionId, after: u32| {
            let mut pieces = refused.after.iter();
            pieces.any(|(other, from)| *other == session && known.count(session) <= *from && *from < after)
        };
        self.starts.after.retain(|(session, after)| !is_refused(*session, *after));
        let lacks_header = !self.starts.with_header && !known.header;
        lacks_header || (self.starts.after.is_empty() && !self.starts.with_header)
    }
}

/// A message that waits before the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    Content,
    /// A `load` or an announcement.
    Question,
    /// What waits for no answer.
    Other,
}

/// Whether what happens may let what is held grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Growth {
    /// It may.
    Seen,
    /// If it has grown, that was before.
    Unseen,
}

/// Where a content starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Starts {
    pub(super) with_header: bool,
    pub(super) after: Vec<(SessionId, u32)>,
}

/// What must be said when a deadline passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    Load,
    Announcement,
    Content,
    Nothing,
}

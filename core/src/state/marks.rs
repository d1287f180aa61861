//! What a node remembers beside its state: of each conversation about a CoValue with a peer ([`Marks`], which die
//! with the connection), and of each CoValue as a whole ([`CoMarks`]). All of it is empty on a bare state.
//!
//! Marks, not `told`, stop repetition: what was sent and is unanswered is marked, and not due again.

#[cfg(feature = "planted-faults")]
use super::Assumed;
use crate::id::{CoId, PeerId, SessionId};
use crate::known_state::KnownState;
use crate::vec_map::VecMap;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;
use core::hash::{Hash, Hasher};
use cosim_base::Time;

/// One conversation: a CoValue and a peer, in the present connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Marks {
    /// What the peer wants of us.
    pub(crate) interest: Interest,
    /// Whether the peer is known to know that we want this CoValue.
    pub(crate) subscription: Subscription,
    /// Our `load` that is unanswered.
    pub(crate) asking: Option<Asking>,
    /// Whether our announcement is unanswered.
    pub(crate) announcing: bool,
    /// What the peer was told of our own interest.
    pub(crate) parting: Parting,
    /// What the peer is worth as a source (rule 7).
    pub(crate) source: SourceVerdict,
    /// The peer's `load` that waits until our other sources have answered (rule 8).
    pub(crate) owed: Option<u32>,
    /// The peer's `load` that our next content answers; 0 for none.
    pub(crate) answering: u32,
    /// Whether we have told the peer that we lack the CoValue: a late copy of its `load` then proves nothing.
    pub(crate) told_none: bool,
    /// Our contents that are unanswered, oldest first.
    pub(crate) flight: Vec<Flight>,
    /// What the peer refused to take from us.
    pub(crate) refused_by_peer: RefusedByPeer,
    /// What we refused to take from the peer: it does not count as being behind.
    pub(crate) refused_by_us: RefusedByUs,
    /// The corrections that we sent last, so as not to repeat them without progress (rule 5).
    pub(crate) corrections: Corrections,
    /// When to act if nothing is heard (rule 6).
    pub(crate) timer: Timer,
    /// Whether the peer is to be sent it because something else that it asked for depends on it (rule 9).
    pub(crate) as_dependency: bool,
    /// What this depends on that was sent ahead of it.
    pub(crate) dependencies_sent: BTreeSet<CoId>,
    /// What each side told the other of its disk (rule 15).
    pub(crate) safety: Safety,
}

/// What was said of disks in a conversation, and what the app was told of it (rule 15).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Safety {
    /// The last `load` with which the peer asked; 0 for none.
    pub(crate) asked_in: u32,
    /// What we told the peer that is safe here.
    pub(crate) told: KnownState,
    /// Whether we have asked the peer in this connection.
    pub(crate) asked: bool,
    /// What the peer said that is safe there; nothing where it says nothing of that.
    pub(crate) known: Option<KnownState>,
    /// What the app was told, by [`Reach`](crate::node::Reach).
    pub(crate) reported: [KnownState; 3],
}

/// Where nobody asked for anything, that is no part of the hash.
impl Hash for Safety {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if *self != Safety::default() {
            (self.asked_in, &self.told, self.asked, &self.known, &self.reported).hash(state);
        }
    }
}

impl Default for Marks {
    fn default() -> Marks {
        Marks::NONE
    }
}

impl Marks {
    /// Those of a conversation in which nothing was said.
    pub(crate) const NONE: Marks = Marks {
        interest: Interest { kind: InterestKind::None, said_in: 0 },
        subscription: Subscription::No,
        asking: None,
        announcing: false,
        parting: Parting { loaded: false, done_sent: false, muted: false },
        source: SourceVerdict { said_none: false, timed_out: false },
        owed: None,
        answering: 0,
        told_none: false,
        flight: Vec::new(),
        refused_by_peer: RefusedByPeer { header: false, sessions: VecMap::new(), retries: 0 },
        refused_by_us: RefusedByUs { headers: 0, sessions: VecMap::new() },
        corrections: Corrections { header: None, gap: None },
        timer: Timer { tries: 0, deadline: None, queued: Queued(None), leaving: Leaving(0) },
        as_dependency: false,
        dependencies_sent: BTreeSet::new(),
        safety: Safety {
            asked_in: 0,
            told: KnownState::EMPTY,
            asked: false,
            known: None,
            reported: [KnownState::EMPTY; 3],
        },
    };

    /// The peer has said that it holds the header: it is a source again, unless it was shown not to be one.
    pub(crate) fn shows_header(&mut self) {
        if !self.refused_by_us.rules_out() {
            self.source.said_none = false;
        }
    }
}

/// The peer's interest, from its `load` and `done` of the highest number yet seen (rule 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Interest {
    pub(crate) kind: InterestKind,
    /// The number of the message that said so.
    pub(crate) said_in: u32,
}

/// See [`Interest`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum InterestKind {
    /// It has said nothing.
    #[default]
    None,
    /// It asked.
    Yes,
    /// It asked, and then was done.
    Ended,
}

/// Whether the peer is known to know that we want this CoValue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Subscription {
    /// It is not.
    #[default]
    No,
    /// It answered a `load` without header: enough while we lack the header, to be said again once we hold it.
    Wanting,
    /// It has seen us hold or ask for the CoValue with its header.
    Holding,
}

/// A `load` that is unanswered, with its repeats.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Asking {
    /// The number of each, oldest first, at most [`LOADS_MAX`](crate::node::LOADS_MAX).
    pub(crate) numbers: Vec<u32>,
    /// Whether every one was sent with the header here.
    pub(crate) with_header: bool,
}

/// What the peer was told of our own interest (rules 5 and 13).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Parting {
    /// Whether a `load` was sent in this connection, or its answer made needless.
    pub(crate) loaded: bool,
    /// Whether `done` was sent, and nothing since makes it due again.
    pub(crate) done_sent: bool,
    /// Whether `done` was sent since our last `load`: nothing that the peer says then proves that it knows our wish.
    pub(crate) muted: bool,
}

/// What a peer is worth as a source of a CoValue that we lack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct SourceVerdict {
    /// Whether it said that it lacks the header.
    pub(crate) said_none: bool,
    /// Whether it let `VERDICT_TRIES` deadlines pass.
    pub(crate) timed_out: bool,
}

/// One content that is unanswered, and what it built on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Flight {
    /// Its number.
    pub(crate) n: u32,
    /// Whether it came without the header, so that the peer must hold it.
    pub(crate) on_header: bool,
    /// For each session in it, how many transactions the peer must hold.
    pub(crate) after: Vec<(SessionId, u32)>,
}

/// What the peer refused to take from us, until it confirms more or sends `load` (rules 5 and 10).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RefusedByPeer {
    /// The header.
    pub(crate) header: bool,
    /// Sessions, and from which count.
    pub(crate) sessions: VecMap<SessionId, u32>,
    /// How often what it refused was sent again, since it last confirmed anything new.
    pub(crate) retries: u32,
}

/// Where nothing was sent again, that is no part of the hash: a node that nobody ever refused anything has the hash that
/// it would have if nothing were ever sent again.
impl Hash for RefusedByPeer {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.header.hash(state);
        self.sessions.hash(state);
        if self.retries > 0 {
            self.retries.hash(state);
        }
    }
}

impl RefusedByPeer {
    /// How often refused content is sent again: it may have been damaged on its way.
    pub(crate) const RETRIES_MAX: u32 = 6;

    pub(crate) fn is_empty(&self) -> bool {
        !self.header && self.sessions.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.retries = 0;
        self.lift();
    }

    /// Whether what was refused will be sent again when the deadline passes.
    pub(crate) fn is_retried(&self) -> bool {
        !self.is_empty() && self.retries < Self::RETRIES_MAX
    }

    /// A deadline has passed: what was refused may be sent again, if it still is to be.
    pub(crate) fn retry(&mut self) {
        if self.is_retried() {
            self.retries += 1;
            self.lift();
        }
    }

    fn lift(&mut self) {
        self.header = false;
        self.sessions.clear();
    }

    /// In words, for a reader of the state.
    pub(crate) fn in_words(&self) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let mut words = if self.header { "refused: header".to_string() } else { "refused:".to_string() };
        for (i, (session, count)) in self.sessions.iter().enumerate() {
            let comma = if i > 0 || self.header { "," } else { "" };
            write!(words, "{comma} {session:?} from {count}").expect("a string takes everything");
        }
        Some(words)
    }
}

/// What we refused to take from the peer because it was forged or forked, or damaged on its way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RefusedByUs {
    /// How many headers, since we lack one.
    pub(crate) headers: u32,
    /// Sessions.
    pub(crate) sessions: VecMap<SessionId, ()>,
}

/// A second refusal counts only where there is one, so that a node without is what it always was.
impl Hash for RefusedByUs {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.headers > 0).hash(state);
        self.sessions.hash(state);
        if self.headers > 1 {
            self.headers.hash(state);
        }
    }
}

impl RefusedByUs {
    /// After so many refused headers the peer counts as not holding the CoValue: each is worth a deadline that it lets
    /// pass.
    const HEADERS_MAX: u32 = 3;

    /// Whether the peer does not hold the CoValue, whatever it says.
    pub(crate) fn rules_out(&self) -> bool {
        self.headers >= RefusedByUs::HEADERS_MAX
    }
}

/// The corrections that we sent last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Corrections {
    /// For content without the header that we lack.
    pub(crate) header: Option<Correction>,
    /// For a gap in a session.
    pub(crate) gap: Option<Correction>,
}

/// A correction that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Correction {
    /// How much we held then. It only grows, so its size identifies it.
    pub(crate) held: u64,
    /// When it may be said again though nothing changed.
    pub(crate) again_at: Time,
}

/// The one deadline of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Timer {
    /// How many deadlines have passed without progress.
    pub(crate) tries: u32,
    /// When to act.
    pub(crate) deadline: Option<Time>,
    /// Where it stands in the queue of deadlines.
    pub(crate) queued: Queued,
    /// How many messages that it waits for an answer to have not left.
    pub(crate) leaving: Leaving,
}

/// How many messages have not left. It is no part of a hash where none waits: where lines have no bounds, none ever does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Leaving(pub(crate) u32);

impl Hash for Leaving {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if self.0 > 0 {
            self.0.hash(state);
        }
    }
}

/// The time at which the queue of deadlines will look at this one; at most the deadline. How the queue happens to
/// stand is no part of what a node is, so any two are equal.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Queued(pub(crate) Option<Time>);

impl PartialEq for Queued {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Queued {}

impl Hash for Queued {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// Where an app's load stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoadStatus {
    /// Some source has not answered yet.
    Loading,
    /// The header is here.
    Available,
    /// Every source has a verdict against it (rule 7).
    Unavailable,
}

/// What a node remembers of a CoValue as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct CoMarks {
    /// What came of the app's load; nothing where the app does not want it.
    pub(crate) want: Option<LoadStatus>,
    /// The peers on whose behalf it is wanted (rule 8), oldest wish first.
    pub(crate) requests: Vec<PeerId>,
    /// The peer that named it while it was not here.
    pub(crate) named_by: Option<PeerId>,
    /// What it depends on (rule 9).
    pub(crate) dependencies: BTreeSet<CoId>,
    /// What is held back until this comes.
    pub(crate) dependants: BTreeSet<CoId>,
    /// What the disk has, or is being handed.
    pub(crate) written: KnownState,
    /// What the disk has.
    pub(crate) durable: KnownState,
    /// What of that outlives a crash, and whose progress at servers the app is told.
    pub(crate) uploads: Uploads,
    /// For [`Mutation::KeepAssumedAcrossConnections`](crate::node::Mutation::KeepAssumedAcrossConnections) alone.
    #[cfg(feature = "planted-faults")]
    pub(crate) kept: Vec<(PeerId, Assumed)>,
}

/// What of a CoValue is safe here, and what is to be safe elsewhere (rule 15).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Uploads {
    /// What the disk has, with all that it depends on. It follows from what was written.
    pub(crate) safe: KnownState,
    /// The sessions in which the app has written, where it is told how far that gets.
    pub(crate) own: BTreeSet<SessionId>,
}

/// Where the app is told nothing, that is no part of the hash.
impl Hash for Uploads {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if !self.own.is_empty() {
            self.own.hash(state);
        }
    }
}

impl CoMarks {
    /// Notes that `peer` wants it.
    pub(crate) fn request(&mut self, peer: PeerId) {
        if !self.requests.contains(&peer) {
            self.requests.push(peer);
        }
    }

    /// Forgets that `peer` wants it.
    pub(crate) fn withdraw(&mut self, peer: PeerId) {
        self.requests.retain(|p| *p != peer);
    }
}

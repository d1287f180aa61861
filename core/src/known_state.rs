//! Known states: what somebody holds of one CoValue. They form a join semilattice (`protocol` in
//! docs/protocol.md): every statement a peer makes first-hand is joined, so late and doubled ones change nothing.

mod counts;

use crate::id::SessionId;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::ControlFlow::{Break, Continue};
use counts::Counts;

/// What is held of one CoValue: whether its header, and how many transactions of each session.
///
/// The CoValue's id is not part of it: the owner (a message, an entry of a state) says which CoValue is meant.
/// A session that is not listed counts zero; a count of zero is never stored.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KnownState {
    /// Whether the header is held.
    pub header: bool,
    sessions: Counts,
}

impl KnownState {
    /// Nothing: no header, no session.
    pub const EMPTY: KnownState = KnownState { header: false, sessions: Counts::None };

    /// `known`, or nothing where there is none.
    pub(crate) fn or_empty(known: Option<&KnownState>) -> &KnownState {
        static EMPTY: KnownState = KnownState::EMPTY;
        known.unwrap_or(&EMPTY)
    }

    /// The header alone.
    pub const fn header_only() -> KnownState {
        KnownState { header: true, sessions: Counts::None }
    }

    /// A known state with these sessions.
    pub fn new(header: bool, sessions: impl IntoIterator<Item = (SessionId, u32)>) -> KnownState {
        KnownState { header, sessions: Counts::of(sessions) }
    }

    /// Whether neither the header nor a transaction is held.
    pub fn is_empty(&self) -> bool {
        !self.header && self.sessions.is_empty()
    }

    /// How many transactions of `session` are held.
    pub fn count(&self, session: SessionId) -> u32 {
        self.sessions.count(session)
    }

    /// How many transactions are held in all.
    pub fn transactions(&self) -> u64 {
        self.sessions().map(|(_, count)| u64::from(count)).sum()
    }

    /// Raises `session` to `count`, where it is below; says whether it was.
    pub fn raise(&mut self, session: SessionId, count: u32) -> bool {
        self.sessions.raise(session, count)
    }

    /// The same, where `like` has reached that already: shares its memory where both say the same of sessions then.
    pub(crate) fn raise_like(&mut self, session: SessionId, count: u32, like: &KnownState) -> bool {
        self.sessions.raise_like(session, count, &like.sessions)
    }

    /// The join: takes the larger of each component. Says whether anything grew.
    pub fn join(&mut self, other: &KnownState) -> bool {
        self.join_like(other, &KnownState::EMPTY)
    }

    /// The same, where `like` holds what `other` says already: shares its memory where both say the same of sessions then.
    pub(crate) fn join_like(&mut self, other: &KnownState, like: &KnownState) -> bool {
        let grew = other.header && !self.header;
        self.header |= other.header;
        self.sessions.join(&other.sessions, &like.sessions) || grew
    }

    /// Whether this is at most `other` in every component.
    pub fn le(&self, other: &KnownState) -> bool {
        (!self.header || other.header) && self.sessions.le(&other.sessions)
    }

    /// Whether this is at most `other` in every component but the sessions of which `except` holds.
    pub fn le_except(&self, other: &KnownState, except: impl Fn(SessionId) -> bool) -> bool {
        (!self.header || other.header) && self.sessions_le(other, except)
    }

    /// The same of the sessions alone.
    pub(crate) fn sessions_le(&self, other: &KnownState, except: impl Fn(SessionId) -> bool) -> bool {
        let judge = |session, _, _| if except(session) { Continue(()) } else { Break(()) };
        self.sessions.beyond(&other.sessions, judge).is_continue()
    }

    /// Shows each session of which this has more than `other`, in order, with how much it has and how much `other`, until
    /// something comes of it; gives that.
    pub fn beyond<T>(
        &self,
        other: &KnownState,
        mut show: impl FnMut(SessionId, u32, u32) -> Option<T>,
    ) -> Option<T> {
        let show = |session, mine, theirs| show(session, mine, theirs).map_or(Continue(()), Break);
        self.sessions.beyond(&other.sessions, show).break_value()
    }

    /// Shares `other`'s memory where both say the same of sessions, so that they are compared at a glance from now on.
    pub(crate) fn share(&mut self, other: &KnownState) {
        self.sessions.share(&other.sessions);
    }

    /// The sessions and their counts, ascending by session.
    pub fn sessions(&self) -> impl DoubleEndedIterator<Item = (SessionId, u32)> + ExactSizeIterator + '_ {
        self.sessions.iter()
    }
}

impl fmt::Debug for KnownState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Listed<'a>(&'a Counts);
        impl fmt::Debug for Listed<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.0.iter()).finish()
            }
        }
        f.debug_struct("KnownState")
            .field("header", &self.header)
            .field("sessions", &Listed(&self.sessions))
            .finish()
    }
}

/// As a vector of sessions and counts is hashed: digests of states last.
impl Hash for KnownState {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.header.hash(state);
        let sessions = self.sessions();
        state.write_usize(sessions.len());
        sessions.for_each(|listed| listed.hash(state));
    }
}

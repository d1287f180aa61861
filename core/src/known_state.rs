//! Known states: what somebody holds of one CoValue. They form a join semilattice (`protocol` in
//! docs/protocol.md): every statement a peer makes first-hand is joined, so late and doubled ones change nothing.

use crate::id::SessionId;
use alloc::vec::Vec;

/// What is held of one CoValue: whether its header, and how many transactions of each session.
///
/// The CoValue's id is not part of it: the owner (a message, an entry of a state) says which CoValue is meant.
/// A session that is not listed counts zero; a count of zero is never stored.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub struct KnownState {
    /// Whether the header is held.
    pub header: bool,
    /// Ascending by session, counts above zero.
    sessions: Vec<(SessionId, u32)>,
}

impl Clone for KnownState {
    fn clone(&self) -> Self {
        KnownState { header: self.header, sessions: self.sessions.clone() }
    }

    fn clone_from(&mut self, source: &Self) {
        self.header = source.header;
        self.sessions.clone_from(&source.sessions);
    }
}

impl KnownState {
    /// Nothing: no header, no session.
    pub const EMPTY: KnownState = KnownState { header: false, sessions: Vec::new() };

    /// `known`, or nothing where there is none.
    pub(crate) fn or_empty(known: Option<&KnownState>) -> &KnownState {
        static EMPTY: KnownState = KnownState::EMPTY;
        known.unwrap_or(&EMPTY)
    }

    /// The header alone.
    pub const fn header_only() -> KnownState {
        KnownState { header: true, sessions: Vec::new() }
    }

    /// A known state with these sessions.
    pub fn new(header: bool, sessions: impl IntoIterator<Item = (SessionId, u32)>) -> KnownState {
        let mut known = KnownState { header, sessions: Vec::new() };
        for (session, count) in sessions {
            known.raise(session, count);
        }
        known
    }

    /// Whether neither the header nor a transaction is held.
    pub fn is_empty(&self) -> bool {
        !self.header && self.sessions.is_empty()
    }

    /// How many transactions of `session` are held.
    pub fn count(&self, session: SessionId) -> u32 {
        self.find(session).map_or(0, |i| self.sessions[i].1)
    }

    fn find(&self, session: SessionId) -> Result<usize, usize> {
        match self.sessions.last() {
            None => Err(0),
            Some((last, _)) if *last < session => Err(self.sessions.len()),
            _ => self.sessions.binary_search_by(|(s, _)| s.cmp(&session)),
        }
    }

    /// Raises `session` to `count`, where it is below; says whether it was.
    pub fn raise(&mut self, session: SessionId, count: u32) -> bool {
        match self.find(session) {
            Ok(i) if self.sessions[i].1 >= count => false,
            Ok(i) => {
                self.sessions[i].1 = count;
                true
            }
            Err(_) if count == 0 => false,
            Err(i) => {
                self.sessions.insert(i, (session, count));
                true
            }
        }
    }

    /// The join: takes the larger of each component. Says whether anything grew.
    pub fn join(&mut self, other: &KnownState) -> bool {
        let mut grew = other.header && !self.header;
        self.header |= other.header;
        let mut i = 0;
        for &(session, count) in &other.sessions {
            while self.sessions.get(i).is_some_and(|(s, _)| *s < session) {
                i += 1;
            }
            match self.sessions.get_mut(i) {
                Some((s, mine)) if *s == session => {
                    if *mine < count {
                        *mine = count;
                        grew = true;
                    }
                }
                _ => {
                    self.sessions.insert(i, (session, count));
                    grew = true;
                }
            }
        }
        grew
    }

    /// Whether this is at most `other` in every component.
    pub fn le(&self, other: &KnownState) -> bool {
        self.le_except(other, |_| false)
    }

    /// Whether this is at most `other` in every component but the sessions of which `except` holds.
    pub fn le_except(&self, other: &KnownState, except: impl Fn(SessionId) -> bool) -> bool {
        if self.header && !other.header {
            return false;
        }
        let mut at = 0;
        self.sessions.iter().all(|&(session, count)| {
            while other.sessions.get(at).is_some_and(|(theirs, _)| *theirs < session) {
                at += 1;
            }
            let held = other.sessions.get(at).filter(|(theirs, _)| *theirs == session).map_or(0, |(_, n)| *n);
            count <= held || except(session)
        })
    }

    /// The sessions and their counts, ascending by session.
    pub fn sessions(&self) -> impl DoubleEndedIterator<Item = (SessionId, u32)> + ExactSizeIterator + '_ {
        self.sessions.iter().copied()
    }

    /// The sessions and their counts, ascending by session.
    pub(crate) fn as_slice(&self) -> &[(SessionId, u32)] {
        &self.sessions
    }

    /// Forgets everything, keeping the memory.
    pub fn clear(&mut self) {
        self.header = false;
        self.sessions.clear();
    }

    /// Makes room for so many sessions.
    pub(crate) fn reserve(&mut self, sessions: usize) {
        self.sessions.reserve(sessions);
    }

    /// Adds a session that is larger than every one here.
    pub(crate) fn push(&mut self, session: SessionId, count: u32) {
        debug_assert!(self.sessions.last().is_none_or(|(last, _)| *last < session), "sessions ascend");
        debug_assert!(count > 0, "a count of zero is never stored");
        self.sessions.push((session, count));
    }
}

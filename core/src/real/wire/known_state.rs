//! What somebody holds of a CoValue, with ids as strings and sessions in an order of their own.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// A known state as it stands in messages. A session with a count of zero is not the same as none: both are kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KnownState {
    /// Which CoValue.
    pub id: String,
    /// Whether its header is held.
    pub header: bool,
    /// How many transactions of each session are held.
    pub sessions: Vec<(String, u64)>,
}

impl KnownState {
    /// Nothing of the CoValue `id`.
    pub fn empty(id: impl Into<String>) -> KnownState {
        KnownState { id: id.into(), header: false, sessions: Vec::new() }
    }

    /// How many transactions of `session` are held.
    pub fn count(&self, session: &str) -> u64 {
        self.sessions.iter().find(|(name, _)| name == session).map_or(0, |(_, count)| *count)
    }

    /// `combinedKnownStates` of the package: the larger of each part, under the id of this one; sessions in the order
    /// in which they are here, then those that only `other` has.
    #[must_use]
    pub fn combined(&self, other: &KnownState) -> KnownState {
        let mut combined = self.clone();
        combined.header |= other.header;
        let place: BTreeMap<&str, usize> =
            self.sessions.iter().enumerate().map(|(at, (name, _))| (name.as_str(), at)).collect();
        for (name, count) in &other.sessions {
            match place.get(name.as_str()) {
                Some(&at) => combined.sessions[at].1 = combined.sessions[at].1.max(*count),
                None => combined.sessions.push((name.clone(), *count)),
            }
        }
        combined
    }
}

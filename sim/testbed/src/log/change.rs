//! How what a node holds of a CoValue has changed, as an event of the log has it: only what is different now.

use cosim_core::{KnownState, SessionId, TimerKind};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What is different now in what a node holds, thinks of its peers, waits for and shows of a CoValue. What is not there is
/// as it was, and in the beginning everything is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    bound(deserialize = "N: Deserialize<'de> + Ord, S: Deserialize<'de> + Ord")
)]
pub struct Change<N, S> {
    /// Whether the node has an entry of it, be it only a want.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<bool>,
    /// How much is held.
    #[serde(flatten)]
    pub known: KnownChange<S>,
    /// How much would outlive a crash, as far as the node was told. Where whoever drives the node keeps its state, nothing
    /// is said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub durable: Option<KnownChange<S>>,
    /// What the node has told peers that it holds.
    #[serde(default = "BTreeMap::new", skip_serializing_if = "BTreeMap::is_empty")]
    pub told: ByPeer<N, S>,
    /// What it assumes that peers hold: what it sends raises that before anybody has confirmed it.
    #[serde(default = "BTreeMap::new", skip_serializing_if = "BTreeMap::is_empty")]
    pub assumed: ByPeer<N, S>,
    /// What peers are taken to hold, since they said so.
    #[serde(default = "BTreeMap::new", skip_serializing_if = "BTreeMap::is_empty")]
    pub confirmed: ByPeer<N, S>,
    /// Everything that the node waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits: Option<Vec<Wait<N>>>,
    /// A hash over what the app sees, which is equal wherever the same is seen; `None` inside where nothing shows.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub shown: Option<Option<Digest>>,
}

/// What is different now, by peer; `None` where that is forgotten.
pub type ByPeer<N, S> = BTreeMap<N, Option<KnownChange<S>>>;

/// What is different now in how much of a CoValue somebody holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Ord"))]
pub struct KnownChange<S> {
    /// Whether the header is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// How many transactions of a session are held.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sessions: BTreeMap<S, u32>,
}

/// What a node waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait<N> {
    /// Until when, in microseconds.
    pub until: u64,
    /// From whom.
    pub peer: N,
    /// For what reason.
    pub why: TimerKind,
}

/// A hash, written in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Digest(pub u64);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Digest, Self::Error> {
        u64::from_str_radix(&text, 16).map(Digest)
    }
}

/// A field that is there, `null` or not.
fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(field: D) -> Result<Option<T>, D::Error> {
    T::deserialize(field).map(Some)
}

impl<N, S> Default for Change<N, S> {
    fn default() -> Self {
        Change {
            entry: None,
            known: KnownChange::default(),
            durable: None,
            told: BTreeMap::new(),
            assumed: BTreeMap::new(),
            confirmed: BTreeMap::new(),
            waits: None,
            shown: None,
        }
    }
}

impl<S> Default for KnownChange<S> {
    fn default() -> Self {
        KnownChange { header: None, sessions: BTreeMap::new() }
    }
}

impl KnownChange<SessionId> {
    /// What leads from one known state to another.
    pub(super) fn between(was: &KnownState, is: &KnownState) -> Self {
        if was == is {
            return KnownChange::default();
        }
        let sessions: BTreeSet<SessionId> =
            was.sessions().chain(is.sessions()).map(|(session, _)| session).collect();
        let changed = sessions.into_iter().filter(|session| was.count(*session) != is.count(*session));
        KnownChange {
            header: (was.header != is.header).then_some(is.header),
            sessions: changed.map(|session| (session, is.count(session))).collect(),
        }
    }

    /// Whether nothing is different.
    pub(super) fn is_empty(&self) -> bool {
        self.header.is_none() && self.sessions.is_empty()
    }

    /// Makes the change.
    pub(super) fn apply(&self, known: &mut KnownState) {
        let kept = known.sessions().filter(|(session, _)| !self.sessions.contains_key(session));
        let changed = self.sessions.iter().map(|(session, count)| (*session, *count));
        *known = KnownState::new(self.header.unwrap_or(known.header), kept.chain(changed));
    }
}

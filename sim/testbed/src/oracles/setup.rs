//! What is known of a run before anything happens.

use super::evidence::Needs;
use super::talks::Waits;
use crate::cojson::{Cast, Directory, is_deletion, session_parts};
use crate::host::NodeId;
use cosim_core::node::Announce;
use cosim_core::{KnownState, Span};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What the oracles must be told about a run.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The oracles to ask, by name.
    pub enabled: Vec<&'static str>,
    /// What evidence is gathered beside what the oracles need.
    pub needs: Needs,
    /// Names, for what they say.
    pub cast: Cast,
    /// To whom each node announces.
    pub announce: Vec<Announce>,
    /// How long each node waits before it says something again.
    pub waits: Vec<Waits>,
    /// How long a load may take.
    pub load_within: Span,
    /// What is known of nodes and CoValues before anything happens.
    pub directory: Arc<Directory>,
    /// The nodes that are hostile: they are not judged.
    pub hostile: BTreeSet<NodeId>,
    /// The nodes that guests play.
    pub guests: BTreeSet<NodeId>,
    /// Whether they speak another protocol than CoJSON.
    pub speaks_other: bool,
    /// The failure key that the run is played for: its first words at least. What else is found does not end the run.
    pub seeks: Option<String>,
}

impl Setup {
    /// Whether who holds so much of a CoValue knows that it was deleted for good, and need not hold the rest of it.
    pub(super) fn is_deleted(&self, known: &KnownState) -> bool {
        let by_guest = |session| self.guests.contains(&session_parts(session).0) && is_deletion(session);
        !self.guests.is_empty() && known.sessions().any(|(session, count)| count > 0 && by_guest(session))
    }
}

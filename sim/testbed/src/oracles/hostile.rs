//! Who is hostile, and what they signed. A hostile node is not judged, nor what others make of what it says of itself.
//! Of the sessions in which its app writes one thing is asked: that what honest nodes hold of them is a prefix of a log
//! that their author has rightly signed and sent.

use super::holdings::{Holdings, Stored};
use crate::cojson::{SimCrypto, Transaction, session_parts};
use crate::host::NodeId;
use cosim_core::{CoId, Content, Crypto, KnownState, SessionId};
use std::collections::{BTreeMap, BTreeSet};

/// How many logs of one session are told apart. A scenario that forks a session more often is beyond what is judged.
const BRANCHES_MAX: usize = 1024;

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Hostile {
    nodes: BTreeSet<NodeId>,
    /// What hostile authors have signed and sent, by CoValue and session; none of them is a prefix of another.
    branches: BTreeMap<(CoId, SessionId), Vec<Vec<Transaction>>>,
}

impl Hostile {
    pub(super) fn new(nodes: BTreeSet<NodeId>) -> Hostile {
        Hostile { nodes, branches: BTreeMap::new() }
    }

    /// Whether a node is hostile.
    pub fn is(&self, node: NodeId) -> bool {
        self.nodes.contains(&node)
    }

    /// Whether the app of a hostile node writes in a session.
    pub fn writes(&self, session: SessionId) -> bool {
        !self.nodes.is_empty() && self.is(session_parts(session).0)
    }

    /// What is held of the sessions of honest nodes.
    pub fn honest_part(&self, stored: &dyn Stored) -> KnownState {
        let known = stored.known();
        if self.nodes.is_empty() {
            return known;
        }
        KnownState::new(known.header, known.sessions().filter(|(session, _)| !self.writes(*session)))
    }

    /// A hostile node sends content, or content arrives damaged: what is rightly signed in it, in sessions of hostile
    /// authors, is noted.
    pub(super) fn sent(&mut self, holdings: &dyn Holdings, content: &Content<SimCrypto>, crypto: &SimCrypto) {
        let held = holdings.stored(content.id);
        for (session, piece) in content.new.iter() {
            if !self.writes(session) {
                continue;
            }
            let branches = self.branches.entry((content.id, session)).or_default();
            let stored = held.and_then(|held| held.log(session)).map(|log| log.transactions);
            let before = branches.iter().chain(stored).find_map(|log| {
                let mut log = log.get(..piece.after as usize)?.to_vec();
                log.extend_from_slice(&piece.new_transactions);
                let signed = crypto.verify(content.id, session, None, &log, &piece.last_signature);
                signed.map(|_| log)
            });
            let from_nothing = || {
                let new = &piece.new_transactions;
                let signed = crypto.verify(content.id, session, None, new, &piece.last_signature);
                signed.filter(|_| piece.after == 0).map(|_| new.clone())
            };
            let Some(log) = before.or_else(from_nothing) else { continue };
            if branches.len() < BRANCHES_MAX && !branches.iter().any(|branch| branch.starts_with(&log)) {
                branches.retain(|branch| !log.starts_with(branch));
                branches.push(log);
            }
        }
    }

    /// Whether a log is a prefix of one that its hostile author has signed and sent.
    pub fn signed(&self, id: CoId, session: SessionId, log: &[Transaction]) -> bool {
        let branches = self.branches.get(&(id, session));
        branches.is_some_and(|branches| branches.iter().any(|branch| branch.starts_with(log)))
    }
}

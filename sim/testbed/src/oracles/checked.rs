//! How much of each stored log was looked at: oracles that look at what is new find it here.

use super::by_node::ByNode;
use super::holdings::{Stored, StoredLog};
use crate::host::NodeId;
use cosim_core::{CoId, KnownState, SessionId};

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Checked(ByNode<KnownState>);

impl Checked {
    /// A process ends: its logs will come from elsewhere.
    pub(super) fn goes_down(&mut self, node: NodeId) {
        self.0.forget(node);
    }

    /// From now on everything is new.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Looks at each log that is not as long as when it was looked at last, and from where on it is new, until something is
    /// found. Where that was is new the next time, too.
    pub(super) fn look<T>(
        &mut self,
        holding: (NodeId, CoId),
        stored: &dyn Stored,
        mut look: impl FnMut(SessionId, StoredLog<'_>, usize) -> Option<T>,
    ) -> Option<T> {
        let known = stored.known();
        let checked = self.0.entry(holding).or_default();
        let mut look = |session, before| look(session, stored.log(session)?, before as usize);
        if checked.le(&known) {
            let found = known.beyond(checked, |session, _, before| Some((session, look(session, before)?)));
            match found {
                None => *checked = known,
                Some((session, _)) => *checked = mixed(checked, &known, |other| other < session),
            }
            return found.map(|(_, found)| found);
        }
        // Something is gone.
        for (session, _) in known.sessions().filter(|(session, count)| checked.count(*session) != *count) {
            if let Some(found) = look(session, checked.count(session)) {
                *checked = mixed(checked, &known, |other| other < session);
                return Some(found);
            }
        }
        *checked = mixed(checked, &known, |_| true);
        None
    }

    /// A log was looked at as far as it goes.
    pub(super) fn note(&mut self, holding: (NodeId, CoId), stored: &dyn Stored, session: SessionId) {
        let checked = self.0.entry(holding).or_default();
        *checked = mixed(checked, &stored.known(), |other| other == session);
    }
}

/// What was checked, of the sessions of which `is_new` holds as far as they are held now.
fn mixed(checked: &KnownState, held: &KnownState, is_new: impl Fn(SessionId) -> bool) -> KnownState {
    let is_held = |session| is_new(session) && held.count(session) > 0;
    let kept = checked.sessions().filter(|(session, _)| !is_held(*session));
    let new = held.sessions().filter(|(session, _)| is_new(*session));
    KnownState::new(held.header, kept.chain(new))
}

//! What the app of a guest's node sees: the guest says it, and the oracles compare it with what ours would see.

use super::{GuestNode, renamed};
use crate::cojson::{Foreign, Sight};
use cosim_core::view::{Dialect, KeyRing};
use cosim_core::{CoId, SessionId};
use serde_json::{Map, Value};

impl GuestNode {
    pub(in crate::guest) fn foreign(&self) -> Option<&dyn Foreign> {
        self.shared().speaks_cojson(self.guest).then_some(self)
    }

    /// What its app sees of a CoValue, in the names of the guest. At the end of a run, what it saw before anybody else asked
    /// for it.
    pub(super) fn sight(&self, id: CoId) -> Option<Sight> {
        if let Some(seen) = self.seen_at_the_end.get() {
            return seen.get(&id).cloned().flatten();
        }
        let mut told = self.told(id)?;
        if told.get("deleted").and_then(Value::as_bool) == Some(true) {
            return Some(Sight::Deleted);
        }
        Some(Sight::Shown(told.remove("shown")?))
    }

    /// What the guest says of a CoValue when it is asked; none of one that the node has nothing of.
    fn told(&self, id: CoId) -> Option<Map<String, Value>> {
        if !self.is_made || !self.mirror.co_values.contains_key(&id) {
            return None;
        }
        let mut shared = self.shared();
        let subject = shared.registry.name(id);
        shared.query(self.guest, &self.name, &subject)
    }

    /// Whether it is still reading a CoValue from its disk.
    fn is_reading(&self, id: CoId) -> bool {
        let told = self.told(id).unwrap_or_default();
        told.get("streaming").and_then(Value::as_bool) == Some(true)
    }
}

impl Foreign for GuestNode {
    fn dialect(&self) -> Option<Dialect> {
        self.shared().dialect(self.guest)
    }

    fn session_name(&self, session: SessionId) -> String {
        self.shared().registry.session_name(session)
    }

    fn keys(&self) -> KeyRing {
        self.directory.keys(self.id)
    }

    fn called(&self, shown: Value) -> Value {
        renamed(shown, &self.shared().registry.called())
    }

    fn sees(&self, id: CoId) -> Option<Sight> {
        let sight = self.sight(id)?;
        (!self.is_reading(id)).then_some(sight)
    }
}

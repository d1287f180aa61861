//! What a guest node says that it holds when it is asked, against what it has said of it on the way: the oracles judge by
//! the latter.

use super::GuestNode;
use cosim_core::KnownState;
use serde_json::Value;

impl GuestNode {
    /// Asks for all that the node holds. Where that is something else than it has said, the guest has failed.
    pub(in crate::guest) fn audit(&self) {
        let mut shared = self.shared();
        if !self.is_made || !shared.speaks_cojson(self.guest) {
            return;
        }
        let Some(subjects) = shared.query_all(self.guest, &self.name) else { return };
        let mut said = self.mirror.co_values.clone();
        let mut differs = None;
        for (name, asked) in &subjects {
            let id = shared.registry.id(name);
            let known = said.remove(&id).map_or(KnownState::EMPTY, |held| held.known_state());
            let mut holds = KnownState::new(asked.get("header").and_then(Value::as_bool) == Some(true), []);
            for (session, count) in asked.get("sessions").and_then(Value::as_object).into_iter().flatten() {
                let count = count.as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(u32::MAX);
                holds.raise(shared.registry.session(session, self.id), count);
            }
            if holds != known {
                differs = differs.or_else(|| Some(name.clone()));
            }
        }
        let silent = said.into_iter().find(|(_, held)| !held.known_state().is_empty());
        let differs = differs.or_else(|| silent.map(|(id, _)| shared.registry.name(id)));
        if let Some(name) = differs {
            let node = &self.name;
            shared.fails(
                self.guest,
                format!("asked what {node} holds of {name}, it says something else than before"),
            );
        }
    }
}

//! Sessions by the names that CoJSON gives them. To everybody who hears of it, a session is its name: where two nodes go
//! on in one, as after the copy of a database, they have numbers of their own for it here, and it is one all the same.

use crate::cojson::Directory;
use cosim_core::SessionId;
use std::collections::BTreeMap;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct ByName {
    /// Of each session met so far, the first that was met with its name.
    first: BTreeMap<SessionId, SessionId>,
    names: BTreeMap<String, SessionId>,
}

impl ByName {
    /// The first session that was met with the name of this one: itself, mostly.
    pub(super) fn first(&mut self, session: SessionId, directory: &Directory) -> SessionId {
        if let Some(first) = self.first.get(&session) {
            return *first;
        }
        let name = directory.session(session);
        // Where nothing needs names there are none.
        let first = if name.is_empty() { session } else { *self.names.entry(name).or_insert(session) };
        self.first.insert(session, first);
        first
    }
}

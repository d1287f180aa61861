//! What a node holds, as views read it.

use super::holdings::Holdings;
use super::logs::header;
use crate::cojson::Directory;
use crate::host::NodeId;
use cosim_core::view::{CoValue, Dialect, Log, Resolver};
use cosim_core::{CoId, SessionId};
use std::collections::BTreeMap;

/// See the module.
pub(crate) struct Reading<'a> {
    holdings: &'a dyn Holdings,
    directory: &'a Directory,
    names: BTreeMap<SessionId, String>,
    dialect: Dialect,
}

impl<'a> Reading<'a> {
    pub(crate) fn of((node, holdings): (NodeId, &'a dyn Holdings), directory: &'a Directory) -> Reading<'a> {
        let foreign = holdings.foreign();
        // Accounts among them, which show nothing themselves.
        let stored = holdings.ids(CoId(0), CoId(u32::MAX)).filter_map(|id| holdings.stored(id));
        let sessions = stored.flat_map(|stored| stored.logs().map(|(session, _)| session));
        let name = |session| {
            foreign.map_or_else(|| directory.session(session), |foreign| foreign.session_name(session))
        };
        let names = sessions.map(|session| (session, name(session))).collect();
        let dialect = foreign.and_then(|foreign| foreign.dialect()).unwrap_or(directory.dialect_of(node));
        Reading { holdings, directory, names, dialect }
    }

    /// The same by other rules.
    pub(crate) fn by(self, dialect: Dialect) -> Reading<'a> {
        Reading { dialect, ..self }
    }

    /// What the node holds of a CoValue.
    pub(crate) fn get(&self, id: CoId) -> Option<CoValue<'_>> {
        let stored = self.holdings.stored(id)?;
        let sessions = stored.logs().filter_map(|(session, log)| {
            Some((self.names.get(&session)?.as_str(), log.transactions as &dyn Log))
        });
        let id = self.directory.co_value(id)?.id.as_str();
        Some(CoValue { id, header: header(stored)?, sessions: sessions.collect() })
    }
}

impl Resolver for Reading<'_> {
    fn co_value(&self, id: &str) -> Option<CoValue<'_>> {
        self.get(self.directory.find(id)?)
    }

    fn dialect(&self) -> Dialect {
        self.dialect
    }
}

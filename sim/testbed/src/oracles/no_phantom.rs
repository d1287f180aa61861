//! `no_phantom`: every transaction that any node holds was made by its author's app. What a hostile author makes is its
//! own affair, but only its own.

use super::hostile::Hostile;
use super::ledger::Ledger;
use super::violation::Subject;
use crate::cojson::{Cast, CoJson};
use crate::host::NodeId;
use crate::world::View;
use cosim_core::{CoId, Names, SessionId, VecMap};
use std::collections::BTreeMap;

/// How much of each stored log was looked at: a look costs no more than what is new.
#[derive(Clone, Debug, Default)]
pub(super) struct NoPhantom {
    checked: BTreeMap<(NodeId, CoId), VecMap<SessionId, usize>>,
}

impl NoPhantom {
    /// A process ends: its logs will come from elsewhere.
    pub(super) fn goes_down(&mut self, node: NodeId) {
        self.checked.retain(|(of, _), _| *of != node);
    }

    /// Looks at what is new in one CoValue of one node; says how many transactions it looked at.
    pub(super) fn look<N: CoJson>(
        &mut self,
        view: &View<'_, N>,
        node: NodeId,
        id: CoId,
        (ledger, hostile): (&Ledger, &Hostile),
        cast: &Cast,
    ) -> (u64, Option<Subject>) {
        let Some(co_value) = view.hosts[node.index()].node.state().co_values.get(&id) else {
            return (0, None);
        };
        let checked = self.checked.entry((node, id)).or_default();
        let mut looks = 0;
        for (session, log) in co_value.sessions.iter().filter(|(session, _)| !hostile.writes(*session)) {
            let checked = checked.entry_or_insert_with(session, || 0);
            let new = log.transactions.get(*checked..).unwrap_or_default();
            looks += new.len() as u64;
            *checked = log.transactions.len();
            if new.iter().any(|transaction| !ledger.was_asked(id, session, transaction)) {
                let what = format!(
                    "{} holds a transaction of {} in {} that its author's app never made",
                    cast.node(node),
                    cast.session(session),
                    cast.co_value(id),
                );
                return (looks, Some(Subject { node, peer: None, id: Some(id), kind: "log", what }));
            }
        }
        (looks, None)
    }
}

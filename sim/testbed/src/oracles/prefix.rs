//! `prefix`: every stored log is a prefix of the log that its author's app wrote; of a hostile author's, of one that it
//! has signed.

use super::hostile::Hostile;
use super::ledger::Ledger;
use super::violation::Subject;
use crate::cojson::{Cast, CoJson};
use crate::host::NodeId;
use crate::world::View;
use cosim_core::{CoId, Names, SessionId, VecMap};
use std::collections::BTreeMap;

/// How far each stored log was found to be right: a look costs no more than what is new. Everything is looked at again
/// at rest.
#[derive(Clone, Debug, Default)]
pub(super) struct Prefix {
    checked: BTreeMap<(NodeId, CoId), VecMap<SessionId, usize>>,
}

impl Prefix {
    /// A process ends: its logs will come from elsewhere.
    pub(super) fn goes_down(&mut self, node: NodeId) {
        self.checked.retain(|(of, _), _| *of != node);
    }

    /// Looks at what is new in one CoValue of one node.
    pub(super) fn look<N: CoJson>(
        &mut self,
        view: &View<'_, N>,
        node: NodeId,
        id: CoId,
        (ledger, hostile): (&Ledger, &Hostile),
        cast: &Cast,
    ) -> Option<Subject> {
        let co_value = view.hosts[node.index()].node.state().co_values.get(&id)?;
        let checked = self.checked.entry((node, id)).or_default();
        for (session, log) in co_value.sessions.iter() {
            let checked = checked.entry_or_insert_with(session, || 0);
            if *checked == log.transactions.len() {
                continue;
            }
            let truth = ledger.log(id, session);
            let from = (*checked).min(log.transactions.len());
            let right = if hostile.writes(session) {
                hostile.signed(id, session, &log.transactions)
            } else {
                log.transactions.len() <= truth.len()
                    && log.transactions[from..] == truth[from..log.transactions.len()]
            };
            if !right {
                let what = format!(
                    "{} holds a log of {} in {} that is no prefix of what was written",
                    cast.node(node),
                    cast.session(session),
                    cast.co_value(id),
                );
                return Some(Subject { node, peer: None, id: Some(id), kind: "log", what });
            }
            *checked = log.transactions.len();
        }
        None
    }

    /// Looks at everything, from the start.
    pub(super) fn all<N: CoJson>(
        &mut self,
        view: &View<'_, N>,
        ledger: &Ledger,
        hostile: &Hostile,
        cast: &Cast,
    ) -> (u64, Option<Subject>) {
        self.checked.clear();
        let mut looks = 0;
        for (i, host) in view.hosts.iter().enumerate() {
            if hostile.is(NodeId(i as u32)) {
                continue;
            }
            for id in host.node.state().co_values.keys() {
                looks += 1;
                let found = self.look(view, NodeId(i as u32), *id, (ledger, hostile), cast);
                if found.is_some() {
                    return (looks, found);
                }
            }
        }
        (looks, None)
    }
}

//! `no_lost_write`: what a node reported written is held at rest, unless every node that held it was wiped.

use super::ledger::Ledger;
use super::violation::Subject;
use crate::cojson::{Cast, CoJson, session_parts};
use crate::host::NodeId;
use crate::world::View;
use cosim_core::{CoId, Names, SessionId};
use std::collections::{BTreeMap, BTreeSet};

/// How much of each log may be lost.
#[derive(Clone, Debug, Default)]
pub(super) struct NoLostWrite {
    /// Where the last holders of a log's end were wiped: the length that somebody else still held.
    survives: BTreeMap<(CoId, SessionId), u32>,
    /// Nodes that were wiped and are not up again, or have left: what they hold counts no more.
    wiped: BTreeSet<NodeId>,
}

impl NoLostWrite {
    /// A node's storage is lost, or out of reach for good.
    pub(super) fn wiped<N: CoJson>(&mut self, view: &View<'_, N>, node: NodeId, ledger: &Ledger) {
        self.wiped.insert(node);
        let held: Vec<(CoId, SessionId)> = ledger.logs.keys().copied().collect();
        for (id, session) in held {
            let written = ledger.log(id, session).len() as u32;
            let elsewhere = self.longest(view, id, session);
            let required = self.survives.get(&(id, session)).copied().unwrap_or(written);
            if elsewhere < required {
                self.survives.insert((id, session), elsewhere);
            }
        }
    }

    /// A process has come up, and holds what it holds.
    pub(super) fn came_up(&mut self, node: NodeId) {
        self.wiped.remove(&node);
    }

    /// How much of a log some node holds.
    fn longest<N: CoJson>(&self, view: &View<'_, N>, id: CoId, session: SessionId) -> u32 {
        let counts = view.hosts.iter().enumerate().filter(|(i, _)| !self.wiped.contains(&NodeId(*i as u32)));
        counts
            .filter_map(|(_, host)| Some(host.node.state().co_values.get(&id)?.count(session)))
            .max()
            .unwrap_or(0)
    }

    /// Nothing will happen any more: every write must be somewhere.
    pub(super) fn at_rest<N: CoJson>(
        &self,
        view: &View<'_, N>,
        ledger: &Ledger,
        cast: &Cast,
    ) -> (u64, Option<Subject>) {
        let lost = ledger.logs.iter().find_map(|(&(id, session), log)| {
            let written = log.len() as u32;
            let required = self.survives.get(&(id, session)).copied().unwrap_or(written);
            let held = self.longest(view, id, session);
            (held < required).then(|| {
                let what = format!(
                    "{required} transactions of {} in {} were written and not wiped or taken away, but no node holds more than {held}",
                    cast.session(session),
                    cast.co_value(id),
                );
                Subject { node: session_parts(session).0, peer: None, id: Some(id), kind: "log", what }
            })
        });
        (ledger.logs.len() as u64, lost)
    }
}

//! `no_lost_write`: what a node reported written is held at rest, unless every node that held it lost it to something
//! that no node can help: a wipe, a crash before it was on the disk, an old copy in place of a disk, a damaged disk.

use super::hostile::Hostile;
use super::ledger::Ledger;
use super::violation::Subject;
use crate::cojson::{Cast, CoJson, session_parts};
use crate::host::NodeId;
use crate::observer::Ending;
use crate::world::View;
use cosim_core::{CoId, Names, SessionId};
use std::collections::{BTreeMap, BTreeSet};

/// How much of each log may be lost.
#[derive(Clone, Debug, Default)]
pub(super) struct NoLostWrite {
    /// Where the last holders of a log's end lost it: the length that somebody still held.
    survives: BTreeMap<(CoId, SessionId), u32>,
    /// Nodes that will come up with something else than they held.
    losing: BTreeMap<NodeId, Loss>,
    /// Nodes whose disk is damaged: what they will find on it is not known.
    damaged: BTreeSet<NodeId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loss {
    /// All of it, as far as is known.
    All,
    /// What is not on the disk.
    Volatile,
}

impl NoLostWrite {
    /// A bit on a node's disk flips.
    pub(super) fn damaged(&mut self, node: NodeId) {
        self.damaged.insert(node);
    }

    /// A process ends.
    pub(super) fn goes_down<N: CoJson>(
        &mut self,
        view: &View<'_, N>,
        node: NodeId,
        ending: Ending,
        ledger: &Ledger,
        hostile: &Hostile,
    ) {
        let has_disk = view.hosts[node.index()].disk.is_some();
        let loss = match ending {
            Ending::Wipe | Ending::Restore(_) | Ending::Leave => Loss::All,
            Ending::Crash | Ending::Restart if self.damaged.contains(&node) => Loss::All,
            Ending::Crash | Ending::Restart if has_disk => Loss::Volatile,
            Ending::Crash | Ending::Restart => return,
        };
        if ending == Ending::Wipe {
            self.damaged.remove(&node);
        }
        self.losing.insert(node, loss);
        for &(id, session) in ledger.logs.keys() {
            let elsewhere = self.longest(view, hostile, (id, session));
            let required = self.required(id, session, ledger);
            if elsewhere < required {
                self.survives.insert((id, session), elsewhere);
            }
        }
    }

    /// A process has come up, and holds what it holds.
    pub(super) fn came_up(&mut self, node: NodeId) {
        self.losing.remove(&node);
    }

    fn required(&self, id: CoId, session: SessionId, ledger: &Ledger) -> u32 {
        let reported = ledger.reported(id, session);
        self.survives.get(&(id, session)).map_or(reported, |survives| reported.min(*survives))
    }

    /// How much of a log some honest node holds.
    fn longest<N: CoJson>(
        &self,
        view: &View<'_, N>,
        hostile: &Hostile,
        (id, session): (CoId, SessionId),
    ) -> u32 {
        let honest = (0..).map(NodeId).zip(view.hosts).filter(|(node, _)| !hostile.is(*node));
        let counts = honest.map(|(node, host)| match self.losing.get(&node) {
            Some(Loss::All) => 0,
            Some(Loss::Volatile) => host.node.durable(id).count(session),
            None => host.node.state().co_values.get(&id).map_or(0, |co_value| co_value.count(session)),
        });
        counts.max().unwrap_or(0)
    }

    /// Nothing will happen any more: every write must be somewhere.
    pub(super) fn at_rest<N: CoJson>(
        &self,
        view: &View<'_, N>,
        ledger: &Ledger,
        hostile: &Hostile,
        cast: &Cast,
    ) -> (u64, Option<Subject>) {
        let mut honest = ledger.logs.keys().filter(|(_, session)| !hostile.writes(*session));
        let lost = honest.find_map(|&(id, session)| {
            let required = self.required(id, session, ledger);
            let held = self.longest(view, hostile, (id, session));
            (held < required).then(|| {
                let what = format!(
                    "{required} transactions of {} in {} were written and not lost, but no node holds more than {held}",
                    cast.session(session),
                    cast.co_value(id),
                );
                Subject { node: session_parts(session).0, peer: None, id: Some(id), kind: "log", what }
            })
        });
        (ledger.logs.len() as u64, lost)
    }
}

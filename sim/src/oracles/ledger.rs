//! The reference model: what the apps asked for, and nothing else. It knows no message and no peer: the truth about a
//! log is the sequence of batches that its author's app wrote.

use crate::cojson::{CoJson, Command};
use crate::host::NodeId;
use crate::world::View;
use cosim_core::{CoId, FastTransaction, SessionId};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that the apps of all nodes did.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    /// What was written, by CoValue and session.
    pub(super) logs: BTreeMap<(CoId, SessionId), Vec<FastTransaction>>,
    /// Which CoValues the app of which node has asked for, and not said `done` of since.
    wants: BTreeSet<(NodeId, CoId)>,
    /// Which CoValues the app of which node has said `done` of last.
    done: BTreeSet<(NodeId, CoId)>,
}

impl Ledger {
    /// An app asks for something. It gets it where that makes sense: no edit without a header.
    pub(super) fn apply<N: CoJson>(&mut self, view: &View<'_, N>, node: NodeId, command: &Command) {
        let host = &view.hosts[node.index()].node;
        let entry = host.state().co_values.get(&command.id());
        match command {
            Command::Create { .. } => {}
            Command::Edit(edit) => {
                let Some(co_value) = entry.filter(|co_value| co_value.header.is_some()) else {
                    return;
                };
                let log = self.logs.entry((edit.id, host.session())).or_default();
                if log.len() == co_value.count(host.session()) as usize {
                    log.extend(edit.transactions(view.wall(node)));
                }
            }
            Command::Load { id } => {
                self.wants.insert((node, *id));
                self.done.remove(&(node, *id));
            }
            Command::Done { id } => {
                self.wants.remove(&(node, *id));
                if entry.is_some() {
                    self.done.insert((node, *id));
                }
            }
        }
    }

    /// A process ends, and with it what its app wants.
    pub(super) fn goes_down(&mut self, node: NodeId) {
        self.wants.retain(|(wanting, _)| *wanting != node);
        self.done.retain(|(done, _)| *done != node);
    }

    /// Whether the app of `node` wants `id`.
    pub(super) fn wants(&self, node: NodeId, id: CoId) -> bool {
        self.wants.contains(&(node, id))
    }

    /// Whether the app of `node` wants `id` no longer.
    pub(super) fn is_done(&self, node: NodeId, id: CoId) -> bool {
        self.done.contains(&(node, id))
    }

    /// What was written in a session.
    pub(super) fn log(&self, id: CoId, session: SessionId) -> &[FastTransaction] {
        self.logs.get(&(id, session)).map_or(&[], Vec::as_slice)
    }
}

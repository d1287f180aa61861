//! `load_ends`: every load ends, as available or unavailable, within its bound, and ends right.

use super::ledger::Ledger;
use super::violation::Subject;
use crate::cojson::{Cast, CoJson, Command, Notice};
use crate::host::NodeId;
use crate::world::View;
use cosim_core::{CoId, Names, Span, Time};
use std::collections::BTreeMap;

/// The loads that have not ended, and how the others did.
#[derive(Clone, Debug, Default)]
pub(super) struct LoadEnds {
    since: BTreeMap<(NodeId, CoId), Time>,
    /// The earliest load that has not ended may end this late; nothing needs a look before.
    oldest: Option<Time>,
    ended: BTreeMap<(NodeId, CoId), bool>,
}

impl LoadEnds {
    /// An app asks for something; `ledger` knows what it asked for before.
    pub(super) fn commanded(&mut self, now: Time, node: NodeId, command: &Command, ledger: &Ledger) {
        match command {
            Command::Load { id } if !ledger.wants(node, *id) => {
                self.since.insert((node, *id), now);
                self.ended.remove(&(node, *id));
            }
            Command::Done { id } => {
                self.since.remove(&(node, *id));
            }
            Command::Load { .. } | Command::Create { .. } | Command::Edit(_) => {}
        }
        self.oldest = self.since.values().min().copied();
    }

    /// A process ends, and with it what its app waits for.
    pub(super) fn goes_down(&mut self, node: NodeId) {
        self.since.retain(|(waiting, _), _| *waiting != node);
        self.ended.retain(|(waiting, _), _| *waiting != node);
        self.oldest = self.since.values().min().copied();
    }

    /// A node tells its app something.
    pub(super) fn noticed<N: CoJson>(
        &mut self,
        view: &View<'_, N>,
        node: NodeId,
        notice: &Notice,
        cast: &Cast,
    ) -> Option<Subject> {
        let Notice::LoadEnded { id, available } = *notice else {
            return None;
        };
        self.since.remove(&(node, id));
        self.oldest = self.since.values().min().copied();
        self.ended.insert((node, id), available);
        let state = view.hosts[node.index()].node.state();
        let here = state.co_values.get(&id).is_some_and(|co_value| co_value.header.is_some());
        (here != available).then(|| {
            let verdict = if available { "available" } else { "unavailable" };
            let what = format!("{} reports {} as {verdict}, which is not so", cast.node(node), cast.co_value(id));
            Subject { node, peer: None, id: Some(id), kind: "verdict", what }
        })
    }

    /// Whether a load has gone on for longer than `within`; counts a look where one may have.
    pub(super) fn look(&mut self, now: Time, within: Span, cast: &Cast) -> (u64, Option<Subject>) {
        if self.oldest.is_none_or(|oldest| now < oldest + within) {
            return (u64::from(self.oldest.is_some()), None);
        }
        let late = self.since.iter().find(|(_, since)| now >= **since + within).map(|(key, since)| (*key, *since));
        let found = late.map(|((node, id), since)| {
            self.since.remove(&(node, id));
            self.oldest = self.since.values().min().copied();
            let what = format!(
                "{}'s load of {}, begun at {since}, has not ended within {within}",
                cast.node(node),
                cast.co_value(id)
            );
            Subject { node, peer: None, id: Some(id), kind: "load", what }
        });
        (1, found)
    }

    /// Nothing will happen any more: no load may be left.
    pub(super) fn at_rest(&self, cast: &Cast) -> Option<Subject> {
        let (node, id) = *self.since.keys().next()?;
        let what = format!("{}'s load of {} never ends", cast.node(node), cast.co_value(id));
        Some(Subject { node, peer: None, id: Some(id), kind: "load", what })
    }

    /// How the last load of `id` by `node` ended, where it did.
    pub(super) fn ended(&self, node: NodeId, id: CoId) -> Option<bool> {
        self.ended.get(&(node, id)).copied()
    }
}

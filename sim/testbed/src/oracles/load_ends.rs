//! `load_ends`: every load ends, as available or unavailable, within its bound, and ends right: as unavailable only when
//! every server was asked.

use super::heard::Heard;
use super::ledger::Ledger;
use super::violation::Subject;
use crate::cojson::{Cast, CoJson, Command, Notice};
use crate::host::NodeId;
use crate::world::View;
use cosim_core::{CoId, Names, Relationship, Span, Time};
use std::collections::{BTreeMap, BTreeSet};

/// The loads that have not ended, and how the others did.
#[derive(Clone, Debug, Default)]
pub(super) struct LoadEnds {
    since: BTreeMap<(NodeId, CoId), Time>,
    /// The same, the oldest first: nothing but that one needs a look.
    by_age: BTreeSet<(Time, NodeId, CoId)>,
    ended: BTreeMap<(NodeId, CoId), bool>,
}

impl LoadEnds {
    /// An app asks for something; `ledger` knows what it asked for before.
    pub(super) fn commanded(&mut self, now: Time, node: NodeId, command: &Command, ledger: &Ledger) {
        match command {
            Command::Load { id } if !ledger.wants(node, *id) => {
                self.ends(node, *id);
                self.since.insert((node, *id), now);
                self.by_age.insert((now, node, *id));
                self.ended.remove(&(node, *id));
            }
            Command::Done { id } => {
                self.ends(node, *id);
            }
            Command::Load { .. } | Command::Create { .. } | Command::Edit(_) | Command::Attack(_) => {}
        }
    }

    /// A load goes on no longer, if it did.
    fn ends(&mut self, node: NodeId, id: CoId) {
        if let Some(since) = self.since.remove(&(node, id)) {
            self.by_age.remove(&(since, node, id));
        }
    }

    /// A process ends, and with it what its app waits for.
    pub(super) fn goes_down(&mut self, node: NodeId) {
        self.since.retain(|(waiting, _), _| *waiting != node);
        self.by_age.retain(|(_, waiting, _)| *waiting != node);
        self.ended.retain(|(waiting, _), _| *waiting != node);
    }

    /// A node does nothing until it wakes: that is no part of the time that a load may take.
    pub(super) fn sleeps(&mut self, node: NodeId) {
        self.by_age.retain(|(_, waiting, _)| *waiting != node);
    }

    /// A node that slept goes on: its loads have their whole time again.
    pub(super) fn wakes(&mut self, now: Time, node: NodeId) {
        for ((_, id), since) in self.since.range_mut((node, CoId(0))..=(node, CoId(u32::MAX))) {
            *since = now;
            self.by_age.insert((now, node, *id));
        }
    }

    /// A node tells its app something; counts a look where it is how a load has ended.
    pub(super) fn noticed<N: CoJson>(
        &mut self,
        view: &View<'_, N>,
        node: NodeId,
        notice: &Notice,
        heard: &Heard,
        cast: &Cast,
    ) -> (u64, Option<Subject>) {
        let Notice::LoadEnded { id, available } = *notice else {
            return (0, None);
        };
        self.ends(node, id);
        self.ended.insert((node, id), available);
        let state = view.hosts[node.index()].node.state();
        let here = state.co_values.get(&id).is_some_and(|co_value| co_value.header.is_some());
        let found = (here != available).then(|| {
            let verdict = if available { "available" } else { "unavailable" };
            let what =
                format!("{} reports {} as {verdict}, which is not so", cast.node(node), cast.co_value(id));
            Subject { node, peer: None, id: Some(id), kind: "verdict", what }
        });
        let unasked = || if available { None } else { unasked_server(view, node, id, heard, cast) };
        (1, found.or_else(unasked))
    }

    /// Whether a load has gone on for longer than `within`; counts a look where one goes on.
    pub(super) fn look(&mut self, now: Time, within: Span, cast: &Cast) -> (u64, Option<Subject>) {
        let Some(&(since, node, id)) = self.by_age.first() else {
            return (0, None);
        };
        if now < since + within {
            return (1, None);
        }
        self.ends(node, id);
        let what = format!(
            "{}'s load of {}, begun at {since}, has not ended within {within}",
            cast.node(node),
            cast.co_value(id)
        );
        (1, Some(Subject { node, peer: None, id: Some(id), kind: "load", what }))
    }

    /// Nothing will happen any more: no load may be left, and what came after its verdict was reported.
    pub(super) fn at_rest<N: CoJson>(
        &self,
        view: &View<'_, N>,
        ledger: &Ledger,
        cast: &Cast,
    ) -> Option<Subject> {
        if let Some(&(node, id)) = self.since.keys().next() {
            let what = format!("{}'s load of {} never ends", cast.node(node), cast.co_value(id));
            return Some(Subject { node, peer: None, id: Some(id), kind: "load", what });
        }
        let is_here = |node: NodeId, id: CoId| {
            let co_value = view.hosts[node.index()].node.state().co_values.get(&id);
            co_value.is_some_and(|co_value| co_value.header.is_some())
        };
        let (&(node, id), _) = self.ended.iter().find(|((node, id), available)| {
            !**available && ledger.wants(*node, *id) && is_here(*node, *id)
        })?;
        let what = format!(
            "{} was told last that {} is unavailable, and holds it",
            cast.node(node),
            cast.co_value(id)
        );
        Some(Subject { node, peer: None, id: Some(id), kind: "verdict", what })
    }

    /// How the last load of `id` by `node` ended, where it did.
    pub(super) fn ended(&self, node: NodeId, id: CoId) -> Option<bool> {
        self.ended.get(&(node, id)).copied()
    }
}

/// A server that a node is connected to, and whose answer it did not wait for.
fn unasked_server<N: CoJson>(
    view: &View<'_, N>,
    node: NodeId,
    id: CoId,
    heard: &Heard,
    cast: &Cast,
) -> Option<Subject> {
    let is_server = |peer: NodeId| {
        view.links().any(|link| {
            link.spec.ends.contains(&node)
                && link.spec.ends.contains(&peer)
                && link.spec.end_of(node).relationship == Relationship::SyncAllOurs
        })
    };
    let (peer, _) = heard.peers(node).find(|(peer, connection)| {
        let hearing = heard.of(*connection, node, id);
        is_server(*peer) && !hearing.is_some_and(|hearing| hearing.may_lack(view.now))
    })?;
    let what = format!(
        "{} reports {} as unavailable, but has not waited for its server {}",
        cast.node(node),
        cast.co_value(id),
        cast.node(peer)
    );
    Some(Subject { node, peer: Some(peer), id: Some(id), kind: "verdict", what })
}

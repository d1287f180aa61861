//! `convergence`: at rest, nodes that want a CoValue and are joined by connected links hold the same of it.
//!
//! Judged link by link between honest nodes, of the sessions of honest authors, which carries over to every group that links join. Who wants what is a matter of what the apps
//! asked for: a server wants whatever its clients hold, a client whatever its server announces, until its app says
//! `done`; an equal peer wants what it holds. Whoever is a server wants what its clients want, whatever its own app says.

use super::Setup;
use super::hostile::Hostile;
use super::ledger::Ledger;
use super::violation::Subject;
use crate::cojson::CoJson;
use crate::cojson::SimCrypto;
use crate::host::NodeId;
use crate::world::View;
use cosim_core::node::Announce;
use cosim_core::state::CoValueState;
use cosim_core::{CoId, Names, Relationship};
use std::collections::BTreeSet;

pub(super) fn look<N: CoJson>(
    view: &View<'_, N>,
    ledger: &Ledger,
    hostile: &Hostile,
    setup: &Setup,
) -> (u64, Option<Subject>) {
    let ids: BTreeSet<CoId> =
        view.hosts.iter().flat_map(|host| host.node.state().co_values.keys().copied()).collect();
    let mut looks = 0;
    for link in view.links().filter(|link| link.open.is_some() && link.passes) {
        let [a, b] = link.spec.ends;
        if hostile.is(a) || hostile.is(b) {
            continue;
        }
        for (node, peer, end) in [(a, b, link.spec.end[0]), (b, a, link.spec.end[1])] {
            for &id in &ids {
                looks += 1;
                let pair = Pair { view, ledger, hostile, setup, node, peer, id };
                if let Some(subject) = pair.look(end.relationship) {
                    return (looks, Some(subject));
                }
            }
        }
    }
    (looks, None)
}

/// One CoValue at both ends of a link, seen from `node`.
struct Pair<'a, N: CoJson> {
    view: &'a View<'a, N>,
    ledger: &'a Ledger,
    hostile: &'a Hostile,
    setup: &'a Setup,
    node: NodeId,
    peer: NodeId,
    id: CoId,
}

impl<N: CoJson> Pair<'_, N> {
    fn look(&self, relationship: Relationship) -> Option<Subject> {
        let [here, there] = [self.node, self.peer].map(|node| {
            let state = self.view.hosts[node.index()].node.state();
            state.co_values.get(&self.id).filter(|co_value| co_value.header.is_some())
        });
        let node_done = self.is_over(self.node);
        let peer_done = self.is_over(self.peer);
        match (relationship, here, there) {
            (Relationship::SyncAllOurs, Some(_), None) => self.lacks("its client"),
            (Relationship::SyncAllOurs, Some(here), Some(there)) => {
                let [ours, theirs] = [here, there].map(|held| self.hostile.honest_part(held));
                if here.header != there.header {
                    return self.differ("header");
                }
                if !ours.le(&theirs) || (!node_done && ours != theirs) || !self.same_logs(here, there) {
                    return self.differ("log");
                }
                None
            }
            (Relationship::SyncTheirs, Some(_), None) => {
                let announced = self.setup.announce[self.node.index()] == Announce::All && !peer_done;
                if announced || self.is_wanted(self.peer) { self.lacks("its server") } else { None }
            }
            (Relationship::SyncCommon, Some(here), Some(there)) if !node_done && !peer_done => {
                if here.header != there.header {
                    return self.differ("header");
                }
                let [ours, theirs] = [here, there].map(|held| self.hostile.honest_part(held));
                let same = ours == theirs && self.same_logs(here, there);
                if same { None } else { self.differ("log") }
            }
            _ => None,
        }
    }

    fn lacks(&self, holder: &str) -> Option<Subject> {
        let cast = &self.setup.cast;
        let what = format!(
            "{} lacks {}, which {holder} {} holds",
            cast.node(self.peer),
            cast.co_value(self.id),
            cast.node(self.node)
        );
        Some(Subject { node: self.node, peer: Some(self.peer), id: Some(self.id), kind: "header", what })
    }

    fn differ(&self, kind: &'static str) -> Option<Subject> {
        let cast = &self.setup.cast;
        let what = format!(
            "{} and {} hold different {kind}s of {}",
            cast.node(self.node),
            cast.node(self.peer),
            cast.co_value(self.id)
        );
        Some(Subject { node: self.node, peer: Some(self.peer), id: Some(self.id), kind, what })
    }

    /// The clients with which a node can talk.
    fn clients(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let links = self.view.links().filter(|link| link.open.is_some() && link.passes);
        links.filter_map(move |link| {
            let [a, b] = link.spec.ends;
            let client = if a == node { b } else { a };
            let is_server =
                (a == node || b == node) && link.spec.end_of(node).relationship == Relationship::SyncTheirs;
            is_server.then_some(client)
        })
    }

    /// Whether a node's app, or a client's, wants the CoValue. No node is its own client's client.
    fn is_wanted(&self, node: NodeId) -> bool {
        self.ledger.wants(node, self.id) || self.clients(node).any(|client| self.is_wanted(client))
    }

    /// Whether a node's app wants the CoValue no longer, and no client of its that holds it does.
    fn is_over(&self, node: NodeId) -> bool {
        let holds = |client: NodeId| {
            let co_value = self.view.hosts[client.index()].node.state().co_values.get(&self.id);
            co_value.is_some_and(|co_value| co_value.header.is_some())
        };
        self.ledger.is_done(node, self.id)
            && self.clients(node).all(|client| !holds(client) || self.is_over(client))
    }

    /// Whether logs of the same length are the same, those of hostile authors aside.
    fn same_logs(&self, a: &CoValueState<SimCrypto>, b: &CoValueState<SimCrypto>) -> bool {
        let mut honest = a.sessions.iter().filter(|(session, _)| !self.hostile.writes(*session));
        honest.all(|(session, log)| {
            b.sessions
                .get(session)
                .is_none_or(|other| other.len() != log.len() || other.transactions == log.transactions)
        })
    }
}

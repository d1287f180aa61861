//! `convergence`: at rest, nodes that want a CoValue and are joined by connected links hold the same of it.
//!
//! Judged link by link between honest nodes, of the sessions of honest authors, which carries over to every group that
//! links join. Who wants what is a matter of what the apps asked for, see [`Interest`]: a server wants whatever its clients hold, a client whatever its server announces, until its app says
//! `done`; an equal peer wants what it holds. Who knows that a CoValue was deleted for good wants no more of it. Whoever is a server wants what its clients want, whatever its own app says.

use super::about::{About, Blames, Needed, Property};
use super::evidence::{Evidence, Need};
use super::holdings::Stored;
use super::interest::Interest;
use super::oracle::{Look, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::host::NodeId;
use cosim_core::node::Announce;
use cosim_core::{CoId, Names, Relationship};
use std::collections::BTreeSet;

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "convergence",
    sentence: "nodes that are joined by a connected link, and both want a CoValue, hold the same of it",
    when: "at rest",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Nothing,
    needs: &[Need::Ledger],
    turn: 11,
    since: 1,
};

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Convergence;

impl Oracle for Convergence {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    /// Every CoValue that anybody holds counts as a look at every end of a link, and at what a new client gets of it from
    /// each guest that holds it. What a node lacks needs no more than to
    /// be counted: who should have got it from it is nobody.
    fn at_rest(&mut self, scene: &Scene<'_>) -> Look {
        let all = |node| scene.world.holdings(node).ids(CoId(0), CoId(u32::MAX));
        let ids: Vec<CoId> = scene.nodes().flat_map(all).collect::<BTreeSet<_>>().into_iter().collect();
        let interest = Interest::of(scene);
        let mut looks = 0;
        for link in scene.world.links().filter(|link| link.joins) {
            let [a, b] = link.ends;
            if scene.evidence.hostile.is(a) || scene.evidence.hostile.is(b) {
                continue;
            }
            for (node, peer, relationship) in [(a, b, link.relationship[0]), (b, a, link.relationship[1])] {
                for id in all(node) {
                    let pair = Pair { scene, interest: &interest, node, peer, id };
                    if let Some(subject) = pair.look(relationship) {
                        let before = ids.partition_point(|other| *other < id);
                        return Look::times((looks + before as u64 + 1, Some(subject)));
                    }
                }
                looks += ids.len() as u64;
            }
        }
        for node in scene.nodes().filter(|node| scene.world.is_up(*node)) {
            let Some(got) = scene.world.holdings(node).served_to_a_newcomer(scene.world.now()) else {
                continue;
            };
            for id in all(node).filter(|id| scene.has_header(node, *id)) {
                looks += 1;
                let known = scene.held(node, id).map(Stored::known).unwrap_or_default();
                let got = got.get(&id);
                let is_deleted = |known| scene.setup.is_deleted(known);
                // Of what is deleted for good, a newcomer needs no more than to know that.
                let is_over = is_deleted(&known) && got.is_some_and(is_deleted);
                if got != Some(&known) && !is_over {
                    return Look::times((looks, Some(withheld(scene, node, id))));
                }
            }
        }
        Look::times((looks, None))
    }
}

/// A node does not hand on what it holds.
fn withheld(scene: &Scene<'_>, node: NodeId, id: CoId) -> Subject {
    let (node_name, name) = (scene.setup.cast.node(node), scene.setup.cast.co_value(id));
    let what =
        format!("a new client that asks {node_name} for {name} does not get all that {node_name} holds");
    Subject { node, peer: None, id: Some(id), kind: "handed-on", what }
}

/// One CoValue at both ends of a link, seen from `node`.
struct Pair<'a> {
    scene: &'a Scene<'a>,
    interest: &'a Interest,
    node: NodeId,
    peer: NodeId,
    id: CoId,
}

impl Pair<'_> {
    fn look(&self, relationship: Relationship) -> Option<Subject> {
        let Scene { evidence: Evidence { hostile, .. }, setup, .. } = self.scene;
        let [here, there] = [self.node, self.peer].map(|node| self.scene.held(node, self.id));
        if setup.speaks_other {
            return if here.is_some() && there.is_some() { self.show_the_same() } else { None };
        }
        let is_over = |node| self.interest.is_over(node, self.id);
        let follows = |node| !is_over(node) && !self.has_only_found(node);
        let deleted = [here, there].map(|held| held.is_some_and(|held| setup.is_deleted(&held.known())));
        match (relationship, here, there) {
            // Of what is deleted for good, nobody needs more than to know that.
            (_, Some(_), Some(_)) if deleted == [true, true] => None,
            (Relationship::SyncAllOurs, Some(_), Some(_)) if deleted == [false, true] => {
                if follows(self.node) { self.differ("deletion") } else { None }
            }
            (Relationship::SyncAllOurs, Some(_), None) => self.lacks("its client"),
            (Relationship::SyncAllOurs, Some(here), Some(there)) => {
                let [ours, theirs] = [here, there].map(|held| hostile.honest_part(held));
                if here.header() != there.header() {
                    return self.differ("header");
                }
                if !ours.le(&theirs) || (ours != theirs && follows(self.node)) || !self.same_logs(here, there)
                {
                    return self.differ("log");
                }
                None
            }
            (Relationship::SyncTheirs, Some(_), None) => {
                let announces = setup.announce[self.node.index()] == Announce::All;
                let is_due = (announces && !is_over(self.peer)) || self.interest.wants(self.peer, self.id);
                let forgets = self.scene.evidence.ledger.collects_garbage(self.peer);
                if is_due && !forgets { self.lacks("its server") } else { None }
            }
            (Relationship::SyncCommon, Some(here), Some(there))
                if follows(self.node) && follows(self.peer) =>
            {
                if here.header() != there.header() {
                    return self.differ("header");
                }
                let [ours, theirs] = [here, there].map(|held| hostile.honest_part(held));
                let same = ours == theirs && self.same_logs(here, there);
                if same { None } else { self.differ("log") }
            }
            _ => None,
        }
    }

    /// Whether a node is a guest that has it on its disk, and nobody asks it for that.
    fn has_only_found(&self, node: NodeId) -> bool {
        self.scene.evidence.ledger.has_found(node, self.id) && !self.interest.wants(node, self.id)
    }

    /// Whether both apps see the same, where logs say nothing.
    fn show_the_same(&self) -> Option<Subject> {
        let shown = |node| self.scene.world.holdings(node).displayed(self.id);
        if shown(self.node) == shown(self.peer) { None } else { self.differ("state") }
    }

    fn lacks(&self, holder: &str) -> Option<Subject> {
        let cast = &self.scene.setup.cast;
        let what = format!(
            "{} lacks {}, which {holder} {} holds",
            cast.node(self.peer),
            cast.co_value(self.id),
            cast.node(self.node)
        );
        Some(Subject { node: self.node, peer: Some(self.peer), id: Some(self.id), kind: "header", what })
    }

    fn differ(&self, kind: &'static str) -> Option<Subject> {
        let cast = &self.scene.setup.cast;
        let what = format!(
            "{} and {} hold different {kind}s of {}",
            cast.node(self.node),
            cast.node(self.peer),
            cast.co_value(self.id)
        );
        Some(Subject { node: self.node, peer: Some(self.peer), id: Some(self.id), kind, what })
    }

    /// Whether logs of the same length are the same, those of hostile authors aside.
    fn same_logs(&self, a: &dyn Stored, b: &dyn Stored) -> bool {
        let hostile = &self.scene.evidence.hostile;
        let mut honest = a.logs().filter(|(session, _)| !hostile.writes(*session));
        honest.all(|(session, log)| {
            b.log(session).is_none_or(|other| {
                other.transactions.len() != log.transactions.len() || other.transactions == log.transactions
            })
        })
    }
}

//! `load_ends`: every load ends, as available or unavailable, within its bound, and ends right: as unavailable only when
//! every server was asked.

use super::Setup;
use super::about::{About, Blames, Needed, Property};
use super::evidence::{Evidence, Need};
use super::honest_no::{DEADLINES, open_servers};
use super::oracle::{Look, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::{Command, Notice};
use crate::host::NodeId;
use crate::observer::{Condition, Ending};
use cosim_core::{CoId, Names, Time};
use std::collections::{BTreeMap, BTreeSet};

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "load_ends",
    sentence: "every load ends within its bound, and ends truthfully: as unavailable only when every server was asked, and once more if the CoValue comes later",
    when: "every event, and at rest",
    property: Property::Liveness,
    blames: Blames::Honest,
    subject: Needed::Loads,
    needs: &[Need::Ledger, Need::Heard, Need::Verdicts],
    turn: 14,
    since: 1,
};

/// The loads that have not ended.
#[derive(Clone, Debug, Default)]
pub(super) struct LoadEnds {
    since: BTreeMap<(NodeId, CoId), Time>,
    /// The same, the oldest first: nothing but that one needs a look.
    by_age: BTreeSet<(Time, NodeId, CoId)>,
}

impl Oracle for LoadEnds {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn commanded(&mut self, scene: &Scene<'_>, node: NodeId, command: &Command) -> Look {
        match command {
            Command::Load { id } if !scene.evidence.ledger.wants(node, *id) => {
                if !scene.evidence.hostile.is(node) {
                    self.ends(node, *id);
                    self.begins(scene.world.now(), node, *id);
                }
            }
            Command::Done { id } => self.ends(node, *id),
            Command::Load { .. }
            | Command::Create { .. }
            | Command::Edit(_)
            | Command::Ask(_)
            | Command::Attack(_) => {}
        }
        Look::NONE
    }

    /// A process ends, and with it what its app waits for.
    fn goes_down(&mut self, _scene: &Scene<'_>, node: NodeId, _ending: Ending) -> Look {
        self.since.retain(|(waiting, _), _| *waiting != node);
        self.by_age.retain(|(_, waiting, _)| *waiting != node);
        Look::NONE
    }

    fn became(&mut self, scene: &Scene<'_>, node: NodeId, condition: Condition) -> Look {
        match condition {
            Condition::Asleep => self.sleeps(node),
            Condition::Awake => self.wakes(scene.world.now(), node),
            Condition::Offline | Condition::Online => {}
        }
        Look::NONE
    }

    /// Counts a look where a node tells its app how a load has ended.
    fn noticed(&mut self, scene: &Scene<'_>, node: NodeId, notice: &Notice) -> Look {
        let Notice::LoadEnded { id, available } = *notice else { return Look::NONE };
        self.ends(node, id);
        let cast = &scene.setup.cast;
        let found = (scene.has_header(node, id) != available).then(|| {
            let verdict = if available { "available" } else { "unavailable" };
            let what =
                format!("{} reports {} as {verdict}, which is not so", cast.node(node), cast.co_value(id));
            Subject { node, peer: None, id: Some(id), kind: "verdict", what }
        });
        // How a guest asks is its own business.
        let is_ours = !scene.setup.guests.contains(&node);
        let unasked = || if available || !is_ours { None } else { unasked_server(scene, node, id) };
        Look::once(found.or_else(unasked))
    }

    /// Counts a look where a load goes on.
    fn settled(&mut self, scene: &Scene<'_>, _node: NodeId) -> Look {
        let Some(&(since, node, id)) = self.by_age.first() else { return Look::NONE };
        let Setup { cast, load_within: within, .. } = scene.setup;
        if scene.world.now() < since + *within {
            return Look::once(None);
        }
        self.ends(node, id);
        let what = format!(
            "{}'s load of {}, begun at {since}, has not ended within {within}",
            cast.node(node),
            cast.co_value(id)
        );
        Look::once(Some(Subject { node, peer: None, id: Some(id), kind: "load", what }))
    }

    /// No load may be left, and what came after its verdict was reported.
    fn at_rest(&mut self, scene: &Scene<'_>) -> Look {
        let Evidence { ledger, verdicts, .. } = scene.evidence;
        let cast = &scene.setup.cast;
        if let Some(&(node, id)) = self.since.keys().next() {
            let what = format!("{}'s load of {} never ends", cast.node(node), cast.co_value(id));
            let subject = Subject { node, peer: None, id: Some(id), kind: "load", what };
            return Look::times((0, Some(subject)));
        }
        // What comes after its verdict a guest may leave to its app to notice.
        let wrong = verdicts.all().find(|((node, id), available)| {
            !available
                && !scene.setup.guests.contains(node)
                && ledger.wants(*node, *id)
                && scene.has_header(*node, *id)
        });
        let subject = wrong.map(|((node, id), _)| {
            let what = format!(
                "{} was told last that {} is unavailable, and holds it",
                cast.node(node),
                cast.co_value(id)
            );
            Subject { node, peer: None, id: Some(id), kind: "verdict", what }
        });
        Look::times((0, subject))
    }
}

impl LoadEnds {
    fn begins(&mut self, now: Time, node: NodeId, id: CoId) {
        self.since.insert((node, id), now);
        self.by_age.insert((now, node, id));
    }

    /// A load goes on no longer, if it did.
    fn ends(&mut self, node: NodeId, id: CoId) {
        if let Some(since) = self.since.remove(&(node, id)) {
            self.by_age.remove(&(since, node, id));
        }
    }

    /// A node does nothing until it wakes: that is no part of the time that a load may take.
    fn sleeps(&mut self, node: NodeId) {
        self.by_age.retain(|(_, waiting, _)| *waiting != node);
    }

    /// A node that slept goes on: its loads have their whole time again.
    fn wakes(&mut self, now: Time, node: NodeId) {
        for ((_, id), since) in self.since.range_mut((node, CoId(0))..=(node, CoId(u32::MAX))) {
            *since = now;
            self.by_age.insert((now, node, *id));
        }
    }
}

/// A server that a node is connected to, and whose answer it did not wait for.
fn unasked_server(scene: &Scene<'_>, node: NodeId, id: CoId) -> Option<Subject> {
    let peer = open_servers(scene, node, id, DEADLINES).next()?;
    let cast = &scene.setup.cast;
    let what = format!(
        "{} reports {} as unavailable, but has not waited for its server {}",
        cast.node(node),
        cast.co_value(id),
        cast.node(peer)
    );
    Some(Subject { node, peer: Some(peer), id: Some(id), kind: "verdict", what })
}

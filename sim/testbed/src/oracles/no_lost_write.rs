//! `no_lost_write`: what a node reported written is held at rest, unless every node that held it lost it to something
//! that no node can help: a wipe, a crash before it was on the disk, an old copy in place of a disk, a damaged disk.

use super::about::{About, Blames, Needed, Property};
use super::evidence::{Evidence, Need};
use super::ledger::Ledger;
use super::oracle::{Look, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::session_parts;
use crate::host::NodeId;
use crate::observer::Ending;
use cosim_core::{CoId, Names, SessionId};
use std::collections::{BTreeMap, BTreeSet};

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "no_lost_write",
    sentence: "what a node reported as written is still held by somebody, unless every holder lost it to something that no node can help: a wipe, a departure, a damaged or replaced disk, a crash before it was on the disk",
    when: "at rest",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Edits,
    needs: &[Need::Ledger],
    turn: 12,
    since: 1,
};

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

impl Oracle for NoLostWrite {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn spoilt(&mut self, _scene: &Scene<'_>, node: NodeId) -> Look {
        self.damaged.insert(node);
        Look::NONE
    }

    fn goes_down(&mut self, scene: &Scene<'_>, node: NodeId, ending: Ending) -> Look {
        let loss = match ending {
            Ending::Wipe | Ending::Restore(_) | Ending::Leave => Loss::All,
            Ending::Crash | Ending::Restart if self.damaged.contains(&node) => Loss::All,
            Ending::Crash | Ending::Restart if scene.world.has_disk(node) => Loss::Volatile,
            Ending::Crash | Ending::Restart => return Look::NONE,
        };
        if ending == Ending::Wipe {
            self.damaged.remove(&node);
        }
        self.losing.insert(node, loss);
        for (id, session) in scene.evidence.ledger.written() {
            let elsewhere = self.longest(scene, (id, session));
            let required = self.required(id, session, &scene.evidence.ledger);
            if elsewhere < required {
                self.survives.insert((id, session), elsewhere);
            }
        }
        Look::NONE
    }

    fn came_up(&mut self, _scene: &Scene<'_>, node: NodeId) -> Look {
        self.losing.remove(&node);
        Look::NONE
    }

    fn at_rest(&mut self, scene: &Scene<'_>) -> Look {
        let Evidence { ledger, hostile, .. } = scene.evidence;
        let cast = &scene.setup.cast;
        let mut honest = ledger.written().filter(|(_, session)| !hostile.writes(*session));
        let lost = honest.find_map(|(id, session)| {
            let required = self.required(id, session, ledger);
            let held = self.longest(scene, (id, session));
            (held < required).then(|| {
                let what = format!(
                    "{required} transactions of {} in {} were written and not lost, but no node holds more than {held}",
                    cast.session(session),
                    cast.co_value(id),
                );
                Subject { node: session_parts(session).0, peer: None, id: Some(id), kind: "log", what }
            })
        });
        Look::times((ledger.written().len() as u64, lost))
    }
}

impl NoLostWrite {
    fn required(&self, id: CoId, session: SessionId, ledger: &Ledger) -> u32 {
        let reported = ledger.reported(id, session);
        self.survives.get(&(id, session)).map_or(reported, |survives| reported.min(*survives))
    }

    /// How much of a log some honest node holds.
    fn longest(&self, scene: &Scene<'_>, (id, session): (CoId, SessionId)) -> u32 {
        let counts = scene.honest().map(|node| {
            let holdings = scene.world.holdings(node);
            let held = match self.losing.get(&node) {
                Some(Loss::All) => return 0,
                Some(Loss::Volatile) => holdings.durable(id).count(session),
                None => holdings.stored(id).map_or(0, |stored| stored.count(session)),
            };
            // What waits on its disk for what it depends on is not lost.
            held.max(holdings.put_aside(id).count(session))
        });
        counts.max().unwrap_or(0)
    }
}

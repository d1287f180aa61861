//! `no_lost_write`: what a node reported written is held at rest, unless every node that held it lost it to something
//! that no node can help: a wipe, a crash before it was on the disk, an old copy in place of a disk, a damaged disk.

use super::about::{About, Blames, Needed, Property};
use super::evidence::{Evidence, Need};
use super::ledger::Ledger;
use super::oracle::{Look, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::clock::WallTime;
use crate::cojson::{Notice, session_parts};
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
    /// What guests that speak another protocol have taken.
    taken: Vec<Taken>,
}

/// A write that a node has taken, and has not lost since.
#[derive(Clone, Copy, Debug)]
struct Taken {
    by: NodeId,
    id: CoId,
    operation: u32,
    /// What its author's clock showed.
    wall: WallTime,
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

    fn noticed(&mut self, scene: &Scene<'_>, node: NodeId, notice: &Notice) -> Look {
        if let Notice::Taken { id, operation } = *notice {
            self.taken.push(Taken { by: node, id, operation, wall: scene.world.wall(node) });
        }
        Look::NONE
    }

    fn spoilt(&mut self, scene: &Scene<'_>, node: NodeId) -> Look {
        self.damaged.insert(node);
        // Of one that is down, nothing counts any more that its disk had.
        if let Some(loss) = self.losing.get_mut(&node) {
            *loss = Loss::All;
            self.note_survivors(scene);
        }
        Look::NONE
    }

    fn goes_down(&mut self, scene: &Scene<'_>, node: NodeId, ending: Ending) -> Look {
        // What nobody else has goes with it.
        self.taken.retain(|taken| taken.by != node || is_elsewhere(scene, taken));
        let loss = match ending {
            Ending::Wipe | Ending::Restore(_) | Ending::Leave => Loss::All,
            Ending::Crash | Ending::Restart if self.damaged.contains(&node) => Loss::All,
            // What is told to end has the time to write all that it holds.
            Ending::Restart if scene.setup.guests.contains(&node) => return Look::NONE,
            Ending::Crash | Ending::Restart if scene.world.has_disk(node) => Loss::Volatile,
            Ending::Crash | Ending::Restart => return Look::NONE,
        };
        if ending == Ending::Wipe {
            self.damaged.remove(&node);
        }
        self.losing.insert(node, loss);
        self.note_survivors(scene);
        Look::NONE
    }

    fn came_up(&mut self, _scene: &Scene<'_>, node: NodeId) -> Look {
        self.losing.remove(&node);
        Look::NONE
    }

    fn at_rest(&mut self, scene: &Scene<'_>) -> Look {
        let Evidence { ledger, hostile, .. } = scene.evidence;
        let cast = &scene.setup.cast;
        if scene.setup.speaks_other {
            return Look::times((self.taken.len() as u64, self.unseen(scene)));
        }
        let mut honest = ledger.written().filter(|(_, session)| !hostile.writes(*session));
        let lost = honest.find_map(|(id, session)| {
            let required = self.required(id, session, ledger);
            let held = self.longest_of(scene, (id, session), required);
            (held < required && !is_deleted(scene, id)).then(|| {
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
    /// Takes down what of each log is left, where the last holders of more have just lost it.
    fn note_survivors(&mut self, scene: &Scene<'_>) {
        for (id, session) in scene.evidence.ledger.written() {
            let required = self.required(id, session, &scene.evidence.ledger);
            let elsewhere = self.longest_of(scene, (id, session), required);
            if elsewhere < required {
                self.survives.insert((id, session), elsewhere);
            }
        }
    }

    fn required(&self, id: CoId, session: SessionId, ledger: &Ledger) -> u32 {
        let reported = ledger.reported(id, session);
        self.survives.get(&(id, session)).map_or(reported, |survives| reported.min(*survives))
    }

    /// A write of which nothing shows where its author is joined, and nothing that was written later.
    fn unseen(&self, scene: &Scene<'_>) -> Option<Subject> {
        let joined = |a: NodeId, b: NodeId| {
            a == b || scene.world.links().any(|link| link.joins && link.is_between(a, b))
        };
        self.taken.iter().find_map(|taken| {
            let up = scene.nodes().filter(|node| scene.world.is_up(*node) && joined(taken.by, *node));
            let mut having = up.filter(|node| scene.has_header(*node, taken.id));
            let node = having.find(|node| !self.shows(scene, *node, taken))?;
            let cast = &scene.setup.cast;
            let what = format!(
                "{} has taken a write to {}, and {} shows neither it nor a later one",
                cast.node(taken.by),
                cast.co_value(taken.id),
                cast.node(node),
            );
            Some(Subject { node: taken.by, peer: Some(node), id: Some(taken.id), kind: "write", what })
        })
    }

    fn shows(&self, scene: &Scene<'_>, node: NodeId, taken: &Taken) -> bool {
        let shown = scene.world.holdings(node).tokens(taken.id);
        // The later one wins, be it by what clocks showed or by when it was taken.
        let of = |operation: u32| self.taken.iter().position(|other| other.operation == operation);
        let this = of(taken.operation);
        let is_late = |operation: &u32| {
            of(*operation).is_some_and(|at| Some(at) >= this || self.taken[at].wall >= taken.wall)
        };
        shown.iter().any(is_late)
    }

    /// How much of a log some honest node holds, as far as it matters: `enough` where one holds so much. Its author mostly
    /// does, so that one is asked first.
    fn longest_of(&self, scene: &Scene<'_>, log: (CoId, SessionId), enough: u32) -> u32 {
        let (author, _) = session_parts(log.1);
        let is_honest = author.index() < scene.world.nodes() && !scene.setup.hostile.contains(&author);
        let first = is_honest.then_some(author).into_iter();
        let mut longest = 0;
        for node in first.chain(scene.honest()) {
            longest = longest.max(self.held(scene, node, log));
            if longest >= enough {
                return enough;
            }
        }
        longest
    }

    /// How much of a log a node holds, or will when it is back.
    fn held(&self, scene: &Scene<'_>, node: NodeId, (id, session): (CoId, SessionId)) -> u32 {
        let holdings = scene.world.holdings(node);
        let held = match self.losing.get(&node) {
            Some(Loss::All) => return 0,
            Some(Loss::Volatile) => holdings.durable(id).count(session),
            None => holdings.stored(id).map_or(0, |stored| stored.count(session)),
        };
        // What waits on its disk for what it depends on is not lost.
        held.max(holdings.put_aside(id).count(session))
    }
}

/// Whether somebody knows that a CoValue was deleted for good: whoever hears of that forgets what was written.
fn is_deleted(scene: &Scene<'_>, id: CoId) -> bool {
    let mut held = scene.nodes().filter_map(|node| scene.held(node, id));
    held.any(|held| scene.setup.is_deleted(&held.known()))
}

/// Whether another node shows what one has taken.
fn is_elsewhere(scene: &Scene<'_>, taken: &Taken) -> bool {
    let mut others = scene.nodes().filter(|node| *node != taken.by && scene.world.is_up(*node));
    others.any(|node| scene.world.holdings(node).tokens(taken.id).contains(&taken.operation))
}

//! `durable`: a process that starts from its disk holds at least everything that the disk had acknowledged, and every
//! log that it holds verifies from its start. What depends on what is missing may be held back. What a process reports as
//! written its disk has acknowledged, with its header and those of all that it depends on, without which it cannot be
//! held after a crash. And at rest the disk has acknowledged everything that the process holds.

use super::Setup;
use super::about::{About, Blames, Needed, Property};
use super::evidence::Need;
use super::holdings::Stored;
use super::oracle::{Look, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::{Notice, SimCrypto, session_parts};
use crate::host::NodeId;
use cosim_core::{CoId, Crypto, Durability, KnownState, Names, SessionId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "durable",
    sentence: "a process that starts from its disk holds all that the disk had acknowledged, and every log verifies; what depends on something missing may wait. What is reported as written, the disk has acknowledged, with its header and those of what it depends on",
    when: "every start from a disk, every report, and at rest",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Disks,
    needs: &[Need::Disks, Need::Ledger],
    turn: 13,
    since: 1,
};

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Durable;

impl Oracle for Durable {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn noticed(&mut self, scene: &Scene<'_>, node: NodeId, notice: &Notice) -> Look {
        match *notice {
            Notice::Written { id, session, count } => {
                Look::times(reported(scene, node, (id, session, count)))
            }
            Notice::Event(_)
            | Notice::LoadEnded { .. }
            | Notice::Synced { .. }
            | Notice::Raised { .. }
            | Notice::Uploaded { .. }
            | Notice::WriteFailed { .. }
            | Notice::Wrote { .. }
            | Notice::Taken { .. }
            | Notice::Recovered { .. } => Look::NONE,
        }
    }

    fn started(&mut self, scene: &Scene<'_>, node: NodeId) -> Look {
        Look::times(look(scene, node))
    }

    fn at_rest(&mut self, scene: &Scene<'_>) -> Look {
        Look::times(at_rest(scene))
    }
}

/// Whether what a node reports as written is on its disk to be judged.
fn is_judged(scene: &Scene<'_>, node: NodeId) -> bool {
    scene.world.has_disk(node) && scene.world.holdings(node).durability() != Durability::Ideal
}

/// Looks at a node that has just started from its disk; says at how many CoValues it looked.
fn look(scene: &Scene<'_>, node: NodeId) -> (u64, Option<Subject>) {
    let Setup { directory, cast, .. } = scene.setup;
    let holdings = scene.world.holdings(node);
    let mut looks = 0;
    for (id, acknowledged) in scene.evidence.disks.acknowledged(node) {
        if missing(scene, node, id, directory.depends_on(id).iter().copied()) {
            continue;
        }
        looks += 1;
        let held = holdings.stored(id).map_or(KnownState::EMPTY, |stored| stored.known());
        let may_wait = |session| {
            // Such as a transaction that names a parent.
            let log =
                scene.evidence.ledger.log(id, session).iter().take(acknowledged.count(session) as usize);
            let named = log.filter_map(|transaction| transaction.depends_on);
            missing(scene, node, id, directory.account(session_parts(session).0).into_iter().chain(named))
        };
        if !acknowledged.le_except(&held, may_wait) {
            let what = format!(
                "{} has started anew with less of {} than its disk had acknowledged",
                cast.node(node),
                cast.co_value(id)
            );
            return (looks, Some(Subject { node, peer: None, id: Some(id), kind: "log", what }));
        }
    }
    let crypto = SimCrypto::new(Arc::clone(directory));
    for id in holdings.ids(CoId(0), CoId(u32::MAX)) {
        looks += 1;
        if !holdings.stored(id).is_none_or(|stored| verifies(id, stored, &crypto)) {
            let what = format!(
                "{} has started anew with a log of {} that does not verify",
                cast.node(node),
                cast.co_value(id)
            );
            return (looks, Some(Subject { node, peer: None, id: Some(id), kind: "signature", what }));
        }
    }
    (looks, None)
}

/// Whether a node lacks some of what a CoValue needs.
fn missing(scene: &Scene<'_>, node: NodeId, id: CoId, needs: impl IntoIterator<Item = CoId>) -> bool {
    needs.into_iter().any(|need| need != id && !scene.has_header(node, need))
}

/// All that a CoValue and the author of a session need, and what those need. A hostile author need not say that it has an
/// account.
pub(super) fn all_needs(scene: &Scene<'_>, id: CoId, session: SessionId) -> BTreeSet<CoId> {
    let directory = &scene.setup.directory;
    let account = directory.account(session_parts(session).0);
    let account = account.filter(|_| !scene.evidence.hostile.writes(session));
    let mut open: Vec<CoId> = account.into_iter().chain([id]).collect();
    let mut all = BTreeSet::new();
    while let Some(need) = open.pop() {
        if all.insert(need) {
            open.extend(directory.depends_on(need));
        }
    }
    all
}

/// Looks at what a node reports as written: how long a session is on its disk, and whether all that it needs is.
fn reported(
    scene: &Scene<'_>,
    node: NodeId,
    (id, session, count): (CoId, SessionId, u32),
) -> (u64, Option<Subject>) {
    if !is_judged(scene, node) {
        return (0, None);
    }
    let cast = &scene.setup.cast;
    let Some(on_disk) = scene.evidence.disks.has(node, id) else { return (0, None) };
    let is_on_disk = |need| scene.evidence.disks.has(node, need).is_none_or(|known| known.header);
    let needs = all_needs(scene, id, session);
    if let Some(need) = needs.into_iter().find(|need| !is_on_disk(*need)) {
        let what = format!(
            "{} reports {} as written, and its disk lacks {}, on which that depends",
            cast.node(node),
            cast.co_value(id),
            cast.co_value(need)
        );
        return (1, Some(Subject { node, peer: None, id: Some(id), kind: "dependency", what }));
    }
    let found = (on_disk.count(session) < count).then(|| {
        let what = format!(
            "{} reports more of {} as written than its disk has acknowledged",
            cast.node(node),
            cast.co_value(id)
        );
        Subject { node, peer: None, id: Some(id), kind: "report", what }
    });
    (1, found)
}

/// Looks at every disk when nothing will happen any more; says at how many CoValues it looked.
fn at_rest(scene: &Scene<'_>) -> (u64, Option<Subject>) {
    let cast = &scene.setup.cast;
    let mut looks = 0;
    for node in scene.nodes().filter(|node| scene.world.is_up(*node) && is_judged(scene, *node)) {
        let holdings = scene.world.holdings(node);
        for id in holdings.ids(CoId(0), CoId(u32::MAX)) {
            let Some(on_disk) = scene.evidence.disks.has(node, id) else { break };
            looks += 1;
            if !holdings.stored(id).is_none_or(|stored| stored.known().le(&on_disk)) {
                let what = format!(
                    "{} holds more of {} than its disk has, and nothing is being written",
                    cast.node(node),
                    cast.co_value(id)
                );
                return (looks, Some(Subject { node, peer: None, id: Some(id), kind: "disk", what }));
            }
        }
    }
    (looks, None)
}

fn verifies(id: CoId, stored: &dyn Stored, crypto: &SimCrypto) -> bool {
    stored.header().is_none_or(|header| crypto.verify_header(id, header))
        && stored
            .logs()
            .all(|(session, log)| crypto.verify(id, session, None, log.transactions, log.signature).is_some())
}

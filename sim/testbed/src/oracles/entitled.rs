//! `entitled`: content goes only to one's server, or to a peer that has asked for it in this connection (an equal
//! peer: or has shown to hold it) and has not taken that back. What something else depends on goes with it.

use super::about::{About, Blames, Needed, Property};
use super::evidence::Need;
use super::heard::Hearing;
use super::oracle::{Look, Mail, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::SimCrypto;
use crate::cojson::session_parts;
use crate::host::NodeId;
use cosim_core::{CoId, Content, Names, Relationship};
use std::collections::BTreeSet;

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "entitled",
    sentence: "content goes only to a server, or to a peer that asked for it in this connection (or, if it is an equal, showed that it holds it) and has not taken that back",
    when: "every content",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Nothing,
    needs: &[Need::Heard],
    turn: 7,
    since: 1,
};

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entitled;

impl Oracle for Entitled {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn sent_content(&mut self, scene: &Scene<'_>, mail: &Mail<'_>, content: &Content<SimCrypto>) -> Look {
        // What a liar is owed is not judged.
        let wrong = !is_entitled(scene, mail, content.id) && !scene.evidence.hostile.is(mail.to);
        Look::once(wrong.then(|| {
            let cast = &scene.setup.cast;
            let what = format!(
                "{} sends content of {} to {}, which has not asked for it in this connection, or asks no longer",
                cast.node(mail.from),
                cast.co_value(content.id),
                cast.node(mail.to),
            );
            Subject { node: mail.from, peer: Some(mail.to), id: Some(content.id), kind: "content", what }
        }))
    }
}

fn is_entitled(scene: &Scene<'_>, mail: &Mail<'_>, id: CoId) -> bool {
    let heard = scene.evidence.heard.of(mail.connection, mail.from, id);
    let asked = heard.is_some_and(Hearing::asked);
    let entitled = match scene.world.relationship(mail.connection, mail.from) {
        Relationship::SyncAllOurs => true,
        Relationship::SyncTheirs => asked,
        Relationship::SyncCommon => asked || heard.is_some_and(|heard| heard.header && !heard.ended()),
    };
    entitled || is_dependency(scene, mail, id)
}

/// Whether the receiver has asked for, or shown to hold, something that depends on `id` and that the sender holds: so
/// it has asked for `id` (rule 9), also where it is done with the other since. It may be done with `id` itself.
fn is_dependency(scene: &Scene<'_>, mail: &Mail<'_>, id: CoId) -> bool {
    let heard = |id| scene.evidence.heard.of(mail.connection, mail.from, id);
    let needed = dependants(scene, mail.from, id);
    let mut hearings = needed.iter().filter_map(|dependant| heard(*dependant));
    hearings.any(Hearing::concerned) && !heard(id).is_some_and(Hearing::ended)
}

/// What depends on `id`, also by way of others, of what a node holds: by its header, by an author's account, or as the child of
/// a group.
pub(super) fn dependants(scene: &Scene<'_>, node: NodeId, id: CoId) -> BTreeSet<CoId> {
    let directory = &scene.setup.directory;
    let held = scene.world.holdings(node);
    let (mut needed, mut next) = (BTreeSet::new(), vec![id]);
    while let Some(need) = next.pop() {
        for dependant in held.ids(CoId(0), CoId(u32::MAX)) {
            let by_account = || {
                let mut sessions = held.stored(dependant).into_iter().flat_map(|stored| stored.logs());
                sessions.any(|(session, _)| directory.account(session_parts(session).0) == Some(need))
            };
            // Few groups are parents, and no other transactions depend on a group.
            let is_parent = directory.co_value(need).is_some_and(|known| known.spec.is_parent);
            let by_parent = || {
                let logs = held.stored(dependant).into_iter().flat_map(|stored| stored.logs());
                let mut transactions = logs.flat_map(|(_, log)| log.transactions);
                is_parent && transactions.any(|transaction| transaction.depends_on == Some(need))
            };
            let depends = directory.depends_on(dependant).contains(&need) || by_account() || by_parent();
            if depends && dependant != need && needed.insert(dependant) {
                next.push(dependant);
            }
        }
    }
    needed
}

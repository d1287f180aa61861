//! `no_redundant`: content carries nothing that the peer has proved to hold in this connection: by what it said of that, or
//! of something that depends on it.

use super::about::{About, Blames, Needed, Property};
use super::entitled::dependants;
use super::evidence::{Evidence, Need};
use super::heard::Hearing;
use super::oracle::{Look, Mail, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::SimCrypto;
use cosim_core::{CoId, Content, KnownState, Names, Relationship};

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "no_redundant",
    sentence: "no content carries what its receiver has proved, in this connection, that it holds; and nothing goes ahead to a client that holds what depends on it",
    when: "every content",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Nothing,
    needs: &[Need::Heard],
    turn: 8,
    since: 1,
};

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NoRedundant;

impl Oracle for NoRedundant {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn sent_content(&mut self, scene: &Scene<'_>, mail: &Mail<'_>, content: &Content<SimCrypto>) -> Look {
        let Evidence { heard, hostile, .. } = scene.evidence;
        let heard = heard.of(mail.connection, mail.from, content.id);
        // What a liar says of itself proves nothing.
        let proved = heard.filter(|_| !hostile.is(mail.to)).map(|heard| &heard.proved);
        let found = proved.and_then(|proved| look(scene, mail, content, proved));
        Look::once(found.or_else(|| goes_ahead_in_vain(scene, mail, content)))
    }
}

/// Whoever holds something holds what that depends on (rule 9). So that goes ahead, unasked, only to a client that has lacked
/// something that depends on it.
fn goes_ahead_in_vain(scene: &Scene<'_>, mail: &Mail<'_>, content: &Content<SimCrypto>) -> Option<Subject> {
    let Evidence { heard, hostile, .. } = scene.evidence;
    let hearing = |id| heard.of(mail.connection, mail.from, id);
    let is_client = scene.world.relationship(mail.connection, mail.from) == Relationship::SyncTheirs;
    let was_told = hearing(content.id).is_some() || hostile.is(mail.to);
    if content.header.is_none() || !is_client || was_told {
        return None;
    }
    let dependants = dependants(scene, mail.from, content.id);
    if dependants.iter().filter_map(|id| hearing(*id)).any(Hearing::has_lacked) {
        return None;
    }
    let depends = |id: &CoId| scene.setup.directory.depends_on(*id).contains(&content.id);
    let holds = |id: &CoId| hearing(*id).is_some_and(|hearing| hearing.proved.header);
    let held = dependants.into_iter().find(|id| depends(id) && holds(id))?;
    let cast = &scene.setup.cast;
    let what = format!(
        "{} sends {} ahead to {}, which has proved to hold {}, and lacked nothing else that depends on it",
        cast.node(mail.from),
        cast.co_value(content.id),
        cast.node(mail.to),
        cast.co_value(held),
    );
    Some(Subject { node: mail.from, peer: Some(mail.to), id: Some(content.id), kind: "content", what })
}

fn look(
    scene: &Scene<'_>,
    mail: &Mail<'_>,
    content: &Content<SimCrypto>,
    proved: &KnownState,
) -> Option<Subject> {
    let cast = &scene.setup.cast;
    let redundant = if content.header.is_some() && proved.header {
        "the header".to_owned()
    } else {
        // As much of a hostile author's session may be another branch of it, which was refused and proves nothing.
        let hostile = &scene.evidence.hostile;
        let mut honest = content.new.iter().filter(|(session, _)| !hostile.writes(*session));
        let (session, _) = honest.find(|(session, piece)| piece.after < proved.count(*session))?;
        format!("transactions of {}", cast.session(session))
    };
    let what = format!(
        "{} sends {redundant} of {} to {}, which has proved to hold that",
        cast.node(mail.from),
        cast.co_value(content.id),
        cast.node(mail.to),
    );
    Some(Subject { node: mail.from, peer: Some(mail.to), id: Some(content.id), kind: "content", what })
}

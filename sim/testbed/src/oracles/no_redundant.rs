//! `no_redundant`: content carries nothing that the peer has proved to hold in this connection.

use super::about::{About, Blames, Needed, Property};
use super::evidence::{Evidence, Need};
use super::oracle::{Look, Mail, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::SimCrypto;
use cosim_core::{Content, KnownState, Names};

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "no_redundant",
    sentence: "no content carries what its receiver has proved, in this connection, that it holds",
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
        Look::once(proved.and_then(|proved| look(scene, mail, content, proved)))
    }
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

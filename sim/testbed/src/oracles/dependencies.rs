//! `dependencies`: nothing becomes visible before what it depends on, or is sent to a client that lacks it before that.

use super::Setup;
use super::about::{About, Blames, Needed, Property};
use super::evidence::Need;
use super::holdings::Stored;
use super::oracle::{Look, Mail, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::{Directory, SimCrypto, session_parts};
use crate::host::NodeId;
use cosim_core::{CoId, ConnectionId, Content, Names, Relationship};
use std::collections::BTreeSet;

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "dependencies",
    sentence: "nothing becomes visible before what it depends on, or is sent to a client that lacks it before that",
    when: "every event, and every content for a client that lacks the header",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Dependencies,
    needs: &[Need::Heard, Need::Holdings],
    turn: 4,
    since: 1,
};

/// The headers that were sent: in which connection, by whom, and of what.
#[derive(Clone, Debug, Default)]
pub(super) struct Dependencies {
    sent: BTreeSet<(ConnectionId, NodeId, CoId)>,
    /// Whether anything depends on anything; `None` before that was asked.
    applies: Option<bool>,
}

impl Oracle for Dependencies {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn stores(&mut self, scene: &Scene<'_>, holding: (NodeId, CoId), stored: Option<&dyn Stored>) -> Look {
        let directory = &scene.setup.directory;
        if !*self.applies.get_or_insert_with(|| directory.has_dependencies()) {
            return Look::NONE;
        }
        let whole = stored.filter(|stored| stored.header().is_some());
        whole.map_or(Look::NONE, |stored| Look::times(look(scene, holding, stored)))
    }

    fn sent_content(&mut self, scene: &Scene<'_>, mail: &Mail<'_>, content: &Content<SimCrypto>) -> Look {
        let is_client = scene.world.relationship(mail.connection, mail.from) == Relationship::SyncTheirs;
        if content.header.is_none() || !is_client || scene.evidence.hostile.is(mail.to) {
            return Look::NONE;
        }
        self.sent.insert((mail.connection, mail.from, content.id));
        Look::times(self.went_ahead(scene, mail, content.id))
    }
}

impl Dependencies {
    /// Looks whether what the header of `id` depends on was sent before it, or the receiver has said something of that
    /// itself. What depends on one another cannot all come first.
    fn went_ahead(&self, scene: &Scene<'_>, mail: &Mail<'_>, id: CoId) -> (u64, Option<Subject>) {
        let Setup { directory, cast, .. } = scene.setup;
        let mut looks = 0;
        for need in directory.depends_on(id).iter().copied().filter(|need| !reaches(directory, *need, id)) {
            looks += 1;
            let is_sent = self.sent.contains(&(mail.connection, mail.from, need));
            if !is_sent && scene.evidence.heard.of(mail.connection, mail.from, need).is_none() {
                let what = format!(
                    "{} sends {} to {} before {}, on which it depends",
                    cast.node(mail.from),
                    cast.co_value(id),
                    cast.node(mail.to),
                    cast.co_value(need)
                );
                let (node, peer) = (mail.from, Some(mail.to));
                return (looks, Some(Subject { node, peer, id: Some(id), kind: "content", what }));
            }
        }
        (looks, None)
    }
}

/// Whether a header depends on `id`, also by way of others, or is its own.
fn reaches(directory: &Directory, from: CoId, id: CoId) -> bool {
    let (mut met, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(need) = next.pop() {
        if need == id {
            return true;
        }
        if met.insert(need) {
            next.extend(directory.depends_on(need));
        }
    }
    false
}

/// Looks at one CoValue of one node; says at how many dependencies it looked.
fn look(scene: &Scene<'_>, (node, id): (NodeId, CoId), stored: &dyn Stored) -> (u64, Option<Subject>) {
    let Setup { directory, cast, .. } = scene.setup;
    // A hostile author need not say that it has an account.
    let authors =
        stored.logs().map(|(session, _)| session).filter(|session| !scene.evidence.hostile.writes(*session));
    let accounts = authors.filter_map(|session| directory.account(session_parts(session).0));
    let mut looks = 0;
    for need in directory.depends_on(id).iter().copied().chain(accounts).filter(|need| *need != id) {
        looks += 1;
        if !scene.has_header(node, need) {
            let what = format!(
                "{} shows {} without {}, on which it depends",
                cast.node(node),
                cast.co_value(id),
                cast.co_value(need)
            );
            return (looks, Some(Subject { node, peer: None, id: Some(id), kind: "header", what }));
        }
    }
    (looks, None)
}

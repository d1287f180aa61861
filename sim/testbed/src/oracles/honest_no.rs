//! `honest_no`: nobody is told that a CoValue is not to be had before all who may have it were asked, and they are asked
//! in the order in which they are preferred.

use super::Waits;
use super::about::{About, Blames, Needed, Property};
use super::evidence::Need;
use super::oracle::{Look, Mail, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::host::NodeId;
use cosim_core::{CoId, ConnectionId, Message, Names, Relationship};
use std::collections::BTreeSet;

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "honest_no",
    sentence: "a client that asks for what it lacks is told that it is not here only when it is not, and every server, the client aside, has said no or been silent past three deadlines; a server that has not said that it holds it is asked only when every better one has said no or let a first deadline pass",
    when: "every answer to a `load` without header, and every first `load` without header in a connection",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Loads,
    needs: &[Need::Heard],
    turn: 7,
    since: 2,
};

/// How many deadlines a server may let pass before it counts as not having what it is asked for.
pub(super) const DEADLINES: u32 = 3;

/// The `load`s without header that have arrived: who heard them, in which connection, about what, and their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct HonestNo {
    asked: BTreeSet<(ConnectionId, NodeId, CoId, u32)>,
}

impl Oracle for HonestNo {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn delivered(&mut self, scene: &Scene<'_>, mail: &Mail<'_>) -> Look {
        if let Message::Load { id, known, .. } = &mail.message.message
            && !known.header
            && scene.world.relationship(mail.connection, mail.to) == Relationship::SyncTheirs
        {
            self.asked.insert((mail.connection, mail.to, *id, mail.message.n));
        }
        Look::NONE
    }

    fn sent(&mut self, scene: &Scene<'_>, mail: &Mail<'_>) -> Look {
        match &mail.message.message {
            Message::Known(known)
                if !known.known.header
                    && self.asked.remove(&(mail.connection, mail.from, known.id, mail.message.re)) =>
            {
                Look::once(says_no_too_early(scene, mail, known.id))
            }
            Message::Load { id, known, .. } if !known.header && is_first(scene, mail, *id) => {
                Look::once(asks_too_early(scene, mail, *id))
            }
            Message::Known(_) | Message::Load { .. } | Message::Content(_) | Message::Done { .. } => {
                Look::NONE
            }
        }
    }
}

/// Whether a node asks for a CoValue for the first time in a connection.
fn is_first(scene: &Scene<'_>, mail: &Mail<'_>, id: CoId) -> bool {
    let hearing = scene.evidence.heard.of(mail.connection, mail.from, id);
    hearing.is_some_and(|hearing| hearing.asked_times() == 1)
}

fn says_no_too_early(scene: &Scene<'_>, mail: &Mail<'_>, id: CoId) -> Option<Subject> {
    let (node, asker) = (mail.from, mail.to);
    let cast = &scene.setup.cast;
    let why = if scene.has_header(node, id) {
        "it holds it".to_owned()
    } else {
        let mut others = open_servers(scene, node, id, DEADLINES).filter(|server| *server != asker);
        format!(
            "has neither a no from its server {} nor waited for it long enough",
            cast.node(others.next()?)
        )
    };
    let what = format!(
        "{} tells {} that it has no {}, but {why}",
        cast.node(node),
        cast.node(asker),
        cast.co_value(id)
    );
    Some(Subject { node, peer: Some(asker), id: Some(id), kind: "answer", what })
}

fn asks_too_early(scene: &Scene<'_>, mail: &Mail<'_>, id: CoId) -> Option<Subject> {
    let (node, server) = (mail.from, mail.to);
    // An announcement is answered, whoever else was asked.
    if scene.evidence.heard.of(mail.connection, node, id).is_some_and(|hearing| hearing.header) {
        return None;
    }
    let priority = |peer| Some(scene.world.priority(scene.evidence.heard.current(node, peer)?, node));
    let asked = scene.world.priority(mail.connection, node);
    let better = open_servers(scene, node, id, 1).find(|other| priority(*other) > Some(asked))?;
    let cast = &scene.setup.cast;
    let what = format!(
        "{} asks {} for {}, but its better server {} has neither said no nor let a deadline pass",
        cast.node(node),
        cast.node(server),
        cast.co_value(id),
        cast.node(better)
    );
    Some(Subject { node, peer: Some(server), id: Some(id), kind: "load", what })
}

/// The servers that a node is connected to and that may still come up with a CoValue: they have neither said that they
/// lack it nor let so many deadlines pass. Liars may say anything, so they are not waited for.
pub(super) fn open_servers<'a>(
    scene: &'a Scene<'_>,
    node: NodeId,
    id: CoId,
    deadlines: u32,
) -> impl Iterator<Item = NodeId> + 'a {
    let Scene { world, evidence, setup } = scene;
    let Waits { base, cap } = setup.waits[node.index()];
    let patience = (0..deadlines).fold(cosim_core::Span::ZERO, |sum, tries| sum + base.backoff(tries, cap));
    let peers = evidence.heard.peers(node).filter(move |(peer, connection)| {
        world.relationship(*connection, node) == Relationship::SyncAllOurs && !evidence.hostile.is(*peer)
    });
    let is_open = move |connection| {
        let hearing = evidence.heard.of(connection, node, id);
        !hearing.is_some_and(|hearing| hearing.lacks() || hearing.was_silent(world.now(), patience))
    };
    peers.filter(move |(_, connection)| is_open(*connection)).map(|(peer, _)| peer)
}

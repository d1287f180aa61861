//! `dependencies`: nothing becomes visible before what it depends on.

use super::Setup;
use super::about::{About, Blames, Needed, Property};
use super::evidence::Need;
use super::holdings::Stored;
use super::oracle::{Look, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::session_parts;
use crate::host::NodeId;
use cosim_core::{CoId, Names};

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "dependencies",
    sentence: "nothing becomes visible before what it depends on",
    when: "every event",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Dependencies,
    needs: &[Need::Holdings],
    turn: 4,
    since: 1,
};

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dependencies;

impl Oracle for Dependencies {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn stores(&mut self, scene: &Scene<'_>, holding: (NodeId, CoId), stored: Option<&dyn Stored>) -> Look {
        let whole = stored.filter(|stored| stored.header().is_some());
        whole.map_or(Look::NONE, |stored| Look::times(look(scene, holding, stored)))
    }
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

//! `no_phantom`: every transaction that any node holds was made by its author's app. What a hostile author makes is its
//! own affair, but only its own.

use super::about::{About, Blames, Needed, Property};
use super::checked::Checked;
use super::evidence::{Evidence, Need};
use super::holdings::Stored;
use super::oracle::{Look, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::host::NodeId;
use crate::observer::Ending;
use cosim_core::{CoId, Names};

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "no_phantom",
    sentence: "every transaction that a node holds was made by its author's app",
    when: "every event: what is new",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Edits,
    needs: &[Need::Ledger, Need::Holdings],
    turn: 3,
    since: 1,
};

/// How much of each stored log was looked at: a look costs no more than what is new.
#[derive(Clone, Debug, Default)]
pub(super) struct NoPhantom {
    checked: Checked,
}

impl Oracle for NoPhantom {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    /// A process ends: its logs will come from elsewhere.
    fn goes_down(&mut self, _scene: &Scene<'_>, node: NodeId, _ending: Ending) -> Look {
        self.checked.goes_down(node);
        Look::NONE
    }

    fn stores(&mut self, scene: &Scene<'_>, holding: (NodeId, CoId), stored: Option<&dyn Stored>) -> Look {
        stored.map_or(Look::NONE, |stored| Look::times(self.look(scene, holding, stored)))
    }
}

impl NoPhantom {
    /// Looks at what is new in one CoValue of one node; says how many transactions it looked at.
    fn look(
        &mut self,
        scene: &Scene<'_>,
        (node, id): (NodeId, CoId),
        stored: &dyn Stored,
    ) -> (u64, Option<Subject>) {
        let Evidence { ledger, hostile, .. } = scene.evidence;
        let cast = &scene.setup.cast;
        let mut looks = 0;
        let found = self.checked.look((node, id), stored, |session, log, before| {
            if hostile.writes(session) {
                return None;
            }
            let new = log.transactions.get(before..).unwrap_or_default();
            looks += new.len() as u64;
            new.iter().any(|transaction| !ledger.was_asked(id, session, transaction)).then_some(session)
        });
        let found = found.map(|session| {
            self.checked.note((node, id), stored, session);
            let what = format!(
                "{} holds a transaction of {} in {} that its author's app never made",
                cast.node(node),
                cast.session(session),
                cast.co_value(id),
            );
            Subject { node, peer: None, id: Some(id), kind: "log", what }
        });
        (looks, found)
    }
}

//! `prefix`: every stored log is a prefix of the log that its author's app wrote; of a hostile author's, of one that it
//! has signed.

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
    name: "prefix",
    sentence: "every stored log is a prefix of what its author's app wrote",
    when: "every event: what is new; at rest: all",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Nothing,
    needs: &[Need::Ledger, Need::Signatures, Need::Holdings],
    turn: 2,
    since: 1,
};

/// How far each stored log was found to be right: a look costs no more than what is new. Everything is looked at again
/// at rest.
#[derive(Clone, Debug, Default)]
pub(super) struct Prefix {
    checked: Checked,
}

impl Oracle for Prefix {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    /// A process ends: its logs will come from elsewhere.
    fn goes_down(&mut self, _scene: &Scene<'_>, node: NodeId, _ending: Ending) -> Look {
        self.checked.goes_down(node);
        Look::NONE
    }

    fn stores(&mut self, scene: &Scene<'_>, holding: (NodeId, CoId), stored: Option<&dyn Stored>) -> Look {
        Look::once(stored.and_then(|stored| self.look(scene, holding, stored)))
    }

    /// Looks at everything, from the start.
    fn at_rest(&mut self, scene: &Scene<'_>) -> Look {
        self.checked.clear();
        let mut looks = 0;
        for node in scene.honest() {
            let holdings = scene.world.holdings(node);
            for id in holdings.ids(CoId(0), CoId(u32::MAX)) {
                looks += 1;
                let stored = holdings.stored(id);
                let found = stored.and_then(|stored| self.look(scene, (node, id), stored));
                if found.is_some() {
                    return Look::times((looks, found));
                }
            }
        }
        Look::times((looks, None))
    }
}

impl Prefix {
    /// Looks at what is new in one CoValue of one node.
    fn look(
        &mut self,
        scene: &Scene<'_>,
        (node, id): (NodeId, CoId),
        stored: &dyn Stored,
    ) -> Option<Subject> {
        let Evidence { ledger, hostile, .. } = scene.evidence;
        self.checked.look((node, id), stored, |session, log, before| {
            let truth = ledger.log(id, session);
            let from = before.min(log.transactions.len());
            let right = if hostile.writes(session) {
                hostile.signed(id, session, log.transactions)
            } else {
                log.transactions.len() <= truth.len()
                    && log.transactions[from..] == truth[from..log.transactions.len()]
            };
            if right {
                return None;
            }
            let cast = &scene.setup.cast;
            let what = format!(
                "{} holds a log of {} in {} that is no prefix of what was written",
                cast.node(node),
                cast.session(session),
                cast.co_value(id),
            );
            Some(Subject { node, peer: None, id: Some(id), kind: "log", what })
        })
    }
}

//! `monotonic`: what a node holds of a CoValue never shrinks while its process runs, nor when that starts anew without
//! a disk and is not wiped. A guest that deletes a CoValue
//! for good keeps no more than that, and one that collects garbage forgets what nobody looks at. What a disk must keep is the business of `durable`.

use super::about::{About, Blames, Needed, Property};
use super::evidence::Need;
use super::oracle::{Look, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::host::NodeId;
use cosim_core::{CoId, KnownState, Names};

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "monotonic",
    sentence: "what a node holds never shrinks while its process runs, nor across a restart without a disk",
    when: "every event, and at rest",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Nothing,
    needs: &[Need::Holdings, Need::Ledger],
    turn: 1,
    since: 1,
};

/// See the module. What each node was last seen to hold is evidence.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Monotonic;

impl Oracle for Monotonic {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn holds(
        &mut self,
        scene: &Scene<'_>,
        (node, id): (NodeId, CoId),
        was: &KnownState,
        is: &KnownState,
    ) -> Look {
        let forgets = is.is_empty() && scene.evidence.ledger.collects_garbage(node);
        let may_shrink = forgets || scene.setup.is_deleted(is);
        Look::once((!was.le(is) && !may_shrink).then(|| {
            let cast = &scene.setup.cast;
            let what = format!("{} holds less of {} than before", cast.node(node), cast.co_value(id));
            Subject { node, peer: None, id: Some(id), kind: "log", what }
        }))
    }
}

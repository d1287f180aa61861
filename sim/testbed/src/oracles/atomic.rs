//! `atomic`: an operation of a guest's app that raises an error has no effect. What it has written before, everybody gets,
//! and the app was told that it failed.

use super::about::{About, Blames, Needed, Property};
use super::oracle::{Look, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::Notice;
use crate::host::NodeId;
use cosim_core::Names;

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "atomic",
    sentence: "an operation of a guest's app that raises an error has written nothing",
    when: "every such error",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Guests,
    needs: &[],
    turn: 14,
    since: 3,
};

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Atomic;

impl Oracle for Atomic {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn noticed(&mut self, scene: &Scene<'_>, node: NodeId, notice: &Notice) -> Look {
        let Notice::Raised { wrote, error } = notice else { return Look::NONE };
        let cast = &scene.setup.cast;
        let found = wrote.map(|id| {
            let (name, co_value) = (cast.node(node), cast.co_value(id));
            let what = format!(
                "what {name}'s app asked for has raised an error ({error}), and has written to {co_value}"
            );
            Subject { node, peer: None, id: Some(id), kind: "raised", what }
        });
        Look::once(found)
    }
}

//! `timely`: what a message makes due is said in the same event, and what is unanswered is said again as soon as its
//! deadline passes.

use super::about::{About, Blames, Needed, Property};
use super::evidence::Need;
use super::oracle::{Look, Oracle, Rest};
use super::scene::Scene;
use super::talks::Flaw;
use super::violation::Subject;
use crate::host::NodeId;
use cosim_core::Names;
use std::fmt::Write;

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "timely",
    sentence: "what a message makes due is said in the same event, unless the line is full or a `load` is unanswered, and what is unanswered is said again when its deadline passes, as rule 6 reckons it",
    when: "every event, and at the end",
    property: Property::Liveness,
    blames: Blames::Honest,
    subject: Needed::Nothing,
    needs: &[Need::Ledger, Need::Heard, Need::Talks],
    turn: 16,
    since: 2,
};

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Timely;

impl Oracle for Timely {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    /// Counts a look at everything that was due in the event.
    fn settled(&mut self, scene: &Scene<'_>, _node: NodeId) -> Look {
        let due = scene.evidence.talks.due();
        Look::times((due.times, due.flaw.map(|flaw| subject(scene, &flaw))))
    }

    /// What waits when nothing will happen any more waits for ever.
    fn ended(&mut self, scene: &Scene<'_>, rest: Rest) -> Look {
        let flaw = scene.evidence.talks.due().flaw.filter(|_| rest == Rest::Silent);
        Look::times((0, flaw.map(|flaw| subject(scene, &flaw))))
    }
}

/// What is wrong, in words.
pub(super) fn subject(scene: &Scene<'_>, flaw: &Flaw) -> Subject {
    let cast = &scene.setup.cast;
    let Flaw { node, peer, id, kind, what, since } = *flaw;
    let mut what = format!("{} {what}: {}, to {}", cast.node(node), cast.co_value(id), cast.node(peer));
    if let Some(since) = since {
        let again = since.first.map(|_| format!("a {kind} at {}; ", scene.world.now())).unwrap_or_default();
        let _ = write!(what, ": {again}{since}");
    }
    Subject { node, peer: Some(peer), id: Some(id), kind, what }
}

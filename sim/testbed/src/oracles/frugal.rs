//! `frugal`: nothing is said again before that is due.

use super::about::{About, Blames, Needed, Property};
use super::evidence::Need;
use super::oracle::{Look, Oracle};
use super::scene::Scene;
use super::timely::subject;
use crate::host::NodeId;

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "frugal",
    sentence: "no `load`, announcement or content repeats one that is unanswered before its deadline, which begins when it has left its sender's queue, no content is sent again while it waits there or goes to a line that is full, and nothing is answered or taken back twice",
    when: "every message",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Nothing,
    needs: &[Need::Ledger, Need::Heard, Need::Talks],
    turn: 17,
    since: 2,
};

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Frugal;

impl Oracle for Frugal {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    /// Counts a look at every message that was sent in the event.
    fn settled(&mut self, scene: &Scene<'_>, _node: NodeId) -> Look {
        let sent = scene.evidence.talks.sent();
        Look::times((sent.times, sent.flaw.map(|flaw| subject(scene, &flaw))))
    }
}

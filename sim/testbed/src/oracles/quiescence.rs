//! `quiescence`: once the faults have ended, silence comes within its bound. Where it does not, the reason is named:
//! who still waits for what from whom. A run that never comes to rest is judged by it whichever oracles are asked.

use super::about::{About, Blames, Needed, Property};
use super::oracle::{Look, Oracle, Rest};
use super::scene::Scene;
use super::violation::Subject;
use crate::host::NodeId;
use cosim_core::{Names, TimerKind};

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "quiescence",
    sentence: "once the faults have ended, there is silence within the bound; if not, it names who waits for what",
    when: "end of the run",
    property: Property::Liveness,
    blames: Blames::Anybody,
    subject: Needed::Nothing,
    needs: &[],
    turn: 0,
    since: 1,
};

/// How many reasons are named.
const REASONS_MAX: usize = 5;

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Quiescence;

impl Oracle for Quiescence {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn ended(&mut self, scene: &Scene<'_>, rest: Rest) -> Look {
        Look::once(match rest {
            Rest::Silent => None,
            Rest::Restless => Some(reasons(scene)),
        })
    }
}

fn reasons(scene: &Scene<'_>) -> Subject {
    let cast = &scene.setup.cast;
    let mut first = None;
    let mut reasons = Vec::new();
    for node in scene.honest().filter(|node| scene.world.is_up(*node)) {
        for (at, id, peer, kind) in scene.world.holdings(node).waits() {
            first.get_or_insert((node, peer, id, kind));
            let wait = match kind {
                TimerKind::Load => "an answer to its load",
                TimerKind::Announce => "an answer to its announcement",
                TimerKind::Acknowledge => "an acknowledgement of its content",
                TimerKind::Pull => "the content that is ahead",
                TimerKind::Store => "its disk to take it again",
                TimerKind::Safe => "the word that it is on the disk",
            };
            reasons.push(format!(
                "{} waits until {at} for {wait} of {} from {}",
                cast.node(node),
                cast.co_value(id),
                cast.node(peer)
            ));
        }
    }
    let more = reasons.len().saturating_sub(REASONS_MAX);
    reasons.truncate(REASONS_MAX);
    if more > 0 {
        reasons.push(format!("and {more} more"));
    }
    if reasons.is_empty() {
        reasons.push("messages or writes are still on their way".to_owned());
    }
    let what = format!("no silence within the bound: {}", reasons.join("; "));
    match first {
        Some((node, peer, id, kind)) => {
            let kind = match kind {
                TimerKind::Load => "load",
                TimerKind::Announce => "announcement",
                TimerKind::Acknowledge => "content",
                TimerKind::Pull => "known",
                TimerKind::Store => "write",
                TimerKind::Safe => "safe",
            };
            Subject { node, peer: Some(peer), id: Some(id), kind, what }
        }
        None => Subject { node: NodeId(0), peer: None, id: None, kind: "message", what },
    }
}

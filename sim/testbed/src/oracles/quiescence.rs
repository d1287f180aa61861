//! `quiescence`: once the faults have ended, silence comes within its bound. Where it does not, the reason is named:
//! who still waits for what from whom.

use super::hostile::Hostile;
use super::violation::Subject;
use crate::cojson::{Cast, CoJson};
use crate::host::NodeId;
use crate::world::View;
use cosim_core::{Names, TimerKind};

/// How many reasons are named.
const REASONS_MAX: usize = 5;

pub(super) fn look<N: CoJson>(
    view: &View<'_, N>,
    silent: bool,
    hostile: &Hostile,
    cast: &Cast,
) -> Option<Subject> {
    if silent {
        return None;
    }
    let mut first = None;
    let mut reasons = Vec::new();
    let honest = (0..).map(NodeId).zip(view.hosts).filter(|(node, _)| !hostile.is(*node));
    for (node, host) in honest.filter(|(_, host)| host.up) {
        for (at, id, peer, kind) in host.node.deadlines() {
            first.get_or_insert((node, peer, id, kind));
            let wait = match kind {
                TimerKind::Load => "an answer to its load",
                TimerKind::Announce => "an answer to its announcement",
                TimerKind::Acknowledge => "an acknowledgement of its content",
                TimerKind::Pull => "the content that is ahead",
                TimerKind::Store => "its disk to take it again",
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
    Some(match first {
        Some((node, peer, id, kind)) => {
            let kind = match kind {
                TimerKind::Load => "load",
                TimerKind::Announce => "announcement",
                TimerKind::Acknowledge => "content",
                TimerKind::Pull => "known",
                TimerKind::Store => "write",
            };
            Subject { node, peer: Some(peer), id: Some(id), kind, what }
        }
        None => Subject { node: NodeId(0), peer: None, id: None, kind: "message", what },
    })
}

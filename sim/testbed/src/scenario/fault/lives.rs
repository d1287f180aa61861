//! The lives of nodes: restarts, sleep, spells offline, departures and late joins.

use super::draw::Draw;
use crate::scenario::Act;
use crate::scenario::file::{Connections, Departure, Duration, Lone, Outage, Pause, Spell};
use cosim_core::{Span, Time};

/// What lasts for no time at all is nothing.
pub(super) fn at_least_some(length: Span) -> Duration {
    Duration(length.max(Span::from_us(1)))
}

pub(super) fn restart(draw: &mut Draw<'_>) {
    let keepers = &draw.faults().keepers;
    let (node, (at, down_for)) = (draw.pick(keepers), draw.outage());
    let down_for = Some(Duration(down_for));
    draw.begin(at, Act::Restart(Outage { node, down_for, spare_last_copy: None }));
}

pub(super) fn wipe(draw: &mut Draw<'_>) {
    let (node, (at, down_for)) = (draw.node(), draw.outage());
    let (down_for, spare_last_copy) = (Some(Duration(down_for)), Some(draw.faults().spare));
    draw.begin(at, Act::Wipe(Outage { node, down_for, spare_last_copy }));
}

/// Half of all generated pauses keep the connections.
const CONNECTIONS: [Connections; 2] = [Connections::Kept, Connections::Dropped];

pub(super) fn pause(draw: &mut Draw<'_>) {
    let (node, (at, span)) = (draw.node(), draw.outage());
    let connections = draw.pick(&CONNECTIONS);
    draw.begin(at, Act::Pause(Pause { node, span: at_least_some(span), connections: Some(connections) }));
}

pub(super) fn depart(draw: &mut Draw<'_>) {
    let (node, at) = (draw.node(), draw.time());
    draw.begin(at, Act::Leave(Departure { node, spare_last_copy: Some(draw.faults().spare) }));
}

/// Draws a lot for every node, and the least of those who may join late wins: who may not changes nothing for the others.
pub(super) fn join(draw: &mut Draw<'_>) {
    let (at, ground) = (draw.time(), draw.ground());
    let lots = ground.faults.nodes.iter().map(|node| (draw.stream().word(), *node));
    let may = |node: &u32| ground.faults.newcomers.contains(node) && !ground.creators.contains(node);
    let least = lots.filter(|(_, node)| may(node)).min();
    if let Some((_, node)) = least {
        draw.begin(at, Act::Join(Lone { node }));
    }
}

pub(super) fn offline(draw: &mut Draw<'_>) {
    let (node, at) = (draw.node(), draw.time());
    let spells = draw.faults().offline;
    let width = spells.longest - spells.shortest;
    let length = Span::from_us(draw.stream().below(width.as_us() + 1));
    draw.begin(at, Act::Offline(Spell { node, span: at_least_some(spells.shortest + length) }));
}

pub(super) fn flap(draw: &mut Draw<'_>) {
    let faults = draw.faults();
    let Some(flapping) = faults.flapping else { return };
    let nth = draw.number() - 1;
    let Some(&node) = faults.nodes.get(nth as usize) else { return };
    let first = faults.from + Span::from_us(draw.stream().below(flapping.every.as_us()));
    let rounds = faults.times(super::FaultKind::Flapping);
    for round in 0..rounds {
        let at = first + flapping.every.saturating_mul(u64::from(round));
        if at < faults.until {
            let act = Act::Offline(Spell { node, span: Duration(flapping.span) });
            draw.numbered(nth * rounds + round + 1, Time::ZERO + at, act);
        }
    }
}

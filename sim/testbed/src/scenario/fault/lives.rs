//! The lives of nodes: restarts, sleep, spells offline, departures and late joins.

use super::draw::Draw;
use super::row::{Family, HappensTo, Needs, Row, Swarm, Touch, Width, Words};
use crate::scenario::Act;
use crate::scenario::file::{Connections, Departure, Duration, Lone, Outage, Pause, Spell};
use cosim_core::{Span, Time};

pub(super) const RESTARTS: Row = Row {
    field: "restarts",
    name: "restart",
    called: ["restart", "restarts"],
    happens_to: HappensTo::Nodes,
    stream: "restarts",
    drawn: "node, time, length",
    words: Words::Each(3),
    swarm: Swarm { usual: 2, extreme: 8, needs: Needs::Always },
    touch: Touch::Effect,
    family: Family::Restarts,
    width: Width::One,
    times: |faults| faults.restarts.map(u64::from),
    draw: restart,
    is: |act| matches!(act, Act::Restart(_)),
};

pub(super) const WIPES: Row = Row {
    field: "wipes",
    name: "wipe",
    called: ["wipe", "wipes"],
    happens_to: HappensTo::Nodes,
    stream: "wipes",
    drawn: "node, time, length",
    words: Words::Each(3),
    swarm: Swarm { usual: 1, extreme: 5, needs: Needs::Always },
    touch: Touch::Effect,
    family: Family::Restarts,
    width: Width::One,
    times: |faults| faults.wipes.map(u64::from),
    draw: wipe,
    is: |act| matches!(act, Act::Wipe(_)),
};

pub(super) const PAUSES: Row = Row {
    field: "pauses",
    name: "pause",
    called: ["pause", "pauses"],
    happens_to: HappensTo::Nodes,
    stream: "pauses",
    drawn: "node, time, length, connections kept or dropped",
    words: Words::Each(4),
    swarm: Swarm { usual: 2, extreme: 6, needs: Needs::Always },
    touch: Touch::Effect,
    family: Family::Lives,
    width: Width::One,
    times: |faults| faults.pauses.map(u64::from),
    draw: pause,
    is: |act| matches!(act, Act::Pause(_)),
};

pub(super) const DEPARTURES: Row = Row {
    field: "departures",
    name: "departure",
    called: ["departure", "departures"],
    happens_to: HappensTo::Nodes,
    stream: "departures",
    drawn: "node, time",
    words: Words::Each(2),
    swarm: Swarm { usual: 1, extreme: 2, needs: Needs::Company },
    touch: Touch::Effect,
    family: Family::Lives,
    width: Width::One,
    times: |faults| faults.departures.map(u64::from),
    draw: depart,
    is: |act| matches!(act, Act::Leave(_)),
};

pub(super) const JOINS: Row = Row {
    field: "joins",
    name: "join",
    called: ["join", "joins"],
    happens_to: HappensTo::Newcomers,
    stream: "joins",
    drawn: "time, a lot for every node, of which the least wins",
    words: Words::EachAndNodes(1),
    swarm: Swarm { usual: 1, extreme: 4, needs: Needs::Newcomers },
    touch: Touch::Effect,
    family: Family::Joins,
    width: Width::OneForTwo,
    times: |faults| faults.joins.map(u64::from),
    draw: join,
    is: |act| matches!(act, Act::Join(_)),
};

pub(super) const OFFLINE: Row = Row {
    field: "offline",
    name: "offline",
    called: ["spell offline", "spells offline"],
    happens_to: HappensTo::Nodes,
    stream: "offline",
    drawn: "node, time, length",
    words: Words::Each(3),
    swarm: Swarm { usual: 2, extreme: 6, needs: Needs::Links },
    touch: Touch::Effect,
    family: Family::Absences,
    width: Width::One,
    times: |faults| faults.offline.map(|spells| u64::from(spells.times)),
    draw: offline,
    is: |act| matches!(act, Act::Offline(_)),
};

pub(super) const FLAPPING: Row = Row {
    field: "flapping",
    name: "flap",
    called: ["flap", "flaps"],
    happens_to: HappensTo::Nodes,
    stream: "flapping",
    drawn: "when the first spell begins",
    words: Words::EveryNode(1),
    swarm: Swarm { usual: 3, extreme: 12, needs: Needs::Links },
    touch: Touch::Effect,
    family: Family::Absences,
    width: Width::EveryNode,
    times: |faults| {
        let window = faults.until.0 - faults.from.unwrap_or_default().0;
        faults.flapping.map(|flapping| flapping.rounds(window))
    },
    draw: flap,
    is: |act| matches!(act, Act::Offline(_)),
};

/// What lasts for no time at all is nothing.
pub(super) fn at_least_some(length: Span) -> Duration {
    Duration(length.max(Span::from_us(1)))
}

fn restart(draw: &mut Draw<'_>) {
    let (node, (at, down_for)) = (draw.node(), draw.outage());
    let down_for = Some(Duration(down_for));
    draw.begin(at, Act::Restart(Outage { node, down_for, spare_last_copy: None }));
}

fn wipe(draw: &mut Draw<'_>) {
    let (node, (at, down_for)) = (draw.node(), draw.outage());
    let (down_for, spare_last_copy) = (Some(Duration(down_for)), Some(draw.faults().spare));
    draw.begin(at, Act::Wipe(Outage { node, down_for, spare_last_copy }));
}

/// Half of all generated pauses keep the connections.
const CONNECTIONS: [Connections; 2] = [Connections::Kept, Connections::Dropped];

fn pause(draw: &mut Draw<'_>) {
    let (node, (at, span)) = (draw.node(), draw.outage());
    let connections = draw.pick(&CONNECTIONS);
    draw.begin(at, Act::Pause(Pause { node, span: at_least_some(span), connections: Some(connections) }));
}

fn depart(draw: &mut Draw<'_>) {
    let (node, at) = (draw.node(), draw.time());
    draw.begin(at, Act::Leave(Departure { node, spare_last_copy: Some(draw.faults().spare) }));
}

/// Draws a lot for every node, and the least of those who may join late wins: who may not changes nothing for the others.
fn join(draw: &mut Draw<'_>) {
    let (at, ground) = (draw.time(), draw.ground());
    let lots = ground.faults.nodes.iter().map(|node| (draw.stream().word(), *node));
    let may = |node: &u32| ground.faults.newcomers.contains(node) && !ground.creators.contains(node);
    let least = lots.filter(|(_, node)| may(node)).min();
    if let Some((_, node)) = least {
        draw.begin(at, Act::Join(Lone { node }));
    }
}

fn offline(draw: &mut Draw<'_>) {
    let (node, at) = (draw.node(), draw.time());
    let spells = draw.faults().offline;
    let width = spells.longest - spells.shortest;
    let length = Span::from_us(draw.stream().below(width.as_us() + 1));
    draw.begin(at, Act::Offline(Spell { node, span: at_least_some(spells.shortest + length) }));
}

fn flap(draw: &mut Draw<'_>) {
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

//! Wall clocks that go wrong.

use super::draw::Draw;
use super::row::{Family, HappensTo, Needs, Row, Swarm, Touch, Width, Words};
use crate::clock::{ClockChange, Drift, Shift};
use crate::scenario::{Act, Numbered, file};

pub(super) const CLOCK_JUMPS: Row = Row {
    field: "clock_jumps",
    name: "clock-jump",
    called: ["clock jump", "clock jumps"],
    happens_to: HappensTo::Nodes,
    stream: "clock_jumps",
    drawn: "node, time, how far",
    words: Words::Each(3),
    swarm: Swarm { usual: 3, extreme: 10, needs: Needs::Always },
    touch: Touch::Effect,
    family: Family::Clocks,
    width: Width::One,
    times: |faults| faults.clock_jumps.map(u64::from),
    draw: jump,
    is: |act| matches!(act, Act::Clock(clock) if clock.jump.is_some()),
};

pub(super) const CLOCK_STOPS: Row = Row {
    field: "clock_stops",
    name: "clock-stop",
    called: ["clock stop", "clock stops"],
    happens_to: HappensTo::Nodes,
    stream: "clock_stops",
    drawn: "node, time, length",
    words: Words::Each(3),
    swarm: Swarm { usual: 1, extreme: 4, needs: Needs::Always },
    touch: Touch::Effect,
    family: Family::Clocks,
    width: Width::Pair,
    times: |faults| faults.clock_stops.map(u64::from),
    draw: stop,
    is: |act| matches!(act, Act::Clock(clock) if clock.stop.is_some()),
};

pub(super) const CLOCK_DRIFTS: Row = Row {
    field: "clock_drifts",
    name: "clock-drift",
    called: ["clock drift", "clock drifts"],
    happens_to: HappensTo::Nodes,
    stream: "clock_drifts",
    drawn: "node, time, pace",
    words: Words::Each(3),
    swarm: Swarm { usual: 2, extreme: 6, needs: Needs::Always },
    touch: Touch::Effect,
    family: Family::Clocks,
    width: Width::OneForTwo,
    times: |faults| faults.clock_drifts.map(u64::from),
    draw: drift,
    is: |act| matches!(act, Act::Clock(clock) if clock.drift.is_some()),
};

fn of(node: u32, change: ClockChange) -> Act<Numbered> {
    Act::Clock(file::ClockChange::of(node, change))
}

fn jump(draw: &mut Draw<'_>) {
    let (node, at) = (draw.node(), draw.time());
    let furthest = draw.faults().furthest.as_us();
    let drawn = draw.stream().below(2 * furthest + 1);
    let furthest = i64::try_from(furthest).expect("durations are far below 2^63");
    let shift = i64::try_from(drawn).expect("durations are far below 2^62") - furthest;
    draw.begin(at, of(node, ClockChange::Jump(Shift::from_us(shift))));
}

fn stop(draw: &mut Draw<'_>) {
    let (node, (at, length)) = (draw.node(), draw.outage());
    draw.begin(at, of(node, ClockChange::Stop));
    draw.end(at + length, of(node, ClockChange::Go));
}

fn drift(draw: &mut Draw<'_>) {
    const LIMIT: u64 = Drift::LIMIT_PPM as u64;
    let (node, at) = (draw.node(), draw.time());
    let drawn = i32::try_from(draw.stream().below(2 * LIMIT + 1)).unwrap_or_default() - Drift::LIMIT_PPM;
    draw.begin(at, of(node, ClockChange::Drift(Drift::new(drawn).unwrap_or_default())));
}

//! Wall clocks that go wrong.

use super::draw::Draw;
use crate::clock::{ClockChange, Drift, Shift};
use crate::scenario::{Act, Numbered, file};

fn of(node: u32, change: ClockChange) -> Act<Numbered> {
    Act::Clock(file::ClockChange::of(node, change))
}

pub(super) fn jump(draw: &mut Draw<'_>) {
    let (node, at) = (draw.node(), draw.time());
    let furthest = draw.faults().furthest.as_us();
    let drawn = draw.stream().below(2 * furthest + 1);
    let furthest = i64::try_from(furthest).expect("durations are far below 2^63");
    let shift = i64::try_from(drawn).expect("durations are far below 2^62") - furthest;
    draw.begin(at, of(node, ClockChange::Jump(Shift::from_us(shift))));
}

pub(super) fn stop(draw: &mut Draw<'_>) {
    let (node, (at, length)) = (draw.node(), draw.outage());
    draw.begin(at, of(node, ClockChange::Stop));
    draw.end(at + length, of(node, ClockChange::Go));
}

pub(super) fn drift(draw: &mut Draw<'_>) {
    const LIMIT: u64 = Drift::LIMIT_PPM as u64;
    let (node, at) = (draw.node(), draw.time());
    let drawn = i32::try_from(draw.stream().below(2 * LIMIT + 1)).unwrap_or_default() - Drift::LIMIT_PPM;
    draw.begin(at, of(node, ClockChange::Drift(Drift::new(drawn).unwrap_or_default())));
}

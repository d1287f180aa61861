//! Processes that crash, and what goes wrong with disks.

use super::draw::Draw;
use super::lives::at_least_some;
use crate::disk::PLACES;
use crate::network::Ppm;
use crate::scenario::file::{BackUp, Crash, Duration, FailWrites, Lone, Percent, Point, Restore, Stall};
use crate::scenario::{Act, Numbered};
use cosim_core::{Span, Time};

/// Where in its work a generated crash hits: half of the time just then.
const POINTS: [Point; 6] =
    [Point::Now, Point::Now, Point::Now, Point::Writing, Point::Written, Point::Sending];

/// What is drawn of every fault: a node of a list, when and for how long, and a word for what is particular to it.
fn drawn(draw: &mut Draw<'_>, nodes: &[u32]) -> (u32, (Time, Span), u64) {
    (draw.pick(nodes), draw.outage(), draw.stream().word())
}

fn of_disk(draw: &mut Draw<'_>) -> (u32, (Time, Span), u64) {
    let faults = draw.faults();
    drawn(draw, &faults.disks)
}

pub(super) fn crash(draw: &mut Draw<'_>) {
    let faults = draw.faults();
    let (node, (at, down_for), detail) = drawn(draw, &faults.nodes);
    let mut point = POINTS[scaled(detail, POINTS.len() as u64) as usize];
    if matches!(point, Point::Writing | Point::Written) && !faults.disks.contains(&node) {
        // Where nothing is written, that never comes.
        point = Point::Now;
    }
    draw.begin(at, Act::Crash(Crash { node, point: Some(point), down_for: Some(Duration(down_for)) }));
}

pub(super) fn stall(draw: &mut Draw<'_>) {
    let (node, (at, length), _) = of_disk(draw);
    draw.begin(at, Act::Stall(Stall { node, span: at_least_some(length) }));
}

pub(super) fn full_disk(draw: &mut Draw<'_>) {
    let (node, (at, length), _) = of_disk(draw);
    draw.begin(at, Act::DiskFull(Lone { node }));
    draw.end(at + length, Act::DiskRoom(Lone { node }));
}

pub(super) fn failed_write(draw: &mut Draw<'_>) {
    let (node, (at, _), detail) = of_disk(draw);
    let count = Some(1 + scaled(detail, 4) as u32);
    draw.begin(at, Act::FailWrites(FailWrites { node, count }));
}

/// What spoils a disk: which, where on it, and at which bit; and whether the last copy of anything is spared.
pub(super) struct Spoiling {
    pub(super) node: u32,
    pub(super) place: Option<Percent>,
    pub(super) bit: Option<u8>,
    pub(super) spare_last_copy: Option<bool>,
}

pub(super) fn spoil(draw: &mut Draw<'_>, act: fn(Spoiling) -> Act<Numbered>) {
    let (node, (at, length), detail) = of_disk(draw);
    let place = Ppm::new(scaled(detail, u64::from(PLACES)) as u32).map(Percent);
    let (bit, spare_last_copy) = (Some((detail & 7) as u8), Some(draw.faults().spare));
    draw.begin(at, act(Spoiling { node, place, bit, spare_last_copy }));
    // Nothing is read from a disk but when a process starts.
    draw.end(at + length, Act::Crash(Crash { node, point: None, down_for: None }));
}

pub(super) fn restore(draw: &mut Draw<'_>) {
    let (node, (at, length), _) = of_disk(draw);
    // The names of generated copies count down from the largest number.
    let backup = u32::MAX - draw.number();
    draw.begin(at, Act::BackUp(BackUp { node, backup }));
    let spare_last_copy = Some(draw.faults().spare);
    draw.end(at + length, Act::Restore(Restore { node, backup, down_for: None, spare_last_copy }));
}

/// A number below `bound` that a word stands for; 0 where `bound` is 0.
fn scaled(word: u64, bound: u64) -> u64 {
    ((u128::from(word) * u128::from(bound)) >> 64) as u64
}

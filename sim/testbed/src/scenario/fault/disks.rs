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

/// What is drawn of every fault of a disk: which, when and for how long, where on it and at which bit, and a word for
/// whatever else.
pub(super) struct Drawn {
    pub(super) node: u32,
    at: Time,
    pub(super) length: Span,
    pub(super) place: Option<Percent>,
    pub(super) bit: Option<u8>,
    /// Whether the last copy of anything is spared.
    pub(super) spare_last_copy: Option<bool>,
    detail: u64,
}

fn of_disk(draw: &mut Draw<'_>, disks: &[u32]) -> Drawn {
    let faults = draw.faults();
    let (node, (at, length), detail) = drawn(draw, disks);
    let place = Ppm::new(scaled(detail, u64::from(PLACES)) as u32).map(Percent);
    let (bit, spare_last_copy) = (Some((detail & 7) as u8), Some(faults.spare));
    Drawn { node, at, length, place, bit, spare_last_copy, detail }
}

/// The same of a disk on which something can go wrong.
fn of_own_disk(draw: &mut Draw<'_>) -> Drawn {
    of_disk(draw, &draw.faults().own_disks)
}

pub(super) fn crash(draw: &mut Draw<'_>) {
    let faults = draw.faults();
    let (node, (at, down_for), detail) = drawn(draw, &faults.keepers);
    let mut point = POINTS[scaled(detail, POINTS.len() as u64) as usize];
    if matches!(point, Point::Writing | Point::Written) && !faults.disks.contains(&node) {
        // Where nothing is written, that never comes.
        point = Point::Now;
    }
    draw.begin(at, Act::Crash(Crash { node, point: Some(point), down_for: Some(Duration(down_for)) }));
}

pub(super) fn stall(draw: &mut Draw<'_>) {
    let Drawn { node, at, length, .. } = of_own_disk(draw);
    draw.begin(at, Act::Stall(Stall { node, span: at_least_some(length) }));
}

pub(super) fn full_disk(draw: &mut Draw<'_>) {
    let Drawn { node, at, length, .. } = of_own_disk(draw);
    draw.begin(at, Act::DiskFull(Lone { node }));
    draw.end(at + length, Act::DiskRoom(Lone { node }));
}

pub(super) fn failed_write(draw: &mut Draw<'_>) {
    let Drawn { node, at, detail, .. } = of_own_disk(draw);
    let count = Some(1 + scaled(detail, 4) as u32);
    draw.begin(at, Act::FailWrites(FailWrites { node, count }));
}

/// Something that shows when the process crashes.
pub(super) fn before_a_crash(draw: &mut Draw<'_>, act: fn(Drawn) -> Act<Numbered>) {
    let drawn = of_own_disk(draw);
    let (node, at, over) = (drawn.node, drawn.at, drawn.at + drawn.length);
    draw.begin(at, act(drawn));
    // Nothing is read from a disk but when a process starts.
    draw.end(over, Act::Crash(Crash { node, point: None, down_for: None }));
}

pub(super) fn restore(draw: &mut Draw<'_>) {
    let Drawn { node, at, length, .. } = of_disk(draw, &draw.faults().disks);
    // The names of generated copies count down from the largest number.
    let backup = u32::MAX - draw.number();
    draw.begin(at, Act::BackUp(BackUp { node, backup }));
    let spare_last_copy = Some(draw.faults().spare);
    draw.end(at + length, Act::Restore(Restore { node, of: None, backup, down_for: None, spare_last_copy }));
}

/// A number below `bound` that a word stands for; 0 where `bound` is 0.
fn scaled(word: u64, bound: u64) -> u64 {
    ((u128::from(word) * u128::from(bound)) >> 64) as u64
}

//! Disks, what goes wrong with them, and processes that crash.

use super::{Act, Faults, Lone, Node, Step, longer, percent, range};
use cosim_testbed::network::Ppm;
use cosim_testbed::scenario::file::{
    BackUp, Crash, Disk, Durability, FailWrites, Percent, Point, Restore, Rot, Stall,
};
use proptest::prelude::*;
use proptest::sample::select;

pub(super) fn disk() -> impl Strategy<Value = (Disk, Option<Durability>)> {
    const DURABILITIES: [Durability; 3] =
        [Durability::DurableFirst, Durability::SendFirst, Durability::SendFirstReuse];
    let disk = (prop::option::of(range(0..60)), prop::option::of(percent(20)));
    (disk, prop::option::of(select(&DURABILITIES[..])))
        .prop_map(|((latency, errors), durability)| (Disk { latency, errors, ..Disk::default() }, durability))
}

/// What happens to a process or its disk; where it has none, it crashes. A copy may be that of another's disk.
pub(super) fn act(step: &Step, (node, other): (String, Option<String>), has_disk: bool) -> Act {
    let points = match has_disk {
        true => [None, Some(Point::Writing), Some(Point::Written), Some(Point::Sending)],
        false => [None, Some(Point::Now), Some(Point::Sending), Some(Point::Sending)],
    };
    let point = points[step.co_value.index(points.len())];
    let spare_last_copy = step.one_way.then_some(true);
    let down_for = Some(step.length).filter(|_| step.number > 1);
    let backup = Some(format!("copy-{}", step.number)).filter(|_| step.number > 1);
    match step.kind {
        29 if has_disk && step.one_way => Act::BackUp(BackUp { node, backup }),
        // Where no such copy is taken before, in vain.
        30 if has_disk => {
            let of = other.filter(|_| step.number.is_multiple_of(2));
            Act::Restore(Restore { node, of, backup, down_for, spare_last_copy })
        }
        31 if has_disk => fault(step, node),
        _ => Act::Crash(Crash { node, point, down_for }),
    }
}

fn fault(step: &Step, node: String) -> Act {
    match step.co_value.index(5) {
        0 => Act::Stall(Stall { node, span: longer(step.length) }),
        1 => Act::DiskFull(Lone { node }),
        2 => Act::DiskRoom(Lone { node }),
        3 => Act::FailWrites(FailWrites { node, count: Some(step.number) }),
        _ => {
            let place = Ppm::new(250_000 * step.number).map(Percent);
            let spare_last_copy = step.one_way.then_some(true);
            Act::Rot(Rot { node, place, bit: Some(step.number as u8), spare_last_copy })
        }
    }
}

/// Only what goes wrong with disks and with processes that write to them.
pub(super) fn faults() -> impl Strategy<Value = Faults> {
    let numbers = (0..3_u32, 0..2_u32, 0..2_u32, 0..3_u32, 0..2_u32, 0..2_u32);
    numbers.prop_map(|(crashes, stalls, full_disks, failed_writes, rots, restores)| Faults {
        crashes: Some(crashes),
        stalls: Some(stalls),
        full_disks: Some(full_disks),
        failed_writes: Some(failed_writes),
        rots: Some(rots),
        restores: Some(restores),
        ..Faults::default()
    })
}

/// The faults, without those of disks where there is no disk.
pub(super) fn possible(faults: Faults, nodes: &[Node]) -> Faults {
    if nodes.iter().any(|node| node.disk.is_some()) {
        return faults;
    }
    Faults { stalls: None, full_disks: None, failed_writes: None, rots: None, restores: None, ..faults }
}

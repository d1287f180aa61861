//! What is generated of processes that crash and of disks: every fault takes four words, and all of one kind come from a
//! stream of their own.

use super::{at_least_some, end_name, fault_name, outage};
use crate::host::{DiskFault, Point};
use crate::scenario::generated::Faults;
use crate::scenario::{Action, Operation};
use crate::stream::Stream;
use crate::world::PLACES;
use cosim_core::Span;

/// Where in its work a generated crash hits: half of the time just then.
const POINTS: [Point; 6] =
    [Point::Now, Point::Now, Point::Now, Point::Writing, Point::Written, Point::Sending];

/// Every kind, what it is called, and how often it happens.
fn kinds(faults: &Faults) -> [(&'static str, u32); 6] {
    [
        ("crash", faults.crashes),
        ("stall", faults.stalls),
        ("full-disk", faults.full_disks),
        ("failed-write", faults.failed_writes),
        ("rot", faults.rots),
        ("restore", faults.restores),
    ]
}

/// The names of what [`faults_of_disks`] generates. Some kinds have no end, and their second name is never used.
pub(super) fn names(faults: &Faults) -> impl Iterator<Item = String> + '_ {
    kinds(faults).into_iter().flat_map(|(kind, times)| {
        (1..=times).flat_map(move |number| [fault_name(kind, number), end_name(kind, number)])
    })
}

/// Crashes, of any node, and what goes wrong with disks, of nodes that have one.
pub(super) fn faults_of_disks(seed: u64, faults: &Faults) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (kind, times) in kinds(faults) {
        let mut stream = Stream::new(seed, "faults", kind);
        let nodes = if kind == "crash" { &faults.nodes } else { &faults.disks };
        for number in 1..=times {
            let (which, (at, length), detail) = (stream.word(), outage(&mut stream, faults), stream.word());
            let Some(&node) = nodes.get(scaled(which, nodes.len() as u64) as usize) else { continue };
            let drawn = Drawn { node, length, detail, number };
            let (start, end) = drawn.actions(kind, faults);
            operations.push(Operation { name: fault_name(kind, number), at, action: start });
            operations.extend(end.map(|action| Operation {
                name: end_name(kind, number),
                at: at + length,
                action,
            }));
        }
    }
    operations
}

struct Drawn {
    node: u32,
    length: Span,
    detail: u64,
    number: u32,
}

impl Drawn {
    /// What happens, and what ends it or shows it.
    fn actions(&self, kind: &str, faults: &Faults) -> (Action, Option<Action>) {
        let &Drawn { node, length, detail, number } = self;
        let spare = faults.spare;
        let disk = |fault: DiskFault| Action::Disk { node, fault, spare: false };
        let crash = |point: Point, down_for: Span| Action::Crash { node, point, down_for };
        match kind {
            "crash" => match POINTS[scaled(detail, POINTS.len() as u64) as usize] {
                // Where nothing is written, that never comes.
                Point::Writing | Point::Written if !faults.disks.contains(&node) => {
                    (crash(Point::Now, length), None)
                }
                point => (crash(point, length), None),
            },
            "stall" => (disk(DiskFault::Stall(at_least_some(length))), None),
            "full-disk" => (disk(DiskFault::Full), Some(disk(DiskFault::Room))),
            "failed-write" => (disk(DiskFault::FailNext(1 + scaled(detail, 4) as u32)), None),
            "rot" => {
                let place = scaled(detail, u64::from(PLACES)) as u32;
                let fault = DiskFault::Rot { place, bit: (detail & 7) as u8 };
                // Nothing is read from a disk but when a process starts.
                (Action::Disk { node, fault, spare }, Some(crash(Point::Now, Span::ZERO)))
            }
            _ => {
                // The names of generated copies count down from the largest number.
                let (backup, down_for) = (u32::MAX - number, Span::ZERO);
                (Action::BackUp { node, backup }, Some(Action::Restore { node, backup, down_for, spare }))
            }
        }
    }
}

/// A number below `bound` that a word stands for; 0 where `bound` is 0.
fn scaled(word: u64, bound: u64) -> u64 {
    ((u128::from(word) * u128::from(bound)) >> 64) as u64
}

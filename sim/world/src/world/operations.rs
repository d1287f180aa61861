//! Operations: what the plan of a run does to the world.

use super::{Trap, World};
use crate::decision::Decide;
use crate::host::{Input, Operation, Point, SimNode, Storage};
use crate::queue::Queued;
use crate::world::observer::{Ending, Happening, Observer, Skipped};
use cosim_base::Time;

impl<N: SimNode, O: Observer<N>, D: Decide<N>> World<N, O, D> {
    pub(super) fn operation(&mut self, at: Time, queued: Queued) {
        if queued.order.entity() != 0 {
            return self.come_back(at, queued);
        }
        let number = queued.slot;
        if let Some(Operation::Command { node, .. }) = self.operations[number as usize]
            && self.sleeps(node)
        {
            return self.put_off(node, queued);
        }
        // It is taken out while it happens. What it began may have to be ended; what an app asked for is over.
        let Some(operation) = self.operations[number as usize].take() else { return };
        self.begin(at, queued.order);
        self.observe(&Happening::Operation { number, operation: &operation });
        let skipped = self.carry_out(number, &operation);
        match skipped {
            None => self.figures.operations += 1,
            Some(why) => {
                self.figures.skipped += 1;
                self.figures.vain_commands += u64::from(matches!(operation, Operation::Command { .. }));
                self.observe(&Happening::Skipped { number, why: &why });
            }
        }
        if !matches!(operation, Operation::Command { .. }) {
            self.operations[number as usize] = Some(operation);
        }
    }

    /// Does what an operation says; gives the reason where that has no effect.
    fn carry_out(&mut self, number: u32, operation: &Operation<N>) -> Option<Skipped<N>> {
        match operation {
            Operation::Command { node, command } => self.refuses(*node).or_else(|| {
                let wall = self.nodes[node.index()].clock.reading(self.now);
                self.handle(*node, Input::Command { command, wall }, None).err().map(Skipped::Refused)
            }),
            Operation::Connect { link } => self.connect(*link, number),
            Operation::Disconnect { link } => {
                let done = self.disconnect(*link, number);
                self.links[*link as usize].intended = false;
                done
            }
            Operation::Partition { link, direction } => {
                self.set_partitioned(*link, *direction, true);
                None
            }
            Operation::Heal { link, direction } => {
                self.set_partitioned(*link, *direction, false);
                self.links[*link as usize].filters.pass(*direction);
                self.release(*link, *direction);
                None
            }
            Operation::HalfOpen { link, end } => self.half_open(*link, *end, number),
            Operation::Filter { link, direction, filter } => {
                self.links[*link as usize].filters.add(*direction, filter.clone());
                None
            }
            Operation::Release { link, direction } => {
                self.release(*link, *direction);
                None
            }
            Operation::Restart { node, down_for, storage } => {
                let ending = if *storage == Storage::Kept { Ending::Restart } else { Ending::Wipe };
                self.go_down(*node, *down_for, number, ending)
            }
            Operation::Crash { node, point: Point::Now, down_for } => {
                self.go_down(*node, *down_for, number, Ending::Crash)
            }
            Operation::Crash { node, point, down_for } => {
                self.set_trap(*node, Trap { point: *point, operation: number, down_for: *down_for })
            }
            Operation::BackUp { node, backup } => self.back_up(*node, *backup),
            Operation::Restore { node, down_for, backup } => self.restore(*node, *down_for, *backup, number),
            Operation::Disk { node, fault } => self.disk_fault(*node, *fault),
            Operation::UnlessLastCopy { node, .. } if (self.last_copy)(&self.view(), *node) => {
                Some(Skipped::LastCopy)
            }
            Operation::UnlessLastCopy { operation, .. } => self.carry_out(number, operation),
            Operation::Pause { node, span, connections } => self.pause(*node, *span, *connections, number),
            Operation::Offline { node, span } => self.go_offline(*node, *span, number),
            Operation::Leave { node } => self.leave(*node, number),
            Operation::Join { node, links } => self.join(*node, links, number),
            Operation::Clock { node, change } => self.change_clock(*node, *change),
            Operation::Network { link, network } => {
                self.set_network(self.now, *link, **network);
                None
            }
        }
    }
}

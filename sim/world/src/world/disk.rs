//! What a world does with disks: it hands them what nodes write, tells nodes how that ended, and cuts it short when they
//! crash.

use super::World;
use crate::decision::{Crashing, Decide, WriteFate, Writing};
use crate::disk::{DiskFault, Pending, Suffered, WriteEnd};
use crate::host::{Input, NodeId, SimNode, Survival, Unsynced};
use crate::queue::{Class, Order, Queued};
use crate::world::observer::{Happening, Observer, Skipped};
use cosim_base::Time;

/// That a write is about to end; or that it has, and its node, which sleeps, is yet to be told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Done {
    node: NodeId,
    epoch: u32,
    untold: Option<Ended>,
}

/// A write that has ended.
#[derive(Clone, Copy, Debug)]
struct Ended {
    ticket: u64,
    failed: bool,
}

impl<N: SimNode, O: Observer<N>, D: Decide<N>> World<N, O, D> {
    /// A node hands over bytes to be written.
    pub(super) fn write(&mut self, node: NodeId, ticket: u64, label: N::Record, bytes: Vec<u8>) {
        let host = &mut self.nodes[node.index()];
        let Some(disk) = &mut host.disk else {
            debug_assert!(false, "only a node with a disk writes");
            return;
        };
        let word = disk.writes.word();
        let drawn = WriteFate::drawn(&disk.spec, word);
        let writing = Writing { node, event: self.event, record: &label, spec: &disk.spec };
        let mut fate = self.decisions.write(&writing, drawn);
        fate.error = disk.error_of_next(fate.error);
        let start = self.now.max(disk.busy_until).max(disk.stalled_until);
        let at = start + fate.latency;
        disk.busy_until = at;
        disk.pending.push_back(Pending { ticket, bytes, error: fate.error });
        let slot = self.writes.put(Done { node, epoch: disk.epoch, untold: None });
        let order = Order::new(Class::Disk, node.0, ticket);
        self.queue.push(Queued { at_us: at.as_us(), order, slot });
    }

    /// The first write of a node's disk that is under way ends.
    pub(super) fn written(&mut self, at: Time, queued: Queued) {
        let done = self.writes.take(queued.slot);
        if let Some(ended) = done.untold {
            self.begin(at, queued.order);
            return self.tell(done.node, ended);
        }
        let host = &mut self.nodes[done.node.index()];
        let Some(disk) = host.disk.as_mut().filter(|disk| disk.epoch == done.epoch) else { return };
        if disk.stalled_until > at {
            let slot = self.writes.put(done);
            self.queue.push(Queued { at_us: disk.stalled_until.as_us(), order: queued.order, slot });
            return;
        }
        let Some(WriteEnd { ticket, error, full }) = disk.write_first() else { return };
        self.begin(at, queued.order);
        self.fingerprint.fold(ticket, u64::from(error.is_some()));
        let node = done.node;
        self.observe(&Happening::Written { node, ticket, error, full });
        if self.springs(node, crate::host::Point::Written) {
            return;
        }
        let ended = Ended { ticket, failed: error.is_some() };
        if self.sleeps(node) {
            // Its disk works on, and it is told when it wakes.
            let slot = self.writes.put(Done { untold: Some(ended), ..done });
            return self.put_off(node, Queued { slot, ..queued });
        }
        self.tell(node, ended);
    }

    /// Tells a node that a write has ended.
    fn tell(&mut self, node: NodeId, Ended { ticket, failed }: Ended) {
        let input = if failed { Input::WriteFailed { ticket } } else { Input::Written { ticket } };
        // A node refuses commands only.
        let _ = self.handle(node, input, None);
    }

    /// What a crash leaves of what a node was writing.
    pub(super) fn crash_disk(&mut self, node: NodeId, operation: u32) {
        let Some(disk) = &mut self.nodes[node.index()].disk else { return };
        let words = [disk.crashes.word(), disk.crashes.word()];
        let lengths: Vec<u32> =
            disk.pending.iter().map(|write| u32::try_from(write.bytes.len()).unwrap_or(u32::MAX)).collect();
        let drawn = match disk.spec.unsynced {
            Unsynced::Drawn => Survival::drawn(&lengths, words),
            Unsynced::Kept => Survival::harmless(&lengths),
        };
        let crashing = Crashing { node, operation, event: self.event, pending: &lengths };
        let survival = self.decisions.crash(&crashing, drawn);
        disk.cut(survival);
        self.fingerprint.fold(u64::from(survival.kept), u64::from(survival.torn));
        self.observe(&Happening::Cut { node, survival, pending: lengths.len() as u32 });
    }

    /// Something goes wrong with a node's disk, or is mended.
    pub(super) fn disk_fault(&mut self, node: NodeId, fault: DiskFault) -> Option<Skipped<N>> {
        let now = self.now;
        let Some(disk) = &mut self.nodes[node.index()].disk else { return Some(Skipped::NoDisk) };
        match disk.suffer(fault, now) {
            Suffered::Quietly => None,
            Suffered::Spoilt => {
                self.observe(&Happening::Spoilt { node });
                None
            }
            Suffered::InVain => Some(Skipped::EmptyDisk),
        }
    }

    /// What is wrong with disks ends, as the liveness phase begins. That is no event.
    pub fn heal_disks(&mut self) {
        for host in &mut self.nodes {
            if let Some(disk) = &mut host.disk {
                disk.heal();
            }
            host.trap = None;
        }
    }
}

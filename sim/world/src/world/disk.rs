//! Disks: what a node has handed over to be written, what is written, and what a crash leaves of it. A disk takes writes
//! one after another, in order. It knows bytes, and nothing of what they mean.

use super::World;
use crate::decision::{Crashing, Decide, WriteFate, Writing};
use crate::host::{DiskSpec, Input, NodeId, SimNode, Survival, Unsynced, WriteError};
use crate::queue::{Class, Order, Queued};
use crate::stream::Stream;
use crate::world::observer::{Happening, Observer};
use cosim_base::Time;
use std::collections::{BTreeMap, VecDeque};

/// A node's disk.
#[derive(Clone, Debug)]
pub struct Disk {
    spec: DiskSpec,
    /// What is written.
    bytes: Vec<u8>,
    /// What is being written, in order.
    pending: VecDeque<Pending>,
    /// When the last of it is written.
    busy_until: Time,
    /// Until when nothing is written.
    stalled_until: Time,
    /// Whether there is no room left.
    full: bool,
    /// How many of the next writes fail whatever the seed says.
    failing: u32,
    /// Copies that were taken, by number.
    backups: BTreeMap<u32, Vec<u8>>,
    /// Counts the crashes: what was under way before counts no more.
    epoch: u32,
    writes: Stream,
    crashes: Stream,
}

#[derive(Clone, Debug)]
struct Pending {
    ticket: u64,
    bytes: Vec<u8>,
    error: Option<WriteError>,
}

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

impl Disk {
    pub(super) fn new(spec: DiskSpec, seed: u64) -> Disk {
        let (writes, crashes) =
            (Stream::new(seed, "disk", &spec.name), Stream::new(seed, "crash", &spec.name));
        Disk {
            spec,
            bytes: Vec::new(),
            pending: VecDeque::new(),
            busy_until: Time::ZERO,
            stalled_until: Time::ZERO,
            full: false,
            failing: 0,
            backups: BTreeMap::new(),
            epoch: 0,
            writes,
            crashes,
        }
    }

    /// What is written.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many writes are under way.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// The process ends in order: what is under way is written first.
    pub(super) fn flush(&mut self) {
        for write in std::mem::take(&mut self.pending) {
            self.bytes.extend(write.bytes);
        }
        self.abandon();
    }

    /// The process ends at once: of what is under way, some is written, and perhaps part of the next.
    fn cut(&mut self, survival: Survival) {
        let mut pending = std::mem::take(&mut self.pending).into_iter();
        for write in pending.by_ref().take(survival.kept as usize) {
            self.bytes.extend(write.bytes);
        }
        if let Some(torn) = pending.next() {
            let length = torn.bytes.len().saturating_sub(1).min(survival.torn as usize);
            self.bytes.extend_from_slice(&torn.bytes[..length]);
        }
        self.abandon();
    }

    /// What is under way is never written.
    pub(super) fn abandon(&mut self) {
        self.pending.clear();
        self.epoch += 1;
        self.busy_until = Time::ZERO;
    }

    /// Nothing is written any more, and there is room.
    pub(super) fn clear(&mut self) {
        self.abandon();
        self.bytes.clear();
        self.full = false;
    }

    pub(super) fn back_up(&mut self, number: u32) {
        self.backups.insert(number, self.bytes.clone());
    }

    /// Puts a copy in place of what is written, where there is one.
    pub(super) fn restore(&mut self, number: u32) {
        self.clear();
        self.bytes = self.backups.get(&number).cloned().unwrap_or_default();
    }

    pub(super) fn has_backup(&self, number: u32) -> bool {
        self.backups.contains_key(&number)
    }

    pub(super) fn stall(&mut self, until: Time) {
        self.stalled_until = self.stalled_until.max(until);
    }

    pub(super) fn set_full(&mut self, full: bool) {
        self.full = full;
    }

    pub(super) fn fail_next(&mut self, count: u32) {
        self.failing = count;
    }

    /// Nothing goes wrong any more.
    pub(super) fn heal(&mut self) {
        self.full = false;
        self.failing = 0;
        self.stalled_until = Time::ZERO;
        self.spec.errors = crate::network::Ppm::NEVER;
    }

    /// Flips a bit; nothing, where nothing is written.
    pub(super) fn rot(&mut self, place: u32, bit: u8) -> bool {
        let len = self.bytes.len() as u64;
        let at = (u64::from(place) * len) / u64::from(PLACES);
        match usize::try_from(at).ok().and_then(|at| self.bytes.get_mut(at)) {
            Some(byte) => {
                *byte ^= 1 << (bit & 7);
                true
            }
            None => false,
        }
    }
}

/// Where a bit is flipped is given in parts of this: the first byte is at 0.
pub const PLACES: u32 = 1_000_000;

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
        if disk.failing > 0 {
            disk.failing -= 1;
            fate.error = fate.error.or(Some(WriteError::Nothing));
        }
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
        let Some(Pending { ticket, bytes, error }) = disk.pending.pop_front() else { return };
        let error = if disk.full { Some(WriteError::Nothing) } else { error };
        match error {
            None | Some(WriteError::Whole) => disk.bytes.extend(bytes),
            Some(WriteError::Torn) => disk.bytes.extend_from_slice(&bytes[..bytes.len() / 2]),
            Some(WriteError::Nothing) => {}
        }
        let full = disk.full;
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

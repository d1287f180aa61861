//! Disks: how they behave, what is written on them, what goes wrong with them, and what a crash leaves of it. A disk takes
//! writes one after another, in order. It knows bytes, and nothing of what they mean.

use crate::network::{Ppm, SpanRange};
use crate::stream::Stream;
use cosim_base::{Span, Time};
use std::collections::{BTreeMap, VecDeque};

/// How a disk behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskSpec {
    /// The name of its node: it names the streams from which the disk's decisions come.
    pub name: String,
    /// How long a write takes once those before it are done.
    pub latency: SpanRange,
    /// How often a write fails.
    pub errors: Ppm,
    /// What a crash leaves of the writes under way.
    pub unsynced: Unsynced,
}

/// What a crash leaves of the writes that are under way, where nobody decides otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsynced {
    /// What the seed says.
    Drawn,
    /// All of them.
    Kept,
}

/// What a write that was reported as failed left on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// Nothing.
    Nothing,
    /// Half of it.
    Torn,
    /// All of it, though the node was told otherwise.
    Whole,
}

impl WriteError {
    /// The one of this number; what there is no number for leaves nothing.
    pub const fn of(number: u32) -> WriteError {
        match number {
            1 => WriteError::Torn,
            2 => WriteError::Whole,
            _ => WriteError::Nothing,
        }
    }
}

/// What a crash leaves of the writes that were under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survival {
    /// How many of them are written, the first first.
    pub kept: u32,
    /// How many bytes of the next one are.
    pub torn: u32,
}

impl Survival {
    /// Nothing is lost: the harmless default.
    pub fn harmless(pending: &[u32]) -> Survival {
        Survival { kept: pending.len() as u32, torn: 0 }
    }

    /// What the words drawn for a crash mean, where writes of these lengths are under way.
    pub(crate) fn drawn(pending: &[u32], [kept, torn]: [u64; 2]) -> Survival {
        let scale = |word: u64, bound: u64| ((u128::from(word) * u128::from(bound)) >> 64) as u32;
        let kept = scale(kept, pending.len() as u64 + 1);
        let next = pending.get(kept as usize).copied().unwrap_or(0);
        // Half of the time the next one is torn, in its lowest bit.
        let torn = if torn & 1 == 1 { scale(torn, u64::from(next)) } else { 0 };
        Survival { kept, torn }
    }
}

/// Where in its work a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// At once, between two events.
    Now,
    /// As soon as it has handed over a write: whatever it would do next in that event is not done.
    Writing,
    /// As soon as a write has ended, before it is told.
    Written,
    /// As soon as it has sent a message: whatever it would do next in that event is not done.
    Sending,
}

/// What can happen to a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskFault {
    /// Nothing is written for a while.
    Stall(Span),
    /// There is no room left: every write fails.
    Full,
    /// There is room again.
    Room,
    /// The next so many writes fail.
    FailNext(u32),
    /// One bit of what is written flips: at this place, in millionths of all of it.
    Rot {
        /// The place.
        place: u32,
        /// The bit of the byte there, 0 to 7.
        bit: u8,
    },
    /// Nothing is written for a while, and a crash before the next write ends leaves the newest without those before it.
    Reorder(Span),
}

/// A node's disk.
#[derive(Clone, Debug)]
pub struct Disk {
    pub(crate) spec: DiskSpec,
    /// What is written.
    bytes: Vec<u8>,
    /// What is being written, in order.
    pub(crate) pending: VecDeque<Pending>,
    /// When the last of it is written.
    pub(crate) busy_until: Time,
    /// Until when nothing is written.
    pub(crate) stalled_until: Time,
    /// Whether a crash leaves the newest write.
    reorders: bool,
    /// Whether there is no room left.
    full: bool,
    /// How many of the next writes fail whatever the seed says.
    failing: u32,
    /// Copies that were taken, by number.
    backups: BTreeMap<u32, Vec<u8>>,
    /// Counts the crashes: what was under way before counts no more.
    pub(crate) epoch: u32,
    pub(crate) writes: Stream,
    pub(crate) crashes: Stream,
}

#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) ticket: u64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) error: Option<WriteError>,
}

impl DiskFault {
    /// How long it lasts of its own accord.
    pub const fn span(&self) -> Span {
        if let DiskFault::Stall(span) | DiskFault::Reorder(span) = self { *span } else { Span::ZERO }
    }
}

/// What a fault did to a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suffered {
    /// What is written is still what was written.
    Quietly,
    /// What is written is no longer what was written.
    Spoilt,
    /// Nothing: nothing is written yet.
    InVain,
}

/// How a write ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WriteEnd {
    pub(crate) ticket: u64,
    /// Whether it is reported as failed, and what is on the disk then.
    pub(crate) error: Option<WriteError>,
    /// Whether that is because there is no room.
    pub(crate) full: bool,
}

/// A place on a disk is given in parts of this: the first byte is at 0.
pub const PLACES: u32 = 1_000_000;

/// The byte at a place, where there are so many.
fn byte_at(place: u32, len: usize) -> usize {
    let at = u64::from(place.min(PLACES - 1)) * len as u64 / u64::from(PLACES);
    at as usize
}

impl Disk {
    pub(crate) fn new(spec: DiskSpec, seed: u64) -> Disk {
        let (writes, crashes) =
            (Stream::new(seed, "disk", &spec.name), Stream::new(seed, "crash", &spec.name));
        Disk {
            spec,
            bytes: Vec::new(),
            pending: VecDeque::new(),
            busy_until: Time::ZERO,
            stalled_until: Time::ZERO,
            reorders: false,
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
    pub(crate) fn flush(&mut self) {
        for write in std::mem::take(&mut self.pending) {
            self.bytes.extend(write.bytes);
        }
        self.abandon();
    }

    /// The process ends at once: of what is under way, some is written, and perhaps part of the next; before them the
    /// newest of all, where the disk reorders.
    pub(crate) fn cut(&mut self, survival: Survival) {
        let mut pending = std::mem::take(&mut self.pending);
        if std::mem::take(&mut self.reorders)
            && let Some(newest) = pending.pop_back()
        {
            self.bytes.extend(newest.bytes);
        }
        let mut pending = pending.into_iter();
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
    pub(crate) fn abandon(&mut self) {
        self.pending.clear();
        self.epoch += 1;
        self.busy_until = Time::ZERO;
    }

    /// Nothing is written any more, and there is room.
    pub(crate) fn clear(&mut self) {
        self.abandon();
        self.bytes.clear();
        self.full = false;
    }

    pub(crate) fn back_up(&mut self, number: u32) {
        self.backups.insert(number, self.bytes.clone());
    }

    /// Puts a copy in place of what is written.
    pub(crate) fn replace(&mut self, copy: Vec<u8>) {
        self.clear();
        self.bytes = copy;
    }

    pub(crate) fn backup(&self, number: u32) -> Option<&[u8]> {
        self.backups.get(&number).map(Vec::as_slice)
    }

    /// Something goes wrong, or is mended.
    pub(crate) fn suffer(&mut self, fault: DiskFault, now: Time) -> Suffered {
        let len = self.bytes.len();
        match fault {
            DiskFault::Stall(span) => self.stalled_until = self.stalled_until.max(now + span),
            DiskFault::Full => self.full = true,
            DiskFault::Room => self.full = false,
            DiskFault::FailNext(count) => self.failing = count,
            DiskFault::Rot { .. } if len == 0 => return Suffered::InVain,
            DiskFault::Rot { place, bit } => {
                self.bytes[byte_at(place, len)] ^= 1 << (bit & 7);
                return Suffered::Spoilt;
            }
            DiskFault::Reorder(span) => {
                self.stalled_until = self.stalled_until.max(now + span);
                self.reorders = true;
            }
        }
        Suffered::Quietly
    }

    /// What becomes of the next write where `drawn` is drawn for it.
    pub(crate) fn error_of_next(&mut self, drawn: Option<WriteError>) -> Option<WriteError> {
        if self.failing == 0 {
            return drawn;
        }
        self.failing -= 1;
        drawn.or(Some(WriteError::Nothing))
    }

    /// The first write that is under way ends.
    pub(crate) fn write_first(&mut self) -> Option<WriteEnd> {
        let Pending { ticket, bytes, error } = self.pending.pop_front()?;
        self.reorders = false;
        let error = if self.full { Some(WriteError::Nothing) } else { error };
        match error {
            None | Some(WriteError::Whole) => self.bytes.extend(bytes),
            Some(WriteError::Torn) => self.bytes.extend_from_slice(&bytes[..bytes.len() / 2]),
            Some(WriteError::Nothing) => {}
        }
        Some(WriteEnd { ticket, error, full: self.full })
    }

    /// Nothing goes wrong any more.
    pub(crate) fn heal(&mut self) {
        self.full = false;
        self.failing = 0;
        self.stalled_until = Time::ZERO;
        self.reorders = false;
        self.spec.errors = Ppm::NEVER;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn disk(writes: &[Vec<u8>]) -> Disk {
        let latency = SpanRange::new(Span::ZERO, Span::ZERO).expect("in order");
        let (name, unsynced) = (String::new(), Unsynced::Drawn);
        let mut disk = Disk::new(DiskSpec { name, latency, errors: Ppm::NEVER, unsynced }, 1);
        let pending =
            (0..).zip(writes).map(|(ticket, bytes)| Pending { ticket, bytes: bytes.clone(), error: None });
        disk.pending.extend(pending);
        disk
    }

    proptest! {
        #[test]
        fn a_crash_while_a_disk_reorders_leaves_the_newest_write(
            writes in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..9), 1..6),
            ended in 0..6_usize,
            kept in 0..6_u32,
            torn in 0..9_u32,
        ) {
            let mut disk = disk(&writes);
            let ended = ended.min(writes.len() - 1);
            (0..ended).for_each(|_| assert!(disk.write_first().is_some()));
            let whole = disk.bytes().len();
            prop_assert_eq!(disk.suffer(DiskFault::Reorder(Span::from_s(1)), Time::ZERO), Suffered::Quietly);
            disk.cut(Survival { kept, torn });
            let newest = &writes[writes.len() - 1];
            prop_assert_eq!(&disk.bytes()[..whole], writes[..ended].concat());
            prop_assert!(disk.bytes()[whole..].starts_with(newest));
            let rest = &disk.bytes()[whole + newest.len()..];
            prop_assert!(writes[ended..writes.len() - 1].concat().starts_with(rest), "then those before it, in order");
        }
    }

    /// A write that ends shows that the disk is in order again.
    #[test]
    fn a_write_ends_the_disorder() {
        let mut disk = disk(&[b"first".to_vec(), b"second".to_vec(), b"third".to_vec()]);
        assert_eq!(disk.suffer(DiskFault::Reorder(Span::from_s(1)), Time::ZERO), Suffered::Quietly);
        assert!(disk.write_first().is_some());
        disk.cut(Survival { kept: 0, torn: 3 });
        assert_eq!(disk.bytes(), b"firstsec");
    }
}

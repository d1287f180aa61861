//! The event queue: everything that will happen, ordered by time, then by meaning ([`Order`]), never by when it was
//! scheduled.
//!
//! A few events are one sorted list, which is quick to copy. Once there are more, near ones lie in a wheel of buckets, each
//! sorted only when its time comes, and those that lie far ahead wait in a heap. A bitmap of occupied buckets lets idle
//! stretches be skipped. A bucket is a list through one store of events.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What breaks ties in time: an event's [`Class`], then its entity, then that entity's own counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Order(u64);

/// The classes of events, in the order in which they happen at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Operation = 0,
    Notice = 1,
    Disk = 2,
    Timer = 3,
    Delivery = 4,
}

const COUNTER_BITS: u32 = 38;
const ENTITY_BITS: u32 = 23;
/// The highest bit of a counter: that of a message comes nowhere near it.
const REPLAY: u64 = 1 << (COUNTER_BITS - 1);

impl Order {
    #[inline]
    pub(crate) fn new(class: Class, entity: u32, counter: u64) -> Order {
        debug_assert!(entity < 1 << ENTITY_BITS, "entities fit 23 bits");
        debug_assert!(counter < 1 << COUNTER_BITS, "counters fit 38 bits");
        Order((class as u64) << (ENTITY_BITS + COUNTER_BITS) | u64::from(entity) << COUNTER_BITS | counter)
    }

    /// The place of the second copy of a message: right behind the first.
    pub(crate) fn second_copy(self) -> Order {
        Order(self.0 + 1)
    }

    /// The place of a copy of a message that comes long after: behind all first and second copies.
    pub(crate) fn replay(self) -> Order {
        Order(self.0 | REPLAY)
    }

    /// What all copies of a message share, and no other message has.
    pub(crate) fn mail(self) -> u64 {
        (self.0 & !REPLAY) >> 1
    }

    pub(crate) fn class(self) -> Class {
        match self.0 >> (ENTITY_BITS + COUNTER_BITS) {
            0 => Class::Operation,
            1 => Class::Notice,
            2 => Class::Disk,
            3 => Class::Timer,
            _ => Class::Delivery,
        }
    }

    pub(crate) fn entity(self) -> u32 {
        ((self.0 >> COUNTER_BITS) & ((1 << ENTITY_BITS) - 1)) as u32
    }

    pub(crate) fn bits(self) -> u64 {
        self.0
    }
}

/// An event that waits: when, in which order, and where its content is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Queued {
    pub(crate) at_us: u64,
    pub(crate) order: Order,
    pub(crate) slot: u32,
}

impl Queued {
    #[inline]
    fn key(&self) -> u128 {
        u128::from(self.at_us) << 64 | u128::from(self.order.0)
    }
}

/// So many events at once are few.
const FEW: usize = 128;

/// One bucket spans 2^5 = 32 microseconds.
const BUCKET_SHIFT: u32 = 5;
/// The wheel reaches 131 milliseconds ahead.
const BUCKETS: usize = 4096;

/// The end of a list.
const NONE: u32 = u32::MAX;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    /// Events that are sorted, the latest first: while there is no wheel all of them, then those whose bucket has come.
    current: Vec<Queued>,
    wheel: Option<Box<Wheel>>,
    len: usize,
}

impl Queue {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn push(&mut self, event: Queued) {
        self.len += 1;
        if self.wheel.as_mut().is_some_and(|wheel| wheel.takes(event)) {
            return;
        }
        let key = event.key();
        let i = self.current.partition_point(|other| other.key() > key);
        self.current.insert(i, event);
        if self.wheel.is_none() && self.current.len() > FEW {
            self.spread();
        }
    }

    /// Puts all events but the next ones into a wheel.
    #[cold]
    fn spread(&mut self) {
        let next = self.current.last().map_or(0, |event| event.at_us >> BUCKET_SHIFT);
        let wheel = self.wheel.insert(Box::new(Wheel::new(next)));
        self.current.retain(|event| !wheel.takes(*event));
    }

    /// The next event, where it lies at or before `limit_us`.
    #[inline]
    pub(crate) fn pop_until(&mut self, limit_us: u64) -> Option<Queued> {
        if self.current.is_empty() {
            self.wheel.as_mut()?.turn(&mut self.current);
        }
        let event = self.current.pop_if(|event| event.at_us <= limit_us)?;
        self.len -= 1;
        Some(event)
    }
}

/// An event in a bucket, and the place of the one behind it; or a place that is free, and the next such.
#[derive(Clone, Copy, Debug)]
struct Linked {
    at_us: u64,
    order: Order,
    slot: u32,
    next: u32,
}

/// Events whose time has not come.
#[derive(Clone, Debug)]
struct Wheel {
    /// Where the list of each bucket begins, among `linked`.
    buckets: Vec<u32>,
    linked: Vec<Linked>,
    /// Where the list of free places begins.
    free: u32,
    occupied: [u64; BUCKETS / 64],
    /// The bucket whose time has come, counted from time zero.
    now: u64,
    /// Events beyond its reach when they were pushed.
    late: BinaryHeap<Reverse<Queued>>,
}

impl Wheel {
    fn new(now: u64) -> Wheel {
        Wheel {
            buckets: vec![NONE; BUCKETS],
            linked: Vec::new(),
            free: NONE,
            occupied: [0; BUCKETS / 64],
            now,
            late: BinaryHeap::new(),
        }
    }

    /// Takes an event whose time has not come; says whether it has not.
    #[inline]
    fn takes(&mut self, event: Queued) -> bool {
        let bucket = event.at_us >> BUCKET_SHIFT;
        if bucket <= self.now {
            return false;
        }
        if bucket - self.now < BUCKETS as u64 {
            self.link((bucket % BUCKETS as u64) as usize, event);
        } else {
            self.late.push(Reverse(event));
        }
        true
    }

    /// Turns to the next bucket that holds anything, if there is one, and hands over what it holds, sorted.
    fn turn(&mut self, into: &mut Vec<Queued>) {
        let wheel = self.next_occupied();
        let late = self.late.peek().map(|Reverse(event)| event.at_us >> BUCKET_SHIFT);
        let Some(bucket) = wheel.into_iter().chain(late).min() else { return };
        self.now = bucket;
        if wheel == Some(bucket) {
            self.unlink((bucket % BUCKETS as u64) as usize, into);
        }
        while let Some(Reverse(event)) = self.late.peek() {
            if event.at_us >> BUCKET_SHIFT > bucket {
                break;
            }
            into.extend(self.late.pop().map(|Reverse(event)| event));
        }
        into.sort_unstable_by_key(|event| Reverse(event.key()));
    }

    /// Puts an event into a bucket.
    #[inline]
    fn link(&mut self, bucket: usize, Queued { at_us, order, slot }: Queued) {
        let linked = Linked { at_us, order, slot, next: self.buckets[bucket] };
        self.occupied[bucket / 64] |= 1 << (bucket % 64);
        self.buckets[bucket] = if self.free == NONE {
            self.linked.push(linked);
            (self.linked.len() - 1) as u32
        } else {
            let place = self.free;
            self.free = std::mem::replace(&mut self.linked[place as usize], linked).next;
            place
        };
    }

    /// Hands over what is in a bucket, in no particular order.
    fn unlink(&mut self, bucket: usize, into: &mut Vec<Queued>) {
        self.occupied[bucket / 64] &= !(1 << (bucket % 64));
        let mut place = std::mem::replace(&mut self.buckets[bucket], NONE);
        while place != NONE {
            let Linked { at_us, order, slot, next } = self.linked[place as usize];
            into.push(Queued { at_us, order, slot });
            self.linked[place as usize].next = self.free;
            self.free = place;
            place = next;
        }
    }

    /// The number of the first bucket after the present one that holds anything.
    fn next_occupied(&self) -> Option<u64> {
        let start = ((self.now + 1) % BUCKETS as u64) as usize;
        let words = self.occupied.len();
        for step in 0..=words {
            let word = (start / 64 + step) % words;
            let mut bits = self.occupied[word];
            if step == 0 {
                bits &= !0 << (start % 64);
            }
            if bits != 0 {
                let slot = word * 64 + bits.trailing_zeros() as usize;
                let ahead = (slot + BUCKETS - start) % BUCKETS;
                return Some(self.now + 1 + ahead as u64);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(at_us: u64, counter: u64) -> Queued {
        Queued { at_us, order: Order::new(Class::Delivery, 0, counter), slot: 0 }
    }

    proptest! {
        /// Against a sorted list, with pushes between pops, near, far and in the past: few events and many.
        #[test]
        fn pops_in_order(most in 1_usize..4, steps in prop::collection::vec((0_u64..400_000, 0_usize..3), 1..600)) {
            let mut queue = Queue::default();
            let mut model: Vec<Queued> = Vec::new();
            let mut now = 0;
            for (i, (ahead, pops)) in steps.into_iter().enumerate() {
                let new = event(now + if ahead % 7 == 0 { ahead * 50 } else { ahead % 3_000 }, i as u64);
                queue.push(new);
                model.push(new);
                model.sort_unstable_by_key(Queued::key);
                for _ in 0..pops.min(most) {
                    let limit = now + 1_000_000;
                    let expected = model.first().copied().filter(|event| event.at_us <= limit);
                    prop_assert_eq!(queue.pop_until(limit), expected);
                    if let Some(event) = expected {
                        model.remove(0);
                        now = event.at_us;
                    }
                }
                prop_assert_eq!(queue.len(), model.len());
            }
            for expected in model {
                prop_assert_eq!(queue.pop_until(u64::MAX), Some(expected));
            }
            prop_assert_eq!(queue.pop_until(u64::MAX), None);
        }
    }
}

//! Two runs side by side: which event of one is which of the other.
//!
//! Events of the same [`Address`] are partners. As many pairs of partners as stand in the same order in both runs are put
//! beside each other. Between two such pairs, what is left is tried again: first by address, then by the rough one, so that
//! two messages that differ in what they carry are told as one that differs. Whatever is left then stands alone; where it
//! has a partner elsewhere in the order, it was moved.
//!
//! Takes `n log n` steps, and memory for each event once.

use super::address::{Address, Hashed, Key};
use super::{Side, differing, is_time};
use crate::log::Entry;

/// Two runs side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alignment {
    /// Every event of either run once, in the order of both.
    pub rows: Vec<Row>,
    /// Events that stand alone on both sides and are the same but for their place: their numbers in A and in B, in the order
    /// of A.
    pub moved: Vec<(usize, usize)>,
}

/// What stands in one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// An event of either run, beside its partner.
    Both(How),
    /// The next event of A alone.
    A,
    /// The next event of B alone.
    B,
}

/// How two partners differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// In nothing.
    Same,
    /// Only in when they happen, and in numbers that count events, messages and connections.
    Time,
    /// In something else.
    Other,
}

impl Alignment {
    /// A character for each row: `=` the same, `~` at another time, `!` different, `<` in A only, `>` in B only.
    pub fn signs(&self) -> String {
        let sign = |row: &Row| match row {
            Row::Both(How::Same) => '=',
            Row::Both(How::Time) => '~',
            Row::Both(How::Other) => '!',
            Row::A => '<',
            Row::B => '>',
        };
        self.rows.iter().map(sign).collect()
    }

    /// The same with A for B.
    fn mirrored(mut self) -> Alignment {
        for row in &mut self.rows {
            *row = match *row {
                Row::A => Row::B,
                Row::B => Row::A,
                both @ Row::Both(_) => both,
            };
        }
        self.moved = self.moved.into_iter().map(|(a, b)| (b, a)).collect();
        self.moved.sort_unstable();
        self
    }
}

/// What an event is for the alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    /// When, in microseconds.
    at: u64,
    address: Address,
    /// A hash over all that is compared.
    line: Key,
}

fn events(side: &Side) -> Vec<Event> {
    let cast = side.log.cast();
    let event = |entry: &Entry| Event {
        at: entry.at.as_us(),
        address: Address::of(entry, cast),
        line: Hashed::whole(&side.json(entry).to_string()),
    };
    side.entries().map(event).collect()
}

/// Lays two runs side by side.
pub fn align(a: &Side, b: &Side) -> Alignment {
    let events = [events(a), events(b)];
    let prefix = events[0].iter().zip(&events[1]).take_while(|(a, b)| a == b).count();
    // Of several ways that are equally good, the same one is taken whichever run is called A.
    if events[0][prefix..] <= events[1][prefix..] {
        Aligning::new([a, b], [&events[0], &events[1]], prefix).align()
    } else {
        Aligning::new([b, a], [&events[1], &events[0]], prefix).align().mirrored()
    }
}

struct Aligning<'a> {
    sides: [&'a Side; 2],
    events: [&'a [Event]; 2],
    prefix: usize,
}

impl<'a> Aligning<'a> {
    fn new(sides: [&'a Side; 2], events: [&'a [Event]; 2], prefix: usize) -> Aligning<'a> {
        Aligning { sides, events, prefix }
    }

    fn align(&self) -> Alignment {
        let exact =
            self.events.map(|events| events.iter().map(|it| Some(it.address.exact)).collect::<Vec<_>>());
        // What comes before the first difference is beside itself.
        let same: Vec<_> = (0..self.prefix).map(|at| (at, at)).collect();
        // Once over everything, and once more between what that has found.
        let pairs = (0..2).fold(same, |pairs, _| between(&pairs, &exact));
        let (mut left, mut rough) = (
            exact,
            self.events.map(|events| events.iter().map(|it| Some(it.address.rough)).collect::<Vec<_>>()),
        );
        for (a, b) in &pairs {
            (left[0][*a], left[1][*b]) = (None, None);
        }
        let moved = partners(&left[0], &left[1]);
        for (a, b) in &moved {
            (rough[0][*a], rough[1][*b]) = (None, None);
        }
        let pairs = between(&pairs, &rough);
        Alignment { rows: self.rows(&pairs), moved }
    }

    /// The rows. What stands alone between two pairs is in the order of time.
    fn rows(&self, pairs: &[(usize, usize)]) -> Vec<Row> {
        let [a, b] = self.events;
        let mut rows = Vec::with_capacity(a.len().max(b.len()));
        let (mut next_a, mut next_b) = (0, 0);
        let differences = self.differences(pairs);
        let ends = pairs.iter().copied().chain([(a.len(), b.len())]);
        for ((end_a, end_b), how) in ends.zip(differences.into_iter().map(Some).chain([None])) {
            while next_a < end_a || next_b < end_b {
                let is_a = next_b == end_b
                    || (next_a < end_a
                        && (a[next_a].at, a[next_a].address) < (b[next_b].at, b[next_b].address));
                rows.push(if is_a { Row::A } else { Row::B });
                *(if is_a { &mut next_a } else { &mut next_b }) += 1;
            }
            rows.extend(how.map(Row::Both));
            (next_a, next_b) = (end_a + 1, end_b + 1);
        }
        rows
    }

    /// How the events of each pair differ.
    fn differences(&self, pairs: &[(usize, usize)]) -> Vec<How> {
        let mut entries = self.sides.map(Side::entries);
        let mut next = [0; 2];
        let mut how = Vec::with_capacity(pairs.len());
        for &(a, b) in pairs {
            let [left, right] = [(0, a), (1, b)].map(|(side, at): (usize, usize)| {
                let entry = entries[side].nth(at - next[side]);
                next[side] = at + 1;
                entry.map(|entry| self.sides[side].json(entry))
            });
            how.push(match (left, right) {
                _ if self.events[0][a].line == self.events[1][b].line => How::Same,
                (Some(left), Some(right))
                    if differing(&left, &right).iter().all(|field| is_time(&field.path)) =>
                {
                    How::Time
                }
                _ => How::Other,
            });
        }
        how
    }
}

/// Pairs, and beside them as many more as keep their order between each two of them.
fn between(pairs: &[(usize, usize)], keys: &[Vec<Option<Key>>; 2]) -> Vec<(usize, usize)> {
    let [a, b] = keys;
    let mut all = Vec::with_capacity(pairs.len());
    let (mut from_a, mut from_b) = (0, 0);
    for (end_a, end_b) in pairs.iter().copied().chain([(a.len(), b.len())]) {
        let found = in_order(partners(&a[from_a..end_a], &b[from_b..end_b]));
        all.extend(found.into_iter().map(|(a, b)| (from_a + a, from_b + b)));
        all.push((end_a, end_b));
        (from_a, from_b) = (end_a + 1, end_b + 1);
    }
    all.pop();
    all
}

/// What is called the same: the first of a name with the first, the second with the second. In the order of A.
fn partners(a: &[Option<Key>], b: &[Option<Key>]) -> Vec<(usize, usize)> {
    let sorted = |keys: &[Option<Key>]| {
        let named = keys.iter().enumerate().filter_map(|(at, key)| Some(((*key)?, at)));
        let mut sorted: Vec<_> = named.collect();
        sorted.sort_unstable();
        sorted
    };
    let (a, b) = (sorted(a), sorted(b));
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while let (Some((left, at_a)), Some((right, at_b))) = (a.get(i), b.get(j)) {
        if left == right {
            pairs.push((*at_a, *at_b));
        }
        i += usize::from(left <= right);
        j += usize::from(right <= left);
    }
    pairs.sort_unstable();
    pairs
}

/// As many of the pairs as are in the same order on both sides: the longest increasing subsequence, by patience sorting.
fn in_order(pairs: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    // The pair that ends the best sequence of each length, and what comes before each pair in its own.
    let (mut ends, mut before) = (Vec::<usize>::new(), Vec::with_capacity(pairs.len()));
    for (at, (_, b)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < *b);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut chosen: Vec<_> =
        std::iter::successors(ends.last().copied(), |at| before[*at]).map(|at| pairs[at]).collect();
    chosen.reverse();
    chosen
}

//! A row of numbers into which others are put anywhere, some of which are shown: it finds the shown one at a place, and
//! the place of a number.
//!
//! The row is cut into chunks of bounded size, each with a count of what it shows. So an insertion moves one chunk's
//! numbers, and a search walks over the counts and through one chunk.

use alloc::vec;
use alloc::vec::Vec;

/// A chunk with more numbers than this is cut in two.
const CHUNK_MAX: usize = 384;

/// Marks a number that is shown.
const SHOWN: u32 = 1 << 31;

/// See the module. Numbers are dense: each is at most by one larger than those that came before.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    /// The numbers of each chunk, some with the mark.
    chunks: Vec<Vec<u32>>,
    /// The chunks, front to back, and how many numbers each shows.
    order: Vec<u32>,
    counts: Vec<u32>,
    /// Where each chunk is among them.
    place_of: Vec<u32>,
    /// The chunk that each number is in.
    chunk_of: Vec<u32>,
    len: usize,
}

impl Sequence {
    /// The numbers from 0 to `count`, not included, none of them shown.
    pub(super) fn new(count: u32) -> Sequence {
        Sequence {
            chunks: vec![(0..count).collect()],
            order: vec![0],
            counts: vec![0],
            place_of: vec![0],
            chunk_of: (0..count).map(|_| 0).collect(),
            len: 0,
        }
    }

    /// How many are shown.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Puts the next `count` numbers behind `anchor`.
    pub(super) fn insert_after(&mut self, anchor: u32, count: u32) {
        let (chunk, at) = self.find(anchor);
        let first = u32::try_from(self.chunk_of.len()).expect("memory ends before");
        assert!(first < SHOWN - count, "memory ends before");
        let number = self.chunk_of[anchor as usize];
        self.chunk_of.extend((0..count).map(|_| number));
        self.chunks[chunk].splice(at + 1..at + 1, first..first + count);
        if self.chunks[chunk].len() > CHUNK_MAX {
            self.cut(chunk);
        }
    }

    /// Whether a number is shown.
    pub(super) fn is_shown(&self, number: u32) -> bool {
        let (chunk, at) = self.find(number);
        self.chunks[chunk][at] & SHOWN != 0
    }

    /// Shows a number that is not shown.
    pub(super) fn show(&mut self, number: u32) {
        let (chunk, at) = self.find(number);
        self.chunks[chunk][at] |= SHOWN;
        self.counts[self.place_of[chunk] as usize] += 1;
        self.len += 1;
    }

    /// Hides a number that is shown.
    pub(super) fn hide(&mut self, number: u32) {
        let (chunk, at) = self.find(number);
        self.chunks[chunk][at] &= !SHOWN;
        self.counts[self.place_of[chunk] as usize] -= 1;
        self.len -= 1;
    }

    /// How many shown ones stand before a number.
    pub(super) fn rank(&self, number: u32) -> usize {
        let (chunk, at) = self.find(number);
        let before: u32 = self.counts[..self.place_of[chunk] as usize].iter().sum();
        before as usize + self.chunks[chunk][..at].iter().filter(|number| **number & SHOWN != 0).count()
    }

    /// The shown number before which stand `rank` others.
    pub(super) fn at(&self, rank: usize) -> Option<u32> {
        let mut left = rank;
        for (chunk, count) in self.order.iter().zip(&self.counts) {
            match left.checked_sub(*count as usize) {
                Some(less) => left = less,
                None => return shown(&self.chunks[*chunk as usize]).nth(left),
            }
        }
        None
    }

    /// What is shown, front to back.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        self.order.iter().flat_map(|chunk| shown(&self.chunks[*chunk as usize]))
    }

    /// The chunk of a number, and its place there.
    fn find(&self, number: u32) -> (usize, usize) {
        let chunk = self.chunk_of[number as usize] as usize;
        let at = self.chunks[chunk].iter().position(|found| found & !SHOWN == number);
        (chunk, at.expect("it is in its chunk"))
    }

    /// Moves the second half of a chunk into a new one behind it.
    fn cut(&mut self, chunk: usize) {
        let half = self.chunks[chunk].len() / 2;
        let rest = self.chunks[chunk].split_off(half);
        // Where somebody types on, it is the second half that grows.
        self.chunks[chunk].shrink_to_fit();
        let new = u32::try_from(self.chunks.len()).expect("there are no more chunks than numbers");
        for number in &rest {
            self.chunk_of[(number & !SHOWN) as usize] = new;
        }
        let count = u32::try_from(shown(&rest).count()).expect("a chunk is small");
        self.chunks.push(rest);
        let place = self.place_of[chunk] as usize;
        self.counts[place] -= count;
        self.order.insert(place + 1, new);
        self.counts.insert(place + 1, count);
        self.place_of.push(0);
        for (place, chunk) in (0..).zip(&self.order) {
            self.place_of[*chunk as usize] = place;
        }
    }
}

/// The numbers of a chunk that are shown.
fn shown(chunk: &[u32]) -> impl Iterator<Item = u32> {
    chunk.iter().filter(|number| **number & SHOWN != 0).map(|number| number & !SHOWN)
}

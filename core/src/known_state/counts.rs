//! How many transactions of each session: what a known state is made of, beside its header.
//!
//! One block holds the sessions, ascending, and after them their counts. It is shared by everybody who says the same, so
//! a copy costs nothing and two that are one block are compared at a glance. Whoever changes it has one of its own then.
//! Most messages bring something of one session: that needs no block.
//! Where both sides of a comparison list the same sessions, their counts are compared as two plain rows of numbers.

use crate::id::SessionId;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::ops::ControlFlow;

/// See the module. A count of zero is never stored.
#[derive(Clone, Default)]
pub(super) enum Counts {
    #[default]
    None,
    One([u32; 2]),
    Many(Arc<[u32]>),
}

/// So many counts are compared at once where it matters which differ.
const PART: usize = 16;

/// Sessions, and the count of each.
type Rows<'a> = (&'a [u32], &'a [u32]);

impl Counts {
    /// From sessions in any order; of one that comes twice the larger count.
    pub(super) fn of(counts: impl IntoIterator<Item = (SessionId, u32)>) -> Counts {
        let mut listed = counts.into_iter().map(|(session, n)| (session.0, n)).filter(|(_, n)| *n > 0);
        let (first, second) = (listed.next(), listed.next());
        let (Some(first), Some(second)) = (first, second) else {
            return first.map_or(Counts::None, |(session, count)| Counts::One([session, count]));
        };
        let mut listed: Vec<(u32, u32)> = [first, second].into_iter().chain(listed).collect();
        if !listed.is_sorted_by(|(a, _), (b, _)| a < b) {
            listed.sort_unstable_by_key(|(session, count)| (*session, Reverse(*count)));
            listed.dedup_by_key(|(session, _)| *session);
        }
        Counts::listed(&listed)
    }

    /// From sessions in order.
    fn listed(listed: &[(u32, u32)]) -> Counts {
        match listed {
            [] => Counts::None,
            [(session, count)] => Counts::One([*session, *count]),
            _ => {
                let (sessions, counts) = (listed.iter().map(|of| of.0), listed.iter().map(|of| of.1));
                Counts::Many(sessions.chain(counts).collect())
            }
        }
    }

    fn block(&self) -> &[u32] {
        match self {
            Counts::None => &[],
            Counts::One(one) => one,
            Counts::Many(block) => block,
        }
    }

    fn rows(&self) -> Rows<'_> {
        let block = self.block();
        block.split_at(block.len() / 2)
    }

    /// The counts, to be changed in place.
    fn counts_mut(&mut self) -> &mut [u32] {
        let block: &mut [u32] = match self {
            Counts::None => &mut [],
            Counts::One(one) => one,
            Counts::Many(block) => Arc::make_mut(block),
        };
        let half = block.len() / 2;
        &mut block[half..]
    }

    /// Whether both are one block.
    fn is(&self, other: &Counts) -> bool {
        matches!((self, other), (Counts::Many(a), Counts::Many(b)) if Arc::ptr_eq(a, b))
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Counts::None)
    }

    pub(super) fn count(&self, session: SessionId) -> u32 {
        let (sessions, counts) = self.rows();
        find(sessions, session.0).map_or(0, |at| counts[at])
    }

    pub(super) fn raise(&mut self, session: SessionId, count: u32) -> bool {
        let (sessions, counts) = self.rows();
        match find(sessions, session.0) {
            Ok(at) if counts[at] >= count => false,
            Ok(at) => {
                self.counts_mut()[at] = count;
                true
            }
            Err(_) if count == 0 => false,
            Err(0) if sessions.is_empty() => {
                *self = Counts::One([session.0, count]);
                true
            }
            Err(at) => {
                let with = |row: &[u32], new: u32, out: &mut Vec<u32>| {
                    out.extend_from_slice(&row[..at]);
                    out.push(new);
                    out.extend_from_slice(&row[at..]);
                };
                let mut block = Vec::with_capacity(2 * sessions.len() + 2);
                with(sessions, session.0, &mut block);
                with(counts, count, &mut block);
                *self = Counts::Many(block.into());
                true
            }
        }
    }

    /// Raises `session` to `count`, which `like` has reached. Shares `like`'s block where both are equal then: a comparison
    /// costs less than a block of its own.
    pub(super) fn raise_like(&mut self, session: SessionId, count: u32, like: &Counts) -> bool {
        let ((sessions, mine), (others, theirs)) = (self.rows(), like.rows());
        if sessions == others
            && let Ok(at) = find(sessions, session.0)
            && mine[at] < count
            && theirs[at] == count
            && mine[..at] == theirs[..at]
            && mine[at + 1..] == theirs[at + 1..]
        {
            self.clone_from(like);
            return true;
        }
        self.raise(session, count)
    }

    /// Takes the larger of each count. Says whether any grew. See [`raise_like`](Counts::raise_like) for `like`.
    pub(super) fn join(&mut self, other: &Counts, like: &Counts) -> bool {
        if self.is(other) || other.is_empty() {
            return false;
        }
        if let Counts::One([session, count]) = *other {
            return self.raise_like(SessionId(session), count, like);
        }
        if other.le(self) {
            return false;
        }
        let (mine, theirs) = (self.rows(), other.rows());
        if self.le(other) {
            self.clone_from(other);
        } else if mine.0 == theirs.0 {
            self.counts_mut()
                .iter_mut()
                .zip(theirs.1)
                .for_each(|(mine, theirs)| *mine = (*mine).max(*theirs));
        } else {
            *self = Counts::listed(&merged(mine, theirs));
        }
        true
    }

    /// Whether each count is at most that of `other`.
    pub(super) fn le(&self, other: &Counts) -> bool {
        let (mine, theirs) = (self.rows(), other.rows());
        if self.is(other) {
            true
        } else if mine.0 == theirs.0 {
            mine.1 == theirs.1 || !exceeds(mine.1, theirs.1)
        } else {
            // A session that is listed counts something.
            mine.0.len() <= theirs.0.len()
                && self.beyond(other, |_, _, _| ControlFlow::Break(())).is_continue()
        }
    }

    /// Shows each session that counts more than in `other`, with both counts, until it is told to stop.
    pub(super) fn beyond<T>(
        &self,
        other: &Counts,
        mut show: impl FnMut(SessionId, u32, u32) -> ControlFlow<T>,
    ) -> ControlFlow<T> {
        if self.is(other) {
            return ControlFlow::Continue(());
        }
        let ((sessions, mine), (others, theirs)) = (self.rows(), other.rows());
        if sessions == others {
            if mine == theirs {
                return ControlFlow::Continue(());
            }
            let parts = sessions.chunks(PART).zip(mine.chunks(PART).zip(theirs.chunks(PART)));
            for (sessions, (mine, theirs)) in parts.filter(|(_, (mine, theirs))| exceeds(mine, theirs)) {
                for ((session, mine), theirs) in sessions.iter().zip(mine).zip(theirs) {
                    if mine > theirs {
                        show(SessionId(*session), *mine, *theirs)?;
                    }
                }
            }
            return ControlFlow::Continue(());
        }
        let mut at = 0;
        for (session, mine) in sessions.iter().zip(mine) {
            while others.get(at).is_some_and(|other| other < session) {
                at += 1;
            }
            let held = if others.get(at) == Some(session) { theirs[at] } else { 0 };
            if *mine > held {
                show(SessionId(*session), *mine, held)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Keeps `other`'s block where both are equal.
    pub(super) fn share(&mut self, other: &Counts) {
        if !self.is(other) && self == other {
            self.clone_from(other);
        }
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (SessionId, u32)> + ExactSizeIterator + '_ {
        let (sessions, counts) = self.rows();
        sessions.iter().zip(counts).map(|(session, count)| (SessionId(*session), *count))
    }
}

impl PartialEq for Counts {
    fn eq(&self, other: &Self) -> bool {
        self.is(other) || self.block() == other.block()
    }
}

impl Eq for Counts {}

fn find(sessions: &[u32], session: u32) -> Result<usize, usize> {
    match sessions.last() {
        None => Err(0),
        Some(last) if *last < session => Err(sessions.len()),
        Some(_) => sessions.binary_search(&session),
    }
}

/// Whether any of `mine` is more than its counterpart. It looks at all of them, so that many are compared at once.
fn exceeds(mine: &[u32], theirs: &[u32]) -> bool {
    mine.iter().zip(theirs).fold(false, |any, (mine, theirs)| any | (mine > theirs))
}

/// All sessions of both, with the larger count of each.
fn merged(a: Rows<'_>, b: Rows<'_>) -> Vec<(u32, u32)> {
    let mut all = Vec::with_capacity(a.0.len() + b.0.len());
    let (mut i, mut j) = (0, 0);
    while let (Some(&x), Some(&y)) = (a.0.get(i), b.0.get(j)) {
        let (from_a, from_b) = (x <= y, y <= x);
        let count_a = if from_a { a.1[i] } else { 0 };
        let count_b = if from_b { b.1[j] } else { 0 };
        all.push((x.min(y), count_a.max(count_b)));
        i += usize::from(from_a);
        j += usize::from(from_b);
    }
    for ((sessions, counts), from) in [(a, i), (b, j)] {
        all.extend(sessions[from..].iter().copied().zip(counts[from..].iter().copied()));
    }
    all
}

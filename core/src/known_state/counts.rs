//! How many transactions of each session: what a known state is made of, beside its header.
//!
//! One block holds the sessions, ascending, and after them their counts. It is shared by everybody who says the same, so
//! a copy costs nothing and two that are one block are compared at a glance. Whoever changes it has one of its own then.
//! Most messages bring something of one session: that needs no block.
//! Where both sides of a comparison list the same sessions for a stretch, their counts are compared as plain rows of numbers.

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

/// So many counts are compared at once.
const PART: usize = 8;

/// Of so many sessions a block is put together without other memory.
const SMALL: usize = 64;

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
                let half = sessions.len() + 1;
                let mut block = [0; 2 * SMALL];
                let mut large = Vec::new();
                let block = match block.get_mut(..2 * half) {
                    Some(block) => block,
                    None => {
                        large.resize(2 * half, 0);
                        &mut large[..]
                    }
                };
                let (new_sessions, new_counts) = block.split_at_mut(half);
                for (new, row, added) in [(new_sessions, sessions, session.0), (new_counts, counts, count)] {
                    new[..at].copy_from_slice(&row[..at]);
                    new[at] = added;
                    new[at + 1..].copy_from_slice(&row[at..]);
                }
                *self = Counts::Many(Arc::from(&*block));
                true
            }
        }
    }

    /// Raises `session` to `count`, which `like` has reached. Shares `like`'s block where both are equal then: a comparison
    /// costs less than a block of its own.
    pub(super) fn raise_like(&mut self, session: SessionId, count: u32, like: &Counts) -> bool {
        let ((sessions, mine), (others, theirs)) = (self.rows(), like.rows());
        // Where it stands in both, and where what comes after it begins here.
        let place = match find(others, session.0) {
            Ok(at) if theirs[at] == count && sessions.len() == others.len() => {
                (mine[at] < count && sessions == others).then_some((at, at + 1))
            }
            Ok(at) if theirs[at] == count && sessions.len() + 1 == others.len() => {
                (sessions[..at] == others[..at] && sessions[at..] == others[at + 1..]).then_some((at, at))
            }
            _ => None,
        };
        if let Some((at, rest)) = place
            && mine[..at] == theirs[..at]
            && mine[rest..] == theirs[at + 1..]
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
            let counts = self.counts_mut().iter_mut().zip(theirs.1);
            counts.for_each(|(mine, theirs)| *mine = (*mine).max(*theirs));
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
        } else if are_alike(mine, theirs) {
            !exceeds(mine.1, theirs.1)
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
        if are_alike((sessions, mine), (others, theirs)) && !exceeds(mine, theirs) {
            return ControlFlow::Continue(());
        }
        let (mut i, mut j) = (0, 0);
        while i < sessions.len() {
            // Both mostly list the same ones, for a stretch at least, and count the same.
            while let (Some(a), Some(b)) = (part(sessions, i), part(others, j))
                && a == b
                && let (Some(a), Some(b)) = (part(mine, i), part(theirs, j))
                && !exceeds(a, b)
            {
                (i, j) = (i + PART, j + PART);
            }
            let end = sessions.len().min(i + PART);
            for (session, mine) in sessions[i..end].iter().zip(&mine[i..end]) {
                while others.get(j).is_some_and(|other| other < session) {
                    j += 1;
                }
                let mut held = 0;
                if others.get(j) == Some(session) {
                    held = theirs[j];
                    j += 1;
                }
                if *mine > held {
                    show(SessionId(*session), *mine, held)?;
                }
            }
            i = end;
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

/// Whether both list the same sessions, and so many that it pays to know that.
fn are_alike(a: Rows<'_>, b: Rows<'_>) -> bool {
    a.0.len() >= PART && a.0 == b.0
}

/// The stretch of a row that begins here; `None` where so many do not follow.
fn part(row: &[u32], from: usize) -> Option<&[u32; PART]> {
    row.get(from..)?.first_chunk()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// All counts of the sessions 1 to 3 that are at most 2.
    fn all() -> impl Iterator<Item = Counts> + Clone {
        let counts = |n: u32| [n % 3, n / 3 % 3, n / 9];
        (0..27).map(move |n| Counts::of((1..).map(SessionId).zip(counts(n))))
    }

    #[test]
    fn whatever_it_is_like_it_is_raised_as_far() {
        for (counts, like) in all().flat_map(|counts| all().map(move |like| (counts.clone(), like))) {
            for (session, count) in (1..=3).flat_map(|session| (0..=2).map(move |n| (SessionId(session), n)))
            {
                let (mut plain, mut shared) = (counts.clone(), counts.clone());
                assert_eq!(shared.raise_like(session, count, &like), plain.raise(session, count));
                assert!(shared == plain);
                let one = Counts::of([(session, count)]);
                let (mut plain, mut shared) = (counts.clone(), counts.clone());
                assert_eq!(shared.join(&one, &like), plain.join(&one, &Counts::None));
                assert!(shared == plain);
            }
        }
    }

    #[test]
    fn stretches_are_compared_as_sessions_are() {
        // Of forty sessions, those that `lacks` takes out, and counts that differ in a few.
        let some = |lacks: u32, more: u32| {
            let listed = (0..40).filter(|session| *session != lacks && *session != lacks + 9);
            Counts::of(listed.map(|session| (SessionId(session), if session % 17 == more { 5 } else { 3 })))
        };
        let numbers =
            || (0..50).step_by(7).flat_map(|lacks| (0..17).step_by(4).map(move |more| (lacks, more)));
        for (a, b) in numbers().flat_map(|a| numbers().map(move |b| (a, b))) {
            let (a, b) = (some(a.0, a.1), some(b.0, b.1));
            let expected: Vec<_> = a.iter().filter(|(session, n)| *n > b.count(*session)).collect();
            let mut shown = Vec::new();
            let end = a.beyond(&b, |session, mine, theirs| {
                assert_eq!(theirs, b.count(session));
                shown.push((session, mine));
                ControlFlow::<()>::Continue(())
            });
            assert!(end.is_continue() && shown == expected);
            assert_eq!(a.le(&b), expected.is_empty());
        }
    }
}

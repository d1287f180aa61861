//! Which commit to judge next.

use std::fmt;

/// What a commit says of the failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is there.
    Reproduces,
    /// It is not.
    Fixed,
    /// That cannot be told, for this reason.
    Skipped(String),
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Reproduces => f.write_str("reproduces"),
            Answer::Fixed => f.write_str("fixed"),
            Answer::Skipped(why) => write!(f, "skipped: {why}"),
        }
    }
}

/// A search among commits in order, of which the first does not fail and the last does.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// The last that is known not to fail, and the first after it that is known to.
    good: usize,
    bad: usize,
    /// Those that cannot be judged.
    skipped: Vec<bool>,
}

impl Search {
    pub(super) fn new(commits: usize) -> Search {
        Search { good: 0, bad: commits.saturating_sub(1), skipped: vec![false; commits] }
    }

    /// The commit to judge next: of those that can be, the one nearest to the middle.
    pub(super) fn next(&self) -> Option<usize> {
        let middle = self.good.midpoint(self.bad);
        let between = (self.good + 1..self.bad).filter(|place| !self.skipped[*place]);
        between.min_by_key(|place| place.abs_diff(middle))
    }

    pub(super) fn answered(&mut self, place: usize, answer: &Answer) {
        match answer {
            Answer::Reproduces => self.bad = place,
            Answer::Fixed => self.good = place,
            Answer::Skipped(_) => self.skipped[place] = true,
        }
    }

    /// The last that does not fail and the first that does, with nothing between them that can be judged.
    pub(super) const fn found(&self) -> (usize, usize) {
        (self.good, self.bad)
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Search};
    use proptest::prelude::*;

    proptest! {
        /// Whatever cannot be judged, and wherever the failure came in: it ends with neighbours, but for what was skipped.
        #[test]
        fn it_ends_where_the_failure_came_in(commits in 2_usize..60, seed: u64, skips in prop::collection::vec(any::<bool>(), 60)) {
            let first = 1 + (seed as usize) % (commits - 1);
            let mut search = Search::new(commits);
            let mut judged = 0;
            while let Some(place) = search.next() {
                judged += 1;
                prop_assert!(judged <= commits);
                let answer = match (skips[place], place >= first) {
                    (true, _) => Answer::Skipped(String::new()),
                    (false, true) => Answer::Reproduces,
                    (false, false) => Answer::Fixed,
                };
                search.answered(place, &answer);
            }
            let (good, bad) = search.found();
            prop_assert!(good < first && first <= bad);
            prop_assert!((good + 1..bad).all(|place| skips[place]));
            let is_all_judged = skips[..commits].iter().all(|skip| !skip);
            prop_assert!(!is_all_judged || judged as u32 <= commits.ilog2() + 1);
        }
    }
}

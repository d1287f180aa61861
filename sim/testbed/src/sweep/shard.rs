//! A part of a range of seeds, and the order in which the runs of a sweep come.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// One of several contiguous parts of a range of seeds. The sizes of the parts differ by at most one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Which part, from 1.
    number: u32,
    /// How many parts there are.
    of: u32,
}

impl Shard {
    /// Part `number` of `of`, counted from 1; `None` where there is no such part.
    pub fn new(number: u32, of: u32) -> Option<Shard> {
        (1..=of).contains(&number).then_some(Shard { number, of })
    }

    /// Which part it is, from 1.
    pub fn number(self) -> u32 {
        self.number
    }

    /// How many parts there are.
    pub fn count(self) -> u32 {
        self.of
    }

    /// The seeds of this part.
    pub fn of(self, seeds: &Range<u64>) -> Range<u64> {
        let len = u128::from(seeds.end.saturating_sub(seeds.start));
        let boundary = |parts: u32| {
            let before = len * u128::from(parts) / u128::from(self.of.max(1));
            seeds.start + u64::try_from(before).expect("no part is longer than the whole")
        };
        boundary(self.number.saturating_sub(1))..boundary(self.number)
    }

    /// Whether it is the first.
    pub fn is_first(self) -> bool {
        self.number == 1
    }

    /// Whether there is such a part: what is read from a file may be anything.
    pub(super) fn is_sound(self) -> bool {
        Shard::new(self.number, self.of).is_some()
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parts = text.split_once('/').and_then(|(n, of)| Some((n.parse().ok()?, of.parse().ok()?)));
        let (number, of) = parts.ok_or("expected two numbers: `2/8` is the second of eight parts")?;
        Shard::new(number, of)
            .ok_or_else(|| "the parts are counted from 1: of eight, `1/8` to `8/8`".to_owned())
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

/// How many seeds of a scenario are played at a time, where scenarios take turns.
const BLOCK: u64 = 8;

/// The order of runs: every seed of the first scenario, then every seed of the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) scenarios: u32,
    pub(super) seeds: Range<u64>,
}

impl Order {
    /// How many runs there are; `None` where 64 bits cannot count them.
    pub(super) fn runs(&self) -> Option<u64> {
        self.seeds.end.saturating_sub(self.seeds.start).checked_mul(u64::from(self.scenarios))
    }

    /// The scenario and the seed of a run, by its number.
    pub(super) fn at(&self, run: u64) -> (u32, u64) {
        let len = (self.seeds.end - self.seeds.start).max(1);
        let scenario =
            u32::try_from(run / len).expect("a run that there is belongs to a scenario that there is");
        (scenario, self.seeds.start + run % len)
    }

    /// The same where scenarios take turns, each with a block of seeds. The last round may have shorter blocks.
    pub(super) fn in_turns(&self, run: u64) -> (u32, u64) {
        let (rounds, rest) = self.rounds();
        let scenarios = u64::from(self.scenarios).max(1);
        let (round, block) = match run / (scenarios * BLOCK) {
            round if round < rounds => (round, BLOCK),
            _ => (rounds, rest.max(1)),
        };
        let run = run - round * scenarios * BLOCK;
        let scenario = u32::try_from(run / block).expect("there are fewer than 2^32");
        (scenario, self.seeds.start + round * BLOCK + run % block)
    }

    /// The seeds that all scenarios have played after so many runs in turns; `None` within a round.
    pub(super) fn played_in_turns(&self, runs: u64) -> Option<Range<u64>> {
        let (from, scenarios) = (self.seeds.start, u64::from(self.scenarios).max(1));
        let is_whole = runs.is_multiple_of(scenarios * BLOCK) || Some(runs) == self.runs();
        is_whole.then(|| from..from + runs / scenarios)
    }

    /// How many whole rounds there are, and how many seeds of each scenario are left for the last.
    fn rounds(&self) -> (u64, u64) {
        let seeds = self.seeds.end - self.seeds.start;
        (seeds / BLOCK, seeds % BLOCK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lie_end_to_end_and_differ_by_at_most_one() {
        for (seeds, of) in [(0..100, 8), (5..6, 3), (0..u64::MAX, 7), (3..3, 2)] {
            let parts: Vec<_> = (1..=of).map(|n| Shard::new(n, of).unwrap().of(&seeds)).collect();
            assert_eq!((parts[0].start, parts[parts.len() - 1].end), (seeds.start, seeds.end));
            assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
            let sizes = parts.iter().map(|part| part.end - part.start);
            assert!(sizes.clone().max().unwrap() - sizes.min().unwrap() <= 1);
        }
    }

    #[test]
    fn parts_are_written_as_fractions() {
        assert_eq!("2/8".parse(), Ok(Shard { number: 2, of: 8 }));
        for wrong in ["0/8", "9/8", "2", "2/", "a/b", "-1/8", "0/0"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn runs_go_through_the_seeds_of_one_scenario_first() {
        let order = Order { scenarios: 2, seeds: 7..9 };
        let runs: Vec<_> = (0..order.runs().unwrap()).map(|run| order.at(run)).collect();
        assert_eq!(runs, [(0, 7), (0, 8), (1, 7), (1, 8)]);
    }

    #[test]
    fn in_turns_the_same_runs_come_in_rounds() {
        for (scenarios, seeds) in [(3, 5..30), (1, 0..8), (2, 7..8), (4, 3..3), (2, 0..16)] {
            let order = Order { scenarios, seeds };
            let all = 0..order.runs().unwrap();
            let turns: Vec<_> = all.clone().map(|run| order.in_turns(run)).collect();
            let mut sorted = turns.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, all.clone().map(|run| order.at(run)).collect::<Vec<_>>());
            for runs in 0..=all.end {
                let Some(played) = order.played_in_turns(runs) else { continue };
                let mut so_far = turns[..runs as usize].to_vec();
                so_far.sort_unstable();
                let whole = Order { scenarios, seeds: played };
                assert_eq!(so_far, (0..runs).map(|run| whole.at(run)).collect::<Vec<_>>());
            }
            assert_eq!(order.played_in_turns(all.end), Some(order.seeds.clone()));
        }
    }
}

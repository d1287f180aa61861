//! What has become of a finding: whether it is new, ongoing, rare or gone. All of it is counted in whole numbers.

use super::store::{Finding, Memory, Replayed, Sighting};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// How often a finding must have been due, and never come, before it counts as gone. What is to come five times on average
/// and comes by chance stays away with a probability of e^-5, which is 0.7 %.
const DUE_MIN: u128 = 5;

/// What is due is counted in millionths.
const MILLION: u128 = 1_000_000;

/// What has become of a finding, by the sweeps that are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// It was seen for the first time; or again after it had counted as fixed.
    New,
    /// It was seen, and had been before.
    Ongoing,
    /// It was not seen, and is so rare that this may be chance.
    Rare,
    /// It was not seen, and would have been.
    Gone,
    /// None of its scenarios was played.
    Elsewhere,
}

impl Standing {
    pub(super) fn word(self) -> &'static str {
        match self {
            Standing::New => "new",
            Standing::Ongoing => "ongoing",
            Standing::Rare => "rare",
            Standing::Gone => "gone",
            Standing::Elsewhere => "not played",
        }
    }
}

/// What is known of a finding, counted.
#[derive(Debug)]
pub(super) struct Known<'a> {
    pub(super) finding: &'a Finding,
    pub(super) standing: Standing,
    /// Whether it had counted as fixed, and by which build, before it came again.
    pub(super) back_since: Option<&'a str>,
    /// When it was seen first, and last.
    pub(super) first: &'a Sighting,
    pub(super) last: &'a Sighting,
    /// How often it was seen, in how many runs of its scenarios, up to when it was seen last. Where not all failures with
    /// its key were cut down, that is an estimate.
    pub(super) times: u64,
    pub(super) runs: u128,
    pub(super) is_estimate: bool,
    /// How often it would have been seen since, at that rate, in millionths.
    pub(super) due: u128,
    /// What became of it when it was played again after it was seen last.
    pub(super) replayed: Option<&'a Replayed>,
    /// The scenarios that were edited between the last sweep that had seen it before and these: both versions of each.
    pub(super) changed: Vec<[i64; 2]>,
}

impl Known<'_> {
    /// Whether somebody has to look at it.
    pub(super) fn is_open(&self) -> bool {
        self.replayed.is_none_or(|replayed| replayed.result != super::FIXED)
    }

    /// Whether these sweeps say nothing new of it: that none of its scenarios was played, or that it had counted as fixed before.
    pub(super) fn is_no_news(&self, now: &BTreeSet<i64>) -> bool {
        let before = |replayed: &Replayed| now.iter().all(|sweep| replayed.sweep < *sweep);
        let settled = self.standing == Standing::Gone && !self.is_open() && self.replayed.is_some_and(before);
        settled || self.standing == Standing::Elsewhere
    }
}

/// What is known of a finding, where `now` are the sweeps that are looked at; `None` of one that no sweep has seen.
pub(super) fn known<'a>(memory: &'a Memory, finding: &'a Finding, now: &BTreeSet<i64>) -> Option<Known<'a>> {
    let sightings: Vec<&Sighting> = memory.sightings.iter().filter(|it| it.finding == finding.id).collect();
    let first = *sightings.iter().min_by_key(|it| it.sweep)?;
    // Of one sweep, the last that is listed.
    let last = *sightings.iter().max_by_key(|it| it.sweep)?;
    let is_seen = sightings.iter().any(|it| now.contains(&it.sweep));
    let before = sightings.iter().filter(|it| !now.contains(&it.sweep)).map(|it| it.sweep).max();
    let replays = || memory.replays.iter().filter(|it| it.finding == finding.id);
    let fixed =
        replays().filter(|it| it.result == super::FIXED && it.sweep < last.sweep).max_by_key(|it| it.sweep);
    let back = fixed.filter(|fixed| is_seen && before.is_none_or(|before| before <= fixed.sweep));
    let scenarios: BTreeSet<i64> = sightings.iter().map(|it| it.scenario).collect();
    let is_played =
        memory.played.iter().any(|it| now.contains(&it.sweep) && scenarios.contains(&it.scenario));
    let counts: Vec<Counted> = scenarios
        .iter()
        .map(|scenario| Counted::of(memory, finding, &sightings, (*scenario, last.sweep)))
        .collect();
    let due = counts.iter().map(|counted| counted.due).sum();
    let standing = if is_seen {
        if back.is_some() || now.contains(&first.sweep) { Standing::New } else { Standing::Ongoing }
    } else if !is_played {
        Standing::Elsewhere
    } else if due >= DUE_MIN * MILLION {
        Standing::Gone
    } else {
        Standing::Rare
    };
    let sum = |part: fn(&Counted) -> u128| counts.iter().map(part).fold(0, u128::saturating_add);
    Some(Known {
        finding,
        standing,
        back_since: back.map(|fixed| fixed.build.as_str()),
        first,
        last,
        // Of what was seen at all, it was seen once at least.
        times: u64::try_from((sum(|it| it.millionths) / MILLION).max(1)).unwrap_or(u64::MAX),
        runs: sum(|it| it.runs),
        is_estimate: counts.iter().any(|it| it.is_estimate),
        due,
        replayed: replays().rfind(|it| it.sweep >= last.sweep),
        changed: scenarios
            .iter()
            .filter_map(|scenario| changed(memory, &sightings, *scenario, now))
            .collect(),
    })
}

/// The version of a scenario that was seen last before these sweeps, and theirs, where that is another one.
fn changed(memory: &Memory, sightings: &[&Sighting], scenario: i64, now: &BTreeSet<i64>) -> Option<[i64; 2]> {
    let played = memory.played.iter().filter(|it| it.scenario == scenario && now.contains(&it.sweep));
    let played = played.max_by_key(|it| it.sweep)?;
    let seen = sightings.iter().filter(|it| it.scenario == scenario && !now.contains(&it.sweep));
    let seen = seen.max_by_key(|it| it.sweep)?;
    (seen.version != played.version).then_some([seen.version, played.version])
}

/// How often a finding was seen in one scenario.
struct Counted {
    /// Up to the last sweep that saw it: how often, in millionths, and of how many runs.
    millionths: u128,
    runs: u128,
    is_estimate: bool,
    /// See [`Known::due`].
    due: u128,
}

impl Counted {
    fn of(
        memory: &Memory,
        finding: &Finding,
        sightings: &[&Sighting],
        (scenario, last): (i64, i64),
    ) -> Counted {
        let of_scenario = memory.played.iter().filter(|it| it.scenario == scenario);
        let (until, since): (Vec<_>, Vec<_>) = of_scenario.partition(|it| it.sweep <= last);
        let runs: u128 = until.iter().map(|it| u128::from(it.seeds.end - it.seeds.start)).sum();
        // How many failures with its key there were in each sweep, and how many of them were cut down.
        let failures: BTreeMap<i64, (u128, u128)> = memory
            .failures
            .iter()
            .filter(|it| it.scenario == scenario && it.key == finding.key)
            .map(|it| (it.sweep, (u128::from(it.times), u128::from(it.cut))))
            .collect();
        let (mut millionths, mut seen, mut cut, mut is_estimate) = (0, 0, 0, false);
        for (sweep, (times, cut_there)) in failures.range(..=last) {
            let here = sightings.iter().filter(|it| it.sweep == *sweep && it.scenario == scenario);
            let here: u128 = here.map(|it| u128::from(it.cut)).sum();
            millionths += times * here * MILLION / cut_there.max(&1);
            is_estimate |= times != cut_there && here > 0;
            (seen, cut) = (seen + here, cut + cut_there);
        }
        // A sweep that has failed with its key shows only as much as was cut down; any other shows all of its seeds.
        let is_shown = |sweep: i64| failures.get(&sweep).is_none_or(|(times, cut)| times == cut);
        // The same seed of another version is another run.
        let mut played: BTreeMap<i64, Vec<Range<u64>>> = BTreeMap::new();
        for it in since.iter().filter(|it| is_shown(it.sweep)) {
            played.entry(it.version).or_default().push(it.seeds.clone());
        }
        let seeds: u128 = played.into_values().map(distinct).sum();
        let shown: BTreeSet<i64> =
            since.iter().map(|it| it.sweep).filter(|sweep| !is_shown(*sweep)).collect();
        let sampled: u128 = shown.iter().filter_map(|sweep| failures.get(sweep)).map(|(_, cut)| cut).sum();
        let by_seeds = seeds.saturating_mul(millionths) / runs.max(1);
        let by_samples = sampled.saturating_mul(seen).saturating_mul(MILLION) / cut.max(1);
        Counted { millionths, runs, is_estimate, due: by_seeds.saturating_add(by_samples) }
    }
}

/// How many numbers there are in these ranges, each counted once.
fn distinct(mut ranges: Vec<Range<u64>>) -> u128 {
    ranges.sort_by_key(|range| (range.start, range.end));
    let (mut sum, mut next) = (0, 0);
    for range in ranges {
        let start = range.start.max(next);
        sum += u128::from(range.end.saturating_sub(start));
        next = next.max(range.end);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::store::{Failed, Played};
    use super::*;

    /// A memory of sweeps of one scenario: of each the seeds, how often it failed with the key, how many failures were cut
    /// down, and how many of those came to the finding.
    fn memory(sweeps: &[(Range<u64>, u64, u64, u64)]) -> Memory {
        let mut memory = Memory::default();
        memory.findings.push(Finding {
            id: 1,
            key: "a key".into(),
            shape: "edit".into(),
            file: String::new(),
        });
        for (sweep, (seeds, times, cut, here)) in (1..).zip(sweeps) {
            memory.played.push(Played { sweep, scenario: 7, version: 7, seeds: seeds.clone() });
            if *times > 0 {
                memory.failures.push(Failed {
                    sweep,
                    scenario: 7,
                    key: "a key".into(),
                    times: *times,
                    cut: *cut,
                });
            }
            if *here > 0 {
                memory.sightings.push(Sighting {
                    sweep,
                    scenario: 7,
                    version: 7,
                    finding: 1,
                    cut: *here,
                    first: 0,
                    last: 9,
                });
            }
        }
        memory
    }

    fn standing(memory: &Memory, now: i64) -> Standing {
        known(memory, &memory.findings[0], &BTreeSet::from([now])).expect("it was seen").standing
    }

    #[test]
    fn a_finding_is_new_then_ongoing() {
        let memory = memory(&[(0..100, 4, 4, 4), (100..200, 1, 1, 1)]);
        assert_eq!((standing(&memory, 1), standing(&memory, 2)), (Standing::New, Standing::Ongoing));
    }

    #[test]
    fn gone_is_what_was_due_five_times() {
        // One run in a hundred: it is due five times in 500 runs.
        for (seeds, found) in [(1000..1499, Standing::Rare), (1000..1500, Standing::Gone)] {
            assert_eq!(standing(&memory(&[(0..1000, 10, 10, 10), (seeds, 0, 0, 0)]), 2), found);
        }
        // The chance to miss it is under one in a hundred at every rate: (1 - 1/r)^(5 r) in thousandths, rounded up.
        for rate in [2_u128, 3, 10, 100, 1000] {
            let missed =
                (0..5 * rate).fold(1_000_000_000_000_u128, |left, _| (left * (rate - 1)).div_ceil(rate));
            assert!(missed < 10_000_000_000, "one in {rate}: {missed}");
        }
    }

    #[test]
    fn the_same_seeds_again_are_no_more_evidence() {
        let memory =
            memory(&[(0..10_000, 10, 10, 10), (0..1000, 0, 0, 0), (0..1000, 0, 0, 0), (500..1500, 0, 0, 0)]);
        let known = known(&memory, &memory.findings[0], &BTreeSet::from([4])).expect("it was seen");
        assert_eq!((known.standing, known.due), (Standing::Rare, 1_500_000));
    }

    #[test]
    fn what_was_not_cut_down_shows_nothing() {
        // Half of the failures with the key were it. There are many more since, of which few were cut down.
        for (cut, found) in [(9, Standing::Rare), (10, Standing::Gone)] {
            let memory = memory(&[(0..1000, 100, 8, 4), (1000..9000, 800, cut, 0)]);
            assert_eq!(standing(&memory, 2), found);
        }
        let memory = memory(&[(0..1000, 100, 8, 4)]);
        let known = known(&memory, &memory.findings[0], &BTreeSet::from([1])).expect("it was seen");
        assert_eq!((known.times, known.runs, known.is_estimate), (50, 1000, true));
    }

    #[test]
    fn other_scenarios_say_nothing() {
        let mut memory = memory(&[(0..1000, 10, 10, 10), (0..0, 0, 0, 0)]);
        memory.played[1].scenario = 8;
        memory.played[1].seeds = 0..u64::MAX;
        assert_eq!(standing(&memory, 2), Standing::Elsewhere);
    }

    #[test]
    fn an_edited_scenario_is_the_same_one() {
        let mut memory =
            memory(&[(0..100, 10, 10, 10), (0..100, 9, 9, 9), (0..30, 0, 0, 0), (0..30, 0, 0, 0)]);
        memory.played[1].version = 8;
        memory.sightings[1].version = 8;
        let of = |memory: &Memory, now| {
            let known = known(memory, &memory.findings[0], &BTreeSet::from([now])).expect("it was seen");
            (known.standing, known.changed, known.due)
        };
        assert_eq!(of(&memory, 2), (Standing::Ongoing, vec![[7, 8]], 2_850_000));
        // The same seeds again are evidence where the scenario is another version of itself.
        (memory.played[2].version, memory.played[3].version) = (8, 9);
        assert_eq!(of(&memory, 4), (Standing::Gone, vec![[8, 9]], 5_700_000));
    }

    #[test]
    fn what_was_fixed_and_comes_again_is_new() {
        let mut memory = memory(&[(0..100, 10, 10, 10), (100..200, 0, 0, 0), (200..300, 1, 1, 1)]);
        assert_eq!(standing(&memory, 3), Standing::Ongoing);
        let result = super::super::FIXED.to_owned();
        memory.replays.push(Replayed { finding: 1, sweep: 2, build: "b".into(), result });
        let known = known(&memory, &memory.findings[0], &BTreeSet::from([3])).expect("it was seen");
        assert_eq!((known.standing, known.back_since, known.is_open()), (Standing::New, Some("b"), true));
        // Looked at from the sweep before, it was gone, and counted as fixed.
        assert_eq!(standing(&memory, 1), Standing::New);
    }

    #[test]
    fn ranges_that_overlap_are_counted_once() {
        assert_eq!(distinct(vec![]), 0);
        assert_eq!(distinct(vec![5..10, 0..3, 8..12, 9..10]), 10);
        assert_eq!(distinct(vec![0..u64::MAX, 3..9]), u128::from(u64::MAX));
    }
}

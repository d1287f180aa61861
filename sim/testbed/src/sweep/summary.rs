//! What a sweep came to so far: counters and groups of failures, and so no larger after a million runs than after ten.

use super::header::{Header, Source};
use super::record::{Counts, Record};
use super::spread::Spreads;
use crate::run::{Faulted, Verdict};
use crate::scenario::FaultKind;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How many of the runs with the most events are kept.
const MOST_MAX: usize = 10;

/// What a sweep came to so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    build: String,
    /// What stands behind each command that plays a run again.
    words: String,
    scenarios: Vec<OfScenario>,
    groups: BTreeMap<String, Group>,
    failures: u64,
    most: Vec<Most>,
}

/// A run with many events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Most {
    /// How many events.
    pub events: u64,
    /// The index of its scenario.
    pub scenario: u32,
    /// Its seed.
    pub seed: u64,
    /// What it came to.
    pub verdict: Verdict,
}

/// What the runs of one scenario came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfScenario {
    /// The scenario.
    pub source: Source,
    /// How many runs there were.
    pub runs: u64,
    /// How many of them held.
    pub held: u64,
    /// How many were not live.
    pub liveness: u64,
    /// How many were violated.
    pub violated: u64,
    /// In how many a guest failed, so that nothing could be judged.
    pub guest: u64,
    /// Events, over all runs.
    pub events: u64,
    /// What was counted over all runs.
    pub counts: Counts,
    /// How often each oracle looked, over all runs.
    pub looks: BTreeMap<String, u64>,
    /// What became of the faults, by the field of their kind, over all runs.
    pub faults: BTreeMap<String, Faulted>,
    /// How the figures of those that held are spread.
    pub spreads: Spreads,
}

/// The failures with one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// How many there are.
    pub count: u64,
    /// The index of the first scenario with such a failure.
    pub scenario: u32,
    /// The smallest seed with which that scenario fails so.
    pub seed: u64,
    /// Those of each scenario, by index.
    pub scenarios: BTreeMap<u32, InScenario>,
}

/// The failures of one scenario with one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InScenario {
    /// How many there are.
    pub count: u64,
    /// The smallest seed.
    pub seed: u64,
}

impl Summary {
    /// The summary of a sweep that has not begun.
    pub fn new(header: &Header) -> Summary {
        let scenarios = header.scenarios.iter().map(|source| OfScenario {
            source: source.clone(),
            runs: 0,
            held: 0,
            liveness: 0,
            violated: 0,
            guest: 0,
            events: 0,
            counts: Counts::default(),
            looks: BTreeMap::new(),
            faults: BTreeMap::new(),
            spreads: Spreads::default(),
        });
        Summary {
            build: header.build.clone(),
            words: String::new(),
            scenarios: scenarios.collect(),
            groups: BTreeMap::new(),
            failures: 0,
            most: Vec::new(),
        }
    }

    /// The same, of runs that need these words of a command line to be played: `" --guest NAME=COMMAND"`.
    #[must_use]
    pub fn played_with(self, words: String) -> Summary {
        Summary { words, ..self }
    }

    /// What stands behind each command that plays a run again.
    pub(super) fn words(&self) -> &str {
        &self.words
    }

    /// The build of cosim that played: the commit, and what differs from that.
    pub fn build(&self) -> &str {
        &self.build
    }

    /// Adds a run. What is summed up does not depend on the order in which runs come.
    pub fn add(&mut self, record: &Record) {
        let of = &mut self.scenarios[record.scenario as usize];
        of.runs += 1;
        match record.verdict {
            Verdict::Held => of.held += 1,
            Verdict::Liveness => of.liveness += 1,
            Verdict::Violated => of.violated += 1,
            Verdict::Guest => of.guest += 1,
        }
        of.events += record.events;
        of.counts.add(&record.counts);
        for (oracle, looks) in &record.looks {
            match of.looks.get_mut(oracle) {
                Some(sum) => *sum += looks,
                None => drop(of.looks.insert(oracle.clone(), *looks)),
            }
        }
        for (field, faulted) in &record.faults {
            let sum = of.faults.entry(field.clone()).or_default();
            sum.planned = sum.planned.saturating_add(faulted.planned);
            sum.happened = sum.happened.saturating_add(faulted.happened);
            sum.touched = sum.touched.saturating_add(faulted.touched);
        }
        of.spreads.add(record, of.source.declares.violation);
        // Of equal ones, the first scenario and the smallest seed.
        let rank = |most: &Most| (Reverse(most.events), most.scenario, most.seed);
        let own = (Reverse(record.events), record.scenario, record.seed);
        let place = self.most.partition_point(|most| rank(most) < own);
        if place < MOST_MAX {
            let Record { events, scenario, seed, verdict, .. } = *record;
            self.most.insert(place, Most { events, scenario, seed, verdict });
            self.most.truncate(MOST_MAX);
        }
        let Some(key) = &record.key else { return };
        self.failures += 1;
        if !self.groups.contains_key(key) {
            let (scenario, seed) = (record.scenario, record.seed);
            self.groups.insert(key.clone(), Group { count: 0, scenario, seed, scenarios: BTreeMap::new() });
        }
        if let Some(group) = self.groups.get_mut(key) {
            (group.scenario, group.seed) = (group.scenario, group.seed).min((record.scenario, record.seed));
            group.count += 1;
            let first = InScenario { count: 0, seed: record.seed };
            let of = group.scenarios.entry(record.scenario).or_insert(first);
            (of.count, of.seed) = (of.count + 1, of.seed.min(record.seed));
        }
    }

    /// The runs with the most events, those with more first.
    pub fn most(&self) -> &[Most] {
        &self.most
    }

    /// How many runs there were.
    pub fn runs(&self) -> u64 {
        self.scenarios.iter().map(|of| of.runs).sum()
    }

    /// How many of them failed.
    pub fn failures(&self) -> u64 {
        self.failures
    }

    /// What each scenario came to, in their order.
    pub fn scenarios(&self) -> &[OfScenario] {
        &self.scenarios
    }

    /// The failures by key.
    pub fn groups(&self) -> &BTreeMap<String, Group> {
        &self.groups
    }

    /// The worst verdict; `None` where nothing ran.
    pub fn verdict(&self) -> Option<Verdict> {
        let sum = |part: fn(&OfScenario) -> u64| self.scenarios.iter().map(part).sum::<u64>();
        if sum(|of| of.guest) > 0 {
            Some(Verdict::Guest)
        } else if sum(|of| of.violated) > 0 {
            Some(Verdict::Violated)
        } else if sum(|of| of.liveness) > 0 {
            Some(Verdict::Liveness)
        } else {
            (self.runs() > 0).then_some(Verdict::Held)
        }
    }
}

impl OfScenario {
    /// What became of the faults of a kind; `None` where there were to be none.
    pub fn faults(&self, kind: FaultKind) -> Option<&Faulted> {
        self.faults.get(kind.row().field)
    }

    /// What the scenario declares and never happened in any of its runs, in words; nothing where none ran.
    pub fn never_happened(&self) -> Vec<String> {
        if self.runs == 0 {
            return Vec::new();
        }
        let (declares, counts) = (&self.source.declares, &self.counts);
        let network = [
            (declares.loss && counts.lost == 0, "it declares loss, and no message was lost"),
            (
                declares.duplicate && counts.duplicated == 0,
                "it declares duplication, and no message was duplicated",
            ),
            (
                declares.reorder && counts.reordered == 0,
                "it declares reordering, and no message was reordered",
            ),
            (declares.replay && counts.replayed == 0, "it declares replays, and no message was replayed"),
            (
                declares.damage && counts.damaged == 0 && counts.undecodable == 0,
                "it declares damage, and no message was damaged",
            ),
            (
                declares.bandwidth && counts.sent > 0 && counts.blocked == 0,
                "it bounds lines, and none was ever full",
            ),
            (counts.sent == 0, "no message was sent"),
        ];
        let mut never: Vec<String> =
            network.into_iter().filter(|(is_so, _)| *is_so).map(|(_, words)| words.to_owned()).collect();
        let untouched = |kind: &FaultKind| {
            self.faults(*kind).is_some_and(|faulted| faulted.planned > 0 && faulted.touched == 0)
        };
        never.extend(FaultKind::ALL.into_iter().filter(untouched).filter(|_| !declares.violation).map(
            |kind| {
                let row = kind.row();
                format!("it plans {}, and none {}", row.called[1], row.touch.undone())
            },
        ));
        let generated = declares.workload.saturating_mul(self.runs);
        if generated > 0 && counts.vain_commands >= generated {
            never.push(format!(
                "its workload generated {generated} operations, and {} that an app was asked for had no effect",
                counts.vain_commands
            ));
        }
        let idle = self.looks.iter().filter(|(oracle, looks)| **looks == 0 && declares.must_look(oracle));
        never.extend(idle.map(|(oracle, _)| format!("the oracle {oracle} never looked")));
        never
    }
}

//! What runs that fail in one way have, and others lack, over many seeds.

use crate::run::{Options, Outcome, Stage, play_cast};
use crate::scenario::Scenario;
use crate::sweep::Record;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What was compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// How many seeds fail by the key.
    pub failing: u64,
    /// How many do not.
    pub others: u64,
    /// What is more often there where they fail, by how much more, the most first.
    pub traits: Vec<Trait>,
}

/// Something that a run has or lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trait {
    /// What.
    pub what: String,
    /// How many of the failing runs have it.
    pub failing: u64,
    /// How many of the others.
    pub others: u64,
}

/// Compares the seeds that fail as `fails` says with the others. A run that fails ends there, so it has less of everything: only what
/// it has more often is told.
pub fn beside(scenario: &Scenario, fails: impl Fn(&Outcome) -> bool + Sync, seeds: Range<u64>) -> Beside {
    let play = |seed: u64| {
        let director = Stage::new(scenario, seed).director().recording();
        let (outcome, director) = play_cast(Vec::new(), scenario, seed, Options::judged(), director);
        let record = Record::of(0, scenario, &outcome);
        (fails(&outcome), has(&record, director.made().iter().map(|made| &made.decision)))
    };
    let (mut failing, mut others) = (0, 0);
    let mut counts = BTreeMap::<String, [u64; 2]>::new();
    for (fails, traits) in seeds.into_par_iter().map(play).collect::<Vec<_>>() {
        *(if fails { &mut failing } else { &mut others }) += 1;
        for what in traits {
            counts.entry(what).or_default()[usize::from(!fails)] += 1;
        }
    }
    let of = |(what, [failing, others]): (String, [u64; 2])| Trait { what, failing, others };
    let mut traits: Vec<Trait> = counts.into_iter().map(of).collect();
    // By how many thousandths more of the failing have it.
    let more =
        |it: &Trait| (it.failing * 1000 / failing.max(1)).saturating_sub(it.others * 1000 / others.max(1));
    traits.retain(|it| more(it) > 0);
    traits.sort_by_key(|it| std::cmp::Reverse(more(it)));
    Beside { failing, others, traits }
}

/// What a run has: faults that touched something, what was counted at all, and decisions of each kind about each kind of
/// message.
fn has<'a>(
    record: &Record,
    made: impl Iterator<Item = &'a crate::scenario::file::Decision>,
) -> BTreeSet<String> {
    let faults = record.faults.iter().filter(|(_, faulted)| faulted.touched > 0);
    let mut traits: BTreeSet<String> = faults.map(|(field, _)| format!("fault: {field}")).collect();
    if let Ok(Value::Object(counts)) = serde_json::to_value(record.counts) {
        let any = counts.into_iter().filter(|(_, count)| count.as_u64().is_some_and(|count| count > 0));
        traits.extend(any.map(|(name, _)| format!("any {}", name.replace('_', " "))));
    }
    for decision in made {
        let about = decision.address.split(' ').nth(1).unwrap_or_default();
        traits.insert(format!("{}: {about}", decision.kind));
    }
    traits
}

#[cfg(test)]
mod tests {
    use super::beside;
    use crate::scenario::parse;

    /// Alice never repeats herself: where it fails, a message of hers was lost.
    #[test]
    fn what_the_failing_have() {
        let text = r#"{
            "version": 1, "about": "Alice writes once, and never repeats it.",
            "nodes": { "alice": { "mutations": ["never-retransmit"] }, "server": {} },
            "network": { "latency": "20ms..80ms", "loss": "10%", "duplicate": "20%" },
            "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
            "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "notes" } }]
        }"#;
        let scenario = parse(text, "story.json").unwrap_or_else(|problems| panic!("{problems}"));
        let beside =
            beside(&scenario, |outcome| outcome.key() == Some("timely client>server deadline"), 0..300);
        assert_eq!(beside.failing + beside.others, 300);
        let lost: Vec<_> = beside.traits.iter().filter(|it| it.what == "any lost").collect();
        assert_eq!(lost.iter().map(|it| it.failing).collect::<Vec<_>>(), [beside.failing], "{beside:?}");
        assert!(beside.traits[..3].iter().any(|it| it.what == "any lost"), "{beside:?}");
        assert!(beside.traits.iter().all(|it| !it.what.starts_with("duplicated")), "{beside:?}");
    }
}

//! What comes to nothing in a run, and that only the run can tell: a write of somebody who may not write, a request that a
//! node refuses, a planted fault that makes no difference.

use super::super::{Options, Outcome, Stage, Watch, run};
use super::Unmet;
use super::evidence::{Evidence, Written};
use super::items::Items;
use super::looking::Looking;
use crate::cojson::{CoJson, is_deletion, session_parts};
use crate::decision::Decide;
use crate::host::NodeId;
use crate::log::{Event, Log, Reason};
use crate::scenario::Scenario;
use crate::world::World;
use cosim_core::view::View;
use cosim_core::{CoId, Names};
use std::collections::{BTreeMap, BTreeSet};

/// How many things of one kind are told.
const TOLD_MAX: usize = 8;

/// How many planted faults are tried one by one.
const PLANTED_MAX: usize = 8;

/// Writes that do not count even where they were written, or show to nobody in the end, and what nodes refused, in words: but
/// for writes of which it is told already why something is not met.
pub(in crate::run) fn writes<N: CoJson, D: Decide<N>>(
    stage: &Stage<'_>,
    world: &World<N, Watch, D>,
    log: &Log,
    unmet: &[Unmet],
) -> Vec<String> {
    let (scenario, view) = (stage.scenario(), world.view());
    let is_told = |write: &String| unmet.iter().flat_map(|unmet| &unmet.why).any(|why| why.contains(write));
    let evidence = Evidence::new(scenario, log, &view, &world.observer);
    let asked = asked(scenario);
    let (mut uncounted, mut unseen) = (Vec::new(), Vec::new());
    for id in scenario.directory.views() {
        let mut by_author: BTreeMap<NodeId, Vec<Written<'_>>> = BTreeMap::new();
        for written in evidence.written(id) {
            let (author, _) = session_parts(written.session);
            by_author.entry(author).or_default().push(written);
        }
        for (author, all) in by_author {
            let seen = view.hosts.get(author.index()).and_then(|host| host.node.view(id));
            let Some(seen) = seen else { continue };
            if matches!(seen.view(), View::Deleted) {
                uncounted.extend(after_deletion(&evidence, &all, &asked));
                continue;
            }
            let looking = Looking::new(&evidence, author, id, Some(seen));
            let items = Items::of(&looking);
            let name = evidence.node(author);
            let (counted, vain): (Vec<Written<'_>>, Vec<Written<'_>>) = all
                .into_iter()
                .filter(|one| evidence.holds(author, one))
                .partition(|written| looking.counts(written));
            for written in Evidence::by_operation(&looking.worth_telling(vain)) {
                let told = evidence.told(&written);
                let reason = looking.reason(&written);
                let vain = format!("{told}: it does not count, not even for {name}: {reason}");
                // What makes a branch writes to its source, too.
                if !is_told(&told) && !uncounted.contains(&vain) {
                    uncounted.push(vain);
                }
            }
            for written in counted {
                let operation = evidence.operation(&written);
                if !operation.is_some_and(|operation| asked.contains(operation.name.as_str())) {
                    continue;
                }
                let misplaced = items.as_ref().and_then(|items| items.first_misplaced(&written));
                let reason = misplaced.or_else(|| looking.overtaken(&written));
                let Some(reason) = reason else { continue };
                let told = evidence.told(&written);
                if !is_told(&told) {
                    unseen.push(format!("{told}: it shows to nobody in the end: {reason}"));
                }
            }
        }
    }
    unseen.dedup();
    let mut vain = told(&uncounted, ["write does not count either", "writes do not count either"]);
    vain.extend(told(&unseen, ["write shows to nobody, either", "writes show to nobody, either"]));
    vain.extend(told(
        &refused(scenario, log),
        ["request comes to nothing, too", "requests come to nothing, too"],
    ));
    vain
}

/// What was written to a CoValue that was deleted for good: what was there before has counted.
fn after_deletion(evidence: &Evidence<'_>, all: &[Written<'_>], asked: &BTreeSet<&str>) -> Vec<String> {
    let deletions = evidence.written(all.first().map_or(CoId(0), |one| one.id)).into_iter();
    let Some(deletion) = deletions.into_iter().find(|one| is_deletion(one.session)) else {
        return Vec::new();
    };
    let began = evidence.began(&deletion);
    let is_asked = |one: &Written<'_>| {
        // What was merged before counts on in what that is merged into.
        let writes = |act| act != "merge" && act != "branch";
        evidence
            .operation(one)
            .is_some_and(|operation| asked.contains(operation.name.as_str()) && writes(operation.act))
    };
    let late = all.iter().filter(|one| evidence.began(one) > began && is_asked(one)).copied();
    let late: Vec<Written<'_>> = late.collect();
    let co_value = evidence.log.cast().co_value(deletion.id);
    let told = Evidence::by_operation(&late).into_iter().map(|one| {
        let (told, deleted) = (evidence.told(&one), evidence.told(&deletion));
        format!("{told}: it does not count: {co_value} was deleted for good before: {deleted}")
    });
    told.collect()
}

/// As many as are told one by one, and how many more there are.
fn told(all: &[String], [one, many]: [&str; 2]) -> Vec<String> {
    let more = all.len().saturating_sub(TOLD_MAX);
    let more = (more > 0).then(|| format!("{more} more {}", if more == 1 { one } else { many }));
    all.iter().take(TOLD_MAX).cloned().chain(more).collect()
}

/// What the timeline asks for. A workload may ask for anything, and whoever types what was recorded elsewhere may find it gone.
fn asked(scenario: &Scenario) -> BTreeSet<&str> {
    let asked = scenario.chapters.iter().filter(|_| scenario.file.recording.is_none());
    let asked = asked.flat_map(|chapter| &chapter.operations);
    asked.map(|operation| operation.name.as_str()).collect()
}

/// Whether nothing comes in the way of the timeline that it does not say itself: no fault, and no decision of another run.
pub fn plays_as_said(scenario: &Scenario) -> bool {
    let file = &scenario.file;
    file.faults.is_none() && file.decisions.is_none() && file.origin.is_none() && !scenario.heal
}

/// What was refused of what the timeline asks for, and what of it had no effect though no chance was in it.
#[expect(clippy::wildcard_enum_match_arm, reason = "a few of many events are about it")]
fn refused(scenario: &Scenario, log: &Log) -> Vec<String> {
    let asked = asked(scenario);
    let is_sure = plays_as_said(scenario);
    let mut texts = BTreeMap::new();
    let mut refused = Vec::new();
    for entry in log.entries() {
        match &entry.what {
            Event::Operation { name, text, .. } => drop(texts.insert(name, text)),
            Event::Skipped { name, why } if asked.contains(name.as_str()) => {
                let what = match why {
                    Reason::Refused(_) => "it is refused",
                    _ if is_sure => "it has no effect",
                    _ => continue,
                };
                let text = texts.get(name).map_or(name, |text| *text);
                refused.push(format!("{text} [{name}]: {what}: {why}"));
            }
            _ => {}
        }
    }
    refused
}

/// The planted faults without which a run comes out just the same: each with its node. It plays the run again, and where
/// there are several, again without each of them.
pub fn idle_mutations(scenario: &Scenario, seed: u64, outcome: &Outcome) -> Vec<(String, String)> {
    let nodes = scenario.nodes.iter().enumerate();
    let planted = nodes.flat_map(|(place, node)| node.mutations.iter().map(move |name| (place, name)));
    let planted: Vec<(usize, &String)> = planted.take(PLANTED_MAX).collect();
    let is_same_without = |some: &[(usize, &String)]| {
        let mut other = scenario.clone();
        for (place, name) in some {
            other.nodes[*place].mutations.retain(|planted| planted != *name);
        }
        run(&other, seed, Options::judged()).fingerprint == outcome.fingerprint
    };
    let named = |(place, name): &(usize, &String)| (scenario.nodes[*place].name.clone(), (*name).clone());
    match planted.as_slice() {
        [] => Vec::new(),
        all if is_same_without(all) => all.iter().map(named).collect(),
        [_] => Vec::new(),
        all => all.iter().filter(|one| is_same_without(&[**one])).map(named).collect(),
    }
}

//! What comes to nothing in a run, and that only the run can tell: a write of somebody who may not write, a request that a
//! node refuses, a planted fault that makes no difference.

use super::super::{Options, Outcome, Stage, Watch, run};
use super::evidence::{Evidence, Written};
use crate::cojson::{CoJson, session_parts};
use crate::decision::Decide;
use crate::log::{Event, Log, Reason};
use crate::scenario::Scenario;
use crate::world::World;
use cosim_core::view::View;
use std::collections::{BTreeMap, BTreeSet};

/// How many things of one kind are told.
const TOLD_MAX: usize = 8;

/// How many planted faults are tried one by one.
const PLANTED_MAX: usize = 8;

/// Writes that do not count even where they were written, and what nodes refused, in words.
pub(in crate::run) fn writes<N: CoJson, D: Decide<N>>(
    stage: &Stage<'_>,
    world: &World<N, Watch, D>,
    log: &Log,
) -> Vec<String> {
    let (scenario, hosts) = (stage.scenario(), world.view().hosts);
    let states = hosts.iter().map(|host| host.node.state()).collect();
    let evidence = Evidence::new(scenario, log, states);
    let author = |written: &Written<'_>| session_parts(written.session).0;
    let mut uncounted = Vec::new();
    for id in scenario.directory.views() {
        let is_vain = |written: &Written<'_>| {
            let view = hosts.get(author(written).index()).and_then(|host| host.node.view(id));
            // What is deleted as a whole has counted.
            let view = view.filter(|view| !matches!(view.view(), View::Deleted));
            let session = scenario.directory.session(written.session);
            view.is_some_and(|view| !view.visible(&session, written.index))
                && evidence.holds(author(written), id, written)
        };
        let written: Vec<Written<'_>> = evidence.written(id).into_iter().filter(is_vain).collect();
        uncounted.extend(Evidence::by_operation(&written));
    }
    let mut vain: Vec<String> = uncounted
        .iter()
        .take(TOLD_MAX)
        .map(|written| {
            let name = evidence.node(author(written));
            format!("{}: it does not count, not even for {name}", evidence.told(written))
        })
        .collect();
    vain.extend(more(uncounted.len(), ["write does not count either", "writes do not count either"]));
    let refused = refused(scenario, log);
    vain.extend(refused.iter().take(TOLD_MAX).cloned());
    vain.extend(more(refused.len(), ["request is refused, too", "requests are refused, too"]));
    vain
}

/// How many of one kind are not told one by one, if any.
fn more(all: usize, [one, many]: [&str; 2]) -> Option<String> {
    let more = all.saturating_sub(TOLD_MAX);
    (more > 0).then(|| format!("{more} more {}", if more == 1 { one } else { many }))
}

/// What was refused of what the timeline asks for. A workload may ask for anything.
#[expect(clippy::wildcard_enum_match_arm, reason = "a few of many events are about it")]
fn refused(scenario: &Scenario, log: &Log) -> Vec<String> {
    let asked = scenario.chapters.iter().flat_map(|chapter| &chapter.operations);
    let asked: BTreeSet<&str> = asked.map(|operation| operation.name.as_str()).collect();
    let mut texts = BTreeMap::new();
    let mut refused = Vec::new();
    for entry in log.entries() {
        match &entry.what {
            Event::Operation { name, text, .. } => drop(texts.insert(name, text)),
            Event::Skipped { name, why: why @ Reason::Refused(_) } if asked.contains(name.as_str()) => {
                let text = texts.get(name).map_or(name, |text| *text);
                refused.push(format!("{text} [{name}]: it is refused: {why}"));
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

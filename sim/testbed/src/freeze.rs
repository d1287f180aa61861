//! Freezing: a run as a plain scenario without randomness. What was generated is written out, times are absolute, and
//! every decision that was not the harmless one is listed by its address. The frozen scenario runs to the same
//! fingerprint, whatever the seed. What guests draw is no decision of the simulator's: where some take part, the frozen
//! scenario keeps the seed, too.

use crate::clock::Clock;
use crate::network::{Ppm, SpanRange};
use crate::oracles::GENERATION;
use crate::run::{Options, Outcome, Stage, UNMET_KEY, Unmet, play_cast};
use crate::scenario::file::{
    Act, Duration, DurationRange, Entry, Link, Network, NetworkChange, Origin, When,
};
use crate::scenario::{MAX_DURATION, NodeSpec, Numbered, Scenario, file};
use crate::script::{Director, Made};
use cosim_core::{CoId, Span, Time};
use std::collections::BTreeMap;

/// A run, frozen.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// The scenario without randomness.
    pub file: file::Scenario,
    /// The run that was frozen.
    pub outcome: Outcome,
    /// What was decided in it otherwise than harmlessly, in order.
    pub(crate) made: Vec<Made>,
}

/// How the run is judged. The usual bound for silence depends on latencies, of which a frozen network has the shortest
/// only. That for loads depends, where lines are bounded, on the largest write and the last operation that might have been
/// drawn, and a frozen timeline has those that were.
fn expect(stage: &Stage<'_>) -> file::Expect {
    let scenario = stage.scenario();
    let mut expect = scenario.file.expect.clone().unwrap_or_default();
    expect.quiet_within.get_or_insert(file::Duration(scenario.expect.quiet_within));
    if stage.bounds_lines() {
        expect.load_within.get_or_insert(file::Duration(stage.load_within()));
    }
    expect
}

/// Freezes the run of a seed. `scenario_name` is where the scenario came from, for its reader.
pub fn freeze(scenario: &Scenario, seed: u64, scenario_name: &str) -> Frozen {
    freeze_with(scenario, seed, scenario_name, Options::judged())
}

/// Like [`freeze`], with other things done beside playing.
pub fn freeze_with(scenario: &Scenario, seed: u64, scenario_name: &str, options: Options) -> Frozen {
    freeze_by(scenario, seed, scenario_name, options, |director| director)
}

/// Like [`freeze_with`], with somebody who decides as `deciding` makes of whoever decides by the list of the scenario.
pub(crate) fn freeze_by(
    scenario: &Scenario,
    seed: u64,
    scenario_name: &str,
    options: Options,
    deciding: impl FnOnce(Director) -> Director,
) -> Frozen {
    let stage = Stage::new(scenario, seed);
    let director = deciding(stage.director()).recording();
    let (mut outcome, director) = play_cast(Vec::new(), scenario, seed, options, director);
    outcome.unused = director.unused();
    let mut decisions = file::Decisions::default();
    let made = director.into_made();
    for Made { decision, detail, .. } in &made {
        decisions.put(decision.clone(), *detail);
    }
    let source = &scenario.file;
    let (network, links) = networks(stage.scenario());
    let file = file::Scenario {
        schema: source.schema.clone(),
        version: source.version,
        about: source.about.clone(),
        seed: scenario.has_guests().then_some(seed),
        format: source.format,
        crypto: source.crypto,
        nodes: nodes(stage.scenario()),
        co_values: source.co_values.clone(),
        network,
        links,
        timeline: timeline(scenario, &stage, &outcome),
        workload: None,
        recording: None,
        faults: None,
        heal: source.heal,
        decisions: Some(decisions).filter(|decisions| !decisions.is_empty()),
        expect: Some(expect(&stage)),
        origin: Some(Origin {
            scenario: scenario_name.to_owned(),
            seed,
            cosim: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprint: Some(outcome.fingerprint.to_string()),
            key: outcome.key().map(str::to_owned),
            unmet: outcome.unmet.first().filter(|_| outcome.key() == Some(UNMET_KEY)).map(Unmet::lasting),
            swarm: outcome.swarm.clone(),
            oracles: GENERATION,
        }),
    };
    Frozen { file, outcome, made }
}

/// The harmless conditions: of all links, where they are the same everywhere, and else of each.
fn networks(scenario: &Scenario) -> (Option<Network>, Vec<Link>) {
    let harmless = |link: &crate::scenario::LinkSpec| Network::of(&link.network).without_chance();
    let first = scenario.links.first().map(harmless);
    let same = scenario.links.iter().all(|link| Some(harmless(link)) == first);
    let links = scenario.file.links.iter().map(|link| {
        let [a, b] = &link.between;
        let ends = scenario.node(a).zip(scenario.node(b));
        let spec = ends.and_then(|(a, b)| scenario.link(a, b)).map(|index| &scenario.links[index as usize]);
        Link { network: spec.map(harmless).filter(|_| !same), ..link.clone() }
    });
    (first.filter(|_| same), links.collect())
}

/// Every operation at its time. Where a chapter never began, since a violation came first or silence never did, all of
/// them keep waiting for silence: how long the run waits for it is part of the run.
fn timeline(scenario: &Scenario, stage: &Stage<'_>, outcome: &Outcome) -> Vec<Entry> {
    let chapters = &stage.plan().chapters;
    let absolute = outcome.chapters.len() == chapters.len() && last(stage, outcome) <= MAX_DURATION;
    let mut entries = Vec::new();
    for (number, chapter) in chapters.iter().enumerate() {
        let start = outcome
            .chapters
            .get(number)
            .filter(|_| absolute)
            .map_or(Span::ZERO, |start| start.since(Time::ZERO));
        for (i, operation) in chapter.operations.iter().enumerate() {
            let when = if absolute || number == 0 || i > 0 {
                When::At(Duration(start + operation.at.since(Time::ZERO)))
            } else {
                When::Quiet
            };
            let act = act(scenario, &operation.act);
            entries.push(Entry { when, name: Some(operation.name.clone()), act });
        }
    }
    entries
}

/// When the last operation happens, counted from the start of the run.
fn last(stage: &Stage<'_>, outcome: &Outcome) -> Span {
    let chapters = stage.plan().chapters.iter().zip(&outcome.chapters);
    let ends = chapters.filter_map(|(chapter, start)| {
        Some(start.since(Time::ZERO) + chapter.operations.last()?.at.since(Time::ZERO))
    });
    ends.max().unwrap_or(Span::ZERO)
}

/// An act as a file has it: nothing is said that is usual.
fn act(scenario: &Scenario, act: &Act<Numbered>) -> Act {
    let mut act = act.named(scenario);
    if let Some((id, private)) = act.private_mut() {
        let known = scenario.co_value(id).and_then(|id| scenario.directory.co_value(CoId(id)));
        let usual = known.is_some_and(|known| known.spec.private);
        *private = private.filter(|private| *private != usual);
    }
    if let Act::Network(change) = &mut act {
        let mut left = change.conditions().without_chance();
        if left == Network::default() {
            // It changed chances only, and there are none left: it stays as the event that it was.
            left.loss = Some(file::Percent(Ppm::NEVER));
        }
        **change = NetworkChange::new(change.between.take(), left);
    }
    act
}

/// The nodes, with the clocks that they had, and disks that take the shortest time, never fail and lose nothing in a crash.
fn nodes(scenario: &Scenario) -> BTreeMap<String, file::Node> {
    let frozen = |(spec, (name, node)): (&NodeSpec, (&String, &file::Node))| {
        let latency = |disk: file::Disk| disk.latency.and_then(|range| SpanRange::constant(range.0.min()));
        let disk = node.disk.map(|disk| file::Disk {
            latency: latency(disk).map(DurationRange),
            errors: None,
            unsynced: Some(file::Unsynced::Kept),
        });
        let usual = node.clock.unwrap_or_default();
        let resolution = Some(Duration(spec.clock.resolution()));
        let is_fine = resolution == Some(Duration(Clock::default().resolution()));
        let clock = if is_fine { node.clock } else { Some(file::Clock { resolution, ..usual }) };
        (name.clone(), file::Node { disk, clock, work: None, ..node.clone() })
    };
    scenario.nodes.iter().zip(&scenario.file.nodes).map(frozen).collect()
}

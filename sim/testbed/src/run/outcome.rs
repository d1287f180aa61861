//! What a run came to.

use super::tally::are_apart;
use super::unmet::{self, Unmet};
use super::{Calmed, Faulted, Lost, Stage, Tally, Watch};
use crate::Fingerprint;
use crate::cojson::SimCrypto;
use crate::cojson::{Cast, CoJson};
use crate::guest::Failure;
use crate::log::Log;
use crate::oracles::{Oracles, Property, Violation};
use crate::scenario::file::Decision;
use crate::scenario::{FaultKind, Scenario};
use crate::world::{Figures, World};
use cosim_core::{CoId, NodeState, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The seed that was played.
    pub seed: u64,
    /// What the seed had taken, where the scenario's faults are a swarm, in words.
    pub swarm: Vec<String>,
    /// How it ended.
    pub end: End,
    /// When it ended.
    pub ended_at: Time,
    /// When the faults ended, and what ended with them: if anything did.
    pub calmed: Option<Calmed>,
    /// The hash over everything that happened, and over what every node holds in the end.
    pub fingerprint: Fingerprint,
    /// What the world counted.
    pub figures: Figures,
    /// What is particular to CoJSON.
    pub tally: Tally,
    /// What became of the faults, by kind: of those that were to be.
    pub faults: Vec<(FaultKind, Faulted)>,
    /// Whether some line was bounded.
    pub bounded: bool,
    /// The guests that took part: what each calls itself, and its version.
    pub guests: Vec<(String, String)>,
    /// The failures of guests: that of the first try, and where that one failed, that of the second.
    pub guest_failures: Vec<Failure>,
    /// What the oracles found, the first first.
    pub violations: Vec<Violation>,
    /// Each oracle, and how often it looked.
    pub looks: Vec<(&'static str, u64)>,
    /// What the scenario expects and did not come.
    pub unmet: Vec<Unmet>,
    /// What did not come either, as the scenario says of a known bug.
    pub known: Vec<Unmet>,
    /// What apps were told is safe, and nobody holds any more. Empty where the run ended before its time.
    pub lost: Vec<Lost>,
    /// What apps wrote in vain, and what nodes refused, in words. Empty where no log was kept.
    pub vain: Vec<String>,
    /// Why a node shows a CoValue as it does, a sentence each, where that was asked and a log was kept.
    pub reasons: Vec<String>,
    /// Whether the violation that the scenario expects occurred; `None` where it expects none.
    pub expected_violation: Option<bool>,
    /// The decisions that the scenario lists and the run never met.
    pub unused: Vec<Decision>,
    /// When each part of the timeline began that waits for silence; the first at zero.
    pub chapters: Vec<Time>,
    /// The names in it.
    pub cast: Cast,
    /// What every node holds in the end.
    pub states: Vec<NodeState<SimCrypto>>,
    /// What the app of every node sees in the end, as people read it.
    pub views: Vec<BTreeMap<CoId, Value>>,
    /// What was kept of the log.
    pub log: Option<Log>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Nothing would ever have happened any more.
    Silent,
    /// An oracle found something.
    Violation,
    /// Its time was up, and something still went on.
    Restless,
    /// A guest failed.
    Guest,
}

/// What a run came to, the worse the larger. It decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everything held; an expected violation that occurred counts as that.
    Held,
    /// Something good did not happen in time.
    Liveness,
    /// Something bad happened, or something expected did not.
    Violated,
    /// A guest failed, so that nothing could be judged.
    Guest,
}

impl Verdict {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Held => "held",
            Verdict::Liveness => "liveness",
            Verdict::Violated => "violated",
            Verdict::Guest => "guest",
        }
    }
}

impl Outcome {
    /// What the run came to, by what its oracles found and what its scenario expects.
    pub fn verdict(&self) -> Verdict {
        if self.end == End::Guest {
            return Verdict::Guest;
        }
        match self.expected_violation {
            Some(true) => return if self.unmet.is_empty() { Verdict::Held } else { Verdict::Violated },
            Some(false) => return Verdict::Violated,
            None => {}
        }
        match self.violations.first() {
            Some(violation) => match violation.property {
                Property::Liveness => Verdict::Liveness,
                Property::Safety => Verdict::Violated,
            },
            None if !self.unmet.is_empty() => Verdict::Violated,
            None => Verdict::Held,
        }
    }

    /// The failure key: the first violation's, or that of an expectation that was not met.
    pub fn key(&self) -> Option<&str> {
        if self.end == End::Guest {
            return Some(GUEST_KEY);
        }
        match self.violations.first() {
            Some(violation) => Some(&violation.key),
            None => self.unmet.first().map(|_| UNMET_KEY),
        }
    }
}

/// The failure key of a run that breaks no oracle but does not meet what its scenario expects.
pub const UNMET_KEY: &str = "expectation";

/// The failure key of a run in which a guest failed.
pub const GUEST_KEY: &str = "guest";

pub(super) fn of<N: CoJson, D: crate::decision::Decide<N>>(
    stage: Stage<'_>,
    world: World<N, Watch, D>,
    (end, calmed): (End, Option<Calmed>),
    chapters: Vec<Time>,
) -> (Outcome, D) {
    let seed = world.seed();
    let mut fingerprint = world.fingerprint();
    for (i, host) in (0..).zip(world.view().hosts) {
        fingerprint.fold(i, host.node.digest());
    }
    let watch = &world.observer;
    let mut violations = watch.oracles.as_ref().map(Oracles::findings).unwrap_or_default();
    let looks = watch.oracles.as_ref().map(|oracles| oracles.looks().collect()).unwrap_or_default();
    let loads = |node, id| watch.oracles.as_ref().and_then(|oracles| oracles.load_ended(node, id));
    let views = views(stage.scenario(), &world);
    let [mut unmet, mut known] = unmet::of(&stage, &world, (&views, loads), watch.log.as_ref());
    if end == End::Guest {
        violations.clear();
        unmet.clear();
        known.clear();
    } else if !unmet.is_empty() && end != End::Violation && stage.seeks() == Some(UNMET_KEY) {
        // It was played to its end for this.
        violations.clear();
    } else if !violations.is_empty() {
        // What a run that was cut short did not come to says nothing.
        unmet.clear();
        known.clear();
    }
    let vain =
        watch.log.as_ref().map(|log| unmet::vain_writes(&stage, &world, log, &unmet)).unwrap_or_default();
    let reasons = unmet::reasons(&stage, &world, &views);
    let lost = if end == End::Silent { watch.losses.lost(&world.view()) } else { Vec::new() };
    let wanted = stage.scenario().expect.violation.as_deref();
    let expected_violation = wanted.map(|wanted| violations.first().is_some_and(|found| found.is(wanted)));
    let (ended_at, figures) = (world.now(), *world.figures());
    let is_apart = are_apart(&world.view());
    let (nodes, Watch { mut tally, touched, log, .. }, decisions) = world.into_parts();
    tally.apart = is_apart;
    tally.lost_though_safe = lost.iter().map(|lost| u64::from(lost.count)).sum();
    let outcome = Outcome {
        seed,
        swarm: stage.scenario().chosen.clone(),
        end,
        ended_at,
        calmed,
        fingerprint,
        figures,
        tally,
        faults: touched.faults(),
        bounded: stage.has_bounded_lines(),
        guests: Vec::new(),
        guest_failures: Vec::new(),
        violations,
        looks,
        unmet,
        known,
        lost,
        vain,
        reasons,
        expected_violation,
        unused: Vec::new(),
        chapters,
        cast: stage.cast().clone(),
        states: nodes.into_iter().map(N::into_state).collect(),
        views,
        log,
    };
    (outcome, decisions)
}

/// What every app sees of what shows anything.
fn views<N: CoJson, D>(scenario: &Scenario, world: &World<N, Watch, D>) -> Vec<BTreeMap<CoId, Value>>
where
    D: crate::decision::Decide<N>,
{
    let ids: Vec<CoId> = scenario.directory.views().collect();
    let hosts = world.view().hosts;
    let of = |node: &N| ids.iter().filter_map(|id| Some((*id, node.shows(*id)?))).collect();
    hosts.iter().map(|host| of(&host.node)).collect()
}

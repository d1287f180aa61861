//! One run: a scenario and a seed, played to its end and judged.
//!
//! A run has two phases. In the *safety* phase the timeline, the generated operations and the faults happen. Then the
//! faults end and the clock runs, in the *liveness* phase, until the world is silent or its time is up.

mod builder;
mod calm;
mod clocks;
mod lines;
mod losses;
mod outcome;
mod player;
mod stage;
mod tally;
mod touched;
mod unmet;

pub use builder::Run;
pub use calm::{Calmed, Cut};
pub use losses::Lost;
pub use outcome::{End, GUEST_KEY, Outcome, UNMET_KEY, Verdict};
pub(crate) use player::{Judged, Player};
pub use stage::Stage;
pub use tally::Tally;
pub use touched::Faulted;
pub use unmet::{Expected, Unmet, idle_mutations, plays_as_said};

use crate::cojson::{CoJson, CoNode};
use crate::decision::Decide;
use crate::guest::{Member, Troupe};
use crate::host::NodeId;
use crate::log::{Limit, Log, Source, When, With};
use crate::observer::{Happening, Observer};
use crate::oracles::{Oracle, Oracles};
use crate::scenario::Scenario;
use crate::script::Director;
use crate::world::{View, World};
use clocks::Clocks;
use cosim_core::{CoId, Config, Span};
use losses::Losses;
use touched::Touched;

/// How long after the last operation the faults end.
pub const SETTLE: Span = Span::from_s(5);

/// What is done beside playing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether the oracles judge.
    pub oracles: Judging,
    /// How much of the log is kept, if any.
    pub log: Option<Limit>,
    /// What the log tells beside what happens, if one is kept.
    pub with: With,
    /// Of what it is to be said why a node shows it as it does, if a log is kept.
    pub asked: Option<(NodeId, CoId)>,
}

/// Whether the oracles judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judging {
    /// They do.
    On,
    /// They do not: for measuring.
    Off,
}

impl Options {
    /// Judged, without a log.
    pub const fn judged() -> Options {
        Options { oracles: Judging::On, log: None, with: With::NOTHING, asked: None }
    }

    /// Judged, with this much of the log.
    pub const fn logged(limit: Limit) -> Options {
        Options { oracles: Judging::On, log: Some(limit), with: With::NOTHING, asked: None }
    }

    /// The same, with a log that tells these things too.
    #[must_use]
    pub const fn with(self, with: With) -> Options {
        Options { with, ..self }
    }

    /// The same, and the outcome says why a node shows a CoValue as it does, if a log is kept.
    #[must_use]
    pub const fn asked(self, node: NodeId, id: CoId) -> Options {
        Options { asked: Some((node, id)), ..self }
    }
}

/// Plays a scenario with the nodes of the core. [`Run`] has more to set.
pub fn run(scenario: &Scenario, seed: u64, options: Options) -> Outcome {
    Run::of(scenario).seed(seed).options(options).play()
}

/// Plays a scenario with nodes that `make` makes and decisions that `decisions` makes; gives the latter back.
pub fn play<N: CoJson, D: Decide<N>>(
    scenario: &Scenario,
    seed: u64,
    options: Options,
    make: impl Fn(NodeId, Config) -> N,
    decisions: D,
) -> (Outcome, D) {
    play_judged_by(Vec::new(), scenario, seed, options, make, decisions)
}

/// Plays a scenario with the nodes that it names: those of the core, and guests.
pub(crate) fn play_cast<D>(
    own: Vec<Box<dyn Oracle>>,
    scenario: &Scenario,
    seed: u64,
    options: Options,
    decisions: D,
) -> (Outcome, D)
where
    D: Decide<CoNode> + Decide<Member> + Clone,
{
    if !scenario.has_guests() {
        return play_judged_by(own, scenario, seed, options, CoNode::new, decisions);
    }
    let judged_by_others = !own.is_empty();
    let (outcome, made) = with_guests(own, scenario, seed, options, decisions.clone());
    let Some(failure) = outcome.guest_failures.first().cloned().filter(|_| !judged_by_others) else {
        return (outcome, made);
    };
    // Once more, in fresh processes: a guest that fails only now and then is another matter.
    let (mut outcome, made) = with_guests(Vec::new(), scenario, seed, options, decisions);
    outcome.guest_failures.insert(0, failure);
    (outcome, made)
}

fn with_guests<D: Decide<Member>>(
    own: Vec<Box<dyn Oracle>>,
    scenario: &Scenario,
    seed: u64,
    options: Options,
    decisions: D,
) -> (Outcome, D) {
    let mut stage = Stage::new(scenario, seed);
    let names = stage.names().into_iter().map(|operation| operation.name).collect();
    let troupe = Troupe::new(stage.scenario(), seed, names);
    stage.meet(&troupe);
    let make = |id, config| troupe.member(id, config, scenario);
    let (mut outcome, decisions) = play_staged(own, stage, seed, options, make, decisions, Some(&troupe));
    outcome.guests = troupe.introduced().to_vec();
    outcome.guest_failures.extend(troupe.failure());
    troupe.leave(&scenario.guests);
    (outcome, decisions)
}

/// Plays like [`play`], and has these oracles judge it beside those that the scenario asks for.
pub fn play_judged_by<N: CoJson, D: Decide<N>>(
    own: Vec<Box<dyn Oracle>>,
    scenario: &Scenario,
    seed: u64,
    options: Options,
    make: impl Fn(NodeId, Config) -> N,
    decisions: D,
) -> (Outcome, D) {
    play_staged(own, Stage::new(scenario, seed), seed, options, make, decisions, None)
}

/// Plays what is staged of one seed with the chance of another, `seed`.
pub(crate) fn play_from<N: CoJson, D: Decide<N>>(
    stage: Stage<'_>,
    seed: u64,
    options: Options,
    make: impl Fn(NodeId, Config) -> N,
    decisions: D,
) -> (Outcome, D) {
    play_staged(Vec::new(), stage, seed, options, make, decisions, None)
}

/// What is staged, with the nodes of the core, before anything has happened.
pub(crate) fn begin(
    stage: Stage<'_>,
    seed: u64,
    options: Options,
    decisions: Director,
) -> Player<'_, CoNode, Director> {
    staged(Vec::new(), stage, seed, options, CoNode::new, decisions, None)
}

fn play_staged<N: CoJson, D: Decide<N>>(
    own: Vec<Box<dyn Oracle>>,
    stage: Stage<'_>,
    seed: u64,
    options: Options,
    make: impl Fn(NodeId, Config) -> N,
    decisions: D,
    troupe: Option<&Troupe>,
) -> (Outcome, D) {
    let mut player = staged(own, stage, seed, options, make, decisions, troupe);
    player.play();
    player.finish()
}

fn staged<'a, N: CoJson, D: Decide<N>>(
    own: Vec<Box<dyn Oracle>>,
    stage: Stage<'a>,
    seed: u64,
    options: Options,
    make: impl Fn(NodeId, Config) -> N,
    decisions: D,
    troupe: Option<&'a Troupe>,
) -> Player<'a, N, D> {
    let judges = || {
        let mut oracles = Oracles::new(stage.setup());
        own.into_iter().for_each(|oracle| oracles.add(oracle));
        if options.log.is_some() && options.with.looks {
            oracles.note_looks();
        }
        oracles
    };
    let watch = Watch {
        oracles: (options.oracles == Judging::On).then(judges),
        log: options.log.map(|limit| {
            let log = Log::new(stage.cast().clone(), stage.names(), limit);
            let log =
                log.of(Source { scenario: None, seed: Some(seed), crypto: Some(stage.scenario().crypto) });
            log.with(options.with)
        }),
        tally: Tally::default(),
        touched: Touched::new(&stage),
        clocks: Clocks::default(),
        losses: Losses::default(),
        looking: options.log.filter(|_| options.with.looks).map(|_| When::Step),
        asked: options.asked,
    };
    let mut nodes = stage.nodes(make);
    nodes.iter_mut().for_each(|node| node.meet(stage.directory()));
    for node in stage.hostile() {
        nodes[node.index()].turn_hostile();
    }
    let mut world = World::new(nodes, stage.links(), seed, watch, decisions);
    stage.settle(&mut world);
    Player::new(stage, world, troupe)
}

/// Those who watch a run.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    oracles: Option<Oracles>,
    log: Option<Log>,
    tally: Tally,
    touched: Touched,
    clocks: Clocks,
    losses: Losses,
    /// When oracles look just now; `None` where the log does not tell.
    looking: Option<When>,
    /// Of what it is to be said why a node shows it as it does.
    asked: Option<(NodeId, CoId)>,
}

impl<N: CoJson> Observer<N> for Watch {
    #[inline]
    fn observe(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>) {
        self.tally.observe(view, happening);
        self.touched.observe(view, happening);
        self.clocks.observe(view, happening);
        self.losses.observe(view, happening);
        if let Some(log) = &mut self.log {
            log.observe(view, happening);
        }
        if let Some(oracles) = &mut self.oracles {
            oracles.observe(view, happening);
        }
        if let Some(when) = self.looking {
            self.log_looks(view, happening, when);
        }
    }
}

impl Watch {
    fn failed(&self) -> bool {
        self.oracles.as_ref().is_some_and(Oracles::found)
    }

    /// A step that a deadline began is one until its node has done all that came of it.
    fn log_looks<N: CoJson>(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>, when: When) {
        let began = matches!(happening, Happening::Timer { .. });
        let when = if began { When::Deadline } else { when };
        self.log_noted(view, when);
        let is_over = matches!(happening, Happening::Settled { .. } | Happening::Down { .. });
        self.looking = Some(if is_over { When::Step } else { when });
    }

    fn log_noted<N: CoJson>(&mut self, view: &View<'_, N>, when: When) {
        if let (Some(oracles), Some(log)) = (&mut self.oracles, &mut self.log) {
            log.looked((view.event, view.now), when, oracles.noted());
        }
    }
}

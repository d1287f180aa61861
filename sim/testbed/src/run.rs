//! One run: a scenario and a seed, played to its end and judged.
//!
//! A run has two phases. In the *safety* phase the timeline, the generated operations and the faults happen. Then the
//! faults end and the clock runs, in the *liveness* phase, until the world is silent or its time is up.

mod builder;
mod lines;
mod outcome;
mod stage;
mod tally;
mod touched;

pub use builder::Run;
pub use outcome::{End, GUEST_KEY, Outcome, UNMET_KEY, Verdict};
pub use stage::Stage;
pub use tally::Tally;
pub use touched::Faulted;

use crate::cojson::{CoJson, CoNode};
use crate::decision::Decide;
use crate::guest::{Member, Troupe};
use crate::host::NodeId;
use crate::log::{Event, Limit, Log, Source, When, With};
use crate::observer::{Happening, Observer};
use crate::oracles::{Oracle, Oracles, Rest};
use crate::scenario::Scenario;
use crate::world::{Stop, View, World};
use cosim_core::{Config, Span, Time};
use touched::Touched;

/// How long after the last operation the faults end.
pub const SETTLE: Span = Span::from_s(5);

/// How many events a run may have: what is still going on then would go on for ever.
pub const EVENTS_MAX: u64 = 100_000_000;

/// What is done beside playing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether the oracles judge.
    pub oracles: Judging,
    /// How much of the log is kept, if any.
    pub log: Option<Limit>,
    /// What the log tells beside what happens, if one is kept.
    pub with: With,
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
        Options { oracles: Judging::On, log: None, with: With::NOTHING }
    }

    /// Judged, with this much of the log.
    pub const fn logged(limit: Limit) -> Options {
        Options { oracles: Judging::On, log: Some(limit), with: With::NOTHING }
    }

    /// The same, with a log that tells these things too.
    #[must_use]
    pub const fn with(self, with: With) -> Options {
        Options { with, ..self }
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

fn play_staged<N: CoJson, D: Decide<N>>(
    own: Vec<Box<dyn Oracle>>,
    stage: Stage<'_>,
    seed: u64,
    options: Options,
    make: impl Fn(NodeId, Config) -> N,
    decisions: D,
    troupe: Option<&Troupe>,
) -> (Outcome, D) {
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
        looking: options.log.filter(|_| options.with.looks).map(|_| When::Step),
    };
    let mut nodes = stage.nodes(make);
    nodes.iter_mut().for_each(|node| node.meet(stage.directory()));
    for node in stage.hostile() {
        nodes[node.index()].turn_hostile();
    }
    let mut world = World::new(nodes, stage.links(), seed, watch, decisions);
    stage.settle(&mut world);
    let mut player = Player { stage, world, end: None, chapters: Vec::new(), troupe };
    player.play();
    player.finish()
}

/// Those who watch a run.
#[derive(Debug)]
pub(crate) struct Watch {
    oracles: Option<Oracles>,
    log: Option<Log>,
    tally: Tally,
    touched: Touched,
    /// When oracles look just now; `None` where the log does not tell.
    looking: Option<When>,
}

impl<N: CoJson> Observer<N> for Watch {
    #[inline]
    fn observe(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>) {
        self.tally.observe(view, happening);
        self.touched.observe(view, happening);
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

struct Player<'a, N: CoJson, D> {
    stage: Stage<'a>,
    /// The guests that take part.
    troupe: Option<&'a Troupe>,
    world: World<N, Watch, D>,
    /// Why the run ended before its time.
    end: Option<End>,
    /// When each chapter began.
    chapters: Vec<Time>,
}

impl<N: CoJson, D: Decide<N>> Player<'_, N, D> {
    fn play(&mut self) {
        let mut faults_end = Time::ZERO;
        for number in 0..self.stage.chapters() {
            let over = self.awaited().max(faults_end);
            if number > 0 && !self.comes_to_rest(over, QUIET_UNDER_FAULTS) {
                self.end.get_or_insert(End::Restless);
            }
            if self.end.is_some() {
                return;
            }
            let start = if number == 0 { Time::ZERO } else { self.world.now() + AFTER_QUIET };
            self.chapters.push(start);
            let operations = self.stage.chapter(number, start);
            for planned in operations {
                faults_end = faults_end.max(planned.ends());
                self.schedule(planned);
            }
        }
        let settled = faults_end + SETTLE;
        let silent = self.until(settled);
        if self.end.is_some() {
            return;
        }
        let now = if silent { self.world.now() } else { settled };
        let healing = self.stage.healing(now);
        if self.stage.has_faults()
            && let Some(log) = &mut self.world.observer.log
        {
            log.push(0, now, Event::Liveness {});
        }
        for (link, network) in self.stage.calm() {
            self.world.set_network(now, link, network);
        }
        self.world.heal_disks();
        for planned in healing {
            self.schedule(planned);
        }
        if !self.comes_to_rest(now.max(self.awaited()), 1) {
            self.end.get_or_insert(End::Restless);
        }
    }

    /// Runs until it is silent, or has had its time so many times over, counted from `over`; says whether it is silent.
    /// What has come to be held meanwhile, as by a disk that was slow, has to pass bounded lines, too.
    fn comes_to_rest(&mut self, over: Time, times: u64) -> bool {
        loop {
            let within = self.quiet_within();
            if self.until(over + within.saturating_mul(times)) {
                return true;
            }
            if self.end.is_some() || self.quiet_within() <= within {
                return false;
            }
        }
    }

    /// How long silence may take: what the scenario says, and what bounded lines need beside.
    fn quiet_within(&self) -> Span {
        let scenario = self.stage.scenario();
        let lines = lines::time_to_pass(scenario, self.stage.networks(), &self.world.view());
        scenario.expect.quiet_within + lines
    }

    /// From when on silence can be asked for: until then copies are under way that come long after, or what liars have
    /// sent. That may be larger than all that anybody holds.
    fn awaited(&self) -> Time {
        let liars = self.stage.hostile().into_iter().map(|node| self.world.all_left(node));
        self.world.now().max(self.world.last_replay()).max(liars.max().unwrap_or(Time::ZERO))
    }

    fn schedule(&mut self, planned: stage::Planned<N>) {
        self.world.schedule(planned.at, planned.operation);
    }

    /// Runs up to `limit`, or to silence; says whether it is silent.
    fn until(&mut self, limit: Time) -> bool {
        if self.end.is_some() {
            return false;
        }
        while self.world.step(limit) {
            if self.world.observer.failed() {
                self.end = Some(End::Violation);
                return false;
            }
            if self.troupe.is_some_and(Troupe::has_failed) {
                self.end = Some(End::Guest);
                return false;
            }
            if self.world.figures().events >= EVENTS_MAX {
                self.end = Some(End::Restless);
                return false;
            }
        }
        self.world.run_until(limit) == Stop::Silent
    }

    fn finish(mut self) -> (Outcome, D) {
        let mut end = self.end.unwrap_or(End::Silent);
        if end == End::Silent && self.troupe.is_some() {
            self.world.view().hosts.iter().filter(|host| host.up).for_each(|host| host.node.audit());
        }
        if !matches!(end, End::Violation | End::Guest) {
            let (view, watch) = self.world.split();
            if let Some(oracles) = &mut watch.oracles {
                let rest = if end == End::Silent { Rest::Silent } else { Rest::Restless };
                oracles.ended(&view, rest);
                if watch.looking.is_some() {
                    watch.log_noted(&view, When::at(rest));
                }
            }
        }
        if let Some(failure) = self.troupe.and_then(Troupe::failure) {
            end = End::Guest;
            let (event, now) = (self.world.view().event, self.world.now());
            if let Some(log) = &mut self.world.observer.log {
                log.push(event, now, Event::GuestFailed { why: failure.trouble().to_string() });
            }
        }
        outcome::of(self.stage, self.world, end, self.chapters)
    }
}

/// How long after silence has come a chapter begins that waits for it: later, so that no event of one moment belongs to
/// both.
const AFTER_QUIET: Span = Span::from_ms(1);

/// While faults go on, silence may take so many times longer. Where three messages of five are lost, one round in six gets
/// through, and a hundred rounds in a row do not once in a hundred million: of so many, swarms see one. Three hundred do
/// not once in 10^24.
const QUIET_UNDER_FAULTS: u64 = 30;

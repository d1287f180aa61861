//! Who plays a run: lets the world run from one wait to the next, and says when it is over. It may be copied between any two
//! things that happen, and each copy goes on as the other would.

use super::stage::Planned;
use super::{Calmed, End, Outcome, SETTLE, Stage, Watch, lines, outcome};
use crate::cojson::CoJson;
use crate::decision::Decide;
use crate::guest::Troupe;
use crate::log::{Event, Log, When};
use crate::oracles::{Oracles, Rest};
use crate::world::{Endless, Stop, World};
use cosim_core::{Span, Time};

/// How long after silence has come a chapter begins that waits for it: later, so that no event of one moment belongs to
/// both.
const AFTER_QUIET: Span = Span::from_ms(1);

/// While faults go on, silence may take so many times longer. Where three messages of five are lost, one round in six gets
/// through, and a hundred rounds in a row do not once in a hundred million: of so many, swarms see one. Three hundred do
/// not once in 10^24.
const QUIET_UNDER_FAULTS: u64 = 30;

#[derive(Clone, Debug)]
pub(crate) struct Player<'a, N: CoJson, D> {
    stage: Stage<'a>,
    /// The guests that take part.
    troupe: Option<&'a Troupe>,
    world: World<N, Watch, D>,
    /// Why the run ended before its time.
    end: Option<End>,
    /// When each chapter began.
    chapters: Vec<Time>,
    /// When the faults of the chapters so far end.
    faults_end: Time,
    /// What ended with the faults of the run.
    calmed: Option<Calmed>,
    /// What the world is let run for; `None` once it is over.
    wait: Option<Wait>,
}

/// What the world is let run for.
#[derive(Clone, Copy, Debug)]
enum Wait {
    /// Nothing: the run begins.
    Begin,
    /// The end of the faults.
    Calm(Time),
    /// Silence, and then this chapter or the end.
    Silence(Quiet, Option<usize>),
}

/// How long silence may take.
#[derive(Clone, Copy, Debug)]
struct Quiet {
    /// From when on it is counted.
    over: Time,
    /// So long, so many times over.
    within: Span,
    times: u64,
}

impl Quiet {
    fn limit(self) -> Time {
        self.over + self.within.saturating_mul(self.times)
    }
}

impl<'a, N: CoJson, D: Decide<N>> Player<'a, N, D> {
    pub(super) fn new(stage: Stage<'a>, world: World<N, Watch, D>, troupe: Option<&'a Troupe>) -> Self {
        let (chapters, faults_end, wait) = (Vec::new(), Time::ZERO, Some(Wait::Begin));
        Player { stage, troupe, world, end: None, chapters, faults_end, calmed: None, wait }
    }

    pub(super) fn play(&mut self) {
        while self.advance() {}
    }

    /// The number of the event that happened last.
    pub(crate) fn event(&self) -> u64 {
        self.world.view().event
    }

    /// Who decides.
    pub(crate) fn decisions_mut(&mut self) -> &mut D {
        &mut self.world.decisions
    }

    /// Lets one thing more happen; says whether there was any.
    pub(crate) fn advance(&mut self) -> bool {
        let Some(wait) = self.wait else { return false };
        let limit = match wait {
            Wait::Begin => {
                self.begin(0);
                return true;
            }
            Wait::Calm(limit) => limit,
            Wait::Silence(quiet, _) => quiet.limit(),
        };
        if self.world.step(limit) {
            self.end = self.ends();
            if self.end.is_some() {
                self.wait = None;
            }
            return true;
        }
        let silent = self.world.run_until(limit) == Stop::Silent;
        match wait {
            Wait::Begin => {}
            Wait::Calm(settled) => self.calm(if silent { self.world.now() } else { settled }),
            Wait::Silence(_, next) if silent => match next {
                Some(chapter) => self.begin(chapter),
                None => self.wait = None,
            },
            Wait::Silence(quiet, next) => {
                // What has come to be held meanwhile, as by a disk that was slow, has to pass bounded lines, too.
                let within = self.quiet_within();
                if within > quiet.within {
                    self.wait = Some(Wait::Silence(Quiet { within, ..quiet }, next));
                } else {
                    (self.end, self.wait) = (Some(End::Restless), None);
                }
            }
        }
        true
    }

    /// Why the run ends before its time, if it does.
    fn ends(&mut self) -> Option<End> {
        if let Some(endless) = self.world.endless() {
            Some(self.never_ends(endless))
        } else if self.world.observer.failed() {
            Some(End::Violation)
        } else if self.troupe.is_some_and(Troupe::has_failed) {
            Some(End::Guest)
        } else {
            None
        }
    }

    /// What would never end is a finding, whatever the oracles look at.
    fn never_ends(&mut self, endless: Endless) -> End {
        let (view, watch) = self.world.split();
        match &mut watch.oracles {
            Some(oracles) => {
                oracles.never_ends(&view, endless);
                End::Violation
            }
            None => End::Restless,
        }
    }

    /// A chapter begins.
    fn begin(&mut self, number: usize) {
        if number < self.stage.chapters() {
            let start = if number == 0 { Time::ZERO } else { self.world.now() + AFTER_QUIET };
            self.chapters.push(start);
            for planned in self.stage.chapter(number, start) {
                self.faults_end = self.faults_end.max(planned.ends());
                self.schedule(planned);
            }
        }
        self.wait = Some(if number + 1 < self.stage.chapters() {
            Wait::Silence(
                self.quiet(self.awaited().max(self.faults_end), QUIET_UNDER_FAULTS),
                Some(number + 1),
            )
        } else {
            Wait::Calm(self.faults_end + SETTLE)
        });
    }

    /// The faults end.
    fn calm(&mut self, now: Time) {
        let healing = self.stage.healing(now);
        self.calmed = Calmed::of(&self.stage, &self.world.view(), now);
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
        self.wait = Some(Wait::Silence(self.quiet(now.max(self.awaited()), 1), None));
    }

    fn quiet(&self, over: Time, times: u64) -> Quiet {
        Quiet { over, within: self.quiet_within(), times }
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

    fn schedule(&mut self, planned: Planned<N>) {
        self.world.schedule(planned.at, planned.operation);
    }

    /// The oracles look at how it ended, if nothing has ended it before.
    fn judge(&mut self, end: End) {
        if matches!(end, End::Violation | End::Guest) {
            return;
        }
        let (view, watch) = self.world.split();
        if let Some(oracles) = &mut watch.oracles {
            let rest = if end == End::Silent { Rest::Silent } else { Rest::Restless };
            oracles.ended(&view, rest);
            if watch.looking.is_some() {
                watch.log_noted(&view, When::at(rest));
            }
        }
    }

    pub(super) fn finish(mut self) -> (Outcome, D) {
        let mut end = self.end.unwrap_or(End::Silent);
        if end == End::Silent && self.troupe.is_some() {
            self.world.view().hosts.iter().filter(|host| host.up).for_each(|host| host.node.audit());
        }
        self.judge(end);
        if let Some(failure) = self.troupe.and_then(Troupe::failure) {
            end = End::Guest;
            let (event, now) = (self.world.view().event, self.world.now());
            if let Some(log) = &mut self.world.observer.log {
                log.push(event, now, Event::GuestFailed { why: failure.trouble().to_string() });
            }
        }
        outcome::of(self.stage, self.world, (end, self.calmed), self.chapters)
    }

    /// Plays it to its end, and gives the key of what the oracles find, if anything; who decided; and the log, with when each
    /// chapter began.
    pub(crate) fn judged(mut self) -> Judged<D> {
        self.play();
        self.judge(self.end.unwrap_or(End::Silent));
        let (_, watch, decisions) = self.world.into_parts();
        let found = watch.oracles.as_ref().map(Oracles::findings).unwrap_or_default();
        let key = found.into_iter().next().map(|violation| violation.key);
        Judged { key, decisions, log: watch.log, chapters: self.chapters }
    }
}

/// What is asked of a run of which nobody wants to know more.
#[derive(Debug)]
pub(crate) struct Judged<D> {
    pub(crate) key: Option<String>,
    pub(crate) decisions: D,
    pub(crate) log: Option<Log>,
    pub(crate) chapters: Vec<Time>,
}

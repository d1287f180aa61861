//! `cosim explore` and `cosim prove`: every schedule of a story, in place of a sample.

use super::exit::{Exit, Failure};
use super::guests;
use super::input;
use super::print::{grouped, outln, say};
use super::threads::Threads;
use super::time::{Until, span};
use cosim_core::Span;
use cosim_testbed::explore::{
    Bound, Budget, Explored, Kind, Limits, Schedule, Unexplorable, explore, fair, frozen,
};
use cosim_testbed::freeze::freeze;
use cosim_testbed::oracles::{Property, Violation, is};
use cosim_testbed::run::{Options, Outcome, Verdict, run};
use cosim_testbed::scenario::file::Bytes;
use cosim_testbed::scenario::{Crypto, Scenario, resolve};
use cosim_testbed::sweep::quoted;
use cosim_testbed::whole;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Play every schedule of a story, within a budget of deviations.
///
/// What chance decides is harmless, but for a few deviations: messages that are lost, late or doubled, cuts, crashes. Those
/// with one are played first, then those with two, so that the first that fails is a smallest. Without a budget, a scenario
/// says itself what may happen: what its network, disks and faults do by chance, or what it decides and one thing more.
#[derive(Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
pub(super) struct Args {
    /// The scenario, frozen or not.
    file: PathBuf,
    /// The seed of what is generated. Default the one in the file.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How many messages may be lost.
    #[arg(long, value_name = "N", help_heading = "Budget")]
    lost: Option<u32>,
    /// How many messages may arrive twice.
    #[arg(long, value_name = "N", help_heading = "Budget")]
    duplicated: Option<u32>,
    /// How many messages may take longer, and hold up those behind them.
    #[arg(long, value_name = "N", help_heading = "Budget")]
    late: Option<u32>,
    /// How many messages may take longer, while those behind them do not wait.
    #[arg(long, value_name = "N", help_heading = "Budget")]
    reordered: Option<u32>,
    /// How many ends may notice late that a connection opens or closes.
    #[arg(long, value_name = "N", help_heading = "Budget")]
    noticed: Option<u32>,
    /// How many messages may arrive with a bit flipped.
    #[arg(long, value_name = "N", help_heading = "Budget")]
    damaged: Option<u32>,
    /// How many messages may arrive without their end.
    #[arg(long, value_name = "N", help_heading = "Budget")]
    truncated: Option<u32>,
    /// How many messages may arrive once more, in whatever connection is open by then.
    #[arg(long, value_name = "N", help_heading = "Budget")]
    replayed: Option<u32>,
    /// How many writes may take longer.
    #[arg(long, value_name = "N", help_heading = "Budget")]
    slow_writes: Option<u32>,
    /// How many writes may be reported as failed, with nothing, half or all of them on the disk.
    #[arg(long, value_name = "N", help_heading = "Budget")]
    write_errors: Option<u32>,
    /// How many crashes may leave less than all of what was being written.
    #[arg(long, value_name = "N", help_heading = "Budget")]
    unwritten: Option<u32>,
    /// How many connections may be cut, between any two moments, and open again.
    #[arg(long, value_name = "N", help_heading = "Budget")]
    cuts: Option<u32>,
    /// How many nodes with a disk may crash, between any two moments, and start again.
    #[arg(long, value_name = "N", help_heading = "Budget")]
    crashes: Option<u32>,
    /// How many deviations there may be in all. Default the sum of those above.
    #[arg(long, value_name = "N", help_heading = "Budget")]
    deviations: Option<u32>,
    /// Let operations of different nodes happen in any order. Each node's own keep theirs, and the times stay.
    #[arg(long, help_heading = "Budget")]
    free: bool,
    /// Deviate from the run of the seed as it is, in place of one in which all that chance decides is harmless. What it decided
    /// stays, and one deviation may be that a message or a write meets nothing harmful.
    #[arg(long, conflicts_with = "free", help_heading = "Budget")]
    around: bool,
    /// How long what is late or slow takes, what arrives twice until it does so, and what is reordered beyond its time, as
    /// `60ms,1.5s`. Default the longest latency of those links and disks that have several, the longest delay of what is
    /// reordered, and what is just past the first deadline of the nodes.
    #[arg(long, value_name = "SPAN,...", value_delimiter = ',', value_parser = span, help_heading = "Budget")]
    latencies: Vec<Span>,
    /// Go on past the first that fails, and count them by failure key.
    #[arg(long)]
    all: bool,
    /// Where to write the first that fails, as a frozen scenario.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

/// Prove a fix, within bounds: play every schedule near the one that failed.
///
/// Takes a shrunk failure. Its nodes, operations and faults stay, and what it decides becomes free: any schedule is played
/// that deviates once more than it did. Before the fix that finds the failure and its siblings; after it, none must fail.
#[derive(Debug, clap::Args)]
pub(super) struct ProveArgs {
    /// The scenario, as `cosim shrink` wrote it.
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

/// What both take.
#[derive(Debug, clap::Args)]
struct Common {
    /// Play so many schedules at most. If that is not all, the exit code is 7.
    #[arg(long, value_name = "N", default_value_t = Limits::default().schedules, help_heading = "Bounds")]
    schedules: u64,
    /// Begin no more schedules after so long, as `10m`. If that was not all, the exit code is 7, and it is said how many were
    /// played: with `--schedules` it is always the same ones.
    #[arg(long, value_name = "SPAN", value_parser = span, help_heading = "Bounds")]
    time: Option<Span>,
    /// Keep so many bytes of schedules at most that wait to be played, as `200MB`. If others are left, the exit code is 7.
    #[arg(long, value_name = "BYTES", default_value = "1GB", value_parser = memory, help_heading = "Bounds")]
    memory: u64,
    /// Hash and sign this way, whatever the file says.
    #[arg(long, value_name = "fast|real", value_parser = input::crypto)]
    crypto: Option<Crypto>,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    guests: guests::Args,
}

/// More than any machine has.
const MEMORY_MAX: u64 = 1_000_000_000_000;

fn memory(text: &str) -> Result<u64, String> {
    Bytes::at_most(MEMORY_MAX, text).map(|bytes| bytes.0.get()).map_err(|error| error.to_string())
}

impl Common {
    fn limits(&self) -> Limits {
        Limits { schedules: self.schedules, memory: self.memory, all: false }
    }
}

impl Args {
    /// What takes no longer than it does anyway is no deviation.
    fn check_latencies(&self, scenario: &Scenario) -> Result<(), Failure> {
        let asked = self.of().into_iter().filter(|(_, times)| times.is_some()).map(|(kind, _)| kind);
        let asked: Vec<Kind> = asked.collect();
        let only = |kinds: &[Kind]| !asked.is_empty() && asked.iter().all(|kind| kinds.contains(kind));
        let shortest = if only(&[Kind::Noticed]) {
            // Who only notices late may do so after any time at all.
            Span::ZERO
        } else if only(&[Kind::Late]) {
            scenario.links.iter().map(|link| link.network.latency.min()).min().unwrap_or(Span::ZERO)
        } else {
            // A copy that comes at once is a copy.
            return Ok(());
        };
        match self.latencies.iter().find(|latency| **latency <= shortest) {
            None => Ok(()),
            Some(latency) => Err(Failure(format!(
                "error: --latencies {latency} is not late: without a deviation it takes {shortest}\nhint: name longer ones"
            ))),
        }
    }

    fn of(&self) -> [(Kind, Option<u32>); 13] {
        [
            (Kind::Lost, self.lost),
            (Kind::Duplicated, self.duplicated),
            (Kind::Late, self.late),
            (Kind::Reordered, self.reordered),
            (Kind::Noticed, self.noticed),
            (Kind::Damaged, self.damaged),
            (Kind::Truncated, self.truncated),
            (Kind::Replayed, self.replayed),
            (Kind::SlowWrite, self.slow_writes),
            (Kind::FailedWrite, self.write_errors),
            (Kind::Unwritten, self.unwritten),
            (Kind::Cut, self.cuts),
            (Kind::Crash, self.crashes),
        ]
    }

    /// What may deviate: what is said, or else what the scenario says.
    fn budget(&self, scenario: &Scenario) -> Budget {
        let mut budget = Budget::of(scenario);
        let said = self.of().into_iter().filter_map(|(kind, times)| Some((kind, times?)));
        let said: std::collections::BTreeMap<Kind, u32> = said.collect();
        if !said.is_empty() {
            budget.deviations = said.values().fold(0, |sum, times| sum.saturating_add(*times));
            budget.of = said;
        }
        if let Some(deviations) = self.deviations {
            if self.of().iter().all(|(_, times)| times.is_none()) {
                budget.of.values_mut().for_each(|times| *times = deviations);
            }
            budget.deviations = deviations;
        }
        if !self.latencies.is_empty() {
            budget.latencies.clone_from(&self.latencies);
            budget.latencies.sort_unstable();
            budget.latencies.dedup();
        }
        budget.free = self.free;
        if self.around {
            budget.around = true;
            budget.of.insert(Kind::Harmless, budget.deviations);
        }
        budget
    }
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    input::check_written(args.output.as_deref(), [&args.file])?;
    input::check_file(args.output.as_deref())?;
    let mut story = Story::read(&args.file, args.seed, &args.common, |scenario| args.budget(scenario))?;
    args.check_latencies(&story.scenario)?;
    if args.around {
        let frozen = freeze(&story.scenario, story.seed, &story.source).file;
        let guests = story.scenario.guests.clone();
        let frozen = resolve(frozen).map_err(|problems| Failure(problems.render(false)))?;
        story.scenario = frozen.with_guests(&guests);
    }
    let limits = Limits { all: args.all, ..args.common.limits() };
    let explored = match story.explore(limits, args.common.time) {
        Ok(explored) => explored,
        Err(exit) => return Ok(exit),
    };
    let Some(key) = &explored.first else {
        return Ok(story.hold(&explored, "all hold"));
    };
    let first = &explored.found[key].first;
    let outcome = story.fails(&explored, key, first, args.output.as_deref())?;
    for (other, found) in explored.found.iter().filter(|_| args.all) {
        outln!("  {:>9}  {other}", grouped(found.schedules));
    }
    if args.all {
        story.say_what_is_left(&explored);
    }
    Ok(Exit::from(verdict(&outcome)))
}

pub(super) fn prove(args: &ProveArgs) -> Result<Exit, Failure> {
    let mut story = Story::read(&args.file, None, &args.common, Budget::proving)?;
    let own = run(&story.scenario, story.seed, Options::judged());
    refuse_expectations(&story, &own)?;
    let sought = sought(&story.scenario);
    let is_sought = |violation: &&Violation| sought.as_ref().is_none_or(|key| violation.is(key));
    // A fix that only moves the failure is none.
    let own = own.violations.iter().find(is_sought).or(own.violations.first());
    let own = own.map(|violation| (violation.key.clone(), verdict_of(violation.property)));
    story.scenario = fair(&story.scenario);
    let limits = Limits { all: true, ..args.common.limits() };
    let explored = story.explore(limits, args.common.time);
    // What the file decides may be more than schedules deviate by, or lie behind a bound.
    let is_found = |key: &String| explored.as_ref().is_ok_and(|explored| explored.found.contains_key(key));
    let own = own.filter(|(key, _)| !is_found(key));
    if let Some((key, _)) = &own {
        outln!("the schedule of the file itself fails: {key}");
    }
    let own = own.map(|(_, verdict)| verdict);
    let explored = match explored {
        Ok(explored) => explored,
        Err(exit) => return Ok(own.map_or(exit, Exit::from)),
    };
    match own.filter(|_| explored.found.is_empty()) {
        Some(verdict) => {
            outln!("of {}, none fails", counted(explored.schedules(), "other schedule"));
            story.say_what_is_left(&explored);
            return Ok(Exit::from(verdict));
        }
        None if explored.found.is_empty() => {
            let all = format!("no schedule of this story fails, of {}", grouped(explored.schedules()));
            return Ok(story.hold(&explored, &all));
        }
        None => {}
    }
    outln!("of {}, these fail:", counted(explored.schedules(), "schedule"));
    for (key, found) in &explored.found {
        let same = if sought.as_ref().is_some_and(|sought| is(key, sought)) {
            "  (the failure of this file)"
        } else {
            ""
        };
        outln!("  {:>9}  {key}{same}, first with:", grouped(found.schedules));
        deviations(&found.first);
    }
    story.say_what_is_left(&explored);
    let found = explored.found.values().map(|found| verdict(&story.frozen(&found.first).outcome));
    let worst = found.chain(own).max();
    Ok(worst.map_or(Exit::Held, Exit::from))
}

/// The failure key that a file is there for, if any.
fn sought(scenario: &Scenario) -> Option<String> {
    let origin = scenario.file.origin.as_ref().and_then(|origin| origin.key.clone());
    origin.or_else(|| scenario.file.expect.as_ref()?.violation.clone())
}

/// Schedules are judged by oracles alone: of an expectation that the file itself does not meet, they would prove nothing.
fn refuse_expectations(story: &Story, outcome: &Outcome) -> Result<(), Failure> {
    match outcome.unmet.first() {
        None => Ok(()),
        Some(_) if !outcome.violations.is_empty() => Ok(()),
        Some(unmet) => Err(Failure(format!(
            "error: {}: what fails here is an expectation, and every schedule is judged by oracles alone: {unmet}\nhint: \
             cosim run {0} says whether it is met now",
            story.source
        ))),
    }
}

/// A story that is explored.
struct Story {
    scenario: Scenario,
    seed: u64,
    budget: Budget,
    source: String,
}

impl Story {
    fn read(
        file: &Path,
        seed: Option<u64>,
        common: &Common,
        budget: impl FnOnce(&Scenario) -> Budget,
    ) -> Result<Story, Failure> {
        common.threads.set()?;
        let scenario = input::scenario(file, common.crypto, None, &common.guests.known()?)?;
        let seed = seed.unwrap_or(scenario.seed);
        // A swarm takes other chances with each seed.
        let budget = budget(&scenario.of_seed(seed));
        Ok(Story { scenario, seed, budget, source: file.display().to_string() })
    }

    /// Explores it, and says within what; how it ends where there is nothing to explore.
    fn explore(&self, limits: Limits, time: Option<Span>) -> Result<Explored, Exit> {
        let Budget { deviations, of, latencies, places: _, free, around } = &self.budget;
        let kinds = of.iter().filter(|(_, times)| **times > 0);
        let kinds = kinds.map(|(kind, times)| format!("{kind} {}", times.min(deviations)));
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        let mut within = Vec::new();
        if !kinds.is_empty() {
            within.push(kinds);
        }
        let takes_time = |kind: &Kind| {
            use Kind::{Duplicated, Late, Noticed, Reordered, Replayed, SlowWrite};
            matches!(kind, Duplicated | Late | Reordered | Noticed | Replayed | SlowWrite)
        };
        let timed: Vec<&Kind> =
            of.iter().filter(|(kind, times)| **times > 0 && takes_time(kind)).map(|(kind, _)| kind).collect();
        if !timed.is_empty() {
            let latencies = latencies.iter().map(ToString::to_string).collect::<Vec<_>>();
            let what = if timed.iter().all(|kind| matches!(kind, Kind::Duplicated | Kind::Replayed)) {
                "copies arrive after"
            } else {
                "what is late takes"
            };
            within.push(format!("{what} {}", latencies.join(" or ")));
        }
        if *around {
            within.push("from the run of the seed".to_owned());
        }
        if *free {
            let generates = self.scenario.file.workload.is_some() || self.scenario.file.faults.is_some();
            let which = if generates { "operations of the timeline" } else { "operations" };
            within.push(format!("{which} in any order"));
        }
        let within = if within.is_empty() { String::new() } else { format!(" ({})", within.join("; ")) };
        say!(
            "{}, seed {}: every schedule with at most {}{within}",
            self.source,
            self.seed,
            counted(u64::from(*deviations), "deviation")
        );
        if self.scenario.expect.names_something() {
            say!("oracles judge them: what the file expects of its own run is not asked of others");
        }
        let (mut shown, until) = (0, Until::after(time).or_interrupted());
        let mut go_on = |explored: &Explored| {
            if explored.schedules() >= shown + 10_000 {
                shown = explored.schedules();
                say!("exploring: {} schedules", grouped(shown));
            }
            if until.is_over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let explored = match explore(&self.scenario, self.seed, &self.budget, limits, &mut go_on) {
            Ok(explored) => explored,
            Err(Unexplorable::Guest) => {
                let outcome = run(&self.scenario, self.seed, Options::judged());
                return Err(guests::tell_failed(&outcome, &self.source));
            }
            Err(error) => {
                say!("{}: {error}", self.source);
                say!("hint: allow more, such as --lost 1 or --cuts 1; only a node with a disk can crash");
                return Err(Exit::NothingRan);
            }
        };
        for (deviations, schedules) in (0..).zip(&explored.levels) {
            outln!("  {:>12}  {:>9}", counted(deviations, "deviation"), counted(*schedules, "schedule"));
        }
        if until.is_interrupted() && explored.found.is_empty() && !explored.is_whole() {
            outln!("NOT WHOLE: interrupted after {}", counted(explored.schedules(), "schedule"));
            return Err(Exit::Interrupted);
        }
        Ok(explored)
    }

    /// None fails.
    fn hold(&self, explored: &Explored, all: &str) -> Exit {
        if explored.is_whole() {
            outln!("{}: {all}", counted(explored.schedules(), "schedule"));
            return Exit::Held;
        }
        let verb = if explored.schedules() == 1 { "holds" } else { "hold" };
        outln!("{} {verb}", counted(explored.schedules(), "schedule"));
        self.say_what_is_left(explored);
        Exit::NotWhole
    }

    fn say_what_is_left(&self, explored: &Explored) {
        if explored.is_whole() {
            return;
        }
        let more = if explored.more { ", and those that deviate more than they do" } else { "" };
        let verb = if explored.left == 1 { "was" } else { "were" };
        outln!("NOT WHOLE: {} within the budget {verb} not played{more}", counted(explored.left, "schedule"));
        let bound = explored.bound.unwrap_or(Bound::Schedules);
        say!("hint: {bound} ended it: more of that plays more, a smaller budget needs fewer");
        if bound == Bound::Enough {
            say!("hint: --schedules {} plays the same ones again", explored.schedules());
        }
    }

    fn frozen(&self, schedule: &Schedule) -> cosim_testbed::freeze::Frozen {
        frozen(&self.scenario, self.seed, &self.budget, schedule, &self.source)
    }

    /// Says how a schedule fails, and writes it.
    fn fails(
        &self,
        explored: &Explored,
        key: &str,
        first: &Schedule,
        output: Option<&Path>,
    ) -> Result<Outcome, Failure> {
        outln!("{}: {key}", counted(explored.schedules(), "schedule"));
        deviations(first);
        let mut frozen = self.frozen(first);
        for violation in &frozen.outcome.violations {
            outln!("  {}", cosim_testbed::report::finding(violation));
        }
        let Some(path) = output else {
            say!("hint: -o FILE writes it as a scenario, which `cosim shrink` cuts down");
            return Ok(frozen.outcome);
        };
        let expected = frozen.file.expect.as_mut().and_then(|expect| expect.violation.as_mut());
        if let Some(expected) = expected.filter(|expected| !is(key, expected)) {
            expected.replace_range(.., key);
        }
        frozen.file.about = format!("`{key}`, the first schedule of {} that fails.", self.source);
        whole::write(path, &frozen.file.to_json_pretty())
            .map_err(|error| Failure::file("write", path, &error))?;
        let name = path.display().to_string();
        say!("written to {name}; play it: cosim run {}", quoted(&name));
        Ok(frozen.outcome)
    }
}

fn deviations(schedule: &Schedule) {
    if let Some(order) = &schedule.order {
        outln!("      {order}");
    } else if schedule.deviations.is_empty() {
        outln!("      no deviation");
    }
    for deviation in &schedule.deviations {
        outln!("      {deviation}");
    }
}

/// The verdict over a schedule that fails, whether its story expects that or not.
fn verdict(outcome: &Outcome) -> Verdict {
    outcome.violations.first().map_or(Verdict::Violated, |violation| verdict_of(violation.property))
}

fn verdict_of(property: Property) -> Verdict {
    match property {
        Property::Liveness => Verdict::Liveness,
        Property::Safety => Verdict::Violated,
    }
}

fn counted(count: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(count), if count == 1 { "" } else { "s" })
}

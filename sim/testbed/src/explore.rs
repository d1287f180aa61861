//! Exploring: every schedule of a story, within a budget of deviations, in place of a sample of them.
//!
//! A *schedule* is a run in which all that chance decides is harmless, but for a few *deviations*: a message that is lost,
//! late or doubled, a write that fails, a connection that is cut, a node that crashes. A deviation is a decision or an
//! operation like any other, so a schedule that fails is a frozen scenario like any other.
//!
//! A deviation changes nothing before it. So every schedule of n + 1 deviations is one of n with one more behind its last,
//! and each is played exactly once: first that without deviations, then those with one, those with two, and so on. The
//! first that fails has as few deviations as any that does.
//!
//! ```
//! use cosim_testbed::explore::{Budget, Kind, Limits, explore};
//! use cosim_testbed::scenario::parse;
//! use std::collections::BTreeMap;
//! use std::ops::ControlFlow;
//!
//! let text = r#"{
//!     "version": 1, "about": "Alice writes, and the server is sent it.",
//!     "nodes": { "alice": {}, "server": {} },
//!     "network": { "latency": "50ms" },
//!     "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
//!     "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "notes" } }]
//! }"#;
//! let scenario = parse(text, "alice.json").expect("a scenario");
//! let of = BTreeMap::from([(Kind::Lost, 2)]);
//! let budget = Budget { deviations: 2, of, latencies: Vec::new(), places: Vec::new(), free: false, around: false };
//! let go_on = &mut |_: &_| ControlFlow::Continue(());
//! let explored = explore(&scenario, 1, &budget, Limits::default(), go_on).expect("something to decide");
//! assert!(explored.is_whole() && explored.found.is_empty());
//! assert_eq!(explored.levels[0], 1);
//! assert!(explored.schedules() > 3);
//! ```

mod branches;
mod budget;
mod deviation;
mod limits;
mod order;
#[cfg(test)]
mod tests;

pub use budget::{Budget, Kind};
pub use deviation::Deviation;
pub use limits::{Bound, Limits};
pub use order::Order;

use crate::freeze::{Frozen, freeze_by};
use crate::run::{GUEST_KEY, Judged, Options, Outcome, SETTLE, Stage, play_cast};
use crate::scenario::{Act, Expect, Scenario, Wanted, file, resolve};
use crate::script::{Asked, Director};
use cosim_core::{Span, Time};
use deviation::{What, moments};
use limits::Waiting;
use order::{Whole, orders};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;

/// How many schedules are played before what came of them is looked at, in order: the result does not depend on how
/// many threads there are.
const WINDOW: usize = 512;

/// How many of one parent's schedules are played by one thread: each replays the parent up to where they part from it.
const SIBLINGS: usize = 64;

/// A run in which nothing harmful is decided but what it lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// In which order its operations happen, where that is another than in the file.
    pub order: Option<Order>,
    /// What is not harmless, in order.
    pub deviations: Vec<Deviation>,
    /// How many decisions come before the first that may be another deviation.
    decided: usize,
    /// The event before which nothing more is cut or crashes.
    event: u64,
}

/// A way in which schedules fail.
#[derive(Clone, Debug)]
pub struct Found {
    /// How many do.
    pub schedules: u64,
    /// The first of them: one with the fewest deviations.
    pub first: Schedule,
}

/// What exploring came to.
#[derive(Clone, Debug)]
pub struct Explored {
    /// How many schedules were played, by their number of deviations.
    pub levels: Vec<u64>,
    /// How those failed that did, by failure key.
    pub found: BTreeMap<String, Found>,
    /// The failure key of the first that did.
    pub first: Option<String>,
    /// How many schedules are known that a limit kept from being played. Those that deviate more are not counted: nobody
    /// knows them yet.
    pub left: u64,
    /// Whether those that are left, and have fewer deviations than the budget allows, would have led to others.
    pub more: bool,
    /// Which bound ended it, if one did.
    pub bound: Option<Bound>,
}

impl Explored {
    /// How many schedules were played.
    pub fn schedules(&self) -> u64 {
        self.levels.iter().sum()
    }

    /// A schedule fails.
    fn fails(&mut self, key: String, schedule: &Schedule) -> Result<(), Unexplorable> {
        if key == GUEST_KEY {
            return Err(Unexplorable::Guest);
        }
        self.first.get_or_insert_with(|| key.clone());
        let first = || Found { schedules: 0, first: schedule.clone() };
        self.found.entry(key).or_insert_with(first).schedules += 1;
        Ok(())
    }

    /// Whether every schedule within the budget was played, or is like one that was played and fails.
    pub fn is_whole(&self) -> bool {
        self.left == 0 && !self.more
    }
}

/// Why nothing was explored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unexplorable {
    /// There is only one schedule.
    Alone,
    /// A guest failed, which says nothing about what it plays.
    Guest,
}

impl fmt::Display for Unexplorable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unexplorable::Alone => "nothing to explore: within this budget there is one schedule only",
            Unexplorable::Guest => {
                "nothing to explore: a guest failed, and that is no failure of what it plays"
            }
        })
    }
}

impl std::error::Error for Unexplorable {}

/// Plays every schedule of the story that `seed` stands for, within a budget. What the scenario decides itself is left
/// out: it is found again, if the budget allows it. Where the budget is [around](Budget::around) it, it stays. Only oracles
/// judge; what the scenario expects is meant for its own run. `go_on` is told of each window, and says whether there is to be another. Wherever it ends, what was played is the
/// beginning of one order, so that as many schedules are always the same ones.
///
/// # Errors
/// See [`Unexplorable`].
pub fn explore(
    scenario: &Scenario,
    seed: u64,
    budget: &Budget,
    limits: Limits,
    go_on: &mut dyn FnMut(&Explored) -> ControlFlow<()>,
) -> Result<Explored, Unexplorable> {
    let story = Story::new(scenario, seed, budget);
    let mut explored = Explored {
        levels: Vec::new(),
        found: BTreeMap::new(),
        first: None,
        left: 0,
        more: false,
        bound: None,
    };
    let mut level = story.orders(limits);
    let mut dropped = level.dropped;
    for deviations in 0..=budget.deviations {
        explored.levels.push(0);
        // Behind one that is not known there may be any number more.
        let goes_on = deviations < budget.deviations && dropped == 0;
        let mut next = Waiting::default();
        let mut waiting = level.schedules.len() as u64;
        for window in level.schedules.chunks(WINDOW) {
            let room = usize::try_from(limits.schedules - explored.schedules()).unwrap_or(usize::MAX);
            let window = &window[..window.len().min(room)];
            let families = window.chunk_by(Schedule::is_sibling).flat_map(|family| family.chunks(SIBLINGS));
            let families: Vec<&[Schedule]> = families.collect();
            let played = families.into_par_iter().map(|family| story.play_siblings(family, goes_on));
            let played: Vec<Vec<Option<Played>>> = played.collect();
            for (schedule, played) in window.iter().zip(played.into_iter().flatten()) {
                waiting -= 1;
                let Some(Played { key, children }) = played else { continue };
                explored.levels[deviations as usize] += 1;
                let fails = key.is_some();
                if let Some(key) = key {
                    explored.fails(key, schedule)?;
                }
                next.take(children, limits.memory);
                if fails && !limits.all {
                    explored.left = waiting + dropped + next.schedules.len() as u64 + next.dropped;
                    explored.more = deviations < budget.deviations;
                    return Ok(explored);
                }
            }
            if explored.schedules() >= limits.schedules {
                explored.bound = Some(Bound::Schedules);
            } else if go_on(&explored).is_break() {
                explored.bound = Some(Bound::Enough);
            }
            if explored.bound.is_some() {
                break;
            }
        }
        dropped += next.dropped;
        let known = next.schedules.len() as u64;
        explored.left = waiting + dropped + known;
        explored.more = deviations < budget.deviations && (waiting > 0 || dropped > 0)
            || known > 0 && deviations + 1 < budget.deviations;
        if explored.bound.is_some() || known == 0 {
            break;
        }
        level = next;
    }
    if explored.is_whole() {
        explored.bound = None;
        if explored.schedules() < 2 && explored.found.is_empty() {
            return Err(Unexplorable::Alone);
        }
    } else {
        explored.bound.get_or_insert(Bound::Memory);
    }
    Ok(explored)
}

/// A shrunk failure as a story of which something can be proven: whatever keeps messages from passing ends with the faults.
/// Shrinking leaves that out, since the failure came before; but nobody is live behind a partition that lasts for ever.
#[must_use]
pub fn fair(scenario: &Scenario) -> Scenario {
    let mut operations = scenario.chapters.iter().flat_map(|chapter| &chapter.operations);
    let lasts = operations.any(|operation| {
        matches!(operation.act, Act::Partition(_) | Act::Hold(_) | Act::Drop(_) | Act::HalfOpen(_))
    });
    let mut fair = scenario.clone();
    if lasts {
        fair.heal = true;
        fair.file.heal = Some(true);
    }
    fair
}

/// The frozen scenario of a schedule.
pub fn frozen(scenario: &Scenario, seed: u64, budget: &Budget, schedule: &Schedule, name: &str) -> Frozen {
    let story = Story::new(scenario, seed, budget);
    let scenario = story.scenario_of(schedule);
    freeze_by(scenario.as_ref().unwrap_or(&story.scenario), seed, name, Options::judged(), |director| {
        director.harmless()
    })
}

/// What becomes of one schedule.
#[derive(Debug, PartialEq, Eq)]
struct Played {
    /// The key by which it fails.
    key: Option<String>,
    /// Those with one deviation more.
    children: Vec<Schedule>,
}

/// A story of which schedules are played.
struct Story<'a> {
    /// The scenario, without expectations of its own, and without decisions but for those that stay.
    scenario: Scenario,
    /// The decisions that stay, by address.
    said: BTreeMap<String, Vec<(file::Decision, file::Detail)>>,
    seed: u64,
    budget: &'a Budget,
    /// How many chapters there are, and how long after the last has begun the faults end: nothing is cut and nobody crashes
    /// after that.
    chapters: usize,
    calm: Span,
    /// The failure key that the scenario is there for, if any.
    seeks: Option<String>,
}

impl Story<'_> {
    fn new<'a>(scenario: &Scenario, seed: u64, budget: &'a Budget) -> Story<'a> {
        let mut scenario = scenario.clone();
        let file = &mut scenario.file;
        file.decisions = file.decisions.take().filter(|_| budget.around);
        let mut said = BTreeMap::<String, Vec<_>>::new();
        for (decision, detail) in file.decisions.iter().flat_map(file::Decisions::with_details) {
            said.entry(decision.address.clone()).or_default().push((decision, detail));
        }
        // Which oracles judge it stays, and what they are to find.
        file.expect = file.expect.take().map(|expect| file::Expect {
            loads: Vec::new(),
            content: Vec::new(),
            views: Vec::new(),
            messages_max: None,
            unmet: None,
            ..expect
        });
        scenario.expect = Expect { wanted: Wanted::default(), unmet: Wanted::default(), ..scenario.expect };
        let stage = Stage::new(&scenario, seed);
        let seeks = stage.seeks().map(str::to_owned);
        let chapters = &stage.plan().chapters;
        let last = chapters.last().and_then(|chapter| chapter.operations.last());
        let calm = last.map_or(Time::ZERO, |last| last.at).since(Time::ZERO) + SETTLE;
        let chapters = chapters.len();
        drop(stage);
        Story { scenario, said, seed, budget, chapters, calm, seeks }
    }

    /// When the faults of a run end; `None` where its last chapter never begins.
    fn calm(&self, begun: &[Time]) -> Option<Time> {
        let last = if self.chapters == 0 { Some(&Time::ZERO) } else { begun.get(self.chapters - 1) };
        last.map(|start| *start + self.calm)
    }

    /// The schedules without deviations: one, or where operations are free one an order, as many as may be played.
    fn orders(&self, limits: Limits) -> Waiting {
        let mut level = Waiting::default();
        level.take([Schedule::default()], u64::MAX);
        if self.budget.free {
            let most = usize::try_from(limits.schedules.saturating_sub(1)).unwrap_or(usize::MAX);
            let (orders, whole) = orders(&self.scenario, most);
            let schedules =
                orders.into_iter().map(|order| Schedule { order: Some(order), ..Schedule::default() });
            level.take(schedules, limits.memory);
            // At least one is left.
            level.dropped += u64::from(whole == Whole::No);
        }
        level
    }

    fn run(&self, scenario: &Scenario, options: Options) -> (Outcome, Director) {
        let director = Stage::new(scenario, self.seed).director().harmless().noting();
        play_cast(Vec::new(), scenario, self.seed, options, director)
    }

    /// The scenario of a schedule; `None` where what is cut or crashes cannot be.
    fn scenario_of(&self, schedule: &Schedule) -> Option<Scenario> {
        let mut decisions = self.scenario.file.decisions.clone().unwrap_or_default();
        let mut file = self.scenario.file.clone();
        let mut is_another = schedule.order.is_some();
        if let Some(order) = &schedule.order {
            order.put(&mut file);
        }
        for (number, deviation) in schedule.deviations.iter().enumerate() {
            let address = deviation.address();
            // Of several about one message, the first is in place of what the story decides.
            let is_first = schedule.deviations[..number].iter().all(|other| other.address() != address);
            if let Some(address) = address.filter(|_| is_first) {
                decisions.retain(|decision| decision.address != address);
            }
            match &deviation.0 {
                What::Decision(decision, detail) => decisions.put(decision.clone(), *detail),
                What::Harmless(_) => {}
                What::Operation(moment, does) => {
                    does.put(&mut file, *moment, number);
                    is_another = true;
                }
            }
        }
        let mut scenario = if is_another {
            let expect = self.scenario.expect.clone();
            let resolved = resolve(file).ok()?.with_guests(&self.scenario.guests);
            Scenario { expect, ..resolved }
        } else {
            self.scenario.clone()
        };
        scenario.file.decisions = Some(decisions).filter(|decisions| !decisions.is_empty());
        Some(scenario)
    }

    /// The schedules with one decision more.
    fn deciding(&self, schedule: &Schedule, asked: &[Asked]) -> Vec<Schedule> {
        let behind = asked.iter().enumerate().skip(schedule.decided);
        // A message may be both late and doubled, and so on.
        let last = schedule.decided.checked_sub(1).and_then(|place| Some((place, asked.get(place)?)));
        let besides = last.into_iter().flat_map(|(place, asked)| {
            let besides = self.budget.besides(schedule, asked).into_iter();
            besides.map(move |deviation| schedule.with(deviation, place + 1, asked.event))
        });
        let one = |(place, asked): (usize, &Asked)| {
            let said = self.said.get(&asked.address).map(Vec::as_slice).unwrap_or_default();
            let choices = self.budget.choices(schedule, asked, said).into_iter();
            let child = |deviation| schedule.with(deviation, place + 1, asked.event);
            choices.map(child).collect::<Vec<_>>()
        };
        besides.chain(behind.flat_map(one)).collect()
    }

    /// The schedules with one operation more.
    fn operating(&self, schedule: &Schedule, judged: &Judged<Director>) -> Vec<Schedule> {
        let mut children = Vec::new();
        let asked = judged.decisions.seen();
        for moment in moments(judged, schedule.event, self.calm(&judged.chapters)) {
            let decided = asked.iter().take_while(|asked| asked.event <= moment.event).count();
            for does in self.budget.operations(schedule, &self.scenario, &asked[..decided]) {
                let deviation = Deviation(What::Operation(moment, does));
                children.push(schedule.with(deviation, decided, moment.event + 1));
            }
        }
        children
    }
}

impl Schedule {
    /// Whether both are of one parent.
    fn is_sibling(&self, other: &Schedule) -> bool {
        let parent = |schedule: &Schedule| schedule.deviations.len().saturating_sub(1);
        self.order == other.order && self.deviations[..parent(self)] == other.deviations[..parent(other)]
    }

    fn with(&self, deviation: Deviation, decided: usize, event: u64) -> Schedule {
        let mut deviations = self.deviations.clone();
        deviations.push(deviation);
        Schedule { order: self.order.clone(), deviations, decided, event }
    }

    /// Whether its last deviation is of this.
    fn is_at(&self, asked: &Asked) -> bool {
        self.deviations.last().is_some_and(|last| last.address() == Some(asked.address.as_str()))
    }

    /// Whether its last deviation is of what the one before it is of.
    fn is_of_the_same(&self) -> bool {
        let [.., before, last] = self.deviations.as_slice() else { return false };
        last.address().is_some() && last.address() == before.address()
    }

    /// How many deviations of a kind it has.
    fn count(&self, kind: Kind) -> u32 {
        self.deviations.iter().filter(|deviation| deviation.kind() == kind).count() as u32
    }
}

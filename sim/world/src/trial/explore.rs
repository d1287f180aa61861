//! Exploring: every schedule of a story within a budget of deviations, in place of a sample of them.
//!
//! Without deviations all that chance decides is harmless. A *deviation* is one choice that is not: a message that is lost,
//! doubled, late or out of order, a write that fails, or a crash that leaves less than all of what was being written. There
//! is one of each message, write and crash, or none: no message is both late and doubled. It changes nothing before it. So every schedule of n + 1
//! deviations is one of n with one more behind its last, and each is played exactly once: first that without any, then
//! those with one, those with two, and so on. What the schedules of one parent have in common is played once, and each
//! goes on from a copy of the world.

#[cfg(test)]
mod tests;

use super::names::Names;
use super::schedule::{Choice, Schedule};
use super::{Judge, Story, Trial, Watching};
use crate::address::Addresses;
use crate::decision::{Crashing, Decide, Fate, Noticing, Sending, WriteFate, Writing};
use crate::host::{SimNode, Survival, WriteError};
use crate::network::Network;
use crate::world::World;
use cosim_base::Span;
use std::collections::BTreeMap;

/// How often one schedule may deviate from what is harmless.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// How often in all.
    pub deviations: u32,
    /// How many messages are lost.
    pub lost: u32,
    /// How many messages arrive twice: the second copy takes the longest latency of its link.
    pub duplicated: u32,
    /// How many messages take the longest latency of their link, where it has several. What is sent behind them waits for
    /// them.
    pub late: u32,
    /// How many messages leave the order: they take the longest latency and the link's longest `reorder_delay`, where that is
    /// more than the shortest latency, and others may overtake them.
    pub reordered: u32,
    /// How many writes are reported as failed, with nothing, half or all of them on the disk.
    pub write_errors: u32,
    /// How many of the story's crashes leave less than all of what was being written: any number of the writes.
    pub unwritten: u32,
}

impl Budget {
    /// Up to so many deviations of any kind.
    pub const fn any(deviations: u32) -> Budget {
        Budget {
            deviations,
            lost: deviations,
            duplicated: deviations,
            late: deviations,
            reordered: deviations,
            write_errors: deviations,
            unwritten: deviations,
        }
    }

    /// What may happen to a message where nothing is used up.
    fn fates(&self, network: &Network) -> impl Iterator<Item = Choice> + use<> {
        let harmless = Fate::harmless(network);
        let longest = network.latency.max();
        let latency = Fate { latency: longest, ..harmless };
        let delay = network.reorder_delay.max();
        let overtaken = longest.as_us() - network.latency.min().as_us() + delay.as_us();
        let fates = [
            (self.lost > 0).then_some(Fate { lost: true, ..harmless }),
            (self.duplicated > 0).then_some(Fate { duplicate: Some(longest), ..harmless }),
            (self.late > 0 && longest > harmless.latency).then_some(latency),
            (self.reordered > 0 && overtaken > 0).then_some(Fate { reordered: Some(delay), ..latency }),
        ];
        fates.into_iter().flatten().map(Choice::Message)
    }

    /// What is left of it when these were chosen.
    fn without(mut self, chosen: &[Deviation]) -> Budget {
        for deviation in chosen {
            self.deviations = self.deviations.saturating_sub(1);
            let of_kind = match deviation.choice {
                Choice::Message(fate) if fate.lost => &mut self.lost,
                Choice::Message(fate) if fate.duplicate.is_some() => &mut self.duplicated,
                Choice::Message(fate) if fate.reordered.is_some() => &mut self.reordered,
                Choice::Message(_) => &mut self.late,
                Choice::Write(_) => &mut self.write_errors,
                Choice::Crash(_) | Choice::Notice(_) => &mut self.unwritten,
            };
            *of_kind = of_kind.saturating_sub(1);
        }
        if self.deviations == 0 { Budget::default() } else { self }
    }
}

/// What exploring came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explored {
    /// How many schedules were played, by their number of deviations.
    pub levels: Vec<u64>,
    /// How many events were played.
    pub events: u64,
    /// How those failed that did: for each failure how many, and the first of them, which has the fewest deviations.
    pub failures: BTreeMap<String, (u64, Schedule)>,
    /// How many schedules are known that were not played, since there were more than were allowed.
    pub left: u64,
}

impl Explored {
    /// How many schedules were played.
    pub fn schedules(&self) -> u64 {
        self.levels.iter().sum()
    }

    /// Whether every schedule within the budget was played, but for those that go on behind a failure: where the run
    /// without deviations fails, it is the only one.
    pub fn is_whole(&self) -> bool {
        self.left == 0
    }
}

/// A choice that is not harmless: which of all choices of a run it is, and in which event it is made.
#[derive(Clone, Copy, Debug)]
struct Deviation {
    place: u32,
    event: u64,
    choice: Choice,
}

/// A schedule that was played, and what may deviate behind its last deviation.
struct Parent {
    chosen: Vec<Deviation>,
    next: Vec<Deviation>,
}

/// The world of a schedule that is explored.
type Exploring<N, O> = World<N, Watching<O, ()>, Explorer>;

/// Decides by a list of deviations, beside which all is harmless, and notes what else might have been decided.
#[derive(Clone)]
struct Explorer {
    chosen: Vec<Deviation>,
    /// How many of them are behind.
    met: usize,
    /// How many choices there were.
    asked: u32,
    event: u64,
    /// What is left to deviate.
    budget: Budget,
    noted: Vec<Deviation>,
    /// Where the choices are to be written down.
    written: Option<(Addresses<Names>, BTreeMap<String, Choice>)>,
}

impl Explorer {
    fn new(chosen: Vec<Deviation>) -> Explorer {
        let (budget, noted) = (Budget::default(), Vec::new());
        Explorer { chosen, met: 0, asked: 0, event: 0, budget, noted, written: None }
    }

    fn choose<C: Iterator<Item = Choice>>(
        &mut self,
        harmless: Choice,
        choices: impl FnOnce(&Budget) -> C,
        address: impl FnOnce(&mut Addresses<Names>) -> String,
    ) -> Choice {
        let place = self.asked;
        self.asked += 1;
        let chosen = self.chosen.get(self.met).filter(|deviation| deviation.place == place);
        let choice = chosen.map_or(harmless, |deviation| deviation.choice);
        self.met += usize::from(choice != harmless);
        if self.budget.deviations > 0 && self.met == self.chosen.len() && choice == harmless {
            let event = self.event;
            self.noted.extend(choices(&self.budget).map(|choice| Deviation { place, event, choice }));
        }
        if let Some((addresses, written)) = &mut self.written {
            let address = address(addresses);
            if choice != harmless {
                written.insert(address, choice);
            }
        }
        choice
    }
}

impl<N: SimNode> Decide<N> for Explorer {
    fn message(&mut self, sending: &Sending<'_, N>, _drawn: Fate) -> Fate {
        let harmless = Fate::harmless(sending.network);
        let choice = self.choose(
            Choice::Message(harmless),
            |budget| budget.fates(sending.network),
            |addresses| addresses.of_message(sending),
        );
        if let Choice::Message(fate) = choice { fate } else { harmless }
    }

    fn notice(&mut self, noticing: &Noticing, _drawn: Span) -> Span {
        let at_once = Choice::Notice(Span::ZERO);
        self.choose(at_once, |_| std::iter::empty(), |addresses| addresses.of_notice(noticing));
        Span::ZERO
    }

    fn write(&mut self, writing: &Writing<'_, N>, _drawn: WriteFate) -> WriteFate {
        let harmless = WriteFate::harmless(writing.spec);
        let errors = [WriteError::Nothing, WriteError::Torn, WriteError::Whole];
        let fails = errors.map(|error| Choice::Write(WriteFate { error: Some(error), ..harmless }));
        let choice = self.choose(
            Choice::Write(harmless),
            |budget| fails.into_iter().take(if budget.write_errors > 0 { fails.len() } else { 0 }),
            |addresses| addresses.of_write(writing),
        );
        if let Choice::Write(fate) = choice { fate } else { harmless }
    }

    fn crash(&mut self, crashing: &Crashing<'_>, _drawn: Survival) -> Survival {
        let harmless = Survival::harmless(crashing.pending);
        let fewer = (0..harmless.kept).map(|kept| Choice::Crash(Survival { kept, torn: 0 }));
        let choice = self.choose(
            Choice::Crash(harmless),
            |budget| fewer.take(if budget.unwritten > 0 { usize::MAX } else { 0 }),
            |addresses| addresses.of_crash(crashing),
        );
        if let Choice::Crash(survival) = choice { survival } else { harmless }
    }
}

impl<N, S, J, O> Trial<N, S, J>
where
    N: SimNode + Clone,
    S: Fn(u64) -> Story<N>,
    J: Fn() -> O,
    O: Judge<N> + Clone,
{
    /// Plays every schedule of the story that is made for `seed`, within a budget, but no more than `most`. What a node
    /// draws itself is of the seed. A schedule that fails is not followed further. What waits to be played takes about 100
    /// bytes a schedule, so `most` bounds the memory, too.
    ///
    /// Nodes and judges must be what `Clone` makes of them: two that share nothing.
    pub fn explore(&self, seed: u64, budget: Budget, most: u64) -> Explored {
        let mut explored = Explored::default();
        if most == 0 {
            explored.left = 1;
            return explored;
        }
        let root = Explorer { budget: budget.without(&[]), ..Explorer::new(Vec::new()) };
        let mut world = self.world(seed, None, (), |_, _| root);
        let mut parents: Vec<Parent> = self.play_out(&mut world, 0, &mut explored).into_iter().collect();
        for deviations in 1..=budget.deviations as usize {
            if parents.is_empty() {
                break;
            }
            let (mut children, mut waiting) = (Vec::new(), 0);
            for Parent { chosen, next } in parents {
                let (next, rest) = next.split_at(next.len().min(room(most, explored.schedules())));
                explored.left += rest.len() as u64;
                let mut world = self.world(seed, None, (), |_, _| Explorer::new(chosen));
                for deviation in next {
                    while world.decisions.event < deviation.event {
                        self.advance(&mut world);
                        explored.events += 1;
                    }
                    let mut branch = world.clone();
                    branch.decisions.chosen.push(*deviation);
                    branch.decisions.budget = budget.without(&branch.decisions.chosen);
                    let Some(mut child) = self.play_out(&mut branch, deviations, &mut explored) else {
                        continue;
                    };
                    // What there is no room for is counted, not kept.
                    let kept = child.next.len().min(room(most, explored.schedules() + waiting));
                    explored.left += (child.next.len() - kept) as u64;
                    child.next.truncate(kept);
                    child.next.shrink_to_fit();
                    waiting += kept as u64;
                    if kept > 0 {
                        children.push(child);
                    }
                }
            }
            parents = children;
        }
        explored
    }

    /// Plays a schedule to its end, and gives what may deviate behind it, where it holds.
    fn play_out(
        &self,
        world: &mut Exploring<N, O>,
        deviations: usize,
        explored: &mut Explored,
    ) -> Option<Parent> {
        let start = world.decisions.event;
        let failure = self.carry_on(world, |world| self.advance(world));
        let seed = world.seed();
        let Explorer { chosen, noted, event, .. } = &mut world.decisions;
        explored.events += *event - start;
        if explored.levels.len() <= deviations {
            explored.levels.push(0);
        }
        explored.levels[deviations] += 1;
        if let Some(failure) = failure {
            let first = || (0, self.written(seed, std::mem::take(chosen)));
            explored.failures.entry(failure).or_insert_with(first).0 += 1;
            return None;
        }
        let (chosen, next) = (std::mem::take(chosen), std::mem::take(noted));
        (!next.is_empty()).then_some(Parent { chosen, next })
    }

    /// One event more.
    fn advance(&self, world: &mut Exploring<N, O>) -> bool {
        let is_more = world.step(self.limit);
        world.decisions.event += u64::from(is_more);
        is_more
    }

    /// The schedule of these deviations, which says them by their addresses.
    fn written(&self, seed: u64, chosen: Vec<Deviation>) -> Schedule {
        let mut world = self.world(seed, None, (), |nodes, operations| {
            let written = (Addresses::new(Names { nodes, operations }), BTreeMap::new());
            Explorer { written: Some(written), ..Explorer::new(chosen) }
        });
        self.carry_on(&mut world, |world| self.advance(world));
        let (addresses, choices) = world.decisions.written.expect("it writes them down");
        Schedule::new(seed, addresses.names().operations.clone(), choices)
    }
}

/// How many more there may be.
fn room(most: u64, played: u64) -> usize {
    usize::try_from(most.saturating_sub(played)).unwrap_or(usize::MAX)
}

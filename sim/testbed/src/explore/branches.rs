//! Playing schedules of one parent: what they have in common is played once, and each goes on from a copy of it.

use super::deviation::Deviation;
use super::{Played, Schedule, Story};
use crate::cojson::CoNode;
use crate::log::Limit;
use crate::oracles::is;
use crate::run::{Judged, Options, Player, Stage, UNMET_KEY, begin};
use crate::scenario::Scenario;
use crate::script::Director;

impl Story<'_> {
    /// Plays schedules of one parent, in order; `None` for one that there is not, since nobody can be cut off or crash who
    /// has left.
    pub(super) fn play_siblings(&self, siblings: &[Schedule], goes_on: bool) -> Vec<Option<Played>> {
        let parent = siblings.first().and_then(|sibling| self.scenario_of(&sibling.parent()));
        // Whoever has guests is played from the start: processes are not copied.
        let parent = parent.filter(|parent| !parent.has_guests());
        let mut trunk = None;
        let decides = |deviation: &&Deviation| deviation.address().is_some();
        // What its parent has come to decide already is decided from the start.
        let play = |sibling: &Schedule| match (&parent, sibling.deviations.last().filter(decides)) {
            _ if sibling.is_of_the_same() => self.play(sibling, goes_on),
            (Some(parent), Some(last)) => {
                let trunk = trunk.get_or_insert_with(|| self.trunk(parent, sibling, goes_on));
                // It is decided in that event, which is about to happen.
                while trunk.event() + 1 < sibling.event && trunk.advance() {}
                let mut branch = trunk.clone();
                last.decide(branch.decisions_mut());
                branch.decisions_mut().close();
                Some(self.came_to(sibling, branch.judged(), goes_on))
            }
            (_, Some(_) | None) => self.play(sibling, goes_on),
        };
        siblings.iter().map(play).collect()
    }

    /// The run of a parent, before anything has happened.
    fn trunk<'a>(
        &self,
        parent: &'a Scenario,
        child: &Schedule,
        goes_on: bool,
    ) -> Player<'a, CoNode, Director> {
        let stage = Stage::new(parent, self.seed);
        let director = stage.director().harmless();
        let director = if goes_on { director.noting() } else { director };
        begin(stage, self.seed, self.options(child, goes_on), director)
    }

    /// Plays a schedule from the start; `None` where there is no such one.
    fn play(&self, schedule: &Schedule, goes_on: bool) -> Option<Played> {
        let scenario = self.scenario_of(schedule)?;
        let judged = if scenario.has_guests() {
            let (outcome, decisions) = self.run(&scenario, self.options(schedule, goes_on));
            let key = outcome.key().filter(|key| *key != UNMET_KEY).map(str::to_owned);
            Judged { key, decisions, log: outcome.log, chapters: outcome.chapters }
        } else {
            self.trunk(&scenario, schedule, goes_on).judged()
        };
        Some(self.came_to(schedule, judged, goes_on))
    }

    /// What is noted of a schedule, to find those behind it: where something may happen, the log.
    fn options(&self, schedule: &Schedule, goes_on: bool) -> Options {
        let wants_moments = goes_on && self.budget.has_operations(schedule);
        if wants_moments { Options::logged(Limit::All) } else { Options::judged() }
    }

    /// What comes of a schedule that was played.
    fn came_to(&self, schedule: &Schedule, judged: Judged<Director>, goes_on: bool) -> Played {
        // Where a failure is sought, a run goes on past others, and so may what deviates behind them.
        let ends = judged
            .key
            .as_deref()
            .is_some_and(|key| self.seeks.as_deref().is_none_or(|sought| is(key, sought)));
        if ends || !goes_on {
            return Played { key: judged.key, children: Vec::new() };
        }
        let mut children = self.deciding(schedule, judged.decisions.seen());
        if self.budget.has_operations(schedule) {
            children.extend(self.operating(schedule, &judged));
        }
        Played { key: judged.key, children }
    }
}

impl Schedule {
    /// The same, without its last deviation.
    fn parent(&self) -> Schedule {
        let deviations = self.deviations.split_last().map(|(_, before)| before.to_vec());
        Schedule {
            order: self.order.clone(),
            deviations: deviations.unwrap_or_default(),
            decided: 0,
            event: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{SMALL, budget, story};
    use super::{Schedule, Story};
    use crate::explore::{Budget, Explored, Kind, Limits, explore};
    use crate::freeze::freeze;
    use crate::run::Options;
    use crate::scenario::{Scenario, resolve};
    use std::collections::BTreeSet;
    use std::ops::ControlFlow;

    /// Plays all levels of a story, each schedule from a copy and from the start: they fail alike, and lead to the same others.
    fn compare(name: &str, budget: &Budget) -> usize {
        compare_in(&story(name), budget)
    }

    fn compare_in(scenario: &Scenario, budget: &Budget) -> usize {
        let story = Story::new(scenario, 1, budget);
        let mut level = vec![Schedule::default()];
        let mut schedules = 0;
        for deviations in 0..=budget.deviations {
            let goes_on = deviations < budget.deviations;
            let mut next = Vec::new();
            for family in level.chunk_by(Schedule::is_sibling) {
                schedules += family.len();
                let alone = family.iter().map(|schedule| story.play(schedule, goes_on)).collect::<Vec<_>>();
                assert_eq!(
                    story.play_siblings(family, goes_on),
                    alone,
                    "{}: {family:?}",
                    scenario.file.about
                );
                next.extend(alone.into_iter().flatten().flat_map(|played| played.children));
            }
            level = next;
        }
        schedules
    }

    #[test]
    fn a_copy_goes_on_as_the_whole_would() {
        let mut schedules = 0;
        for name in SMALL {
            schedules += compare(name, &budget(&story(name), 1, &Kind::ALL));
        }
        for name in ["basics/hello", "regressions/pieces-that-wait", "known-bugs/64-lost-tail"] {
            schedules += compare(name, &budget(&story(name), 2, &[Kind::Lost, Kind::Cut, Kind::Crash]));
        }
        assert!(schedules > 6_000, "{schedules} schedules only");
    }

    /// Around the run of a seed, too: what it lost and doubled stays, but for what deviates.
    #[test]
    fn around_a_run() {
        let mut schedules = 0;
        for seed in [1, 2, 3] {
            let scenario = story("faults/heavy-loss");
            let frozen = freeze(&scenario, seed, "");
            let decided = frozen.made.len();
            let around = resolve(frozen.file).expect("what was frozen is a scenario");
            let budget = Budget { around: true, ..budget(&around, 1, &[Kind::Lost, Kind::Harmless]) };
            let story = Story::new(&around, 1, &budget);
            let (outcome, _) = story.run(&around, Options::judged());
            assert_eq!(outcome.fingerprint, frozen.outcome.fingerprint, "without a deviation it is that run");
            let children = story.play(&Schedule::default(), true).expect("it can be played").children;
            let harmless = children.iter().filter(|child| child.count(Kind::Harmless) > 0);
            let addresses: BTreeSet<_> =
                harmless.clone().filter_map(|child| child.deviations[0].address()).collect();
            assert_eq!(addresses.len(), harmless.count(), "each once");
            assert!(addresses.len() <= decided && addresses.len() * 2 > decided, "{decided} decisions");
            let again = children.iter().filter(|child| {
                let scenario = story.scenario_of(child).expect("it can be played");
                scenario.file.decisions == around.file.decisions
            });
            assert_eq!(again.count(), 0, "what is decided already is no deviation");
            schedules += compare_in(&around, &budget);
        }
        assert!(schedules > 100, "{schedules} schedules only");
    }

    /// The counts, and the first that fails, do not depend on the threads.
    #[test]
    fn whatever_the_threads() {
        for name in ["known-bugs/37-rapid-reconnects", "known-bugs/43-dependency-not-requested"] {
            let scenario = story(name);
            let budget = budget(&scenario, 1, &Kind::ALL);
            for all in [false, true] {
                let limits = Limits { all, ..Limits::default() };
                let on = |threads| {
                    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
                    let go_on = &mut |_: &Explored| ControlFlow::Continue(());
                    let explored = pool.install(|| explore(&scenario, 1, &budget, limits, go_on));
                    format!("{:?}", explored.expect("something to decide"))
                };
                assert_eq!(on(1), on(3), "{name}");
            }
        }
    }
}

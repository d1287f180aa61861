//! Exploring against the plainest way to do the same: to try every set of decisions.

use super::budget::together;
use super::deviation::{Deviation, What};
use super::{Bound, Budget, Explored, Kind, Limits, Schedule, Story, Unexplorable, explore};
use crate::scenario::file::DecisionKind;
use crate::scenario::{Scenario, parse};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

pub(super) fn story(name: &str) -> Scenario {
    let path = format!("{}/../../scenarios/{name}.json", env!("CARGO_MANIFEST_DIR"));
    parse(&std::fs::read_to_string(path).expect("it is there"), name).expect("a scenario")
}

fn on(_: &Explored) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Stories of a few messages.
pub(super) const SMALL: [&str; 43] = [
    "basics/hello",
    "basics/two-writers",
    "basics/announcement",
    "basics/empty-covalue",
    "basics/writer-and-reader",
    "regressions/a-parent-in-vain-opens-a-key",
    "regressions/account-for-an-equal",
    "regressions/accounts-in-a-circle",
    "regressions/crash-on-waking",
    "regressions/damaged-once",
    "regressions/dated-after-the-parent-left",
    "regressions/deadline-behind-a-dependency",
    "regressions/dependency-of-a-dependency",
    "regressions/dependency-of-what-is-done",
    "regressions/done-after-a-gap",
    "regressions/done-after-put-aside",
    "regressions/done-before-it-is-whole",
    "regressions/extended-by-who-reads-nothing",
    "regressions/first-of-two-that-wait",
    "regressions/forged-without-its-group",
    "regressions/growing-pieces",
    "regressions/invite-gets-the-key-in-the-end",
    "regressions/lost-behind-a-header",
    "regressions/manager-makes-no-admins",
    "regressions/merged-in-a-key-unknown",
    "regressions/other-branch",
    "regressions/pieces-that-wait",
    "regressions/reader-accepts-write-only",
    "regressions/record-of-two-batches",
    "regressions/refused-for-good",
    "regressions/relayed-load",
    "regressions/replaced-connection",
    "regressions/revoked-by-the-parent",
    "regressions/rewritten-in-vain",
    "regressions/spoilt-header",
    "regressions/transplanted-log",
    "regressions/two-changes-of-a-group",
    "known-bugs/37-rapid-reconnects",
    "known-bugs/43-dependency-not-requested",
    "known-bugs/64-lost-tail",
    "known-bugs/57-shown-before-its-group",
    "lifecycle/never-found",
    "topologies/two-servers",
];

const ALL: Limits = Limits { schedules: u64::MAX, memory: u64::MAX, all: true };

pub(super) fn budget(scenario: &Scenario, deviations: u32, kinds: &[Kind]) -> Budget {
    let of = kinds.iter().map(|kind| (*kind, deviations)).collect();
    let (latencies, places) = (Budget::latencies_of(scenario), Budget::places_of(scenario));
    Budget { deviations, of, latencies, places, free: false, around: false }
}

fn kind(deviation: &Deviation) -> DecisionKind {
    match &deviation.0 {
        What::Decision(decision, _) => decision.kind,
        What::Harmless(_) | What::Operation(..) => unreachable!("only decisions are tried"),
    }
}

/// How many sets of decisions there are of which a run meets every one, and the keys by which they fail. Whatever any run
/// asks for is tried in any other, in any order.
fn enumerated(scenario: &Scenario, budget: &Budget) -> (u64, BTreeSet<String>) {
    let story = Story::new(scenario, 1, budget);
    let words = |schedule: &Schedule| {
        let mut words: Vec<String> = schedule.deviations.iter().map(ToString::to_string).collect();
        words.sort();
        words
    };
    let mut known = BTreeSet::from([Vec::new()]);
    let mut waiting = vec![Schedule::default()];
    let (mut count, mut keys) = (0, BTreeSet::new());
    while let Some(schedule) = waiting.pop() {
        let of_it = story.scenario_of(&schedule).expect("it has decisions only");
        let (outcome, director) = story.run(&of_it, crate::run::Options::judged());
        if !director.unused().is_empty() {
            continue;
        }
        count += 1;
        // What fails is not followed further: what it would lead to was never asked for.
        if let Some(key) = outcome.key() {
            keys.insert(key.to_owned());
            continue;
        }
        if schedule.deviations.len() == budget.deviations as usize {
            continue;
        }
        for asked in director.seen() {
            let of_it =
                schedule.deviations.iter().filter(|one| one.address() == Some(asked.address.as_str()));
            let of_it: Vec<_> = of_it.map(|one| together(kind(one))).collect();
            // Nothing else becomes of what is lost, and nothing happens twice in one way.
            let goes_with = |one: &Deviation| {
                let own = together(kind(one));
                of_it.is_empty()
                    || (own.is_some() && of_it.iter().all(|other| other.is_some() && *other != own))
            };
            for deviation in budget.choices(&schedule, asked, &[]).into_iter().filter(goes_with) {
                let child = schedule.with(deviation, 0, 0);
                if known.insert(words(&child)) {
                    waiting.push(child);
                }
            }
        }
    }
    (count, keys)
}

/// Every set is played once, and fails in the same ways. Where a schedule fails, others may contain it: those are not played.
#[test]
fn what_is_explored_is_every_set_of_decisions() {
    let kinds = [Kind::Lost, Kind::Duplicated, Kind::Late, Kind::Reordered, Kind::Noticed, Kind::FailedWrite];
    let mut sets = 0;
    let twice = [
        "basics/hello",
        "basics/two-writers",
        "regressions/relayed-load",
        "regressions/growing-pieces",
        "regressions/account-for-an-equal",
        "regressions/crash-on-waking",
        "regressions/lost-behind-a-header",
        "regressions/pieces-that-wait",
        "regressions/record-of-two-batches",
        "regressions/transplanted-log",
    ];
    let stories = SMALL.map(|name| (name, 1)).into_iter().chain(twice.map(|name| (name, 2)));
    for (name, deviations) in stories {
        let scenario = story(name);
        for kinds in [&kinds[..1], &kinds[1..3], &kinds[3..]] {
            let budget = budget(&scenario, deviations, kinds);
            let (count, keys) = enumerated(&scenario, &budget);
            match explore(&scenario, 1, &budget, ALL, &mut on) {
                Ok(explored) => {
                    assert!(explored.is_whole(), "{name}");
                    assert_eq!(explored.schedules(), count, "{name} {kinds:?}");
                    assert_eq!(explored.found.into_keys().collect::<BTreeSet<_>>(), keys, "{name} {kinds:?}");
                }
                Err(error) => assert_eq!((error, count), (Unexplorable::Alone, 1), "{name} {kinds:?}"),
            }
            sets += count;
        }
    }
    assert!(sets > 8_000, "{sets} sets only");
}

/// Of the planted faults of these stories, exploring finds the key by which the same sets of decisions fail.
#[test]
fn planted_faults_are_found_by_their_keys() {
    for name in [
        "known-bugs/37-rapid-reconnects",
        "known-bugs/43-dependency-not-requested",
        "known-bugs/64-lost-tail",
    ] {
        let scenario = story(name);
        let budget = budget(&scenario, 1, &[Kind::Lost, Kind::Duplicated, Kind::Late]);
        let (_, keys) = enumerated(&scenario, &budget);
        let explored = explore(&scenario, 1, &budget, ALL, &mut on).expect("something to decide");
        assert!(!keys.is_empty(), "{name}");
        assert_eq!(explored.found.into_keys().collect::<BTreeSet<_>>(), keys, "{name}");
    }
}

/// How far it came, and what is left, do not depend on the limit's being a round number or on threads.
#[test]
fn a_limit_leaves_the_rest_and_says_so() {
    let scenario = story("basics/two-writers");
    let budget = Budget { of: BTreeMap::from([(Kind::Lost, 2)]), ..budget(&scenario, 2, &[]) };
    let limited = |schedules| {
        let limits = Limits { schedules, ..Limits::default() };
        explore(&scenario, 1, &budget, limits, &mut on).expect("something to decide")
    };
    let whole = limited(u64::MAX);
    assert!(whole.is_whole());
    for schedules in [1, 5, whole.levels[1] + 1, whole.schedules() - 1] {
        let some = limited(schedules);
        assert_eq!(some.schedules(), schedules);
        assert!(!some.is_whole());
        if some.levels.len() == 3 || some.levels == whole.levels[..2] {
            assert_eq!((some.left, some.more), (whole.schedules() - schedules, false));
        } else {
            assert!(some.more);
        }
    }
    assert!(limited(whole.schedules()).is_whole());
}

/// Whoever has enough, and whenever: what was played is what a limit of as many schedules plays.
#[test]
fn wherever_it_ends_it_is_a_beginning() {
    let scenario = story("topologies/two-servers");
    let kinds = [Kind::Lost, Kind::Duplicated, Kind::Late, Kind::Reordered];
    let budget = budget(&scenario, 2, &kinds);
    for windows in [1, 2, 4] {
        let mut left = windows;
        let mut enough = |_: &Explored| {
            left -= 1;
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let ended = explore(&scenario, 1, &budget, ALL, &mut enough).expect("something to decide");
        assert_eq!(ended.bound, Some(Bound::Enough));
        let limits = Limits { schedules: ended.schedules(), ..ALL };
        let again = explore(&scenario, 1, &budget, limits, &mut on).expect("something to decide");
        assert_eq!(again.bound, Some(Bound::Schedules));
        assert!(!ended.is_whole() && !again.is_whole());
        let told = |explored: Explored| (explored.levels, explored.left, explored.more);
        assert_eq!(told(ended), told(again));
    }
}

/// What no memory is left for is counted, and never taken for played.
#[test]
fn what_is_not_kept_is_left() {
    let scenario = story("topologies/two-servers");
    let budget = budget(&scenario, 2, &[Kind::Lost]);
    let within = |memory| {
        explore(&scenario, 1, &budget, Limits { memory, ..ALL }, &mut on).expect("something to decide")
    };
    let whole = within(u64::MAX);
    assert!(whole.is_whole() && whole.bound.is_none());
    let mut played = Vec::new();
    for memory in [0, 2_000, 10_000, 40_000, 200_000] {
        let some = within(memory);
        assert_eq!(some.is_whole(), some.levels == whole.levels, "{memory}");
        assert_eq!(some.is_whole(), some.bound.is_none(), "{memory}");
        let is_counted = some.schedules() + some.left == whole.schedules();
        assert!(is_counted || some.more, "{memory}: {some:?}");
        played.push(some.schedules());
    }
    assert!(played.is_sorted() && played[0] == 1 && played[3] > 10, "{played:?}");
}

/// Every order in which some numbers can stand.
fn permutations(numbers: &[usize]) -> Vec<Vec<usize>> {
    let Some((first, rest)) = numbers.split_first() else { return vec![Vec::new()] };
    let put = |order: Vec<usize>| {
        (0..=order.len()).map(move |place| {
            let mut longer = order.clone();
            longer.insert(place, *first);
            longer
        })
    };
    permutations(rest).into_iter().flat_map(put).collect()
}

/// Where operations are free, every order is played in which each node's own stay, and all that deviates in each of them.
#[test]
fn free_operations_happen_in_every_order() {
    let scenario = story("basics/two-writers");
    let acts: Vec<_> = scenario.chapters.iter().flat_map(|chapter| &chapter.operations).collect();
    let own: Vec<_> = acts.iter().map(|operation| operation.act.about().nodes[0]).collect();
    let numbers: Vec<usize> = (0..acts.len()).collect();
    let keeps = |order: &Vec<usize>| {
        let of = |node| order.iter().filter(|place| own[**place] == node).copied().collect::<Vec<_>>();
        own.iter().all(|node| of(*node).is_sorted())
    };
    let orders: BTreeSet<Vec<usize>> = permutations(&numbers).into_iter().filter(keeps).collect();
    assert_eq!(orders.len(), 20);
    let plain = budget(&scenario, 1, &[Kind::Lost]);
    let (mut schedules, mut keys) = (0, BTreeSet::new());
    for order in orders {
        let mut file = scenario.file.clone();
        for (entry, place) in file.timeline.iter_mut().zip(order) {
            entry.act = scenario.file.timeline[place].act.clone();
        }
        let Ok(other) = crate::scenario::resolve(file) else { continue };
        let explored = explore(&other, 1, &plain, ALL, &mut on).expect("something to decide");
        schedules += explored.schedules();
        keys.extend(explored.found.into_keys());
    }
    let free = Budget { free: true, ..plain };
    let explored = explore(&scenario, 1, &free, ALL, &mut on).expect("something to decide");
    assert_eq!(explored.schedules(), schedules);
    assert_eq!(explored.found.into_keys().collect::<BTreeSet<_>>(), keys);
    let limits = Limits { schedules: 7, ..ALL };
    let some = explore(&scenario, 1, &free, limits, &mut on).expect("something to decide");
    assert_eq!((some.levels, some.left, some.more), (vec![7], 1, true));
}

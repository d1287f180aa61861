//! Small stories, of which every schedule within a budget is played: all hold, and of planted faults each is caught by one.

use cosim_core::Span;
use cosim_core::node::Mutation;
use cosim_testbed::explore::{Budget, Explored, Kind, Limits, explore};
use cosim_testbed::scenario::{Scenario, parse, resolve};
use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// How many schedules the smallest story has at least: one that has fewer tells nothing.
const SCHEDULES_MIN: u64 = 500;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/stories")
}

fn story(name: &str) -> Scenario {
    let path = folder().join(name).with_extension("json");
    let text = fs::read_to_string(&path).expect("the story is told");
    parse(&text, name).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Two deviations: what is lost, doubled, late or overtaken; where only two nodes take part, also cuts.
fn budget(scenario: &Scenario) -> Budget {
    let mut of =
        BTreeMap::from([(Kind::Lost, 2), (Kind::Duplicated, 1), (Kind::Late, 1), (Kind::Reordered, 1)]);
    if scenario.nodes.len() == 2 {
        of.insert(Kind::Cut, 1);
    }
    // Sooner than the next operation, behind it, and past the first deadline.
    let latencies = [15, 45, 1_001].map(Span::from_ms).to_vec();
    Budget { deviations: 2, of, latencies, places: Vec::new(), free: false, around: false }
}

fn explored(scenario: &Scenario) -> Explored {
    let go_on = &mut |_: &Explored| ControlFlow::Continue(());
    explore(scenario, scenario.seed, &budget(scenario), Limits::default(), go_on)
        .expect("there is much to decide")
}

#[test]
fn every_schedule_of_every_story_holds() {
    let mut stories: Vec<PathBuf> =
        fs::read_dir(folder()).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    stories.sort();
    for path in stories {
        let name = path.file_stem().expect("a name").to_string_lossy();
        let explored = explored(&story(&name));
        assert!(explored.is_whole() && explored.found.is_empty(), "{name}: {:?}", explored.found);
        assert!(explored.schedules() > SCHEDULES_MIN, "{name}: {} schedules", explored.schedules());
    }
}

/// What is planted, in which story, at which node.
const CAUGHT: [(Mutation, &str, &str); 20] = [
    (Mutation::RepeatUnanswered, "write-then-connect", "client"),
    (Mutation::AnnounceOnce, "load-what-nobody-has", "server"),
    (Mutation::ContentConfirmsNothing, "equals-one-without-the-header", "alice"),
    (Mutation::ReplaceFirstHand, "equals-one-without-the-header", "alice"),
    (Mutation::IgnoreRe, "asked-through-an-edge", "client"),
    (Mutation::PullAtOnce, "write-at-both-and-again", "client"),
    (Mutation::IgnoreAnnouncements, "asked-through-an-edge", "client"),
    (Mutation::InterestByArrival, "done-then-loaded-again", "server"),
    (Mutation::InterestLiftsNothing, "asked-through-an-edge", "edge"),
    (Mutation::IgnoreEpochs, "equals-one-without-the-header", "alice"),
    (Mutation::GapProvesNothing, "two-ways-to-a-client", "server"),
    (Mutation::AskTheAsker, "mutual-servers-that-ask-each-other", "east"),
    (Mutation::ForgetBlocked, "blocked-while-writing", "client"),
    (Mutation::DoneNeverLoads, "done-then-written-while-apart", "client"),
    (Mutation::NeverUnavailable, "mutual-servers-that-ask-each-other", "east"),
    (Mutation::ContentAlone, "equals", "alice"),
    (Mutation::NeverRetransmit, "write-then-connect", "client"),
    (Mutation::AckWithoutApplying, "equals-one-without-the-header", "alice"),
    (Mutation::EchoToSender, "equals-one-without-the-header", "alice"),
    (Mutation::KeepAssumedAcrossConnections, "equals-one-without-the-header", "alice"),
];

#[test]
fn planted_faults_are_caught() {
    for (fault, name, node) in CAUGHT {
        let mut file = story(name).file;
        file.nodes.get_mut(node).expect("a node of the story").mutations.push(fault.name().to_owned());
        let planted = resolve(file).unwrap_or_else(|problems| panic!("{problems}"));
        assert!(!explored(&planted).found.is_empty(), "{fault} at {node} is not caught in {name}");
    }
}

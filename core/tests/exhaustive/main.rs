//! The node, tried against every order of delivery of small stories, and on seeded random walks.

mod explore;
mod hostile;
mod judge;
mod rng;
mod story;
mod topology;
mod walk;

use cosim_core::{Mutation, Mutations};
use explore::{Explorer, Found};
use story::{Depths, stories};
use walk::{Kind, walk};

/// How many walks of each kind are taken on each topology.
const WALKS: u64 = 150;

#[test]
fn every_order_of_small_stories_converges_and_falls_silent() {
    for story in stories(Depths { two_nodes: 9, three_nodes: 7 }) {
        let mut explorer = Explorer::new(&story);
        if let Err(Found { failure, path }) = explorer.run(Mutations::NONE) {
            panic!("{}: {failure}\n{}", story.name, path.join("\n"));
        }
        assert!(explorer.states() > 50, "{}: only {} states", story.name, explorer.states());
    }
}

#[test]
fn random_walks_converge_and_fall_silent() {
    for name in topology::NAMES {
        for seed in 0..WALKS {
            for kind in [Kind::Small, Kind::Large] {
                if let Err(failure) = walk(seed, name, kind, Mutations::NONE) {
                    panic!("{failure}");
                }
            }
        }
    }
}

/// The mutations that some order of a small story brings to light, and the story.
const CAUGHT_BY_STORIES: [(Mutation, &str); 15] = [
    (Mutation::RepeatUnanswered, "mutual servers that ask each other"),
    (Mutation::AnnounceOnce, "done, then written"),
    (Mutation::ContentConfirmsNothing, "write, then connect"),
    (Mutation::ReplaceFirstHand, "write, then connect"),
    (Mutation::IgnoreRe, "load of what the server has"),
    (Mutation::PullAtOnce, "load of what the server has"),
    (Mutation::IgnoreAnnouncements, "done, then written"),
    (Mutation::InterestLiftsNothing, "load of what the server has"),
    (Mutation::ForgetBlocked, "blocked while writing"),
    (Mutation::DoneNeverLoads, "done through an edge"),
    (Mutation::ContentAlone, "equals"),
    (Mutation::NeverRetransmit, "write, then connect"),
    (Mutation::AckWithoutApplying, "write, then connect"),
    (Mutation::EchoToSender, "write, then connect"),
    (Mutation::KeepAssumedAcrossConnections, "reconnect while writing"),
];

#[test]
fn stories_catch_planted_faults() {
    let stories = stories(Depths { two_nodes: 8, three_nodes: 5 });
    for (mutation, name) in CAUGHT_BY_STORIES {
        let story = stories.iter().find(|story| story.name == name).expect("the story is told");
        let caught = Explorer::new(story).run(Mutations::NONE.with(mutation)).is_err();
        assert!(caught, "{mutation} is not caught");
    }
}

/// Those that need a longer run than a story to show.
const CAUGHT_BY_WALKS: [(Mutation, &str, u64); 6] = [
    (Mutation::InterestByArrival, "pair", 200),
    (Mutation::IgnoreEpochs, "pair", 100),
    (Mutation::GapProvesNothing, "twoserv2", 20),
    (Mutation::AskTheAsker, "both", 100),
    (Mutation::DoneForAll, "edge", 200),
    (Mutation::NeverUnavailable, "pair", 20),
];

#[test]
fn walks_catch_planted_faults() {
    for (mutation, name, seeds) in CAUGHT_BY_WALKS {
        let mutations = Mutations::NONE.with(mutation);
        let caught = (0..seeds).any(|seed| {
            [Kind::Small, Kind::Large].iter().any(|kind| walk(seed, name, *kind, mutations).is_err())
        });
        assert!(caught, "{mutation} is not caught");
    }
}

#[test]
fn a_peer_may_say_anything() {
    for seed in 0..5_000 {
        hostile::converse(seed);
    }
}

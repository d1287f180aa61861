//! Planted faults, each caught by some order of a small story or by some walk.

use crate::explore::Explorer;
use crate::story::{Depths, stories};
use crate::walk::{Kind, walk};
use cosim_core::{Config, Mutation, Mutations};

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
        let caught = Explorer::new(story).run(with(mutation)).is_err();
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
        let config = with(mutation);
        let caught = (0..seeds).any(|seed| {
            [Kind::Small, Kind::Large].iter().any(|kind| walk(seed, name, *kind, config).is_err())
        });
        assert!(caught, "{mutation} is not caught");
    }
}

fn with(mutation: Mutation) -> Config {
    Config { mutations: Mutations::NONE.with(mutation), ..Config::default() }
}

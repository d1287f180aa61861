//! Planted faults, each caught by some walk.

use crate::walk::{Kind, walk};
use cosim_core::{Config, Mutation, Mutations};

/// The mutations that walks on a topology bring to light, and how many it takes.
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

//! The node, tried against every order of delivery of small stories, and on seeded random walks.

mod explore;
mod hostile;
mod judge;
#[cfg(feature = "planted-faults")]
mod planted;
mod rng;
mod story;
mod topology;
mod walk;

use cosim_core::Config;
use explore::{Explorer, Found};
use story::{Depths, stories};
use walk::{Kind, walk};

/// How many walks of each kind are taken on each topology.
const WALKS: u64 = 150;

#[test]
fn every_order_of_small_stories_converges_and_falls_silent() {
    for story in stories(Depths { two_nodes: 9, three_nodes: 7 }) {
        let mut explorer = Explorer::new(&story);
        if let Err(Found { failure, path }) = explorer.run(Config::default()) {
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
                if let Err(failure) = walk(seed, name, kind, Config::default()) {
                    panic!("{failure}");
                }
            }
        }
    }
}

#[test]
fn a_peer_may_say_anything() {
    for seed in 0..5_000 {
        hostile::converse(seed);
    }
}

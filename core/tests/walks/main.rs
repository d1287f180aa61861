//! The node, tried on seeded random walks and against peers that say anything. Small stories of which every schedule is played
//! are scenarios (`scenarios/stories`).

mod hostile;
mod judge;
#[cfg(feature = "planted-faults")]
mod planted;
mod rng;
mod topology;
mod walk;

use cosim_core::Config;
use walk::{Kind, walk};

/// How many walks of each kind are taken on each topology.
const WALKS: u64 = 150;

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

//! The node, tried against every order of delivery of small stories, and on seeded random walks.

mod judge;
mod rng;
mod topology;
mod walk;

use cosim_core::Mutations;
use walk::Kind;

#[test]
fn random_walks_converge_and_fall_silent() {
    let runs: u64 = option_env!("WALKS").and_then(|n| n.parse().ok()).unwrap_or(60);
    let mut failures = Vec::new();
    for name in topology::NAMES {
        for seed in 0..runs {
            for kind in [Kind::Small, Kind::Large] {
                if let Err(failure) = walk::walk(seed, name, kind, Mutations::NONE) {
                    failures.push(format!("{name} {seed} {kind:?}: {failure}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures[..failures.len().min(20)].join("\n"));
}

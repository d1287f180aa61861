//! Planted faults, each noticed beside some recorded node.

use super::{Comparison, Tally};
use crate::ledger::Ledger;
use crate::place::Place;
use crate::run::{Run, own_runs};
use cosim_core::view::Dialect;
use cosim_core::{Config, Mutation, Mutations};

/// Each makes the comparison fail in some run of either version.
const IN_BOTH: [Mutation; 10] = [
    Mutation::RepeatUnanswered,
    Mutation::ContentConfirmsNothing,
    Mutation::PullAtOnce,
    Mutation::InterestLiftsNothing,
    Mutation::ShowNothing,
    Mutation::IgnoreGap,
    Mutation::AckWithoutApplying,
    Mutation::EchoToSender,
    Mutation::SkipVerification,
    Mutation::KeepAssumedAcrossConnections,
];

/// These, in a run of 0.7.35. Today's version does the same: content alone answers a `load`, and any `known` does.
const IN_0_7: [Mutation; 2] = [Mutation::IgnoreRe, Mutation::ContentAlone];

/// And these, in a run of today's version. Who never asks for dependencies is not noticed: what a client of today's leaves
/// out, `Numbering::to_ask` asks for.
const IN_0_20: [Mutation; 2] = [Mutation::IgnoreDependencies, Mutation::DropDependants];

/// A comparison that was never seen to fail proves nothing.
#[test]
fn planted_faults_are_noticed() {
    let mut unnoticed = Vec::new();
    for (dialect, own) in [(Dialect::V0_7, IN_0_7.as_slice()), (Dialect::V0_20, &IN_0_20)] {
        let runs = own_runs(dialect);
        for fault in IN_BOTH.iter().chain(own) {
            let config = Config { mutations: Mutations::NONE.with(*fault), ..Config::default() };
            if !runs.iter().any(|(file, run)| is_noticed(file, run, config)) {
                unnoticed.push((dialect, fault));
            }
        }
    }
    assert_eq!(unnoticed, [], "each fault is noticed");
}

fn is_noticed(file: &str, run: &Run, config: Config) -> bool {
    let ledger = Ledger::of(run);
    run.nodes.keys().any(|name| {
        let place = Place::new(name, run, &ledger, config);
        let mut comparison = Comparison::new(run, place, file.to_owned());
        comparison.play(&mut Tally::default()).is_err()
    })
}

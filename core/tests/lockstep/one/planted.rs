//! Planted faults, each noticed beside some recorded node.

use super::{Comparison, Tally};
use crate::ledger::Ledger;
use crate::place::Place;
use crate::run::own_runs;
use cosim_core::view::Dialect;
use cosim_core::{Config, Mutation, Mutations};

/// A comparison that was never seen to fail proves nothing: each of these makes it fail in some run.
#[test]
fn planted_faults_are_noticed() {
    let faults = [
        Mutation::RepeatUnanswered,
        Mutation::ContentConfirmsNothing,
        Mutation::IgnoreRe,
        Mutation::PullAtOnce,
        Mutation::InterestLiftsNothing,
        Mutation::ContentAlone,
        Mutation::ShowNothing,
        Mutation::IgnoreGap,
        Mutation::AckWithoutApplying,
        Mutation::EchoToSender,
        Mutation::SkipVerification,
        Mutation::KeepAssumedAcrossConnections,
    ];
    let runs = own_runs(Dialect::V0_7);
    for fault in faults {
        let config = Config { mutations: Mutations::NONE.with(fault), ..Config::default() };
        let is_noticed = runs.iter().any(|(file, run)| {
            let ledger = Ledger::of(run);
            run.nodes.keys().any(|name| {
                let place = Place::new(name, run, &ledger, config);
                let mut comparison = Comparison::new(run, place, file.clone());
                comparison.play(&mut Tally::default()).is_err()
            })
        });
        assert!(is_noticed, "{fault:?} is noticed");
    }
}

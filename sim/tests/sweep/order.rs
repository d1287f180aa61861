//! What is kept comes in order, and does not depend on the number of threads.

use crate::samples::{FAULTY, both, bytes, entry, jobs, limited, records, scope, sweep};
use cosim_testbed::run::{Options, run};
use cosim_testbed::sweep::{Ended, Summary};
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn bytes_do_not_depend_on_threads() {
    let one = bytes(both(), &scope(5..205), 1);
    assert!(one.1.failures() > 0, "the planted fault shows");
    for threads in [2, 8] {
        assert!(bytes(both(), &scope(5..205), threads) == one, "{threads} threads");
    }
}

#[test]
fn every_scenario_is_played_with_every_seed_in_order() {
    let (bytes, summary) = bytes(both(), &scope(5..25), 4);
    let runs: Vec<_> = records(&bytes).iter().map(|record| (record.scenario, record.seed)).collect();
    let expected: Vec<_> = (0..2).flat_map(|scenario| (5..25).map(move |seed| (scenario, seed))).collect();
    assert_eq!(runs, expected);
    assert_eq!(summary.runs(), 40);
}

#[test]
fn a_line_says_what_a_run_says() {
    let faulty = entry("faulty.json", FAULTY);
    let (bytes, _) = bytes(vec![faulty.clone()], &scope(0..20), 2);
    for record in records(&bytes) {
        let outcome = run(&faulty.scenario, record.seed, Options::judged());
        assert_eq!(record.fingerprint, outcome.fingerprint.to_string());
        assert_eq!(record.verdict, outcome.verdict());
        assert_eq!(record.key.as_deref(), outcome.key());
        assert_eq!((record.events, record.ended_at), (outcome.figures.events, outcome.ended_at.as_us()));
        assert_eq!(record.counts.lost, outcome.figures.lost);
    }
}

#[test]
fn failures_end_a_sweep_at_the_same_place_whatever_the_threads() {
    for max in [1, 7] {
        let (one, summary) = bytes(both(), &limited(0..100_000, max), 1);
        assert_eq!(summary.failures(), max);
        let last = records(&one).pop().unwrap();
        assert!(last.key.is_some(), "the last outcome is the failure that ended it");
        for threads in [2, 8] {
            assert!(bytes(both(), &limited(0..100_000, max), threads).0 == one, "{threads} threads");
        }
    }
}

#[test]
fn a_sweep_that_is_stopped_has_played_a_contiguous_part() {
    let sweep = sweep(both(), &scope(0..u64::from(u32::MAX)));
    let (stop, mut summary, mut seeds) = (AtomicBool::new(false), Summary::new(sweep.header()), Vec::new());
    let ended = sweep.play(jobs(4), &stop, &mut summary, |record, summary| {
        seeds.push(record.seed);
        stop.store(summary.runs() >= 50, Ordering::Relaxed);
        Ok(())
    });
    assert!(matches!(ended, Ok(Ended::Stopped)));
    assert!(seeds.iter().copied().eq(0..summary.runs()));
}

#[test]
fn more_runs_than_can_be_counted_are_refused() {
    let error = cosim_testbed::sweep::Sweep::new(both(), &scope(0..u64::MAX)).unwrap_err();
    assert!(error.to_string().contains("more runs than 2^64"), "{error}");
}

//! Distributions of `tc-netem`, as latencies.

use cosim_core::Span;
use cosim_testbed::scenario::{Netem, NetemError};

/// As `pareto.dist` looks, but short: most are a little below the mean, and a few far above.
const TAIL: &str =
    "# This is the distribution table for a tail.\n -6000 -5000\n-4000\t-2000\n # …\n 0 2000 9000 32767\n";

fn ms(ms: u64) -> Span {
    Span::from_ms(ms)
}

#[test]
fn a_distribution_keeps_its_mean_and_its_tail() {
    let tail = Netem::read(TAIL).expect("a distribution");
    let latencies = tail.latencies(ms(100), ms(20)).expect("short ones").0;
    let all: Vec<_> = latencies.iter().map(|(level, span)| (level.get(), span.as_us())).collect();
    assert_eq!((all[0], all[11]), ((0, 85_352), (1_000_000, 179_997)));
    assert_eq!(all[4], (500_000, 100_000));
    // What would be below zero is at once.
    assert_eq!(tail.latencies(ms(1), ms(20)).expect("short ones").0.range().min(), Span::ZERO);
}

#[test]
fn what_is_none_is_refused_with_its_place() {
    assert_eq!(Netem::read("1 2\n3 x4").map(drop), Err(NetemError::Word { line: 2, word: "x4".to_owned() }));
    assert_eq!(Netem::read("32768").map(drop), Err(NetemError::Word { line: 1, word: "32768".to_owned() }));
    assert_eq!(Netem::read("# nothing\n").map(drop), Err(NetemError::Count(0)));
    let long = Netem::read(TAIL).expect("a distribution").latencies(ms(4_000_000), ms(400_000));
    assert!(matches!(long, Err(NetemError::Long(_))), "{long:?}");
}

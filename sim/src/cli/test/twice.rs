//! Where two runs that should be one part company.

use cosim_testbed::log::{Limit, Log};
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario::Scenario;

/// So often two runs are compared: what differed once need not differ the next time.
const TRIES: u32 = 10;

/// The first event in which two runs of a scenario differ, in words.
pub(super) fn first_difference(scenario: &Scenario) -> String {
    let play = || run(scenario, scenario.seed, Options::logged(Limit::All)).log;
    let found = (0..TRIES).find_map(|_| play().zip(play()).and_then(|(one, other)| between(&one, &other)));
    found.unwrap_or_else(|| {
        format!("their logs were equal in {TRIES} more pairs of runs; the final states may differ")
    })
}

/// The first entry that two logs do not share.
fn between(one: &Log, other: &Log) -> Option<String> {
    let (mut ours, mut theirs) = (one.entries(), other.entries());
    loop {
        let (a, b) = (ours.next(), theirs.next());
        if a == b {
            a?;
            continue;
        }
        let event = a.or(b).map_or(0, |entry| entry.event);
        let line = |entry: Option<&cosim_testbed::log::Entry>, log: &Log| {
            entry.map_or_else(|| "nothing more".to_owned(), |entry| entry.display(log.cast()).to_string())
        };
        return Some(format!(
            "first in event {event}:\n  once   {}\n  again  {}",
            line(a, one),
            line(b, other)
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::between;
    use cosim_testbed::log::{Limit, Log};
    use cosim_testbed::run::{Options, run};
    use cosim_testbed::scenario::{Scenario, parse};

    const LOSSY: &str = r#"{ "version": 1, "about": "A greeting on a poor link.",
        "nodes": { "alice": {}, "server": {} }, "network": { "loss": "50%" },
        "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
        "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "greeting" } }] }"#;

    fn scenario() -> Scenario {
        parse(LOSSY, "lossy").unwrap()
    }

    fn log(seed: u64) -> Log {
        run(&scenario(), seed, Options::logged(Limit::All)).log.unwrap()
    }

    #[test]
    fn one_run_is_like_itself() {
        assert_eq!(between(&log(1), &log(1)), None);
    }

    #[test]
    fn the_first_entry_that_differs_is_named() {
        let other = (2..20).find_map(|seed| between(&log(1), &log(seed)));
        let text = other.unwrap();
        assert!(text.starts_with("first in event "), "{text}");
        assert!(text.contains("\n  once   ") && text.contains("\n  again  "), "{text}");
    }
}

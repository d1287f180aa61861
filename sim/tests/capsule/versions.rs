//! Logs of version 1 are still read: they say the same in words as they did, and nothing else than the log of the same
//! run in version 2. See `logs/README.md`.

use crate::samples::{json_lines, play, scenario};
use cosim_testbed::diff::{Compared, Side, compare};
use cosim_testbed::log::{Limit, Log, Recorded, Source, With};
use cosim_testbed::run::{Options, run};

/// Logs of version 1, and their text.
const OLD: [(&str, &str); 2] = [
    (include_str!("logs/pair.v1.jsonl"), include_str!("logs/pair.txt")),
    (include_str!("logs/held-acknowledgements.v1.jsonl"), include_str!("logs/held-acknowledgements.txt")),
];

/// The scenarios that they are of.
const STORIES: [&str; 2] = [
    include_str!("../../../scenarios/swarm/pair.json"),
    include_str!("../../../scenarios/network/held-acknowledgements.json"),
];

/// The log of a story in version 2.
fn new(story: &str) -> String {
    let story = scenario(story);
    json_lines(&play(&story, story.seed, Limit::All))
}

#[track_caller]
fn read(lines: &str) -> Recorded {
    Log::read_json_lines(lines.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_log_of_version_1_says_the_same_in_words() {
    for (old, text) in OLD {
        assert_eq!(read(old).log.to_string(), text);
    }
}

#[test]
fn a_log_differs_from_no_other_version_of_itself() {
    for ((old, _), story) in OLD.into_iter().zip(STORIES) {
        let new = Side::recorded("new".to_owned(), read(&new(story)));
        match compare(&Side::recorded("old".to_owned(), read(old)), &new).unwrap() {
            Compared::Same(entries) => assert!(entries > 20),
            Compared::Different(difference) => panic!("{difference}"),
        }
    }
}

#[test]
fn only_version_2_says_which_run_it_is() {
    let source = read(&new(STORIES[0])).log.source().clone();
    assert!(source.seed.is_some() && source.crypto.is_some());
    assert_eq!(*read(OLD[0].0).log.source(), Source::default());
}

/// What version 2 alone tells on demand is read, and is no difference either.
#[test]
fn what_is_told_on_demand_differs_from_no_other_version() {
    for ((old, _), story) in OLD.into_iter().zip(STORIES) {
        let story = scenario(story);
        let log = json_lines(&run(&story, story.seed, Options::logged(Limit::All).with(With::ALL)));
        assert!(log.contains(r#""kind":"state""#) && log.contains(r#""kind":"looks""#));
        let sides = [("old", old), ("new", &log)];
        let [old, new] = sides.map(|(name, log)| Side::recorded(name.to_owned(), read(log)));
        assert!(matches!(compare(&old, &new), Ok(Compared::Same(_))));
    }
    assert_eq!(read(OLD[0].0).log.tells(), With::NOTHING);
}

#[test]
fn what_version_1_never_said_is_refused() {
    for (from, to) in [
        (r#""kind":"held""#, r#""kind":"sent""#),
        ("writes under way are written", "writes under way are gone"),
        ("records, ", "records; "),
        ("is written\"", "is writ\""),
    ] {
        let (old, _) = OLD.into_iter().find(|(old, _)| old.contains(from)).unwrap();
        let error = Log::read_json_lines(old.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert!(error.to_string().contains("it is not as a log of version 1 says it"), "{error}");
    }
}

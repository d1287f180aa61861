//! What is read of a recording: times, and places in graphemes.

use crate::playing::recording;
use cosim_core::Span;
use cosim_testbed::recording::{Pace, Recording, Splice};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// Transactions (who, when and what) of which nobody had seen another: so nothing is said of the end.
fn session(txns: &[(u32, &str, &str)]) -> Recording {
    let txns = txns.iter().map(|(agent, time, patches)| {
        let time = if time.is_empty() { String::new() } else { format!("\"time\": \"{time}\", ") };
        format!("{{ \"parents\": [], \"agent\": {agent}, {time}\"patches\": {patches} }}")
    });
    let txns = txns.collect::<Vec<_>>().join(", ");
    read(&format!(
        "{{ \"kind\": \"concurrent\", \"endContent\": \"\", \"numAgents\": 2, \"txns\": [{txns}] }}"
    ))
}

fn read(text: &str) -> Recording {
    Recording::read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

const USUAL: Pace = Pace { every: None, longest_pause: None };

fn milliseconds(recording: &Recording, pace: Pace) -> Vec<u64> {
    recording.played(pace).into_iter().map(|at| at.as_us() / 1000).collect()
}

/// What was done in one second is spread over it, in order; each author's order stays.
#[test]
fn recorded_times_are_kept() {
    const EDIT: &str = "[[0, 0, \"x\"]]";
    let recording = session(&[
        (0, "2025-01-01T00:00:00Z", EDIT),
        (0, "2025-01-01T01:00:00+01:00", EDIT),
        (1, "2025-01-01T00:00:00Z", EDIT),
        (0, "2025-01-01T00:00:00Z", EDIT),
        (0, "2025-01-01T00:00:10Z", EDIT),
        // The clock of the second author is behind, and then goes backwards.
        (1, "2025-01-01T00:00:09.500Z", EDIT),
        (1, "2025-01-01T00:00:08Z", EDIT),
    ]);
    assert!(recording.is_timed());
    assert_eq!(milliseconds(&recording, USUAL), [0, 250, 500, 750, 10_000, 9_500, 9_750]);
    let short = Pace { longest_pause: Some(Span::from_s(2)), ..USUAL };
    assert_eq!(milliseconds(&recording, short), [0, 250, 500, 750, 2_500, 2_000, 2_250]);
}

/// A recording without times is played at a steady rate. The Unix epoch stands for no time.
#[test]
fn without_times_the_rate_is_steady() {
    const EDIT: &str = "[[0, 0, \"x\"]]";
    for time in ["", "1970-01-01T00:00:00+00:00"] {
        let recording = session(&[(0, time, EDIT), (1, time, EDIT), (0, time, EDIT)]);
        assert!(!recording.is_timed());
        assert_eq!(milliseconds(&recording, USUAL), [0, 100, 200]);
        assert_eq!(milliseconds(&recording, Pace { every: Some(Span::from_ms(7)), ..USUAL }), [0, 7, 14]);
    }
}

/// What was done at a time that is not known is done with what comes next, or else with what came before.
#[test]
fn unknown_times_are_those_of_what_comes_next() {
    const EDIT: &str = "[[0, 0, \"x\"]]";
    const UNKNOWN: &str = "1970-01-01T00:00:00Z";
    let recording = session(&[
        (0, UNKNOWN, EDIT),
        (0, "2025-01-01T00:00:00Z", EDIT),
        (1, UNKNOWN, EDIT),
        (0, UNKNOWN, EDIT),
        (0, "2025-01-01T00:00:10Z", EDIT),
        (1, UNKNOWN, EDIT),
    ]);
    assert!(recording.is_timed());
    assert_eq!(milliseconds(&recording, USUAL), [0, 500, 10_000, 10_250, 10_500, 10_750]);
}

/// What is recorded too densely is spread where somebody asks for it.
#[test]
fn every_goes_before_recorded_times() {
    const EDIT: &str = "[[0, 0, \"x\"]]";
    let time = "2025-01-01T00:00:00.000Z";
    let recording = session(&[(0, time, EDIT), (1, time, EDIT), (0, time, EDIT)]);
    assert_eq!(milliseconds(&recording, USUAL), [0, 333, 666]);
    let spread = Pace { every: Some(Span::from_s(2)), longest_pause: Some(Span::from_ms(1)) };
    assert_eq!(milliseconds(&recording, spread), [0, 2_000, 4_000]);
}

/// A recording of one author says neither who nor after what; what was there at first is inserted first.
#[test]
fn linear_recordings_are_of_one_author() {
    let start = |start: &str, end: &str| {
        format!(
            r#"{{ {start}"endContent": "{end}", "txns": [
                {{ "time": "2023-11-22T10:00:00.000Z", "patches": [[5, 0, ", sky"]] }},
                {{ "time": "2023-11-22T10:00:00.300Z", "patches": [[8, 2, "ea"]] }}
            ] }}"#
        )
    };
    let recording = read(&start("\"startContent\": \"hello\\n\", ", "hello, sea\\n"));
    assert_eq!((recording.authors(), recording.end()), (1, "hello, sea\n"));
    let splices: Vec<_> = recording.transactions().iter().flat_map(|it| it.splices.clone()).collect();
    assert_eq!(splices, [splice(0, 0, "hello\n"), splice(5, 0, ", sky"), splice(8, 2, "ea")]);
    assert_eq!(milliseconds(&recording, USUAL), [0, 150, 300]);

    let outside = Recording::read(start("", "").as_bytes()).expect_err("nothing is there at first");
    assert!(outside.to_string().starts_with("txns[0].patches[0]: "), "{outside}");
    let other = start("\"startContent\": \"hello\\n\", ", "hello");
    let other = Recording::read(other.as_bytes()).expect_err("it ends otherwise");
    assert!(other.to_string().starts_with("endContent: "), "{other}");
}

fn splice(index: u32, delete: u32, insert: &str) -> Splice {
    Splice { index, delete, insert: insert.to_owned() }
}

fn splices(patches: &str) -> Vec<Splice> {
    let recording = session(&[(0, "", patches), (1, "", "[]")]);
    recording.transactions().iter().flat_map(|transaction| transaction.splices.clone()).collect()
}

/// Positions count code points, and a text is made of graphemes.
#[test]
fn places_count_graphemes() {
    assert_eq!(splices(r#"[[0, 0, "ab😀"], [3, 0, "c"]]"#), [splice(0, 0, "ab😀"), splice(3, 0, "c")]);
    let family = "👩\u{200d}👩\u{200d}👧";
    let after = splices(&format!(r#"[[0, 0, "{family}b"], [6, 0, "c"], [5, 1, ""]]"#));
    assert_eq!(after, [splice(0, 0, &format!("{family}b")), splice(2, 0, "c"), splice(1, 1, "")]);
    assert_eq!(splices(r#"[[0, 0, "a\r\nb"], [3, 1, "c"]]"#), [splice(0, 0, "a\r\nb"), splice(2, 1, "c")]);
    // What was typed key by key are graphemes of their own.
    assert_eq!(
        splices("[[0, 0, \"e\"], [1, 0, \"\u{301}\"], [2, 0, \"x\"]]"),
        [splice(0, 0, "e"), splice(1, 0, "\u{301}"), splice(2, 0, "x")]
    );
}

/// What takes a grapheme apart leaves the rest of it.
#[test]
fn what_stays_of_a_grapheme_stays() {
    assert_eq!(
        splices("[[0, 0, \"ae\u{301}b\"], [2, 1, \"\"]]"),
        [splice(0, 0, "ae\u{301}b"), splice(1, 1, "e")]
    );
    assert_eq!(splices(r#"[[0, 0, "\r\n"], [1, 0, "x"]]"#), [splice(0, 0, "\r\n"), splice(0, 1, "\rx\n")]);
}

/// Where people wrote at the same time, a position may lie behind all that is known: the text's end is found when it is
/// played.
#[test]
fn places_behind_the_end_stay_behind_it() {
    assert_eq!(splices(r#"[[40, 3, "x"]]"#), [splice(40, 3, "x")]);
    assert_eq!(splices(r#"[[0, 0, "a\r\n"], [40, 3, "x"]]"#), [splice(0, 0, "a\r\n"), splice(39, 3, "x")]);
}

/// A patch that does nothing is none.
#[test]
fn what_does_nothing_is_left_out() {
    assert_eq!(splices(r#"[[0, 0, ""], [0, 0, "a"], [1, 0, ""]]"#), [splice(0, 0, "a")]);
}

#[test]
fn packed_and_plain_are_the_same() {
    let bytes = std::fs::read(crate::generate::data().join("typing.json")).expect("it is checked in");
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&bytes).expect("memory takes all");
    let packed = packed.finish().expect("memory takes all");
    assert_eq!(Recording::read(&packed).expect("a recording"), recording());
}

//! `cosim diff`: where two runs part, and what is told of it.

use crate::samples::{CALM, FAULTY, calm_with, json_lines, play, scenario};
use cosim_testbed::diff::{Compared, Difference, Side, compare};
use cosim_testbed::freeze::freeze;
use cosim_testbed::log::{Limit, Log};
use cosim_testbed::scenario::resolve;

fn recorded(name: &str, bytes: &str) -> Side {
    let recorded = Log::read_json_lines(bytes.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    Side::recorded(name.to_owned(), recorded)
}

fn calm_log() -> String {
    json_lines(&play(&scenario(CALM), 0, Limit::All))
}

#[track_caller]
fn difference<'a>(a: &'a Side, b: &'a Side) -> Difference<'a> {
    match compare(a, b).unwrap() {
        Compared::Different(difference) => *difference,
        Compared::Same(entries) => panic!("no difference in {entries} entries"),
    }
}

/// What is told of the difference.
#[track_caller]
fn told(a: &Side, b: &Side) -> String {
    difference(a, b).to_string()
}

#[track_caller]
fn same(a: &Side, b: &Side) {
    match compare(a, b).unwrap() {
        Compared::Same(entries) => assert!(entries > 0),
        Compared::Different(difference) => panic!("{difference}"),
    }
}

#[test]
fn a_run_its_log_and_its_frozen_form_are_the_same() {
    let story = scenario(FAULTY);
    for seed in 0..20 {
        let played = Side::played("story.json", &story, seed);
        same(&played, &Side::played("story.json", &story, seed));
        same(&played, &recorded("log.jsonl", &json_lines(&play(&story, seed, Limit::All))));
        let frozen = resolve(freeze(&story, seed, "story.json").file).unwrap();
        same(&played, &Side::played("frozen.json", &frozen, 0));
    }
}

#[test]
fn two_runs_are_told_with_causes_and_decisions() {
    let lossy = scenario(&calm_with(r#""decisions": { "lost": ["alice>server content notes first"] }"#));
    let (a, b) = (Side::played("calm.json", &scenario(CALM), 0), Side::played("lossy.json", &lossy, 0));
    insta::assert_snapshot!(told(&a, &b), @r"
    A: calm.json, seed 0: held
    B: lossy.json, seed 0: held

    The first 9 entries are the same, the next is not.

    A
            0.150s  alice -> server | CONTENT notes header: true new:
            0.200s  server -> alice | KNOWN notes sessions: header/0
            1.000s  * alice edits notes  [first]
    >       1.050s  alice -> server | CONTENT notes header: false new: After: 0 New: 1
            1.100s  server -> alice | KNOWN notes sessions: header/1

    B
            0.150s  alice -> server | CONTENT notes header: true new:
            0.200s  server -> alice | KNOWN notes sessions: header/0
            1.000s  * alice edits notes  [first]
    >       1.000s  alice -x server | CONTENT notes header: false new: After: 0 New: 1  (lost)
            2.000s  * alice's deadline: no acknowledgement yet of the content of notes to server
            2.050s  alice -> server | CONTENT notes header: false new: After: 0 New: 1
            2.100s  server -> alice | KNOWN notes sessions: header/1

    what led to it in A
            1.000s  * alice edits notes  [first]
            1.050s  alice -> server | CONTENT notes header: false new: After: 0 New: 1

    what led to it in B
            1.000s  * alice edits notes  [first]
            1.000s  alice -x server | CONTENT notes header: false new: After: 0 New: 1  (lost)

    decided in B only
      lost: alice>server content notes first
    ");
}

/// What is told of the difference unless more is asked for.
#[track_caller]
fn brief(a: &Side, b: &Side) -> String {
    difference(a, b).brief()
}

#[test]
fn the_first_difference_by_meaning_is_told_beside_the_first_of_all() {
    let uneven = |text: &str| text.replace("50ms", "20ms..80ms");
    let lossy = calm_with(r#""decisions": { "lost": ["alice>server content notes first"] }"#);
    let [calm, slow, lossy] = [("calm", CALM, 1), ("slow", CALM, 2), ("lossy", &lossy, 2)]
        .map(|(name, text, seed)| Side::played(name, &scenario(&uneven(text)), seed));
    insta::assert_snapshot!(brief(&calm, &slow), @r"
    A: calm, seed 1: held
    B: slow, seed 2: held

    The first 4 entries are the same, the next is not.
      A  0.043574s  alice -> server | LOAD notes sessions: header/0
      B  0.032589s  alice -> server | LOAD notes sessions: header/0
      at: 43574 in A, 32589 in B

    By meaning they are the same: only times, deadlines, writes and notices of connections differ.

    at another time: 6 messages
    decided in A only, before they part: latency: alice>server load notes create-notes-alice: 43574us
    decided in B only, before they part: latency: alice>server load notes create-notes-alice: 32589us
    ");
    insta::assert_snapshot!(brief(&calm, &lossy), @r"
    A: calm, seed 1: held
    B: lossy, seed 2: held

    The first 4 entries are the same, the next is not.
      A  0.043574s  alice -> server | LOAD notes sessions: header/0
      B  0.032589s  alice -> server | LOAD notes sessions: header/0
      at: 43574 in A, 32589 in B

    By meaning they part at entry 10 of A and 10 of B: what B has is in B only.
      B  1.000s  alice -x server | CONTENT notes header: false new: After: 0 New: 1  (lost)
      led to by  1.000s  * alice edits notes  [first]

    only in B: 1 deadline, 1 message
      B  1.000s  alice -x server | CONTENT notes header: false new: After: 0 New: 1  (lost)
      B  2.000s  * alice's deadline: no acknowledgement yet of the content of notes to server
    at another time: 6 messages
    decided in A only, before they part: latency: alice>server load notes create-notes-alice: 43574us
    decided in B only, before they part: latency: alice>server load notes create-notes-alice: 32589us
    ");
}

#[test]
fn however_much_differs_it_has_thirty_lines_at_most() {
    let story = scenario(FAULTY);
    for seed in 0..20 {
        let told = brief(&Side::played("a", &story, seed), &Side::played("b", &story, seed + 1));
        assert!(told.lines().count() <= 30, "seed {seed}:\n{told}");
    }
}

#[test]
fn all_that_differs_is_told_on_demand() {
    let story = scenario(FAULTY);
    let (a, b) = (Side::played("a", &story, 1), Side::played("b", &story, 2));
    let Ok(Compared::Different(difference)) = compare(&a, &b) else { panic!("they differ") };
    let (brief, whole) = (difference.brief(), difference.whole());
    assert!(whole.contains("\nwhat led to it in A\n"), "{whole}");
    let heads =
        brief.lines().filter(|line| line.starts_with("only in ") || line.starts_with("in another order"));
    for head in heads {
        assert!(whole.contains(head), "{head} in {whole}");
        let count: usize = head.split(' ').filter_map(|word| word.parse::<usize>().ok()).sum();
        let listed =
            whole.split_once(head).unwrap().1.lines().skip(1).take_while(|line| line.starts_with("  "));
        let each = if head.starts_with("only") { 1 } else { 2 };
        assert_eq!(listed.count(), each * count, "{head} in {whole}");
    }
}

#[test]
fn logs_are_told_with_the_fields_that_differ_and_their_versions() {
    let by = |version: &str| format!(r#""cosim":"{version}""#);
    let log = calm_log().replacen(&by(env!("CARGO_PKG_VERSION")), &by("0.0.9"), 1);
    let other = log.replacen(&by("0.0.9"), &by("0.0.8"), 1).replace(r#""size":100"#, r#""size":99"#);
    insta::assert_snapshot!(told(&recorded("new.jsonl", &log), &recorded("old.jsonl", &other)), @r"
    A: new.jsonl, by cosim 0.0.9
    B: old.jsonl, by cosim 0.0.8

    The first 9 entries are the same, the next is not.
      message.new.alice/1.newTransactions.0.size: 100 in A, 99 in B

    A
            0.150s  alice -> server | CONTENT notes header: true new:
            0.200s  server -> alice | KNOWN notes sessions: header/0
            1.000s  * alice edits notes  [first]
    >       1.050s  alice -> server | CONTENT notes header: false new: After: 0 New: 1
            1.100s  server -> alice | KNOWN notes sessions: header/1

    B
            0.150s  alice -> server | CONTENT notes header: true new:
            0.200s  server -> alice | KNOWN notes sessions: header/0
            1.000s  * alice edits notes  [first]
    >       1.050s  alice -> server | CONTENT notes header: false new: After: 0 New: 1
            1.100s  server -> alice | KNOWN notes sessions: header/1

    what led to it in A
            1.000s  * alice edits notes  [first]
            1.050s  alice -> server | CONTENT notes header: false new: After: 0 New: 1

    what led to it in B
            1.000s  * alice edits notes  [first]
            1.050s  alice -> server | CONTENT notes header: false new: After: 0 New: 1
    ");
}

#[test]
fn a_log_that_ends_before_the_other_is_told_so() {
    let log = calm_log();
    let shorter: String = log.split_inclusive('\n').take(4).collect();
    insta::assert_snapshot!(told(&recorded("whole.jsonl", &log), &recorded("short.jsonl", &shorter)), @r"
    A: whole.jsonl
    B: short.jsonl

    The first 3 entries are the same, then B ends.

    A
            0.000s  * alice and server connect  [open-alice-server]
            0.000s  * alice creates notes  [create-notes-alice]
            0.000s  * alice connected to server (#0)
    >       0.000s  * server connected to alice (#0)
            0.050s  alice -> server | LOAD notes sessions: header/0
            0.100s  server -> alice | KNOWN notes sessions: empty
            0.150s  alice -> server | CONTENT notes header: true new:

    B
            0.000s  * alice and server connect  [open-alice-server]
            0.000s  * alice creates notes  [create-notes-alice]
            0.000s  * alice connected to server (#0)
    > the log ends here

    what led to it in A
            0.000s  * server connected to alice (#0)
    ");
    let nothing: String = log.split_inclusive('\n').take(1).collect();
    let told = told(&recorded("nothing.jsonl", &nothing), &recorded("whole.jsonl", &log));
    assert!(told.contains("\nA has no entries.\n") && told.contains("> the log ends here"), "{told}");
}

/// What is left out cannot be compared; what comes before can.
#[test]
fn a_log_that_leaves_out_entries_is_compared_as_far_as_it_goes() {
    let story = scenario(CALM);
    let ends = json_lines(&play(&story, 0, Limit::Ends { head: 3, tail: 2 }));
    let error = compare(&recorded("whole.jsonl", &calm_log()), &recorded("ends.jsonl", &ends)).unwrap_err();
    let expected = "ends.jsonl leaves out 6 entries after the first 3, up to which there is no difference";
    assert_eq!(error.to_string(), expected);
    let other = ends.replacen(r#""event":1,"#, r#""event":7,"#, 1);
    told(&recorded("other.jsonl", &other), &recorded("ends.jsonl", &ends));
}

//! What is said of files that are no recordings, and of recordings that a scenario cannot play.

use crate::playing::{recording, story};
use cosim_testbed::recording::Recording;
use cosim_testbed::scenario::parse;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fmt::Write as _;
use std::io::Write as _;

const GOOD: &str = r#"{ "kind": "concurrent", "endContent": "hy", "numAgents": 2, "txns": [
  { "parents": [], "numChildren": 1, "agent": 0, "time": "2025-01-01T00:00:00+00:00", "patches": [[0, 0, "hi"]] },
  { "parents": [0], "numChildren": 0, "agent": 1, "time": "2025-01-01T00:00:01+00:00", "patches": [[1, 1, "y"]] }
] }"#;

/// Compares with a snapshot.
fn check(name: &str, said: &str) {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, said) });
}

fn said(bytes: &[u8]) -> String {
    Recording::read(bytes).expect_err("no recording").to_string()
}

#[test]
fn the_good_one_is_good() {
    let recording = Recording::read(GOOD.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((recording.authors(), recording.end()), (2, "hy"));
}

#[test]
fn files_that_are_no_recordings() {
    let cases: [(&str, &[u8]); 7] = [
        ("empty", b""),
        ("a word", b"recording"),
        ("a list", b"[]"),
        ("cut short", &GOOD.as_bytes()[..200]),
        ("no text", b"{ \"kind\": \"\xff\" }"),
        (
            "two values",
            b"{ \"kind\": \"concurrent\", \"endContent\": \"\", \"numAgents\": 0, \"txns\": [] } {}",
        ),
        ("gzip of nothing", &[0x1f, 0x8b]),
    ];
    let out = cases.iter().fold(String::new(), |mut out, (what, bytes)| {
        writeln!(out, "## {what}\n\n{}\n", said(bytes)).expect("a string takes all");
        out
    });
    check("files_that_are_no_recordings", &out);
}

#[test]
fn recordings_that_cannot_be() {
    let cases = [
        ("another kind", "\"concurrent\"", "\"sequential\""),
        ("a field that is missing", "\"numAgents\": 2, ", ""),
        ("another shape", "\"txns\": [", "\"txns\": [3, "),
        ("a negative position", "[[1, 1, \"y\"]]", "[[-1, 1, \"y\"]]"),
        ("a huge position", "[[1, 1, \"y\"]]", "[[18446744073709551616, 1, \"y\"]]"),
        ("a position that is no whole number", "[[1, 1, \"y\"]]", "[[1.5, 1, \"y\"]]"),
        ("a patch with two members", "[[1, 1, \"y\"]]", "[[1, 1]]"),
        ("a patch with four members", "[[1, 1, \"y\"]]", "[[1, 1, \"y\", 3]]"),
        ("half a surrogate pair", "\"y\"]]", "\"\\ud83d\"]]"),
        ("a position outside the text", "[[1, 1, \"y\"]]", "[[3, 0, \"y\"]]"),
        ("more deleted than there is", "[[1, 1, \"y\"]]", "[[1, 2, \"y\"]]"),
        ("an agent too many", "\"agent\": 1", "\"agent\": 2"),
        ("no agents", "\"numAgents\": 2", "\"numAgents\": 0"),
        ("a parent that comes later", "\"parents\": [0]", "\"parents\": [1]"),
        ("a time that is none", "2025-01-01T00:00:01+00:00", "yesterday"),
        ("a time that is missing", "\"time\": \"2025-01-01T00:00:01+00:00\", ", ""),
        ("another end", "\"hy\"", "\"hello\""),
        ("nobody writes", "[[0, 0, \"hi\"]]", "[]"),
    ];
    let out = cases.iter().fold(String::new(), |mut out, (what, old, new)| {
        assert_eq!(GOOD.matches(old).count(), 1, "{old} must occur once");
        let mut text = GOOD.replace(old, new);
        if *what == "nobody writes" {
            text = text.replace("[[1, 1, \"y\"]]", "[]");
        }
        writeln!(out, "## {what}\n\n{}\n", said(text.as_bytes())).expect("a string takes all");
        out
    });
    check("recordings_that_cannot_be", &out);
}

/// What is packed is unpacked up to a limit.
#[test]
fn a_small_file_of_a_huge_text_is_refused() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    let blank = vec![b' '; 1024 * 1024];
    for _ in 0..65 {
        packed.write_all(&blank).expect("memory takes all");
    }
    let packed = packed.finish().expect("memory takes all");
    assert!(packed.len() < 1024 * 1024);
    let said = said(&packed);
    assert!(said.contains("67108864 bytes"), "{said}");
}

/// Whatever is changed in a recording, it is read or refused.
#[test]
fn no_damage_panics() {
    let strange: [&[u8]; 6] = [b"", b"9", b"99999999999", b"\"", b"[", b"\xf0"];
    for at in 0..GOOD.len() {
        for strange in strange {
            let mut bytes = GOOD.as_bytes().to_vec();
            bytes.splice(at..=at, strange.iter().copied());
            if let Ok(recording) = Recording::read(&bytes) {
                let story = story().replace("\"bob\", \"carol\"], \"from\"", "\"bob\"], \"from\"");
                let story = parse(&story, "essay.json").unwrap_or_else(|problems| panic!("{problems}"));
                let _ = story.with_recording(&recording);
            }
        }
    }
}

#[test]
fn scenarios_that_cannot_play_it() {
    let authors = r#""authors": ["alice", "bob", "carol"]"#;
    let story = story();
    let good = recording();
    let mut out = String::new();
    let cases = [
        ("authors too few", authors, r#""authors": ["alice", "bob"]"#),
        ("authors too many", authors, r#""authors": ["alice", "bob", "carol", "server"]"#),
        ("too late", r#""from": "10s""#, r#""from": "366d""#),
    ];
    for (what, old, new) in cases {
        assert_eq!(story.matches(old).count() - usize::from(what == "too late"), 1, "{old}");
        let text = story.replacen(old, new, 1);
        let scenario = parse(&text, "essay.json").unwrap_or_else(|problems| panic!("{problems}"));
        let misfit = scenario.with_recording(&good).expect_err("it does not fit");
        writeln!(out, "## {what}\n\n{misfit}\n").expect("a string takes all");
    }
    let line = story.lines().find(|line| line.contains("\"recording\"")).expect("it plays a recording");
    let without = parse(&story.replace(line, ""), "essay.json").expect("a scenario");
    let misfit = without.with_recording(&good).expect_err("nobody types");
    writeln!(out, "## nobody types\n\n{misfit}\n").expect("a string takes all");
    check("scenarios_that_cannot_play_it", &out);
}

#[test]
fn stories_that_cannot_be() {
    let story = story();
    let cases = [
        ("an unknown node", "\"carol\"], \"from\"", "\"karol\"], \"from\""),
        ("a node twice", "\"carol\"], \"from\"", "\"bob\"], \"from\""),
        ("nobody", "[\"alice\", \"bob\", \"carol\"], \"from\"", "[], \"from\""),
        ("an unknown field", "\"longest_pause\"", "\"longest_break\""),
        ("no text", "\"kind\": \"text\"", "\"kind\": \"list\""),
        ("no kind", "\"essay\": { \"kind\": \"text\" }", "\"essay\": {}"),
        ("another text", "\"recording\": { \"id\": \"essay\"", "\"recording\": { \"id\": \"novel\""),
        (
            "a name that is taken",
            "\"at\": \"0ms\", \"create\"",
            "\"at\": \"0ms\", \"name\": \"r12\", \"create\"",
        ),
    ];
    let out = cases.iter().fold(String::new(), |mut out, (what, old, new)| {
        assert_eq!(story.matches(old).count(), 1, "{old} must occur once");
        let problems = parse(&story.replace(old, new), "essay.json").expect_err("a mistaken scenario");
        writeln!(out, "## {what}\n\n{problems}").expect("a string takes all");
        out
    });
    check("stories_that_cannot_be", &out);
}

//! What a recording comes to when it is played.

use crate::generate::data;
use cosim_core::CoId;
use cosim_testbed::freeze::freeze;
use cosim_testbed::recording::Recording;
use cosim_testbed::run::{Options, Outcome, Verdict, run};
use cosim_testbed::scenario::{Crypto, Scenario, file, parse, resolve};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

pub(crate) fn recording() -> Recording {
    let bytes = fs::read(data().join("typing.json")).expect("it is checked in");
    Recording::read(&bytes).expect("a recording")
}

pub(crate) fn story() -> String {
    fs::read_to_string(data().join("essay.json")).expect("it is checked in")
}

/// The story over a network that does nothing but to take a millisecond.
fn calm() -> String {
    let story = story();
    let kept = |line: &&str| !line.contains("\"network\"") && !line.contains("\"faults\"");
    let calm: String = story.lines().filter(kept).map(|line| line.to_owned() + "\n").collect();
    let about = "  \"network\": { \"latency\": \"1ms\" },\n  \"links\"";
    calm.replace("  \"links\"", about).replace("\"30s\" },", "\"30s\" }")
}

fn scenario(text: &str, recording: &Recording) -> Scenario {
    let scenario = parse(text, "essay.json").unwrap_or_else(|problems| panic!("{problems}"));
    scenario.with_recording(recording).unwrap_or_else(|misfit| panic!("{misfit}"))
}

/// The texts that the apps see, each once.
fn texts(outcome: &Outcome) -> BTreeSet<&str> {
    let texts = outcome.views.iter().map(|views| views.get(&CoId(0)).and_then(Value::as_str));
    texts.map(|text| text.expect("a text")).collect()
}

/// Where everybody sees at once what the others do, the end is what was recorded, to the byte.
#[test]
fn one_after_another_they_write_what_was_recorded() {
    let recording = recording();
    for crypto in [Crypto::Fast, Crypto::Real] {
        let scenario = scenario(&calm(), &recording).with_crypto(crypto);
        let outcome = run(&scenario, 1, Options::judged());
        assert_eq!(outcome.verdict(), Verdict::Held, "{:?}", outcome.violations);
        assert_eq!(outcome.figures.skipped, 0);
        assert_eq!(texts(&outcome), BTreeSet::from([recording.end()]), "{crypto:?}");
    }
}

/// Over a network that loses, reorders and is partitioned they end with one text; rarely with the recorded one.
#[test]
fn over_a_bad_network_they_end_with_one_text() {
    let recording = recording();
    let scenario = scenario(&story(), &recording);
    let (mut ends, mut partitioned) = (BTreeSet::new(), 0);
    for (crypto, seeds) in [(Crypto::Fast, 0..6), (Crypto::Real, 0..2)] {
        let scenario = scenario.clone().with_crypto(crypto);
        for seed in seeds {
            let outcome = run(&scenario, seed, Options::judged());
            assert_eq!(outcome.verdict(), Verdict::Held, "seed {seed}: {:?}", outcome.violations);
            let figures = outcome.figures;
            assert!(figures.lost > 0 && figures.reordered > 0, "{figures:?}");
            partitioned += figures.partitioned;
            let texts = texts(&outcome);
            assert_eq!(texts.len(), 1, "seed {seed}: {texts:?}");
            ends.extend(texts.into_iter().map(str::to_owned));
        }
    }
    assert!(partitioned > 0);
    assert!(ends.len() > 1, "what is written depends on what was seen");
    assert!(ends.iter().all(|end| end.chars().count() > recording.end().chars().count() / 2), "{ends:?}");
}

/// A frozen run has the edits in it, and needs no recording.
#[test]
fn a_frozen_run_stands_alone() {
    let scenario = scenario(&story(), &recording());
    let frozen = freeze(&scenario, 3, "essay.json");
    assert_eq!(frozen.file.recording, None);
    let splices =
        frozen.file.timeline.iter().filter(|entry| matches!(entry.act, file::Act::Splice(_))).count();
    assert_eq!(splices, recording().transactions().len());
    let again =
        parse(&frozen.file.to_json_pretty(), "frozen.json").unwrap_or_else(|problems| panic!("{problems}"));
    let outcome = run(&again, 8, Options::judged());
    assert_eq!(outcome.fingerprint, frozen.outcome.fingerprint);
    assert_eq!(outcome.views, frozen.outcome.views);
}

/// A recording of many authors, and the story in which each has a node. The server holds the page for all of them.
fn crowd(authors: usize, txns: &[Value], end: &str) -> (Recording, Scenario) {
    let names: Vec<String> = (0..authors).map(|author| format!("author-{author}")).collect();
    let session = json!({ "kind": "concurrent", "endContent": end, "numAgents": authors, "txns": txns });
    let recording = Recording::read(session.to_string().as_bytes()).expect("a recording");
    let link = |name| json!({ "between": [name, "server"], "relationship": "syncAllOurs/syncTheirs" });
    let nodes = names.iter().map(String::as_str).chain(["server"]).map(|name| (name.to_owned(), json!({})));
    let mut timeline = vec![json!({ "at": "0ms", "create": { "node": "author-0", "id": "page" } })];
    timeline.extend(
        names.iter().skip(1).map(|name| json!({ "at": "1s", "load": { "node": name, "id": "page" } })),
    );
    let story = json!({
        "version": 1,
        "about": "Many authors type into one text.",
        "nodes": nodes.collect::<serde_json::Map<_, _>>(),
        "co_values": { "page": { "kind": "text" } },
        "links": names.iter().map(link).collect::<Vec<_>>(),
        "timeline": timeline,
        "recording": { "id": "page", "authors": names, "from": "10s" },
    });
    let scenario = scenario(&story.to_string(), &recording);
    (recording, scenario)
}

/// As many authors as a busy page has, each of whom types two words.
#[test]
fn a_hundred_authors_come_to_an_end() {
    const AUTHORS: usize = 100;
    let txns: Vec<Value> = (0..2 * AUTHORS)
        .map(|number| {
            let parents: Vec<usize> = number.checked_sub(1).into_iter().collect();
            json!({ "parents": parents, "agent": number * 7 % AUTHORS, "patches": [[number, 0, "x"]] })
        })
        .collect();
    let (recording, scenario) = crowd(AUTHORS, &txns, &"x".repeat(2 * AUTHORS));
    let outcome = run(&scenario, 1, Options::judged());
    assert_eq!(outcome.verdict(), Verdict::Held, "{:?}", outcome.violations);
    assert_eq!(texts(&outcome), BTreeSet::from([recording.end()]));
}

/// Four hundred authors who have a page open, of whom some dozens type at the same time, each in a line of its own.
#[test]
fn four_hundred_authors_come_to_an_end() {
    const AUTHORS: usize = 400;
    const TYPING: usize = 40;
    let lines = "\n".repeat(TYPING);
    let first = json!({ "parents": [], "agent": 0, "patches": [[0, 0, lines]] });
    let typed = (0..TYPING).map(|line| {
        let agent = line * AUTHORS / TYPING;
        json!({ "parents": [0], "agent": agent, "patches": [[line, 0, "x"]] })
    });
    let txns: Vec<Value> = [first].into_iter().chain(typed).collect();
    let (recording, scenario) = crowd(AUTHORS, &txns, &"x\n".repeat(TYPING));
    let outcome = run(&scenario, 1, Options::judged());
    assert_eq!(outcome.verdict(), Verdict::Held, "{:?}", outcome.violations);
    assert_eq!(outcome.figures.skipped, 0);
    let texts = texts(&outcome);
    assert_eq!(texts.len(), 1, "{texts:?}");
    let typed = texts.iter().flat_map(|text| text.chars()).filter(|char| *char == 'x').count();
    assert_eq!((typed, recording.end().len()), (TYPING, 2 * TYPING));
}

/// A run without its recording is another run.
#[test]
fn a_recording_is_added_once() {
    let recording = recording();
    let story = parse(&story(), "essay.json").expect("a scenario");
    assert!(story.recording.is_some());
    let with = story.clone().with_recording(&recording).expect("it fits");
    assert_eq!(with.recording, None);
    let (before, after) = (story.chapters[0].operations.len(), with.chapters[0].operations.len());
    assert_eq!(after - before, recording.transactions().len());
    assert!(with.chapters[0].operations.is_sorted_by_key(|operation| operation.at));
    assert!(with.with_recording(&recording).is_err());
    let file = resolve(story.file).expect("what was read");
    assert!(file.recording.is_some(), "the file still says who types");
}

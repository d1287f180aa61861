//! What is left of a failure is valid, the same failure, and no single thing in it can go.

use crate::generate::scenario;
use cosim_testbed::freeze::freeze;
use cosim_testbed::guest::Guests;
use cosim_testbed::oracles::ALL;
use cosim_testbed::run::{Options, Verdict, run};
use cosim_testbed::scenario::{Scenario, file, parse, resolve};
use cosim_testbed::shrink::{Shrunk, Unshrinkable, shrink, single_removals};
use proptest::prelude::*;

/// Shrinks a frozen failure and checks every law of what comes of it.
pub(crate) fn check(frozen: &file::Scenario, key: &str) -> Shrunk {
    let mut steps = 0;
    let mut progress = |best: &file::Scenario, _: u64| {
        steps += 1;
        let best = read(best);
        assert_eq!(best.file.expect.as_ref().and_then(|expect| expect.violation.as_deref()), Some(key));
    };
    let shrunk = shrink(frozen, &Guests::default(), &mut progress).unwrap_or_else(|error| panic!("{error}"));
    let text = shrunk.file.to_json_pretty();
    let outcome = run(&read(&shrunk.file), 12_345, Options::judged());
    assert_eq!(outcome.key(), Some(key), "{text}");
    assert_eq!(outcome.verdict(), Verdict::Held, "it is what is expected now: {text}");
    assert_eq!(outcome.unused, [], "{text}");
    let gone: Vec<&String> =
        frozen.nodes.keys().filter(|node| !shrunk.file.nodes.contains_key(*node)).collect();
    for entry in &shrunk.file.timeline {
        let name = entry.name.as_deref().unwrap_or_default();
        let told = name.strip_prefix(&entry.act.key().replace('_', "-")).unwrap_or_default();
        assert!(!told.split('-').any(|word| gone.iter().any(|node| *node == word)), "{name}: {text}");
    }
    assert_eq!(outcome.fingerprint, shrunk.outcome.fingerprint);
    assert_eq!(shrunk.outcome.unused, []);
    for (removed, file) in single_removals(&shrunk.file) {
        let Ok(scenario) = resolve(file) else { continue };
        let outcome = run(&scenario, 1, Options::judged());
        assert_ne!(outcome.key(), Some(key), "{removed} can go: {text}");
    }
    shrunk
}

fn read(file: &file::Scenario) -> Scenario {
    parse(&file.to_json_pretty(), "shrunk.json").unwrap_or_else(|problems| panic!("{problems}"))
}

/// What is left, whatever the number of threads.
pub(crate) fn on_threads(frozen: &file::Scenario, threads: usize) -> String {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| shrink(frozen, &Guests::default(), &mut |_, _| {}))
        .expect("a failure")
        .file
        .to_json_pretty()
}

fn frozen(text: &str) -> file::Scenario {
    freeze(&parse(text, "story.json").unwrap_or_else(|problems| panic!("{problems}")), 1, "story.json").file
}

/// A client that never repeats itself loses its only content. Around that, much happens that matters not.
const STORY: &str = r#"{
  "version": 1,
  "about": "Loss, and things beside it.",
  "nodes": { "alice": { "mutations": ["never-retransmit"] }, "bob": {}, "server": {} },
  "network": { "latency": "20ms..50ms" },
  "links": [
    { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs", "connected": false }
  ],
  "timeline": [
    { "at": "0ms", "connect": { "between": ["bob", "server"] } },
    { "at": "10ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "edit": { "node": "alice", "id": "notes", "transactions": 3 } },
    { "at": "2s", "name": "away", "disconnect": { "between": ["alice", "server"] } },
    { "at": "2.5s", "name": "back", "connect": { "between": ["alice", "server"] } },
    { "after": "quiet", "create": { "node": "bob", "id": "diary" } },
    { "at": "1.2345s", "name": "last", "edit": { "node": "alice", "id": "notes" } },
    { "after": "quiet", "restart": { "node": "bob", "down_for": "1s" } }
  ],
  "decisions": { "lost": ["alice>server content notes last @back"] }
}"#;

#[test]
fn a_story() {
    let frozen = frozen(STORY);
    let outcome = run(&resolve(frozen.clone()).unwrap(), 1, Options::judged());
    let key = outcome.key().expect("the loss is found").to_owned();
    let shrunk = check(&frozen, &key);
    // Neither the connection in which it was lost nor the one before it matters, nor what bob does.
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("a_story", shrunk.file.to_json_pretty());
    });
}

/// The server never repeats what bob misses. What the CoValue is stays with it, and so do the changes said word for
/// word, as long as something is left to write them.
const SAID: &str = r#"{
  "version": 1,
  "about": "Loss of what was said word for word.",
  "nodes": { "alice": {}, "bob": {}, "carol": {}, "dave": {}, "server": { "mutations": ["never-retransmit"] } },
  "co_values": { "notes": { "kind": "map" } },
  "network": { "latency": "10ms" },
  "links": [
    { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["carol", "server"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["dave", "server"], "relationship": "syncAllOurs/syncTheirs" }
  ],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "200ms", "set": { "node": "alice", "id": "notes", "key": "z", "value": 1 } },
    { "at": "300ms", "set": { "node": "alice", "id": "notes", "key": "y", "value": 1 } },
    { "at": "500ms", "create": { "node": "carol", "id": "junk" } },
    { "at": "1s", "partition": { "from": "server", "to": "bob" } },
    { "at": "2s", "set": { "node": "alice", "id": "notes", "key": "a", "value": 1 } },
    { "at": "3s", "heal": { "from": "server", "to": "bob" } }
  ]
}
"#;

#[test]
fn what_is_said_word_for_word_shrinks_too() {
    let frozen = frozen(SAID);
    let key = frozen.origin.as_ref().and_then(|origin| origin.key.clone()).expect("it fails");
    let shrunk = check(&frozen, &key);
    assert_eq!((shrunk.after.nodes, shrunk.after.links), (2, 1), "{}", shrunk.file.to_json_pretty());
    assert!(!shrunk.file.nodes.contains_key("alice"), "another node writes what alice did");
    let names: Vec<_> = shrunk.file.timeline.iter().filter_map(|entry| entry.name.as_deref()).collect();
    assert!(names.contains(&"create-notes-server"), "{names:?}");
    let told = &shrunk.changes.told;
    let moved = "moved to server: create-notes-server, which was alice's create-notes-alice";
    assert!(told.iter().any(|change| change == moved), "{told:#?}");
    assert!(shrunk.changes.parts.contains(&["alice".to_owned(), "server".to_owned()]), "{told:#?}");
    assert!(shrunk.about("key", 1, "it").ends_with("server does what alice did."));
    assert!(told.iter().any(|change| change.starts_with("at other times: ")), "{told:#?}");
}

/// The server never repeats what bob misses, which an act says word for word.
const WORDS: &str = r#"{
  "version": 1,
  "about": "Loss of what could be said in fewer words.",
  "nodes": { "alice": {}, "bob": {}, "server": { "mutations": ["never-retransmit"] } },
  "co_values": { "it": { "kind": KIND, "owner": "team" }, "team": { "kind": "group", "admin": "alice" } },
  "links": [
    { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }
  ],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "team" } },
    { "at": "0ms", "create": { "node": "alice", "id": "it" } },
    { "at": "1s", "partition": { "from": "server", "to": "bob" } },
    { "at": "2s", "name": "lost", ACT: FIELDS },
    { "at": "3s", "heal": { "from": "server", "to": "bob" } }
  ],
  "expect": { "oracles": JUDGES }
}
"#;

#[test]
fn what_is_said_word_for_word_becomes_simpler() {
    let cases = [
        ("map", "set", r#""id": "it", "key": "a", "value": { "b": [1, 2] }, "private": true"#),
        ("list", "insert", r#""id": "it", "index": 3, "values": [1, 2, 3]"#),
        ("stream", "push", r#""id": "it", "value": "hello""#),
        ("text", "splice", r#""id": "it", "index": 4, "delete": 2, "insert": "hello""#),
        ("map", "add_member", r#""id": "team", "member": "everyone", "role": "writer""#),
    ];
    // Later ones find, sooner, that something is late.
    let judges = ALL.iter().map(|entry| entry.about).filter(|about| about.since == 1);
    let judges = format!("{:?}", judges.map(|about| about.name).collect::<Vec<_>>());
    let shown = cases.map(|(kind, act, fields)| {
        let story = WORDS
            .replace("JUDGES", &judges)
            .replace("KIND", &format!("{kind:?}"))
            .replace("ACT", &format!("{act:?}"));
        let frozen = frozen(&story.replace("FIELDS", &format!(r#"{{ "node": "alice", {fields} }}"#)));
        let key = frozen.origin.as_ref().and_then(|origin| origin.key.clone()).expect("it fails");
        let shrunk = check(&frozen, &key);
        let left = shrunk.file.timeline.iter().find(|entry| entry.act.key() == act).expect("it is lost");
        format!("{act} {fields}\n{}", serde_json::to_string(left).expect("it can be written"))
    });
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("words", shown.join("\n\n"));
    });
}

#[test]
fn what_does_not_fail() {
    let harmless = STORY.replace("content notes last @back", "content notes never");
    assert_eq!(
        shrink(&frozen(&harmless), &Guests::default(), &mut |_, _| {}).err(),
        Some(Unshrinkable::Holds)
    );
    let invalid = file::Scenario { version: 2, about: String::new(), ..file::Scenario::default() };
    assert_eq!(shrink(&invalid, &Guests::default(), &mut |_, _| {}).err(), Some(Unshrinkable::Invalid));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn random_failures(file in scenario(), seed in 0..1_000_u64) {
        let scenario = resolve(file).unwrap_or_else(|problems| panic!("{problems}"));
        let frozen = freeze(&scenario, seed, "");
        let Some(violation) = frozen.outcome.violations.first() else { return Ok(()) };
        check(&frozen.file, &violation.key);
    }
}

//! What a frozen or shrunk scenario says of changed code. The code is changed by planting a fault in a node, or by
//! taking one out, under a file that stays as it is.

use cosim_testbed::freeze::freeze;
use cosim_testbed::guest::Guests;
use cosim_testbed::replay::Replay;
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario::{file, parse, resolve};
use cosim_testbed::shrink::shrink;

const STORY: &str = r#"{
  "version": 1,
  "about": "Alice's writes go to bob through a server that never sends twice.",
  "nodes": { "alice": {}, "bob": {}, "server": { "mutations": ["never-retransmit"] } },
  "network": { "latency": "20ms..80ms", "loss": "20%" },
  "links": [
    { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }
  ],
  "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "notes" } }],
  "workload": { "operations": 20, "until": "5s", "co_values": ["notes"], "nodes": ["alice", "bob"] },
  "expect": { "oracles": ["convergence", "no_lost_write", "quiescence", "truthful"] }
}"#;

/// The first failing seed of the story with this key, cut down.
fn shrunk() -> file::Scenario {
    let scenario = parse(STORY, "story.json").expect("a good scenario");
    let failing = (0..200).find(|seed| {
        let outcome = run(&scenario, *seed, Options::judged());
        outcome.key().is_some_and(|key| key.starts_with("convergence"))
    });
    let frozen = freeze(&scenario, failing.expect("one in two hundred fails"), "story.json").file;
    let shrunk = shrink(&frozen, &Guests::default(), &mut |_, _| {}).expect("it fails").file;
    assert!(!shrunk.decisions.as_ref().expect("it lists decisions").is_empty(), "a loss is the cause");
    shrunk
}

fn mutate(mut file: file::Scenario, node: &str, mutations: &[&str]) -> file::Scenario {
    let node = file.nodes.get_mut(node).expect("it is there");
    node.mutations = mutations.iter().map(|name| (*name).to_owned()).collect();
    file
}

fn replay(file: file::Scenario) -> Replay {
    let origin = file.origin.clone().expect("written by shrink");
    let scenario = resolve(file).expect("a good scenario");
    Replay::of(&origin, &run(&scenario, scenario.seed, Options::judged()))
}

#[test]
fn unchanged_code_reproduces() {
    assert_eq!(replay(shrunk()), Replay::Reproduces);
}

#[test]
fn mended_code_is_fixed() {
    assert_eq!(replay(mutate(shrunk(), "server", &[])), Replay::Fixed);
}

#[test]
fn another_fault_is_another_failure() {
    let file = mutate(shrunk(), "server", &["ack-without-applying"]);
    assert_eq!(replay(file), Replay::AnotherFailure("truthful client>server confirmed".to_owned()));
}

/// A decision about a message that is not sent any more says nothing about the fault that it once brought out.
#[test]
fn other_messages_are_a_divergence() {
    let mut file = mutate(shrunk(), "server", &[]);
    let decisions = file.decisions.as_mut().expect("it lists decisions");
    for address in &mut decisions.lost {
        address.push_str(" #9");
    }
    let unused: Vec<_> = decisions.iter().collect();
    assert_eq!(replay(file), Replay::Diverged(unused));
}

#[test]
fn a_run_that_held_is_the_same_or_another() {
    let scenario =
        parse(&STORY.replace(r#"["never-retransmit"]"#, "[]"), "story.json").expect("a good scenario");
    let frozen = freeze(&scenario, 3, "story.json").file;
    assert_eq!(frozen.origin.as_ref().expect("frozen").key, None);
    assert_eq!(replay(frozen.clone()), Replay::Reproduces);
    let mut other = frozen;
    other.nodes.get_mut("server").expect("it is there").announce = Some(file::Announce::Interested);
    assert!(matches!(replay(other), Replay::Changed | Replay::Diverged(_)));
}

/// What an expectation is not met by is written down: another one, and the same that comes out otherwise, is another
/// failure.
#[test]
fn an_expectation_is_told_from_others() {
    let expecting = |expect: &str| {
        let kinds = r#""co_values": { "card": { "kind": "map" } }, "network""#;
        let set = r#"{ "at": "0ms", "create": { "node": "alice", "id": "card" } },
            { "at": "1s", "set": { "node": "alice", "id": "card", "key": "door", "value": "open" } }"#;
        let text = STORY
            .replace(r#""network""#, kinds)
            .replace(r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } }"#, set)
            .replace(
                r#""co_values": ["notes"], "nodes": ["alice", "bob"]"#,
                r#""co_values": ["card"], "nodes": ["bob"]"#,
            )
            .replace(r#", "loss": "20%""#, "")
            .replace(r#""operations": 20"#, r#""operations": 0"#)
            .replace(r#""oracles": ["convergence", "no_lost_write", "quiescence", "truthful"]"#, expect);
        parse(&text, "story.json").unwrap_or_else(|problems| panic!("{problems}"))
    };
    let shut = r#""views": [{ "node": "bob", "id": "card", "shows": { "door": "shut" } }]"#;
    let frozen = freeze(&expecting(shut), 3, "story.json").file;
    let small = shrink(&frozen, &Guests::default(), &mut |_, _| {}).expect("it fails").file;
    for file in [frozen, small] {
        assert_eq!(replay(file.clone()), Replay::Reproduces);
        let with = |change: &dyn Fn(&mut file::Scenario)| {
            let mut file = file.clone();
            change(&mut file);
            replay(file)
        };
        let sets = |value: &str| {
            let value = serde_json::Value::from(value);
            with(&|file| {
                for entry in &mut file.timeline {
                    if let file::Act::Set(set) = &mut entry.act {
                        set.value = value.clone();
                    }
                }
            })
        };
        assert_eq!(sets("shut"), Replay::Fixed);
        let otherwise = sets("ajar");
        assert!(
            matches!(&otherwise, Replay::AnotherFailure(why) if why.contains(r#"it shows {"door":"ajar"}"#)),
            "{otherwise}"
        );
        let other = with(&|file| {
            let expect =
                expecting(r#""content": [{ "node": "bob", "id": "card", "transactions": 5 }]"#).file.expect;
            file.expect = expect;
        });
        assert!(matches!(&other, Replay::AnotherFailure(why) if why.contains("was to hold 5")), "{other}");
        let older = with(&|file| {
            let said = file.origin.as_mut().and_then(|origin| origin.unmet.take());
            assert!(said.is_some_and(|said| said.starts_with("bob was to show card as")));
        });
        assert_eq!(older, Replay::Reproduces);
    }
}

/// Each run has its own number of messages.
#[test]
fn too_many_messages_are_the_same_failure_whatever_their_number() {
    let text = STORY
        .replace(
            r#""oracles": ["convergence", "no_lost_write", "quiescence", "truthful"]"#,
            r#""oracles": ["prefix"], "messages_max": 3"#,
        )
        .replace(r#"["never-retransmit"]"#, "[]");
    let file = freeze(&parse(&text, "story.json").expect("a good scenario"), 3, "story.json").file;
    assert_eq!(
        file.origin.as_ref().and_then(|origin| origin.unmet.as_deref()),
        Some("at most 3 messages were to be sent")
    );
    assert_eq!(replay(mutate(file, "server", &["never-retransmit"])), Replay::Reproduces);
}

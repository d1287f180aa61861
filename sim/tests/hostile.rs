//! Hostile nodes: honest ones hold out against them, and the oracles would see it if they did not.

use cosim_testbed::freeze::freeze;
use cosim_testbed::report;
use cosim_testbed::run::{Options, Outcome, Verdict, run};
use cosim_testbed::scenario::{self, AttackKind, Scenario, file};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/hostile")
}

fn story(path: &Path) -> Scenario {
    let text = fs::read_to_string(path).expect("a scenario that is checked in");
    scenario::parse(&text, "story.json").unwrap_or_else(|problems| panic!("{problems}"))
}

fn named(name: &str) -> Scenario {
    story(&folder().join(name))
}

fn changed(scenario: &Scenario, change: impl FnOnce(&mut file::Scenario)) -> Scenario {
    let mut file = scenario.file.clone();
    change(&mut file);
    scenario::resolve(file).unwrap_or_else(|problems| panic!("{problems}"))
}

fn plays(scenario: &Scenario, seed: u64) -> Outcome {
    run(scenario, seed, Options::judged())
}

/// The scenario with a fault planted in honest nodes, judged by one oracle, and by all.
fn caught(scenario: &Scenario, nodes: &[&str], mutation: &str, oracle: &'static str) {
    let judged = |mutations: &[String]| {
        let scenario = changed(scenario, |file| {
            file.expect = Some(file::Expect { oracles: Some(vec![oracle.to_owned()]), ..Default::default() });
            for node in nodes {
                let node = file.nodes.get_mut(*node).expect("a node of the scenario");
                node.mutations = mutations.to_vec();
            }
        });
        let outcome = plays(&scenario, scenario.seed);
        let told = report::snapshot(&scenario, &outcome);
        (outcome.violations.first().map(|violation| violation.oracle), told)
    };
    let (found, told) = judged(&[]);
    assert_eq!(found, None, "it holds without the fault\n{told}");
    let (found, told) = judged(&[mutation.to_owned()]);
    assert_eq!(found, Some(oracle), "{told}");
}

/// Of all attacks of a scenario only those of one kind.
fn only(scenario: &Scenario, how: AttackKind) -> Scenario {
    changed(scenario, |file| {
        file.timeline.retain(|entry| !matches!(&entry.act, file::Act::Attack(attack) if attack.how != how));
    })
}

#[test]
fn honest_nodes_hold_out() {
    let mut stories = Vec::new();
    for entry in fs::read_dir(folder()).expect("the folder is checked in") {
        stories.push(entry.expect("an entry").path());
    }
    stories.sort();
    assert!(stories.len() >= 6, "{stories:?}");
    for path in stories {
        let scenario = story(&path);
        for seed in 0..10 {
            let outcome = plays(&scenario, seed);
            let told = report::snapshot(&scenario, &outcome);
            assert_eq!(outcome.verdict(), Verdict::Held, "{} with seed {seed}\n{told}", path.display());
        }
    }
}

/// A server that believes every signature takes what nobody wrote.
#[test]
fn forgeries_that_are_believed_are_caught() {
    for how in [AttackKind::Forged, AttackKind::Transplanted] {
        let scenario = only(&named("hostile-client.json"), how);
        caught(&scenario, &["server"], "skip-verification", "prefix");
        caught(&scenario, &["server"], "skip-verification", "no_phantom");
    }
}

/// Two servers that hold two branches of a fork refuse each other's: who sends what was refused again never falls silent.
#[test]
fn a_fork_that_is_sent_again_and_again_is_caught() {
    caught(&named("fork.json"), &["east", "west"], "resend-refused", "quiescence");
}

/// What is drawn is written out, and comes to the same run.
#[test]
fn a_frozen_storm_is_the_same_storm() {
    let storm = named("hostile-server.json");
    let mut kinds = BTreeSet::new();
    for seed in 0..3 {
        let frozen = freeze(&storm, seed, "hostile-server.json");
        assert!(frozen.file.faults.is_none());
        let attacks = frozen.file.timeline.iter().filter_map(|entry| {
            let file::Act::Attack(attack) = &entry.act else { return None };
            Some(attack)
        });
        kinds.extend(attacks.map(|attack| attack.how));
        let scenario = scenario::resolve(frozen.file).unwrap_or_else(|problems| panic!("{problems}"));
        let again = plays(&scenario, 99);
        assert_eq!(again.fingerprint, frozen.outcome.fingerprint, "seed {seed}");
        assert_eq!(again.figures, frozen.outcome.figures, "seed {seed}");
    }
    assert_eq!(kinds.len(), AttackKind::ALL.len(), "every kind is drawn: {kinds:?}");
}

/// A stream of their own: attacks move nothing else that is generated.
#[test]
fn attacks_shift_no_other_draw() {
    let storm = named("storm.json");
    let without = changed(&storm, |file| {
        file.faults.as_mut().expect("a storm").attacks = None;
    });
    let others = |scenario: &Scenario| {
        let operations = scenario.plan(5).chapters.remove(0).operations;
        let others = operations.into_iter().filter(|operation| !operation.name.starts_with("f-attack"));
        others.collect::<Vec<_>>()
    };
    assert_eq!(others(&storm), others(&without));
    assert_eq!(storm.plan(5).chapters[0].operations.len(), others(&storm).len() + 40);
}

fn holds(text: &str) {
    let scenario = scenario::parse(text, "story.json").unwrap_or_else(|problems| panic!("{problems}"));
    let outcome = plays(&scenario, scenario.seed);
    assert_eq!(outcome.verdict(), Verdict::Held, "{}", report::snapshot(&scenario, &outcome));
}

/// Damage puts the signature right that mallory spoilt: what the server gets is rightly signed, and it takes it.
#[test]
fn damage_may_put_a_lie_right() {
    let story = |damaged: &str| {
        format!(
            r#"{{ "version": 1, "about": "A story.", "nodes": {{ "mallory": {{ "hostile": true }}, "server": {{}} }},
                 "network": {{ "latency": "10ms" }},
                 "links": [{{ "between": ["mallory", "server"], "relationship": "syncAllOurs/syncTheirs" }}],
                 "timeline": [
                     {{ "at": "0ms", "create": {{ "node": "server", "id": "notes" }} }},
                     {{ "at": "1s", "name": "lie",
                        "attack": {{ "node": "mallory", "on": "server", "how": "wrong-signature", "id": "notes" }} }}
                 ],
                 "decisions": {{ {damaged} }},
                 "expect": {{ "content": [{{ "node": "server", "id": "notes", "transactions": TAKEN }}] }} }}"#
        )
    };
    holds(&story("").replace("TAKEN", "0"));
    holds(&story(r#""damaged": { "mallory>server content notes lie": 160 }"#).replace("TAKEN", "1"));
}

/// What a liar sends may be larger than all that there is, and take a thin line for longer than all of that would.
#[test]
fn silence_waits_for_what_a_liar_has_sent() {
    holds(
        r#"{ "version": 1, "about": "A story.", "nodes": { "alice": {}, "eve": { "hostile": true } },
             "network": { "latency": "10ms", "bandwidth": "5KB/s", "queue": "42KB" },
             "links": [{ "between": ["alice", "eve"], "relationship": "syncCommon/syncCommon" }],
             "timeline": [
                 { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
                 { "at": "1s", "attack": { "node": "eve", "on": "alice", "how": "oversized", "id": "notes" } }
             ] }"#,
    );
}

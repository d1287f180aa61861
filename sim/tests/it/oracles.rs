//! Every oracle fails, first and by name, on a fault that it is there for, and holds without it.
//!
//! A fault is one of the core's mutations where one fits, else a node that tampers with what it is told, says or shows.

mod asking;
mod at_rest;
mod every_event;
mod faulty;
mod honest;
mod own;
mod seen;
mod sending;
mod talking;
mod views;

use cosim_testbed::cojson::CoNode;
use cosim_testbed::decision::Seeded;
use cosim_testbed::host::NodeId;
use cosim_testbed::log::{Event, Limit};
use cosim_testbed::oracles::{ALL, Needed, named};
use cosim_testbed::report;
use cosim_testbed::run::{End, Options, Outcome, Verdict, play, run};
use cosim_testbed::scenario::{self, Scenario};
use faulty::{Fault, Faulty};

/// A scenario in which alice and bob are clients of server and a message takes 10 ms.
fn star(timeline: &str) -> Scenario {
    network(
        r#""alice": {}, "bob": {}, "server": {}"#,
        r#"{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
           { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }"#,
        timeline,
    )
}

/// A scenario in which a message takes 10 ms.
fn network(nodes: &str, links: &str, timeline: &str) -> Scenario {
    let text = format!(
        r#"{{ "version": 1, "about": "A story.", "nodes": {{ {nodes} }}, "network": {{ "latency": "10ms" }},
             "links": [ {links} ], "timeline": [ {timeline} ] }}"#
    );
    scenario::parse(&text, "story.json").unwrap_or_else(|problems| panic!("{problems}"))
}

/// A timeline of these entries.
fn sequence(entries: impl Iterator<Item = String>) -> String {
    entries.collect::<Vec<_>>().join(",")
}

/// The scenario with mutations planted in nodes, judged by the first generation of oracles.
fn planted(scenario: &Scenario, mutations: &[(&str, &str)]) -> Scenario {
    judged_by(scenario, 1, mutations)
}

/// The scenario with mutations planted in nodes, judged by the oracles up to a generation: one of a later generation may
/// find something before one of an earlier.
fn judged_by(scenario: &Scenario, generation: u32, mutations: &[(&str, &str)]) -> Scenario {
    let mut file = scenario.file.clone();
    for (node, mutation) in mutations {
        let node = file.nodes.get_mut(*node).expect("a node of the scenario");
        node.mutations.push((*mutation).to_owned());
    }
    let judging = ALL.iter().map(|entry| entry.about).filter(|about| about.since <= generation);
    let judging = || judging.map(|about| about.name.to_owned()).collect();
    file.expect.get_or_insert_default().oracles.get_or_insert_with(judging);
    scenario::resolve(file).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Plays with `fault` in one node, judged by the first generation of oracles.
fn play_with(scenario: &Scenario, node: &str, fault: Fault) -> Outcome {
    let scenario = &planted(scenario, &[]);
    let faulty = NodeId(scenario.node(node).expect("a node of the scenario"));
    let make = |id, config| Faulty::new(CoNode::new(id, config), (id == faulty).then_some(fault), id, config);
    play(scenario, scenario.seed, Options::logged(Limit::All), make, Seeded).0
}

/// What holds without the fault, with every oracle.
fn holds(scenario: &Scenario) -> Outcome {
    let outcome = run(scenario, scenario.seed, Options::logged(Limit::All));
    assert_eq!(
        (outcome.end, outcome.verdict()),
        (End::Silent, Verdict::Held),
        "{}",
        report::snapshot(scenario, &outcome)
    );
    let of_guests = |oracle: &&&str| named(oracle).is_some_and(|about| about.subject == Needed::Guests);
    let asked = scenario.expect.oracles.iter().filter(|oracle| !of_guests(oracle)).count();
    assert_eq!(outcome.looks.len(), asked, "all oracles judge");
    outcome
}

/// The first violation has this key, and with it the oracle that the key names; it can be explained.
fn fails(scenario: &Scenario, outcome: &Outcome, key: &str) {
    let told = report::snapshot(scenario, outcome);
    let violation = outcome.violations.first().unwrap_or_else(|| panic!("nothing was found\n{told}"));
    assert_eq!(violation.key, key, "{}\n{told}", report::finding(violation));
    assert!(key.split(' ').next() == Some(violation.oracle), "the key begins with the oracle");
    assert_eq!(key.split(' ').count(), 3, "an oracle, a pair and a kind");

    let log = outcome.log.as_ref().expect("it was asked for");
    assert!(!report::causes(log, violation, scenario).is_empty(), "there is a chain\n{told}");
    let chain = log.chain(violation.event);
    let first = chain.first().expect("it is not empty");
    let caused_by_a_message = matches!(first.what, Event::Delivered { .. } | Event::Sent { .. });
    assert!(!caused_by_a_message, "it begins at a cause: {first:?}");
}

/// The oracle that `key` names is the first to fail with `mutations`, and looks and holds without.
fn check_mutations(scenario: &Scenario, mutations: &[(&str, &str)], key: &str) {
    looked(&holds(scenario), key);
    let generation = named(key.split(' ').next().expect("a key has words")).expect("an oracle").since;
    let planted = judged_by(scenario, generation, mutations);
    let outcome = run(&planted, planted.seed, Options::logged(Limit::All));
    fails(&planted, &outcome, key);
}

/// The oracle that `key` names is the first to fail with `fault` in a node, and looks and holds without.
fn check_fault(scenario: &Scenario, node: &str, fault: Fault, key: &str) {
    looked(&holds(scenario), key);
    fails(scenario, &play_with(scenario, node, fault), key);
}

fn looked(outcome: &Outcome, key: &str) {
    let looks = outcome
        .looks
        .iter()
        .find(|(oracle, _)| key.starts_with(oracle))
        .expect("a key begins with an oracle");
    assert!(looks.1 > 0, "{} looks where it holds", looks.0);
}

/// The wrapper alone changes nothing, or the tests would prove nothing.
#[test]
fn a_wrapped_node_without_fault_is_the_node() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "100ms", "edit": { "node": "alice", "id": "notes" } },
           { "at": "1s", "wipe": { "node": "bob" } },
           { "at": "2s", "restart": { "node": "alice" } }"#,
    );
    let wrapped = play_with(&scenario, "alice", Fault::None);
    assert_eq!(wrapped.fingerprint, holds(&scenario).fingerprint);
}

/// A key says nothing that another run of the same bug would say differently.
#[test]
fn a_key_stays_when_names_and_times_change() {
    let text = |names: [&str; 3], at: &str| {
        let [alice, server, notes] = names;
        network(
            &format!(r#""{alice}": {{}}, "{server}": {{ "mutations": ["ack-without-applying"] }}"#),
            &format!(r#"{{ "between": ["{alice}", "{server}"], "relationship": "syncAllOurs/syncTheirs" }}"#),
            &format!(
                r#"{{ "at": "{at}", "create": {{ "node": "{alice}", "id": "{notes}" }} }},
                   {{ "at": "{at}", "edit": {{ "node": "{alice}", "id": "{notes}" }} }}"#
            ),
        )
    };
    let keys =
        [(["alice", "server", "notes"], "0ms"), (["zoe", "attic", "diary"], "3s")].map(|(names, at)| {
            let scenario = text(names, at);
            run(&scenario, 1, Options::judged()).key().expect("it fails").to_owned()
        });
    assert_eq!(keys[0], "truthful client>server confirmed");
    assert_eq!(keys[0], keys[1]);
}

//! The oracles that look at rest: `convergence`, `no_lost_write`, `quiescence`, and `load_ends`, which also looks before.

use super::faulty::Fault;
use super::{check_fault, check_mutations, fails, holds, network, planted, play_with, sequence, star};
use cosim_testbed::log::Limit;
use cosim_testbed::run::{End, Options, Verdict, run};
use cosim_testbed::scenario::{self, Scenario};
use cosim_testbed::world::OUTPUTS_MAX;

#[test]
fn convergence_finds_a_client_that_lacks_a_write() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "partition": { "from": "server", "to": "bob" } },
           { "at": "2s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "3s", "heal": { "from": "server", "to": "bob" } }"#,
    );
    check_mutations(&scenario, &[("server", "never-retransmit")], "convergence client>server log");
}

#[test]
fn convergence_finds_a_client_that_was_not_told() {
    let scenario = star(
        r#"{ "at": "0ms", "partition": { "from": "server", "to": "bob" } },
           { "at": "1s", "create": { "node": "alice", "id": "notes" } },
           { "at": "2s", "heal": { "from": "server", "to": "bob" } }"#,
    );
    check_mutations(&scenario, &[("server", "announce-once")], "convergence server>client header");
}

/// Two servers in a row: `edge` is a client of `core`, and bob one of `edge`.
fn row(server: &str, timeline: &str) -> Scenario {
    network(
        &format!(r#""alice": {{}}, "bob": {{}}, "core": {server}, "edge": {server}"#),
        r#"{ "between": ["alice", "core"], "relationship": "syncAllOurs/syncTheirs" },
           { "between": ["bob", "edge"], "relationship": "syncAllOurs/syncTheirs" },
           { "between": ["edge", "core"], "relationship": "syncAllOurs/syncTheirs" }"#,
        timeline,
    )
}

/// The app on the server in between says `done`, but bob still wants it through that server.
#[test]
fn convergence_counts_what_a_client_wants_through_a_server_that_is_done() {
    let scenario = row(
        "{}",
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "done": { "node": "edge", "id": "notes" } },
           { "at": "2s", "edit": { "node": "alice", "id": "notes" } }"#,
    );
    check_mutations(&scenario, &[("edge", "done-for-all")], "convergence client>server log");
}

/// Nothing is announced. Bob asks `edge`, which has to ask `core`, and once that answers nothing passes for a while.
#[test]
fn convergence_counts_what_a_client_wants_through_a_server_that_was_not_told() {
    let scenario = row(
        r#"{ "announce": "interested" }"#,
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "load": { "node": "bob", "id": "notes" } },
           { "at": "1s", "partition": { "from": "core", "to": "edge" } },
           { "at": "40s", "heal": { "from": "core", "to": "edge" } }"#,
    );
    let mutations = [("bob", "never-retransmit"), ("core", "never-retransmit"), ("edge", "never-retransmit")];
    check_mutations(&scenario, &mutations, "convergence server>client header");
}

#[test]
fn no_lost_write_finds_a_write_that_nobody_holds() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "edit": { "node": "alice", "id": "notes" } }"#,
    );
    check_fault(&scenario, "alice", Fault::WritesNothing, "no_lost_write node log");
}

/// The write is lost with its only holder, which was wiped: that is nobody's fault.
#[test]
fn no_lost_write_allows_what_a_wipe_takes() {
    holds(&star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "disconnect": { "between": ["alice", "server"] } },
           { "at": "2s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "3s", "wipe": { "node": "alice", "down_for": "1s" } },
           { "at": "5s", "connect": { "between": ["alice", "server"] } }"#,
    ));
}

/// A server that does not answer is asked for ever.
#[test]
fn quiescence_finds_what_never_ends_and_says_who_waits_for_what() {
    let scenario = star(r#"{ "at": "1s", "load": { "node": "bob", "id": "notes" } }"#);
    let mutations = [("server", "never-unavailable")];
    check_mutations(&scenario, &mutations, "quiescence client>server load");
    let outcome = run(&planted(&scenario, &mutations), 1, Options::logged(Limit::All));
    assert_eq!((outcome.end, outcome.verdict()), (End::Restless, Verdict::Liveness));
    let said = &outcome.violations[0].subject.what;
    assert!(said.contains("bob waits until"), "{said}");
    assert!(said.contains("for an answer to its load of notes from server"), "{said}");
}

/// A server that never answers, and a client that never gives up.
#[test]
fn load_ends_finds_a_load_without_end() {
    let scenario = star(r#"{ "at": "1s", "load": { "node": "alice", "id": "notes" } }"#);
    let mutations = [("alice", "never-retransmit"), ("server", "never-unavailable")];
    check_mutations(&scenario, &mutations, "load_ends node load");
    assert_eq!(run(&planted(&scenario, &mutations), 1, Options::judged()).verdict(), Verdict::Liveness);
}

/// While other things go on, a load that is late is found when its time is up, not only at rest.
#[test]
fn load_ends_finds_a_load_that_is_late() {
    let nodes =
        r#""alice": { "base": "100ms", "cap": "100ms" }, "server": { "base": "100ms", "cap": "100ms" }"#;
    let link = r#"{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }"#;
    let edit = |i| format!(r#"{{ "at": "{i}s", "edit": {{ "node": "alice", "id": "notes" }} }}"#);
    let edits = sequence((1..8).map(edit));
    let timeline = format!(
        r#"{{ "at": "0ms", "create": {{ "node": "alice", "id": "notes" }} }},
           {{ "at": "500ms", "load": {{ "node": "alice", "id": "other" }} }}, {edits}"#
    );
    let scenario = network(nodes, link, &timeline);
    check_fault(&scenario, "alice", Fault::SwallowsVerdicts, "load_ends node load");
    let outcome = play_with(&scenario, "alice", Fault::SwallowsVerdicts);
    let found = &outcome.violations[0];
    assert_eq!(
        found.at.to_string(),
        "3.000s",
        "the first event after 500 ms and 8 deadlines for each of two nodes"
    );
    assert_eq!(outcome.verdict(), Verdict::Liveness);
}

/// Nodes beside the way of a load do not lengthen its time.
#[test]
fn load_ends_finds_a_late_load_as_soon_among_many_nodes() {
    let node = |name: String| format!(r#""{name}": {{ "base": "100ms", "cap": "100ms" }}"#);
    let names = || (0..40).map(|i| format!("bystander-{i}")).chain(["alice".to_owned()]);
    let nodes: Vec<String> = names().chain(["server".to_owned()]).map(node).collect();
    let link = |name: String| {
        format!(r#"{{ "between": ["{name}", "server"], "relationship": "syncAllOurs/syncTheirs" }}"#)
    };
    let links: Vec<String> = names().map(link).collect();
    let edit = |i| format!(r#"{{ "at": "{i}s", "edit": {{ "node": "alice", "id": "notes" }} }}"#);
    let edits = sequence((1..8).map(edit));
    let timeline = format!(
        r#"{{ "at": "0ms", "create": {{ "node": "alice", "id": "notes" }} }},
           {{ "at": "500ms", "load": {{ "node": "alice", "id": "other" }} }}, {edits}"#
    );
    let scenario = network(&nodes.join(","), &links.join(","), &timeline);
    check_fault(&scenario, "alice", Fault::SwallowsVerdicts, "load_ends node load");
    let found = &play_with(&scenario, "alice", Fault::SwallowsVerdicts).violations[0];
    let at = found.at.as_us();
    assert!(
        (2_100_000..=3_020_000).contains(&at),
        "8 deadlines for each of two nodes, then an event: {}",
        found.at
    );
}

#[test]
fn load_ends_finds_a_wrong_verdict() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "load": { "node": "bob", "id": "notes" } }"#,
    );
    check_fault(&scenario, "bob", Fault::TurnsVerdicts, "load_ends node verdict");
    let none = star(r#"{ "at": "1s", "load": { "node": "bob", "id": "notes" } }"#);
    holds(&none);
    fails(&none, &play_with(&none, "bob", Fault::TurnsVerdicts), "load_ends node verdict");
}

/// What is found at rest is found after the silent operations that end the faults; it still has a chain.
#[test]
fn what_is_found_after_the_faults_have_ended_has_a_chain() {
    let mut file = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "2s", "network": { "loss": "100%" } }"#,
    )
    .file;
    file.heal = Some(true);
    let scenario = cosim_testbed::scenario::resolve(file).unwrap_or_else(|problems| panic!("{problems}"));
    check_fault(&scenario, "alice", Fault::WritesNothing, "no_lost_write node log");
}

/// A node whose connection gave way to another's believes itself served, and waits for ever.
#[test]
fn quiescence_finds_a_connection_that_was_not_closed() {
    let scenario = network(
        r#""server": {}, "tab-1": {}, "tab-2": { "claims": "tab-1" }"#,
        r#"{ "between": ["tab-1", "server"], "relationship": "syncAllOurs/syncTheirs" },
           { "between": ["tab-2", "server"], "relationship": "syncAllOurs/syncTheirs", "connected": false }"#,
        r#"{ "at": "0ms", "create": { "node": "tab-1", "id": "notes" } },
           { "at": "1s", "connect": { "between": ["tab-2", "server"] } },
           { "at": "2s", "edit": { "node": "tab-1", "id": "notes" } }"#,
    );
    check_fault(&scenario, "server", Fault::ClosesNothing, "quiescence client>server content");
}

/// What only it held is lost with a node that left: that is nobody's fault.
#[test]
fn no_lost_write_allows_what_a_departure_takes() {
    holds(&star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "disconnect": { "between": ["alice", "server"] } },
           { "at": "2s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "3s", "leave": { "node": "alice" } }"#,
    ));
}

/// A node that left excuses nothing that was written at another.
#[test]
fn no_lost_write_finds_what_a_departure_did_not_take() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "leave": { "node": "bob" } },
           { "at": "2s", "edit": { "node": "alice", "id": "notes" } }"#,
    );
    check_fault(&scenario, "alice", Fault::WritesNothing, "no_lost_write node log");
}

/// What never ends within one event ends all the same: as a finding of its own, which can be cut down.
#[test]
fn a_node_that_is_never_done_with_an_event_is_found() {
    let scenario = star(r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } }"#);
    let mut file = scenario.file;
    file.expect.get_or_insert_default().oracles = Some(vec!["convergence".to_owned()]);
    let scenario = scenario::resolve(file).unwrap_or_else(|problems| panic!("{problems}"));
    holds(&scenario);
    let outcome = play_with(&scenario, "alice", Fault::NeverDone);
    fails(&scenario, &outcome, "endless node outputs");
    assert_eq!((outcome.end, outcome.verdict()), (End::Violation, Verdict::Liveness));
    // Before that she wanted one thing that was no message.
    assert_eq!(outcome.figures.sent, u64::from(OUTPUTS_MAX) - 1);
    let told = &outcome.violations[0].subject.what;
    assert!(told.starts_with("alice wants more than 1000000 things"), "{told}");
    // A scenario may be kept for it.
    let kept = star(r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } }"#);
    let mut file = kept.file;
    file.expect.get_or_insert_default().violation = Some("endless node outputs".to_owned());
    assert!(scenario::resolve(file).is_ok());
}

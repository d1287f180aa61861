//! The oracles that look at every event: `prefix`, `no_fork`, `monotonic`, `truthful`, `durable`.

use super::faulty::Fault;
use super::{check_fault, check_mutations, fails, holds, network, planted, play_with, sequence, star};
use cosim_core::{Span, Time};
use cosim_testbed::scenario::{self, Scenario};

const ALICE_WRITES: &str = r#"
    { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "edit": { "node": "alice", "id": "notes" } },
    { "at": "2s", "edit": { "node": "alice", "id": "notes" } }"#;

#[test]
fn prefix_finds_a_log_that_its_author_did_not_write() {
    // Believing everything alone does no harm: somebody must be there to be believed.
    let gullible = planted(&star(ALICE_WRITES), &[("bob", "skip-verification")]);
    check_fault(&gullible, "bob", Fault::TakesAnother, "prefix node log");
}

#[test]
fn no_fork_finds_a_session_that_goes_on_after_its_log_was_lost() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "2s", "disconnect": { "between": ["alice", "server"] } },
           { "at": "3s", "wipe": { "node": "alice" } },
           { "at": "4s", "create": { "node": "alice", "id": "notes" } },
           { "at": "5s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "6s", "connect": { "between": ["alice", "server"] } }"#,
    );
    check_fault(&scenario, "alice", Fault::ReusesSession, "no_fork node write");
}

/// Before anybody reads it from there, or a crash takes it away.
#[test]
fn no_fork_finds_other_transactions_on_the_way_to_a_disk() {
    let scenario = scenario::parse(
        r#"{ "version": 1, "about": "A story.", "nodes": { "alice": { "disk": { "latency": "10ms" } } },
             "timeline": [
                 { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
                 { "at": "1s", "edit": { "node": "alice", "id": "notes" } },
                 { "at": "2s", "edit": { "node": "alice", "id": "notes" } }
             ] }"#,
        "story.json",
    );
    let scenario = scenario.unwrap_or_else(|problems| panic!("{problems}"));
    let judged = alone(&scenario, "no_fork");
    holds(&scenario);
    let outcome = play_with(&judged, "alice", Fault::WritesTheFirstAgain);
    fails(&judged, &outcome, "no_fork node write");
    assert_eq!(outcome.violations[0].at, Time::ZERO + Span::from_s(2), "when it is handed over");
}

#[test]
fn no_fork_finds_other_transactions_on_the_wire() {
    check_fault(&star(ALICE_WRITES), "alice", Fault::SendsAnother, "no_fork node content");
}

#[test]
fn monotonic_finds_a_loss_when_a_message_comes() {
    check_fault(&star(ALICE_WRITES), "alice", Fault::LosesOnKnown, "monotonic node log");
}

#[test]
fn monotonic_finds_a_loss_when_a_deadline_passes() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "2s", "partition": { "between": ["alice", "server"] } },
           { "at": "3s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "6s", "heal": { "between": ["alice", "server"] } }"#,
    );
    check_fault(&scenario, "alice", Fault::LosesOnDeadline, "monotonic node log");
}

/// A node that holds more than one round of looks covers is not let off.
#[test]
fn monotonic_finds_a_loss_among_many_when_a_deadline_passes() {
    let create = |i| format!(r#"{{ "at": "0ms", "create": {{ "node": "alice", "id": "n{i}" }} }}"#);
    let many = sequence((0..200).map(create));
    let last = r#"{ "at": "2s", "partition": { "between": ["alice", "server"] } },
                  { "at": "3s", "edit": { "node": "alice", "id": "n199" } },
                  { "at": "40s", "heal": { "between": ["alice", "server"] } }"#;
    check_fault(&star(&format!("{many},{last}")), "alice", Fault::LosesOnDeadline, "monotonic node log");
}

#[test]
fn monotonic_finds_a_restart_that_does_not_keep_what_is_kept() {
    let scenario = star(&format!(r#"{ALICE_WRITES}, {{ "at": "3s", "restart": {{ "node": "alice" }} }}"#));
    check_fault(&scenario, "alice", Fault::LosesOnRestart, "monotonic node log");
}

/// A wipe may lose everything, whatever the node does about it.
#[test]
fn monotonic_allows_a_wipe() {
    holds(&star(&format!(r#"{ALICE_WRITES}, {{ "at": "3s", "wipe": {{ "node": "alice" }} }}"#)));
}

#[test]
fn truthful_finds_an_acknowledgement_of_what_was_thrown_away() {
    check_mutations(
        &star(ALICE_WRITES),
        &[("server", "ack-without-applying")],
        "truthful client>server confirmed",
    );
}

/// Each content is soon received, so that only a look at the very event can tell.
#[test]
fn truthful_finds_what_is_confirmed_before_it_arrives() {
    let scenario = star(ALICE_WRITES);
    check_fault(&scenario, "alice", Fault::ConfirmsOnSend, "truthful client>server confirmed");
    let outcome = play_with(&scenario, "server", Fault::ConfirmsOnSend);
    fails(&scenario, &outcome, "truthful server>client confirmed");
}

/// What the server said before it lost everything arrives in a connection in which it holds nothing.
#[test]
fn truthful_finds_a_message_of_an_earlier_connection() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "500ms", "network": { "latency": "300ms" } },
           { "at": "1s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "1400ms", "network": { "latency": "1ms" } },
           { "at": "1400ms", "wipe": { "node": "server" } }"#,
    );
    check_mutations(&scenario, &[("alice", "ignore-epochs")], "truthful client>server confirmed");
}

/// Alice, who has a disk, and her server.
fn with_a_disk(timeline: &str) -> Scenario {
    network(
        r#""alice": { "disk": { "latency": "5ms" } }, "server": {}"#,
        r#"{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }"#,
        timeline,
    )
}

#[test]
fn durable_finds_a_report_that_comes_before_the_write_has_ended() {
    let scenario = with_a_disk(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "edit": { "node": "alice", "id": "notes" } }"#,
    );
    check_fault(&scenario, "alice", Fault::ReportsEarly, "durable node report");
}

#[test]
fn durable_finds_a_report_of_what_depends_on_what_the_disk_lacks() {
    let scenario = with_a_disk(
        r#"{ "at": "0ms", "fail_writes": { "node": "alice", "count": 1 } },
           { "at": "1ms", "create": { "node": "alice", "id": "group" } },
           { "at": "2ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "100ms", "edit": { "node": "alice", "id": "notes" } }"#,
    );
    let mut file = scenario.file;
    let depends_on = serde_json::json!({ "notes": { "depends_on": ["group"] } });
    file.co_values = serde_json::from_value(depends_on).unwrap();
    let scenario = cosim_testbed::scenario::resolve(file).unwrap_or_else(|problems| panic!("{problems}"));
    check_mutations(&scenario, &[("alice", "safe-alone")], "durable node dependency");
}

/// Alice, who asks her server what is on its slow disk.
fn with_a_slow_server(timeline: &str) -> Scenario {
    network(
        r#""alice": { "uploads": "safe" }, "server": { "disk": { "latency": "200ms" } }"#,
        r#"{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }"#,
        timeline,
    )
}

#[test]
fn uploaded_finds_a_server_that_takes_what_has_come_for_safe() {
    let scenario = with_a_slow_server(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "edit": { "node": "alice", "id": "notes" } }"#,
    );
    check_mutations(&scenario, &[("server", "safe-on-receipt")], "uploaded client>server safe");
}

#[test]
fn uploaded_finds_a_server_that_loses_what_was_safe() {
    let scenario = with_a_slow_server(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "4s", "crash": { "node": "server" } }"#,
    );
    let judged = alone(&scenario, "uploaded");
    holds(&scenario);
    fails(&judged, &play_with(&judged, "server", Fault::RecoversNothing), "uploaded node lost");
}

/// What is held is told when the server has acknowledged it.
#[test]
fn uploaded_finds_an_acknowledgement_of_what_was_not_taken() {
    let scenario = with_a_slow_server(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "edit": { "node": "alice", "id": "notes" } }"#,
    );
    let liar = planted(&scenario, &[("server", "ack-without-applying")]);
    let judged = alone(&liar, "uploaded");
    fails(&judged, &play_with(&judged, "server", Fault::None), "uploaded client>server held");
}

#[test]
fn durable_finds_a_process_that_starts_with_less_than_its_disk_has() {
    let scenario = with_a_disk(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "2s", "crash": { "node": "alice" } }"#,
    );
    check_fault(&scenario, "alice", Fault::RecoversNothing, "durable node log");
}

/// Alone, so that `prefix`, which is asked first, says nothing.
pub(super) fn alone(scenario: &Scenario, oracle: &str) -> Scenario {
    let mut file = scenario.file.clone();
    file.expect.get_or_insert_default().oracles = Some(vec![oracle.to_owned()]);
    cosim_testbed::scenario::resolve(file).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn no_phantom_finds_a_transaction_that_no_app_made() {
    let gullible = planted(&star(ALICE_WRITES), &[("bob", "skip-verification")]);
    let judged = alone(&gullible, "no_phantom");
    holds(&gullible);
    fails(&judged, &play_with(&judged, "bob", Fault::TakesAnother), "no_phantom node log");
}

#[test]
fn bounded_finds_a_node_that_keeps_too_much() {
    check_fault(&star(ALICE_WRITES), "bob", Fault::Hoards, "bounded node loads");
}

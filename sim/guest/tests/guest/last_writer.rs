//! What guests/last-writer/README.md tells of its mistake is so.

use crate::python;
use cosim_guest::Process;
use cosim_guest::protocol::{Operation, Relationship, Sent, Step, Times, Verb};
use serde_json::json;

fn times(now: u64) -> Times {
    Times { now, wall: 1_735_689_600_000, work: None }
}

fn connect(process: &mut Process, node: &str, peer: &str, relationship: Relationship) {
    process
        .ask(Verb::Make { node, seed: 1, session: node, secret_seed: None, disk: false, times: times(0) })
        .expect("it can");
    let (connection, persistent) = (1, false);
    process
        .ask(Verb::Connect { node, peer, connection, relationship, persistent, times: times(0) })
        .expect("it can");
}

fn write(process: &mut Process, value: &str) -> Step {
    let operation = json!({"op": "write", "subject": "notes", "token": value, "value": value});
    let operations: [Operation; 1] = [operation.as_object().expect("it is one").clone()];
    process.ask(Verb::App { node: "alice", times: times(0), operations: &operations }).expect("it can")
}

fn deliver(process: &mut Process, node: &str, peer: &str, sent: &Sent) -> Step {
    let (connection, message) = (sent.connection, &sent.message);
    process.ask(Verb::Deliver { node, peer, connection, message, times: times(50_000) }).expect("it can")
}

/// Alice writes twice, and the second message is lost: what she says when she has heard of the first, and waited.
fn said_again(args: &[&str]) -> Vec<String> {
    let mut process = Process::start(&python::last_writer(args)).expect("it says hello");
    connect(&mut process, "alice", "server", Relationship::Server);
    connect(&mut process, "server", "alice", Relationship::Client);
    let first = write(&mut process, "a");
    let lost = write(&mut process, "b");
    assert_eq!([first.sent.len(), lost.sent.len()], [1, 1]);
    let answer = deliver(&mut process, "server", "alice", &first.sent[0]);
    let heard = deliver(&mut process, "alice", "server", &answer.sent[0]);
    let Some(due) = heard.due else { return Vec::new() };
    let step = process.ask(Verb::Tick { node: "alice", times: times(due) }).expect("it can");
    step.sent.iter().map(|sent| sent.message.get().to_owned()).collect()
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn an_answer_to_the_first_write_ends_the_repetition_of_the_second() {
    assert_eq!(said_again(&[]), [""; 0]);
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn mended_it_goes_on_until_the_second_is_answered() {
    let put = r#"{"kind":"put","subject":"notes","value":"b","at":1735689600001,"token":"b"}"#;
    assert_eq!(said_again(&["--fixed"]), [put]);
}

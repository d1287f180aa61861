//! Whatever a guest does wrong is told by its own name, in time, and leaves no process behind.

use crate::leash::Leash;
use crate::python;
use cosim_guest::protocol::{Operation, Times, Verb};
use cosim_guest::{Failure, Launch, Process, Trouble};
use serde_json::Value;
use std::time::Duration;

const TIMES: Times = Times { now: 0, wall: 0, work: None };
const TICK: Verb<'static> = Verb::Tick { node: "alice", times: TIMES };

/// What comes of asking the guest that does this wrong. Where nothing comes, it is waited for so long.
#[track_caller]
fn failure_of(mode: &str, timeout: Duration, verb: Verb<'_>) -> Failure {
    let leash = Leash::new();
    let mut process = Process::start(&leash.odd(mode)).expect("it says hello");
    process.set_timeout(timeout);
    let failure = process.ask(verb).expect_err("it does something wrong");
    // The same again, whatever it is asked, and although it is dead.
    assert_eq!(process.ask(TICK).expect_err("it is dead"), failure);
    assert_eq!(process.reset().expect_err("it is dead"), failure);
    assert_eq!(process.query("alice", None).expect_err("it is dead"), failure);
    assert_eq!(process.failure(), Some(&failure));
    // It was killed at once, and not only when nobody wanted it any more.
    let home = leash.wait_until_dead();
    assert!(!failure.to_string().contains(&home), "{failure}");
    drop(process);
    assert!(!std::path::Path::new(&home).exists());
    failure
}

const PATIENT: Duration = Duration::from_secs(60);
const IMPATIENT: Duration = Duration::from_millis(300);

#[track_caller]
fn check(mode: &str, trouble: &Trouble) -> String {
    let failure = failure_of(mode, PATIENT, TICK);
    assert_eq!(failure.trouble(), trouble);
    failure.to_string()
}

#[track_caller]
fn check_late(mode: &str, verb: Verb<'_>) -> String {
    let failure = failure_of(mode, IMPATIENT, verb);
    assert_eq!(failure.trouble(), &Trouble::Late(300));
    failure.to_string()
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn what_is_no_json() {
    let shown = check("garbage", &Trouble::NotJson("expected value at line 1 column 1".to_owned()));
    assert_eq!(
        shown,
        "the guest's answer is no JSON: expected value at line 1 column 1\n  \
         asked: {\"id\":2,\"verb\":\"tick\",\"node\":\"alice\",\"now\":0,\"wall\":0}\n  \
         came: Traceback, or so"
    );
    check("not-utf8", &Trouble::NotJson("it is not in UTF-8".to_owned()));
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn what_is_no_answer() {
    check("wrong-id", &Trouble::WrongId(2));
    check("no-id", &Trouble::WrongId(2));
    let shown = check("no-due", &Trouble::Unfit("missing field `due` at line 1 column 8".to_owned()));
    assert!(shown.contains("came: {\"id\":2}"), "{shown}");
    assert!(matches!(
        failure_of("not-an-object", PATIENT, TICK).trouble(),
        Trouble::WrongId(2) | Trouble::Unfit(_)
    ));
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn what_it_was_not_asked_for() {
    let shown = check("two-lines", &Trouble::Unasked);
    assert!(shown.ends_with("came: {\"id\":2,\"due\":null}\\nand more"), "{shown}");
    // Whether more than one line is there when we look is for the machine to say.
    let failure = failure_of("endless-lines", PATIENT, TICK);
    assert!(matches!(failure.trouble(), Trouble::Unasked | Trouble::NotJson(_)), "{failure}");
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn an_answer_to_what_it_has_not_heard() {
    let operations = [long_operation()];
    let verb = Verb::App { node: "alice", times: TIMES, operations: &operations };
    let failure = failure_of("answers-unheard", PATIENT, verb);
    assert_eq!(failure.trouble(), &Trouble::Unasked);
    assert!(failure.to_string().contains("… (1000"), "what was asked is abridged: {failure}");
}

/// One that no pipe takes if nobody reads it.
fn long_operation() -> Operation {
    [("op".to_owned(), Value::from("x".repeat(10_000_000)))].into_iter().collect()
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn what_it_says_that_it_cannot_do() {
    check("refuses", &Trouble::Refused("no such thing".to_owned()));
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn a_process_that_ends() {
    let shown = check("dies", &Trouble::Ended);
    let words: String = (81..100).map(|number| format!("\n    word {number}")).collect();
    let wanted = format!("ended with: exit status: 3\n  standard error ended with:{words}\n    in ~");
    assert!(shown.ends_with(&wanted), "{shown}");
    let shown = check("half-a-line", &Trouble::Ended);
    assert!(shown.ends_with("came: {\"id\":2,\"d\n  ended with: exit status: 0"), "{shown}");
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn a_process_that_ends_while_its_child_holds_the_pipes() {
    let shown = check("leaves-a-child", &Trouble::Ended);
    assert!(shown.ends_with("ended with: exit status: 4"), "{shown}");
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn a_process_that_ends_after_its_answer() {
    let leash = Leash::new();
    let mut process = Process::start(&leash.odd("answers-and-dies")).unwrap();
    process.ask(TICK).expect("it has answered");
    let failure = process.ask(TICK).expect_err("it is dead");
    assert_eq!(failure.trouble(), &Trouble::Ended);
    drop(process);
    leash.wait_until_gone();
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn what_does_not_come_in_time() {
    let shown = check_late("late", TICK);
    assert!(shown.starts_with("the guest has not answered within 300ms\n"), "{shown}");
    check_late("drips", TICK);
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn a_guest_that_does_not_listen() {
    check_late("never-reads", TICK);
    // What it does not take holds us up no longer.
    let operations = [long_operation()];
    check_late("never-reads", Verb::App { node: "alice", times: TIMES, operations: &operations });
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn closed_pipes() {
    check("closes-output", &Trouble::ClosedOutput);
    check("closes-input", &Trouble::ClosedInput);
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn an_endless_answer() {
    check("endless-line", &Trouble::TooLong);
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn what_cannot_be_started() {
    let launch = Launch::new("no-such-program-anywhere", [""; 0]);
    let failure = Process::start(&launch).expect_err("there is none");
    let shown =
        "the guest could not be started: no-such-program-anywhere: No such file or directory (os error 2)";
    assert_eq!(failure.to_string(), shown);
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn another_version_of_the_protocol() {
    let leash = Leash::new();
    let failure = Process::start(&leash.odd("other-protocol")).expect_err("it speaks another");
    assert_eq!(failure.trouble(), &Trouble::OtherProtocol(2));
    leash.wait_until_gone();
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn an_answer_that_cannot_be() {
    let mut process = Process::start(&python::last_writer(&[])).unwrap();
    process.reset().unwrap();
    let failure = process.reject("it is too short");
    let shown = "the guest's answer is not what it must be: it is too short\n  \
                 asked: {\"id\":2,\"verb\":\"reset\"}\n  came: {\"id\":2}";
    assert_eq!(failure.to_string(), shown);
    assert_eq!(process.reset().unwrap_err(), failure);
}

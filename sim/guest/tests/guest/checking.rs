//! `check` takes a guest that keeps to the rules, and finds what breaks each of them.

use crate::python;
use cosim_guest::check::of_registers;
use cosim_guest::protocol::Hello;
use cosim_guest::{Launch, Report, check};

fn report(launch: &Launch) -> Report {
    check(launch, &|_: &Hello, seed| of_registers(seed))
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn a_guest_that_keeps_to_the_rules() {
    for args in [&[][..], &["--fixed"]] {
        let report = report(&python::last_writer(args));
        assert!(report.holds(), "{report}");
        let shown = report.to_string();
        let begin = if args.is_empty() { "last-writer 1.0.0" } else { "last-writer 1.0.1" };
        assert!(shown.starts_with(begin), "{shown}");
        let verbs = "app, connect, deliver, disconnect, make, query, restart, tick";
        assert!(shown.contains(verbs), "{shown}");
        assert!(
            shown.ends_with("not tried, since it does not say that it can: session, wait_for_sync\n"),
            "{shown}"
        );
    }
}

/// What fails, of a guest with this mistake.
#[track_caller]
fn failures(mode: &str) -> Vec<(String, String)> {
    let report = report(&python::guest("sim/guest/tests/guests/planted.py", &[mode]));
    let failed = report.checks.into_iter().filter_map(|checked| Some((checked.what, checked.failed?)));
    failed.collect()
}

/// Just these fail, and the first says this.
#[track_caller]
fn check_finds(mode: &str, names: &[&str], why: &str) {
    let failed = failures(mode);
    assert_eq!(failed.len(), names.len(), "{failed:#?}");
    for ((what, _), name) in failed.iter().zip(names) {
        assert!(what.contains(name), "{what}: {name}");
    }
    assert!(failed[0].1.contains(why), "{}", failed[0].1);
}

const RESET: &str = "the same after `reset`";
const MEMBERS: &str = "members of requests";
const QUERY: &str = "`query` changes nothing";
const PROCESS: &str = "in another process";
const OTHERS: &str = "after 100 other stories";
const NONSENSE: &str = "a verb that it does not know";
const ASKED: &str = "answers what it is asked";

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn chance_and_time_that_are_not_given() {
    for mode in ["chance", "time"] {
        check_finds(mode, &[RESET, MEMBERS, QUERY, PROCESS, OTHERS], "an answer differs\n  asked: {\"id\":");
    }
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn a_hash_that_is_salted() {
    check_finds("salted-hash", &[PROCESS], "\"log\":[");
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn what_was_before_a_reset() {
    check_finds("remembers", &[RESET, MEMBERS, QUERY, OTHERS], "\"log\":[\"play 2\"]");
    check_finds("tires", &[OTHERS], "\"log\":[\"play 1\"]");
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn queries_that_change_something() {
    check_finds("query-counts", &[QUERY], "an answer differs");
    check_finds("query-tells-how-often", &[QUERY], "an answer differs");
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn what_it_does_not_know() {
    check_finds("dies-of-nonsense", &[NONSENSE], "the guest ended before it had answered");
    check_finds("takes-nonsense", &[NONSENSE], "as if it had done something");
    check_finds("dislikes-members", &[MEMBERS], "I know no no_such_member");
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn answers_that_cannot_be() {
    check_finds("wrong-connection", &[ASKED], "sends on connection 99, which it has not got");
    check_finds("nameless", &[ASKED], "what was written has no token");
    check_finds("always-due", &[ASKED], "after 50000 messages and timers, still");
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn what_is_left_behind() {
    check_finds("leaves-a-child", &["leaves nothing behind"], "something that it has started lives on");
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn a_guest_that_is_not_there() {
    let report = report(&Launch::new("no-such-program-anywhere", [""; 0]));
    let shown = "FAILED  it starts, and says hello\n        the guest could not be started: \
                 no-such-program-anywhere: No such file or directory (os error 2)\n";
    assert_eq!(report.to_string(), shown);
}

//! What goes well: guests that talk much, and guests that end, whoever ends them.

use crate::leash::Leash;
use crate::python;
use cosim_guest::protocol::{Times, Verb};
use cosim_guest::{Launch, Pool, Process, Trouble};
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

const TICK: Verb<'static> = Verb::Tick { node: "alice", times: Times { now: 0, wall: 0, work: None } };

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn a_guest_ends_with_its_input() {
    let leash = Leash::new();
    let mut process = Process::start(&leash.odd("nothing")).unwrap();
    process.ask(TICK).unwrap();
    process.close().expect("it ends by itself");
    leash.wait_until_gone();
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn a_guest_that_is_dropped_is_gone() {
    for mode in ["nothing", "does-not-end", "child-with-the-pipes"] {
        let leash = Leash::new();
        let mut process = Process::start(&leash.odd(mode)).unwrap();
        process.ask(TICK).unwrap();
        drop(process);
        leash.wait_until_gone();
    }
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn a_guest_that_does_not_end_is_told_of() {
    for (mode, trouble) in
        [("does-not-end", Trouble::DoesNotEnd), ("child-with-the-pipes", Trouble::LeavesBehind)]
    {
        let leash = Leash::new();
        let mut process = Process::start(&leash.odd(mode)).unwrap();
        process.ask(TICK).unwrap();
        assert_eq!(process.close().unwrap_err().trouble(), &trouble);
        leash.wait_until_gone();
    }
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn much_may_be_said() {
    for mode in ["many-words", "long-answer"] {
        let leash = Leash::new();
        let mut process = Process::start(&leash.odd(mode)).unwrap();
        process.ask(TICK).unwrap();
        process.ask(TICK).unwrap();
        drop(process);
        leash.wait_until_gone();
    }
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn a_guest_runs_in_a_clean_place() {
    let leash = Leash::new();
    let process = Process::start(&leash.odd("tells-about-itself")).unwrap();
    let variables: Vec<(String, String)> =
        serde_json::from_str(&process.hello().name).expect("names and values");
    let variables: BTreeMap<String, String> = variables.into_iter().collect();
    assert_eq!(variables["LANG"], "C.UTF-8");
    assert_eq!(variables["TZ"], "UTC");
    assert!(variables.contains_key("PATH"));
    // What starts Python may have set others. Ours, of which cargo has set some, are not there.
    assert!(env::vars().any(|(name, _)| name.starts_with("CARGO_")));
    assert!(!variables.keys().any(|name| name.starts_with("CARGO_")), "{variables:?}");
    assert_eq!(
        process.hello().version,
        "[[], true, true]",
        "an empty folder, which is HOME, and an own group"
    );
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn a_command_means_what_it_means_in_its_folder() {
    let launch =
        Launch::new("python3", ["guest.py", "--fixed"]).seen_from(&python::file("guests/last-writer"));
    assert_eq!(Process::start(&launch).unwrap().hello().version, "1.0.1");
    assert_eq!(launch.program, "python3");
    assert!(Path::new(&launch.args[0]).is_absolute());
}

#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn a_guest_is_used_again() {
    let pool = Pool::new();
    let launch = python::last_writer(&[]);
    let [one, other] = [pool.take(&launch).unwrap(), pool.take(&launch).unwrap()];
    let ids = [one.id(), other.id()];
    assert_ne!(ids[0], ids[1], "two runs at a time have two");
    pool.give_back(one).unwrap();
    pool.give_back(other).unwrap();
    let [one, mut other] = [pool.take(&launch).unwrap(), pool.take(&launch).unwrap()];
    assert_eq!([other.id(), one.id()], ids);
    other.ask(TICK).expect_err("there is no such node");
    pool.give_back(other).expect("one that has failed is let go");
    assert_ne!(pool.take(&launch).unwrap().id(), ids[0]);
    assert_eq!(pool.take(&python::last_writer(&["--fixed"])).unwrap().hello().version, "1.0.1");
}

/// What the process that is killed in the test below has among its arguments.
const HOLDER: &str = "only-to-be-killed";

/// Nobody can act when it is killed. What is left is that the system closes its pipes, and the guest must end then.
#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn a_guest_ends_when_its_host_is_killed() {
    let leash = Leash::new();
    let path = leash.path();
    let own = env::current_exe().unwrap();
    let mut host = Command::new(own)
        .args(["--exact", "--include-ignored", "--nocapture"])
        .args(["ends::holds_a_guest_until_it_is_killed", HOLDER])
        .arg(&path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(host.stdout.take().unwrap()).lines();
    let ready = lines.map_while(Result::ok).any(|line| line.ends_with("the guest runs"));
    assert!(ready, "the host has started its guest");
    host.kill().unwrap();
    host.wait().unwrap();
    // Nobody was left to take its folder away.
    fs::remove_dir_all(leash.wait_until_dead()).unwrap();
}

/// The host of the test above, which is this program, too: its arguments are names of tests otherwise. Without them it
/// has nothing to do.
#[test]
#[ignore = "it plays guests in Python, as `.ci/run` does"]
fn holds_a_guest_until_it_is_killed() {
    let args: Vec<String> = env::args().skip_while(|arg| arg != HOLDER).collect();
    let [_, leash] = args.as_slice() else { return };
    let launch = python::guest("sim/guest/tests/guests/odd.py", &[leash, "nothing"]);
    let _process = Process::start(&launch).unwrap();
    println!("the guest runs");
    std::io::stdin().lines().for_each(drop);
}

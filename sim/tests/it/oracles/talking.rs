//! The oracles that follow what nodes say to each other: `timely`, `frugal`.

use super::{check_mutations, holds, network, star};
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario;

/// Alice is asked for nothing and pushes nothing: she only hears that the server holds what she has not got.
const ANNOUNCED: &str = r#"{ "at": "0ms", "create": { "node": "bob", "id": "notes" } }"#;

#[test]
fn timely_finds_an_announcement_that_is_not_answered() {
    let scenario = star(ANNOUNCED);
    check_mutations(&scenario, &[("alice", "ignore-announcements")], "timely client>server known");
}

#[test]
fn timely_finds_a_load_that_is_not_answered() {
    let scenario = star(r#"{ "at": "1s", "load": { "node": "bob", "id": "notes" } }"#);
    check_mutations(&scenario, &[("server", "never-unavailable")], "timely server>client load");
}

#[test]
fn timely_finds_content_that_is_not_acknowledged() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "drop": { "from": "server", "to": "bob", "kinds": ["content"], "count": 1 } },
           { "at": "2s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "2100ms", "edit": { "node": "alice", "id": "notes" } }"#,
    );
    check_mutations(&scenario, &[("bob", "ignore-gap")], "timely client>server content");
}

/// What is lost is never sent again: that is late at the first deadline, and said at once when nothing else will happen.
#[test]
fn timely_finds_a_deadline_that_nobody_keeps() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "drop": { "from": "alice", "to": "server", "kinds": ["content"], "count": 1 } },
           { "at": "2s", "edit": { "node": "alice", "id": "notes" } }"#,
    );
    check_mutations(&scenario, &[("alice", "never-retransmit")], "timely client>server deadline");
}

/// A healthy peer is not let down because another's line is full.
#[test]
fn timely_looks_at_every_peer_by_itself() {
    let scenario = network(
        r#""alice": {}, "bob": {}, "server": {}"#,
        r#"{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs",
             "network": { "bandwidth": "2KB/s", "queue": "8KB" } },
           { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }"#,
        r#"{ "at": "0ms", "create": { "node": "bob", "id": "notes" } },
           { "at": "1s", "edit": { "node": "bob", "id": "notes", "size": 6000 } },
           { "at": "2s", "edit": { "node": "bob", "id": "notes", "size": 6000 } },
           { "at": "3s", "load": { "node": "bob", "id": "plan" } }"#,
    );
    let outcome = holds(&scenario);
    assert!(outcome.figures.blocked > 0, "a line was full");
    check_mutations(&scenario, &[("server", "never-unavailable")], "timely server>client load");
    check_mutations(&scenario, &[("server", "forget-blocked")], "timely server>client content");
}

#[test]
fn frugal_finds_what_is_asked_before_its_deadline() {
    let scenario = star(ANNOUNCED);
    check_mutations(&scenario, &[("bob", "repeat-unanswered")], "frugal client>server load");
    check_mutations(&scenario, &[("server", "repeat-unanswered")], "frugal server>client known");
}

/// Nothing of it is judged in a conversation with a hostile node, nor what follows on what was damaged.
#[test]
fn timely_and_frugal_count_what_they_look_at() {
    let scenario = star(ANNOUNCED);
    let looks = run(&scenario, 1, Options::judged()).looks;
    let of = |name| looks.iter().find(|(oracle, _)| *oracle == name).map_or(0, |(_, looks)| *looks);
    assert!(of("timely") > 0 && of("frugal") > of("timely"), "{looks:?}");
}

/// A small edit is damaged on its way, and refused, while a large one that builds on it still waits before the line. When
/// the server asks, alice sends both again: what waits will not be taken.
#[test]
fn frugal_lets_be_sent_again_what_builds_on_what_was_refused() {
    let text = r#"{
        "version": 1, "about": "A story.", "nodes": { "alice": {}, "server": {} },
        "network": { "latency": "10ms", "bandwidth": "50KB/s", "queue": "10KB" },
        "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
        "timeline": [
            { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
            { "at": "0ms", "name": "small", "edit": { "node": "alice", "id": "notes" } },
            { "at": "0ms", "name": "large",
              "edit": { "node": "alice", "id": "notes", "transactions": 3, "size": 60000 } }
        ],
        "decisions": { "damaged": { "alice>server content notes small": 0 } }
    }"#;
    let outcome = holds(&scenario::parse(text, "story.json").expect("a scenario"));
    assert!(
        outcome.figures.damaged > 0 && outcome.figures.blocked > 0,
        "something was damaged while a line was full"
    );
}

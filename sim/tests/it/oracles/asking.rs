//! The oracle that looks at who is asked, and at who is told that there is nothing: `honest_no`.

use super::{check_mutations, network};

/// Bob asks `edge`, which has to ask `core`, where it is.
#[test]
fn honest_no_finds_a_no_before_the_server_was_heard() {
    let scenario = network(
        r#""alice": {}, "bob": {}, "core": { "announce": "interested" }, "edge": { "announce": "interested" }"#,
        r#"{ "between": ["alice", "core"], "relationship": "syncAllOurs/syncTheirs" },
           { "between": ["bob", "edge"], "relationship": "syncAllOurs/syncTheirs" },
           { "between": ["edge", "core"], "relationship": "syncAllOurs/syncTheirs" }"#,
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "load": { "node": "bob", "id": "notes" } }"#,
    );
    check_mutations(&scenario, &[("edge", "answer-at-once")], "honest_no server>client answer");
}

/// Nobody has it, and `core` is silent: then a no may come, but not before three deadlines have passed.
#[test]
fn honest_no_waits_for_a_silent_server() {
    let scenario = network(
        r#""bob": {}, "core": {}, "edge": { "base": "200ms" }"#,
        r#"{ "between": ["bob", "edge"], "relationship": "syncAllOurs/syncTheirs" },
           { "between": ["edge", "core"], "relationship": "syncAllOurs/syncTheirs" }"#,
        r#"{ "at": "0ms", "partition": { "from": "core", "to": "edge" } },
           { "at": "1s", "load": { "node": "bob", "id": "notes" } },
           { "at": "5s", "heal": { "from": "core", "to": "edge" } }"#,
    );
    check_mutations(&scenario, &[("edge", "answer-at-once")], "honest_no server>client answer");
}

/// `archive` is slow, and only there in case `nearby` has nothing.
#[test]
fn honest_no_finds_that_the_worse_server_is_asked_too_early() {
    let scenario = network(
        r#""bob": {}, "nearby": {}, "archive": {}"#,
        r#"{ "between": ["bob", "nearby"], "relationship": "syncAllOurs/syncTheirs", "priority": [10, 0] },
           { "between": ["bob", "archive"], "relationship": "syncAllOurs/syncTheirs" }"#,
        r#"{ "at": "1s", "load": { "node": "bob", "id": "notes" } }"#,
    );
    check_mutations(&scenario, &[("bob", "ask-all-sources")], "honest_no client>server load");
}

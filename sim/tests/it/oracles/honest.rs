//! What looks like a fault and is none: honest nodes in the situations in which an oracle that looks at the wrong
//! moment, or remembers what no longer counts, would accuse them.

use super::{holds, star};

const WRITTEN: &str = r#"
    { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "100ms", "edit": { "node": "alice", "id": "notes", "transactions": 3 } }"#;

fn check(rest: &str) {
    holds(&star(&format!("{WRITTEN}, {rest}")));
}

/// The peers of a wiped node notice late, and believe for a while what was true.
#[test]
fn a_wiped_server_whose_clients_notice_late() {
    check(
        r#"{ "at": "1s", "network": { "notice": "0ms..2s", "latency": "1ms..400ms" } },
           { "at": "1500ms", "edit": { "node": "bob", "id": "notes" } },
           { "at": "1600ms", "wipe": { "node": "server", "down_for": "200ms" } },
           { "at": "1700ms", "edit": { "node": "alice", "id": "notes" } }"#,
    );
}

/// A node is wiped twice, and one connection's end is noticed only after the next is open.
#[test]
fn a_node_that_is_wiped_again() {
    check(
        r#"{ "at": "1s", "network": { "notice": "0ms..2s" } },
           { "at": "1s", "wipe": { "node": "alice" } },
           { "at": "1100ms", "wipe": { "node": "alice", "down_for": "50ms" } },
           { "at": "1200ms", "restart": { "node": "server" } },
           { "at": "2s", "create": { "node": "alice", "id": "notes" } },
           { "at": "2s", "edit": { "node": "alice", "id": "notes" } }"#,
    );
}

/// Messages of a connection that has closed arrive in the next one.
#[test]
fn messages_that_outlive_their_connection() {
    check(
        r#"{ "at": "1s", "network": { "latency": "800ms" } },
           { "at": "1s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "1100ms", "disconnect": { "between": ["bob", "server"] } },
           { "at": "1100ms", "connect": { "between": ["bob", "server"] } },
           { "at": "1200ms", "network": { "latency": "1ms" } },
           { "at": "1300ms", "edit": { "node": "bob", "id": "notes" } },
           { "at": "1400ms", "disconnect": { "between": ["alice", "server"] } },
           { "at": "1400ms", "connect": { "between": ["alice", "server"] } }"#,
    );
}

/// Content for bob is on its way while he says `done`, wants it again, and says `done` again.
#[test]
fn done_and_wanted_again() {
    check(
        r#"{ "at": "1s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "1005ms", "done": { "node": "bob", "id": "notes" } },
           { "at": "1010ms", "load": { "node": "bob", "id": "notes" } },
           { "at": "1015ms", "edit": { "node": "alice", "id": "notes" } },
           { "at": "1016ms", "done": { "node": "bob", "id": "notes" } },
           { "at": "1500ms", "edit": { "node": "alice", "id": "notes" } },
           { "at": "2s", "load": { "node": "bob", "id": "notes" } }"#,
    );
}

/// Every message comes twice, the second copy long after others that it contradicts.
#[test]
fn late_duplicates() {
    check(
        r#"{ "at": "1s", "network": { "duplicate": "100%", "latency": "1ms..900ms" } },
           { "at": "1s", "done": { "node": "bob", "id": "notes" } },
           { "at": "1100ms", "load": { "node": "bob", "id": "notes" } },
           { "at": "1200ms", "edit": { "node": "bob", "id": "notes" } },
           { "at": "1300ms", "done": { "node": "bob", "id": "notes" } },
           { "at": "1400ms", "edit": { "node": "alice", "id": "notes" } },
           { "at": "1500ms", "done": { "node": "alice", "id": "notes" } },
           { "at": "2500ms", "load": { "node": "alice", "id": "notes" } }"#,
    );
}

/// A load that a restart takes back is no load that never ends; one that is asked for again ends again.
#[test]
fn loads_of_a_node_that_restarts() {
    check(
        r#"{ "at": "1s", "partition": { "between": ["bob", "server"] } },
           { "at": "1s", "load": { "node": "bob", "id": "other" } },
           { "at": "1500ms", "restart": { "node": "bob", "down_for": "100ms" } },
           { "at": "3s", "heal": { "between": ["bob", "server"] } },
           { "at": "4s", "load": { "node": "bob", "id": "other" } },
           { "at": "4s", "done": { "node": "bob", "id": "other" } },
           { "at": "5s", "load": { "node": "bob", "id": "other" } },
           { "at": "9s", "create": { "node": "alice", "id": "other" } }"#,
    );
}

/// Links that stay closed to the end join nobody.
#[test]
fn nodes_that_stay_apart() {
    check(
        r#"{ "at": "1s", "disconnect": { "between": ["bob", "server"] } },
           { "at": "2s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "2s", "edit": { "node": "bob", "id": "notes" } }"#,
    );
}

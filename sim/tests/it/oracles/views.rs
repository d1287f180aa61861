//! The oracles that judge what apps see and encrypt: `same_view`, `permission`, `unique_nonce`.

use super::faulty::Fault;
use super::{check_fault, fails, holds, play_with};
use cosim_testbed::log::Limit;
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario::{self, Scenario};

/// A scenario in which alice and bob are clients of server, a message takes 10 ms, and alice founds a group that owns a
/// map.
fn story(timeline: &str, rest: &str) -> Scenario {
    let text = format!(
        r#"{{ "version": 1, "about": "A story.", "nodes": {{ "alice": {{}}, "bob": {{}}, "server": {{}} }},
             "co_values": {{
               "team": {{ "kind": "group", "admin": "alice" }},
               "plan": {{ "kind": "map", "owner": "team" }},
               "board": {{ "kind": "map" }},
               "tasks": {{ "kind": "list" }}
             }},
             "network": {{ "latency": "10ms" }},
             "links": [
               {{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }},
               {{ "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }}
             ],
             "timeline": [ {timeline} ] {rest} }}"#
    );
    scenario::parse(&text, "story.json").unwrap_or_else(|problems| panic!("{problems}"))
}

const TASKS: &str = r#"
    { "at": "0ms", "create": { "node": "alice", "id": "tasks" } },
    { "at": "1s", "insert": { "node": "alice", "id": "tasks", "values": ["milk"] } },
    { "at": "2s", "insert": { "node": "alice", "id": "tasks", "values": ["eggs"] } }"#;

#[test]
fn same_view_finds_an_app_that_goes_on_seeing_what_it_saw_first() {
    check_fault(&story(TASKS, ""), "bob", Fault::SeesTheFirst, "same_view node view");
    let outcome = play_with(&story(TASKS, ""), "bob", Fault::SeesTheFirst);
    let said = &outcome.violations[0].subject.what;
    assert_eq!(said, "bob shows something else of tasks than alice did with the same logs and keys");
}

/// The older of two values comes last to bob, who was away when it was set.
#[test]
fn same_view_finds_an_app_that_sees_by_arrival() {
    let scenario = story(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "board" } },
           { "at": "1s", "disconnect": { "between": ["bob", "server"] } },
           { "at": "2s", "set": { "node": "alice", "id": "board", "key": "title", "value": "old" } },
           { "at": "3s", "set": { "node": "bob", "id": "board", "key": "title", "value": "new" } },
           { "at": "4s", "connect": { "between": ["bob", "server"] } }"#,
        "",
    );
    check_fault(&scenario, "bob", Fault::SeesByArrival, "same_view node view");
}

/// Nobody else has it to compare with.
#[test]
fn same_view_finds_an_app_that_does_not_see_what_it_has_written() {
    let scenario = story(
        r#"{ "at": "0ms", "disconnect": { "between": ["alice", "server"] } },
           { "at": "0ms", "create": { "node": "alice", "id": "board" } },
           { "at": "1s", "set": { "node": "alice", "id": "board", "key": "title", "value": "old" } },
           { "at": "2s", "set": { "node": "alice", "id": "board", "key": "title", "value": "new" } }"#,
        "",
    );
    check_fault(&scenario, "alice", Fault::SeesTheOldest, "same_view node edit");
}

/// With nobody to compare with, what the logs come to when they are read from nothing tells.
#[test]
fn same_view_finds_at_rest_what_nobody_else_holds() {
    let away = format!(r#"{{ "at": "0ms", "disconnect": {{ "between": ["alice", "server"] }} }}, {TASKS}"#);
    check_fault(&story(&away, ""), "alice", Fault::SeesTheFirst, "same_view node view");
    let outcome = play_with(&story(&away, ""), "alice", Fault::SeesTheFirst);
    assert!(outcome.violations[0].subject.what.ends_with("when they are read from nothing"));
}

/// Two members who were handed the same key in different ways are compared, and so are a member and who was removed,
/// about what that one can still read.
#[test]
fn same_view_compares_members_of_private_covalues() {
    let scenario = story(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "team" } },
           { "at": "1ms", "add_member": { "node": "alice", "id": "team", "member": "bob", "role": "writer" } },
           { "at": "2ms", "create": { "node": "alice", "id": "plan" } },
           { "at": "1s", "set": { "node": "alice", "id": "plan", "key": "a", "value": 1, "private": true } },
           { "at": "2s", "set": { "node": "bob", "id": "plan", "key": "b", "value": 2, "private": true } },
           { "at": "3s", "remove_member": { "node": "alice", "id": "team", "member": "bob" } },
           { "at": "4s", "set": { "node": "alice", "id": "plan", "key": "c", "value": 3, "private": true } }"#,
        r#", "expect": { "oracles": ["same_view"] }"#,
    );
    let outcome = run(&scenario, 1, Options::logged(Limit::All));
    assert_eq!(outcome.key(), None);
    for fault in [Fault::SeesTheFirst, Fault::SeesAnybody] {
        fails(&scenario, &play_with(&scenario, "bob", fault), "same_view node view");
    }
}

/// Bob is removed and does not hear of it. What he writes comes to the server, which has heard.
const REMOVED: &str = r#"
    { "at": "0ms", "create": { "node": "alice", "id": "team" } },
    { "at": "1ms", "add_member": { "node": "alice", "id": "team", "member": "bob", "role": "writer" } },
    { "at": "2ms", "create": { "node": "alice", "id": "plan" } },
    { "at": "1s", "set": { "node": "bob", "id": "plan", "key": "early", "value": true } },
    { "at": "1500ms", "partition": { "from": "server", "to": "bob" } },
    { "at": "2s", "remove_member": { "node": "alice", "id": "team", "member": "bob" } },
    { "at": "3s", "set": { "node": "bob", "id": "plan", "key": "late", "value": true } },
    { "at": "5s", "heal": { "from": "server", "to": "bob" } }"#;

#[test]
fn permission_finds_what_a_removed_member_wrote() {
    check_fault(&story(REMOVED, ""), "server", Fault::SeesAnybody, "permission node shown");
    let outcome = play_with(&story(REMOVED, ""), "server", Fault::SeesAnybody);
    let said = &outcome.violations[0].subject.what;
    assert_eq!(said, "server shows transaction 1 of bob/1 in plan, which bob had no right to write");
}

#[test]
fn permission_finds_what_is_not_shown_though_its_author_had_the_right_to_write_it() {
    let scenario = story(REMOVED, r#", "expect": { "oracles": ["permission"] }"#);
    let outcome = run(&scenario, 1, Options::logged(Limit::All));
    assert_eq!(outcome.key(), None);
    assert!(outcome.looks.iter().all(|(_, looks)| *looks > 0), "{:?}", outcome.looks);
    fails(&scenario, &play_with(&scenario, "server", Fault::SeesTheFirst), "permission node hidden");
}

/// What nobody owns is anybody's to write, and what is not encrypted has no nonce.
#[test]
fn permission_and_unique_nonce_have_nothing_to_check_where_nobody_owns_anything() {
    let outcome = holds(&story(TASKS, ""));
    for (oracle, looks) in outcome.looks {
        let idle = matches!(oracle, "permission" | "unique_nonce" | "durable" | "dependencies");
        assert!(!idle || looks == 0, "{oracle} has nothing to look at, and looked {looks} times");
    }
}

/// A phone on a disk that takes 50 ms writes to an encrypted map, and crashes while the first of it is not written.
fn crash(durability: &str, rest: &str) -> Scenario {
    let text = format!(
        r#"{{ "version": 1, "about": "A story.",
             "nodes": {{ "phone": {{ "disk": {{ "latency": "50ms" }}, "durability": "{durability}" }}, "server": {{}} }},
             "co_values": {{
               "team": {{ "kind": "group", "admin": "phone" }},
               "diary": {{ "kind": "map", "owner": "team", "private": true }}
             }},
             "network": {{ "latency": "20ms" }},
             "links": [ {{ "between": ["phone", "server"], "relationship": "syncAllOurs/syncTheirs" }} ],
             "timeline": [
               {{ "at": "0ms", "create": {{ "node": "phone", "id": "team" }} }},
               {{ "at": "500ms", "create": {{ "node": "phone", "id": "diary" }} }},
               {{ "at": "1s", "set": {{ "node": "phone", "id": "diary", "key": "mood", "value": "good" }} }},
               {{ "at": "1030ms", "crash": {{ "node": "phone", "down_for": "1s" }} }},
               {{ "at": "2045ms", "set": {{ "node": "phone", "id": "diary", "key": "mood", "value": "bad" }} }}
             ],
             "decisions": {{ "kept_writes": {{ "phone crashes @crash-phone": 0 }} }} {rest} }}"#
    );
    scenario::parse(&text, "story.json").unwrap_or_else(|problems| panic!("{problems}"))
}

/// The first was sent, the second takes its place: both are there for who listens.
#[test]
fn unique_nonce_finds_a_place_that_is_encrypted_for_twice() {
    let only = r#", "expect": { "oracles": ["unique_nonce"] }"#;
    let scenario = crash("send-first-reuse", only);
    fails(&scenario, &run(&scenario, 1, Options::logged(Limit::All)), "unique_nonce node write");
}

/// Nothing of the first has left the phone, or has it but the second is in another session.
#[test]
fn unique_nonce_allows_what_a_crash_took_before_anybody_saw_it() {
    for durability in ["durable-first", "send-first"] {
        let outcome = holds(&crash(durability, ""));
        let looked = outcome.looks.iter().any(|(oracle, looks)| *oracle == "unique_nonce" && *looks > 0);
        assert!(looked, "{durability}");
    }
}

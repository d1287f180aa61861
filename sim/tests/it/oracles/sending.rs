//! The oracles that look at every content sent: `entitled`, `no_redundant`, and `dependencies`.

use super::faulty::Fault;
use super::{check_fault, check_mutations, network, planted, star};
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario::{self, Scenario};
use std::collections::BTreeSet;

#[test]
fn entitled_finds_content_for_a_client_that_is_done() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "done": { "node": "bob", "id": "notes" } },
           { "at": "2s", "edit": { "node": "alice", "id": "notes" } }"#,
    );
    check_mutations(&scenario, &[("server", "content-after-done")], "entitled server>client content");
}

/// Bob's `load` is doubled, and with some seeds its second copy comes after the `done` that took it back.
#[test]
fn entitled_finds_content_for_a_late_copy_of_a_load() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "disconnect": { "between": ["bob", "server"] } },
           { "at": "2s", "network": { "latency": "1ms..400ms", "duplicate": "100%" } },
           { "at": "2s", "connect": { "between": ["bob", "server"] } },
           { "at": "2001ms", "network": { "latency": "1ms", "duplicate": "0%" } },
           { "at": "2200ms", "done": { "node": "bob", "id": "notes" } },
           { "at": "5s", "edit": { "node": "alice", "id": "notes" } }"#,
    );
    let planted = planted(&scenario, &[("server", "interest-by-arrival")]);
    let found = (0..20).filter_map(|seed| {
        assert_eq!(run(&scenario, seed, Options::judged()).key(), None, "seed {seed}");
        run(&planted, seed, Options::judged()).key().map(str::to_owned)
    });
    let found: BTreeSet<String> = found.collect();
    assert_eq!(found, BTreeSet::from(["entitled server>client content".to_owned()]));
}

#[test]
fn entitled_finds_content_for_an_equal_peer_that_is_done() {
    let scenario = network(
        r#""alice": {}, "bob": {}"#,
        r#"{ "between": ["alice", "bob"], "relationship": "syncCommon/syncCommon" }"#,
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "0ms", "create": { "node": "bob", "id": "notes" } },
           { "at": "500ms", "edit": { "node": "alice", "id": "notes" } },
           { "at": "1s", "done": { "node": "bob", "id": "notes" } },
           { "at": "2s", "edit": { "node": "alice", "id": "notes" } }"#,
    );
    check_mutations(&scenario, &[("alice", "content-after-done")], "entitled peer>peer content");
}

#[test]
fn no_redundant_finds_content_that_goes_back_to_its_sender() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "edit": { "node": "alice", "id": "notes" } }"#,
    );
    check_mutations(&scenario, &[("server", "echo-to-sender")], "no_redundant server>client content");
}

/// Alice's notes depend on the group that is their owner, and her server says only what it is asked.
fn notes_of_a_group(timeline: &str) -> Scenario {
    let created = r#"{ "at": "0ms", "create": { "node": "alice", "id": "owner" } },
                     { "at": "0ms", "create": { "node": "alice", "id": "notes" } }"#;
    let mut file = star(&format!("{created}, {timeline}")).file;
    let depends_on = serde_json::json!({ "notes": { "depends_on": ["owner"] } });
    file.co_values = serde_json::from_value(depends_on).expect("a good one");
    file.nodes.get_mut("server").expect("it is there").announce = Some(scenario::file::Announce::Interested);
    scenario::resolve(file).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn dependencies_finds_what_is_sent_before_its_group() {
    let scenario = notes_of_a_group(r#"{ "at": "1s", "load": { "node": "bob", "id": "notes" } }"#);
    check_fault(&scenario, "server", Fault::SwallowsTheLast, "dependencies server>client content");
}

/// Bob holds the notes when he comes back, so he has their group.
#[test]
fn no_redundant_finds_a_group_that_is_sent_ahead_to_who_holds_what_it_owns() {
    let scenario = notes_of_a_group(
        r#"{ "at": "1s", "load": { "node": "bob", "id": "notes" } },
           { "at": "2s", "done": { "node": "bob", "id": "owner" } },
           { "at": "3s", "disconnect": { "between": ["bob", "server"] } },
           { "at": "4s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "5s", "connect": { "between": ["bob", "server"] } }"#,
    );
    check_fault(&scenario, "server", Fault::SendsTheLast, "no_redundant server>client content");
}

//! What is said of nodes whose apps go by other rules than the scenario.

use crate::disks::{good, table};
use cosim_core::view::Dialect;
use cosim_testbed::host::NodeId;
use cosim_testbed::scenario::{Act, Numbered};

/// Olga's app is older than all others.
const OLDER: &str = r#"{
  "version": 1,
  "about": "An older app.",
  "format": "0.20",
  "nodes": { "alice": {}, "bob": {}, "olga": { "format": "0.7" } },
  "co_values": {
    "draft": { "branch_of": "tasks" },
    "tasks": { "kind": "list", "owner": "team" },
    "team": { "kind": "group", "admin": "alice" }
  },
  "links": [
    { "between": ["alice", "bob"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["olga", "bob"], "relationship": "syncAllOurs/syncTheirs" }
  ],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "team" } },
    { "at": "0ms", "add_member": { "node": "alice", "id": "team", "member": "olga", "role": "admin" } },
    { "at": "0ms", "create": { "node": "alice", "id": "tasks" } },
    { "at": "2s", "add_member": { "node": "olga", "id": "team", "member": "bob", "role": "writer" } }
  ],
  "workload": {
    "operations": 60,
    "from": "3s",
    "until": "9s",
    "co_values": ["draft", "tasks", "team"],
    "mix": { "invite": 1, "accept": 1, "branch": 1, "merge": 1, "delete_value": 1 }
  }
}
"#;

#[test]
fn words_that_an_older_app_does_not_know() {
    let act = r#""add_member": { "node": "olga", "id": "team", "member": "bob", "role": "writer""#;
    let cases = [
        ("a role", r#""member": "bob", "role": "writer""#, r#""member": "bob", "role": "manager""#),
        ("an invite", act, r#""invite": { "node": "olga", "id": "team", "role": "writeOnly", "secret": "x""#),
        ("a deletion", act, r#""delete_value": { "node": "olga", "id": "tasks""#),
        ("a branch", act, r#""branch": { "node": "olga", "id": "draft""#),
        ("a version that nobody knows", r#""format": "0.7""#, r#""format": "0.8""#),
        (
            "a guest, which says so itself",
            r#"{ "format": "0.7" }"#,
            r#"{ "format": "0.7", "guest": "cojson@0.7.35" }"#,
        ),
    ];
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("words_that_an_older_app_does_not_know", table(OLDER, &cases));
    });
}

#[test]
fn what_an_older_app_does_not_know_another_does_in_its_stead() {
    let scenario = good(OLDER);
    let olga = NodeId(2);
    assert_eq!(scenario.directory.dialect_of(NodeId(0)), Dialect::V0_20);
    assert_eq!(scenario.directory.dialect_of(olga), Dialect::V0_7);
    let plan = scenario.plan(1);
    let drawn = plan.chapters.iter().flat_map(|chapter| &chapter.operations);
    let drawn: Vec<_> = drawn.filter_map(|operation| by(&operation.act)).collect();
    assert_eq!(drawn.len(), 60);
    assert!(drawn.contains(&(olga.0, true)), "an invite she knows");
    assert!(!drawn.contains(&(olga.0, false)));
}

/// Who does what a workload draws of today's acts, and whether that is to accept an invite.
#[expect(clippy::wildcard_enum_match_arm, reason = "all of it is about the five acts that it draws")]
fn by(act: &Act<Numbered>) -> Option<(u32, bool)> {
    match act {
        Act::Accept(it) => Some((it.node, true)),
        Act::Invite(it) => Some((it.node, false)),
        Act::Branch(it) | Act::Merge(it) | Act::DeleteValue(it) => Some((it.node, false)),
        _ => None,
    }
}

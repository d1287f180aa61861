//! What a scenario may say and its author hardly means: each kind is told, at its place; and what is meant is not doubted.

use cosim_testbed::scenario::{doubts, parse};
use std::path::{Path, PathBuf};

/// A story of a client and a server, with these fields beside.
fn story(fields: &str) -> String {
    format!(
        r#"{{
  "version": 1,
  "about": "Alice writes to the server.",
  "nodes": {{ "alice": {{}}, "bob": {{}}, "server": {{ "disk": {{}} }} }},
  "links": [
    {{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }},
    {{ "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }}
  ],
  {fields}
}}"#
    )
}

/// What is doubtful about a text.
#[track_caller]
fn doubted(text: &str) -> String {
    let doubts = doubts(text.as_bytes(), "story.json").unwrap_or_else(|problems| panic!("{problems}"));
    if doubts.is_empty() { String::new() } else { doubts.render(false) }
}

#[test]
fn every_kind_is_told_at_its_place() {
    const NOTES: &str = r#"{ "at": "0s", "create": { "node": "alice", "id": "notes" } }"#;
    const TEAM: &str = r#""co_values": { "team": { "kind": "group", "admin": "alice" } },"#;
    let stories = [
        format!(r#""timeline": [{NOTES}, {{ "at": "1s", "load": {{ "node": "bob", "id": "nots" }} }}]"#),
        format!(r#""timeline": [{NOTES}, {{ "at": "1s", "create": {{ "node": "alice", "id": "notes" }} }}]"#),
        format!(r#"{TEAM} "timeline": [{NOTES}]"#),
        format!(
            r#"{TEAM} "timeline": [{{ "at": "0s", "create": {{ "node": "alice", "id": "team" }} }},
    {{ "at": "1s", "remove_member": {{ "node": "alice", "id": "team", "member": "bob" }} }}]"#
        ),
        format!(r#""timeline": [{NOTES}], "faults": {{ "until": "10s" }}"#),
        format!(r#""network": {{ "latency": "20ms", "queue": "1KB" }}, "timeline": [{NOTES}]"#),
        format!(r#""timeline": [{NOTES}], "expect": {{ "oracles": [] }}"#),
        format!(
            r#""timeline": [{NOTES}], "decisions": {{ "lost": ["alice>server load nots create-notes"] }}"#
        ),
        format!(
            r#""timeline": [{NOTES}], "decisions": {{ "latencies": {{ "alice>server load nots create-notes": "1s" }} }}"#
        ),
        format!(
            r#""timeline": [{NOTES}], "expect": {{ "loads": [{{ "node": "bob", "id": "notes", "ends": "available" }}] }}"#
        ),
        format!(
            r#""timeline": [{NOTES}],
  "expect": {{ "content": [
    {{ "node": "alice", "id": "notes", "transactions": 1 }}, {{ "node": "alice", "id": "notes", "transactions": 2 }}
  ] }}"#
        ),
    ];
    let told: Vec<String> = stories.iter().map(|fields| doubted(&story(fields))).collect();
    assert!(told.iter().all(|told| told.starts_with("warning: ")), "{told:#?}");
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn what_is_so_already_or_too_early_or_of_no_weight() {
    const NOTES: &str = r#"{ "at": "0s", "create": { "node": "alice", "id": "notes" } }"#;
    const LINK: &str = r#"{ "between": ["server", "alice"] }"#;
    let timeline = |more: &str| format!(r#""timeline": [{NOTES}, {more}]"#);
    let stories = [
        timeline(&format!(r#"{{ "at": "1s", "connect": {LINK} }}"#)),
        timeline(&format!(
            r#"{{ "at": "1s", "disconnect": {LINK} }}, {{ "at": "2s", "disconnect": {LINK} }}"#
        )),
        timeline(
            r#"{ "at": "1s", "clock": { "node": "alice", "stop": true } },
    { "at": "2s", "clock": { "node": "alice", "stop": true } }"#,
        ),
        timeline(
            r#"{ "at": "1s", "disk_full": { "node": "server" } }, { "at": "2s", "disk_full": { "node": "server" } }"#,
        ),
        format!(r#""timeline": [{{ "at": "0s", "edit": {{ "node": "alice", "id": "notes" }} }}, {NOTES}]"#),
        format!(
            r#""timeline": [{NOTES}], "workload": {{ "operations": 0, "until": "1m", "co_values": ["notes"] }}"#
        ),
        format!(r#""network": {{ "burst": {{ "p": "0%" }} }}, "timeline": [{NOTES}]"#),
        format!(r#""network": {{ "burst": {{ "p": "5%", "1-h": "0%" }} }}, "timeline": [{NOTES}]"#),
        timeline(r#"{ "at": "1s", "clock": { "node": "bob", "jump": "+1h" } }"#),
        r#""co_values": { "club": { "kind": "group", "admin": "bob" }, "team": { "kind": "group", "admin": "alice" } },
  "timeline": [{ "at": "0s", "create": { "node": "alice", "id": "team" } },
    { "at": "0s", "add_member": { "node": "alice", "id": "team", "member": "bob", "role": "writer" } },
    { "at": "1s", "add_member": { "node": "alice", "id": "team", "member": "bob", "role": "writer" } },
    { "at": "2s", "invite": { "node": "alice", "id": "team", "role": "reader", "secret": "box" } },
    { "at": "3s", "extend": { "node": "alice", "id": "team", "parent": "club" } }]"#
            .to_owned(),
        format!(
            r#""co_values": {{ "team": {{ "kind": "group", "admin": "alice", "display_name": "us" }},
    "list": {{ "kind": "list", "owner": "team", "restrict_deletion": true }}, "notes": {{ "kind": "map" }} }},
  "timeline": [{NOTES}, {{ "at": "0s", "create": {{ "node": "alice", "id": "team" }} }},
    {{ "at": "0s", "create": {{ "node": "alice", "id": "list" }} }},
    {{ "at": "1s", "set": {{ "node": "alice", "id": "notes", "key": "a", "value": 1, "fww": "init" }} }}]"#
        ),
    ];
    let told: Vec<String> = stories.iter().map(|fields| doubted(&story(fields))).collect();
    assert!(told.iter().all(|told| told.starts_with("warning: ")), "{told:#?}");
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn what_cannot_be_met_or_is_done_twice() {
    const NOTES: &str = r#"{ "at": "0s", "create": { "node": "alice", "id": "notes" } }"#;
    const KINDS: &str =
        r#""co_values": { "notes": { "kind": "map" }, "team": { "kind": "group", "admin": "alice" } }"#;
    const TEAM: &str = r#"{ "at": "0s", "create": { "node": "alice", "id": "team" } },
    { "at": "0s", "set": { "node": "alice", "id": "notes", "key": "a", "value": 1 } }"#;
    let timeline = |more: &str| format!(r#""timeline": [{NOTES}, {more}]"#);
    let view =
        |of: &str| format!(r#"{KINDS}, "timeline": [{NOTES}, {TEAM}], "expect": {{ "views": [{of}] }}"#);
    let stories = [
        timeline(
            r#"{ "at": "1s", "partition": { "between": ["alice", "server"] } },
    { "at": "2s", "partition": { "between": ["server", "alice"] } }"#,
        ),
        timeline(
            r#"{ "at": "1s", "hold": { "from": "alice", "to": "server" } },
    { "at": "2s", "hold": { "from": "alice", "to": "server" } }"#,
        ),
        timeline(r#"{ "at": "1s", "network": { "queue": "8KB" } }"#),
        timeline(r#"{ "at": "1s", "network": { "reorder_delay": "1s" } }"#),
        view(r#"{ "node": "alice", "id": "notes", "shows": [1] }"#),
        view(
            r#"{ "node": "alice", "id": "notes", "shows": null }, { "node": "alice", "id": "notes", "shows": {} }"#,
        ),
        view(
            r#"{ "node": "alice", "id": "team", "shows": { "alice": "admin" }, "has": ["readKey"], "lacks": ["readKey"] }"#,
        ),
        format!(
            r#"{KINDS}, "timeline": [{NOTES}, {TEAM}, {{ "at": "1s", "remove_member": {{ "node": "alice", "id": "team", "member": "bob" }} }}]"#
        ),
        format!(
            r#"{KINDS}, "timeline": [{NOTES}, {TEAM}, {{ "at": "1s", "invite": {{ "node": "alice", "id": "team", "role": "reader", "secret": "box" }} }}]"#
        ),
        r#""co_values": { "team": { "kind": "group", "admin": "alice" }, "club": { "kind": "group", "admin": "alice" } },
  "timeline": [{ "at": "0s", "create": { "node": "alice", "id": "team" } }, { "at": "0s", "create": { "node": "alice", "id": "club" } },
    { "at": "1s", "revoke_extend": { "node": "alice", "id": "team", "parent": "club" } }]"#
            .to_owned(),
    ];
    let told: Vec<String> = stories.iter().map(|fields| doubted(&story(fields))).collect();
    assert!(told.iter().all(|told| told.starts_with("warning: ")), "{told:#?}");
    insta::assert_snapshot!(told.join("\n"));
}

/// What was lost may be asked for again.
#[test]
fn what_a_disk_lost_may_be_done_again() {
    const TEAM: &str = r#""co_values": { "team": { "kind": "group", "admin": "server" } },
  "timeline": [{ "at": "0s", "create": { "node": "server", "id": "team" } },"#;
    let add = |at: &str| {
        format!(
            r#"{{ "at": "{at}", "add_member": {{ "node": "server", "id": "team", "member": "bob", "role": "reader" }} }}"#
        )
    };
    let stories = [
        format!(
            r#"{TEAM} {{ "at": "1s", "back_up": {{ "node": "server" }} }}, {},
    {{ "at": "3s", "restore": {{ "node": "server" }} }}, {}]"#,
            add("2s"),
            add("4s")
        ),
        format!(
            r#"{TEAM} {{ "at": "2s", "fail_writes": {{ "node": "server", "count": 1 }} }}, {}, {}]"#,
            add("2s"),
            add("3s")
        ),
        format!(
            r#"{TEAM} {{ "at": "1s", "disk_full": {{ "node": "server" }} }}, {{ "at": "2s", "wipe": {{ "node": "server" }} }},
    {{ "at": "3s", "disk_full": {{ "node": "server" }} }}]"#
        ),
    ];
    for fields in stories {
        assert_eq!(doubted(&story(&fields)), "");
    }
}

#[test]
fn an_account_that_nobody_creates() {
    let text = story(r#""timeline": [{ "at": "0s", "create": { "node": "alice", "id": "notes" } }]"#)
        .replace(r#""alice": {}"#, r#""alice": { "account": "me" }"#)
        .replace(r#""links""#, r#""co_values": { "me": {} }, "links""#);
    assert!(doubted(&text).contains("nobody creates the account `me`"), "{}", doubted(&text));
}

#[test]
fn what_is_meant_is_not_doubted() {
    for fields in [
        // A load that is to end in vain.
        r#""timeline": [{ "at": "0s", "load": { "node": "bob", "id": "nothing" } }],
  "expect": { "loads": [{ "node": "bob", "id": "nothing", "ends": "unavailable" }] }"#,
        // A workload creates what it writes to.
        r#""timeline": [{ "at": "9s", "load": { "node": "bob", "id": "notes" } }],
  "workload": { "operations": 5, "until": "5s", "co_values": ["notes"] }"#,
        // A queue at a line that gets its bound later.
        r#""network": { "queue": "1KB" }, "timeline": [
    { "at": "0s", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "network": { "bandwidth": "1KB/s" } }
  ]"#,
        // A connection that opens anew after a restart, and a clock that goes on in between.
        r#""timeline": [
    { "at": "0s", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "restart": { "node": "alice" } },
    { "at": "9s", "connect": { "between": ["alice", "server"] } },
    { "at": "10s", "clock": { "node": "alice", "stop": true } },
    { "at": "11s", "clock": { "node": "alice", "go": true } },
    { "at": "12s", "clock": { "node": "alice", "stop": true } },
    { "at": "13s", "edit": { "node": "alice", "id": "notes" } }
  ]"#,
        // What was lost is created again.
        r#""timeline": [
    { "at": "0s", "create": { "node": "server", "id": "notes" } },
    { "at": "1s", "wipe": { "node": "server" } },
    { "at": "9s", "create": { "node": "server", "id": "notes" } }
  ]"#,
        // One text in two forms.
        r#""co_values": { "notes": { "kind": "text" } }, "format": "0.20",
  "timeline": [
    { "at": "0s", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "splice": { "node": "alice", "id": "notes", "index": 0, "insert": "ab" } }
  ],
  "expect": { "views": [
    { "node": "alice", "id": "notes", "shows": "ab" }, { "node": "alice", "id": "notes", "shows": ["a", "b"] }
  ] }"#,
    ] {
        assert_eq!(doubted(&story(fields)), "", "{fields}");
    }
}

/// All files of the folder and below.
fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            into.push(path);
        }
    }
}

/// The repository's own stories hold nothing that comes to nothing, but where that is the point.
#[test]
fn our_own_scenarios_are_not_doubted() {
    const MEANT: &[&str] = &[
        // Two accounts that are only named: it is about who checks what they sign.
        "regressions/forged-without-its-group.json",
        // Nodes with the clocks that they had when the run was recorded.
        "recorded/client-loads.json",
        "recorded/client-uploads.json",
        // That older rules do not know it is what they are about.
        "views/deletion-is-restricted-0.7.json",
        "views/first-writer-wins-0.7.json",
    ];
    let mut all = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios"), &mut all);
    assert!(all.len() > 200);
    let mut told = Vec::new();
    for path in all {
        let text = std::fs::read_to_string(&path).expect("a file");
        let Ok(scenario) = parse(&text, "story.json") else { continue };
        let is_meant = MEANT.iter().any(|meant| path.ends_with(meant));
        if scenario.file.origin.is_none() && !is_meant && !doubted(&text).is_empty() {
            told.push(format!("{}\n{}", path.display(), doubted(&text)));
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

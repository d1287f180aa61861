//! What a scenario may say of guests, and what becomes of names that nobody explains.

use super::{cosim, cosim_at, written};

/// Alice is played by a guest; `link` and `rest` are what else is said.
fn story(guest: &str, node: &str, link: &str, rest: &str) -> String {
    format!(
        r#"{{ "version": 1, "about": "Alice is a guest, and the server is not.",
  "nodes": {{ "alice": {{ "guest": "{guest}"{node} }}, "server": {{}} }},
  "links": [{{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs"{link} }}],
  "timeline": [{{ "at": "0ms", "create": {{ "node": "alice", "id": "notes" }} }}]{rest} }}"#
    )
}

#[track_caller]
fn refused(text: &str, says: &[&str]) {
    let (_folder, path) = written(text);
    let told = cosim(&["check", &path]);
    assert_eq!(told.code, Some(2), "{}{}", told.out, told.err);
    for part in says {
        assert!(told.err.contains(part), "{part:?} is not in\n{}", told.err);
    }
}

#[test]
fn a_name_that_nobody_explains_is_an_error_that_says_how() {
    let (_folder, path) = written(&story("mine", "", "", ""));
    for args in [vec!["run", &path], vec!["sweep", &path, "--seeds", "0..2"], vec!["freeze", &path]] {
        let told = cosim(&args);
        assert_eq!(told.code, Some(2), "{args:?}: {}", told.err);
        assert!(told.err.contains("the node `alice` is played by the guest `mine`"), "{}", told.err);
        assert!(told.err.contains("--guest mine='python3 guest.py'"), "{}", told.err);
    }
}

#[test]
fn a_package_that_is_not_installed_is_an_error_that_says_which_command_mends_it() {
    let (_folder, path) = written(&story("cojson@0.20.19", "", "", ""));
    let told = cosim(&["run", &path]);
    assert_eq!(told.code, Some(2), "{}", told.err);
    assert!(told.err.contains("cosim guest install cojson@0.20.19"), "{}", told.err);
    assert!(told.err.contains("Node.js"), "{}", told.err);
}

/// A file names a guest. What would be a command is a name that nobody explains.
#[test]
fn no_file_runs_a_command() {
    let home = tempfile::tempdir().unwrap();
    let mark = home.path().join("mark");
    let command = format!("/usr/bin/touch {}", mark.display());
    let (folder, path) = written(&story(&command, "", "", ""));
    // Nor does one that lies beside it.
    std::fs::write(folder.path().join("guests.json"), format!(r#"{{ "mine": "{command}" }}"#)).unwrap();
    assert_eq!(cosim_at(home.path(), &["run", &path]).code, Some(2));
    let (folder, path) = written(&story("mine", "", "", ""));
    std::fs::write(folder.path().join("guests.json"), format!(r#"{{ "mine": "{command}" }}"#)).unwrap();
    assert_eq!(cosim_at(home.path(), &["run", &path]).code, Some(2));
    assert!(!mark.exists());
}

#[test]
fn what_a_guest_has_not_is_refused() {
    let of_ours = [
        (r#", "uploads": "held""#, "uploads"),
        (r#", "mutations": ["never-acknowledge"]"#, "mutations"),
        (r#", "hostile": true"#, "hostile"),
    ];
    for (node, field) in of_ours {
        refused(&story("mine", node, "", ""), &[&format!("`alice` is a guest, which has no `{field}`")]);
    }
    refused(&story("", "", "", ""), &["this cannot be what a guest is called"]);
    let text = story("mine", "", "", "").replace(r#""guest": "mine""#, r#""work": "1ms""#);
    refused(&text, &["`alice` is no guest", "cosim's own nodes never look how long their work takes"]);
}

#[test]
fn a_stream_loses_nothing() {
    let stream = r#", "contract": "stream""#;
    let loss = r#", "network": { "loss": "5%" }"#;
    let says = ["contract is `stream`", "disconnect"];
    refused(&story("mine", "", &format!("{stream}{loss}"), ""), &says);
    refused(&story("mine", "", stream, loss), &says);
    refused(&story("cojson@0.20.19", "", "", loss), &says);
    let faults = r#", "faults": { "until": "5s", "partitions": 2 }"#;
    refused(&story("mine", "", stream, faults), &["every link that they could happen to"]);
    let partition = story("mine", "", stream, "").replace(
        r#""id": "notes" } }]"#,
        r#""id": "notes" } }, { "at": "1s", "partition": { "between": ["alice", "server"] } }]"#,
    );
    refused(&partition, &says);
    let (_folder, path) = written(&story("cojson@0.20.19", "", r#", "contract": "datagram""#, loss));
    assert_eq!(cosim(&["check", &path]).code, Some(0));
}

#[test]
fn only_a_guest_is_asked_in_its_own_words() {
    let asked = story("mine", "", "", "").replace(
        r#""id": "notes" } }]"#,
        r#""id": "notes" } }, { "at": "1s", "ask": { "node": "server", "id": "notes", "op": "rotate" } }]"#,
    );
    refused(&asked, &["`server` is one of cosim's own nodes"]);
}

#[test]
fn only_guests_are_drawn_to_do_what_guests_alone_know() {
    let workload = |nodes: &str, ids: &str, mix: &str| {
        let mix = format!(r#""co_values": {ids}, "mix": {{ "edit": 1, {mix} }}"#);
        story(
            "mine",
            "",
            "",
            &format!(
                r#", "workload": {{ "operations": 9, "until": "9s"{nodes}, {mix} }},
  "co_values": {{ "team": {{ "kind": "group", "admin": "alice" }} }}"#
            ),
        )
    };
    let (alice, notes, team) = (r#", "nodes": ["alice"]"#, r#"["notes"]"#, r#"["notes", "team"]"#);
    let ours =
        ["`merge` is for guests, and `server` is one of cosim's own nodes", "name those alone in `nodes`"];
    refused(&workload("", notes, r#""merge": 1"#), &ours);
    refused(&workload(r#", "nodes": ["alice", "server"]"#, notes, r#""merge": 1"#), &ours);
    let none = ["`invite`, but none of the CoValues is a group", "a group"];
    refused(&workload(alice, notes, r#""invite": 1"#), &none);
    let one = ["`extend`, but only one of the CoValues is a group", "two groups"];
    refused(&workload(alice, team, r#""extend": 1"#), &one);
    let all = ["`branch`, but all of the CoValues are groups", "one that is none"];
    refused(&workload(alice, r#"["team"]"#, r#""branch": 1"#), &all);
    refused(&workload(alice, team, r#""steal": 1"#), &["unknown field `steal`"]);
    for good in [workload(alice, team, r#""invite": 1, "merge": 2"#), workload("", notes, r#""merge": 0"#)] {
        let (_folder, path) = written(&good);
        let told = cosim(&["check", &path]);
        assert_eq!(told.code, Some(0), "{}", told.err);
    }
}

#[test]
fn what_is_given_is_made_by_an_operation() {
    let asked = |rest: &str| {
        with_act(
            "",
            &format!(r#""name": "hand", "ask": {{ "node": "alice", "id": "notes", "op": "take", {rest} }}"#),
        )
    };
    let unknown = ["no operation is called `hands`", "did you mean `hand`?"];
    refused(&asked(r#""given": { "secret": "hands" }"#), &unknown);
    refused(&asked(r#""given": { "secret": "w1" }"#), &["no operation is called `w1`", "give the operation"]);
    refused(&asked(r#""given": { "op": "hand" }"#), &["`op` is said by the simulator"]);
    let twice = ["`secret` stands in `with`, too", "leave one of the two out"];
    refused(&asked(r#""with": { "secret": 1 }, "given": { "secret": "hand" }"#), &twice);
    let (_folder, path) = written(&asked(r#""given": { "subject": "create-notes-alice" }"#));
    assert_eq!(cosim(&["check", &path]).code, Some(0));
}

#[test]
fn an_account_of_guests_is_for_devices_of_one_agent_and_for_guests() {
    let seed = |digit: &str| format!(r#", "secret_seed": "{}""#, digit.repeat(64));
    let text = |tablet: &str, rest: &str| {
        let me = format!(r#", "account": "me"{}"#, seed("1"));
        story("mine", &me, "", "")
            .replace(
                r#""server": {}"#,
                &format!(r#""server": {{}}, "tablet": {{ "guest": "mine", "account": "me"{tablet} }}"#),
            )
            .replace(r#""id": "notes" } }]"#, &format!(r#""id": "notes" }} }}{rest}"#))
    };
    let apart = ["`tablet` shares the account of `alice`, but is another agent", "the same `secret_seed`"];
    refused(&text("", "]"), &apart);
    refused(&text(&seed("2"), "]"), &apart);
    let described = text(&seed("1"), r#"], "co_values": { "me": { "kind": "map" } }"#);
    refused(&described, &["`me` is the account of a guest", "say nothing more of it here"]);
    let ours =
        ["the app of `server`, one of cosim's own nodes, knows agents only", "only carry what others write"];
    refused(&text(&seed("1"), r#", { "at": "1s", "load": { "node": "server", "id": "notes" } }]"#), &ours);
    let workload = r#"], "workload": { "operations": 3, "until": "2s", "co_values": ["notes"] }"#;
    refused(&text(&seed("1"), workload), &ours);
    let (_folder, path) = written(&text(&seed("1"), "]"));
    let told = cosim(&["check", &path]);
    assert_eq!(told.code, Some(0), "{}", told.err);
}

/// Nothing is passed over in silence.
#[test]
fn what_cannot_be_played_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let scenarios = folder.path().join("scenarios");
    std::fs::create_dir(&scenarios).unwrap();
    std::fs::write(scenarios.join("story.json"), story("mine", "", "", "")).unwrap();
    let told = cosim(&["test", scenarios.to_str().unwrap()]);
    assert!(told.out.contains("not played"), "{}", told.out);
    assert!(told.out.contains("0 passed, 0 failed, 1 not played"), "{}", told.out);
}

/// The story, in which something happens to alice.
fn with_act(node: &str, act: &str) -> String {
    story("mine", node, "", "")
        .replace("\"notes\" } }]", &format!("\"notes\" }} }}, {{ \"at\": \"1s\", {act} }}]"))
}

#[test]
fn a_guest_without_a_disk_only_starts_from_nothing() {
    for act in ["restart", "crash"] {
        let text = with_act("", &format!(r#""{act}": {{ "node": "alice" }}"#));
        refused(
            &text,
            &["`alice` is a guest without a disk, and would lose all that it holds", "or write `wipe`"],
        );
    }
    for act in ["back_up", "restore"] {
        let text = with_act("", &format!(r#""{act}": {{ "node": "alice" }}"#));
        refused(&text, &["`alice` has no disk"]);
    }
    for field in ["restarts", "crashes"] {
        let faults = format!(r#", "faults": {{ "until": "9s", "nodes": ["alice"], "{field}": 1 }}"#);
        refused(&story("mine", "", "", &faults), &["all nodes are guests without a disk"]);
    }
}

#[test]
fn of_a_disk_of_a_guest_there_are_only_crashes_and_copies() {
    let disk = r#", "disk": {}"#;
    for act in [
        r#""stall": { "node": "alice", "for": "1s" }"#,
        r#""disk_full": { "node": "alice" }"#,
        r#""fail_writes": { "node": "alice" }"#,
        r#""reorder_writes": { "node": "alice", "for": "1s" }"#,
        r#""rot": { "node": "alice" }"#,
    ] {
        let says = ["nothing goes wrong with what it commits", "`crash`, `back_up`, `restore`"];
        refused(&with_act(disk, act), &says);
    }
    for field in ["stalls", "full_disks", "failed_writes", "reordered_writes", "rots"] {
        let faults = format!(r#", "faults": {{ "until": "9s", "{field}": 1 }}"#);
        refused(&story("mine", disk, "", &faults), &["none of cosim's own nodes has a disk"]);
    }
    let latency = r#", "disk": { "latency": "1ms", "errors": "1%" }"#;
    refused(&story("mine", latency, "", ""), &["whose disk has no `latency`", "whose disk has no `errors`"]);
    for durability in ["durable-first", "send-first"] {
        let node = format!(r#"{disk}, "durability": "{durability}""#);
        refused(&story("mine", &node, "", ""), &["a durability of its own", "`send-first-reuse`"]);
    }
}

#[test]
fn a_copy_of_a_disk_is_for_nodes_of_the_same_kind() {
    let text = with_act(
        r#", "disk": {}"#,
        r#""back_up": { "node": "server" } }, { "at": "2s", "restore": { "node": "alice", "of": "server" }"#,
    );
    let text = text.replace(r#""server": {}"#, r#""server": { "disk": {} }"#);
    refused(&text, &["`alice` cannot read what is on the disk of `server`"]);
}

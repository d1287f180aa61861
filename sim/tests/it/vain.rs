//! What comes to nothing is said, and what does something is not.

use assert_cmd::Command;

/// What a run of a story says on stderr.
fn said(text: &str) -> String {
    let command = Command::new(env!("CARGO_BIN_EXE_cosim")).args(["run", "-"]).write_stdin(text).output();
    String::from_utf8(command.expect("it runs").stderr).expect("text")
}

fn mutated(mutations: &str) -> String {
    format!(
        r#"{{ "version": 1, "about": "Alice writes to the server.",
        "nodes": {{ "alice": {{ "mutations": [{mutations}] }}, "server": {{}} }},
        "links": [{{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }}],
        "timeline": [
            {{ "at": "0ms", "create": {{ "node": "alice", "id": "notes" }} }},
            {{ "at": "1s", "edit": {{ "node": "alice", "id": "notes" }} }}
        ] }}"#
    )
}

#[test]
fn a_planted_fault_that_makes_no_difference() {
    let idle = "`ignore-re` of alice made no difference";
    assert!(said(&mutated(r#""ignore-re""#)).contains(idle), "nothing is answered out of turn");
    let two = said(&mutated(r#""repeat-unanswered", "ignore-re""#));
    assert!(two.contains(idle) && !two.contains("warning: `repeat-unanswered`"), "{two}");
    assert_eq!(said(&mutated("")), "");
}

#[test]
fn a_decision_that_finds_nothing() {
    let decided = |address: &str| {
        let text = mutated("").replace(
            "\"timeline\"",
            &format!("\"decisions\": {{ \"lost\": [\"{address}\"] }}, \"timeline\""),
        );
        said(&text)
    };
    let wrong = "alice>server content notes edit-notes-bob";
    assert_eq!(decided(wrong), format!("warning: a decision is about what never came: lost: {wrong}\n"));
    assert_eq!(decided("alice>server content notes edit-notes-alice"), "");
}

const GROUP: &str = r#"{ "version": 1, "about": "Bob is a reader.", "format": "0.20",
    "nodes": { "alice": {}, "bob": {}, "server": {} },
    "co_values": { "team": { "kind": "group", "admin": "alice" }, "card": { "kind": "map", "owner": "team" } },
    "links": [
        { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
        { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }
    ],
    "timeline": [
        { "at": "0ms", "create": { "node": "alice", "id": "team" } },
        { "at": "0ms", "create": { "node": "alice", "id": "card" } },
        { "at": "1s", "add_member": { "node": "alice", "id": "team", "member": "bob", "role": "reader" } },
        { "at": "2s", "load": { "node": "bob", "id": "card" } },
        { "at": "3s", "set": { "node": "bob", "id": "card", "key": "door", "value": "open" } }
    ] }"#;

#[test]
fn a_write_of_somebody_who_may_not_write() {
    let reader = said(GROUP);
    assert!(
        reader.contains("warning: bob sets door of card")
            && reader.contains("bob never had the right to write it: in team it is a reader"),
        "{reader}"
    );
    assert_eq!(said(&GROUP.replace("\"reader\"", "\"writer\"").replace("a reader", "a writer")), "");
}

/// More than 32 bits can say.
#[test]
fn a_message_of_more_than_four_gigabytes_is_counted_whole() {
    let text = mutated("").replace(
        r#""edit": { "node": "alice", "id": "notes" }"#,
        r#""edit": { "node": "alice", "id": "notes", "transactions": 5000, "size": 1048576 }"#,
    );
    let command =
        Command::new(env!("CARGO_BIN_EXE_cosim")).args(["run", "-", "--json"]).write_stdin(text).output();
    let json: serde_json::Value =
        serde_json::from_slice(&command.expect("it runs").stdout).expect("an object");
    let bytes = json["figures"]["bytes"].as_u64().expect("a number");
    assert!(bytes >= 5000 * 1_048_576, "{bytes}");
}

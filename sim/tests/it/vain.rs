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
            && reader.contains("bob never had the right to write it: in team bob is a reader"),
        "{reader}"
    );
    assert_eq!(said(&GROUP.replace("\"reader\"", "\"writer\"").replace("a reader", "a writer")), "");
}

/// Bob is no member, and whatever he does to what the team owns counts for nobody.
const STRANGER: &str = r#"{ "version": 1, "about": "Bob is a stranger.", "format": "0.20",
    "nodes": { "alice": {}, "bob": {}, "server": {} },
    "co_values": { "team": { "kind": "group", "admin": "alice" }, "list": { "kind": "list", "owner": "team" } },
    "links": [
        { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
        { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }
    ],
    "timeline": [
        { "at": "0ms", "create": { "node": "alice", "id": "team" } },
        { "at": "0ms", "create": { "node": "alice", "id": "list" } },
        { "at": "1s", "insert": { "node": "alice", "id": "list", "values": ["mine"] } },
        WRITES
    ] }"#;

#[test]
fn every_kind_of_write_that_does_not_count() {
    for (write, name) in [
        (r#""insert": { "node": "bob", "id": "list", "values": [1] }"#, "insert-list-bob"),
        (r#""remove": { "node": "bob", "id": "list", "index": 0 }"#, "remove-list-bob"),
        (r#""edit": { "node": "bob", "id": "list", "transactions": 2 }"#, "edit-list-bob"),
    ] {
        let said = said(&STRANGER.replace("WRITES", &format!(r#"{{ "at": "2s", {write} }}"#)));
        assert_eq!(said.matches("not even for bob").count(), 1, "{said}");
        assert!(said.contains(&format!("[{name}]")), "{said}");
    }
    let group = r#""co_values": { "team": { "kind": "group", "admin": "alice" } }, "timeline": [
        { "at": "0ms", "create": { "node": "alice", "id": "team" } },
        { "at": "0ms", "add_member": { "node": "server", "id": "team", "member": "server", "role": "writer" } },"#;
    let refused = said(&mutated("").replace(r#""timeline": ["#, group));
    assert!(refused.contains("[add-member-team-server]: it is refused"), "{refused}");
}

#[test]
fn of_many_writes_that_do_not_count_the_rest_is_counted() {
    let writes = |count: u32| {
        let one = |at| {
            format!(r#"{{ "at": "{at}s", "insert": {{ "node": "bob", "id": "list", "values": [1] }} }}"#)
        };
        said(&STRANGER.replace("WRITES", &(2..2 + count).map(one).collect::<Vec<_>>().join(", ")))
    };
    assert!(!writes(8).contains("more"), "{}", writes(8));
    assert!(writes(9).ends_with("warning: 1 more write does not count either\n"), "{}", writes(9));
    let twelve = writes(12);
    assert_eq!(twelve.matches("not even for bob").count(), 8);
    assert!(twelve.ends_with("warning: 4 more writes do not count either\n"), "{twelve}");
}

/// What may be refused, in a story in which nothing is owned.
#[test]
fn the_same_is_said_with_and_without_a_log() {
    let refused = mutated("").replace(
        r#"{ "at": "1s", "edit""#,
        r#"{ "at": "500ms", "create": { "node": "server", "id": "notes" } }, { "at": "1s", "edit""#,
    );
    let with = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cosim"));
        let output = command.args(["run", "-"]).args(args).write_stdin(refused.clone()).output();
        String::from_utf8(output.expect("it runs").stderr).expect("text")
    };
    assert!(with(&["--log"]).contains("server creates notes"), "{}", with(&["--log"]));
    for args in [[].as_slice(), &["--json"], &["--log", "--json"], &["--states"]] {
        assert_eq!(with(args), with(&["--log"]), "{args:?}");
    }
}

#[test]
fn what_is_doubtful_on_standard_input_is_denied() {
    let doubtful = mutated("").replace(
        r#"{ "at": "1s", "edit""#,
        r#"{ "at": "500ms", "load": { "node": "server", "id": "nots" } }, { "at": "1s", "edit""#,
    );
    let check = |text: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cosim"));
        let output = command.args(["check", "-", "--deny", "warnings"]).write_stdin(text).output();
        output.expect("it runs")
    };
    assert_eq!(check(&mutated("")).status.code(), Some(0));
    let denied = check(&doubtful);
    let err = String::from_utf8(denied.stderr).expect("text");
    assert!(!denied.status.success() && err.contains("nots") && err.contains("<stdin>"), "{err}");
}

/// What has no effect though no chance is in it is told, whatever the reason is.
#[test]
fn a_request_that_has_no_effect() {
    let connect = r#"{ "at": "1s", "connect": { "between": ["alice", "server"] } }, { "at": "1s", "edit""#;
    let twice = mutated("").replace(r#"{ "at": "1s", "edit""#, connect);
    let told = said(&twice);
    let warning = "alice and server connect [connect-alice-server]: it has no effect: it is so already";
    assert!(told.contains(warning), "{told}");
    let faults = twice.replace("\"timeline\"", r#""faults": { "until": "1m", "reconnects": 1 }, "timeline""#);
    assert!(!said(&faults).contains("it has no effect"), "chance may come in the way");
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

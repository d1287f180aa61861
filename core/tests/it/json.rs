//! The seed's JSON shape: what may be left out, what is wrong with a file and where, and messages as on the wire.

use cosim_core::state::Assumed;
use cosim_core::{
    Content, FastCrypto, FastTransaction, Hint, Known, KnownState, Message, NameTable, Names, NodeState,
    OpaqueCrypto, SessionContent, VecMap,
};
use serde_json::{Value, json};

/// A state with one of everything.
fn full() -> Value {
    let known = json!({ "id": "notes", "header": true, "sessions": { "alice1": 1 } });
    json!({
        "peers": { "server": { "name": "server", "relationship": "syncAllOurs", "priority": -1 } },
        "coValues": {
            "notes": {
                "id": "notes",
                "header": { "type": "comap" },
                "sessions": {
                    "alice1": {
                        "transactions": [{ "_tx": 0 }, { "_tx": 1 }],
                        "lastHash": "hash",
                        "streamingHash": { "chunks": [1, 2] },
                        "signatureAfter": { "0": "early", "1": "last" },
                        "lastSignature": "last",
                    },
                },
                "done": false,
                "sync": {
                    "server": {
                        "toldKnownState": known,
                        "assumedState": known,
                        "confirmedState": known,
                        "error": "it was refused",
                    },
                },
            },
        },
    })
}

/// Sets the value that `pointer` points to, an existing field or a new one.
fn set(json: &mut Value, pointer: &str, value: Value) {
    let (parent, field) = pointer.rsplit_once('/').expect("a pointer has a slash");
    json.pointer_mut(parent).expect("the parent is there")[field] = value;
}

fn read(json: &Value) -> Result<(NodeState<OpaqueCrypto>, NameTable), String> {
    let mut names = NameTable::new();
    let state = NodeState::from_json(json, &mut names).map_err(|error| error.to_string())?;
    Ok((state, names))
}

fn write(state: &NodeState<OpaqueCrypto>, names: &NameTable) -> Value {
    serde_json::to_value(state.display_json(names)).expect("a state has a JSON form")
}

#[test]
fn a_full_state_is_written_as_it_was_read() {
    let (state, names) = read(&full()).expect("it is in shape");
    assert_eq!(write(&state, &names), full());
}

#[test]
fn undefined_may_be_missing_or_null_and_is_left_out() {
    let sync = "/coValues/notes/sync/server";
    let mut json = full();
    set(&mut json, "/coValues/notes/header", Value::Null);
    set(&mut json, &format!("{sync}/toldKnownState"), Value::Null);
    set(&mut json, &format!("{sync}/confirmedState"), Value::Null);
    set(&mut json, &format!("{sync}/error"), Value::Null);
    set(&mut json, "/coValues/notes/sessions/alice1/signatureAfter/0", Value::Null);
    let (state, names) = read(&json).expect("null is undefined");
    let written = write(&state, &names);
    for gone in ["/coValues/notes/header", &format!("{sync}/toldKnownState"), &format!("{sync}/error")] {
        assert_eq!(written.pointer(gone), None);
    }
    assert_eq!(written["coValues"]["notes"]["sessions"]["alice1"]["signatureAfter"], json!({ "1": "last" }));
    assert_eq!(read(&written).expect("missing is undefined").0, state);
}

#[test]
fn what_is_assumed_without_header_is_unavailable() {
    let mut json = full();
    let nothing = json!({ "id": "notes", "header": false, "sessions": {} });
    set(&mut json, "/coValues/notes/sync/server/assumedState", nothing);
    let (state, _) = read(&json).expect("it is in shape");
    let syncs = state.co_values.values().flat_map(|co_value| co_value.sync.values());
    assert_eq!(syncs.map(|sync| &sync.assumed).collect::<Vec<_>>(), [&Assumed::Unavailable]);
}

#[test]
fn new_names_get_ids_in_their_own_order() {
    let peer = |name: &str| json!({ "name": name, "relationship": "syncCommon", "priority": 0 });
    let text =
        format!(r#"{{ "peers": {{ "zoe": {}, "adam": {} }}, "coValues": {{}} }}"#, peer("zoe"), peer("adam"));
    let mut names = NameTable::new();
    names.intern_peer("mary").expect("not `local`");
    let state = NodeState::<OpaqueCrypto>::from_json_str(&text, &mut names).expect("it is in shape");
    let order: Vec<_> = state.peers.keys().map(|peer| names.peer(peer).into_owned()).collect();
    assert_eq!(order, ["adam", "zoe"]);
    assert_eq!(names.find_peer("mary").map(|peer| peer.0), Some(0));
}

/// Checks what reading says of a full state with one value set.
#[track_caller]
fn check_error(pointer: &str, value: Value, message: &str) {
    let mut json = full();
    set(&mut json, pointer, value);
    assert_eq!(read(&json).map(drop), Err(String::from(message)));
}

#[test]
fn an_error_says_where_it_is_and_what_was_expected() {
    check_error("/done", json!(true), "unknown field `done`, expected one of peers, coValues");
    check_error("/peers", json!([]), "peers: expected an object, found an array");
    check_error("/peers/local", json!({}), "peers.local: a peer cannot be called `local`");
    check_error("/peers/server", json!({}), "peers.server: the field `name` is missing");
    check_error(
        "/peers/server/name",
        json!("other"),
        r#"peers.server.name: expected "server", the key it is under, found "other""#,
    );
    check_error(
        "/peers/server/relationship",
        json!("syncAll"),
        r#"peers.server.relationship: expected "syncAllOurs", "syncTheirs" or "syncCommon", found "syncAll""#,
    );
    check_error(
        "/peers/server/priority",
        json!(3_000_000_000_u32),
        "peers.server.priority: expected an integer of 32 bits, found 3000000000",
    );
    check_error(
        "/coValues/notes/id",
        json!("tasks"),
        r#"coValues.notes.id: expected "notes", the key it is under, found "tasks""#,
    );
    check_error(
        "/coValues/notes/done",
        Value::Null,
        "coValues.notes.done: expected true or false, found null",
    );
    check_error(
        "/coValues/notes/shared",
        json!(1),
        "coValues.notes: unknown field `shared`, expected one of id, header, sessions, done, sync",
    );
}

#[test]
fn an_error_in_a_session_names_it() {
    let session = "/coValues/notes/sessions/alice1";
    check_error(
        &format!("{session}/transactions"),
        json!([]),
        "coValues.notes.sessions.alice1: expected at least one transaction, found none",
    );
    for index in ["2", "-1", "01", "last"] {
        check_error(
            &format!("{session}/signatureAfter/{index}"),
            json!("signature"),
            &format!(
                "coValues.notes.sessions.alice1.signatureAfter.{index}: \
                 expected the index of a transaction, below 2"
            ),
        );
    }
    check_error(
        &format!("{session}/lastHash"),
        json!(7),
        "coValues.notes.sessions.alice1.lastHash: invalid type: integer `7`, expected a string",
    );
}

#[test]
fn an_error_about_a_peer_names_it() {
    let sync = "/coValues/notes/sync/server";
    check_error(
        "/coValues/notes/sync/stranger",
        json!({ "assumedState": "unknown" }),
        "coValues.notes.sync.stranger: expected the name of a peer under `peers`",
    );
    check_error(
        &format!("{sync}/assumedState"),
        json!("nothing"),
        "coValues.notes.sync.server.assumedState: \
         expected a known state, \"unknown\" or \"unavailable\", found \"nothing\"",
    );
    check_error(
        &format!("{sync}/confirmedState/id"),
        json!("tasks"),
        r#"coValues.notes.sync.server.confirmedState.id: expected "notes", the key it is under, found "tasks""#,
    );
    check_error(
        &format!("{sync}/toldKnownState/sessions/alice1"),
        json!(4_294_967_296_u64),
        "coValues.notes.sync.server.toldKnownState.sessions.alice1: \
         expected a count of transactions, of 32 bits, found 4294967296",
    );
}

#[track_caller]
fn check_text(text: &str, message: &str) {
    let read = NodeState::<OpaqueCrypto>::from_json_str(text, &mut NameTable::new());
    assert_eq!(read.map_err(|error| error.to_string()), Err(String::from(message)));
}

#[test]
fn text_that_is_no_json_is_an_error() {
    check_text("{", "expected JSON: EOF while parsing an object at line 1 column 1");
    check_text("{} {}", "expected JSON: trailing characters at line 1 column 4");
    let deep = "[".repeat(1_000);
    check_text(&deep, "expected JSON: recursion limit exceeded at line 1 column 128");
}

#[test]
fn a_key_may_not_be_there_twice() {
    let text = r#"{ "peers": {}, "coValues": { "id1": 1, "id1": 2 } }"#;
    check_text(text, r#"expected JSON: the key "id1" is there twice at line 1 column 49"#);
}

/// Checks how a message is written that is made with the table's names.
#[track_caller]
fn check_message(make: impl FnOnce(&mut NameTable) -> Message<FastCrypto>, expected: Value) {
    let mut names = NameTable::new();
    let message = make(&mut names);
    assert_eq!(serde_json::to_value(message.display_json(&names)).expect("it has a JSON form"), expected);
}

fn known(names: &mut NameTable) -> KnownState {
    KnownState::new(true, [(names.intern_session("alice1").expect("there is room"), 3)])
}

#[test]
fn messages_have_the_wire_shape_of_the_published_package() {
    let notes = |names: &mut NameTable| names.intern_co_value("notes").expect("there is room");
    check_message(
        |names| Message::Load { id: notes(names), known: known(names), safe: false },
        json!({ "action": "load", "id": "notes", "header": true, "sessions": { "alice1": 3 } }),
    );
    check_message(
        |names| {
            Message::Known(Known {
                id: notes(names),
                known: KnownState::EMPTY,
                is_correction: false,
                safe: None,
            })
        },
        json!({ "action": "known", "id": "notes", "header": false, "sessions": {} }),
    );
    check_message(
        |names| {
            Message::Known(Known { id: notes(names), known: known(names), is_correction: true, safe: None })
        },
        json!({
            "action": "known", "id": "notes", "header": true, "sessions": { "alice1": 3 }, "isCorrection": true,
        }),
    );
    check_message(|names| Message::Done { id: notes(names) }, json!({ "action": "done", "id": "notes" }));
    check_message(
        |names| {
            let transaction = FastTransaction { made_at: 5, payload: 6, size: 7, depends_on: None };
            let piece = SessionContent { after: 2, new_transactions: vec![transaction], last_signature: 9 };
            let session = names.intern_session("alice1").expect("there is room");
            let new = VecMap::from_iter([(session, piece)]);
            Message::Content(Content { id: notes(names), header: None, new, hint: Hint::default() })
        },
        json!({
            "action": "content",
            "id": "notes",
            "new": {
                "alice1": {
                    "after": 2,
                    "newTransactions": [{ "madeAt": 5, "payload": 6, "size": 7 }],
                    "lastSignature": 9,
                },
            },
        }),
    );
}

//! Writing and reading are inverse, and reading survives anything.

use super::arbitrary::any_json;
use super::updates::{apply, start, updates};
use cosim_core::json::JsonCrypto;
use cosim_core::{FastCrypto, NameTable, NodeState, OpaqueCrypto};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const SESSIONS: [&str; 3] = ["alice1", "alice2", "bob1"];

fn write<C: JsonCrypto>(state: &NodeState<C>, names: &NameTable) -> String {
    serde_json::to_string(&state.display_json(names)).expect("a state has a JSON form")
}

/// Names for the ids of [`updates`], in another order than the ids.
fn names() -> NameTable {
    let mut names = NameTable::new();
    for name in ["tasks", "notes", "profile", "unused"] {
        names.intern_co_value(name).expect("there is room");
        names.intern_session(name).expect("there is room");
        names.intern_peer(name).expect("there is room");
    }
    names
}

/// A known state of CoValue `id`, in the seed's shape.
fn known_json(id: &'static str) -> impl Strategy<Value = Value> {
    let sessions = btree_map(prop::sample::select(&SESSIONS[..]), 1..=u32::MAX, 0..3);
    (any::<bool>(), sessions)
        .prop_map(move |(header, sessions)| json!({ "id": id, "header": header, "sessions": sessions }))
}

fn log_json() -> impl Strategy<Value = Value> {
    let signatures = vec(any::<(prop::sample::Index, String)>(), 0..3);
    (vec(any_json(), 1..4), signatures, any_json(), any::<(String, String)>()).prop_map(
        |(transactions, signatures, streaming_hash, (hash, signature))| {
            let index = |at: prop::sample::Index| at.index(transactions.len()).to_string();
            let after = signatures.into_iter().map(|(at, signature)| (index(at), Value::from(signature)));
            json!({
                "signatureAfter": after.collect::<Map<_, _>>(),
                "transactions": transactions,
                "lastHash": hash,
                "streamingHash": streaming_hash,
                "lastSignature": signature,
            })
        },
    )
}

fn sync_json(id: &'static str) -> impl Strategy<Value = Value> {
    let assumed = prop_oneof![
        Just(json!("unknown")),
        Just(json!("unavailable")),
        known_json(id).prop_map(|mut known| {
            known["header"] = json!(true);
            known
        }),
    ];
    let optional = || proptest::option::of(known_json(id));
    let error = proptest::option::of(any::<String>());
    (assumed, optional(), optional(), error).prop_map(|(assumed, told, confirmed, error)| {
        let mut sync = json!({ "assumedState": assumed });
        let error = error.map(Value::from);
        for (field, value) in [("toldKnownState", told), ("confirmedState", confirmed), ("error", error)] {
            if let Some(value) = value {
                sync[field] = value;
            }
        }
        sync
    })
}

fn co_value_json(id: &'static str) -> impl Strategy<Value = Value> {
    let header = any_json().prop_map(|header| if header.is_null() { None } else { Some(header) });
    let sessions = btree_map(prop::sample::select(&SESSIONS[..]), log_json(), 0..3);
    let sync = btree_map(prop::sample::select(&["server", "other", "client"][..]), sync_json(id), 0..3);
    (header, sessions, sync, any::<bool>()).prop_map(move |(header, sessions, sync, done)| {
        let mut co_value = json!({ "id": id, "sessions": sessions, "sync": sync, "done": done });
        if let Some(header) = header {
            co_value["header"] = header;
        }
        co_value
    })
}

/// A state of the right shape, of which nothing else is certain.
fn state_json() -> impl Strategy<Value = Value> {
    (co_value_json("notes"), co_value_json("tasks"), any::<i32>()).prop_map(|(notes, tasks, priority)| {
        json!({
            "peers": {
                "server": { "name": "server", "relationship": "syncAllOurs", "priority": priority },
                "other": { "name": "other", "relationship": "syncCommon", "priority": 0 },
                "client": { "name": "client", "relationship": "syncTheirs", "priority": -1 },
            },
            "coValues": { "notes": notes, "tasks": tasks },
        })
    })
}

#[derive(Clone, Debug)]
enum Mutation {
    Replace(Value),
    Remove,
    Rename(String),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let word =
        || prop::sample::select(&["notes", "server", "alice1", "local", "4", "-1", "01", "header"][..]);
    prop_oneof![
        any_json().prop_map(Mutation::Replace),
        word().prop_map(|word| Mutation::Replace(Value::from(word))),
        Just(Mutation::Remove),
        word().prop_map(|word| Mutation::Rename(String::from(word))),
    ]
}

/// How many values there are inside `json`.
fn size(json: &Value) -> usize {
    match json {
        Value::Array(items) => items.iter().map(|item| 1 + size(item)).sum(),
        Value::Object(map) => map.values().map(|item| 1 + size(item)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// Changes the value that comes `at` steps later in `json`.
fn mutate(json: &mut Value, mut at: usize, mutation: &Mutation) {
    let keys: Vec<String> = match &*json {
        Value::Object(map) => map.keys().cloned().collect(),
        Value::Array(items) => (0..items.len()).map(|i| i.to_string()).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![],
    };
    for key in keys {
        let child = child_mut(json, &key);
        let inside = size(child);
        match at {
            0 => return mutate_child(json, &key, mutation),
            _ if at <= inside => return mutate(child, at - 1, mutation),
            _ => at -= 1 + inside,
        }
    }
}

fn child_mut<'a>(json: &'a mut Value, key: &str) -> &'a mut Value {
    match json {
        Value::Array(items) => &mut items[key.parse::<usize>().expect("an index")],
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            &mut other[key]
        }
    }
}

fn mutate_child(json: &mut Value, key: &str, mutation: &Mutation) {
    match (json, mutation) {
        (json, Mutation::Replace(value)) => *child_mut(json, key) = value.clone(),
        (Value::Object(map), Mutation::Rename(word)) => {
            let value = map.remove(key).expect("it is there");
            map.insert(word.clone(), value);
        }
        (Value::Object(map), Mutation::Remove) => drop(map.remove(key)),
        (json, Mutation::Remove | Mutation::Rename(_)) => {
            let items = json.as_array_mut().expect("only objects and arrays have values inside");
            items.remove(key.parse().expect("an index"));
        }
    }
}

/// Reads `text`; what could be read is written and read again as the same.
fn read_twice(text: &str) -> Option<(NodeState<OpaqueCrypto>, NameTable)> {
    let mut names = NameTable::new();
    let Ok(state) = NodeState::<OpaqueCrypto>::from_json_str(text, &mut names) else {
        assert_eq!(names, NameTable::new(), "an error gives out no ids");
        return None;
    };
    let before = names.clone();
    let again = NodeState::<OpaqueCrypto>::from_json_str(&write(&state, &names), &mut names);
    assert_eq!(again.as_ref(), Ok(&state));
    assert_eq!(names, before, "the names are known");
    Some((state, names))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn a_state_is_read_as_it_was_written(updates in updates()) {
        let mut state = start();
        for update in updates {
            let _ = apply(&mut state, update);
        }
        let mut names = names();
        let text = write(&state, &names);
        prop_assert_eq!(NodeState::<FastCrypto>::from_json_str(&text, &mut names), Ok(state));
    }

    #[test]
    fn json_of_the_right_shape_is_written_as_it_was_read(json in state_json()) {
        let (state, names) = read_twice(&json.to_string()).expect("it has the right shape");
        let written: Value = serde_json::from_str(&write(&state, &names)).expect("it is JSON");
        prop_assert_eq!(written, json);
    }

    /// All that a bare state has said can be told from its JSON, but for `done`.
    #[test]
    fn a_state_that_is_kept_as_json_goes_on_as_in_memory(json in state_json()) {
        let (mut state, mut names) = read_twice(&json.to_string()).expect("it has the right shape");
        state.co_values.values_mut().for_each(|co_value| co_value.done = false);
        let mut kept = state.clone();
        for id in state.co_values.keys().copied().collect::<Vec<_>>() {
            loop {
                kept = NodeState::from_json_str(&write(&kept, &names), &mut names).expect("it was written");
                let said = state.sync_to_peer(id);
                prop_assert_eq!(&kept.sync_to_peer(id), &said);
                if said == Ok(None) {
                    break;
                }
            }
        }
    }

    #[test]
    fn reading_survives_any_mutation(
        json in state_json(),
        mutations in vec((any::<prop::sample::Index>(), mutation()), 1..4),
    ) {
        let mut json = json;
        for (at, mutation) in &mutations {
            let size = size(&json);
            if size > 0 {
                mutate(&mut json, at.index(size), mutation);
            }
        }
        read_twice(&json.to_string());
        let _ = NodeState::<FastCrypto>::from_json(&json, &mut NameTable::new());
    }

    #[test]
    fn reading_survives_any_json(json in any_json()) {
        read_twice(&json.to_string());
    }

    #[test]
    fn reading_survives_any_text(text in any::<String>()) {
        read_twice(&text);
    }
}

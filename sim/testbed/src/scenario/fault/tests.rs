//! That the table says what is so, and that nothing is missing from it.

use super::draw::Ground;
use super::row::Words;
use super::{FaultKind, table};
use crate::scenario::{Scenario, file, parse};
use crate::stream::Stream;
use std::collections::BTreeSet;

/// The fields of `faults` that are settings.
const SETTINGS: [&str; 7] = ["from", "until", "nodes", "swarm", "take_last_copies", "furthest", "longest"];

/// A field of each kind, as a file gives it.
fn given(kind: FaultKind) -> String {
    let value = match kind.row().field {
        "offline" => r#"{ "times": 3, "longest": "1s" }"#,
        "flapping" => r#"{ "every": "3s", "for": "1s" }"#,
        _ => "3",
    };
    format!(r#""{}": {value}"#, kind.row().field)
}

/// Nodes to whom everything can happen, and these faults.
fn scenario(faults: &str) -> Scenario {
    let text = format!(
        r#"{{
        "version": 1,
        "about": "Everything can happen.",
        "nodes": {{ "a": {{}}, "b": {{ "disk": {{}} }}, "c": {{ "hostile": true }} }},
        "links": [{{ "between": ["a", "b"], "relationship": "syncAllOurs/syncTheirs" }},
          {{ "between": ["b", "c"], "relationship": "syncTheirs/syncAllOurs" }}],
        "timeline": [{{ "at": "0ms", "create": {{ "node": "a", "id": "notes" }} }}],
        "faults": {{ "from": "1s", "until": "10s", {faults} }}
    }}"#
    );
    parse(&text, "scenario.json").unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn every_field_is_a_setting_or_in_a_row_of_its_own() {
    let schema = serde_json::to_value(schemars::schema_for!(file::Faults)).unwrap();
    let fields = schema["properties"].as_object().unwrap().keys().map(String::as_str);
    let fields: BTreeSet<&str> = fields.filter(|field| !SETTINGS.contains(field)).collect();
    let rows: Vec<&str> = FaultKind::ALL.into_iter().map(|kind| kind.row().field).collect();
    assert_eq!(rows.len(), fields.len());
    assert_eq!(rows.into_iter().collect::<BTreeSet<_>>(), fields);
}

#[test]
fn a_row_reads_its_own_field() {
    for kind in FaultKind::ALL {
        let text = format!(r#"{{ "until": "9s", {} }}"#, given(kind));
        let faults: file::Faults = serde_json::from_str(&text).unwrap();
        for other in FaultKind::ALL {
            let expected = if other == kind { Some(3) } else { None };
            assert_eq!(faults.times(other), expected, "{other:?} of {text}");
        }
    }
}

#[test]
fn names_and_streams_are_the_kinds_own() {
    let rows = || FaultKind::ALL.into_iter().map(FaultKind::row);
    let distinct = |names: BTreeSet<&str>| assert_eq!(names.len(), FaultKind::ALL.len());
    distinct(rows().map(|row| row.name).collect());
    distinct(rows().map(|row| row.stream).collect());
    distinct(rows().map(|row| row.called[0]).collect());
    distinct(rows().map(|row| row.called[1]).collect());
}

#[test]
fn every_kind_draws_as_many_words_as_its_row_says() {
    for kind in FaultKind::ALL {
        let scenario = scenario(&given(kind));
        let faults = scenario.faults.as_ref().unwrap();
        for seed in 0..20 {
            let ground = Ground::new(&scenario, faults, &[]);
            let mut draw = ground.drawn(seed, kind);
            let words = match kind.row().words {
                Words::Each(words) => 3 * words,
                Words::EachAndNodes(words) => 3 * (words + 3),
                Words::EveryNode(words) => 3 * words,
            };
            let mut stream = Stream::new(seed, "faults", kind.row().stream);
            for _ in 0..words {
                let _ = stream.word();
            }
            assert_eq!(draw.stream().word(), stream.word(), "{kind:?}");
        }
    }
}

#[test]
fn every_operation_has_a_name_that_is_known_before_and_tells_its_kind() {
    for kind in FaultKind::ALL {
        let scenario = scenario(&given(kind));
        let faults = scenario.faults.as_ref().unwrap();
        let names: Vec<String> = faults.names().collect();
        let distinct: BTreeSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{kind:?}");
        let most: u64 =
            scenario.file.faults.as_ref().unwrap().operations(3).map(|(_, operations)| operations).sum();
        assert!(names.len() as u64 <= most, "{kind:?}");
        assert!(names.iter().all(|name| faults.kind_of(name) == Some(kind)), "{kind:?}");
        for name in &names {
            let others = ["-end", "-1", "-2", "-1-end", "0"].map(|behind| format!("{name}{behind}"));
            for other in others.iter().chain([&name.replace("-1", "-01"), &name.replace("-1", "-+1")]) {
                assert_eq!(faults.kind_of(other).is_some(), distinct.contains(other), "{other}");
            }
        }
        let operations = Ground::new(&scenario, faults, &[]).draw(1, kind);
        assert!(!operations.is_empty(), "{kind:?}");
        for operation in operations {
            assert!(distinct.contains(&operation.name), "{}", operation.name);
        }
    }
}

#[test]
fn what_nobody_generates_is_of_no_kind() {
    let scenario = scenario(r#""reconnects": 3, "reconnect_bursts": 1"#);
    let faults = scenario.faults.as_ref().unwrap();
    for name in [
        "f-reconnect-4",
        "f-reconnect-0",
        "f-reconnect-03",
        "f-reconnect-1-1",
        "f-reconnect-burst-1",
        "f-wipe-1",
    ] {
        assert_eq!(faults.kind_of(name), None, "{name}");
    }
}

#[test]
fn the_documents_table_has_a_row_for_every_kind() {
    let table = table();
    assert_eq!(table.lines().count(), 2 + FaultKind::ALL.len());
    for kind in FaultKind::ALL {
        assert!(table.contains(&format!("| `{}` |", kind.row().field)), "{kind:?}");
    }
}

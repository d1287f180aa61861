//! Whatever a file contains: no panic, and every problem points into the file.

use crate::samples::ALL;
use cosim_testbed::scenario::{parse, parse_bytes};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

/// Reads bytes and looks at everything that is said of them.
fn check(bytes: &[u8]) {
    match parse_bytes(bytes, "scenario.json") {
        Ok(scenario) => {
            let written = scenario.file.to_json_pretty();
            let again = parse(&written, "written.json").unwrap_or_else(|problems| panic!("{problems}"));
            assert_eq!(again.file, scenario.file);
            assert!(!scenario.plan(1).chapters.is_empty());
        }
        Err(problems) => {
            assert!(problems.iter().count() > 0);
            for problem in problems.iter() {
                assert!(!problem.message.is_empty() && !problem.message.contains('\n'), "{problem:?}");
                let span = problem.span.clone().expect("a text has places");
                assert!(span.start <= span.end && span.end <= bytes.len(), "{problem:?}");
                let text = str::from_utf8(&bytes[..span.end]);
                assert!(text.is_ok_and(|text| text.is_char_boundary(span.start)), "{problem:?}");
            }
            assert!(problems.to_string().contains("scenario.json:"), "{problems}");
        }
    }
}

/// A change to a text.
#[derive(Clone, Debug)]
enum Change {
    Delete(Index, usize),
    Insert(Index, String),
    Flip(Index, u8),
    Duplicate(Index, usize, Index),
}

fn change() -> impl Strategy<Value = Change> {
    let bits =
        prop_oneof!["[]{}\",:.%0-9a-z -]{1,6}", ".{1,3}", Just("null".to_owned()), Just("\n".to_owned())];
    prop_oneof![
        (any::<Index>(), 1..20_usize).prop_map(|(at, len)| Change::Delete(at, len)),
        (any::<Index>(), bits).prop_map(|(at, text)| Change::Insert(at, text)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, bit)| Change::Flip(at, bit)),
        (any::<Index>(), 1..80_usize, any::<Index>())
            .prop_map(|(at, len, to)| Change::Duplicate(at, len, to)),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    if bytes.is_empty() {
        return;
    }
    let range = |at: &Index, len: usize| {
        let at = at.index(bytes.len());
        at..(at + len).min(bytes.len())
    };
    match change {
        Change::Delete(at, len) => drop(bytes.drain(range(at, *len))),
        Change::Insert(at, text) => {
            let at = at.index(bytes.len());
            drop(bytes.splice(at..at, text.bytes()));
        }
        Change::Flip(at, bit) => {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << (bit % 8);
        }
        Change::Duplicate(at, len, to) => {
            let copy = bytes[range(at, *len)].to_vec();
            let to = to.index(bytes.len());
            drop(bytes.splice(to..to, copy));
        }
    }
}

/// Every value in a tree, as JSON pointers.
fn pointers(value: &Value, here: &str, out: &mut Vec<String>) {
    out.push(here.to_owned());
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| pointers(value, &format!("{here}/{key}"), out));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| pointers(value, &format!("{here}/{at}"), out));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn scrap() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!({})),
        Just(json!([])),
        Just(json!(1.5)),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "[a-z0-9.%/ -]{0,8}".prop_map(Value::from),
        ".{0,80}".prop_map(Value::from),
        Just(json!("3s..1s")),
        Just(json!("200%")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        check(&bytes);
    }

    #[test]
    fn any_text(text in ".{0,200}") {
        check(text.as_bytes());
    }

    #[test]
    fn anything_like_json(text in "[]{}\",:0-9a-z\n -]{0,200}") {
        check(text.as_bytes());
    }

    #[test]
    fn good_files_with_changes(file in 0..ALL.len(), changes in proptest::collection::vec(change(), 1..5)) {
        let mut bytes = ALL[file].as_bytes().to_vec();
        for change in &changes {
            apply(&mut bytes, change);
        }
        check(&bytes);
    }

    #[test]
    fn good_files_with_values_swapped(file in 0..ALL.len(), swaps in proptest::collection::vec(any::<(Index, Index)>(), 1..4)) {
        let mut tree: Value = serde_json::from_str(ALL[file]).expect("JSON");
        for (one, other) in &swaps {
            let mut all = Vec::new();
            pointers(&tree, "", &mut all);
            let copy = tree.pointer(one.get::<String>(&all)).cloned().expect("a pointer into the tree");
            *tree.pointer_mut(other.get::<String>(&all)).expect("a pointer into the tree") = copy;
        }
        check(format!("{tree:#}").as_bytes());
    }

    #[test]
    fn good_files_with_scraps(file in 0..ALL.len(), scraps in proptest::collection::vec((any::<Index>(), scrap()), 1..4)) {
        let mut tree: Value = serde_json::from_str(ALL[file]).expect("JSON");
        for (place, scrap) in scraps {
            let mut all = Vec::new();
            pointers(&tree, "", &mut all);
            *tree.pointer_mut(place.get::<String>(&all)).expect("a pointer into the tree") = scrap;
        }
        check(format!("{tree:#}").as_bytes());
    }
}

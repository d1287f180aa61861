//! `stable-stringify.json`: the stable text of a value.

use crate::data::lists;
use cosim_core::real::stable_stringify;
use serde::Deserialize;
use serde_json::{Map, Number, Value};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    name: String,
    input_json: Option<String>,
    input_tagged: Option<Value>,
    output: Option<String>,
    output_utf8_hex: Option<String>,
    #[serde(default)]
    output_undefined: bool,
    #[serde(default)]
    tags: Vec<String>,
}

#[test]
fn stable_text_is_the_package_s() {
    for (version, vectors) in lists::<Vector>("stable-stringify") {
        let counts = check(vectors);
        println!("stable-stringify of {version}: {counts}");
    }
}

/// How many of which there were.
fn check(vectors: Vec<Vector>) -> String {
    let (mut same, mut refused, mut mapped) = (0, 0, 0);
    for vector in vectors {
        let name = &vector.name;
        let value = match (&vector.input_json, &vector.input_tagged) {
            (Some(json), _) => match serde_json::from_str(json) {
                Ok(value) => Some(value),
                Err(error) => {
                    assert!(!vector.tags.is_empty(), "{name}: {error}");
                    refused += 1;
                    continue;
                }
            },
            (None, Some(tagged)) => {
                mapped += 1;
                untagged(tagged)
            }
            (None, None) => panic!("{name}: no input"),
        };
        let Some(value) = value else {
            assert!(vector.output_undefined, "{name}");
            continue;
        };
        let output = stable_stringify(&value);
        assert_eq!(Some(&output), vector.output.as_ref(), "{name}");
        let hex: String = output.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(Some(hex), vector.output_utf8_hex, "{name}");
        same += 1;
    }
    assert!(same > 0);
    format!("{same} texts the same ({mapped} inputs that JSON cannot hold), {refused} refused")
}

/// A value that JSON cannot hold, as near as a [`Value`] comes: it has neither `undefined` nor numbers that are not
/// finite, so they are gone before anything is written, in the way that JavaScript's own `JSON.stringify` has it.
fn untagged(tagged: &Value) -> Option<Value> {
    let inner = &tagged["v"];
    match tagged["$"].as_str().expect("a tag") {
        "undefined" => None,
        "json" => Some(inner.clone()),
        "number" => {
            let number: f64 = inner.as_str().expect("text of a number").parse().expect("a number");
            Some(Number::from_f64(number).map_or(Value::Null, Value::Number))
        }
        "array" => {
            let items = inner.as_array().expect("an array");
            Some(items.iter().map(|item| untagged(item).unwrap_or(Value::Null)).collect())
        }
        "object" => {
            let mut members = Map::new();
            for member in inner.as_array().expect("an array of members") {
                let key = member[0].as_str().expect("a key");
                if let Some(value) = untagged(&member[1]) {
                    members.insert(key.to_owned(), value);
                }
            }
            Some(Value::Object(members))
        }
        tag => panic!("an unknown tag: {tag}"),
    }
}

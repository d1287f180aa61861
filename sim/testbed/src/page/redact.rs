//! Leaves out what apps wrote, and keeps how large it is and a hash of it, so that equal contents can still be told from
//! different ones. Names of nodes, CoValues and operations stay: they are the scenario's.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How many hexadecimal digits of a hash are kept.
const DIGITS: usize = 12;

fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..DIGITS].to_owned()
}

/// What stands for a value.
pub(super) fn value(value: &Value) -> Value {
    let text = value.to_string();
    json!({ "bytes": text.len(), "hash": hash(text.as_bytes()) })
}

/// What stands for a text.
pub(super) fn text(text: &str) -> String {
    format!("({} bytes, {})", text.len(), hash(text.as_bytes()))
}

/// What every app sees, by node and CoValue.
pub(super) fn views(views: &Value) -> Value {
    let Value::Object(nodes) = views else { return Value::Null };
    let nodes = nodes.iter().map(|(node, views)| {
        let views = views.as_object().into_iter().flatten().map(|(id, shown)| (id.clone(), value(shown)));
        (node.clone(), Value::Object(views.collect()))
    });
    Value::Object(nodes.collect())
}

/// A line of the log without what apps wrote.
pub(super) fn line(mut line: Value, acts: &BTreeMap<String, Map<String, Value>>) -> Value {
    let name = line["name"].as_str().unwrap_or_default().to_owned();
    if let Some(said) = line.get_mut("text") {
        *said =
            act_in_words(acts.get(&name)).unwrap_or_else(|| text(said.as_str().unwrap_or_default())).into();
    }
    if let Some(refused) = line.get_mut("why").and_then(|why| why.get_mut("refused")) {
        *refused = text(refused.as_str().unwrap_or_default()).into();
    }
    let Some(message) = line.get_mut("message") else { return line };
    for field in ["header", "says"] {
        if let Some(said) = message.get_mut(field).filter(|said| !said.is_boolean() && !said.is_null()) {
            *said = value(said);
        }
    }
    let pieces = message.get_mut("new").and_then(Value::as_object_mut);
    for piece in pieces.into_iter().flat_map(Map::values_mut) {
        let transactions = piece.get_mut("newTransactions").and_then(Value::as_array_mut);
        transactions.into_iter().flatten().for_each(|transaction| *transaction = value(transaction));
    }
    line
}

/// `alice: set plan`.
fn act_in_words(act: Option<&Map<String, Value>>) -> Option<String> {
    let act = act?;
    let word = |field: &str| act.get(field).and_then(Value::as_str);
    let between = act.get("between").and_then(Value::as_array).map(|ends| {
        let ends: Vec<&str> = ends.iter().filter_map(Value::as_str).collect();
        ends.join(" and ")
    });
    let words = [between.as_deref(), word("node"), Some(word("act")?), word("id"), word("from"), word("to")];
    Some(words.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

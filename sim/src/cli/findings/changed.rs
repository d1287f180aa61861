//! What is no longer the same in a scenario that was edited between two sweeps.

use super::store::Memory;
use serde_json::Value;
use std::collections::BTreeSet;

/// How many differences are named.
const NAMED_MAX: usize = 6;

/// How much is shown of a value.
const VALUE_CHARS_MAX: usize = 40;

/// What changed between these two versions of a scenario, in words: `network.loss: "5%" -> "10%"; nodes.bob is new`.
pub(super) fn changes(memory: &Memory, versions: [i64; 2]) -> String {
    let [Some(before), Some(after)] = versions.map(|id| memory.versions.iter().find(|it| it.id == id)) else {
        return String::new();
    };
    let mut changes = Vec::new();
    if before.blake3 != after.blake3 {
        let texts = [before, after].map(|it| serde_json::from_str::<Value>(it.file.as_deref()?).ok());
        match texts {
            [Some(before), Some(after)] if before == after => {
                changes.push("how the file is written".to_owned());
            }
            [Some(before), Some(after)] => descend("", [Some(&before), Some(&after)], &mut changes),
            _ => changes.push("the file, one of whose versions was not kept".to_owned()),
        }
    }
    if before.crypto != after.crypto {
        changes.push(format!("crypto: {} -> {}", before.crypto, after.crypto));
    }
    if before.recording != after.recording {
        changes.push("the recording".to_owned());
    }
    let more = changes.len().saturating_sub(NAMED_MAX);
    changes.truncate(NAMED_MAX);
    let more = if more > 0 { format!("; {more} more") } else { String::new() };
    format!("{}{more}", changes.join("; "))
}

fn descend(path: &str, values: [Option<&Value>; 2], changes: &mut Vec<String>) {
    let inside = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match values {
        [Some(a), Some(b)] if a == b => {}
        [Some(Value::Object(a)), Some(Value::Object(b))] => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            keys.into_iter().for_each(|key| descend(&inside(key), [a.get(key), b.get(key)], changes));
        }
        [Some(Value::Array(a)), Some(Value::Array(b))] => {
            for place in 0..a.len().max(b.len()) {
                descend(&inside(&place.to_string()), [a.get(place), b.get(place)], changes);
            }
        }
        [Some(a), Some(b)] => changes.push(format!("{path}: {} -> {}", short(a), short(b))),
        [None, _] => changes.push(format!("{path} is new")),
        [_, None] => changes.push(format!("{path} is gone")),
    }
}

/// A value, cut where it is long.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::store::Version;
    use super::*;

    fn version(id: i64, file: Option<&str>) -> Version {
        Version {
            id,
            path: "story.json".to_owned(),
            blake3: format!("{file:?}"),
            crypto: "fast".to_owned(),
            recording: String::new(),
            file: file.map(str::to_owned),
        }
    }

    fn between(before: Option<&str>, after: Option<&str>) -> String {
        let versions = vec![version(1, before), version(2, after)];
        changes(&Memory { versions, ..Memory::default() }, [1, 2])
    }

    #[test]
    fn what_changed_is_named() {
        let before =
            r#"{ "about": "A.", "nodes": { "alice": {} }, "network": { "loss": "5%" }, "links": [1, 2] }"#;
        let after = r#"{ "about": "B.", "nodes": { "bob": {} }, "network": { "loss": "9%" }, "links": [1] }"#;
        assert_eq!(
            between(Some(before), Some(after)),
            r#"about: "A." -> "B."; links.1 is gone; network.loss: "5%" -> "9%"; nodes.alice is gone; nodes.bob is new"#
        );
        assert_eq!(between(Some("{}"), Some("{ }")), "how the file is written");
        assert_eq!(between(None, Some("{}")), "the file, one of whose versions was not kept");
        let many = |value: u32| format!("{:?}", [value; 9]);
        assert!(between(Some(&many(1)), Some(&many(2))).ends_with("5: 1 -> 2; 3 more"));
    }
}

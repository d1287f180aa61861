//! `stableStringify`: the one text of a JSON value that is hashed, signed and encrypted.
//!
//! Numbers are ECMAScript's, keys are in the order of their UTF-16 code units, there are no blanks. A string value
//! (not a key) that begins with `encrypted_U` or `binary_U` stands between quotes without any escaping, so the text
//! may be no JSON.

use super::number;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::Value;

/// What begins a string that is not escaped.
const RAW_PREFIXES: [&str; 2] = ["encrypted_U", "binary_U"];

/// The stable text of `value`.
pub fn stable_stringify(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value);
    out
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => out.push_str(&number::text(number)),
        Value::String(text) => write_text(out, text),
        Value::Array(items) => write_joined(out, ['[', ']'], items, write_value),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            write_joined(out, ['{', '}'], members, |out, (key, value)| {
                write_quoted(out, key);
                out.push(':');
                write_value(out, value);
            });
        }
    }
}

fn write_joined<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    out.push(open);
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(close);
}

fn write_text(out: &mut String, text: &str) {
    if RAW_PREFIXES.iter().any(|prefix| text.starts_with(prefix)) {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        write_quoted(out, text);
    }
}

/// JSON's own quoting: `serde_json` escapes what JavaScript does, in the same way.
fn write_quoted(out: &mut String, text: &str) {
    out.push_str(&serde_json::to_string(text).expect("any string has a JSON form"));
}

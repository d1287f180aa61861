//! What serde says of a value that does not fit, in the words of a scenario file.

use super::file::quoted;
use super::suggest::{closest, question};

/// A mistake in the shape of a file.
pub(super) enum Mistake {
    /// An object lacks a field.
    Missing { field: String },
    /// An object has a field that means nothing.
    Unknown { field: String, close: Option<String>, expected: Option<String>, help: Option<String> },
    /// A value does not fit.
    Other { message: String, expected: Option<String>, help: Option<String> },
    /// An object has a field that does not go with another of it.
    Surplus { field: String, message: String, expected: Option<String>, help: Option<String> },
}

/// Takes a message of serde apart. The wording of serde's own messages is part of its documented error trait; anything
/// else is shown as it is.
pub(super) fn describe(message: &str) -> Mistake {
    if let Some(field) = message.strip_prefix("missing field `") {
        return Mistake::Missing { field: field.trim_end_matches('`').to_owned() };
    }
    if let Some((field, expected)) = split(message, "unknown field `", "`, expected ") {
        let close = closest(field, names(expected)).map(str::to_owned);
        let (expected, help) = choice(expected, close.as_deref(), "the fields here are");
        return Mistake::Unknown { field: field.to_owned(), close, expected, help };
    }
    if let Some((value, expected)) = split(message, "unknown variant `", "`, expected ") {
        let close = closest(value, names(expected));
        let (expected, help) = choice(expected, close, "the values here are");
        return Mistake::Other { message: format!("unknown value {}", quoted(value)), expected, help };
    }
    let kinds = ["invalid type: ", "invalid value: ", "invalid length "];
    if let Some((found, expected)) = kinds.iter().find_map(|kind| split(message, kind, ", expected ")) {
        let found = if message.starts_with(kinds[2]) {
            format!("an array of {found}")
        } else {
            found_in_words(found)
        };
        let message = format!("found {found} where {} belongs", expected_in_words(expected));
        return Mistake::Other {
            message,
            expected: Some(format!("expected {}", expected_in_words(expected))),
            help: None,
        };
    }
    // What is read by our own code says on further lines what to write, what was expected, and which field is too many.
    let mut lines = message.lines().map(str::to_owned);
    let message = lines.next().unwrap_or_default();
    let (help, expected) = (lines.next(), lines.next());
    match lines.next() {
        Some(field) => Mistake::Surplus { field, message, expected, help },
        None => Mistake::Other { message, expected, help },
    }
}

/// What is between `prefix` and the last `middle`, and what follows it.
fn split<'a>(message: &'a str, prefix: &str, middle: &str) -> Option<(&'a str, &'a str)> {
    message.strip_prefix(prefix)?.rsplit_once(middle)
}

/// The names in backticks.
fn names(expected: &str) -> impl Iterator<Item = &str> {
    expected.split('`').skip(1).step_by(2)
}

/// What to say of a choice: a short one beside the excerpt, a long one as a hint, unless one of it is close.
fn choice(expected: &str, close: Option<&str>, introduction: &str) -> (Option<String>, Option<String>) {
    const LONGEST: usize = 60;
    let short = (expected.len() <= LONGEST).then(|| format!("expected {expected}"));
    let list = || format!("{introduction} {}", names(expected).collect::<Vec<_>>().join(", "));
    let help = close.map(question).or_else(|| short.is_none().then(list));
    (short, help)
}

fn found_in_words(found: &str) -> String {
    match found {
        "map" => "an object".to_owned(),
        "sequence" => "an array".to_owned(),
        "unit value" | "null" => "null".to_owned(),
        _ => match found.split_once(' ') {
            Some(("string", text)) => format!("the string {}", shortened(text)),
            Some(("integer" | "floating", number)) => {
                format!("the number {}", number.trim_start_matches("point ").trim_matches('`'))
            }
            Some(("boolean", value)) => value.trim_matches('`').to_owned(),
            _ => shortened(found),
        },
    }
}

fn expected_in_words(expected: &str) -> &str {
    match expected {
        "u32" => "a whole number from 0 to 4294967295",
        "u64" => "a whole number from 0 to 18446744073709551615",
        "i32" => "a whole number from -2147483648 to 2147483647",
        "a boolean" => "true or false",
        "a sequence" => "an array",
        "a map" => "an object",
        "an array of length 2" | "2 elements in sequence" => "an array of two",
        "string or map" | "variant identifier" => "a string",
        _ if expected.starts_with("struct ") => "an object",
        _ => expected,
    }
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

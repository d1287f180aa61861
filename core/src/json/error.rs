//! What is wrong with a JSON state, and where.

use crate::names::NameError;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use serde_json::Value;

/// Why JSON could not be read as a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// The way to the place from the top, as in `coValues.id1.sessions.session1.lastHash`; empty at the top.
    pub at: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// See [`JsonError`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The text is no JSON, or has a key twice: the parser's words, with line and column.
    Syntax(String),
    /// A value of another kind.
    Expected {
        /// What should be there.
        expected: &'static str,
        /// What is there, in short.
        found: String,
    },
    /// A header, transaction, hash or signature that is none: the words of its own reader.
    Malformed(String),
    /// A field is missing.
    Missing(&'static str),
    /// A field that the seed does not have.
    UnknownField {
        /// The field.
        field: String,
        /// The fields that there are.
        known: &'static [&'static str],
    },
    /// A name inside differs from the key outside.
    NameDiffers {
        /// The key outside.
        key: String,
        /// The name inside.
        name: String,
    },
    /// A key of `signatureAfter` is at or beyond the end of the session.
    IndexBeyondEnd {
        /// How many transactions there are.
        length: u32,
    },
    /// A session without transactions; it should not be listed at all.
    EmptySession,
    /// Something about a peer that is not among the peers.
    UnknownPeer,
    /// A name that can have no id.
    Name(NameError),
}

/// A place in a JSON document: a key, and the place that it is in.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    above: Option<&'a At<'a>>,
    key: &'a str,
}

impl<'a> At<'a> {
    /// The top.
    pub(crate) const TOP: At<'static> = At { above: None, key: "" };

    /// The value at `key` in this one.
    pub(crate) fn child(&'a self, key: &'a str) -> At<'a> {
        At { above: Some(self), key }
    }

    /// The last key of the way here.
    pub(super) fn key(&self) -> &'a str {
        self.key
    }

    /// A problem here.
    pub(crate) fn error(&self, problem: Problem) -> JsonError {
        JsonError { at: self.to_string(), problem }
    }

    /// The problem that `found` is not what was expected here.
    pub(crate) fn expected(&self, expected: &'static str, found: &Value) -> JsonError {
        self.error(Problem::Expected { expected, found: summary(found) })
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(above) = self.above else { return Ok(()) };
        if above.above.is_some() { write!(f, "{above}.{}", self.key) } else { f.write_str(self.key) }
    }
}

/// A value as a message shows it: whole where it is small.
fn summary(value: &Value) -> String {
    const CHARS_MAX: usize = 40;
    match value {
        Value::Array(_) => String::from("an array"),
        Value::Object(_) => String::from("an object"),
        Value::String(text) if text.chars().count() > CHARS_MAX => {
            format!("{:?}…", text.chars().take(CHARS_MAX).collect::<String>())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

impl JsonError {
    pub(crate) fn syntax(error: serde_json::Error) -> JsonError {
        At::TOP.error(Problem::Syntax(error.to_string()))
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.is_empty() {
            write!(f, "{}", self.problem)
        } else {
            write!(f, "{}: {}", self.at, self.problem)
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Syntax(message) => write!(f, "expected JSON: {message}"),
            Problem::Expected { expected, found } => write!(f, "expected {expected}, found {found}"),
            Problem::Malformed(message) => f.write_str(message),
            Problem::Missing(field) => write!(f, "the field `{field}` is missing"),
            Problem::UnknownField { field, known } => {
                write!(f, "unknown field `{field}`, expected one of {}", known.join(", "))
            }
            Problem::NameDiffers { key, name } => {
                write!(f, "expected {key:?}, the key it is under, found {name:?}")
            }
            Problem::IndexBeyondEnd { length } => {
                write!(f, "expected the index of a transaction, below {length}")
            }
            Problem::EmptySession => f.write_str("expected at least one transaction, found none"),
            Problem::UnknownPeer => f.write_str("expected the name of a peer under `peers`"),
            Problem::Name(error) => write!(f, "{error}"),
        }
    }
}

impl core::error::Error for JsonError {}

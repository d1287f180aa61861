//! What is wrong with a recording.

use std::fmt;

/// What a recording looks like, for who has something else.
const SHAPE: &str = "a recording is JSON, plain or packed with gzip: { \"kind\": \"concurrent\", \"endContent\", \"numAgents\", \
    \"txns\": [{ \"parents\": [index], \"agent\", \"time\", \"patches\": [[position, deleted, \"inserted\"]] }] }, \
    or of one author { \"startContent\", \"endContent\", \"txns\": [{ \"time\", \"patches\" }] }";

/// What is wrong with a recording: where, what was found, what was expected, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    place: Option<String>,
    found: String,
    expected: Option<String>,
    help: &'static str,
}

impl Error {
    /// It is no recording at all.
    pub(super) fn shape(place: Option<String>, found: impl Into<String>) -> Error {
        Error { place, found: found.into(), expected: None, help: SHAPE }
    }

    /// It says what cannot be.
    pub(super) fn at(place: impl Into<String>, found: impl Into<String>) -> Error {
        let help = "is the file whole, and as it was published?";
        Error { place: Some(place.into()), found: found.into(), expected: None, help }
    }

    pub(super) fn expected(self, expected: impl Into<String>) -> Error {
        Error { expected: Some(expected.into()), ..self }
    }

    /// The same, about a patch of a transaction.
    pub(super) fn of(self, transaction: usize, patch: usize) -> Error {
        Error { place: Some(format!("txns[{transaction}].patches[{patch}]")), ..self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.found)?;
        if let Some(expected) = &self.expected {
            write!(f, "\nexpected: {expected}")?;
        }
        write!(f, "\nhint: {}", self.help)
    }
}

impl std::error::Error for Error {}

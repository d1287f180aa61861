//! What a scenario file says, word for word.

/// A scenario file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {}

//! The sans-IO node.
/// Marks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marks {}

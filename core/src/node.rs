//! The sans-IO node.
/// Marks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marks {}
/// Marks of a CoValue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CoMarks {}

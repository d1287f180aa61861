//! What an act refers to, and what for.

use crate::scenario::place::{At, Place};

/// A field, and the place in it where it is a list.
pub(super) type Field = (&'static str, Option<usize>);

/// One name in an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reference<'a> {
    /// What it is the name of.
    pub(crate) to: To,
    /// The name.
    pub(crate) name: &'a str,
    /// Where it stands.
    pub(super) field: Field,
}

/// What is referred to, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// A node whose app is asked for something: it must be there.
    App,
    /// A node to which something happens, or an end of a link: it must be there.
    Running,
    /// A node of which a clock or a link changes: it must not have left.
    Prepared,
    /// A node of which something is taken: it may have left.
    Source,
    /// A node that joins.
    Newcomer,
    /// A node that leaves.
    Leaver,
    /// A node that becomes a member of a group, or is none any more.
    Member,
    /// A CoValue, which is one of the scenario for being named here.
    CoValue,
    /// A group that another has, or had, as its parent.
    Parent,
    /// A CoValue of the scenario, of whose messages something becomes.
    Filtered,
}

impl To {
    /// Whether it is a node.
    pub(crate) fn is_node(self) -> bool {
        match self {
            To::App | To::Running | To::Prepared | To::Source | To::Newcomer | To::Leaver | To::Member => {
                true
            }
            To::CoValue | To::Parent | To::Filtered => false,
        }
    }
}

impl Reference<'_> {
    /// Where it is; `at` is where the fields of the act are.
    pub(crate) fn place(&self, at: &At<'_>) -> Place {
        let (field, index) = self.field;
        let at = at.key(field);
        index.map_or_else(|| at.value(), |index| at.index(index).value())
    }
}

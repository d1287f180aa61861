//! The bugs that can be planted in a node.

use cosim_core::Mutation;

/// The names of the mutations that the node knows.
pub fn known_mutations() -> impl Iterator<Item = &'static str> {
    Mutation::ALL.iter().map(|mutation| mutation.name())
}

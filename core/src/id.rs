//! Cheap, typed ids. They are interned numbers: names are strings only at the edge (`names`, `json`). Order of
//! numbers is the order in which a node treats things, so whoever interns gives smaller numbers to smaller names.

use core::fmt;
pub use cosim_base::ConnectionId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

id!(
    /// A CoValue.
    CoId, "co"
);
id!(
    /// A session: one append-only, signed transaction log of one author.
    SessionId, "session"
);
id!(
    /// A peer, as a node knows it.
    PeerId, "peer"
);

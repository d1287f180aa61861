//! The id of a connection.

use core::fmt;

/// One connection between two nodes: an epoch. A reconnect gives a fresh id to both ends.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u32);

impl fmt::Debug for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "connection{}", self.0)
    }
}

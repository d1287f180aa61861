//! Names at the edge. Inside, everything is called by a number; people and files call it by a string. [`Names`] says
//! how a number is printed, and [`NameTable`] hands out numbers for strings, in the order in which they come.
//!
//! The numbers also say in which order a node treats things, so whoever fills a table does it in a meaningful order.

use crate::id::{CoId, PeerId, SessionId};
use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// How ids are printed.
pub trait Names {
    /// The name of a CoValue.
    fn co_value(&self, id: CoId) -> Cow<'_, str>;

    /// The name of a session.
    fn session(&self, id: SessionId) -> Cow<'_, str>;

    /// The name of a peer.
    fn peer(&self, id: PeerId) -> Cow<'_, str>;
}

/// Strings as ids, and back: each kind counts from 0, and a string that is there already keeps its id.
///
/// An id that was not given out here is printed as its kind and number: `co7`, `session3`, `peer1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NameTable {
    co_values: Interner,
    sessions: Interner,
    peers: Interner,
}

/// Why a name got no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// A peer cannot be called `local`: the seed's updates use that word for "from no peer".
    LocalPeer,
    /// There are more names of one kind than ids.
    TooManyNames,
}

/// What the seed calls the source of an update that comes from no peer.
const LOCAL: &str = "local";

impl NameTable {
    /// A table without names.
    pub fn new() -> NameTable {
        NameTable::default()
    }

    /// The id of the CoValue called `name`, given out now where it is new.
    ///
    /// # Errors
    /// [`TooManyNames`](NameError::TooManyNames).
    pub fn intern_co_value(&mut self, name: &str) -> Result<CoId, NameError> {
        self.co_values.intern(name).map(CoId)
    }

    /// The id of the session called `name`, given out now where it is new.
    ///
    /// # Errors
    /// [`TooManyNames`](NameError::TooManyNames).
    pub fn intern_session(&mut self, name: &str) -> Result<SessionId, NameError> {
        self.sessions.intern(name).map(SessionId)
    }

    /// The id of the peer called `name`, given out now where it is new.
    ///
    /// # Errors
    /// [`LocalPeer`](NameError::LocalPeer), [`TooManyNames`](NameError::TooManyNames).
    pub fn intern_peer(&mut self, name: &str) -> Result<PeerId, NameError> {
        if name == LOCAL {
            return Err(NameError::LocalPeer);
        }
        self.peers.intern(name).map(PeerId)
    }

    /// The id of the CoValue called `name`, where it has one.
    pub fn find_co_value(&self, name: &str) -> Option<CoId> {
        self.co_values.find(name).map(CoId)
    }

    /// The id of the session called `name`, where it has one.
    pub fn find_session(&self, name: &str) -> Option<SessionId> {
        self.sessions.find(name).map(SessionId)
    }

    /// All sessions and their names, in the order of ids.
    pub fn sessions(&self) -> impl Iterator<Item = (SessionId, &str)> {
        (0..).map(SessionId).zip(self.sessions.names.iter().map(String::as_str))
    }

    /// The id of the peer called `name`, where it has one.
    pub fn find_peer(&self, name: &str) -> Option<PeerId> {
        self.peers.find(name).map(PeerId)
    }
}

impl Names for NameTable {
    fn co_value(&self, id: CoId) -> Cow<'_, str> {
        self.co_values.name(id.0).unwrap_or_else(|| Cow::Owned(format!("{id:?}")))
    }

    fn session(&self, id: SessionId) -> Cow<'_, str> {
        self.sessions.name(id.0).unwrap_or_else(|| Cow::Owned(format!("{id:?}")))
    }

    fn peer(&self, id: PeerId) -> Cow<'_, str> {
        self.peers.name(id.0).unwrap_or_else(|| Cow::Owned(format!("{id:?}")))
    }
}

/// The names of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Interner {
    /// By id.
    names: Vec<String>,
    ids: BTreeMap<String, u32>,
}

impl Interner {
    fn intern(&mut self, name: &str) -> Result<u32, NameError> {
        if let Some(id) = self.find(name) {
            return Ok(id);
        }
        let id = u32::try_from(self.names.len()).map_err(|_| NameError::TooManyNames)?;
        self.names.push(String::from(name));
        self.ids.insert(String::from(name), id);
        Ok(id)
    }

    fn find(&self, name: &str) -> Option<u32> {
        self.ids.get(name).copied()
    }

    fn name(&self, id: u32) -> Option<Cow<'_, str>> {
        let index = usize::try_from(id).ok()?;
        self.names.get(index).map(|name| Cow::Borrowed(name.as_str()))
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NameError::LocalPeer => "a peer cannot be called `local`",
            NameError::TooManyNames => "there are more names than ids",
        })
    }
}

impl core::error::Error for NameError {}

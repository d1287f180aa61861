//! The seed's own JSON shape of a [`NodeState`], and the published package's of a [`Message`].
//!
//! A `Map` of the seed is a JSON object by name, `undefined` is left out on writing and may be missing or `null` on
//! reading, and `signatureAfter` has decimal strings for keys. Writing is a view that borrows the state; reading
//! checks the shape of everything and says where it is wrong. What a node remembers of its conversations is no part
//! of it. A header that is itself `null` cannot be told from none.
//!
//! Reading makes no judgement about what a state says: see [`check_invariants`](crate::state::check_invariants).

mod error;
mod fields;
mod read;
mod text;
mod write;

pub(crate) use error::At;
pub use error::{JsonError, Problem};
pub(crate) use fields::{Fields, parse, text};
pub(crate) use write::{Entries, optional};

use crate::crypto::Crypto;
use crate::id::CoId;
use crate::known_state::KnownState;
use crate::message::Message;
use crate::names::{NameTable, Names};
use crate::state::{CoValueState, NodeState};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use write::View;

/// A [`Crypto`] whose values have a JSON form.
pub trait JsonCrypto:
    Crypto<
        Header: Serialize + DeserializeOwned,
        Transaction: Serialize + DeserializeOwned,
        Hash: Serialize + DeserializeOwned,
        Signature: Serialize + DeserializeOwned,
        StreamingHash: Serialize + DeserializeOwned,
    >
{
}

impl<C> JsonCrypto for C where
    C: Crypto<
            Header: Serialize + DeserializeOwned,
            Transaction: Serialize + DeserializeOwned,
            Hash: Serialize + DeserializeOwned,
            Signature: Serialize + DeserializeOwned,
            StreamingHash: Serialize + DeserializeOwned,
        >
{
}

impl<C: JsonCrypto> NodeState<C> {
    /// The state in the seed's shape: `{ "peers": { … }, "coValues": { … } }`, objects in the order of ids.
    pub fn display_json<'a, N: Names + ?Sized>(&'a self, names: &'a N) -> impl Serialize + 'a {
        View { item: self, names }
    }

    /// The state that `json` is in the seed's shape.
    ///
    /// New names get ids in the order of the names, whatever the order of the file; where there is an error, none.
    ///
    /// # Errors
    /// The first thing that has not the seed's shape, and where it is.
    pub fn from_json(json: &Value, names: &mut NameTable) -> Result<Self, JsonError> {
        read::node_state(json, names)
    }

    /// Like [`from_json`](Self::from_json), from text.
    ///
    /// # Errors
    /// Also, where the text is not JSON, or an object in it has a key twice.
    pub fn from_json_str(text: &str, names: &mut NameTable) -> Result<Self, JsonError> {
        Self::from_json(&text::parse(text)?, names)
    }
}

impl<C: JsonCrypto> CoValueState<C> {
    /// The entry of CoValue `id` in the seed's shape: `{ "id": …, "header": …, "sessions": { … }, … }`.
    pub fn display_json<'a, N: Names + ?Sized>(&'a self, id: CoId, names: &'a N) -> impl Serialize + 'a {
        View { item: (id, self), names }
    }
}

impl KnownState {
    /// The known state of CoValue `id` as messages and states have it: `{ "id": …, "header": …, "sessions": { … } }`.
    pub fn display_json<'a, N: Names + ?Sized>(&'a self, id: CoId, names: &'a N) -> impl Serialize + 'a {
        View { item: (id, self), names }
    }
}

impl<C: JsonCrypto> Message<C> {
    /// The message in the wire shape of the published package: `{ "action": "load", "id": …, … }`.
    pub fn display_json<'a, N: Names + ?Sized>(&'a self, names: &'a N) -> impl Serialize + 'a {
        View { item: self, names }
    }
}

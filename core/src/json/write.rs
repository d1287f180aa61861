//! Writing: borrowed views that serialise in the seed's shape, without copying a state.

use super::JsonCrypto;
use crate::id::{CoId, PeerId, SessionId};
use crate::known_state::KnownState;
use crate::message::{Content, Known, Message, SessionContent};
use crate::names::Names;
use crate::state::{Assumed, CoValueState, NodeState, PeerInfo, PeerSync, Relationship, SessionLog};
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// Something to be written, and the names to write it with.
pub(super) struct View<'a, T, N: ?Sized> {
    /// What is written; together with its id, where it does not hold that itself.
    pub(super) item: T,
    /// How ids are printed.
    pub(super) names: &'a N,
}

/// The entries of a map, made anew by each call.
pub(crate) struct Entries<F>(pub(crate) F);

impl<F, I, K, V> Serialize for Entries<F>
where
    F: Fn() -> I,
    I: Iterator<Item = (K, V)>,
    K: Serialize,
    V: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map((self.0)())
    }
}

/// A field that is left out where it is undefined.
pub(crate) fn optional<T: Serialize, S: SerializeStruct>(
    out: &mut S,
    key: &'static str,
    value: Option<T>,
) -> Result<(), S::Error> {
    match value {
        Some(value) => out.serialize_field(key, &value),
        None => out.skip_field(key),
    }
}

impl<C: JsonCrypto, N: Names + ?Sized> Serialize for View<'_, &NodeState<C>, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let View { item: state, names } = *self;
        let peers =
            || state.peers.iter().map(|(id, peer)| (names.peer(id), View { item: (id, peer), names }));
        let co_values = || {
            let entries = state.co_values.iter();
            entries.map(|(&id, co_value)| (names.co_value(id), View { item: (id, co_value), names }))
        };
        let mut out = serializer.serialize_struct("NodeState", 2)?;
        out.serialize_field("peers", &Entries(peers))?;
        out.serialize_field("coValues", &Entries(co_values))?;
        out.end()
    }
}

impl<N: Names + ?Sized> Serialize for View<'_, (PeerId, &PeerInfo), N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (id, peer) = self.item;
        let mut out = serializer.serialize_struct("Peer", 3)?;
        out.serialize_field("name", &self.names.peer(id))?;
        out.serialize_field("relationship", peer.relationship.as_json())?;
        out.serialize_field("priority", &peer.priority)?;
        out.end()
    }
}

impl<C: JsonCrypto, N: Names + ?Sized> Serialize for View<'_, (CoId, &CoValueState<C>), N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let View { item: (id, co_value), names } = *self;
        let sessions =
            || co_value.sessions.iter().map(|(session, log)| (names.session(session), LogView(log)));
        let sync = || {
            let entries = co_value.sync.iter();
            entries.map(|(peer, sync)| (names.peer(peer), View { item: (id, sync), names }))
        };
        let mut out = serializer.serialize_struct("CoValueState", 5)?;
        out.serialize_field("id", &names.co_value(id))?;
        optional(&mut out, "header", co_value.header.as_ref())?;
        out.serialize_field("sessions", &Entries(sessions))?;
        out.serialize_field("done", &co_value.done)?;
        out.serialize_field("sync", &Entries(sync))?;
        out.end()
    }
}

struct LogView<'a, C: JsonCrypto>(&'a SessionLog<C>);

impl<C: JsonCrypto> Serialize for LogView<'_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let log = self.0;
        let mut out = serializer.serialize_struct("SessionLog", 5)?;
        out.serialize_field("transactions", &log.transactions)?;
        out.serialize_field("lastHash", &log.last_hash)?;
        out.serialize_field("streamingHash", &log.streaming_hash)?;
        out.serialize_field("signatureAfter", &Entries(|| log.signature_after.iter()))?;
        out.serialize_field("lastSignature", &log.last_signature)?;
        out.end()
    }
}

impl<N: Names + ?Sized> Serialize for View<'_, (CoId, &PeerSync), N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let View { item: (id, sync), names } = *self;
        let known = |known| View { item: (id, known), names };
        let mut out = serializer.serialize_struct("PeerSync", 4)?;
        optional(&mut out, "toldKnownState", sync.told.as_ref().map(known))?;
        match &sync.assumed {
            Assumed::Unknown => out.serialize_field("assumedState", UNKNOWN)?,
            Assumed::Unavailable => out.serialize_field("assumedState", UNAVAILABLE)?,
            Assumed::Known(assumed) => out.serialize_field("assumedState", &known(assumed))?,
        }
        optional(&mut out, "confirmedState", sync.confirmed.as_ref().map(known))?;
        optional(&mut out, "error", sync.error.as_deref())?;
        out.end()
    }
}

impl<N: Names + ?Sized> Serialize for View<'_, (CoId, &KnownState), N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let View { item: (id, known), names } = *self;
        let mut out = serializer.serialize_struct("KnownState", 3)?;
        known_fields(&mut out, id, known, names)?;
        out.end()
    }
}

fn known_fields<S: SerializeStruct, N: Names + ?Sized>(
    out: &mut S,
    id: CoId,
    known: &KnownState,
    names: &N,
) -> Result<(), S::Error> {
    let sessions = || known.sessions().map(|(session, count)| (names.session(session), count));
    out.serialize_field("id", &names.co_value(id))?;
    out.serialize_field("header", &known.header)?;
    out.serialize_field("sessions", &Entries(sessions))
}

impl<C: JsonCrypto, N: Names + ?Sized> Serialize for View<'_, &Message<C>, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let View { item: message, names } = *self;
        let mut out = serializer.serialize_struct("Message", 5)?;
        match message {
            Message::Load { id, known, safe } => {
                out.serialize_field("action", "load")?;
                known_fields(&mut out, *id, known, names)?;
                optional(&mut out, "safe", safe.then_some(true))?;
            }
            Message::Known(Known { id, known, is_correction, safe }) => {
                out.serialize_field("action", "known")?;
                known_fields(&mut out, *id, known, names)?;
                optional(&mut out, "isCorrection", is_correction.then_some(true))?;
                optional(&mut out, "safe", safe.as_ref().map(|known| View { item: (*id, known), names }))?;
            }
            Message::Content(content) => {
                out.serialize_field("action", "content")?;
                content_fields(&mut out, content, names)?;
            }
            Message::Done { id } => {
                out.serialize_field("action", "done")?;
                out.serialize_field("id", &names.co_value(*id))?;
            }
        }
        out.end()
    }
}

fn content_fields<C: JsonCrypto, S: SerializeStruct, N: Names + ?Sized>(
    out: &mut S,
    content: &Content<C>,
    names: &N,
) -> Result<(), S::Error> {
    let entry = |(session, piece): (SessionId, _)| (names.session(session), PieceView(piece));
    out.serialize_field("id", &names.co_value(content.id))?;
    optional(out, "header", content.header.as_ref())?;
    out.serialize_field("new", &Entries(|| content.new.iter().map(entry)))
}

struct PieceView<'a, C: JsonCrypto>(&'a SessionContent<C>);

impl<C: JsonCrypto> Serialize for PieceView<'_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("SessionContent", 3)?;
        out.serialize_field("after", &self.0.after)?;
        out.serialize_field("newTransactions", &self.0.new_transactions)?;
        out.serialize_field("lastSignature", &self.0.last_signature)?;
        out.end()
    }
}

/// An `assumedState` of which nothing is known.
pub(super) const UNKNOWN: &str = "unknown";
/// An `assumedState` that lacks the header.
pub(super) const UNAVAILABLE: &str = "unavailable";

impl Relationship {
    /// The seed's word for it.
    pub const fn as_json(self) -> &'static str {
        match self {
            Relationship::SyncAllOurs => "syncAllOurs",
            Relationship::SyncTheirs => "syncTheirs",
            Relationship::SyncCommon => "syncCommon",
        }
    }

    /// What the seed's word `json` means.
    pub fn from_json(json: &str) -> Option<Relationship> {
        [Relationship::SyncAllOurs, Relationship::SyncTheirs, Relationship::SyncCommon]
            .into_iter()
            .find(|relationship| relationship.as_json() == json)
    }
}

//! Reading: from any JSON to a state of the right shape, or to the first thing that is wrong with it.

use super::JsonCrypto;
use super::error::{At, JsonError, Problem};
use super::fields::{Fields, object, parse, text};
use super::write::{UNAVAILABLE, UNKNOWN};
use crate::id::{CoId, PeerId, SessionId};
use crate::known_state::KnownState;
use crate::names::{NameError, NameTable};
use crate::state::{Assumed, CoValueState, NodeState, PeerInfo, PeerSync, Relationship, SessionLog};
use crate::vec_map::VecMap;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub(super) fn node_state<C: JsonCrypto>(
    json: &Value,
    names: &mut NameTable,
) -> Result<NodeState<C>, JsonError> {
    let mut extended = names.clone();
    intern_names(json, &mut extended)?;
    let state = Reader { names: &extended, peers: VecMap::new() }.node_state(json)?;
    *names = extended;
    Ok(state)
}

/// Gives an id to every name that stands where the seed's shape has names, in the order of the names. What has
/// another shape is passed over here: reading it reports it.
fn intern_names(json: &Value, names: &mut NameTable) -> Result<(), JsonError> {
    let co_values = members(json.get("coValues"));
    let sessions = co_values.clone().flat_map(|(_, co_value)| session_names(co_value));
    let peers_at = At::TOP.child("peers");
    for name in members(json.get("peers")).map(|(name, _)| name).collect::<BTreeSet<_>>() {
        names.intern_peer(name).map_err(|error| peers_at.child(name).error(Problem::Name(error)))?;
    }
    for name in co_values.map(|(name, _)| name).collect::<BTreeSet<_>>() {
        names.intern_co_value(name).map_err(|error| At::TOP.error(Problem::Name(error)))?;
    }
    for name in sessions.collect::<BTreeSet<_>>() {
        names.intern_session(name).map_err(|error| At::TOP.error(Problem::Name(error)))?;
    }
    Ok(())
}

/// The sessions that an entry of `coValues` names: those it holds, and those in what it notes about peers.
fn session_names(co_value: &Value) -> impl Iterator<Item = &String> {
    let known_states = members(co_value.get("sync")).flat_map(|(_, sync)| {
        ["toldKnownState", "assumedState", "confirmedState"].into_iter().filter_map(|field| sync.get(field))
    });
    core::iter::once(co_value)
        .chain(known_states)
        .flat_map(|holder| members(holder.get("sessions")))
        .map(|(name, _)| name)
}

/// The members of an object; none of anything else.
fn members(json: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> + Clone {
    json.and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

/// Reads one document, of which every name has an id.
struct Reader<'a> {
    names: &'a NameTable,
    peers: VecMap<PeerId, PeerInfo>,
}

impl Reader<'_> {
    fn node_state<C: JsonCrypto>(mut self, json: &Value) -> Result<NodeState<C>, JsonError> {
        let fields = Fields::of(json, At::TOP, &["peers", "coValues"])?;
        let peers_at = At::TOP.child("peers");
        for (name, json) in object(fields.required("peers")?, &peers_at)? {
            let (id, peer) = self.peer(json, peers_at.child(name))?;
            self.peers.insert(id, peer);
        }
        let mut state = NodeState::default();
        let co_values_at = At::TOP.child("coValues");
        for (name, json) in object(fields.required("coValues")?, &co_values_at)? {
            let (id, co_value) = self.co_value(json, co_values_at.child(name))?;
            state.co_values.insert(id, co_value);
        }
        state.peers = self.peers;
        Ok(state)
    }

    fn peer(&self, json: &Value, at: At<'_>) -> Result<(PeerId, PeerInfo), JsonError> {
        let fields = Fields::of(json, at, &["name", "relationship", "priority"])?;
        fields.named("name")?;
        let relationship = fields.required("relationship")?;
        let priority = fields.required("priority")?;
        let peer = PeerInfo {
            relationship: relationship.as_str().and_then(Relationship::from_json).ok_or_else(|| {
                let expected = "\"syncAllOurs\", \"syncTheirs\" or \"syncCommon\"";
                at.child("relationship").expected(expected, relationship)
            })?,
            priority: priority
                .as_i64()
                .and_then(|priority| i32::try_from(priority).ok())
                .ok_or_else(|| at.child("priority").expected("an integer of 32 bits", priority))?,
        };
        Ok((interned(self.names.find_peer(at.key()), at)?, peer))
    }

    fn co_value<C: JsonCrypto>(
        &self,
        json: &Value,
        at: At<'_>,
    ) -> Result<(CoId, CoValueState<C>), JsonError> {
        let fields = Fields::of(json, at, &["id", "header", "sessions", "done", "sync"])?;
        fields.named("id")?;
        let done = fields.required("done")?;
        let mut co_value = CoValueState {
            header: fields.optional("header").map(|header| parse(header, at.child("header"))).transpose()?,
            done: done.as_bool().ok_or_else(|| at.child("done").expected("true or false", done))?,
            ..CoValueState::default()
        };
        let sessions_at = at.child("sessions");
        for (name, json) in object(fields.required("sessions")?, &sessions_at)? {
            let at = sessions_at.child(name);
            co_value.sessions.insert(self.session(at)?, session_log(json, at)?);
        }
        let sync_at = at.child("sync");
        for (name, json) in object(fields.required("sync")?, &sync_at)? {
            let sync_at = sync_at.child(name);
            let peer = self.names.find_peer(name).filter(|peer| self.peers.contains(*peer));
            let peer = peer.ok_or_else(|| sync_at.error(Problem::UnknownPeer))?;
            co_value.sync.insert(peer, self.peer_sync(json, at.key(), sync_at)?);
        }
        Ok((interned(self.names.find_co_value(at.key()), at)?, co_value))
    }

    fn peer_sync(&self, json: &Value, id: &str, at: At<'_>) -> Result<PeerSync, JsonError> {
        const FIELDS: &[&str] = &["toldKnownState", "assumedState", "confirmedState", "error"];
        let fields = Fields::of(json, at, FIELDS)?;
        let known =
            |key| fields.optional(key).map(|json| self.known_state(json, id, at.child(key))).transpose();
        Ok(PeerSync {
            told: known("toldKnownState")?,
            assumed: self.assumed(fields.required("assumedState")?, id, at.child("assumedState"))?,
            confirmed: known("confirmedState")?,
            error: fields.optional("error").map(|error| text(error, at.child("error"))).transpose()?,
            ..PeerSync::default()
        })
    }

    fn assumed(&self, json: &Value, id: &str, at: At<'_>) -> Result<Assumed, JsonError> {
        match json.as_str() {
            Some(UNKNOWN) => Ok(Assumed::Unknown),
            Some(UNAVAILABLE) => Ok(Assumed::Unavailable),
            None if json.is_object() => Ok(Assumed::of(&self.known_state(json, id, at)?)),
            Some(_) | None => Err(at.expected("a known state, \"unknown\" or \"unavailable\"", json)),
        }
    }

    /// A known state of the CoValue called `id`.
    fn known_state(&self, json: &Value, id: &str, at: At<'_>) -> Result<KnownState, JsonError> {
        let fields = Fields::of(json, at, &["id", "header", "sessions"])?;
        fields.says("id", id)?;
        let header = fields.required("header")?;
        let header = header.as_bool().ok_or_else(|| at.child("header").expected("true or false", header))?;
        let mut known = KnownState::new(header, []);
        let sessions_at = at.child("sessions");
        for (name, json) in object(fields.required("sessions")?, &sessions_at)? {
            let at = sessions_at.child(name);
            let count = json.as_u64().and_then(|count| u32::try_from(count).ok());
            let count = count.ok_or_else(|| at.expected("a count of transactions, of 32 bits", json))?;
            known.raise(self.session(at)?, count);
        }
        Ok(known)
    }

    fn session(&self, at: At<'_>) -> Result<SessionId, JsonError> {
        interned(self.names.find_session(at.key()), at)
    }
}

fn session_log<C: JsonCrypto>(json: &Value, at: At<'_>) -> Result<SessionLog<C>, JsonError> {
    const FIELDS: &[&str] = &["transactions", "lastHash", "streamingHash", "signatureAfter", "lastSignature"];
    let fields = Fields::of(json, at, FIELDS)?;
    let (json, at_transactions) = (fields.required("transactions")?, at.child("transactions"));
    let transactions: Vec<_> = parse(json, at_transactions)?;
    let length = u32::try_from(transactions.len())
        .map_err(|_| at_transactions.expected("no more transactions than 32 bits count", json))?;
    if length == 0 {
        return Err(at.error(Problem::EmptySession));
    }
    Ok(SessionLog {
        transactions,
        last_hash: parse(fields.required("lastHash")?, at.child("lastHash"))?,
        streaming_hash: parse(fields.required("streamingHash")?, at.child("streamingHash"))?,
        signature_after: signatures(fields.required("signatureAfter")?, length, at.child("signatureAfter"))?,
        last_signature: parse(fields.required("lastSignature")?, at.child("lastSignature"))?,
    })
}

/// The signatures of a session of `length` transactions. `null` is the seed's `undefined`: no signature.
fn signatures<T: DeserializeOwned>(
    json: &Value,
    length: u32,
    at: At<'_>,
) -> Result<VecMap<u32, T>, JsonError> {
    let mut signatures = VecMap::new();
    for (key, json) in object(json, &at)? {
        let at = at.child(key);
        let index = key.parse::<u32>().ok().filter(|index| index.to_string() == *key);
        let index = index.filter(|index| *index < length);
        let index = index.ok_or_else(|| at.error(Problem::IndexBeyondEnd { length }))?;
        if !json.is_null() {
            signatures.insert(index, parse(json, at)?);
        }
    }
    Ok(signatures)
}

/// The id that [`intern_names`] gave out.
fn interned<T>(id: Option<T>, at: At<'_>) -> Result<T, JsonError> {
    id.ok_or_else(|| at.error(Problem::Name(NameError::TooManyNames)))
}

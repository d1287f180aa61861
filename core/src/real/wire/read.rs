//! Reading: from text to a message, or to the first thing that is wrong with it. The order of members plays no part,
//! and members that CoJSON does not have are passed over.

use super::ordered::Ordered;
use super::{Content, Known, KnownState, Message, SessionContent};
use crate::json::{At, Fields, JsonError, Problem, parse, text};
use crate::real::number::canonical_number;
use alloc::string::String;
use alloc::vec::Vec;
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::Value;

/// The members that any message has, unchecked.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    action: Option<Value>,
    id: Option<Value>,
    header: Option<Value>,
    sessions: Option<Ordered<Value>>,
    is_correction: Option<Value>,
    as_dependency_of: Option<Value>,
    priority: Option<Value>,
    new: Option<Ordered<Value>>,
    expect_content_until: Option<Ordered<Value>>,
}

impl Message {
    /// The message that `text` is.
    ///
    /// # Errors
    /// What is wrong with it, and where. No member may be there twice.
    pub fn from_json_str(text: &str) -> Result<Message, JsonError> {
        message(serde_json::from_str(text).map_err(JsonError::syntax)?)
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        message(Raw::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for KnownState {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        known_state(Raw::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn message(raw: Raw) -> Result<Message, JsonError> {
    let action = required("action", raw.action.as_ref())?;
    match action.as_str() {
        Some("load") => known_state(raw).map(Message::Load),
        Some("known") => known(raw).map(Message::Known),
        Some("content") => content(raw).map(Message::Content),
        Some("done") => Ok(Message::Done { id: id(&raw)? }),
        _ => Err(At::TOP.child("action").expected("\"load\", \"known\", \"content\" or \"done\"", action)),
    }
}

fn known_state(raw: Raw) -> Result<KnownState, JsonError> {
    let (id, at) = (id(&raw)?, At::TOP.child("sessions"));
    let header = flag("header", required("header", raw.header.as_ref())?)?;
    let sessions = raw.sessions.ok_or_else(|| At::TOP.error(Problem::Missing("sessions")))?;
    Ok(KnownState { id, header, sessions: counts(sessions, at)? })
}

fn counts(sessions: Ordered<Value>, at: At<'_>) -> Result<Vec<(String, u64)>, JsonError> {
    let counts = sessions.0.into_iter().map(|(session, json)| {
        let count = count(&json, at.child(&session))?;
        Ok((session, count))
    });
    counts.collect()
}

fn known(mut raw: Raw) -> Result<Known, JsonError> {
    let is_correction = raw.is_correction.take().map(|json| flag("isCorrection", &json)).transpose()?;
    let as_dependency_of = raw.as_dependency_of.take();
    let as_dependency_of = as_dependency_of.map(|json| text(&json, At::TOP.child("asDependencyOf")));
    Ok(Known {
        as_dependency_of: as_dependency_of.transpose()?,
        is_correction: is_correction.unwrap_or(false),
        known: known_state(raw)?,
    })
}

fn content(raw: Raw) -> Result<Content, JsonError> {
    let (id, at) = (id(&raw)?, At::TOP.child("new"));
    let header = raw.header.map(|json| parse(&json, At::TOP.child("header"))).transpose()?;
    let priority = raw.priority.map(|json| count(&json, At::TOP.child("priority"))).transpose()?;
    let new = raw.new.ok_or_else(|| At::TOP.error(Problem::Missing("new")))?;
    let new = new.0.into_iter().map(|(session, json)| {
        let piece = session_content(&json, at.child(&session))?;
        Ok((session, piece))
    });
    let new = new.collect::<Result<_, JsonError>>()?;
    let until = raw.expect_content_until.map(|json| counts(json, At::TOP.child("expectContentUntil")));
    Ok(Content { id, header, priority, new, expect_content_until: until.transpose()? })
}

fn session_content(json: &Value, at: At<'_>) -> Result<SessionContent, JsonError> {
    let fields = Fields::open(json, at)?;
    let (at_transactions, json) = (at.child("newTransactions"), fields.required("newTransactions")?);
    let transactions = json.as_array().ok_or_else(|| at_transactions.expected("an array", json))?;
    let transactions = transactions.iter().map(|transaction| parse(transaction, at_transactions));
    Ok(SessionContent {
        after: count(fields.required("after")?, at.child("after"))?,
        new_transactions: transactions.collect::<Result<Vec<_>, _>>()?,
        last_signature: parse(fields.required("lastSignature")?, at.child("lastSignature"))?,
    })
}

fn required<'v>(field: &'static str, json: Option<&'v Value>) -> Result<&'v Value, JsonError> {
    json.ok_or_else(|| At::TOP.error(Problem::Missing(field)))
}

fn id(raw: &Raw) -> Result<String, JsonError> {
    text(required("id", raw.id.as_ref())?, At::TOP.child("id"))
}

fn flag(field: &str, json: &Value) -> Result<bool, JsonError> {
    json.as_bool().ok_or_else(|| At::TOP.child(field).expected("true or false", json))
}

/// A number that is a count: `3.0` is one too.
fn count(json: &Value, at: At<'_>) -> Result<u64, JsonError> {
    let number = json.as_number().cloned().map(canonical_number);
    number.and_then(|number| number.as_u64()).ok_or_else(|| at.expected("a whole number from 0 on", json))
}

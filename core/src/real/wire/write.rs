//! Writing: members in the package's order, optional ones left out.

use super::{Content, Known, KnownState, Message, SessionContent};
use crate::json::{Entries, optional};
use serde::ser::{Serialize, SerializeStruct, Serializer};

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Message", 6)?;
        match self {
            Message::Load(known) => {
                out.serialize_field("action", "load")?;
                known_fields(&mut out, known)?;
            }
            Message::Known(Known { known, is_correction, as_dependency_of }) => {
                out.serialize_field("action", "known")?;
                optional(&mut out, "isCorrection", is_correction.then_some(true))?;
                optional(&mut out, "asDependencyOf", as_dependency_of.as_ref())?;
                known_fields(&mut out, known)?;
            }
            Message::Content(content) => {
                out.serialize_field("action", "content")?;
                content_fields(&mut out, content)?;
            }
            Message::Done { id } => {
                out.serialize_field("action", "done")?;
                out.serialize_field("id", id)?;
            }
        }
        out.end()
    }
}

impl Serialize for KnownState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("KnownState", 3)?;
        known_fields(&mut out, self)?;
        out.end()
    }
}

fn known_fields<S: SerializeStruct>(out: &mut S, known: &KnownState) -> Result<(), S::Error> {
    let sessions = || known.sessions.iter().map(|(session, count)| (session, count));
    out.serialize_field("id", &known.id)?;
    out.serialize_field("header", &known.header)?;
    out.serialize_field("sessions", &Entries(sessions))
}

fn content_fields<S: SerializeStruct>(out: &mut S, content: &Content) -> Result<(), S::Error> {
    let new = || content.new.iter().map(|(session, piece)| (session, piece));
    out.serialize_field("id", &content.id)?;
    optional(out, "header", content.header.as_ref())?;
    optional(out, "priority", content.priority)?;
    out.serialize_field("new", &Entries(new))?;
    let until = content.expect_content_until.as_ref();
    let until = until.map(|until| Entries(|| until.iter().map(|(session, count)| (session, count))));
    optional(out, "expectContentUntil", until)
}

impl Serialize for SessionContent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("SessionContent", 3)?;
        out.serialize_field("after", &self.after)?;
        out.serialize_field("newTransactions", &self.new_transactions)?;
        out.serialize_field("lastSignature", &self.last_signature)?;
        out.end()
    }
}

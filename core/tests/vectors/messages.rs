//! The messages of `transcripts` and `lockstep`: each is read and written again, on the wire and by way of a node.

use crate::data::all_runs;
use cosim_core::real::wire::{Content, Message};
use cosim_core::real::{Header, Priority};
use cosim_core::{RealCrypto, real};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Run {
    messages: Vec<Sent>,
}

/// The same message read twice from one text: by the reader, and as any JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    message: Both,
    replaced_by: Option<Both>,
}

struct Both {
    message: Message,
    json: Value,
    /// The message in the order of the file.
    text: String,
}

impl<'de> Deserialize<'de> for Both {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let message = Message::deserialize(deserializer)?;
        let text = serde_json::to_string(&message).expect("JSON");
        let json = serde_json::from_str(&text).expect("JSON");
        Ok(Both { message, json, text })
    }
}

/// The same file, of which only the order of sessions is read.
#[derive(Deserialize)]
struct Orders {
    messages: Vec<SentOrder>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SentOrder {
    message: Order,
    replaced_by: Option<Order>,
}

#[derive(Deserialize)]
struct Order {
    sessions: Option<Keys>,
    new: Option<Keys>,
}

/// The keys of an object, as they come.
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(KeysVisitor)
    }
}

struct KeysVisitor;

impl<'de> serde::de::Visitor<'de> for KeysVisitor {
    type Value = Keys;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys = Vec::new();
        while let Some((key, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
            keys.push(key);
        }
        Ok(Keys(keys))
    }
}

impl Order {
    fn sessions(self) -> Vec<String> {
        self.sessions.or(self.new).map_or(Vec::new(), |Keys(keys)| keys)
    }
}

fn sessions_of(message: &Message) -> Vec<String> {
    match message {
        Message::Load(known) | Message::Known(real::wire::Known { known, .. }) => {
            known.sessions.iter().map(|(session, _)| session.clone()).collect()
        }
        Message::Content(content) => content.new.iter().map(|(session, _)| session.clone()).collect(),
        Message::Done { .. } => Vec::new(),
    }
}

#[test]
fn sessions_keep_their_order() {
    let mut several = 0;
    for ((path, run), (_, orders)) in all_runs::<Run>().into_iter().zip(all_runs::<Orders>()) {
        for (sent, order) in run.messages.into_iter().zip(orders.messages) {
            let pairs = [(Some(sent.message), Some(order.message)), (sent.replaced_by, order.replaced_by)];
            for (both, order) in pairs {
                let (Some(both), Some(order)) = (both, order) else { continue };
                let order = order.sessions();
                assert_eq!(sessions_of(&both.message), order, "{path}");
                several += usize::from(order.len() > 1);
            }
        }
    }
    assert!(several > 0);
    println!("messages: {several} with several sessions, in their order");
}

/// The same file without knowledge of messages.
#[derive(Deserialize)]
struct Plain {
    messages: Vec<Value>,
}

#[test]
fn messages_are_written_as_they_were_read() {
    let (mut by_kind, mut by_node) = (BTreeMap::<&str, usize>::new(), 0);
    for ((path, run), (_, plain)) in all_runs::<Run>().into_iter().zip(all_runs::<Plain>()) {
        let mut headers: BTreeMap<String, Header> = BTreeMap::new();
        let mut crypto = RealCrypto::new();
        for (at, (sent, plain)) in run.messages.iter().zip(&plain.messages).enumerate() {
            let texts = [(Some(&sent.message), "message"), (sent.replaced_by.as_ref(), "replacedBy")];
            for (both, field) in texts {
                let Some(both) = both else { continue };
                assert_eq!(both.json, plain[field], "{path}: {at}");
                let again = Message::from_json_str(&both.text);
                assert_eq!(again.as_ref(), Ok(&both.message), "{path}: {at}: with sessions in order");
                *by_kind.entry(kind(&both.message)).or_default() += 1;
                by_node += usize::from(is_kept_by_a_node(&mut crypto, &mut headers, &both.message));
            }
        }
    }
    assert!(by_kind.len() >= 3 && by_node > 0);
    println!("messages: {by_kind:?}, {by_node} of them also by way of a node's own messages");
}

fn kind(message: &Message) -> &'static str {
    match message {
        Message::Load(_) => "load",
        Message::Known(_) => "known",
        Message::Content(_) => "content",
        Message::Done { .. } => "done",
    }
}

/// Whether a message is the same after it has been a node's. A node keeps its sessions in an order of its own, and has
/// no use for `asDependencyOf`, nor for `expectContentUntil`.
fn is_kept_by_a_node(
    crypto: &mut RealCrypto,
    headers: &mut BTreeMap<String, Header>,
    message: &Message,
) -> bool {
    if let Message::Content(Content { id, header: Some(header), .. }) = message {
        assert_eq!(&header.id(), id, "the id is the header's");
        headers.insert(id.clone(), header.clone());
    }
    let priority = headers.get(message.id()).map_or(Priority::Medium, Header::priority);
    let Ok(node_s) = crypto.read_message(message.clone()) else { return false };
    let mut expected = message.clone();
    if let Message::Known(known) = &mut expected {
        known.as_dependency_of = None;
    }
    if let Message::Content(content) = &mut expected {
        content.expect_content_until = None;
    }
    assert_eq!(sorted(crypto.write_message(&node_s, priority)), sorted(expected));
    true
}

fn sorted(mut message: Message) -> Message {
    match &mut message {
        Message::Load(known) | Message::Known(real::wire::Known { known, .. }) => known.sessions.sort(),
        Message::Content(content) => content.new.sort_by(|(a, _), (b, _)| a.cmp(b)),
        Message::Done { .. } => {}
    }
    message
}

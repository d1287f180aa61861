//! The messages of `transcripts` and `lockstep`: each is read and written again, on the wire and by way of a node.

use crate::data::runs;
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

/// The same file without knowledge of messages.
#[derive(Deserialize)]
struct Plain {
    messages: Vec<Value>,
}

#[test]
fn messages_are_written_as_they_were_read() {
    let (mut by_kind, mut by_node) = (BTreeMap::<&str, usize>::new(), 0);
    for ((path, run), (_, plain)) in runs::<Run>().into_iter().zip(runs::<Plain>()) {
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
/// no use for `asDependencyOf`.
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

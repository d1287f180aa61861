//! The numbers of names that a log was written with, and messages in the wire shape with names in them.

use super::event::Body;
use super::read::ReadError;
use super::rename::Rename;
use crate::cojson::{self, Cast, Signature, SimCrypto, Transaction, by_ordinal, session};
use crate::host::NodeId;
use crate::scenario::MAX_NODES;
use cosim_core::{CoId, Content, Hint, Known, KnownState, Message, SessionContent, SessionId, VecMap};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The numbers of names: given out as they come, until they are put in order.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    nodes: BTreeMap<String, u32>,
    co_values: BTreeMap<String, u32>,
}

impl Numbers {
    /// Numbers the names anew, in their order, and gives the names by number.
    pub(super) fn in_order(&mut self) -> Result<Cast, ReadError> {
        if self.nodes.len() > MAX_NODES {
            return Err(ReadError::TooManyNodes);
        }
        for names in [&mut self.nodes, &mut self.co_values] {
            (0..).zip(names.values_mut()).for_each(|(number, value)| *value = number);
        }
        let names = |names: &BTreeMap<String, u32>| names.keys().cloned().collect();
        Ok(Cast { nodes: names(&self.nodes), co_values: names(&self.co_values) })
    }

    fn node_of(&mut self, name: &str) -> NodeId {
        NodeId(number(&mut self.nodes, name))
    }

    fn co_value_of(&mut self, name: &str) -> CoId {
        CoId(number(&mut self.co_values, name))
    }

    /// `alice/1`, or `alice/apart-1`.
    fn session_of(&mut self, name: &str) -> Option<SessionId> {
        let (node, life) = name.rsplit_once('/')?;
        Some(session(self.node_of(node), by_ordinal(life)?))
    }

    fn known(&mut self, header: bool, sessions: &BTreeMap<String, u32>) -> Option<KnownState> {
        let mut known = KnownState::new(header, []);
        for (name, count) in sessions {
            known.raise(self.session_of(name)?, *count);
        }
        Some(known)
    }
}

fn number(names: &mut BTreeMap<String, u32>, name: &str) -> u32 {
    if let Some(number) = names.get(name) {
        return *number;
    }
    let number = names.len() as u32;
    names.insert(name.to_owned(), number);
    number
}

impl Rename<String, String, String, Value> for Numbers {
    type Node = NodeId;
    type CoValue = CoId;
    type Session = SessionId;
    type Message = Body;
    type Error = String;

    fn node(&mut self, name: &String) -> NodeId {
        self.node_of(name)
    }

    fn co_value(&mut self, name: &String) -> CoId {
        self.co_value_of(name)
    }

    fn session(&mut self, name: &String) -> Result<SessionId, String> {
        self.session_of(name).ok_or_else(|| NO_SESSION.to_owned())
    }

    fn message(&mut self, message: &Value) -> Result<Body, String> {
        let line = MessageLine::deserialize(message).map_err(|error| error.to_string())?;
        line.message(self).ok_or_else(|| NO_SESSION.to_owned())
    }
}

const NO_SESSION: &str = "the name of a session is not like `alice/1`";

#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum MessageLine {
    Load {
        id: String,
        header: bool,
        sessions: BTreeMap<String, u32>,
        #[serde(default)]
        safe: bool,
    },
    Known {
        id: String,
        header: bool,
        sessions: BTreeMap<String, u32>,
        #[serde(default)]
        is_correction: bool,
        safe: Option<Safe>,
    },
    Content {
        id: String,
        header: Option<cojson::Header>,
        new: BTreeMap<String, Piece>,
    },
    Done {
        id: String,
    },
    Guest {
        kind: String,
        id: String,
        says: Value,
    },
}

#[derive(Debug, Deserialize)]
struct Safe {
    header: bool,
    sessions: BTreeMap<String, u32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Piece {
    after: u32,
    new_transactions: Vec<Transaction>,
    last_signature: Signature,
}

impl MessageLine {
    fn message(&self, numbers: &mut Numbers) -> Option<Body> {
        Some(Body::CoJson(match self {
            MessageLine::Guest { kind, id, says } => {
                let id = numbers.co_value_of(id);
                return Some(Body::Guest { kind: kind.clone(), id, says: says.clone() });
            }
            MessageLine::Load { id, header, sessions, safe } => Message::Load {
                id: numbers.co_value_of(id),
                known: numbers.known(*header, sessions)?,
                safe: *safe,
            },
            MessageLine::Known { id, header, sessions, is_correction, safe } => Message::Known(Known {
                id: numbers.co_value_of(id),
                known: numbers.known(*header, sessions)?,
                is_correction: *is_correction,
                safe: match safe {
                    Some(Safe { header, sessions }) => Some(numbers.known(*header, sessions)?),
                    None => None,
                },
            }),
            MessageLine::Content { id, header, new } => {
                let mut pieces = VecMap::new();
                for (name, piece) in new {
                    pieces.insert(numbers.session_of(name)?, piece.content());
                }
                Message::Content(Content {
                    id: numbers.co_value_of(id),
                    header: header.clone(),
                    new: pieces,
                    hint: Hint::default(),
                })
            }
            MessageLine::Done { id } => Message::Done { id: numbers.co_value_of(id) },
        }))
    }
}

impl Piece {
    fn content(&self) -> SessionContent<SimCrypto> {
        SessionContent {
            after: self.after,
            new_transactions: self.new_transactions.clone(),
            last_signature: self.last_signature.clone(),
        }
    }
}

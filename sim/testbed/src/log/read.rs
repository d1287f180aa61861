//! Reading a log back: JSON Lines, as [`Log::write_json_lines`] writes them.
//!
//! Nodes and CoValues are numbered in byte order of their names, as a scenario numbers them, so that the text of a log
//! that was read is the text of the log that was written. A line is taken only if it would be written so again: nothing
//! that it says is passed over.

use super::{Entry, LOG_VERSION, Limit, Log, Mail, What};
use crate::cojson::{self, Signature, SimCrypto, Transaction};
use crate::cojson::{Cast, session};
use crate::host::NodeId;
use crate::observer::{Condition, Loss};
use crate::scenario::MAX_NODES;
use cosim_core::{
    CoId, ConnectionId, Content, Envelope, Known, KnownState, Message, SessionContent, SessionId, Time,
    TimerKind, VecMap,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;

/// A log that was read.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The version of cosim that wrote it.
    pub cosim: String,
    /// What it holds.
    pub log: Log,
}

/// Why a log cannot be read. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// It does not begin with the header of a log.
    NotALog,
    /// It is of another version than [`LOG_VERSION`].
    Version(String),
    /// Its last line has no end: whoever wrote it was interrupted.
    Torn {
        /// The line.
        line: u64,
    },
    /// A line does not say what a log says.
    Damaged {
        /// The line.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// It names more nodes than a scenario may have.
    TooManyNodes,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::NotALog => {
                let header = r#"{"format":"cosim-log","version":…}"#;
                write!(f, "line 1: it is no event log: a log begins with {header}")
            }
            ReadError::Version(found) => {
                write!(f, "line 1: the log has version {found}; this cosim reads version {LOG_VERSION}")
            }
            ReadError::Torn { line } => write!(f, "line {line}: it is cut off: no line break ends it"),
            ReadError::Damaged { line, why } => write!(f, "line {line}: {why}"),
            ReadError::TooManyNodes => write!(f, "it names more than {MAX_NODES} nodes"),
        }
    }
}

impl std::error::Error for ReadError {}

impl Log {
    /// Reads what [`Log::write_json_lines`] wrote.
    ///
    /// # Errors
    /// The first line that is not what it must be.
    pub fn read_json_lines(bytes: &[u8]) -> Result<Recorded, ReadError> {
        let mut lines = (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n'));
        let (_, first) = lines.next().ok_or(ReadError::NotALog)?;
        let header = header(first)?;
        let lines: Vec<Line> =
            lines.map(|(number, line)| Line::parse(number, line)).collect::<Result<_, _>>()?;
        let mut numbers = Numbers::default();
        for line in &lines {
            line.entry(&mut numbers)?;
        }
        let cast = numbers.in_order()?;
        let entry = |line: &Line| {
            let entry = line.entry(&mut numbers)?;
            if entry.to_json(&cast) == line.json {
                Ok(entry)
            } else {
                Err(line.damaged("it is not as a log says it"))
            }
        };
        let mut head: Vec<Entry> = lines.iter().map(entry).collect::<Result<_, _>>()?;
        let dropped = header.dropped.unwrap_or(Dropped { after: head.len(), entries: 0 });
        if dropped.after > head.len() {
            let why = format!(
                "{} entries are to come before those left out, but there are {}",
                dropped.after,
                head.len()
            );
            return Err(ReadError::Damaged { line: 1, why });
        }
        let tail: VecDeque<Entry> = head.split_off(dropped.after).into();
        let mut log = Log::new(cast, Vec::new(), Limit::All);
        (log.head, log.tail, log.dropped) = (head, tail, dropped.entries);
        Ok(Recorded { cosim: header.cosim, log })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "version")]
    _version: u32,
    cosim: String,
    dropped: Option<Dropped>,
}

/// The entries that were not kept.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dropped {
    after: usize,
    entries: u64,
}

fn header(line: &[u8]) -> Result<Header, ReadError> {
    let json: Value = serde_json::from_slice(line).map_err(|_| ReadError::NotALog)?;
    if json["format"] != "cosim-log" {
        return Err(ReadError::NotALog);
    }
    if json["version"] != LOG_VERSION {
        return Err(ReadError::Version(json["version"].to_string()));
    }
    if !line.ends_with(b"\n") {
        return Err(ReadError::Torn { line: 1 });
    }
    Header::deserialize(json).map_err(|error| ReadError::Damaged { line: 1, why: error.to_string() })
}

/// A line, as it stands.
#[derive(Debug)]
struct Line {
    number: u64,
    json: Value,
    event: u64,
    at: Time,
    kind: Kind,
}

impl Line {
    fn parse(number: u64, line: &[u8]) -> Result<Line, ReadError> {
        if !line.ends_with(b"\n") {
            return Err(ReadError::Torn { line: number });
        }
        let damaged = |why: String| ReadError::Damaged { line: number, why };
        let json: Value = serde_json::from_slice(line).map_err(|error| damaged(error.to_string()))?;
        let Value::Object(mut fields) = json.clone() else {
            return Err(damaged("it is no JSON object".to_owned()));
        };
        let mut take = |name: &str| {
            let field = fields.remove(name).as_ref().and_then(Value::as_u64);
            field.ok_or_else(|| damaged(format!("it has no `{name}` that is a number")))
        };
        let (event, at) = (take("event")?, Time::from_us(take("at")?));
        let kind = Kind::deserialize(Value::Object(fields)).map_err(|error| damaged(error.to_string()))?;
        Ok(Line { number, json, event, at, kind })
    }

    fn damaged(&self, why: &str) -> ReadError {
        ReadError::Damaged { line: self.number, why: why.to_owned() }
    }

    fn entry(&self, numbers: &mut Numbers) -> Result<Entry, ReadError> {
        let what = self
            .kind
            .what(numbers)
            .ok_or_else(|| self.damaged("the name of a session is not like `alice/1`"))?;
        Ok(Entry { event: self.event, at: self.at, what })
    }
}

/// What a line says beside its event and time.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
enum Kind {
    Operation { name: String, text: String },
    Skipped { name: String, why: String },
    Down { node: String },
    Up { node: String },
    Connected(End),
    Disconnected(End),
    Closed(End),
    Asleep { node: String },
    Awake { node: String },
    Offline { node: String },
    Online { node: String },
    Timer { node: String, id: Option<String>, peer: Option<String>, why: Option<Why> },
    Delivered(Delivered),
    Lost(Lost),
    Disk { node: String, text: String },
    Note { node: String, text: String },
    Held(MailLine),
    Blocked(End),
    Writable(End),
    LoadEnded { node: String, id: String, available: bool },
    Liveness {},
}

#[derive(Debug, Deserialize)]
struct End {
    node: String,
    peer: String,
    connection: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delivered {
    #[serde(flatten)]
    mail: MailLine,
    sent_at: u64,
    sent_in: u64,
    #[serde(default)]
    again: bool,
    #[serde(default)]
    stale: bool,
    #[serde(default)]
    damaged: bool,
}

#[derive(Debug, Deserialize)]
struct Lost {
    #[serde(flatten)]
    mail: MailLine,
    why: Fault,
}

#[derive(Debug, Deserialize)]
struct MailLine {
    from: String,
    to: String,
    connection: u32,
    mail: u64,
    n: u32,
    re: u32,
    message: MessageLine,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum MessageLine {
    Load {
        id: String,
        header: bool,
        sessions: BTreeMap<String, u32>,
    },
    Known {
        id: String,
        header: bool,
        sessions: BTreeMap<String, u32>,
        #[serde(default)]
        is_correction: bool,
    },
    Content {
        id: String,
        header: Option<cojson::Header>,
        new: BTreeMap<String, Piece>,
    },
    Done {
        id: String,
    },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Piece {
    after: u32,
    new_transactions: Vec<Transaction>,
    last_signature: Signature,
}

/// What swallowed a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Fault {
    Partition,
    Chance,
    Overflow,
    Filter,
    Undecodable,
}

impl From<Fault> for Loss {
    fn from(fault: Fault) -> Loss {
        match fault {
            Fault::Partition => Loss::Partition,
            Fault::Chance => Loss::Chance,
            Fault::Overflow => Loss::Overflow,
            Fault::Filter => Loss::Filter,
            Fault::Undecodable => Loss::Undecodable,
        }
    }
}

/// What a deadline was for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Why {
    Load,
    Announce,
    Acknowledge,
    Pull,
    Store,
}

impl From<Why> for TimerKind {
    fn from(why: Why) -> TimerKind {
        match why {
            Why::Load => TimerKind::Load,
            Why::Announce => TimerKind::Announce,
            Why::Acknowledge => TimerKind::Acknowledge,
            Why::Pull => TimerKind::Pull,
            Why::Store => TimerKind::Store,
        }
    }
}

/// The numbers of names: given out as they come, until they are put in order.
#[derive(Debug, Default)]
struct Numbers {
    nodes: BTreeMap<String, u32>,
    co_values: BTreeMap<String, u32>,
}

impl Numbers {
    /// Numbers the names anew, in their order, and gives the names by number.
    fn in_order(&mut self) -> Result<Cast, ReadError> {
        if self.nodes.len() > MAX_NODES {
            return Err(ReadError::TooManyNodes);
        }
        for names in [&mut self.nodes, &mut self.co_values] {
            (0..).zip(names.values_mut()).for_each(|(number, value)| *value = number);
        }
        let names = |names: &BTreeMap<String, u32>| names.keys().cloned().collect();
        Ok(Cast { nodes: names(&self.nodes), co_values: names(&self.co_values) })
    }

    fn node(&mut self, name: &str) -> NodeId {
        NodeId(number(&mut self.nodes, name))
    }

    fn co_value(&mut self, name: &str) -> CoId {
        CoId(number(&mut self.co_values, name))
    }

    /// `alice/1`.
    fn session(&mut self, name: &str) -> Option<SessionId> {
        let (node, life) = name.rsplit_once('/')?;
        Some(session(self.node(node), life.parse::<u32>().ok()?.checked_sub(1)?))
    }

    fn known(&mut self, header: bool, sessions: &BTreeMap<String, u32>) -> Option<KnownState> {
        let mut known = KnownState::new(header, []);
        for (name, count) in sessions {
            known.raise(self.session(name)?, *count);
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

impl Kind {
    /// `None` where the name of a session is none.
    fn what(&self, numbers: &mut Numbers) -> Option<What> {
        Some(match self {
            Kind::Operation { name, text } => What::Operation { name: name.clone(), text: text.clone() },
            Kind::Skipped { name, why } => What::Skipped { name: name.clone(), why: why.clone() },
            Kind::Down { node } => What::Down(numbers.node(node)),
            Kind::Up { node } => What::Up(numbers.node(node)),
            Kind::Connected(End { node, peer, connection }) => {
                What::Connected(numbers.node(node), numbers.node(peer), ConnectionId(*connection))
            }
            Kind::Disconnected(End { node, peer, connection }) => {
                What::Disconnected(numbers.node(node), numbers.node(peer), ConnectionId(*connection))
            }
            Kind::Closed(End { node, peer, connection }) => {
                What::Closed(numbers.node(node), numbers.node(peer), ConnectionId(*connection))
            }
            Kind::Asleep { node } => What::Became(numbers.node(node), Condition::Asleep),
            Kind::Awake { node } => What::Became(numbers.node(node), Condition::Awake),
            Kind::Offline { node } => What::Became(numbers.node(node), Condition::Offline),
            Kind::Online { node } => What::Became(numbers.node(node), Condition::Online),
            Kind::Timer { node, id, peer, why } => {
                let node = numbers.node(node);
                let why = id.as_deref().zip(peer.as_deref()).zip(*why);
                let why = why.map(|((id, peer), why)| (numbers.co_value(id), numbers.node(peer), why.into()));
                What::Timer { node, why }
            }
            Kind::Delivered(Delivered { mail, sent_at, sent_in, again, stale, damaged }) => What::Delivered {
                mail: mail.mail(numbers)?,
                sent_at: Time::from_us(*sent_at),
                sent_in: *sent_in,
                again: *again,
                stale: *stale,
                damaged: *damaged,
            },
            Kind::Lost(Lost { mail, why }) => What::Lost { mail: mail.mail(numbers)?, why: (*why).into() },
            Kind::Held(mail) => What::Held { mail: mail.mail(numbers)? },
            Kind::Blocked(end) => {
                What::Blocked(numbers.node(&end.node), numbers.node(&end.peer), ConnectionId(end.connection))
            }
            Kind::Writable(end) => {
                What::Writable(numbers.node(&end.node), numbers.node(&end.peer), ConnectionId(end.connection))
            }
            Kind::Disk { node, text } => What::Disk(numbers.node(node), text.clone()),
            Kind::Note { node, text } => What::Note(numbers.node(node), text.clone()),
            Kind::LoadEnded { node, id, available } => {
                What::LoadEnded(numbers.node(node), numbers.co_value(id), *available)
            }
            Kind::Liveness {} => What::Liveness,
        })
    }
}

impl MailLine {
    fn mail(&self, numbers: &mut Numbers) -> Option<Mail> {
        Some(Mail {
            number: self.mail,
            from: numbers.node(&self.from),
            to: numbers.node(&self.to),
            connection: ConnectionId(self.connection),
            envelope: Envelope { n: self.n, re: self.re, message: self.message.message(numbers)? },
        })
    }
}

impl MessageLine {
    fn message(&self, numbers: &mut Numbers) -> Option<Message<SimCrypto>> {
        Some(match self {
            MessageLine::Load { id, header, sessions } => {
                Message::Load { id: numbers.co_value(id), known: numbers.known(*header, sessions)? }
            }
            MessageLine::Known { id, header, sessions, is_correction } => Message::Known(Known {
                id: numbers.co_value(id),
                known: numbers.known(*header, sessions)?,
                is_correction: *is_correction,
            }),
            MessageLine::Content { id, header, new } => {
                let mut pieces = VecMap::new();
                for (name, piece) in new {
                    pieces.insert(numbers.session(name)?, piece.content());
                }
                Message::Content(Content { id: numbers.co_value(id), header: header.clone(), new: pieces })
            }
            MessageLine::Done { id } => Message::Done { id: numbers.co_value(id) },
        })
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

//! A table: a row an event, for pandas, DuckDB or a spreadsheet. What a column does not apply to is empty. Docs:
//! `docs/export.md`.

use super::words::words;
use super::{Shown, shown};
use crate::cojson::Cast;
use crate::log::{Entry, Event, Log, Mail};
use cosim_core::Names;
use serde::Serialize;
use serde_json::Value;

/// The columns, and what stands in them.
pub const COLUMNS: [(&str, &str); 19] = [
    ("event", "The number of the event. Rows of one number belong to one event."),
    ("at_us", "When, in microseconds of virtual time."),
    ("kind", "What happened: `sent`, `delivered`, `operation`, `timer` and so on, as in the event log."),
    ("node", "At which node. A message is sent by its sender and delivered at its receiver."),
    (
        "peer",
        "The other node: the other end of a message or a connection, or the second node of an operation.",
    ),
    ("co_value", "The CoValue, where it is one."),
    ("session", "The session, like `alice/1`, of a write to a disk or an upload."),
    ("operation", "The name of the operation, for `operation` and `skipped`."),
    (
        "message",
        "What kind of message it is: `load`, `known`, `correction`, `content`, `done`, or a guest's own.",
    ),
    ("mail", "The number of the message, as a text: the same where it is sent and where it is delivered."),
    ("connection", "The number of the connection."),
    ("bytes", "About how many bytes the message's JSON takes."),
    ("transactions", "How many transactions are brought, written or uploaded."),
    ("copies", "How many copies of a sent message will arrive; 0 if it is lost."),
    (
        "latency_us",
        "Of a sent message: how long its first copy takes by itself. Of a delivered one: how long it took.",
    ),
    ("cause", "For `delivered`: the event in which the message was sent."),
    ("sent_at_us", "For `delivered`: when the message was sent, in microseconds."),
    ("outcome", "What became of it, or why it happened: see below."),
    ("words", "What the text log says."),
];

pub(super) fn write(log: &Log) -> String {
    let mut table = ::csv::Writer::from_writer(Vec::new());
    let mut add = |cells: [&str; COLUMNS.len()]| {
        table.write_record(cells).expect("a row has as many cells as the first, and memory takes all");
    };
    add(COLUMNS.map(|(name, _)| name));
    for shown in shown(log) {
        let row = Row::of(shown, log.cast());
        add(row.cells().each_ref().map(String::as_str));
    }
    let bytes = table.into_inner().expect("memory takes all");
    String::from_utf8(bytes).expect("it was made of text")
}

/// A row, without what every event has.
#[derive(Debug, Default)]
struct Row {
    event: u64,
    at: u64,
    kind: String,
    node: Option<String>,
    peer: Option<String>,
    co_value: Option<String>,
    session: Option<String>,
    operation: Option<String>,
    message: Option<String>,
    mail: Option<String>,
    connection: Option<u32>,
    bytes: Option<u64>,
    transactions: Option<u64>,
    copies: Option<u8>,
    latency: Option<u64>,
    cause: Option<u64>,
    sent_at: Option<u64>,
    outcome: String,
    words: String,
}

impl Row {
    fn of(Shown { entry, about }: Shown<'_>, cast: &Cast) -> Row {
        let name = |node| cast.node(node).into_owned();
        let row = Row {
            event: entry.event,
            at: entry.at.as_us(),
            kind: kind(entry, cast),
            node: about.node().map(name),
            peer: about.peer().map(name),
            co_value: about.id.map(|id| Names::co_value(cast, id).into_owned()),
            session: about.session.map(|session| Names::session(cast, session).into_owned()),
            words: words(entry, cast),
            ..Row::default()
        };
        row.of_kind(&entry.what, entry.at.as_us())
    }

    /// What only some kinds of events have.
    fn of_kind(self, what: &Event, at: u64) -> Row {
        match what {
            Event::Operation { name, .. } => Row { operation: Some(name.clone()), ..self },
            Event::Skipped { name, why } => {
                Row { operation: Some(name.clone()), outcome: why.to_string(), ..self }
            }
            Event::Sent { mail, why, held, way } => Row {
                copies: way.map(|way| way.copies),
                latency: way.map(|way| way.latency),
                outcome: why.map_or(if *held { "held" } else { "" }.to_owned(), called),
                ..self.mail(mail)
            },
            Event::Delivered { mail, sent_at, sent_in, again, stale, damaged } => {
                let said = [(damaged, "damaged"), (again, "again"), (stale, "stale")];
                let said: Vec<&str> = said.iter().filter(|(is, _)| **is).map(|(_, name)| *name).collect();
                Row {
                    latency: at.checked_sub(*sent_at),
                    cause: Some(*sent_in),
                    sent_at: Some(*sent_at),
                    outcome: said.join(" "),
                    ..self.mail(mail)
                }
            }
            Event::Connected(end)
            | Event::Disconnected(end)
            | Event::Closed(end)
            | Event::Blocked(end)
            | Event::Writable(end) => Row { connection: Some(end.connection), ..self },
            Event::Timer { due, .. } => {
                Row { outcome: due.as_ref().map(|due| called(due.why)).unwrap_or_default(), ..self }
            }
            Event::Disk { piece, outcome, .. } => {
                let transactions = piece.as_ref().map(|piece| u64::from(piece.count));
                Row { transactions, outcome: called(*outcome), ..self }
            }
            Event::Committed { outcome, .. } => Row { outcome: called(*outcome), ..self },
            Event::WriteFailed { piece, .. } => Row { transactions: Some(u64::from(piece.count)), ..self },
            Event::Uploaded { count, reach, .. } => {
                Row { transactions: Some(u64::from(*count)), outcome: called(*reach), ..self }
            }
            Event::LoadEnded { available, .. } => {
                Row { outcome: if *available { "available" } else { "unavailable" }.to_owned(), ..self }
            }
            Event::GuestFailed { why } => Row { outcome: why.clone(), ..self },
            Event::Looks(looks) => {
                let oracles: Vec<&str> = looks.violated.keys().map(String::as_str).collect();
                Row { outcome: oracles.join(" "), ..self }
            }
            Event::Down { .. }
            | Event::Up { .. }
            | Event::Asleep { .. }
            | Event::Awake { .. }
            | Event::Offline { .. }
            | Event::Online { .. }
            | Event::Cut { .. }
            | Event::Recovered { .. }
            | Event::Liveness {}
            | Event::State { .. } => self,
        }
    }

    fn mail(self, mail: &Mail) -> Row {
        Row {
            message: Some(mail.message.kind().to_owned()),
            // A text, since it is too large for the floats that tools make of numbers with gaps.
            mail: Some(format!("{:#x}", mail.number)),
            connection: Some(mail.connection),
            bytes: Some(mail.message.size()),
            transactions: mail.message.transactions().map(|count| count as u64),
            ..self
        }
    }

    /// In the order of [`COLUMNS`].
    fn cells(self) -> [String; COLUMNS.len()] {
        fn number(number: Option<impl ToString>) -> String {
            number.map(|number| number.to_string()).unwrap_or_default()
        }
        let text = Option::unwrap_or_default;
        [
            self.event.to_string(),
            self.at.to_string(),
            self.kind,
            text(self.node),
            text(self.peer),
            text(self.co_value),
            text(self.session),
            text(self.operation),
            text(self.message),
            text(self.mail),
            number(self.connection),
            number(self.bytes),
            number(self.transactions),
            number(self.copies),
            number(self.latency),
            number(self.cause),
            number(self.sent_at),
            self.outcome,
            self.words,
        ]
    }
}

/// What a log calls the kind of an event.
fn kind(entry: &Entry, cast: &Cast) -> String {
    let json = entry.to_json(cast);
    json["kind"].as_str().unwrap_or_default().to_owned()
}

/// What a log calls one of a few things.
fn called(it: impl Serialize) -> String {
    let json = serde_json::to_value(it).ok();
    json.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

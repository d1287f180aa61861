//! What the page must know of every entry at once, in columns of numbers: enough to draw, to filter and to follow causes
//! without reading a line. What else an entry says is read from its line when somebody looks at it.

use crate::cojson::Cast;
use crate::host::NodeId;
use crate::log::{Body, End, Entry, Event, Log, Mail, Outcome, Wait};
use crate::observer::Loss;
use cosim_core::{CoId, Message, TimerKind};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Stands for no node, no CoValue, no number.
pub(super) const NOTHING: u32 = u32::MAX;

/// What an entry is, as the page numbers it: in the order of this list.
pub(super) const KINDS: [&str; 25] = [
    "operation",
    "skipped",
    "down",
    "up",
    "connected",
    "disconnected",
    "closed",
    "asleep",
    "awake",
    "offline",
    "online",
    "timer",
    "sent",
    "delivered",
    "blocked",
    "writable",
    "disk",
    "committed",
    "cut",
    "recovered",
    "writeFailed",
    "uploaded",
    "loadEnded",
    "guestFailed",
    "liveness",
];

/// The kinds that follow those.
pub(super) const QUIET_KINDS: [&str; 2] = ["state", "looks"];

/// What a message is, likewise; what is no message is nothing.
pub(super) const SAYS: [&str; 7] = ["", "load", "known", "correction", "content", "done", "other"];

/// What is the matter with an entry, by bit.
pub(super) const FLAGS: [&str; 8] =
    ["lost", "held", "reordered", "copied", "damaged", "again", "stale", "told"];

/// The entries of a log in columns, all equally long.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// When, in microseconds.
    at: Vec<u64>,
    /// When what is delivered was sent, where no entry says so.
    sent_at: Vec<u64>,
    /// In which event.
    event: Vec<u32>,
    /// Which node it happens to, or who sends.
    node: Vec<u32>,
    /// Which other node is concerned, or who receives.
    peer: Vec<u32>,
    /// Which CoValue.
    id: Vec<u32>,
    /// Which message, counted from 0; or which connection.
    number: Vec<u32>,
    /// In which event what is delivered was sent, likewise.
    sent_in: Vec<u32>,
    /// Which text is the rest of its line.
    text: Vec<u32>,
    kind: Vec<u8>,
    says: Vec<u8>,
    flags: Vec<u8>,
    /// Why a message is lost, how a write ended, what a deadline was for, how a load ended.
    detail: Vec<u8>,
    texts: Texts,
}

/// Texts, each once, by number: much of what happens happens again and again.
#[derive(Debug, Default)]
struct Texts {
    numbers: BTreeMap<String, u32>,
    /// A line each, in the order of their numbers.
    lines: Vec<u8>,
}

impl Texts {
    fn number(&mut self, json: &impl serde::Serialize) -> u32 {
        let text = serde_json::to_string(json).expect("writing JSON to memory cannot fail");
        let next = self.numbers.len() as u32;
        if let Some(number) = self.numbers.get(&text) {
            return *number;
        }
        self.lines.extend(text.as_bytes());
        self.lines.push(b'\n');
        self.numbers.insert(text, next);
        next
    }
}

/// What the lines so far have said, so that those that follow need not say it again.
#[derive(Debug, Default)]
struct Told<'a> {
    /// Each message by the number that the log gives it: its number here, and what was sent, where that is told.
    mails: BTreeMap<u64, (u32, Option<&'a Mail>)>,
    /// What a node waits for.
    waits: BTreeMap<(NodeId, CoId), &'a [Wait<NodeId>]>,
}

impl<'a> Told<'a> {
    /// Takes out of a line what stands in the columns, what the line says in which its message was sent, and what a node
    /// waited for before.
    fn take_out(&mut self, what: &'a Event, row: &mut Row, fields: &mut Map<String, Value>, cast: &Cast) {
        let mut without = |names: &[&str]| names.iter().for_each(|name| drop(fields.remove(*name)));
        without(&["at", "event", "kind", "node", "peer", "from", "to"]);
        if row.id != NOTHING {
            without(if matches!(what, Event::Looks(_)) { &["ids"] } else { &["id"] });
        }
        let next = self.mails.len() as u32;
        if let Event::Sent { mail, .. } = what {
            row.number = self.mails.entry(mail.number).or_insert((next, Some(mail))).0;
        } else if let Event::Delivered { mail, .. } = what {
            let (number, sent) = *self.mails.entry(mail.number).or_insert((next, None));
            row.number = number;
            without(&["sentAt", "sentIn"]);
            if sent.is_some() {
                row.sent = (0, NOTHING);
            }
            if sent == Some(mail) {
                without(&["connection", "mail", "message", "n", "re"]);
            }
        } else if let Event::State { node, id, change } = what
            && let Some(now) = &change.waits
        {
            let before = self.waits.insert((*node, *id), now).unwrap_or_default();
            fields.insert("waits".to_owned(), differences(before, now, cast));
        }
    }
}

/// What one entry has in the columns.
#[derive(Debug)]
struct Row {
    node: u32,
    peer: u32,
    id: u32,
    number: u32,
    kind: u8,
    says: u8,
    flags: u8,
    detail: u8,
    sent: (u64, u32),
}

impl Columns {
    /// The columns of a log; `line` says what its lines are.
    pub(super) fn of(log: &Log, mut line: impl FnMut(&Entry, &Cast) -> Value) -> Columns {
        let (mut columns, mut told) = (Columns::default(), Told::default());
        for entry in log.entries() {
            let mut row = Row::of(&entry.what);
            let Value::Object(mut fields) = line(entry, log.cast()) else { continue };
            told.take_out(&entry.what, &mut row, &mut fields, log.cast());
            columns.push(entry, &row, fields);
        }
        columns
    }

    fn push(&mut self, entry: &Entry, row: &Row, mut fields: Map<String, Value>) {
        if let Some(message) = fields.get_mut("message") {
            *message = self.texts.number(message).into();
        }
        self.text.push(self.texts.number(&fields));
        self.at.push(entry.at.as_us());
        self.sent_at.push(row.sent.0);
        self.event.push(small(entry.event));
        self.node.push(row.node);
        self.peer.push(row.peer);
        self.id.push(row.id);
        self.number.push(row.number);
        self.sent_in.push(row.sent.1);
        self.kind.push(row.kind);
        self.says.push(row.says);
        self.flags.push(row.flags | if entry.what.is_told() { bit("told") } else { 0 });
        self.detail.push(row.detail);
    }

    /// The texts, a line each.
    pub(super) fn texts(&self) -> &[u8] {
        &self.texts.lines
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    /// The columns, of which `at` and `event` have the differences from one entry to the next: the name of each, how many
    /// bytes a number of it has, and all of them, the least significant byte first. The widest come first, so that each
    /// begins where its numbers may begin. One that says nothing is left out.
    pub(super) fn all(&self) -> Vec<(&'static str, u8, Vec<u8>)> {
        let wide = |numbers: &[u64]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let usual = |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let all = [
            ("at", 8, wide(&steps(&self.at, u64::wrapping_sub))),
            ("sentAt", 8, wide(&self.sent_at)),
            ("event", 4, usual(&steps(&self.event, u32::wrapping_sub))),
            ("node", 4, usual(&self.node)),
            ("peer", 4, usual(&self.peer)),
            ("id", 4, usual(&self.id)),
            ("number", 4, usual(&self.number)),
            ("sentIn", 4, usual(&self.sent_in)),
            ("text", 4, usual(&self.text)),
            ("kind", 1, self.kind.clone()),
            ("says", 1, self.says.clone()),
            ("flags", 1, self.flags.clone()),
            ("detail", 1, self.detail.clone()),
        ];
        let says_nothing = |name: &str| match name {
            "sentAt" => self.sent_at.iter().all(|at| *at == 0),
            "sentIn" => self.sent_in.iter().all(|event| *event == NOTHING),
            _ => false,
        };
        all.into_iter().filter(|(name, ..)| !says_nothing(name)).collect()
    }
}

/// How much larger each number is than the one before. Where one is smaller, the difference wraps around.
fn steps<T: Copy + Default>(numbers: &[T], minus: fn(T, T) -> T) -> Vec<T> {
    let mut last = T::default();
    numbers.iter().map(|number| minus(*number, std::mem::replace(&mut last, *number))).collect()
}

/// What a node has begun to wait for, and for whom it has stopped to wait, and why.
fn differences(before: &[Wait<NodeId>], now: &[Wait<NodeId>], cast: &Cast) -> Value {
    let key = |wait: &Wait<NodeId>| json!({ "peer": cast.node(wait.peer), "why": wait.why });
    let is_for = |a: &Wait<NodeId>, b: &Wait<NodeId>| (a.peer, a.why) == (b.peer, b.why);
    let over = before.iter().filter(|was| !now.iter().any(|is| is_for(was, is)));
    let fresh = now.iter().filter(|is| !before.contains(is)).map(|wait| {
        let mut wait_now = key(wait);
        wait_now["until"] = wait.until.into();
        wait_now
    });
    json!({ "over": over.map(key).collect::<Vec<_>>(), "now": fresh.collect::<Vec<_>>() })
}

/// A number of which no run comes near the largest.
fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(NOTHING)
}

fn bit(flag: &str) -> u8 {
    FLAGS.iter().position(|known| *known == flag).map_or(0, |at| 1 << at)
}

impl Row {
    fn of(what: &Event) -> Row {
        let nothing = Row {
            node: NOTHING,
            peer: NOTHING,
            id: NOTHING,
            number: NOTHING,
            kind: kind(what),
            says: 0,
            flags: 0,
            detail: 0,
            sent: (0, NOTHING),
        };
        let at = |node: &NodeId| Row { node: node.0, ..nothing };
        let of = |node: &NodeId, id: &CoId| Row { node: node.0, id: id.0, ..nothing };
        match what {
            Event::Operation { .. }
            | Event::Skipped { .. }
            | Event::GuestFailed { .. }
            | Event::Liveness {} => nothing,
            Event::Down { node }
            | Event::Up { node }
            | Event::Asleep { node }
            | Event::Awake { node }
            | Event::Offline { node }
            | Event::Online { node }
            | Event::Cut { node, .. } => at(node),
            Event::Recovered { node, new_session, .. } => Row { detail: u8::from(*new_session), ..at(node) },
            Event::Connected(end)
            | Event::Disconnected(end)
            | Event::Closed(end)
            | Event::Blocked(end)
            | Event::Writable(end) => {
                let End { node, peer, connection } = end;
                Row { peer: peer.0, number: *connection, ..at(node) }
            }
            Event::Timer { node, due: None } => at(node),
            Event::Timer { node, due: Some(due) } => {
                Row { peer: due.peer.0, detail: timer(due.why), ..of(node, &due.id) }
            }
            Event::Disk { node, id, outcome, .. } => Row { detail: written(*outcome), ..of(node, id) },
            Event::Committed { node, outcome, .. } => Row { detail: written(*outcome), ..at(node) },
            Event::WriteFailed { node, id, .. } | Event::State { node, id, .. } => of(node, id),
            Event::Uploaded { node, peer, id, .. } => Row { peer: peer.0, ..of(node, id) },
            Event::LoadEnded { node, id, available } => Row { detail: u8::from(*available), ..of(node, id) },
            Event::Looks(looks) => {
                let number = |node: Option<NodeId>| node.map_or(NOTHING, |node| node.0);
                let id = if let [id] = looks.ids.as_slice() { id.0 } else { NOTHING };
                let detail = u8::from(!looks.violated.is_empty());
                Row { node: number(looks.node), peer: number(looks.peer), id, detail, ..nothing }
            }
            Event::Sent { mail, why, held, way } => {
                let way = way.as_ref();
                let flags = [
                    ("lost", why.is_some()),
                    ("held", *held),
                    ("reordered", way.is_some_and(|way| way.reordered.is_some())),
                    ("copied", way.is_some_and(|way| way.copies > 1)),
                    ("damaged", way.is_some_and(|way| way.damaged.is_some() || way.truncated.is_some())),
                ];
                Row { detail: loss(*why), ..nothing.message(mail, &flags) }
            }
            Event::Delivered { mail, sent_at, sent_in, again, stale, damaged } => {
                let flags = [("again", *again), ("stale", *stale), ("damaged", *damaged)];
                Row { sent: (*sent_at, small(*sent_in)), ..nothing.message(mail, &flags) }
            }
        }
    }

    fn message(self, mail: &Mail, flags: &[(&str, bool)]) -> Row {
        let (says, id) = match &mail.message {
            Body::CoJson(Message::Load { id, .. }) => ("load", *id),
            Body::CoJson(Message::Known(known)) if known.is_correction => ("correction", known.id),
            Body::CoJson(Message::Known(known)) => ("known", known.id),
            Body::CoJson(Message::Content(content)) => ("content", content.id),
            Body::CoJson(Message::Done { id }) => ("done", *id),
            Body::Guest { id, .. } => ("other", *id),
        };
        let says = SAYS.iter().position(|known| *known == says).unwrap_or_default() as u8;
        let set = flags.iter().filter(|(_, is_set)| *is_set);
        let flags = set.fold(0, |flags, (flag, _)| flags | bit(flag));
        Row { node: mail.from.0, peer: mail.to.0, id: id.0, says, flags, ..self }
    }
}

fn kind(what: &Event) -> u8 {
    let name = match what {
        Event::Operation { .. } => "operation",
        Event::Skipped { .. } => "skipped",
        Event::Down { .. } => "down",
        Event::Up { .. } => "up",
        Event::Connected(_) => "connected",
        Event::Disconnected(_) => "disconnected",
        Event::Closed(_) => "closed",
        Event::Asleep { .. } => "asleep",
        Event::Awake { .. } => "awake",
        Event::Offline { .. } => "offline",
        Event::Online { .. } => "online",
        Event::Timer { .. } => "timer",
        Event::Sent { .. } => "sent",
        Event::Delivered { .. } => "delivered",
        Event::Blocked(_) => "blocked",
        Event::Writable(_) => "writable",
        Event::Disk { .. } => "disk",
        Event::Committed { .. } => "committed",
        Event::Cut { .. } => "cut",
        Event::Recovered { .. } => "recovered",
        Event::WriteFailed { .. } => "writeFailed",
        Event::Uploaded { .. } => "uploaded",
        Event::LoadEnded { .. } => "loadEnded",
        Event::GuestFailed { .. } => "guestFailed",
        Event::Liveness {} => "liveness",
        Event::State { .. } => "state",
        Event::Looks(_) => "looks",
    };
    KINDS.iter().chain(&QUIET_KINDS).position(|known| *known == name).unwrap_or_default() as u8
}

/// Why messages are lost, as the page numbers it.
pub(super) const LOSSES: [&str; 6] = ["", "partitioned", "lost", "overflow", "dropped", "undecodable"];

fn loss(why: Option<Loss>) -> u8 {
    match why {
        None => 0,
        Some(Loss::Partition) => 1,
        Some(Loss::Chance) => 2,
        Some(Loss::Overflow) => 3,
        Some(Loss::Filter) => 4,
        Some(Loss::Undecodable) => 5,
    }
}

fn written(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Written => 0,
        Outcome::Full => 1,
        Outcome::Nothing => 2,
        Outcome::Torn => 3,
        Outcome::Whole => 4,
    }
}

/// What deadlines are for, likewise.
pub(super) const TIMERS: [&str; 7] = ["", "load", "announce", "acknowledge", "pull", "store", "safe"];

fn timer(why: TimerKind) -> u8 {
    match why {
        TimerKind::Load => 1,
        TimerKind::Announce => 2,
        TimerKind::Acknowledge => 3,
        TimerKind::Pull => 4,
        TimerKind::Store => 5,
        TimerKind::Safe => 6,
    }
}

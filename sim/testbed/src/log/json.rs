//! The log for machines: JSON Lines. The first line is a header with the format's name and version; each other line is
//! one entry, with times in microseconds and messages in the wire shape of the published package.

use super::{Entry, LOG_VERSION, Log, Mail, What};
use crate::cojson::Cast;
use crate::observer::{Condition, Loss};
use cosim_core::{Names, TimerKind};
use serde_json::{Map, Value, json};
use std::io;

impl Log {
    /// Writes the header and every entry that was kept.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_json_lines(&self, mut out: impl io::Write) -> io::Result<()> {
        let (kept_before, dropped) = self.dropped();
        let version = env!("CARGO_PKG_VERSION");
        let mut header = json!({ "format": "cosim-log", "version": LOG_VERSION, "cosim": version });
        if dropped > 0 {
            header["dropped"] = json!({ "after": kept_before, "entries": dropped });
        }
        writeln!(out, "{header}")?;
        for entry in self.entries() {
            writeln!(out, "{}", entry.to_json(self.cast()))?;
        }
        Ok(())
    }
}

impl Entry {
    /// The entry as a JSON object.
    pub fn to_json(&self, cast: &Cast) -> Value {
        let mut entry = Map::new();
        entry.insert("event".to_owned(), self.event.into());
        entry.insert("at".to_owned(), self.at.as_us().into());
        let what = match &self.what {
            What::Operation { name, text } => json!({ "kind": "operation", "name": name, "text": text }),
            What::Skipped { name, why } => json!({ "kind": "skipped", "name": name, "why": why }),
            What::Down(node) => json!({ "kind": "down", "node": cast.node(*node) }),
            What::Up(node) => json!({ "kind": "up", "node": cast.node(*node) }),
            What::Connected(node, peer, connection) => {
                json!({ "kind": "connected", "node": cast.node(*node), "peer": cast.node(*peer), "connection": connection.0 })
            }
            What::Disconnected(node, peer, connection) => {
                json!({ "kind": "disconnected", "node": cast.node(*node), "peer": cast.node(*peer), "connection": connection.0 })
            }
            What::Closed(node, peer, connection) => {
                json!({ "kind": "closed", "node": cast.node(*node), "peer": cast.node(*peer), "connection": connection.0 })
            }
            What::Became(node, condition) => {
                json!({ "kind": condition_name(*condition), "node": cast.node(*node) })
            }
            What::Timer { node, why } => {
                let mut timer = json!({ "kind": "timer", "node": cast.node(*node) });
                if let Some((id, peer, kind)) = why {
                    timer["id"] = cast.co_value(*id).into();
                    timer["peer"] = cast.node(*peer).into();
                    timer["why"] = timer_name(*kind).into();
                }
                timer
            }
            What::Delivered { mail, sent_at, sent_in, again, stale, damaged } => {
                let mut delivered = mail_json("delivered", mail, cast);
                delivered["sentAt"] = sent_at.as_us().into();
                delivered["sentIn"] = (*sent_in).into();
                for (flag, set) in [("again", *again), ("stale", *stale), ("damaged", *damaged)] {
                    if set {
                        delivered[flag] = true.into();
                    }
                }
                delivered
            }
            What::Lost { mail, why } => {
                let mut lost = mail_json("lost", mail, cast);
                lost["why"] = loss_name(*why).into();
                lost
            }
            What::Disk(node, text) => json!({ "kind": "disk", "node": cast.node(*node), "text": text }),
            What::Note(node, text) => json!({ "kind": "note", "node": cast.node(*node), "text": text }),
            What::Held { mail } => mail_json("held", mail, cast),
            What::Blocked(node, peer, connection) => {
                json!({ "kind": "blocked", "node": cast.node(*node), "peer": cast.node(*peer), "connection": connection.0 })
            }
            What::Writable(node, peer, connection) => {
                json!({ "kind": "writable", "node": cast.node(*node), "peer": cast.node(*peer), "connection": connection.0 })
            }
            What::LoadEnded(node, id, available) => {
                json!({ "kind": "loadEnded", "node": cast.node(*node), "id": cast.co_value(*id), "available": available })
            }
            What::Liveness => json!({ "kind": "liveness" }),
        };
        if let Value::Object(what) = what {
            entry.extend(what);
        }
        Value::Object(entry)
    }
}

fn mail_json(kind: &str, mail: &Mail, cast: &Cast) -> Value {
    let message = serde_json::to_value(mail.envelope.message.display_json(cast)).unwrap_or(Value::Null);
    json!({
        "kind": kind,
        "from": cast.node(mail.from),
        "to": cast.node(mail.to),
        "connection": mail.connection.0,
        "mail": mail.number,
        "n": mail.envelope.n,
        "re": mail.envelope.re,
        "message": message,
    })
}

/// What a node is, in one word.
pub(super) fn condition_name(condition: Condition) -> &'static str {
    match condition {
        Condition::Asleep => "asleep",
        Condition::Awake => "awake",
        Condition::Offline => "offline",
        Condition::Online => "online",
    }
}

fn loss_name(loss: Loss) -> &'static str {
    match loss {
        Loss::Partition => "partition",
        Loss::Chance => "chance",
        Loss::Overflow => "overflow",
        Loss::Filter => "filter",
        Loss::Undecodable => "undecodable",
    }
}

fn timer_name(kind: TimerKind) -> &'static str {
    match kind {
        TimerKind::Load => "load",
        TimerKind::Announce => "announce",
        TimerKind::Acknowledge => "acknowledge",
        TimerKind::Pull => "pull",
        TimerKind::Store => "store",
    }
}

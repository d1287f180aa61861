//! The log for people: one line an entry, in the arrow notation.

use super::json::condition_name;
use super::{Entry, Log, Mail, What};
use crate::cojson::Cast;
use crate::cojson::SimCrypto;
use crate::observer::Loss;
use cosim_core::{KnownState, Message, Names, Record, TimerKind};
use std::fmt;

/// All that was kept; a line says what was not.
impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, dropped) = self.dropped();
        for (i, entry) in self.entries().enumerate() {
            if i == before && dropped > 0 {
                writeln!(f, "{:>12}  … {dropped} more …", "")?;
            }
            writeln!(f, "{}", entry.display(self.cast()))?;
        }
        Ok(())
    }
}

impl Entry {
    /// The entry as a line.
    pub fn display<'a>(&'a self, cast: &'a Cast) -> impl fmt::Display + 'a {
        Line { entry: self, cast }
    }
}

struct Line<'a> {
    entry: &'a Entry,
    cast: &'a Cast,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Line { entry, cast } = self;
        write!(f, "{:>12}  ", entry.at.to_string())?;
        match &entry.what {
            What::Operation { name, text } => write!(f, "* {text}  [{name}]"),
            What::Skipped { name, why } => write!(f, "* skipped: {why}  [{name}]"),
            What::Down(node) => write!(f, "* {} is down", cast.node(*node)),
            What::Up(node) => write!(f, "* {} is up", cast.node(*node)),
            What::Connected(node, peer, connection) => {
                write!(f, "* {} connected to {} (#{})", cast.node(*node), cast.node(*peer), connection.0)
            }
            What::Disconnected(node, peer, connection) => {
                write!(f, "* {} lost {} (#{})", cast.node(*node), cast.node(*peer), connection.0)
            }
            What::Closed(node, peer, connection) => {
                write!(f, "* {} drops {} (#{})", cast.node(*node), cast.node(*peer), connection.0)
            }
            What::Became(node, condition) => {
                write!(f, "* {} is {}", cast.node(*node), condition_name(*condition))
            }
            What::Timer { node, why } => {
                write!(f, "* {}'s deadline", cast.node(*node))?;
                match why {
                    Some((id, peer, kind)) => {
                        write!(f, ": {} {} to {}", timer(*kind), cast.co_value(*id), cast.node(*peer))
                    }
                    None => Ok(()),
                }
            }
            What::Delivered { mail, again, stale, damaged, .. } => {
                way(f, mail, "->", cast)?;
                f.write_str(if *damaged { "  (damaged)" } else { "" })?;
                f.write_str(if *again { "  (again)" } else { "" })?;
                f.write_str(if *stale { "  (ignored: an earlier connection)" } else { "" })
            }
            What::Lost { mail, why } => {
                way(f, mail, "-x", cast)?;
                write!(f, "  ({})", loss(*why))
            }
            What::Held { mail } => {
                way(f, mail, "-|", cast)?;
                f.write_str("  (held)")
            }
            What::Blocked(node, peer, connection) => {
                let (node, peer) = (cast.node(*node), cast.node(*peer));
                write!(f, "* {node}'s line to {peer} is full (#{})", connection.0)
            }
            What::Writable(node, peer, connection) => {
                let (node, peer) = (cast.node(*node), cast.node(*peer));
                write!(f, "* {node}'s line to {peer} takes messages again (#{})", connection.0)
            }
            What::Disk(node, text) => write!(f, "* {}'s disk: {text}", cast.node(*node)),
            What::Note(node, text) => write!(f, "* {}: {text}", cast.node(*node)),
            What::LoadEnded(node, id, available) => {
                let verdict = if *available { "available" } else { "unavailable" };
                write!(f, "* {}: {} is {verdict}", cast.node(*node), cast.co_value(*id))
            }
            What::Liveness => f.write_str("* the faults end"),
        }
    }
}

fn way(f: &mut fmt::Formatter<'_>, mail: &Mail, arrow: &str, cast: &Cast) -> fmt::Result {
    let (from, to) = (cast.node(mail.from), cast.node(mail.to));
    write!(f, "{from} {arrow} {to} | {}", message(&mail.envelope.message, cast))
}

/// A record in words: `header of notes`, `notes alice/1 3..5`.
pub(super) fn record(record: &Record<SimCrypto>, cast: &Cast) -> String {
    match record {
        Record::Header { id, .. } => format!("header of {}", cast.co_value(*id)),
        Record::Log { id, session, after, transactions, .. } => {
            let end = *after as usize + transactions.len();
            format!("{} {} {after}..{end}", cast.co_value(*id), cast.session(*session))
        }
    }
}

fn loss(why: Loss) -> &'static str {
    match why {
        Loss::Partition => "partitioned",
        Loss::Chance => "lost",
        Loss::Overflow => "overflow",
        Loss::Filter => "dropped",
        Loss::Undecodable => "undecodable",
    }
}

fn timer(kind: TimerKind) -> &'static str {
    match kind {
        TimerKind::Load => "no answer yet to the load of",
        TimerKind::Announce => "no answer yet to the announcement of",
        TimerKind::Acknowledge => "no acknowledgement yet of the content of",
        TimerKind::Pull => "no content yet of",
        TimerKind::Store => "time to write again",
    }
}

/// A message as CoJSON developers write it: `CONTENT notes header: false new: After: 3 New: 2`.
pub fn message<'a>(message: &'a Message<SimCrypto>, cast: &'a Cast) -> impl fmt::Display + 'a {
    fmt::from_fn(move |f| match message {
        Message::Load { id, known } => write!(f, "LOAD {} {}", cast.co_value(*id), Sessions(known, cast)),
        Message::Known(known) => {
            let kind = if known.is_correction { "KNOWN CORRECTION" } else { "KNOWN" };
            write!(f, "{kind} {} {}", cast.co_value(known.id), Sessions(&known.known, cast))
        }
        Message::Content(content) => {
            write!(f, "CONTENT {} header: {} new:", cast.co_value(content.id), content.header.is_some())?;
            let named = content.new.len() > 1;
            for (i, (session, piece)) in content.new.iter().take(SESSIONS_SHOWN).enumerate() {
                let comma = if i > 0 { "," } else { "" };
                write!(f, "{comma}")?;
                if named {
                    write!(f, " {}:", cast.session(session))?;
                }
                write!(f, " After: {} New: {}", piece.after, piece.new_transactions.len())?;
            }
            more(f, content.new.len())
        }
        Message::Done { id } => write!(f, "DONE {}", cast.co_value(*id)),
    })
}

/// How many sessions of one message are shown.
const SESSIONS_SHOWN: usize = 16;

/// Says how many sessions are not shown.
fn more(f: &mut fmt::Formatter<'_>, sessions: usize) -> fmt::Result {
    match sessions.saturating_sub(SESSIONS_SHOWN) {
        0 => Ok(()),
        more => write!(f, ", … {more} more sessions"),
    }
}

/// `sessions: empty`, `sessions: header/3`, `sessions: header/5 (alice/1: 3, bob/1: 2)`.
struct Sessions<'a>(&'a KnownState, &'a Cast);

impl fmt::Display for Sessions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sessions(known, cast) = self;
        if known.is_empty() {
            return f.write_str("sessions: empty");
        }
        let total: u64 = known.sessions().map(|(_, count)| u64::from(count)).sum();
        write!(f, "sessions: {}/{total}", if known.header { "header" } else { "no header" })?;
        if known.sessions().len() > 1 {
            for (i, (session, count)) in known.sessions().take(SESSIONS_SHOWN).enumerate() {
                write!(f, "{}{}: {count}", if i == 0 { " (" } else { ", " }, cast.session(session))?;
            }
            more(f, known.sessions().len())?;
            f.write_str(")")?;
        }
        Ok(())
    }
}

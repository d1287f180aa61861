//! The log for people: one line an entry, in the arrow notation.

use super::{Body, Due, End, Entry, Event, Log, Looks, Mail, Outcome, Piece, Reason};
use crate::cojson::Cast;
use crate::cojson::SimCrypto;
use crate::host::NodeId;
use crate::observer::Loss;
use cosim_core::{KnownState, Message, Names, Reach, Recovery, TimerKind};
use std::fmt;

/// All that was kept; a line says what was not.
impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, dropped) = self.dropped();
        for (i, entry) in self.entries().enumerate() {
            if i == before && dropped > 0 {
                writeln!(f, "{:>12}  … {dropped} more …", "")?;
            }
            if entry.what.is_told() {
                writeln!(f, "{}", entry.display(self.cast()))?;
            }
        }
        Ok(())
    }
}

impl Entry {
    /// The entry as a line.
    pub fn display<'a>(&'a self, cast: &'a Cast) -> impl fmt::Display + 'a {
        Line { entry: self, cast }
    }

    /// What the entry says, without its time.
    pub fn words<'a>(&'a self, cast: &'a Cast) -> impl fmt::Display + 'a {
        Words { entry: self, cast }
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
        let is_message = matches!(entry.what, Event::Sent { .. } | Event::Delivered { .. });
        f.write_str(if is_message { "" } else { "* " })?;
        write!(f, "{}", entry.words(cast))?;
        if let Event::Operation { name, .. } | Event::Skipped { name, .. } = &entry.what {
            write!(f, "  [{name}]")?;
        }
        Ok(())
    }
}

struct Words<'a> {
    entry: &'a Entry,
    cast: &'a Cast,
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Words { entry, cast } = self;
        match &entry.what {
            Event::Operation { text, .. } => f.write_str(text),
            Event::Skipped { why, .. } => write!(f, "skipped: {why}"),
            Event::Down { node } => write!(f, "{} is down", cast.node(*node)),
            Event::Up { node } => write!(f, "{} is up", cast.node(*node)),
            Event::Asleep { node } => write!(f, "{} is asleep", cast.node(*node)),
            Event::Awake { node } => write!(f, "{} is awake", cast.node(*node)),
            Event::Offline { node } => write!(f, "{} is offline", cast.node(*node)),
            Event::Online { node } => write!(f, "{} is online", cast.node(*node)),
            Event::Connected(end) => connection(f, end, [" connected to ", ""], cast),
            Event::Disconnected(end) => connection(f, end, [" lost ", ""], cast),
            Event::Closed(end) => connection(f, end, [" drops ", ""], cast),
            Event::Blocked(end) => connection(f, end, ["'s line to ", " is full"], cast),
            Event::Writable(end) => connection(f, end, ["'s line to ", " takes messages again"], cast),
            Event::Timer { node, due } => {
                write!(f, "{}'s deadline", cast.node(*node))?;
                match due {
                    Some(Due { id, peer, why }) => {
                        write!(f, ": {} {} to {}", timer(*why), cast.co_value(*id), cast.node(*peer))
                    }
                    None => Ok(()),
                }
            }
            Event::Delivered { mail, again, stale, damaged, .. } => {
                way(f, mail, "->", cast)?;
                f.write_str(if *damaged { "  (damaged)" } else { "" })?;
                f.write_str(if *again { "  (again)" } else { "" })?;
                f.write_str(if *stale { "  (ignored: an earlier connection)" } else { "" })
            }
            Event::Sent { mail, why: Some(why), .. } => {
                way(f, mail, "-x", cast)?;
                write!(f, "  ({})", loss(*why))
            }
            Event::Sent { mail, held: true, .. } => {
                way(f, mail, "-|", cast)?;
                f.write_str("  (held)")
            }
            Event::Sent { mail, .. } => {
                way(f, mail, "->", cast)?;
                f.write_str("  (sent)")
            }
            Event::Disk { node, id, piece, outcome } => {
                write!(f, "{}'s disk: ", cast.node(*node))?;
                let id = cast.co_value(*id);
                match piece {
                    None => write!(f, "header of {id}")?,
                    Some(Piece { session, after, count }) => {
                        let end = u64::from(*after) + u64::from(*count);
                        write!(f, "{id} {} {after}..{end}", cast.session(*session))?;
                    }
                }
                write!(f, " {outcome}")
            }
            Event::Committed { node, number, outcome } => {
                write!(f, "{}'s disk: commit {number} {outcome}", cast.node(*node))
            }
            Event::Cut { node, pending, kept, torn } => {
                let node = cast.node(*node);
                write!(f, "{node}: {kept} of the {pending} writes under way are written")?;
                if *torn > 0 { write!(f, ", and {torn} bytes of the next") } else { Ok(()) }
            }
            Event::Recovered { node, records, damaged, unfit, waiting, new_session } => {
                let (records, damaged, unfit, waiting) = (*records, *damaged, *unfit, *waiting);
                let recovery = Recovery { records, damaged, unfit, waiting };
                write!(f, "{}: its disk has {recovery}", cast.node(*node))?;
                f.write_str(if *new_session { "; its app writes in a new session" } else { "" })
            }
            Event::WriteFailed { node, id, piece: Piece { session, after, count } } => {
                let (node, id, session) = (cast.node(*node), cast.co_value(*id), cast.session(*session));
                write!(f, "{node}: {count} transactions of {session} in {id} after {after} are not written")
            }
            Event::Uploaded { node, peer, id, session, count, reach } => {
                let (node, id, session) = (cast.node(*node), cast.co_value(*id), cast.session(*session));
                let how = match reach {
                    Reach::Sent => "sent to",
                    Reach::Held => "held by",
                    Reach::Safe => "safe at",
                };
                write!(f, "{node}: {count} of {session} in {id} are {how} {}", cast.node(*peer))
            }
            Event::LoadEnded { node, id, available } => {
                let verdict = if *available { "available" } else { "unavailable" };
                write!(f, "{}: {} is {verdict}", cast.node(*node), cast.co_value(*id))
            }
            Event::GuestFailed { why } => f.write_str(why),
            Event::Liveness {} => f.write_str("the faults end"),
            Event::State { node, id, .. } => {
                write!(f, "{} holds something else of {}", cast.node(*node), cast.co_value(*id))
            }
            Event::Looks(Looks { violated, .. }) if !violated.is_empty() => {
                let keys: Vec<&str> = violated.values().map(String::as_str).collect();
                write!(f, "VIOLATED: {}", keys.join(", "))
            }
            Event::Looks(Looks { looks, .. }) => {
                let oracles: Vec<&str> = looks.keys().map(String::as_str).collect();
                write!(f, "looked: {}", oracles.join(", "))
            }
        }
    }
}

/// `alice connected to server (#0)`.
fn connection(
    f: &mut fmt::Formatter<'_>,
    end: &End<NodeId>,
    [before, after]: [&str; 2],
    cast: &Cast,
) -> fmt::Result {
    let End { node, peer, connection } = end;
    write!(f, "{}{before}{}{after} (#{connection})", cast.node(*node), cast.node(*peer))
}

fn way(f: &mut fmt::Formatter<'_>, mail: &Mail, arrow: &str, cast: &Cast) -> fmt::Result {
    let (from, to) = (cast.node(mail.from), cast.node(mail.to));
    write!(f, "{from} {arrow} {to} | {}", body(&mail.message, cast))
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::Written => "is written",
            Outcome::Full => "cannot be written: the disk is full",
            Outcome::Nothing => "cannot be written",
            Outcome::Torn => "cannot be written, but half of it is",
            Outcome::Whole => "cannot be written, it says, but is",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Refused(refusal) => refusal,
            Reason::Down => "the node is down",
            Reason::AlreadySo => "it is so already",
            Reason::NoDisk => "the node has no disk",
            Reason::NoBackup => "no such copy was taken",
            Reason::EmptyDisk => "nothing is written on the disk",
            Reason::LastCopy => "the node holds the last copy of something",
            Reason::Absent => "the node has not joined yet",
            Reason::Gone => "the node has left",
            Reason::Offline => "the node is offline",
            Reason::Asleep => "the node sleeps",
        })
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
        TimerKind::Safe => "not known to be on the disk yet:",
    }
}

/// What a message says.
pub(super) fn body<'a>(body: &'a Body, cast: &'a Cast) -> impl fmt::Display + 'a {
    fmt::from_fn(move |f| match body {
        Body::CoJson(it) => write!(f, "{}", message(it, cast)),
        Body::Guest { kind, id, says } => {
            write!(f, "{} {}", kind.to_uppercase(), cast.co_value(*id))?;
            let Some(says) = says.as_object() else { return Ok(()) };
            let rest = says.iter().filter(|(name, _)| !["kind", "subject"].contains(&name.as_str()));
            rest.take(MEMBERS_SHOWN).try_for_each(|(name, value)| {
                let value = value.to_string();
                let end = value.char_indices().nth(VALUE_SHOWN).map_or(value.len(), |(at, _)| at);
                let more = if end < value.len() { "…" } else { "" };
                write!(f, " {name}: {}{more}", &value[..end])
            })
        }
    })
}

/// How many members of a guest's message are shown, and how many characters of each.
const MEMBERS_SHOWN: usize = 8;
const VALUE_SHOWN: usize = 60;

/// A message as CoJSON developers write it: `CONTENT notes header: false new: After: 3 New: 2`.
pub fn message<'a>(message: &'a Message<SimCrypto>, cast: &'a Cast) -> impl fmt::Display + 'a {
    fmt::from_fn(move |f| match message {
        Message::Load { id, known, safe } => {
            write!(f, "LOAD {} {}", cast.co_value(*id), Sessions(known, cast))?;
            f.write_str(if *safe { ", and what is safe" } else { "" })
        }
        Message::Known(known) => {
            let kind = if known.is_correction { "KNOWN CORRECTION" } else { "KNOWN" };
            write!(f, "{kind} {} {}", cast.co_value(known.id), Sessions(&known.known, cast))?;
            known.safe.as_ref().map_or(Ok(()), |safe| write!(f, ", safe {}", Sessions(safe, cast)))
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

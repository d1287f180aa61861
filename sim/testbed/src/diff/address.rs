//! What an event is called when two runs are laid side by side: by what it means, as decisions are called, and not by
//! its number or its time.
//!
//! ```text
//! operation edit-notes-alice
//! delivered alice>server content notes header alice/1 0+2
//! sent server>alice known notes header alice/1 2          one that was lost or held
//! timer alice acknowledge notes server
//! disk alice notes alice/1 0+2
//! ```
//!
//! The first of such an event in one run goes with the first in the other, the second with the second.

use crate::cojson::{Cast, SimCrypto};
use crate::log::{Body, Due, End, Entry, Event, Mail, Piece};
use cosim_core::{KnownState, Message, Names};
use std::fmt::{self, Display, Formatter};

/// A hash over a name, which is as good as the name itself and takes less room.
pub(super) type Key = u128;

/// What an event is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Address {
    /// In full.
    pub(super) exact: Key,
    /// Without what a message or a write carries.
    pub(super) rough: Key,
}

impl Address {
    pub(super) fn of(entry: &Entry, cast: &Cast) -> Address {
        let [exact, rough] = [Carried::Told, Carried::LeftOut].map(|carried| {
            let mut name = Hashed(blake3::Hasher::new());
            // Only a writer that fails makes this fail.
            let _ = fmt::write(&mut name, format_args!("{}", Name { what: &entry.what, cast, carried }));
            name.key()
        });
        Address { exact, rough }
    }
}

/// The hash of a text that is written piece by piece.
pub(super) struct Hashed(blake3::Hasher);

impl Hashed {
    /// The hash of a whole text.
    pub(super) fn whole(text: &str) -> Key {
        let mut hashed = Hashed(blake3::Hasher::new());
        hashed.0.update(text.as_bytes());
        hashed.key()
    }

    fn key(&self) -> Key {
        let mut bytes = [0; size_of::<Key>()];
        self.0.finalize_xof().fill(&mut bytes);
        Key::from_le_bytes(bytes)
    }
}

impl fmt::Write for Hashed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Carried {
    Told,
    LeftOut,
}

struct Name<'a> {
    what: &'a Event,
    cast: &'a Cast,
    carried: Carried,
}

impl Display for Name<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let cast = self.cast;
        let end = |f: &mut Formatter<'_>, verb: &str, End { node, peer, connection: _ }: &End<_>| {
            write!(f, "{verb} {} {}", cast.node(*node), cast.node(*peer))
        };
        let at = |f: &mut Formatter<'_>, verb: &str, node| write!(f, "{verb} {}", cast.node(node));
        match self.what {
            Event::Operation { name, .. } => write!(f, "operation {name}"),
            Event::Skipped { name, .. } => write!(f, "skipped {name}"),
            Event::Down { node } => at(f, "down", *node),
            Event::Up { node } => at(f, "up", *node),
            Event::Asleep { node } => at(f, "asleep", *node),
            Event::Awake { node } => at(f, "awake", *node),
            Event::Offline { node } => at(f, "offline", *node),
            Event::Online { node } => at(f, "online", *node),
            Event::Cut { node, .. } => at(f, "cut", *node),
            Event::Recovered { node, .. } => at(f, "recovered", *node),
            Event::Connected(it) => end(f, "connected", it),
            Event::Disconnected(it) => end(f, "disconnected", it),
            Event::Closed(it) => end(f, "closed", it),
            Event::Blocked(it) => end(f, "blocked", it),
            Event::Writable(it) => end(f, "writable", it),
            Event::Timer { node, due: None } => at(f, "timer", *node),
            Event::Timer { node, due: Some(Due { id, peer, why }) } => {
                at(f, "timer", *node)?;
                write!(f, " {why:?} {} {}", cast.co_value(*id), cast.node(*peer))
            }
            Event::Sent { mail, .. } => self.mail(f, "sent", mail),
            Event::Delivered { mail, .. } => self.mail(f, "delivered", mail),
            Event::Disk { node, id, piece, .. } => {
                write!(f, "disk {} {}", cast.node(*node), cast.co_value(*id))?;
                piece.as_ref().map_or(Ok(()), |piece| self.piece(f, piece))
            }
            Event::Committed { node, number, .. } => write!(f, "committed {} {number}", cast.node(*node)),
            Event::WriteFailed { node, id, piece } => {
                write!(f, "write failed {} {}", cast.node(*node), cast.co_value(*id))?;
                self.piece(f, piece)
            }
            Event::Uploaded { node, peer, id, session, count, reach } => {
                let (node, peer, id) = (cast.node(*node), cast.node(*peer), cast.co_value(*id));
                write!(f, "uploaded {node} {peer} {id} {} {reach:?}", cast.session(*session))?;
                if self.carried == Carried::Told { write!(f, " {count}") } else { Ok(()) }
            }
            Event::LoadEnded { node, id, .. } => {
                write!(f, "load ended {} {}", cast.node(*node), cast.co_value(*id))
            }
            Event::GuestFailed { .. } => f.write_str("guest failed"),
            Event::Liveness {} => f.write_str("liveness"),
            Event::State { node, id, .. } => {
                write!(f, "state {} {}", cast.node(*node), cast.co_value(*id))
            }
            Event::Looks(_) => f.write_str("looks"),
        }
    }
}

impl Name<'_> {
    fn mail(&self, f: &mut Formatter<'_>, verb: &str, mail: &Mail) -> fmt::Result {
        let Mail { from, to, message, .. } = mail;
        let (from, to) = (self.cast.node(*from), self.cast.node(*to));
        let id = self.cast.co_value(message.id());
        write!(f, "{verb} {from}>{to} {} {id}", message.kind())?;
        match (self.carried, message) {
            (Carried::LeftOut, _) => Ok(()),
            (Carried::Told, Body::CoJson(message)) => self.message(f, message),
            (Carried::Told, Body::Guest { says, .. }) => write!(f, " {says}"),
        }
    }

    fn message(&self, f: &mut Formatter<'_>, message: &Message<SimCrypto>) -> fmt::Result {
        match message {
            Message::Load { known, .. } => self.known(f, known),
            Message::Known(known) => {
                self.known(f, &known.known)?;
                known.safe.as_ref().map_or(Ok(()), |safe| {
                    f.write_str(" safe")?;
                    self.known(f, safe)
                })
            }
            Message::Content(content) => {
                f.write_str(if content.header.is_some() { " header" } else { "" })?;
                content.new.iter().try_for_each(|(session, piece)| {
                    let (session, count) = (self.cast.session(session), piece.new_transactions.len());
                    write!(f, " {session} {}+{count}", piece.after)
                })
            }
            Message::Done { .. } => Ok(()),
        }
    }

    fn known(&self, f: &mut Formatter<'_>, known: &KnownState) -> fmt::Result {
        f.write_str(if known.header { " header" } else { "" })?;
        known.sessions().try_for_each(|(session, count)| write!(f, " {} {count}", self.cast.session(session)))
    }

    fn piece(&self, f: &mut Formatter<'_>, piece: &Piece<cosim_core::SessionId>) -> fmt::Result {
        match self.carried {
            Carried::LeftOut => Ok(()),
            Carried::Told => {
                let Piece { session, after, count } = piece;
                write!(f, " {} {after}+{count}", self.cast.session(*session))
            }
        }
    }
}

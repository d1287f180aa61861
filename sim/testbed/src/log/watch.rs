//! What a log takes down of what it sees happen.

use super::{
    Body, Due, End, Event, Log, Mail, OperationName, Outcome, Piece, Reason, UnderWay, Way, Writing,
};
use crate::cojson::{CoJson, DiskWrite, Notice, Packet, Said};
use crate::decision::Fate;
use crate::host::{NodeId, WriteError};
use crate::observer::{Condition, Happening, Observer, Skipped};
use crate::world::View;
use cosim_core::{CoId, ConnectionId, Record, Recovery, Span};

impl<N: CoJson> Observer<N> for Log {
    fn observe(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>) {
        if let Some(states) = &mut self.states
            && let Happening::Settled { node, .. } | Happening::Down { node, .. } = happening
        {
            for change in states.look(*node, &view.hosts[node.index()].node) {
                self.push(view.event, view.now, change);
            }
        }
        if let Some(what) = self.taken_down(view, happening) {
            self.push(view.event, view.now, what);
        }
    }
}

impl Log {
    /// What is taken down of what happens; nothing where that is told by what comes before or after it.
    fn taken_down<N: CoJson>(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>) -> Option<Event> {
        Some(match happening {
            Happening::Operation { number, .. } => {
                let OperationName { name, text, nodes, id, act: _, sets: _ } =
                    self.operations.get(*number as usize).cloned()?;
                Event::Operation { name, text, nodes, id }
            }
            Happening::Skipped { number, why } => {
                let name =
                    self.operations.get(*number as usize).map(|known| known.name.clone()).unwrap_or_default();
                Event::Skipped { name, why: reason(why) }
            }
            Happening::Down { node, .. } => Event::Down { node: *node },
            Happening::Writing { node, ticket, record } => {
                self.writing.insert((*node, *ticket), writing(record));
                return None;
            }
            Happening::Written { node, ticket, error, full } => {
                let (node, outcome) = (*node, outcome(*error, *full));
                match self.writing.remove(&(node, *ticket))? {
                    Writing::Piece(id, piece) => Event::Disk { node, id, piece, outcome },
                    Writing::Commit(number) => Event::Committed { node, number, outcome },
                }
            }
            Happening::Cut { node, survival, pending } => {
                self.writing.retain(|(of, _), _| of != node);
                if *pending == 0 {
                    return None;
                }
                Event::Cut { node: *node, pending: *pending, kept: survival.kept, torn: survival.torn }
            }
            Happening::Noticed { node, notice: Notice::Recovered { recovery, new_session } } => {
                let Recovery { records, damaged, unfit, waiting } = *recovery;
                Event::Recovered { node: *node, records, damaged, unfit, waiting, new_session: *new_session }
            }
            Happening::Noticed { node, notice: Notice::WriteFailed { id, session, after, count } } => {
                let piece = Piece { session: *session, after: *after, count: *count };
                Event::WriteFailed { node: *node, id: *id, piece }
            }
            Happening::Noticed { node, notice: Notice::Uploaded { peer, id, session, count, reach } } => {
                Event::Uploaded {
                    node: *node,
                    peer: *peer,
                    id: *id,
                    session: *session,
                    count: *count,
                    reach: *reach,
                }
            }
            Happening::Up { node } => Event::Up { node: *node },
            Happening::Connected { node, peer, connection } => {
                Event::Connected(end(*node, *peer, *connection))
            }
            Happening::Disconnected { node, peer, connection } => {
                Event::Disconnected(end(*node, *peer, *connection))
            }
            Happening::Closed { was_open: false, .. } => return None,
            Happening::Closed { node, peer, connection, .. } => Event::Closed(end(*node, *peer, *connection)),
            Happening::Became { node, condition } => match condition {
                Condition::Asleep => Event::Asleep { node: *node },
                Condition::Awake => Event::Awake { node: *node },
                Condition::Offline => Event::Offline { node: *node },
                Condition::Online => Event::Online { node: *node },
            },
            Happening::Timer { node } => Event::Timer { node: *node, due: due(view, *node) },
            Happening::Sent(sent) => {
                if sent.copies > 0 {
                    let (sent_at, sent_in, copies) = (view.now, view.event, sent.copies);
                    self.under_way.insert(sent.mail, UnderWay { sent_at, sent_in, copies, arrived: false });
                }
                Event::Sent {
                    mail: mail(sent.mail, [sent.from, sent.to], sent.connection, sent.message),
                    why: sent.loss,
                    held: sent.held,
                    way: Some(way(sent.copies, sent.fate)),
                }
            }
            Happening::Delivered { node, peer, connection, message, mail: number, damaged } => {
                let UnderWay { sent_at, sent_in, arrived, .. } = self.arrives(*number)?;
                let known = view.known_as(*peer);
                let stale = view.hosts[node.index()].node.ignores(known, *connection);
                let mail = mail(*number, [*peer, *node], *connection, message);
                let sent_at = sent_at.as_us();
                Event::Delivered { mail, sent_at, sent_in, again: arrived, stale, damaged: *damaged }
            }
            Happening::Blocked { node, peer, connection } => Event::Blocked(end(*node, *peer, *connection)),
            Happening::Writable { node, peer, connection } => Event::Writable(end(*node, *peer, *connection)),
            Happening::Noticed { node, notice: Notice::LoadEnded { id, available } } => {
                Event::LoadEnded { node: *node, id: *id, available: *available }
            }
            Happening::Noticed { .. }
            | Happening::Left { .. }
            | Happening::Spoilt { .. }
            | Happening::Settled { .. } => return None,
        })
    }

    /// A copy of a message arrives: what was known of the message before.
    fn arrives(&mut self, number: u64) -> Option<UnderWay> {
        let under_way = self.under_way.get_mut(&number)?;
        let before = *under_way;
        under_way.arrived = true;
        under_way.copies -= 1;
        if under_way.copies == 0 {
            self.under_way.remove(&number);
        }
        Some(before)
    }
}

/// The deadline that has passed, the first of them.
fn due<N: CoJson>(view: &View<'_, N>, node: NodeId) -> Option<Due<NodeId, CoId>> {
    let deadlines = view.hosts[node.index()].node.deadlines().into_iter();
    let passed = deadlines.filter(|(at, ..)| *at <= view.now).min_by_key(|(at, id, ..)| (*at, *id));
    passed.map(|(_, id, peer, why)| Due { id, peer, why })
}

/// What became of a write.
fn outcome(error: Option<WriteError>, full: bool) -> Outcome {
    match error {
        None => Outcome::Written,
        Some(_) if full => Outcome::Full,
        Some(WriteError::Nothing) => Outcome::Nothing,
        Some(WriteError::Torn) => Outcome::Torn,
        Some(WriteError::Whole) => Outcome::Whole,
    }
}

fn end(node: NodeId, peer: NodeId, connection: ConnectionId) -> End<NodeId> {
    End { node, peer, connection: connection.0 }
}

fn mail(number: u64, [from, to]: [NodeId; 2], connection: ConnectionId, packet: &Packet) -> Mail {
    let (n, re, message) = match (packet.envelope(), packet) {
        (Some(envelope), _) => (envelope.n, envelope.re, Body::CoJson(envelope.message.clone())),
        (None, Packet::Guest(said)) => (0, 0, said.as_ref().into()),
        (None, Packet::Ours(_)) => unreachable!("what is ours has an envelope"),
    };
    Mail { number, from, to, connection: connection.0, n, re, message }
}

impl From<&Said> for Body {
    fn from(said: &Said) -> Body {
        let says = serde_json::from_str(&said.text).unwrap_or_else(|_| said.text.clone().into());
        Body::Guest { kind: said.kind.clone(), id: said.subject, says }
    }
}

fn way(copies: u8, fate: &Fate) -> Way {
    Way {
        copies,
        latency: fate.latency.as_us(),
        reordered: fate.reordered.map(Span::as_us),
        duplicate: fate.duplicate.map(Span::as_us),
        replayed: fate.replayed.map(Span::as_us),
        damaged: fate.damaged,
        truncated: fate.truncated,
    }
}

/// What a write holds.
fn writing(write: &DiskWrite) -> Writing {
    match write {
        DiskWrite::Record(Record::Header { id, .. }) => Writing::Piece(*id, None),
        DiskWrite::Record(Record::Log { id, session, after, transactions, .. }) => {
            let piece = Piece { session: *session, after: *after, count: transactions.len() as u32 };
            Writing::Piece(*id, Some(piece))
        }
        DiskWrite::Commit(number) => Writing::Commit(*number),
    }
}

fn reason<N: CoJson>(why: &Skipped<N>) -> Reason {
    match why {
        Skipped::Refused(refusal) => Reason::Refused(refusal.to_string()),
        Skipped::Down => Reason::Down,
        Skipped::AlreadySo => Reason::AlreadySo,
        Skipped::NoDisk => Reason::NoDisk,
        Skipped::NoBackup => Reason::NoBackup,
        Skipped::EmptyDisk => Reason::EmptyDisk,
        Skipped::LastCopy => Reason::LastCopy,
        Skipped::Absent => Reason::Absent,
        Skipped::Gone => Reason::Gone,
        Skipped::Offline => Reason::Offline,
        Skipped::Asleep => Reason::Asleep,
    }
}

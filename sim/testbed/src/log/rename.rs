//! The same event with other references: numbers for names, or names for numbers.

use super::change::{ByPeer, Change, KnownChange, Wait};
use super::event::{Body, Due, End, Event, Mail, Piece};
use super::looks::Looks;
use crate::cojson::Cast;
use crate::host::NodeId;
use cosim_core::{CoId, Names, SessionId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;

/// An event as JSON Lines have it.
pub(super) type Named = Event<String, String, String, Value>;

/// Gives each reference another form.
pub(super) trait Rename<N, C, S, M> {
    type Node: Ord;
    type CoValue;
    type Session: Ord;
    type Message;
    /// Why a session or a message has no other form.
    type Error;

    fn node(&mut self, node: &N) -> Self::Node;
    fn co_value(&mut self, id: &C) -> Self::CoValue;
    fn session(&mut self, session: &S) -> Result<Self::Session, Self::Error>;
    fn message(&mut self, message: &M) -> Result<Self::Message, Self::Error>;
}

impl Rename<NodeId, CoId, SessionId, Body> for &Cast {
    type Node = String;
    type CoValue = String;
    type Session = String;
    type Message = Value;
    type Error = Infallible;

    fn node(&mut self, node: &NodeId) -> String {
        Cast::node(self, *node).into_owned()
    }

    fn co_value(&mut self, id: &CoId) -> String {
        Names::co_value(*self, *id).into_owned()
    }

    fn session(&mut self, session: &SessionId) -> Result<String, Infallible> {
        Ok(Names::session(*self, *session).into_owned())
    }

    fn message(&mut self, message: &Body) -> Result<Value, Infallible> {
        Ok(match message {
            Body::CoJson(message) => serde_json::to_value(message.display_json(*self)).unwrap_or(Value::Null),
            Body::Guest { kind, id, says } => {
                json!({ "action": "guest", "kind": kind, "id": Names::co_value(*self, *id), "says": says })
            }
        })
    }
}

type Renamed<R, N, C, S, M> = Event<
    <R as Rename<N, C, S, M>>::Node,
    <R as Rename<N, C, S, M>>::CoValue,
    <R as Rename<N, C, S, M>>::Session,
    <R as Rename<N, C, S, M>>::Message,
>;

impl<N, C, S, M> Event<N, C, S, M> {
    /// The same with other references.
    pub(super) fn rename<R: Rename<N, C, S, M>>(
        &self,
        to: &mut R,
    ) -> Result<Renamed<R, N, C, S, M>, R::Error> {
        Ok(match self {
            Event::Operation { name, text, nodes, id } => Event::Operation {
                name: name.clone(),
                text: text.clone(),
                nodes: nodes.iter().map(|node| to.node(node)).collect(),
                id: id.as_ref().map(|id| to.co_value(id)),
            },
            Event::Skipped { name, why } => Event::Skipped { name: name.clone(), why: why.clone() },
            Event::Down { node } => Event::Down { node: to.node(node) },
            Event::Up { node } => Event::Up { node: to.node(node) },
            Event::Connected(end) => Event::Connected(end.rename(|node| to.node(node))),
            Event::Disconnected(end) => Event::Disconnected(end.rename(|node| to.node(node))),
            Event::Closed(end) => Event::Closed(end.rename(|node| to.node(node))),
            Event::Asleep { node } => Event::Asleep { node: to.node(node) },
            Event::Awake { node } => Event::Awake { node: to.node(node) },
            Event::Offline { node } => Event::Offline { node: to.node(node) },
            Event::Online { node } => Event::Online { node: to.node(node) },
            Event::Timer { node, due } => Event::Timer {
                node: to.node(node),
                due: due.as_ref().map(|due| Due {
                    id: to.co_value(&due.id),
                    peer: to.node(&due.peer),
                    why: due.why,
                }),
            },
            Event::Sent { mail, why, held, way } => {
                Event::Sent { mail: mail.rename(to)?, why: *why, held: *held, way: *way }
            }
            Event::Delivered { mail, sent_at, sent_in, again, stale, damaged } => Event::Delivered {
                mail: mail.rename(to)?,
                sent_at: *sent_at,
                sent_in: *sent_in,
                again: *again,
                stale: *stale,
                damaged: *damaged,
            },
            Event::Blocked(end) => Event::Blocked(end.rename(|node| to.node(node))),
            Event::Writable(end) => Event::Writable(end.rename(|node| to.node(node))),
            Event::Disk { node, id, piece, outcome } => Event::Disk {
                node: to.node(node),
                id: to.co_value(id),
                piece: match piece {
                    Some(piece) => Some(piece.rename(to.session(&piece.session)?)),
                    None => None,
                },
                outcome: *outcome,
            },
            Event::Committed { node, number, outcome } => {
                Event::Committed { node: to.node(node), number: *number, outcome: *outcome }
            }
            Event::Cut { node, pending, kept, torn } => {
                Event::Cut { node: to.node(node), pending: *pending, kept: *kept, torn: *torn }
            }
            Event::Recovered { node, records, damaged, unfit, waiting, new_session } => Event::Recovered {
                node: to.node(node),
                records: *records,
                damaged: *damaged,
                unfit: *unfit,
                waiting: *waiting,
                new_session: *new_session,
            },
            Event::WriteFailed { node, id, piece } => Event::WriteFailed {
                node: to.node(node),
                id: to.co_value(id),
                piece: piece.rename(to.session(&piece.session)?),
            },
            Event::Uploaded { node, peer, id, session, count, reach } => Event::Uploaded {
                node: to.node(node),
                peer: to.node(peer),
                id: to.co_value(id),
                session: to.session(session)?,
                count: *count,
                reach: *reach,
            },
            Event::LoadEnded { node, id, available } => {
                Event::LoadEnded { node: to.node(node), id: to.co_value(id), available: *available }
            }
            Event::GuestFailed { why } => Event::GuestFailed { why: why.clone() },
            Event::Liveness {} => Event::Liveness {},
            Event::State { node, id, change } => {
                Event::State { node: to.node(node), id: to.co_value(id), change: change.rename(to)? }
            }
            Event::Looks(looks) => Event::Looks(Looks {
                when: looks.when,
                node: looks.node.as_ref().map(|node| to.node(node)),
                peer: looks.peer.as_ref().map(|peer| to.node(peer)),
                ids: looks.ids.iter().map(|id| to.co_value(id)).collect(),
                looks: looks.looks.clone(),
                violated: looks.violated.clone(),
            }),
        })
    }
}

impl<N, S> Change<N, S> {
    fn rename<C, M, R: Rename<N, C, S, M>>(
        &self,
        to: &mut R,
    ) -> Result<Change<R::Node, R::Session>, R::Error> {
        let wait =
            |wait: &Wait<N>, to: &mut R| Wait { until: wait.until, peer: to.node(&wait.peer), why: wait.why };
        Ok(Change {
            entry: self.entry,
            known: self.known.rename(to)?,
            durable: self.durable.as_ref().map(|durable| durable.rename(to)).transpose()?,
            told: by_peer(&self.told, to)?,
            assumed: by_peer(&self.assumed, to)?,
            confirmed: by_peer(&self.confirmed, to)?,
            waits: self.waits.as_ref().map(|waits| waits.iter().map(|each| wait(each, to)).collect()),
            shown: self.shown,
        })
    }
}

fn by_peer<N, C, S, M, R: Rename<N, C, S, M>>(
    known: &ByPeer<N, S>,
    to: &mut R,
) -> Result<ByPeer<R::Node, R::Session>, R::Error> {
    let mut renamed = BTreeMap::new();
    for (peer, known) in known {
        let known = known.as_ref().map(|known| known.rename(to)).transpose()?;
        renamed.insert(to.node(peer), known);
    }
    Ok(renamed)
}

impl<S> KnownChange<S> {
    fn rename<N, C, M, R: Rename<N, C, S, M>>(
        &self,
        to: &mut R,
    ) -> Result<KnownChange<R::Session>, R::Error> {
        let counts = self.sessions.iter().map(|(session, count)| Ok((to.session(session)?, *count)));
        Ok(KnownChange { header: self.header, sessions: counts.collect::<Result<_, _>>()? })
    }
}

impl<N> End<N> {
    fn rename<N2>(&self, mut node: impl FnMut(&N) -> N2) -> End<N2> {
        End { node: node(&self.node), peer: node(&self.peer), connection: self.connection }
    }
}

impl<N, M> Mail<N, M> {
    fn rename<C, S, R: Rename<N, C, S, M>>(&self, to: &mut R) -> Result<Mail<R::Node, R::Message>, R::Error> {
        Ok(Mail {
            number: self.number,
            from: to.node(&self.from),
            to: to.node(&self.to),
            connection: self.connection,
            n: self.n,
            re: self.re,
            message: to.message(&self.message)?,
        })
    }
}

impl<S> Piece<S> {
    fn rename<S2>(&self, session: S2) -> Piece<S2> {
        Piece { session, after: self.after, count: self.count }
    }
}

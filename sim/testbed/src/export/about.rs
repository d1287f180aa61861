//! What an event is about.

use crate::host::NodeId;
use crate::log::{Event, Looks};
use cosim_core::{CoId, SessionId};

/// What an event is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct About {
    /// The nodes: first the one at which it happens, then the one with which that has to do.
    pub(super) nodes: Vec<NodeId>,
    /// The CoValue, if it is one.
    pub(super) id: Option<CoId>,
    /// The session.
    pub(super) session: Option<SessionId>,
}

impl About {
    fn of(nodes: impl IntoIterator<Item = NodeId>) -> About {
        About { nodes: nodes.into_iter().collect(), ..About::default() }
    }

    fn with(self, id: CoId) -> About {
        About { id: Some(id), ..self }
    }

    /// The node at which it happens.
    pub(super) fn node(&self) -> Option<NodeId> {
        self.nodes.first().copied()
    }

    /// The other node.
    pub(super) fn peer(&self) -> Option<NodeId> {
        self.nodes.get(1).copied()
    }
}

/// What it is about. A message is sent by its sender and arrives at its receiver.
pub(super) fn about(what: &Event) -> About {
    match what {
        Event::Operation { nodes, id, .. } => About { id: *id, ..About::of(nodes.iter().copied()) },
        Event::Skipped { .. } | Event::GuestFailed { .. } | Event::Liveness {} => About::default(),
        Event::Down { node }
        | Event::Up { node }
        | Event::Asleep { node }
        | Event::Awake { node }
        | Event::Offline { node }
        | Event::Online { node }
        | Event::Committed { node, .. }
        | Event::Cut { node, .. }
        | Event::Recovered { node, .. } => About::of([*node]),
        Event::Connected(end)
        | Event::Disconnected(end)
        | Event::Closed(end)
        | Event::Blocked(end)
        | Event::Writable(end) => About::of([end.node, end.peer]),
        Event::Timer { node, due: None } => About::of([*node]),
        Event::Timer { node, due: Some(due) } => About::of([*node, due.peer]).with(due.id),
        Event::Sent { mail, .. } => About::of([mail.from, mail.to]).with(mail.message.id()),
        Event::Delivered { mail, .. } => About::of([mail.to, mail.from]).with(mail.message.id()),
        Event::Disk { node, id, piece, .. } => {
            let session = piece.as_ref().map(|piece| piece.session);
            About { session, ..About::of([*node]).with(*id) }
        }
        Event::WriteFailed { node, id, piece } => {
            About { session: Some(piece.session), ..About::of([*node]).with(*id) }
        }
        Event::Uploaded { node, peer, id, session, .. } => {
            About { session: Some(*session), ..About::of([*node, *peer]).with(*id) }
        }
        Event::LoadEnded { node, id, .. } | Event::State { node, id, .. } => About::of([*node]).with(*id),
        Event::Looks(Looks { node, peer, ids, .. }) => {
            let id = if let [id] = ids.as_slice() { Some(*id) } else { None };
            About { id, ..About::of(node.iter().chain(peer).copied()) }
        }
    }
}

//! What a node hears and says in an event.

use super::Place;
use super::conversation::{Growth, Starts};
use crate::cojson::SimCrypto;
use crate::host::NodeId;
use crate::oracles::oracle::Mail;
use cosim_core::{CoId, ConnectionId, Envelope, Known, KnownState, Message};

/// What happens in an event, as far as it has happened.
#[derive(Clone, Debug, Default)]
pub(super) struct Turn {
    /// What it is about, and how much of that was held before; `None` where it is about nothing in particular.
    pub(super) before: Option<(CoId, KnownState)>,
    /// What the node is told by a peer.
    pub(super) heard: Option<Told>,
    /// What it sends.
    pub(super) said: Vec<Said>,
    /// Whether a deadline passes.
    pub(super) is_deadline: bool,
    /// The connection whose line takes messages again.
    pub(super) writable: Option<ConnectionId>,
    /// What the node's app asks for something about.
    pub(super) asked: Option<CoId>,
    /// Whether it is done with that.
    pub(super) is_done: bool,
    /// The connection on which something has left that waited.
    pub(super) left: Option<ConnectionId>,
    /// Whether its disk has a write.
    pub(super) is_written: bool,
}

/// A message that a node is told.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) place: Place,
    pub(super) peer: NodeId,
    pub(super) envelope: Envelope<SimCrypto>,
    /// How much was held before.
    pub(super) before: KnownState,
    pub(super) is_damaged: bool,
}

/// A message that a node sends.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) connection: ConnectionId,
    pub(super) peer: NodeId,
    pub(super) id: CoId,
    pub(super) n: u32,
    pub(super) re: u32,
    /// Whether it waits before the line.
    pub(super) queued: bool,
    /// Whether it asks to be told what is safe (rule 15).
    pub(super) asks_for_safety: bool,
    pub(super) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    Load(KnownState),
    Known { known: KnownState, is_correction: bool, safe: Option<KnownState> },
    Content { starts: Starts, known: KnownState },
    Done,
}

impl Turn {
    /// Takes over the room that the last one, which is over, had for what was said.
    pub(super) fn recycle(&mut self, over: Turn) {
        self.said = over.said;
        self.said.clear();
    }

    pub(super) fn hears(
        &mut self,
        (place, peer): (Place, NodeId),
        envelope: &Envelope<SimCrypto>,
        before: KnownState,
        is_damaged: bool,
    ) {
        self.before = Some((place.id, before.clone()));
        self.heard = Some(Told { place, peer, envelope: envelope.clone(), before, is_damaged });
    }

    /// Whether what happens may let what is held of a CoValue grow. Of what content is not about only what waited is taken.
    pub(super) fn growth(&self, id: CoId) -> Growth {
        let brings =
            |told: &Told| told.place.id == id && matches!(told.envelope.message, Message::Content(_));
        let may_grow = self.asked.is_some() || self.is_written || self.heard.as_ref().is_some_and(brings);
        if may_grow { Growth::Seen } else { Growth::Unseen }
    }
}

impl Said {
    pub(super) fn of(mail: &Mail<'_>) -> Said {
        let Mail { to: peer, connection, message: envelope, queued, .. } = *mail;
        let what = match &envelope.message {
            Message::Load { known, .. } => What::Load(known.clone()),
            Message::Known(Known { known, is_correction, safe, .. }) => {
                What::Known { known: known.clone(), is_correction: *is_correction, safe: safe.clone() }
            }
            Message::Content(content) => {
                let after = content.new.iter().map(|(session, piece)| (session, piece.after)).collect();
                let starts = Starts { with_header: content.header.is_some(), after };
                What::Content { starts, known: content.known() }
            }
            Message::Done { .. } => What::Done,
        };
        Said {
            connection,
            peer,
            id: envelope.message.id(),
            n: envelope.n,
            re: envelope.re,
            queued,
            asks_for_safety: matches!(envelope.message, Message::Load { safe: true, .. }),
            what,
        }
    }

    pub(super) fn kind(&self) -> &'static str {
        match &self.what {
            What::Load(_) => "load",
            What::Known { .. } => "known",
            What::Content { .. } => "content",
            What::Done => "done",
        }
    }
}

/// Whether something was said at a place.
pub(super) fn is_said(said: &[Said], place: Place, is: impl Fn(&Said) -> bool) -> bool {
    said.iter().any(|said| said.connection == place.connection && said.id == place.id && is(said))
}

/// Whether content builds on what is not here.
pub(super) fn has_gap(told: &Told, after: &KnownState) -> bool {
    let Message::Content(content) = &told.envelope.message else { return false };
    let count = |session| told.before.count(session).max(after.count(session));
    let is_without_header = !after.header;
    is_without_header || content.new.iter().any(|(session, piece)| piece.after > count(session))
}

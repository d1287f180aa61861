//! Bounds on all that a peer, an app or a disk could make grow. What a bound refuses is not lost: a peer sends again what
//! was not acknowledged, what was not written is written later, and an app is told.

use super::Node;
use crate::crypto::Crypto;
use crate::id::{CoId, PeerId};
use crate::known_state::KnownState;
use crate::message::Message;

/// Content ends before the batch of transactions that would bring it above so many bytes. One that is larger itself goes
/// alone.
pub const PIECE_BYTES_MAX: usize = 100 * 1024;

/// How many sessions one message may name. One that names more is dropped.
pub const SESSIONS_MAX: usize = 16 * 1024;

/// How many CoValues that are not here one connection may bring into being by naming them. What is said of further ones
/// is not heard.
pub const NAMED_MAX: usize = 64 * 1024;

/// How many contents of one peer may wait for dependencies.
pub const HELD_MAX: usize = 256;

/// How many writes may be under way before more is begun: then the app's are refused, and others wait.
pub const WRITES_MAX: usize = 4096;

/// How many contents of one conversation can be told apart in a correction; one that answers an older one only confirms.
pub const FLIGHTS_MAX: usize = 64;

/// How many repeats of one `load` can still be answered; an answer to an older one comes hours late.
pub const LOADS_MAX: usize = 64;

/// How full some buffers of a node are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buffers {
    /// Writes that have not ended; at most [`WRITES_MAX`] and [`SESSIONS_MAX`] together.
    pub writes: usize,
    /// Contents that wait for dependencies, for each peer at most [`HELD_MAX`].
    pub held: usize,
    /// Contents of the conversation that are unanswered, at most [`FLIGHTS_MAX`].
    pub flight: usize,
    /// Repeats of one `load` that are unanswered, at most [`LOADS_MAX`].
    pub loads: usize,
    /// CoValues that are not here and were named in the connection, at most [`NAMED_MAX`].
    pub named: usize,
}

impl<C: Crypto> Node<C> {
    /// How full its buffers are: those of the node, those of its connection with a peer, and those of its conversation
    /// with that peer about a CoValue.
    pub fn buffers(&self, peer: PeerId, id: CoId) -> Buffers {
        let marks = self.state.co_values.get(&id).and_then(|co| co.sync.get(peer)).map(|sync| &sync.marks);
        Buffers {
            writes: self.shell.disk.pending(),
            held: self.shell.held.contents(),
            flight: marks.map_or(0, |marks| marks.flight.len()),
            loads: marks.and_then(|marks| marks.asking.as_ref()).map_or(0, |asking| asking.numbers.len()),
            named: self.shell.connections.get(peer).map_or(0, |connection| connection.named),
        }
    }
}

/// Whether a message names more sessions than one may.
pub(super) fn is_oversized<C: Crypto>(message: &Message<C>) -> bool {
    let sessions = match message {
        Message::Load { known, .. } => known.sessions().len(),
        Message::Known(known) => {
            known.known.sessions().len().max(KnownState::or_empty(known.safe.as_ref()).sessions().len())
        }
        Message::Content(content) => content.new.len(),
        Message::Done { .. } => 0,
    };
    sessions > SESSIONS_MAX
}

//! The envelope that messages of a published peer lack. The stream to such a peer loses nothing and keeps the order, so
//! messages are numbered as they come, and what answers what can be told from what was sent.

use crate::crypto::Crypto;
use crate::id::{CoId, PeerId, SessionId};
use crate::known_state::KnownState;
use crate::message::{Content, Envelope, Message};
use crate::node::{FLIGHTS_MAX, Node};
use crate::state::Relationship;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;

/// The numbers of one connection with a published peer. Whoever drives the node shows it every message that goes out,
/// and gets the envelope of every message that comes in.
///
/// A `known` answers the oldest `load` about the CoValue that is unanswered, or else the oldest content: the package
/// answers every `load`, but not every content. A correction answers the oldest content that builds on what the sender
/// lacks, or else the oldest. Content answers the oldest `load` that was sent without header.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Numbering {
    received: u32,
    unanswered: BTreeMap<CoId, Unanswered>,
    /// What the peer was asked for because content of its own waits for it. The node bounds what a peer can name.
    asked: BTreeSet<CoId>,
}

/// What was said of a CoValue and is unanswered, oldest first, of each kind at most [`FLIGHTS_MAX`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Unanswered {
    loads: VecDeque<Load>,
    contents: VecDeque<Base>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Load {
    n: u32,
    with_header: bool,
}

/// A content, by what it builds on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Base {
    n: u32,
    on_header: bool,
    after: Vec<(SessionId, u32)>,
}

impl Numbering {
    /// Those of a connection in which nothing was said yet.
    pub fn new() -> Numbering {
        Numbering::default()
    }

    /// Notes a message that goes to the peer.
    pub fn sent<C: Crypto>(&mut self, envelope: &Envelope<C>) {
        let n = envelope.n;
        match &envelope.message {
            Message::Load { id, known, .. } => {
                let load = Load { n, with_header: known.header };
                push(&mut self.unanswered.entry(*id).or_default().loads, load);
            }
            Message::Content(content) => {
                push(&mut self.unanswered.entry(content.id).or_default().contents, Base::of(n, content));
            }
            Message::Known(_) | Message::Done { .. } => {}
        }
    }

    /// What a client has to be asked for when `node` has heard it: each CoValue once in a connection.
    ///
    /// A node asks no client for what that did not offer, since a client pushes all that it holds. One of the package
    /// does not: it still believes what it knew of its server in an earlier connection. It expects to be asked for what
    /// the content rests on that it sends.
    pub fn to_ask<C: Crypto>(&mut self, node: &Node<C>, peer: PeerId) -> Vec<Message<C>> {
        let is_client =
            node.state().peers.get(peer).is_some_and(|info| info.relationship == Relationship::SyncTheirs);
        if !is_client {
            return Vec::new();
        }
        let new = node.waits_for(peer).into_iter().filter(|id| self.asked.insert(*id));
        new.map(|id| Message::Load { id, known: KnownState::EMPTY, safe: false }).collect()
    }

    /// A message that came from the peer, in its envelope.
    pub fn received<C: Crypto>(&mut self, message: Message<C>) -> Envelope<C> {
        self.received = self.received.wrapping_add(1);
        let re = self.unanswered.get_mut(&message.id()).and_then(|unanswered| match &message {
            Message::Known(known) if known.is_correction => unanswered.corrected(&known.known),
            Message::Known(_) => unanswered.answered(),
            Message::Content(_) => unanswered.answered_by_content(),
            Message::Load { .. } | Message::Done { .. } => None,
        });
        Envelope { n: self.received, re: re.unwrap_or(0), message }
    }
}

impl Unanswered {
    fn answered(&mut self) -> Option<u32> {
        let load = self.loads.pop_front().map(|load| load.n);
        load.or_else(|| self.contents.pop_front().map(|content| content.n))
    }

    fn answered_by_content(&mut self) -> Option<u32> {
        let at = self.loads.iter().position(|load| !load.with_header)?;
        self.loads.remove(at).map(|load| load.n)
    }

    fn corrected(&mut self, held: &KnownState) -> Option<u32> {
        let at = self.contents.iter().position(|content| content.lacks_base_in(held)).unwrap_or(0);
        self.contents.remove(at).map(|content| content.n)
    }
}

impl Base {
    fn of<C: Crypto>(n: u32, content: &Content<C>) -> Base {
        let after = content.new.iter().map(|(session, piece)| (session, piece.after));
        Base { n, on_header: content.header.is_none(), after: after.collect() }
    }

    fn lacks_base_in(&self, held: &KnownState) -> bool {
        (self.on_header && !held.header)
            || self.after.iter().any(|(session, after)| *after > held.count(*session))
    }
}

/// An answer to what falls out is taken for one to what came after it, which on such a stream is true of both.
fn push<T>(queue: &mut VecDeque<T>, item: T) {
    if queue.len() == FLIGHTS_MAX {
        queue.pop_front();
    }
    queue.push_back(item);
}

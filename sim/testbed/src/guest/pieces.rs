//! Content that goes to guests of today's rules in several pieces. The first says how far all of them go, so that the
//! guest knows that it has not got everything yet.
//!
//! What it was told to expect, such a guest counts as its own in the next `load`, though the connection ended before it
//! came (0.20.19). So what it has not acknowledged since is not believed there: it is sent once more.

use crate::cojson::{Packet, SimCrypto};
use crate::host::{NodeId, Output, SimNode};
use cosim_core::{CoId, ConnectionId, Envelope, Known, KnownState, Message, SessionId};
use std::collections::BTreeMap;

/// The number of a message on a connection, and how far the pieces go of which it is the first.
pub(super) type First = (ConnectionId, u32, KnownState);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// What each peer was told to expect of a CoValue, and what of that it has acknowledged, until that is all.
    expected: BTreeMap<(NodeId, CoId), Expected>,
}

#[derive(Debug, Default)]
struct Expected {
    until: KnownState,
    acknowledged: KnownState,
}

impl Pieces {
    /// The first of the pieces that go to these peers, each by its connection, because of one input.
    pub(super) fn announced<'a, N>(
        &mut self,
        peers: &BTreeMap<ConnectionId, NodeId>,
        outputs: impl Iterator<Item = &'a Output<N>>,
    ) -> Vec<First>
    where
        N: SimNode<Message = Packet> + 'a,
    {
        let mut of: BTreeMap<(ConnectionId, CoId), (u32, usize, KnownState)> = BTreeMap::new();
        for output in outputs {
            let Output::Send { connection, message: Packet::Ours(Envelope { n, message, .. }) } = output
            else {
                continue;
            };
            let Message::Content(content) = message else { continue };
            if !peers.contains_key(connection) {
                continue;
            }
            let pieces = of.entry((*connection, content.id)).or_insert((*n, 0, KnownState::EMPTY));
            pieces.1 += 1;
            for (session, piece) in content.new.iter() {
                pieces.2.raise(session, piece.end());
            }
        }
        let several = of.into_iter().filter(|(_, (_, count, _))| *count > 1);
        let mut firsts = Vec::new();
        for ((connection, id), (n, _, until)) in several {
            self.expected.entry((peers[&connection], id)).or_default().until.join(&until);
            firsts.push((connection, n, until));
        }
        firsts
    }

    /// Hears what a peer says that may have been told to expect something, and takes from a `load` what is not to be
    /// believed.
    pub(super) fn hear(&mut self, peer: NodeId, message: &mut Message<SimCrypto>) {
        let of = (peer, message.id());
        let Some(expected) = self.expected.get_mut(&of) else { return };
        match message {
            Message::Load { known, .. } => {
                let believed = |(session, count): (SessionId, u32)| {
                    let (until, has) = (expected.until.count(session), expected.acknowledged.count(session));
                    (session, if count <= until { count.min(has) } else { count })
                };
                *known = KnownState::new(known.header, known.sessions().map(believed));
            }
            Message::Known(Known { known, .. }) => {
                expected.acknowledged = known.clone();
                if expected.until.sessions().all(|(session, count)| known.count(session) >= count) {
                    self.expected.remove(&of);
                }
            }
            Message::Content(_) | Message::Done { .. } => {}
        }
    }
}

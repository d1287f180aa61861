//! What a new client gets of all that a guest's node holds. Much that is wrong with a node shows only there: it believes that
//! it holds something, and cannot hand it on.

use super::GuestNode;
use crate::cojson::SimCrypto;
use cosim_core::{CoId, Content, Known, KnownState, Message, Time};
use cosim_guest::protocol::{Relationship, Step, Verb};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, VecDeque};

/// What the node takes the client for, and the connection with it: what none of a run is called.
const PEER: &str = "a/newcomer";
const CONNECTION: u64 = u32::MAX as u64;

impl GuestNode {
    /// How much of each CoValue that it holds a client gets who connects now, asks for all of them, and acknowledges what
    /// comes. For the end of a run: the node goes on as if that client had stayed, and what its app sees is what it saw
    /// before.
    pub(in crate::guest) fn served_to_a_newcomer(&self, now: Time) -> Option<BTreeMap<CoId, KnownState>> {
        if !self.is_made || !self.shared().speaks_cojson(self.guest) {
            return None;
        }
        self.seen_at_the_end
            .get_or_init(|| self.mirror.co_values.keys().map(|id| (*id, self.sight(*id))).collect());
        let mut shared = self.shared();
        let (node, times) = (&self.name, self.times(now));
        let relationship = Relationship::Client;
        let connect = Verb::Connect {
            node,
            peer: PEER,
            connection: CONNECTION,
            relationship,
            persistent: false,
            times,
        };
        let mut got = BTreeMap::<CoId, KnownState>::new();
        let held = self.mirror.co_values.iter().filter(|(_, held)| held.header.is_some());
        let load = |(id, _): (&CoId, _)| Message::Load { id: *id, known: KnownState::EMPTY, safe: false };
        let mut waiting: VecDeque<Message<_>> = held.map(load).collect();
        let mut said = shared.ask(self.guest, connect)?;
        loop {
            for text in texts(said) {
                let Some(Message::Content(content)) = shared.registry.read(text.get(), self.id) else {
                    continue;
                };
                let known = got.entry(content.id).or_default();
                let held = self.mirror.co_values.get(&content.id).map(|held| held.known_state());
                // What brings nothing, or more than there is, needs no answer: so this comes to an end, whatever is said.
                if take(known, &content) && held.is_some_and(|held| known.le(&held)) {
                    let known = known.clone();
                    let known = Known { id: content.id, known, is_correction: false, safe: None };
                    waiting.push_front(Message::Known(known));
                }
            }
            let Some(message) = waiting.pop_front() else { return Some(got) };
            let text =
                shared.registry.write(&message, None).and_then(|text| RawValue::from_string(text).ok());
            let message = &*text?;
            let times = self.times(now);
            said = shared.ask(
                self.guest,
                Verb::Deliver { node, peer: PEER, connection: CONNECTION, message, times },
            )?;
        }
    }
}

/// The messages of an answer to the client.
fn texts(step: Step) -> impl Iterator<Item = Box<RawValue>> {
    let sent = step.sent.into_iter().filter(|sent| sent.connection == CONNECTION);
    sent.map(|sent| sent.message)
}

/// Adds what content brings; what comes after a gap brings nothing. Says whether that is anything.
fn take(known: &mut KnownState, content: &Content<SimCrypto>) -> bool {
    let mut is_new = content.header.is_some() && !known.header;
    known.header |= is_new;
    for (session, piece) in content.new.iter() {
        if piece.after <= known.count(session) {
            is_new |= known.raise(session, piece.end());
        }
    }
    is_new
}

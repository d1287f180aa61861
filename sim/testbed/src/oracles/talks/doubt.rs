//! What no message tells: that what had waited was taken in the same event as something else, or in one that was about
//! something else. What others waited for may have ended in between and begun anew.

use super::conversation::{Growth, size};
use super::said::{Said, Told, Turn, What};
use super::turn::Taking;
use cosim_core::{CoId, KnownState, Message};
use std::collections::BTreeSet;

impl Taking<'_> {
    /// What had been put aside, since it was found on the disk and something before it was missing, is taken when that
    /// comes.
    pub(super) fn doubt_put_aside(&mut self, turn: &Turn) {
        let Some((id, before)) = &turn.before else { return };
        let after = self.held(*id);
        let mut growth = Growth::Seen;
        let mut alone = None;
        if let Some(told) = &turn.heard {
            if after == *before {
                alone = Some(told.place);
            } else if !after.le(&brought(told, before)) {
                growth = Growth::Unseen;
            }
        }
        let (was, is) = (size(before), size(&after));
        for place in alone.map_or_else(|| self.places(*id), |place| vec![place]) {
            if let Some(conversation) = self.talks.conversations.get_mut(place.key()) {
                conversation.sees(was, Growth::Unseen);
                conversation.sees(is, growth);
            }
        }
    }

    /// Of what was held back, several contents may be taken in one event, one after another. What others wait for may have
    /// ended in between and begun anew, which no message tells.
    pub(super) fn doubt_released(&mut self, turn: &Turn) {
        let answers = |said: &Said| {
            turn.heard.as_ref().is_some_and(|told| {
                told.envelope.n == said.re && told.place == self.place(said.connection, said.id)
            })
        };
        let said = turn.said.iter().filter(|said| matches!(said.what, What::Known { .. }) && said.re != 0);
        let released: BTreeSet<CoId> = said.filter(|said| !answers(said)).map(|said| said.id).collect();
        for id in released {
            if !self.held(id).header {
                continue;
            }
            for place in self.places(id) {
                if let Some(conversation) = self.talks.conversations.get_mut(place.key()) {
                    conversation.clear = false;
                }
            }
        }
    }
}

/// What was held before a message, and what that brought.
fn brought(told: &Told, before: &KnownState) -> KnownState {
    let mut brought = before.clone();
    if let Message::Content(content) = &told.envelope.message {
        content.join_to(&mut brought);
    }
    brought
}

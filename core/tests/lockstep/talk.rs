//! What was said so far between our node and one other about one CoValue, in the present connection.

use cosim_core::real::wire::{Content, KnownState, Message};
use std::collections::BTreeMap;

/// A known state by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cover {
    pub(crate) header: bool,
    pub(crate) sessions: BTreeMap<String, u64>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Talk {
    /// What the recorded node sent as content.
    pub(crate) recorded: Cover,
    /// What our node sent as content.
    pub(crate) ours: Cover,
    /// What the other said that it holds.
    pub(crate) confirmed: Cover,
    /// Whether the other has said anything.
    pub(crate) was_heard: bool,
    /// Our `load` that is unanswered, by whether it was sent with the header.
    pub(crate) asking: Option<bool>,
    /// Whether something that the other sent was changed on its way.
    pub(crate) was_forged: bool,
    /// Whether our node has asked for it.
    pub(crate) has_asked: bool,
    /// Whether our node repeated content since it last sent new one.
    pub(crate) repeated: bool,
}

impl Cover {
    pub(crate) fn add(&mut self, content: &Content) {
        self.header |= content.header.is_some();
        for (session, piece) in &content.new {
            let end = piece.after + piece.new_transactions.len() as u64;
            self.raise(session, end);
        }
    }

    pub(crate) fn join(&mut self, known: &KnownState) {
        self.header |= known.header;
        for (session, count) in &known.sessions {
            self.raise(session, *count);
        }
    }

    fn raise(&mut self, session: &str, count: u64) {
        let held = self.sessions.entry(session.to_owned()).or_default();
        *held = count.max(*held);
    }

    pub(crate) fn count(&self, session: &str) -> u64 {
        self.sessions.get(session).copied().unwrap_or(0)
    }

    /// Whether all that `content` brings is here.
    pub(crate) fn covers(&self, content: &Content) -> bool {
        let mut cover = Cover::default();
        cover.add(content);
        cover.le(self)
    }

    pub(crate) fn le(&self, other: &Cover) -> bool {
        (other.header || !self.header)
            && self.sessions.iter().all(|(session, count)| *count <= other.count(session))
    }

    pub(crate) fn known_state(&self, id: &str) -> KnownState {
        KnownState {
            id: id.into(),
            header: self.header,
            sessions: self.sessions.clone().into_iter().collect(),
        }
    }
}

impl Talk {
    /// The other said this.
    pub(crate) fn hear(&mut self, message: &Message) {
        self.was_heard = true;
        match message {
            Message::Load(known) => self.confirmed.join(known),
            Message::Known(known) => {
                self.confirmed.join(&known.known);
                self.asking.take_if(|_| !known.is_correction);
            }
            Message::Content(content) => {
                self.confirmed.add(content);
                self.asking.take_if(|with_header| !*with_header);
            }
            Message::Done { .. } => {}
        }
    }

    /// Our node said this.
    pub(crate) fn say(&mut self, message: &Message, late: bool) {
        match message {
            Message::Load(known) => {
                self.asking = Some(known.header);
                self.has_asked = true;
            }
            Message::Content(content) => {
                self.ours.add(content);
                self.repeated |= late;
            }
            Message::Known(_) | Message::Done { .. } => {}
        }
    }
}

/// A message with its sessions in one order: ours are in another than the package's.
pub(crate) fn sorted(message: &Message) -> Message {
    let mut message = message.clone();
    match &mut message {
        Message::Load(known) => known.sessions.sort(),
        Message::Known(known) => known.known.sessions.sort(),
        Message::Content(content) => {
            content.new.sort_by(|(a, _), (b, _)| a.cmp(b));
            content.expect_content_until.iter_mut().for_each(|until| until.sort());
        }
        Message::Done { .. } => {}
    }
    message
}

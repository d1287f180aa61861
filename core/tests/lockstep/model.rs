//! Well-behaved peers for after a recording: each holds what the recorded node held in the end, and answers every
//! `load` and `content` at once.

use crate::place::{Place, Said};
use crate::run::Run;
use crate::talk::{Cover, Talk};
use cosim_core::real::wire::{Known, Message};
use cosim_core::{Names, Span, Time};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub(crate) struct Model<'a> {
    run: &'a Run,
    talks: &'a mut BTreeMap<(String, String), Talk>,
}

/// Silence must come within this.
const SILENCE: Span = Span::from_s(120);

impl<'a> Model<'a> {
    pub(crate) fn of(run: &'a Run, talks: &'a mut BTreeMap<(String, String), Talk>) -> Model<'a> {
        Model { run, talks }
    }

    /// Gives the CoValues of which there is no end.
    pub(crate) fn answer_until_silence(&mut self, place: &mut Place<'_>) -> BTreeSet<String> {
        let bound: Time = place.now() + SILENCE;
        while let Some(at) = place.deadline() {
            if at > bound {
                let (names, deadlines) = (place.node.crypto().names(), place.node.deadlines());
                return deadlines.map(|(_, id, _, _)| names.co_value(id).into_owned()).collect();
            }
            let mut under_way: VecDeque<Said> = place.wait_until(at).into();
            while let Some(said) = under_way.pop_front() {
                if let Some(answer) = self.answer(&said) {
                    under_way.extend(place.hear(&said.to, &answer));
                }
            }
        }
        BTreeSet::new()
    }

    fn answer(&mut self, said: &Said) -> Option<Message> {
        let id = said.message.id();
        let talk = self.talks.entry((said.to.clone(), id.to_owned())).or_default();
        let is_news = !talk.was_heard;
        talk.say(&said.message, true);
        let is_answered = match said.message {
            Message::Load(_) | Message::Content(_) => true,
            Message::Known(_) => is_news,
            Message::Done { .. } => false,
        };
        let mut held = Cover::default();
        if let Some(known) = self.run.final_known_states[&said.to].get(id) {
            held.join(known);
        }
        if let Message::Content(content) = &said.message {
            held.add(content);
        }
        let known = held.known_state(id);
        let answer = Message::Known(Known { known, is_correction: false, as_dependency_of: None });
        is_answered.then(|| {
            talk.hear(&answer);
            answer
        })
    }
}

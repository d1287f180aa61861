//! One node of ours among recorded ones: it says what the recorded node in its place said, but for the differences that
//! have a name, and ends up with the same.

#[cfg(feature = "planted-faults")]
mod planted;

use crate::differences::{DIFFERENCES, Heard, Odd, Scene};
use crate::ledger::Ledger;
use crate::model::Model;
use crate::place::{Place, Said};
use crate::run::{Run, Sent, Step, at_least, runs};
use crate::talk::{Talk, sorted};
use crate::views::check_end;
use cosim_core::real::wire::Message;
use cosim_core::{Announce, Config};
use std::collections::BTreeMap;

/// How often each difference occurred, and how much was the same.
#[derive(Default)]
struct Tally {
    runs: usize,
    steps: usize,
    same: usize,
    views: usize,
    differences: BTreeMap<&'static str, (usize, usize)>,
}

/// Our node in one place of one run, and what is compared.
struct Comparison<'a> {
    run: &'a Run,
    place: Place<'a>,
    talks: BTreeMap<(String, String), Talk>,
    what: String,
}

#[test]
fn our_node_among_recorded_ones() {
    for announce in [Announce::Interested, Announce::All] {
        let mut tally = Tally::default();
        for (file, run) in runs() {
            let ledger = Ledger::of(&run);
            for name in run.nodes.keys() {
                let config = Config { announce, ..Config::default() };
                let place = Place::new(name, &run, &ledger, config);
                let what = format!("{file}, {name} is ours, announcing {announce:?}");
                let mut comparison = Comparison { run: &run, place, talks: BTreeMap::new(), what };
                comparison.play(&mut tally).unwrap_or_else(|why| panic!("{why}"));
                tally.runs += 1;
            }
        }
        tally.print(announce);
        assert!(tally.same >= at_least(200) && tally.views >= at_least(50), "too little to tell anything");
    }
}

impl<'a> Comparison<'a> {
    fn play(&mut self, tally: &mut Tally) -> Result<(), String> {
        self.place.make_what_was_before();
        for (at, step) in self.run.steps.iter().enumerate() {
            self.step(at, step, tally)?;
            tally.steps += 1;
        }
        tally.views += self.check_end()?;
        self.rest()?;
        self.check_end().map(|_| ())
    }

    fn check_end(&self) -> Result<usize, String> {
        check_end(self.run, self.place.name, &self.place.node).map_err(|why| format!("{}: {why}", self.what))
    }

    fn step(&mut self, at: usize, step: &'a Step, tally: &mut Tally) -> Result<(), String> {
        if let Some(time) = step.at() {
            let time = self.place.time(time);
            let late = self.place.wait_until(time);
            let scene = Scene { op: None, heard: None, late: true, said: Vec::new(), recorded: Vec::new() };
            self.compare(at, scene, &late, tally)?;
        }
        let name = self.place.name;
        let messages = &self.run.messages;
        let mut scene = Scene { op: None, heard: None, late: false, said: Vec::new(), recorded: Vec::new() };
        scene.recorded =
            step.outputs().iter().map(|n| &messages[*n]).filter(|sent| sent.from == name).collect();
        let said = match step {
            Step::Connect { a, b, a_role, b_role, .. } if a == name || b == name => {
                let (other, role) = if a == name { (b, b_role) } else { (a, a_role) };
                self.place.connect(other, *role)
            }
            Step::Disconnect { a, b, .. } if a == name || b == name => {
                let other = if a == name { b } else { a };
                self.end_talks(other);
                self.place.disconnect(other)
            }
            Step::Op { node, op, at, .. } if node == name => {
                scene.op = Some(op);
                self.place.act(op, *at)
            }
            Step::Deliver { n, .. } if messages[*n].to == name => {
                let sent = &messages[*n];
                scene.heard = Some(self.note_heard(sent));
                self.place.hear(&sent.from, sent.replaced_by.as_ref().unwrap_or(&sent.message))
            }
            Step::Connect { .. }
            | Step::Disconnect { .. }
            | Step::Op { .. }
            | Step::Deliver { .. }
            | Step::Timers { .. }
            | Step::Note => Vec::new(),
        };
        self.compare(at, scene, &said, tally)
    }

    fn talk(&mut self, peer: &str, id: &str) -> &mut Talk {
        self.talks.entry((peer.into(), id.into())).or_default()
    }

    fn end_talks(&mut self, peer: &str) {
        self.talks.retain(|(other, _), _| other != peer);
    }

    fn note_heard(&mut self, sent: &'a Sent) -> Heard<'a> {
        let message = sent.replaced_by.as_ref().unwrap_or(&sent.message);
        let talk = self.talk(&sent.from, message.id());
        let expected = talk.asking.is_some() || talk.ours.header;
        talk.hear(message);
        Heard { from: &sent.from, message, tampered: sent.replaced_by.is_some(), expected }
    }

    /// Finds what both said, and explains the rest.
    fn compare<'s>(
        &mut self,
        at: usize,
        mut scene: Scene<'s>,
        said: &'s [Said],
        tally: &mut Tally,
    ) -> Result<(), String> {
        scene.said = said.iter().map(|said| (said.to.as_str(), &said.message)).collect();
        let before = self.talks.clone();
        for sent in &scene.recorded {
            if let Message::Content(content) = &sent.message {
                self.talk(&sent.to, &content.id).recorded.add(content);
            }
        }
        for (to, message) in &scene.said {
            self.talk(to, message.id()).say(message, scene.late);
        }
        let mut missing: Vec<Option<&Sent>> = scene.recorded.iter().copied().map(Some).collect();
        let (mut extra, mut places) = (Vec::new(), Vec::new());
        for (to, message) in &scene.said {
            let is_same = |sent: &Option<&Sent>| {
                sent.is_some_and(|sent| sent.to == *to && sorted(&sent.message) == sorted(message))
            };
            match missing.iter().position(is_same) {
                Some(place) => {
                    missing[place] = None;
                    places.push(place);
                }
                None => extra.push((*to, *message)),
            }
        }
        if !places.is_sorted() {
            return Err(format!("{}: step {at}: the same messages in another order", self.what));
        }
        tally.same += places.len();
        for (peer, message) in extra {
            // What was there to be repeated was said before this.
            let talk = if scene.late { before.get(&(peer.into(), message.id().into())) } else { None };
            self.explain(at, &scene, (peer, message), talk, tally)?;
        }
        for sent in missing.into_iter().flatten() {
            self.explain_missing(at, &scene, sent, tally)?;
        }
        Ok(())
    }

    fn explain(
        &mut self,
        at: usize,
        scene: &Scene<'_>,
        (peer, message): (&str, &Message),
        talk: Option<&Talk>,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let talk = talk.cloned().unwrap_or_else(|| self.talk(peer, message.id()).clone());
        let odd = self.odd(peer, message, &talk);
        let why: Vec<_> = DIFFERENCES.iter().filter(|difference| (difference.extra)(scene, &odd)).collect();
        let names: Vec<_> = why.iter().map(|difference| difference.name).collect();
        let [name] = names.as_slice() else {
            return Err(format!(
                "{}: step {at}: ours says to {peer}, because of {names:?}: {message:?}",
                self.what
            ));
        };
        tally.differences.entry(name).or_default().0 += 1;
        Ok(())
    }

    fn explain_missing(
        &mut self,
        at: usize,
        scene: &Scene<'_>,
        sent: &Sent,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let talk = self.talk(&sent.to, sent.message.id()).clone();
        let odd = self.odd(&sent.to, &sent.message, &talk);
        let why: Vec<_> = DIFFERENCES.iter().filter(|difference| (difference.missing)(scene, &odd)).collect();
        let names: Vec<_> = why.iter().map(|difference| difference.name).collect();
        let [name] = names.as_slice() else {
            return Err(format!(
                "{}: step {at}: ours does not say, because of {names:?}: {sent:?}",
                self.what
            ));
        };
        tally.differences.entry(name).or_default().1 += 1;
        Ok(())
    }

    fn odd<'o>(&self, peer: &'o str, message: &'o Message, talk: &'o Talk) -> Odd<'o> {
        Odd {
            peer,
            message,
            talk,
            held: self.place.known_state(message.id()),
            is_client: self.place.is_client(peer),
            has_server: self.place.has_server(),
        }
    }

    /// After the recording, peers that answer what they are told: our node says what it has left to say, and is silent.
    fn rest(&mut self) -> Result<(), String> {
        let mut model = Model::of(self.run, &mut self.talks);
        model.answer_until_silence(&mut self.place).map_err(|why| format!("{}: {why}", self.what))?;
        for ((peer, id), talk) in &self.talks {
            let mut told = talk.ours.clone();
            told.join(&talk.confirmed.known_state(id));
            if !talk.recorded.le(&told) {
                return Err(format!(
                    "{}: {peer} does not get of {id} what it got in the recording",
                    self.what
                ));
            }
        }
        Ok(())
    }
}

impl Tally {
    #[expect(clippy::print_stdout, reason = "for whoever runs the test with `--nocapture`")]
    fn print(&self, announce: Announce) {
        println!(
            "announcing {announce:?}: {} runs, {} steps, {} messages the same, {} views",
            self.runs, self.steps, self.same, self.views
        );
        for (name, (extra, missing)) in &self.differences {
            println!("  {name}: {extra} more, {missing} not said");
        }
    }
}

//! One node of ours among recorded ones: it says what the recorded node in its place said, but for the differences that
//! have a name, and ends up with the same.

#[cfg(feature = "planted-faults")]
mod planted;

use crate::differences::{ASKED_FOR_EVER, Heard, Odd, Scene, differences, name_of_order};
use crate::ledger::Ledger;
use crate::model::Model;
use crate::place::{Place, Said};
use crate::run::{Run, Sent, Step, are_own, at_least, runs};
use crate::talk::{Talk, sorted};
use crate::views::{End, check_end, is_deleted};
use cosim_core::real::wire::Message;
use cosim_core::view::Dialect;
use cosim_core::{Announce, Config};
use std::collections::{BTreeMap, BTreeSet};

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
    /// What is said, or not said, and not explained.
    odd: Vec<String>,
}

#[test]
fn our_node_among_recorded_ones() {
    among(Dialect::V0_7);
}

#[test]
fn our_node_among_todays() {
    among(Dialect::V0_20);
}

fn among(dialect: Dialect) {
    let mut found = BTreeSet::new();
    for announce in [Announce::Interested, Announce::All] {
        let mut tally = Tally::default();
        let mut odd = Vec::new();
        for (file, run) in runs(dialect) {
            let ledger = Ledger::of(&run);
            for name in run.nodes.keys() {
                let config = Config { announce, ..Config::default() };
                let place = Place::new(name, &run, &ledger, config);
                let what = format!("{file}, {name} is ours, announcing {announce:?}");
                let mut comparison = Comparison::new(&run, place, what);
                odd.extend(comparison.play(&mut tally).err());
                tally.runs += 1;
            }
        }
        assert!(odd.is_empty(), "{} places differ\n{}", odd.len(), odd.join("\n"));
        tally.print(dialect, announce);
        // A folder of one's own need not have the runs of today's version.
        assert!(tally.runs == 0 || tally.same >= at_least(200), "too little to tell anything");
        assert!(tally.runs == 0 || tally.views >= at_least(50), "too little to tell anything");
        found.extend(tally.differences.into_keys());
    }
    let known = differences(dialect).iter().map(|difference| difference.name);
    let unseen: Vec<_> = known.filter(|name| !found.contains(name)).collect();
    assert!(unseen.is_empty() || !are_own(), "no longer different: {unseen:?}");
}

impl<'a> Comparison<'a> {
    fn new(run: &'a Run, place: Place<'a>, what: String) -> Comparison<'a> {
        Comparison { run, place, talks: BTreeMap::new(), what, odd: Vec::new() }
    }

    fn play(&mut self, tally: &mut Tally) -> Result<(), String> {
        self.place.make_what_was_before();
        for (at, step) in self.run.steps.iter().enumerate() {
            self.step(at, step, tally);
            tally.steps += 1;
        }
        self.odd.extend(self.place.refused.take());
        if !self.odd.is_empty() {
            return Err(self.odd.join("\n"));
        }
        let end = self.check_end()?;
        tally.views += end.views;
        end.differences.iter().for_each(|name| tally.differences.entry(name).or_default().0 += 1);
        self.rest(tally)?;
        self.check_end().map(|_| ())
    }

    fn check_end(&self) -> Result<End, String> {
        check_end(self.run, self.place.name, &self.place.node).map_err(|why| format!("{}: {why}", self.what))
    }

    fn step(&mut self, at: usize, step: &'a Step, tally: &mut Tally) {
        if let Some(time) = step.at() {
            let time = self.place.time(time);
            let late = self.place.wait_until(time);
            self.compare(at, Scene { late: true, ..Scene::default() }, &late, tally);
        }
        let name = self.place.name;
        let messages = &self.run.messages;
        let mut scene = Scene { step: Some(step), ..Scene::default() };
        if step.actor(self.run) == Some(name) {
            scene.did = step.did();
        }
        scene.recorded =
            step.outputs().iter().map(|n| &messages[*n]).filter(|sent| sent.from == name).collect();
        let mut said = match step {
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
            Step::Restart { node, .. } if node == name => {
                self.place.restart();
                Vec::new()
            }
            Step::Connect { .. }
            | Step::Disconnect { .. }
            | Step::Op { .. }
            | Step::App { .. }
            | Step::Restart { .. }
            | Step::Deliver { .. }
            | Step::Timers { .. }
            | Step::Note => Vec::new(),
        };
        said.extend(self.place.play(scene.did));
        self.compare(at, scene, &said, tally);
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
        talk.was_forged |= sent.replaced_by.is_some();
        Heard { from: &sent.from, message, tampered: sent.replaced_by.is_some(), expected }
    }

    /// Finds what both said, and explains the rest.
    fn compare<'s>(&mut self, at: usize, mut scene: Scene<'s>, said: &'s [Said], tally: &mut Tally) {
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
            match name_of_order(self.run.dialect, &scene, &places) {
                Some(name) => tally.differences.entry(name).or_default().0 += 1,
                None => {
                    self.odd.push(format!("{}: step {at}: the same messages in another order", self.what));
                }
            }
        }
        tally.same += places.len();
        for (peer, message) in extra {
            // What was there to be repeated was said before this.
            let talk = if scene.late { before.get(&(peer.into(), message.id().into())) } else { None };
            self.explain(at, &scene, (peer, message), talk, tally);
        }
        for sent in missing.into_iter().flatten() {
            self.explain_missing(at, &scene, sent, tally);
        }
    }

    fn explain(
        &mut self,
        at: usize,
        scene: &Scene<'_>,
        (peer, message): (&str, &Message),
        talk: Option<&Talk>,
        tally: &mut Tally,
    ) {
        let talk = talk.cloned().unwrap_or_else(|| self.talk(peer, message.id()).clone());
        let odd = self.odd(peer, message, &talk);
        let why = differences(self.run.dialect).iter().filter(|difference| (difference.extra)(scene, &odd));
        let names: Vec<_> = why.map(|difference| difference.name).collect();
        match names.as_slice() {
            [name] => tally.differences.entry(name).or_default().0 += 1,
            _ => self.odd.push(format!(
                "{}: step {at}: ours says to {peer}, because of {names:?}: {}",
                self.what,
                text(message)
            )),
        }
    }

    fn explain_missing(&mut self, at: usize, scene: &Scene<'_>, sent: &Sent, tally: &mut Tally) {
        let talk = self.talk(&sent.to, sent.message.id()).clone();
        let odd = self.odd(&sent.to, &sent.message, &talk);
        let why = differences(self.run.dialect).iter().filter(|difference| (difference.missing)(scene, &odd));
        let names: Vec<_> = why.map(|difference| difference.name).collect();
        match names.as_slice() {
            [name] => tally.differences.entry(name).or_default().1 += 1,
            _ => self.odd.push(format!(
                "{}: step {at}: ours does not say to {}, because of {names:?}: {}",
                self.what,
                sent.to,
                text(&sent.message)
            )),
        }
    }

    fn odd<'o>(&self, peer: &'o str, message: &'o Message, talk: &'o Talk) -> Odd<'o> {
        Odd {
            peer,
            message,
            talk,
            held: self.place.known_state(message.id()),
            is_client: self.place.is_client(peer),
            has_server: self.place.has_server(),
            has_restarted: self.place.has_restarted,
            is_deleted: is_deleted(self.run, self.place.name, message.id()),
        }
    }

    /// After the recording, peers that answer what they are told: our node says what it has left to say, and is silent.
    fn rest(&mut self, tally: &mut Tally) -> Result<(), String> {
        let mut model = Model::of(self.run, &mut self.talks);
        for id in model.answer_until_silence(&mut self.place) {
            if !is_deleted(self.run, self.place.name, &id) {
                return Err(format!("{}: no silence about {id}", self.what));
            }
            tally.differences.entry(ASKED_FOR_EVER).or_default().0 += 1;
        }
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

fn text(message: &Message) -> String {
    serde_json::to_string(message).expect("JSON")
}

impl Tally {
    #[expect(clippy::print_stdout, reason = "for whoever runs the test with `--nocapture`")]
    fn print(&self, dialect: Dialect, announce: Announce) {
        println!(
            "{dialect}, announcing {announce:?}: {} runs, {} steps, {} messages the same, {} views",
            self.runs, self.steps, self.same, self.views
        );
        for (name, (extra, missing)) in &self.differences {
            println!("  {name}: {extra} more, {missing} not said");
        }
    }
}

//! Our nodes in all places: the same operations, the messages delivered in the recorded order, the same ones lost and
//! forged. Ours say more, so where nothing is under way in the recording, all that is under way here is delivered too. In
//! the end every node holds and shows what the recorded one did.

use crate::ledger::Ledger;
use crate::place::{Place, Said};
use crate::run::{Run, Sent, Step, at_least, runs};
use crate::talk::sorted;
use crate::views::check_end;
use cosim_core::real::wire::Message;
use cosim_core::view::Dialect;
use cosim_core::{Announce, Config, Span};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Silence must come within this after the last step.
const SILENCE: Span = Span::from_s(120);

/// Whether time passes during the recorded steps. Then deadlines repeat what was lost before a correction asks for it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Clock {
    Passes,
    Stands,
}

#[derive(Default)]
struct Tally {
    messages: usize,
    lost: usize,
    forged: usize,
    views: usize,
}

struct World<'a> {
    run: &'a Run,
    places: BTreeMap<&'a str, Place<'a>>,
    /// What is under way, by who sends it to whom.
    links: BTreeMap<(String, String), VecDeque<Message>>,
    /// What is under way in the recording.
    recorded: BTreeSet<usize>,
    /// What was lost or forged in the recording, and has not been said here yet.
    faults: Vec<&'a Sent>,
    clock: Clock,
    tally: Tally,
}

#[test]
fn our_nodes_in_all_places() {
    play_all(Dialect::V0_7);
}

#[test]
fn our_nodes_in_all_of_todays_places() {
    play_all(Dialect::V0_20);
}

#[expect(clippy::print_stdout, reason = "for whoever runs the test with `--nocapture`")]
fn play_all(dialect: Dialect) {
    for clock in [Clock::Passes, Clock::Stands] {
        let (mut files, mut total) = (0, Tally::default());
        for (file, run) in runs(dialect) {
            let ledger = Ledger::of(&run);
            // Only what was asked for: a client of the package holds nothing else.
            let config = Config { announce: Announce::Interested, ..Config::default() };
            let place = |name| Place::new(name, &run, &ledger, config);
            let places = run.nodes.keys().map(|name| (name.as_str(), place(name))).collect();
            let mut world = World {
                run: &run,
                places,
                links: BTreeMap::new(),
                recorded: BTreeSet::new(),
                faults: Vec::new(),
                clock,
                tally: Tally::default(),
            };
            world.play(&file);
            let faults = |is: fn(&Sent) -> bool| run.messages.iter().filter(|sent| is(sent)).count();
            assert_eq!(world.tally.lost, faults(|sent| sent.dropped), "{file}: as much is lost");
            assert_eq!(
                world.tally.forged,
                faults(|sent| sent.replaced_by.is_some()),
                "{file}: as much is forged"
            );
            files += 1;
            total.messages += world.tally.messages;
            total.lost += world.tally.lost;
            total.forged += world.tally.forged;
            total.views += world.tally.views;
        }
        let Tally { messages, lost, forged, views } = total;
        println!(
            "{dialect}, time {clock:?}: {files} runs, {messages} messages, {lost} lost, {forged} forged, {views} views"
        );
        assert!(files == 0 || views >= at_least(50), "too little to tell anything");
    }
}

impl<'a> World<'a> {
    fn play(&mut self, file: &str) {
        self.places.values_mut().for_each(Place::make_what_was_before);
        for step in &self.run.steps {
            self.step(step);
        }
        self.run_to_silence(file);
        for (name, place) in &self.places {
            assert_eq!(place.refused, None, "{file}");
            let end = check_end(self.run, name, &place.node);
            self.tally.views += end.unwrap_or_else(|why| panic!("{file}: {why}")).views;
        }
    }

    fn at(&mut self, name: &str) -> &mut Place<'a> {
        self.places.get_mut(name).expect("a node of the run")
    }

    fn step(&mut self, step: &'a Step) {
        if self.recorded.is_empty() {
            self.deliver_all();
        }
        self.note_recorded(step);
        if let Some(at) = step.at().filter(|_| self.clock == Clock::Passes) {
            for name in self.names() {
                let time = self.at(name).time(at);
                let said = self.at(name).wait_until(time);
                self.send(name, said);
            }
        }
        let recorded = step.outputs().iter().map(|n| &self.run.messages[*n]);
        self.faults.extend(recorded.filter(|sent| sent.dropped || sent.replaced_by.is_some()));
        match step {
            Step::Connect { a, b, a_role, b_role, .. } => {
                let said = self.at(a).connect(b, *b_role);
                self.send(a, said);
                let said = self.at(b).connect(a, *a_role);
                self.send(b, said);
            }
            Step::Disconnect { a, b, .. } => {
                self.links.remove(&(a.clone(), b.clone()));
                self.links.remove(&(b.clone(), a.clone()));
                let said = self.at(a).disconnect(b);
                self.send(a, said);
                let said = self.at(b).disconnect(a);
                self.send(b, said);
            }
            Step::Op { node, op, at, .. } => {
                let said = self.at(node).act(op, *at);
                self.send(node, said);
            }
            Step::Deliver { n, .. } => {
                let Sent { from, to, .. } = &self.run.messages[*n];
                self.deliver(from, to);
            }
            Step::Restart { node, .. } => self.at(node).restart(),
            Step::App { .. } | Step::Timers { .. } | Step::Note => {}
        }
        if let Some(name) = step.actor(self.run).filter(|_| !step.did().is_empty()) {
            let said = self.at(name).play(step.did());
            self.send(name, said);
        }
    }

    fn note_recorded(&mut self, step: &Step) {
        let messages = &self.run.messages;
        match step {
            Step::Deliver { n, .. } => {
                self.recorded.remove(n);
            }
            Step::Disconnect { a, b, .. } => self.recorded.retain(|n| {
                let ends = [&messages[*n].from, &messages[*n].to];
                !(ends.contains(&a) && ends.contains(&b))
            }),
            Step::Connect { .. }
            | Step::Op { .. }
            | Step::App { .. }
            | Step::Restart { .. }
            | Step::Timers { .. }
            | Step::Note => {}
        }
        self.recorded.extend(step.outputs().iter().filter(|n| !messages[**n].dropped));
    }

    fn names(&self) -> Vec<&'a str> {
        self.places.keys().copied().collect()
    }

    /// Sends what a node says; what was lost or forged of the same in the recording is so here.
    fn send(&mut self, from: &str, said: Vec<Said>) {
        for Said { to, mut message } in said {
            self.tally.messages += 1;
            let same = |sent: &&Sent| {
                sent.from == from && sent.to == to && sorted(&sent.message) == sorted(&message)
            };
            if let Some(at) = self.faults.iter().position(same) {
                let fault = self.faults.remove(at);
                let Some(forged) = &fault.replaced_by else {
                    self.tally.lost += 1;
                    continue;
                };
                self.tally.forged += 1;
                message = forged.clone();
            }
            self.links.entry((from.into(), to)).or_default().push_back(message);
        }
    }

    fn deliver(&mut self, from: &str, to: &str) {
        let link = self.links.get_mut(&(from.into(), to.into()));
        let Some(message) = link.and_then(VecDeque::pop_front) else { return };
        let said = self.at(to).hear(from, &message);
        self.send(to, said);
    }

    fn deliver_all(&mut self) {
        let busy = |links: &BTreeMap<(String, String), VecDeque<Message>>| {
            links.iter().find(|(_, link)| !link.is_empty()).map(|(ends, _)| ends.clone())
        };
        while let Some((from, to)) = busy(&self.links) {
            self.deliver(&from, &to);
        }
    }

    /// Delivers what is under way and lets time pass, until nothing is left to do.
    fn run_to_silence(&mut self, file: &str) {
        let start = self.places.values().map(Place::now).max().expect("some nodes");
        loop {
            self.deliver_all();
            let Some(at) = self.places.values().filter_map(Place::deadline).min() else { return };
            assert!(at <= start + SILENCE, "{file}: silence comes in time");
            for name in self.names() {
                let said = self.at(name).wait_until(at);
                self.send(name, said);
            }
        }
    }
}

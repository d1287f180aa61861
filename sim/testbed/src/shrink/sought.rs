//! The failure that is kept while everything else goes.
//!
//! A violation has a key, and whatever shows the same key fails in the same way. An expectation is otherwise: of less of a
//! scenario, trivially, less comes. So what it names is protected. Where the story meets it in peace, without faults and
//! by right clocks, each smaller story must do so, too: then it is still the faults that make it fail. Where it does not,
//! what apps do with the CoValue stays, and so do the ways between them and the node. And where it is said why a write does not
//! show, no other reason takes the place of that.

use super::reduce::{self, Reduction};
use crate::guest::Guests;
use crate::log::Limit;
use crate::run::{Expected, Options, Outcome, UNMET_KEY, Unmet, run};
use crate::scenario::act::To;
use crate::scenario::file::{Act, Entry, Expect, Scenario};
use crate::scenario::resolve;
use std::collections::BTreeSet;

/// See the module.
pub(super) enum Sought {
    /// A violation with this key.
    Violation(String),
    /// An expectation that is not met.
    Unmet(Box<Protected>),
}

/// An expectation, and what is protected with it.
pub(super) struct Protected {
    unmet: Unmet,
    /// It alone, as the file has it.
    expect: Expect,
    /// Whether it is met in peace.
    peaceful: bool,
    /// The node and the CoValue that it names, if it does.
    names: Option<(String, String)>,
    /// What apps do with the CoValue, and how much of it where a way leads to the node.
    acts: [usize; 2],
    /// The same word for word, whoever does it and when: what is expected may name what is written.
    words: Vec<String>,
}

impl Sought {
    /// What a scenario with this failure key fails by; `None` where it is an expectation, and all are met.
    pub(super) fn new(file: &Scenario, guests: &Guests, key: &str) -> Option<Sought> {
        if key != UNMET_KEY {
            return Some(Sought::Violation(key.to_owned()));
        }
        let unmet = played(file, guests, Options::logged(Limit::All))?.unmet.into_iter().next()?;
        let said = file.expect.clone().unwrap_or_default();
        let mut expect = Expect::default();
        let names = match unmet.of {
            Expected::Load(place) => {
                let load = said.loads.get(place)?.clone();
                let names = (load.node.clone(), load.id.clone());
                expect.loads.push(load);
                Some(names)
            }
            Expected::Content(place) => {
                let content = said.content.get(place)?.clone();
                let names = (content.node.clone(), content.id.clone());
                expect.content.push(content);
                Some(names)
            }
            Expected::View(place) => {
                let view = said.views.get(place)?.clone();
                let names = (view.node.clone(), view.id.clone());
                expect.views.push(view);
                Some(names)
            }
            Expected::Messages => {
                expect.messages_max = said.messages_max;
                None
            }
            // Of less, less comes, and that is not what it says: nothing is to be learned by cutting it down.
            Expected::Unmet => return None,
        };
        let acts = names.as_ref().map_or([0; 2], |names| acts(file, names));
        let words = names.as_ref().map(|(_, id)| words(file, id)).unwrap_or_default();
        let mut protected = Protected { unmet, expect, peaceful: false, names, acts, words };
        protected.peaceful = protected.is_met_in_peace(file, guests);
        Some(Sought::Unmet(Box::new(protected)))
    }

    /// Its failure key.
    pub(super) fn key(&self) -> &str {
        match self {
            Sought::Violation(key) => key,
            Sought::Unmet(_) => UNMET_KEY,
        }
    }

    /// The expectation that is not met, where it is one.
    pub(super) fn unmet(&self) -> Option<&Unmet> {
        match self {
            Sought::Violation(_) => None,
            Sought::Unmet(protected) => Some(&protected.unmet),
        }
    }

    /// What a scenario expects that is there for it alone.
    pub(super) fn expect(&self) -> Expect {
        match self {
            Sought::Violation(key) => Expect { violation: Some(key.clone()), ..Expect::default() },
            Sought::Unmet(protected) => protected.expect.clone(),
        }
    }

    /// In which other way a run of a scenario fails that has its key, if it is another.
    pub(super) fn unlike(&self, file: &Scenario, outcome: &Outcome, guests: &Guests) -> Option<&'static str> {
        match self {
            Sought::Violation(_) => None,
            Sought::Unmet(protected) => protected.unlike(file, outcome, guests),
        }
    }
}

impl Protected {
    fn comes_out_alike(&self, outcome: &Outcome) -> bool {
        outcome.unmet.iter().any(|unmet| unmet.is_like(&self.unmet))
    }

    /// Whether what is expected could still come.
    fn is_still_meant(&self, file: &Scenario, guests: &Guests) -> bool {
        if self.peaceful {
            return self.is_met_in_peace(file, guests);
        }
        let is_there = |names| acts(file, names) == self.acts && words(file, &names.1) == self.words;
        self.names.as_ref().is_none_or(is_there)
    }

    fn unlike(&self, file: &Scenario, outcome: &Outcome, guests: &Guests) -> Option<&'static str> {
        if !self.comes_out_alike(outcome) {
            return Some("what is expected is not met in another way");
        }
        if !self.is_still_meant(file, guests) {
            return Some("what is expected could not come");
        }
        (!self.has_a_cause(file, guests)).then_some("what is expected is not met for another reason")
    }

    /// Whether a scenario that does not meet it has the first of its causes, and none that it had not.
    fn has_a_cause(&self, file: &Scenario, guests: &Guests) -> bool {
        let causes = self.unmet.causes();
        if causes.is_empty() {
            return true;
        }
        let outcome = played(file, guests, Options::logged(Limit::All));
        let unmet = outcome.and_then(|it| it.unmet.into_iter().find(|unmet| unmet.is_like(&self.unmet)));
        let found = unmet.map(|unmet| unmet.causes()).unwrap_or_default();
        self.unmet.main_causes().is_subset(&found) && found.is_subset(&causes)
    }

    fn is_met_in_peace(&self, file: &Scenario, guests: &Guests) -> bool {
        let outcome = played(&in_peace(file), guests, Options::judged());
        outcome.is_some_and(|outcome| outcome.unmet.iter().all(|unmet| unmet.wanted != self.unmet.wanted))
    }
}

fn played(file: &Scenario, guests: &Guests, options: Options) -> Option<Outcome> {
    let scenario = resolve(file.clone()).ok()?.with_guests(guests);
    Some(run(&scenario, scenario.seed, options))
}

/// The same story without faults: what apps do, by right clocks, on a network that loses nothing.
fn in_peace(file: &Scenario) -> Scenario {
    let disturbs = |(place, entry): (usize, &Entry)| {
        let is_app = entry.act.refs().iter().any(|reference| reference.to == To::App);
        let attacks = matches!(entry.act, Act::Attack(_));
        let mends = matches!(entry.act, Act::Connect(_) | Act::Heal(_) | Act::Release(_) | Act::Join(_));
        (attacks || !(is_app || mends)).then_some(Reduction::Entry(place))
    };
    let faults: Vec<Reduction> = file.timeline.iter().enumerate().filter_map(disturbs).collect();
    let mut peace = reduce::without(file, &faults);
    peace.decisions = None;
    peace.heal = Some(true);
    for node in peace.nodes.values_mut() {
        (node.clock, node.hostile, node.claims) = (None, None, None);
        node.mutations.clear();
    }
    peace
}

/// What is done with a CoValue, word for word, in order of the words: neither by whom, nor when.
fn words(file: &Scenario, id: &str) -> Vec<String> {
    let is_of_it = |entry: &&Entry| {
        let refs = entry.act.refs();
        refs.iter().any(|it| it.to == To::CoValue && it.name == id) && refs.iter().any(|it| it.to == To::App)
    };
    let said = |entry: &Entry| {
        let mut said = serde_json::to_value(entry).unwrap_or_default();
        let fields = said.as_object_mut()?;
        fields.retain(|key, _| !["at", "after", "name"].contains(&key.as_str()));
        fields.values_mut().filter_map(|act| act.as_object_mut()).for_each(|act| drop(act.remove("node")));
        Some(said.to_string())
    };
    let mut words: Vec<String> = file.timeline.iter().filter(is_of_it).filter_map(said).collect();
    words.sort();
    words
}

/// How many things apps do with a CoValue, and how many of them where links lead to the node.
fn acts(file: &Scenario, (node, id): &(String, String)) -> [usize; 2] {
    let mut reached = BTreeSet::from([node.as_str()]);
    for _ in &file.links {
        for [a, b] in file.links.iter().map(|link| link.between.each_ref().map(String::as_str)) {
            if reached.contains(a) || reached.contains(b) {
                reached.extend([a, b]);
            }
        }
    }
    let actors = file.timeline.iter().filter_map(|entry| {
        let refs = entry.act.refs();
        let is_of_it = refs.iter().any(|it| it.to == To::CoValue && it.name == id);
        let actor = refs.iter().find(|it| it.to == To::App)?;
        is_of_it.then_some(actor.name)
    });
    let actors: Vec<&str> = actors.collect();
    [actors.len(), actors.iter().filter(|actor| reached.contains(*actor)).count()]
}

//! Shrinking: a failing run cut down to the few things that cause it.
//!
//! Whatever can be taken away or made simpler is, as long as the *same failure key* remains; another failure that is met
//! on the way is set aside, never followed. The result is 1-minimal: taking away any single node, link, CoValue,
//! operation or decision that is left makes the failure go. Candidates are tried in windows of a fixed size, in
//! parallel, and the first of a window that fails in the same way is taken, so that the result does not depend on how
//! many threads there are.

mod attempt;
mod causes;
mod changes;
mod rebind;
mod reduce;
mod rename;
mod settings;
mod shape;
mod simplify;
mod sought;
mod twos;

pub use causes::{causes, without_each};
pub use changes::Changes;
pub use reduce::Reduction;
pub use shape::shape;
pub use twos::{Twos, twos};

use crate::guest::Guests;
use crate::run::{Expected, GUEST_KEY, Options, Outcome, Unmet, run};
use crate::scenario::{file, resolve};
use attempt::{Attempt, Tried};
use rayon::prelude::*;
use sought::Sought;
use std::collections::BTreeMap;
use std::fmt;

/// How many candidates are tried at once.
const WINDOW: usize = 8;

/// How often everything is gone through again before the result is taken as it is.
const ROUNDS_MAX: u32 = 50;

/// Of how many operations and decisions any two are tried together.
const TWOS_MAX: usize = 24;

/// A failing scenario, cut down.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// What is left.
    pub file: file::Scenario,
    /// What it comes to.
    pub outcome: Outcome,
    /// How large it was and is.
    pub before: Size,
    /// How large it is.
    pub after: Size,
    /// How many runs that took.
    pub runs: u64,
    /// Other failures that were met, by key, each with the first scenario that showed it.
    pub others: BTreeMap<String, file::Scenario>,
    /// What is otherwise in it than it was, beside what is left out.
    pub changes: Changes,
}

/// How large a scenario and its run are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Nodes.
    pub nodes: usize,
    /// Links.
    pub links: usize,
    /// Operations.
    pub operations: usize,
    /// Decisions.
    pub decisions: usize,
    /// Events of the run.
    pub events: u64,
}

/// Why nothing was shrunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unshrinkable {
    /// The run does not fail.
    Holds,
    /// What a known bug kept from coming out has come out.
    Met,
    /// A guest failed, which says nothing about what it plays.
    Guest,
    /// The scenario that was given is not a valid one.
    Invalid,
}

impl fmt::Display for Unshrinkable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unshrinkable::Holds => "nothing to shrink: the run holds",
            Unshrinkable::Met => "nothing to shrink: what is under `expect.unmet` is met now",
            Unshrinkable::Guest => {
                "nothing to shrink: a guest failed, and that is no failure of what it plays"
            }
            Unshrinkable::Invalid => "the scenario is not valid",
        })
    }
}

impl std::error::Error for Unshrinkable {}

/// Shrinks a frozen scenario that fails. `progress` is told of each step forward.
///
/// # Errors
/// See [`Unshrinkable`].
pub fn shrink(
    frozen: &file::Scenario,
    guests: &Guests,
    progress: &mut dyn FnMut(&file::Scenario, u64),
) -> Result<Shrunk, Unshrinkable> {
    let scenario = resolve(frozen.clone()).map_err(|_| Unshrinkable::Invalid)?.with_guests(guests);
    let first = run(&scenario, scenario.seed, Options::judged());
    let key = match first.key() {
        None => return Err(Unshrinkable::Holds),
        Some(GUEST_KEY) => return Err(Unshrinkable::Guest),
        Some(key) => key.to_owned(),
    };
    if first.unmet.first().is_some_and(|unmet| unmet.of == Expected::Unmet) {
        return Err(Unshrinkable::Met);
    }
    let sought = Sought::new(frozen, guests, &key).ok_or(Unshrinkable::Holds)?;
    let mut shrinker = Shrinker {
        sought,
        guests: guests.clone(),
        best: frozen.clone(),
        outcome: first.clone(),
        runs: 1,
        others: BTreeMap::new(),
        progress,
    };
    shrinker.prepare();
    for _ in 0..ROUNDS_MAX {
        let before = shrinker.best.clone();
        shrinker.round();
        if shrinker.best == before {
            break;
        }
    }
    // As long as the failure is the same one: else the old names stay.
    let left = shrinker.best.clone();
    shrinker.first_of(rename::fitting(&left).into_iter().collect());
    let Shrinker { best, outcome, runs, others, .. } = shrinker;
    let changes = Changes::of((frozen, &first.chapters), &left, &best);
    let (before, after) = (Size::of(frozen, &first), Size::of(&best, &outcome));
    Ok(Shrunk { file: best, outcome, before, after, runs, others, changes })
}

impl Shrunk {
    /// What it is about: the failure of this key, and the run that it was cut down from.
    pub fn about(&self, key: &str, seed: u64, source: &str) -> String {
        let parts: String =
            self.changes.parts.iter().map(|[node, into]| format!(" {into} does what {node} did.")).collect();
        match self.outcome.unmet.first() {
            Some(unmet) => format!("{unmet}. Cut down from seed {seed} of {source}.{parts}"),
            None => format!("`{key}`, cut down from seed {seed} of {source}.{parts}"),
        }
    }
}

impl Size {
    /// The size of a scenario and its run.
    pub fn of(file: &file::Scenario, outcome: &Outcome) -> Size {
        Size {
            nodes: file.nodes.len(),
            links: file.links.len(),
            operations: file.timeline.len(),
            decisions: file.decisions.as_ref().map_or(0, file::Decisions::len),
            events: outcome.figures.events,
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.nodes as u64, "node"),
            (self.links as u64, "link"),
            (self.operations as u64, "operation"),
            (self.decisions as u64, "decision"),
            (self.events, "event"),
        ];
        for (place, (count, what)) in parts.into_iter().enumerate() {
            let (comma, ending) = (if place > 0 { ", " } else { "" }, if count == 1 { "" } else { "s" });
            write!(f, "{comma}{count} {what}{ending}")?;
        }
        Ok(())
    }
}

struct Shrinker<'a> {
    sought: Sought,
    guests: Guests,
    best: file::Scenario,
    outcome: Outcome,
    runs: u64,
    others: BTreeMap<String, file::Scenario>,
    progress: &'a mut dyn FnMut(&file::Scenario, u64),
}

impl Shrinker<'_> {
    /// What says nothing about the failure goes at once; what it was is kept in the origin.
    fn prepare(&mut self) {
        let alone = self.sought.expect();
        self.best.expect.get_or_insert_default().violation.clone_from(&alone.violation);
        if let Some(origin) = &mut self.best.origin {
            origin.key = Some(self.sought.key().to_owned());
            origin.unmet = self.sought.unmet().map(Unmet::lasting);
        }
        let bare = file::Scenario { expect: Some(alone), ..self.best.clone() };
        let clocked = simplify::on_one_clock(&bare, &self.outcome.chapters);
        let candidates = [clocked, Some(bare), simplify::on_one_clock(&self.best, &self.outcome.chapters)];
        self.first_of(candidates.into_iter().flatten().collect());
        for kind in file::DecisionKind::by_harm() {
            let listed = self.best.decisions.as_ref();
            if !listed.is_some_and(|listed| listed.iter().any(|decision| decision.kind == kind)) {
                continue;
            }
            let mut file = self.best.clone();
            if let Some(decisions) = &mut file.decisions {
                decisions.retain(|decision| decision.kind != kind);
            }
            self.first_of(vec![file]);
        }
    }

    /// Tries everything once.
    fn round(&mut self) {
        self.remove(reduce::co_values);
        self.remove(reduce::nodes);
        self.remove_sets(&|file| reduce::folds(file).into_iter().map(|fold| vec![fold]).collect());
        self.remove(reduce::pairs);
        self.remove(reduce::entries);
        self.remove(reduce::links);
        self.remove(reduce::decisions);
        self.remove_twos();
        self.simplify();
    }

    /// Takes away what `list` lists: halves of it, then quarters, down to single things.
    fn remove(&mut self, list: fn(&file::Scenario) -> Vec<Reduction>) {
        let mut size = list(&self.best).len();
        while size > 0 {
            self.remove_sets(&|file| list(file).chunks(size).map(<[Reduction]>::to_vec).collect());
            size = if size == 1 { 0 } else { size.div_ceil(2) };
        }
    }

    /// Takes away any two things at once, where few enough are left.
    fn remove_twos(&mut self) {
        self.remove_sets(&|file| {
            let mut things = reduce::entries(file);
            things.extend(reduce::decisions(file));
            if things.len() > TWOS_MAX {
                return Vec::new();
            }
            let twos = things.iter().enumerate().flat_map(|(i, first)| {
                things[i + 1..].iter().map(move |second| vec![first.clone(), second.clone()])
            });
            twos.collect()
        });
    }

    /// Takes away sets of things, each as a whole, as long as one can go.
    fn remove_sets(&mut self, list: &dyn Fn(&file::Scenario) -> Vec<Vec<Reduction>>) {
        let mut at = 0;
        loop {
            let sets = list(&self.best);
            let sets: Vec<&Vec<Reduction>> = sets.iter().skip(at).take(WINDOW / 2).collect();
            if sets.is_empty() {
                return;
            }
            // Each set is taken as it is, then with the decisions that this strands bound to what remains.
            let candidates = sets.iter().flat_map(|set| {
                let removed = reduce::without(&self.best, set);
                let renamed = rebind::renamed(&self.best, &removed, set);
                [Some(removed), renamed]
            });
            let candidates: Vec<Option<file::Scenario>> = candidates.collect();
            let (taken, tried) = (self.first_some(candidates, attempt::bending), sets.len());
            // What was tried in vain before the one that was taken is passed over until the next round.
            at += taken.map_or(tried, |index| index / 2);
        }
    }

    fn simplify(&mut self) {
        let mut at = 0;
        loop {
            let candidates = simplify::candidates(&self.best);
            if at >= candidates.len() {
                return;
            }
            let window: Vec<file::Scenario> = candidates.into_iter().skip(at).take(WINDOW).collect();
            let tried = window.len();
            at += self.first_of(window).unwrap_or(tried);
        }
    }

    fn first_of(&mut self, candidates: Vec<file::Scenario>) -> Option<usize> {
        self.first_some(candidates.into_iter().map(Some).collect(), attempt::plain)
    }

    /// Tries candidates at once and takes the first that fails in the same way; says which it was.
    fn first_some(
        &mut self,
        candidates: Vec<Option<file::Scenario>>,
        attempt: fn(file::Scenario, &Guests, &Sought) -> Attempt,
    ) -> Option<usize> {
        let (sought, guests) = (&self.sought, &self.guests);
        let tried: Vec<Option<Attempt>> = candidates
            .into_par_iter()
            .map(|candidate| candidate.map(|candidate| attempt(candidate, guests, sought)))
            .collect();
        let mut taken = None;
        for (index, attempt) in tried.into_iter().enumerate().filter_map(|(i, attempt)| Some((i, attempt?))) {
            self.runs += attempt.runs;
            match attempt.tried {
                Tried::Invalid | Tried::Holds | Tried::Unlike(_) => {}
                Tried::Other(other) => {
                    let (key, file) = *other;
                    self.others.entry(key).or_insert(file);
                }
                Tried::Same(same) if taken.is_none() => {
                    let (file, outcome) = *same;
                    (self.best, self.outcome) = (file, outcome);
                    taken = Some(index);
                }
                Tried::Same(_) => {}
            }
        }
        if taken.is_some() {
            (self.progress)(&self.best, self.runs);
        }
        taken
    }
}

/// Every single thing that can be taken out of a scenario, and the scenario without it: what 1-minimality is about.
pub fn single_removals(file: &file::Scenario) -> Vec<(Reduction, file::Scenario)> {
    let lists = [reduce::co_values, reduce::nodes, reduce::entries, reduce::links, reduce::decisions];
    let items = lists.iter().flat_map(|list| list(file));
    items.map(|item| (item.clone(), reduce::without(file, std::slice::from_ref(&item)))).collect()
}

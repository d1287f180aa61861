//! Shrinking: a failing run cut down to the few things that cause it.
//!
//! Whatever can be taken away or made simpler is, as long as the *same failure key* remains; another failure that is met
//! on the way is set aside, never followed. The result is 1-minimal: taking away any single node, link, CoValue,
//! operation or decision that is left makes the failure go. Candidates are tried in windows of a fixed size, in
//! parallel, and the first of a window that fails in the same way is taken, so that the result does not depend on how
//! many threads there are.

mod reduce;
mod simplify;

pub use reduce::Reduction;

use crate::run::{Options, Outcome, UNMET_KEY, run};
use crate::scenario::{file, resolve};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt;

/// How many candidates are tried at once.
const WINDOW: usize = 8;

/// How often everything is gone through again before the result is taken as it is.
const ROUNDS_MAX: u32 = 50;

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
    /// Each decision that is left, and what happens without it.
    pub decisions: Vec<(file::Decision, String)>,
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
    /// It fails only to meet an expectation, which every smaller scenario does too.
    OnlyUnmet,
    /// The scenario that was given is not a valid one.
    Invalid,
}

impl fmt::Display for Unshrinkable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unshrinkable::Holds => "nothing to shrink: the run holds",
            Unshrinkable::OnlyUnmet => {
                "nothing to shrink: no oracle fails, only an expectation is not met, and less of the scenario would not meet it either"
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
pub fn shrink(frozen: &file::Scenario, progress: &mut dyn FnMut(&file::Scenario, u64)) -> Result<Shrunk, Unshrinkable> {
    let scenario = resolve(frozen.clone()).map_err(|_| Unshrinkable::Invalid)?;
    let first = run(&scenario, scenario.seed, Options::judged());
    let key = match first.key() {
        None => return Err(Unshrinkable::Holds),
        Some(UNMET_KEY) => return Err(Unshrinkable::OnlyUnmet),
        Some(key) => key.to_owned(),
    };
    let mut shrinker = Shrinker {
        key,
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
    let decisions = shrinker.explain();
    let Shrinker { best, outcome, runs, others, .. } = shrinker;
    let (before, after) = (Size::of(frozen, &first), Size::of(&best, &outcome));
    Ok(Shrunk { file: best, outcome, before, after, runs, others, decisions })
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
        let Size { nodes, links, operations, decisions, events } = self;
        write!(f, "{nodes} nodes, {links} links, {operations} operations, {decisions} decisions, {events} events")
    }
}

struct Shrinker<'a> {
    key: String,
    best: file::Scenario,
    outcome: Outcome,
    runs: u64,
    others: BTreeMap<String, file::Scenario>,
    progress: &'a mut dyn FnMut(&file::Scenario, u64),
}

/// What became of a candidate.
enum Tried {
    Invalid,
    Holds,
    Other(Box<(String, file::Scenario)>),
    Same(Box<(file::Scenario, Outcome)>),
}

impl Shrinker<'_> {
    /// What says nothing about the failure goes at once; what it was is kept in the origin.
    fn prepare(&mut self) {
        let mut file = self.best.clone();
        let expect = file.expect.get_or_insert_default();
        expect.loads.clear();
        expect.content.clear();
        expect.messages_max = None;
        expect.violation = Some(self.key.clone());
        if let Some(origin) = &mut file.origin {
            origin.key = Some(self.key.clone());
        }
        self.best = file;
        for kind in [
            file::DecisionKind::Latency,
            file::DecisionKind::Reordered,
            file::DecisionKind::Duplicated,
            file::DecisionKind::Noticed,
            file::DecisionKind::Lost,
        ] {
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
        self.remove(reduce::entries);
        self.remove(reduce::links);
        self.remove(reduce::decisions);
        self.simplify();
    }

    /// Takes away what `list` lists: halves of it, then quarters, down to single things.
    fn remove(&mut self, list: fn(&file::Scenario) -> Vec<Reduction>) {
        let mut size = list(&self.best).len();
        while size > 0 {
            let mut at = 0;
            loop {
                let items = list(&self.best);
                if at >= items.len() {
                    break;
                }
                let chunks: Vec<&[Reduction]> = items[at..].chunks(size).take(WINDOW / 2).collect();
                // Each chunk as it is, then with the decisions that it strands bound to what remains.
                let candidates = chunks.iter().flat_map(|chunk| {
                    let removed = reduce::without(&self.best, chunk);
                    let rebound = reduce::rebound(&self.best, &removed, chunk);
                    [Some(removed), rebound]
                });
                let candidates: Vec<Option<file::Scenario>> = candidates.collect();
                let (taken, tried) = (self.first_some(candidates), chunks.len());
                // What was tried in vain before the one that was taken is passed over until the next round.
                at += taken.map_or(tried, |index| index / 2) * size;
            }
            size = if size == 1 { 0 } else { size.div_ceil(2) };
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
        self.first_some(candidates.into_iter().map(Some).collect())
    }

    /// Tries candidates at once and takes the first that fails in the same way; says which it was.
    fn first_some(&mut self, candidates: Vec<Option<file::Scenario>>) -> Option<usize> {
        let key = &self.key;
        let tried: Vec<Tried> = candidates
            .into_par_iter()
            .map(|candidate| candidate.map_or(Tried::Invalid, |candidate| try_one(candidate, key)))
            .collect();
        let mut taken = None;
        for (index, tried) in tried.into_iter().enumerate() {
            self.runs += u64::from(!matches!(tried, Tried::Invalid));
            match tried {
                Tried::Invalid | Tried::Holds => {}
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

    /// What happens without each decision that is left.
    fn explain(&mut self) -> Vec<(file::Decision, String)> {
        let items = reduce::decisions(&self.best);
        let explained = items.into_iter().filter_map(|item| {
            let without = reduce::without(&self.best, std::slice::from_ref(&item));
            let Reduction::Decision(decision) = item else {
                return None;
            };
            let what = match try_one(without, &self.key) {
                Tried::Holds | Tried::Invalid => "the run holds".to_owned(),
                Tried::Other(other) => format!("another failure: {}", other.0),
                Tried::Same(_) => "the same failure".to_owned(),
            };
            Some((decision, what))
        });
        explained.collect()
    }
}

/// Plays a candidate. What it lists and never meets is taken out: it decides nothing.
fn try_one(mut candidate: file::Scenario, key: &str) -> Tried {
    let Ok(scenario) = resolve(candidate.clone()) else {
        return Tried::Invalid;
    };
    let outcome = run(&scenario, scenario.seed, Options::judged());
    match outcome.key() {
        None | Some(UNMET_KEY) => Tried::Holds,
        Some(found) if found != key => Tried::Other(Box::new((found.to_owned(), candidate))),
        Some(_) => {
            if let Some(decisions) = &mut candidate.decisions {
                decisions.retain(|decision| !outcome.unused.contains(decision));
            }
            Tried::Same(Box::new((candidate, outcome)))
        }
    }
}

/// Every single thing that can be taken out of a scenario, and the scenario without it: what 1-minimality is about.
pub fn single_removals(file: &file::Scenario) -> Vec<(Reduction, file::Scenario)> {
    let lists = [reduce::co_values, reduce::nodes, reduce::entries, reduce::links, reduce::decisions];
    let items = lists.iter().flat_map(|list| list(file));
    items.map(|item| (item.clone(), reduce::without(file, std::slice::from_ref(&item)))).collect()
}

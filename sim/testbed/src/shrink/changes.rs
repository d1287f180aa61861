//! What is otherwise in what is left of a scenario than it was there: shrinking does not only leave out. It has one node do
//! what another did, has things happen sooner, makes them simpler, and binds decisions to other messages.
//!
//! An operation is the one that had its name, until the names are made anew at the end.

use super::{rebind, rename, settings, simplify};
use crate::scenario::file::{Decision, Decisions, Entry, Scenario};
use cosim_core::Time;
use std::collections::{BTreeMap, BTreeSet};

/// What is otherwise in what is left of a scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Nodes of which another does in the end what they did, and which one does.
    pub parts: BTreeSet<[String; 2]>,
    /// All that is otherwise, in words, the most important first.
    pub told: Vec<String>,
}

impl Changes {
    /// What is otherwise in `left` than in `before`, in which chapters began at these times. `renamed` is what is left by
    /// its last names.
    pub(super) fn of(
        (before, chapters): (&Scenario, &[Time]),
        left: &Scenario,
        renamed: &Scenario,
    ) -> Changes {
        let mut changes = Changes::default();
        let is_on_one_clock = !left.timeline.iter().any(Entry::waits);
        let moved = simplify::on_one_clock(before, chapters).filter(|_| is_on_one_clock);
        let before = moved.as_ref().unwrap_or(before);
        let were: BTreeMap<&str, &Entry> =
            before.timeline.iter().filter_map(|entry| Some((entry.name.as_deref()?, entry))).collect();
        let (mut simpler, mut times) = (Vec::new(), Vec::new());
        let operations = || left.timeline.iter().zip(&renamed.timeline);
        for (entry, is) in operations() {
            let Some(was) = entry.name.as_deref().and_then(|name| were.get(name)) else { continue };
            let (name, old) = (is.name.as_deref().unwrap_or_default(), entry.name.as_deref());
            let mut same_part = was.act.clone();
            if let (Some(did), Some(does)) = (same_part.app_mut(), is.act.clone().app_mut())
                && did != does
            {
                let old = old.filter(|old| *old != name).map(|old| format!(" {old}")).unwrap_or_default();
                changes.told.push(format!("moved to {does}: {name}, which was {did}'s{old}"));
                changes.parts.insert([did.clone(), does.clone()]);
                did.clone_from(does);
            }
            let [was_said, said] = [same_part.words(), is.act.words()];
            if was_said != said {
                simpler.push(format!("simpler: {said} [{name}]; it was: {was_said}"));
            }
            if was.when != is.when {
                times.push(format!("{name} at {}; it was at {}", at(is), at(was)));
            }
        }
        let names = operations()
            .filter_map(|(entry, is)| Some((entry.name.clone()?, is.name.clone()?)))
            .collect::<BTreeMap<_, _>>();
        changes.told.extend(decisions(before, left, &names));
        changes.told.extend(simpler);
        changes.told.extend(settings::differences(before, left));
        if let Some(first) = times.first() {
            let of = left.timeline.len();
            let times = times.len();
            changes.told.push(format!("at other times: {times} of {of} operations, such as {first}"));
        }
        changes
    }
}

fn at(entry: &Entry) -> String {
    let after = if entry.waits() { " after silence" } else { "" };
    format!("{}{after}", Time::ZERO + entry.time())
}

/// Decisions about another message than the one that they were about.
fn decisions(before: &Scenario, left: &Scenario, names: &BTreeMap<String, String>) -> Vec<String> {
    let [were, are] = [before, left].map(|file| file.decisions.iter().flat_map(Decisions::iter));
    let (were, are): (Vec<Decision>, Vec<Decision>) = (were.collect(), are.collect());
    let bound = are.iter().filter(|decision| !were.contains(decision)).filter_map(|decision| {
        let was = were.iter().find(|was| rebind::is_alike(was, decision) && !are.contains(was))?;
        let is = rename::called(decision, names);
        (is != *was).then(|| format!("about another message: {is}; it was {was}"))
    });
    bound.collect()
}

//! What can be taken out of a scenario, and what goes with it.

use crate::address::nodes_of;
use crate::scenario::file::{Decision, Decisions, Entry, Scenario, Where};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// One thing to take out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// A node, with its links and all that happens to it.
    Node(String),
    /// A link, with all that happens to it.
    Link([String; 2]),
    /// A CoValue, with all that happens to it.
    CoValue(String),
    /// An operation, by its place in the timeline.
    Entry(usize),
    /// A decision.
    Decision(Decision),
}

impl fmt::Display for Reduction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reduction::Node(node) => write!(f, "node {node}"),
            Reduction::Link([a, b]) => write!(f, "link {a}, {b}"),
            Reduction::CoValue(id) => write!(f, "CoValue {id}"),
            Reduction::Entry(index) => write!(f, "operation {}", index + 1),
            Reduction::Decision(decision) => decision.fmt(f),
        }
    }
}

pub(super) fn nodes(file: &Scenario) -> Vec<Reduction> {
    file.nodes.keys().cloned().map(Reduction::Node).collect()
}

pub(super) fn links(file: &Scenario) -> Vec<Reduction> {
    file.links.iter().map(|link| Reduction::Link(link.between.clone())).collect()
}

pub(super) fn co_values(file: &Scenario) -> Vec<Reduction> {
    let ids: BTreeSet<&String> = file.timeline.iter().filter_map(|entry| about(entry).map(|(_, id)| id)).collect();
    ids.into_iter().cloned().map(Reduction::CoValue).collect()
}

/// The last first: what comes late is less often needed.
pub(super) fn entries(file: &Scenario) -> Vec<Reduction> {
    (0..file.timeline.len()).rev().map(Reduction::Entry).collect()
}

pub(super) fn decisions(file: &Scenario) -> Vec<Reduction> {
    file.decisions.iter().flat_map(Decisions::iter).map(Reduction::Decision).collect()
}

/// The scenario without these things.
pub(super) fn without(file: &Scenario, taken: &[Reduction]) -> Scenario {
    let mut file = file.clone();
    let mut nodes = BTreeSet::new();
    let mut links = BTreeSet::new();
    let mut ids = BTreeSet::new();
    let mut entries = BTreeSet::new();
    let mut decisions = BTreeSet::new();
    for reduction in taken {
        match reduction {
            Reduction::Node(node) => drop(nodes.insert(node.as_str())),
            Reduction::Link([a, b]) => drop(links.insert(sorted([a, b]))),
            Reduction::CoValue(id) => drop(ids.insert(id.as_str())),
            Reduction::Entry(index) => drop(entries.insert(*index)),
            Reduction::Decision(decision) => drop(decisions.insert(decision)),
        }
    }
    let gone = |ends: [&String; 2]| ends.iter().any(|end| nodes.contains(end.as_str())) || links.contains(&sorted(ends));
    file.nodes.retain(|node, _| !nodes.contains(node.as_str()));
    file.links.retain(|link| !gone([&link.between[0], &link.between[1]]));
    let mut index = 0;
    file.timeline.retain(|entry| {
        index += 1;
        let about_gone = about(entry).is_some_and(|(node, id)| nodes.contains(node.as_str()) || ids.contains(id.as_str()));
        let link_gone = link_of(entry).is_some_and(gone);
        let node_gone = outage_of(entry).is_some_and(|node| nodes.contains(node.as_str()));
        !(about_gone || link_gone || node_gone || entries.contains(&(index - 1)))
    });
    if let Some(listed) = &mut file.decisions {
        listed.retain(|decision| {
            let ends = nodes_of(&decision.address).map(|ends| ends.map(str::to_owned));
            let link_gone = ends.as_ref().is_some_and(|[a, b]| gone([a, b]));
            let id_gone = decision.address.split(' ').nth(2).is_some_and(|id| ids.contains(id));
            !(link_gone || id_gone || decisions.contains(decision))
        });
    }
    file
}

/// The same, with the decisions that name a removed edit bound to the newest operation before it on the same CoValue
/// that is left: the message that they are about carries that now. `None` where that changes nothing.
pub(super) fn rebound(before: &Scenario, after: &Scenario, taken: &[Reduction]) -> Option<Scenario> {
    let removed: BTreeSet<usize> = taken.iter().filter_map(entry_index).collect();
    let mut names = BTreeMap::new();
    for &index in &removed {
        let (Some((_, id)), Some(name)) = (about(&before.timeline[index]), &before.timeline[index].name) else {
            continue;
        };
        let earlier = before.timeline[..index].iter().enumerate().rev().find(|(i, entry)| {
            let writes = entry.edit.is_some() || entry.create.is_some();
            writes && !removed.contains(i) && about(entry).is_some_and(|(_, other)| other == id)
        });
        if let Some(earlier) = earlier.and_then(|(_, entry)| entry.name.as_ref()) {
            names.insert(name.as_str(), earlier.as_str());
        }
    }
    let mut file = after.clone();
    let decisions = file.decisions.as_mut()?;
    let mut changed = false;
    let mut rename = |address: &String| -> String {
        let words = address.split(' ').map(|word| match names.get(word) {
            Some(earlier) => {
                changed = true;
                *earlier
            }
            None => word,
        });
        words.collect::<Vec<_>>().join(" ")
    };
    decisions.lost = decisions.lost.iter().map(&mut rename).collect();
    decisions.lost.sort_unstable();
    decisions.lost.dedup();
    for table in [&mut decisions.duplicated, &mut decisions.reordered, &mut decisions.latencies] {
        *table = table.iter().map(|(address, span)| (rename(address), *span)).collect();
    }
    changed.then_some(file)
}

fn entry_index(reduction: &Reduction) -> Option<usize> {
    match reduction {
        Reduction::Entry(index) => Some(*index),
        _ => None,
    }
}

fn sorted([a, b]: [&String; 2]) -> [String; 2] {
    if a < b { [a.clone(), b.clone()] } else { [b.clone(), a.clone()] }
}

/// The node and the CoValue that an entry is about.
fn about(entry: &Entry) -> Option<(&String, &String)> {
    let subject = entry.create.as_ref().or(entry.load.as_ref()).or(entry.done.as_ref());
    let subject = subject.map(|subject| (&subject.node, &subject.id));
    subject.or_else(|| entry.edit.as_ref().map(|edit| (&edit.node, &edit.id)))
}

fn outage_of(entry: &Entry) -> Option<&String> {
    entry.restart.as_ref().or(entry.wipe.as_ref()).map(|outage| &outage.node)
}

fn link_of(entry: &Entry) -> Option<[&String; 2]> {
    let between = entry.connect.as_ref().or(entry.disconnect.as_ref()).map(|between| &between.between);
    let between = between.or_else(|| entry.network.as_ref().and_then(|network| network.between.as_ref()));
    between.map(|[a, b]| [a, b]).or_else(|| way_of(entry.partition.as_ref().or(entry.heal.as_ref())?))
}

fn way_of(way: &Where) -> Option<[&String; 2]> {
    match way {
        Where { between: Some([a, b]), .. } => Some([a, b]),
        Where { from: Some(from), to: Some(to), .. } => Some([from, to]),
        _ => None,
    }
}

//! What can be taken out of a scenario, and what goes with it.

use crate::scenario::act::To;
use crate::scenario::file::{Address, CoValue, Decision, Decisions, Entry, Link, Scenario, When};
use cosim_core::Span;
use std::collections::BTreeSet;
use std::fmt;

/// One thing to take out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// A node, with its links and all that happens to it.
    Node(String),
    /// A node, of which another does what it did.
    Fold {
        /// Which goes.
        node: String,
        /// Which does what it did.
        into: String,
    },
    /// A link, with all that happens to it.
    Link([String; 2]),
    /// A CoValue, with all that happens to it.
    CoValue(String),
    /// An operation, by its place in the timeline.
    Entry(usize),
    /// Two operations, of which the second undoes the first, by their places in the timeline.
    Pair([usize; 2]),
    /// A decision.
    Decision(Decision),
}

impl fmt::Display for Reduction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reduction::Node(node) => write!(f, "node {node}"),
            Reduction::Fold { node, into } => write!(f, "node {node}, its part played by {into}"),
            Reduction::Link([a, b]) => write!(f, "link {a}, {b}"),
            Reduction::CoValue(id) => write!(f, "CoValue {id}"),
            Reduction::Entry(index) => write!(f, "operation {}", index + 1),
            Reduction::Pair([first, second]) => write!(f, "operations {} and {}", first + 1, second + 1),
            Reduction::Decision(decision) => decision.fmt(f),
        }
    }
}

impl Reduction {
    /// The operations that it takes out by their places.
    pub(super) fn entries(&self) -> &[usize] {
        match self {
            Reduction::Entry(index) => std::slice::from_ref(index),
            Reduction::Pair(indices) => indices,
            Reduction::Node(_)
            | Reduction::Fold { .. }
            | Reduction::Link(_)
            | Reduction::CoValue(_)
            | Reduction::Decision(_) => &[],
        }
    }
}

pub(super) fn nodes(file: &Scenario) -> Vec<Reduction> {
    file.nodes.keys().cloned().map(Reduction::Node).collect()
}

/// Each node with each one that it has a link to.
pub(super) fn folds(file: &Scenario) -> Vec<Reduction> {
    let fold = |node: &String, into: &String| Reduction::Fold { node: node.clone(), into: into.clone() };
    file.links.iter().flat_map(|Link { between: [a, b], .. }| [fold(a, b), fold(b, a)]).collect()
}

pub(super) fn links(file: &Scenario) -> Vec<Reduction> {
    file.links.iter().map(|link| Reduction::Link(link.between.clone())).collect()
}

pub(super) fn co_values(file: &Scenario) -> Vec<Reduction> {
    let references = file.timeline.iter().flat_map(|entry| entry.act.refs());
    let references = references.filter(|reference| matches!(reference.to, To::CoValue | To::Parent));
    let ids: BTreeSet<&str> = references.map(|reference| reference.name).collect();
    ids.into_iter().map(|id| Reduction::CoValue(id.to_owned())).collect()
}

/// The last first: what comes late is less often needed.
pub(super) fn entries(file: &Scenario) -> Vec<Reduction> {
    (0..file.timeline.len()).rev().map(Reduction::Entry).collect()
}

/// Each operation with the next one that undoes it: one without the other would leave a link closed for good.
pub(super) fn pairs(file: &Scenario) -> Vec<Reduction> {
    let pairs = file.timeline.iter().enumerate().rev().filter_map(|(first, entry)| {
        let later = &file.timeline[first + 1..];
        let second = later.iter().position(|later| later.act.undoes(&entry.act))?;
        Some(Reduction::Pair([first, first + 1 + second]))
    });
    pairs.collect()
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
    let mut entries = BTreeSet::<usize>::new();
    let mut decisions = BTreeSet::new();
    for reduction in taken {
        match reduction {
            Reduction::Node(node) => drop(nodes.insert(node.as_str())),
            Reduction::Fold { node, into } => {
                nodes.insert(node.as_str());
                file.timeline
                    .iter_mut()
                    .filter_map(|entry| entry.act.app_mut())
                    .filter(|app| *app == node)
                    .for_each(|app| app.clone_from(into));
                let admins = file.co_values.values_mut().filter_map(|co_value| co_value.admin.as_mut());
                admins.filter(|admin| *admin == node).for_each(|admin| admin.clone_from(into));
            }
            Reduction::Link([a, b]) => drop(links.insert(sorted([a, b]))),
            Reduction::CoValue(id) => drop(ids.insert(id.as_str())),
            Reduction::Entry(_) | Reduction::Pair(_) => entries.extend(reduction.entries()),
            Reduction::Decision(decision) => drop(decisions.insert(decision)),
        }
    }
    let branches = branches(&file, &ids);
    ids.extend(branches.iter().map(String::as_str));
    let gone = |ends: [&str; 2]| ends.iter().any(|end| nodes.contains(end)) || links.contains(&sorted(ends));
    file.nodes.retain(|node, _| !nodes.contains(node.as_str()));
    for node in file.nodes.values_mut() {
        // Nobody can claim a name that is nobody's.
        node.claims = node.claims.take().filter(|claimed| !nodes.contains(claimed.as_str()));
        node.account = node.account.take().filter(|account| !ids.contains(account.as_str()));
    }
    file.co_values.retain(|id, co_value| {
        co_value.depends_on.retain(|need| !ids.contains(need.as_str()));
        if co_value.owner.as_ref().is_some_and(|owner| ids.contains(owner.as_str())) {
            // Without an owner, nothing in it is private, and nobody is an admin.
            (co_value.owner, co_value.private, co_value.restrict_deletion) = (None, None, None);
        }
        !ids.contains(id.as_str()) && *co_value != CoValue::default()
    });
    file.links.retain(|link| !gone([&link.between[0], &link.between[1]]));
    let mut index = 0;
    retain(&mut file.timeline, |entry| {
        index += 1;
        let refers_to_gone = entry.act.refs().iter().any(|reference| match reference.to.is_node() {
            true => nodes.contains(reference.name),
            // Where it is one of a list, the others stay.
            false => matches!(reference.to, To::CoValue | To::Parent) && ids.contains(reference.name),
        });
        let link_gone = entry.act.link().is_some_and(gone);
        let filter_gone = entry.act.filtered_mut().is_some_and(|filtered| {
            filtered.retain(|id| !ids.contains(id.as_str()));
            filtered.is_empty()
        });
        !(refers_to_gone || link_gone || filter_gone || entries.contains(&(index - 1)))
    });
    if let Some(listed) = &mut file.decisions {
        listed.retain(|decision| {
            let Ok(address) = Address::parse(&decision.address) else {
                return false;
            };
            let id_gone = address.id().is_some_and(|id| ids.contains(id));
            !(gone([address.from, address.to]) || id_gone || decisions.contains(decision))
        });
    }
    file
}

/// The branches that go when these CoValues do: those of what goes, and of what nobody owns any more.
fn branches(file: &Scenario, ids: &BTreeSet<&str>) -> BTreeSet<String> {
    let mut gone = BTreeSet::new();
    let sources = || file.co_values.iter().filter_map(|(id, of)| Some((id, of, of.branch_of.as_deref()?)));
    for _ in sources() {
        let is_gone = |id: &str| ids.contains(id) || gone.contains(id);
        let is_lost = |source: &str| {
            let owner = file.co_values.get(source).and_then(|source| source.owner.as_deref());
            is_gone(source) || owner.is_some_and(is_gone)
        };
        let lost = sources().filter(|(id, _, source)| !is_gone(id) && is_lost(source));
        let lost: Vec<String> = lost.map(|(id, ..)| id.clone()).collect();
        if lost.is_empty() {
            break;
        }
        gone.extend(lost);
    }
    gone
}

/// Keeps the entries of which `keep` holds. Where the one goes that waits for silence, the next of its chapter does, and
/// those behind it keep their distance.
fn retain(timeline: &mut Vec<Entry>, mut keep: impl FnMut(&mut Entry) -> bool) {
    let mut waiting = false;
    let mut earlier = Span::ZERO;
    timeline.retain_mut(|entry| {
        if entry.waits() {
            (waiting, earlier) = (false, Span::ZERO);
        }
        let keeps = keep(entry);
        if !keeps {
            waiting |= entry.waits();
            return false;
        }
        if waiting {
            waiting = false;
            earlier = entry.time();
            entry.when = When::Quiet;
        } else {
            entry.set_time(|at| at - earlier);
        }
        true
    });
}

fn sorted([a, b]: [&str; 2]) -> [String; 2] {
    if a < b { [a.to_owned(), b.to_owned()] } else { [b.to_owned(), a.to_owned()] }
}

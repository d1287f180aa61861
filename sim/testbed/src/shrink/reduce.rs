//! What can be taken out of a scenario, and what goes with it.

use crate::scenario::file::{Address, Decision, Decisions, Duration, Entry, Link, Scenario, When, Where};
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
    let ids: BTreeSet<&str> =
        file.timeline.iter().filter_map(|entry| about(entry).map(|(_, id)| id)).collect();
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
        let second = later.iter().position(|later| undoes(later, entry))?;
        Some(Reduction::Pair([first, first + 1 + second]))
    });
    pairs.collect()
}

fn undoes(later: &Entry, entry: &Entry) -> bool {
    let on_one_link = link_of(entry).map(sorted) == link_of(later).map(sorted);
    let on_one_subject = about(entry) == about(later);
    let on_one_node = outage_of(entry) == outage_of(later);
    (entry.disconnect.is_some() && later.connect.is_some() && on_one_link)
        || (entry.partition.is_some() && later.heal.is_some() && on_one_link)
        || (entry.half_open.is_some() && later.connect.is_some() && on_one_link)
        || (entry.hold.is_some() && (later.release.is_some() || later.heal.is_some()) && on_one_link)
        || (entry.drop.is_some() && later.heal.is_some() && on_one_link)
        || (entry.disk_full.is_some() && later.disk_room.is_some() && on_one_node)
        || (copies(entry).is_some() && copies(entry) == restores(later) && on_one_node)
        || (entry.done.is_some() && later.load.is_some() && on_one_subject)
        || (stops(entry) && later.clock.as_ref().is_some_and(|change| change.go == Some(true)) && on_one_node)
}

/// The copy of a disk that an entry takes.
fn copies(entry: &Entry) -> Option<&Option<String>> {
    entry.back_up.as_ref().map(|copy| &copy.backup)
}

/// The copy of a disk that an entry puts in its place.
fn restores(entry: &Entry) -> Option<&Option<String>> {
    entry.restore.as_ref().map(|restore| &restore.backup)
}

/// Whether an entry stops a clock.
fn stops(entry: &Entry) -> bool {
    entry.clock.as_ref().is_some_and(|change| change.stop == Some(true))
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
                    .filter_map(app_of)
                    .filter(|app| *app == node)
                    .for_each(|app| app.clone_from(into));
            }
            Reduction::Link([a, b]) => drop(links.insert(sorted([a, b]))),
            Reduction::CoValue(id) => drop(ids.insert(id.as_str())),
            Reduction::Entry(_) | Reduction::Pair(_) => entries.extend(reduction.entries()),
            Reduction::Decision(decision) => drop(decisions.insert(decision)),
        }
    }
    let gone = |ends: [&str; 2]| ends.iter().any(|end| nodes.contains(end)) || links.contains(&sorted(ends));
    file.nodes.retain(|node, _| !nodes.contains(node.as_str()));
    for node in file.nodes.values_mut() {
        // Nobody can claim a name that is nobody's.
        node.claims = node.claims.take().filter(|claimed| !nodes.contains(claimed.as_str()));
        node.account = node.account.take().filter(|account| !ids.contains(account.as_str()));
    }
    file.co_values.retain(|id, co_value| {
        co_value.depends_on.retain(|need| !ids.contains(need.as_str()));
        !(ids.contains(id.as_str()) || co_value.depends_on.is_empty())
    });
    file.links.retain(|link| !gone([&link.between[0], &link.between[1]]));
    let mut index = 0;
    retain(&mut file.timeline, |entry| {
        index += 1;
        let about_gone = about(entry).is_some_and(|(node, id)| nodes.contains(node) || ids.contains(id));
        let link_gone = link_of(entry).is_some_and(gone);
        let filter_gone = ends_with(entry, &ids);
        let node_gone = outage_of(entry).is_some_and(|node| nodes.contains(node));
        !(about_gone || link_gone || node_gone || filter_gone || entries.contains(&(index - 1)))
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

/// Keeps the entries of which `keep` holds. Where the one goes that waits for silence, the next of its chapter does, and
/// those behind it keep their distance.
fn retain(timeline: &mut Vec<Entry>, mut keep: impl FnMut(&mut Entry) -> bool) {
    let mut waiting = false;
    let mut earlier = Span::ZERO;
    timeline.retain_mut(|entry| {
        if entry.after.is_some() {
            (waiting, earlier) = (false, Span::ZERO);
        }
        let keeps = keep(entry);
        if !keeps {
            waiting |= entry.after.is_some();
            return false;
        }
        if waiting {
            waiting = false;
            earlier = entry.at.map_or(Span::ZERO, |at| at.0);
            (entry.at, entry.after) = (None, Some(When::Quiet));
        } else {
            entry.at = entry.at.map(|Duration(at)| Duration(at - earlier));
        }
        true
    });
}

fn sorted([a, b]: [&str; 2]) -> [String; 2] {
    if a < b { [a.to_owned(), b.to_owned()] } else { [b.to_owned(), a.to_owned()] }
}

/// The node and the CoValue that an entry is about.
pub(super) fn about(entry: &Entry) -> Option<(&str, &str)> {
    let subject = entry.create.as_ref().or(entry.load.as_ref()).or(entry.done.as_ref());
    let subject = subject.map(|subject| (subject.node.as_str(), subject.id.as_str()));
    let edit = || entry.edit.as_ref().map(|edit| (edit.node.as_str(), edit.id.as_str()));
    let attack =
        || entry.attack.as_ref().and_then(|attack| Some((attack.node.as_str(), attack.id.as_deref()?)));
    subject.or_else(edit).or_else(attack)
}

/// The node whose app does what an entry says.
fn app_of(entry: &mut Entry) -> Option<&mut String> {
    let subject = entry.create.as_mut().or(entry.load.as_mut()).or(entry.done.as_mut());
    let node = subject.map(|subject| &mut subject.node);
    node.or_else(|| entry.edit.as_mut().map(|edit| &mut edit.node))
}

/// The node to which an entry does something, or which it takes away for a while.
pub(super) fn outage_of(entry: &Entry) -> Option<&str> {
    let outage = entry.restart.as_ref().or(entry.wipe.as_ref()).map(|outage| &outage.node);
    let outage = outage.or(entry.pause.as_ref().map(|pause| &pause.node));
    let outage = outage.or(entry.offline.as_ref().map(|spell| &spell.node));
    let outage = outage.or(entry.join.as_ref().map(|join| &join.node));
    let outage = outage.or(entry.leave.as_ref().map(|leave| &leave.node));
    let outage = outage.or(entry.crash.as_ref().map(|crash| &crash.node));
    let outage = outage.or(entry.back_up.as_ref().map(|copy| &copy.node));
    let outage = outage.or(entry.restore.as_ref().map(|restore| &restore.node));
    let outage = outage.or(entry.stall.as_ref().map(|stall| &stall.node));
    let outage = outage.or(entry.disk_full.as_ref().or(entry.disk_room.as_ref()).map(|lone| &lone.node));
    let outage = outage.or(entry.fail_writes.as_ref().map(|fails| &fails.node));
    let outage = outage.or(entry.rot.as_ref().map(|rot| &rot.node));
    outage.or(entry.clock.as_ref().map(|change| &change.node)).map(String::as_str)
}

/// The link to which an entry does something.
pub(super) fn link_of(entry: &Entry) -> Option<[&str; 2]> {
    let between = entry.connect.as_ref().or(entry.disconnect.as_ref()).map(|between| &between.between);
    let between = between.or_else(|| entry.network.as_ref().and_then(|network| network.between.as_ref()));
    let both = between.map(|[a, b]| [a.as_str(), b.as_str()]);
    let both =
        both.or_else(|| entry.attack.as_ref().map(|attack| [attack.node.as_str(), attack.on.as_str()]));
    let way = entry.partition.as_ref().or(entry.heal.as_ref()).or(entry.release.as_ref());
    both.or_else(|| entry.half_open.as_ref().map(|ends| [ends.node.as_str(), ends.peer.as_str()]))
        .or_else(|| way.and_then(|Where { between, from, to }| ends_of(between, from, to)))
        .or_else(|| entry.hold.as_ref().and_then(|hold| ends_of(&hold.between, &hold.from, &hold.to)))
        .or_else(|| entry.drop.as_ref().and_then(|drop| ends_of(&drop.between, &drop.from, &drop.to)))
}

fn ends_of<'a>(
    between: &'a Option<[String; 2]>,
    from: &'a Option<String>,
    to: &'a Option<String>,
) -> Option<[&'a str; 2]> {
    match (between, from, to) {
        (Some([a, b]), ..) => Some([a, b]),
        (None, Some(from), Some(to)) => Some([from, to]),
        _ => None,
    }
}

/// Takes CoValues out of what an entry keeps back or drops; says whether that leaves nothing of it.
fn ends_with(entry: &mut Entry, gone: &BTreeSet<&str>) -> bool {
    let hold = entry.hold.as_mut().and_then(|hold| hold.ids.as_mut());
    let Some(ids) = hold.or_else(|| entry.drop.as_mut().and_then(|drop| drop.ids.as_mut())) else {
        return false;
    };
    ids.retain(|id| !gone.contains(id.as_str()));
    ids.is_empty()
}

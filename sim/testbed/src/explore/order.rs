//! The orders in which operations of different nodes may happen, where they are free. Each node's own keep their order, and
//! the times stay: who acts at them is another. What happens to a link is of both its ends.

use crate::scenario::{Act, Numbered, Scenario, file};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// An order of a timeline that is not the one in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order(Arc<Moved>);

#[derive(Debug, PartialEq, Eq)]
struct Moved {
    /// Which entry of the file stands at each place.
    places: Vec<u32>,
    /// The names of those from the first that has moved to the last.
    words: String,
}

impl Order {
    /// What it takes in memory, by what it says.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.0.places.as_slice()) + self.0.words.len()
    }

    /// Puts the entries of a file into this order. The times stay where they are.
    pub(super) fn put(&self, file: &mut file::Scenario) {
        let timeline = file.timeline.clone();
        for (entry, place) in file.timeline.iter_mut().zip(&self.0.places) {
            let moved = &timeline[*place as usize];
            entry.act = moved.act.clone();
            entry.name.clone_from(&moved.name);
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "order: {}", self.0.words)
    }
}

/// The orders beside that of the file, at most so many, and whether these are all: those first in which the fewest pairs
/// are the other way round.
pub(super) fn orders(scenario: &Scenario, most: usize) -> (Vec<Order>, Whole) {
    let entries = Entries::of(scenario);
    if entries.0.len() != scenario.file.timeline.len() {
        // What was recorded has been typed in its own order.
        return (Vec::new(), Whole::Yes);
    }
    let mut orders = Vec::new();
    let mut level = BTreeSet::from([(0..entries.0.len() as u32).collect::<Vec<_>>()]);
    loop {
        let next: BTreeSet<Vec<u32>> = level.iter().flat_map(|order| entries.one_swap_from(order)).collect();
        if next.is_empty() {
            return (orders, Whole::Yes);
        }
        for places in &next {
            if orders.len() == most {
                return (orders, Whole::No);
            }
            let words = entries.words(places);
            orders.push(Order(Arc::new(Moved { places: places.clone(), words })));
        }
        level = next;
    }
}

/// Whether there is nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    Yes,
    No,
}

/// What orders are made of.
struct Entries(Vec<Entry>);

struct Entry {
    chapter: usize,
    name: String,
    /// Whose it is; `None` where it is everybody's.
    of: Option<Vec<u32>>,
}

impl Entries {
    fn of(scenario: &Scenario) -> Entries {
        let chapters = scenario.chapters.iter().enumerate();
        let entry = |chapter| {
            move |operation: &crate::scenario::Operation| Entry {
                chapter,
                name: operation.name.clone(),
                of: of(&operation.act),
            }
        };
        Entries(chapters.flat_map(|(number, chapter)| chapter.operations.iter().map(entry(number))).collect())
    }

    fn may_swap(&self, before: u32, after: u32) -> bool {
        let (before, after) = (&self.0[before as usize], &self.0[after as usize]);
        let (Some(of), Some(others)) = (&before.of, &after.of) else { return false };
        before.chapter == after.chapter && !of.iter().any(|node| others.contains(node))
    }

    /// The orders in which two neighbours are the other way round that were not yet. Every order in which each node's own
    /// stay is reached so.
    fn one_swap_from<'a>(&'a self, order: &'a [u32]) -> impl Iterator<Item = Vec<u32>> + 'a {
        let places = 0..order.len().saturating_sub(1);
        let swaps = places.filter(|place| {
            let (before, after) = (order[*place], order[place + 1]);
            before < after && self.may_swap(before, after)
        });
        swaps.map(|place| {
            let mut other = order.to_vec();
            other.swap(place, place + 1);
            other
        })
    }

    fn words(&self, places: &[u32]) -> String {
        let moved = |(place, entry): (usize, &u32)| place != *entry as usize;
        let first = places.iter().enumerate().position(moved).unwrap_or(0);
        let last = places.iter().enumerate().rposition(moved).unwrap_or(0);
        let names = places[first..=last].iter().map(|entry| self.0[*entry as usize].name.as_str());
        names.collect::<Vec<_>>().join(", ")
    }
}

/// Whose an operation is; `None` where it is everybody's.
fn of(act: &Act<Numbered>) -> Option<Vec<u32>> {
    let nodes: Vec<u32> = act.about().nodes.iter().map(|node| node.0).collect();
    let is_of_a_link = matches!(
        act,
        Act::Connect(_)
            | Act::Disconnect(_)
            | Act::Partition(_)
            | Act::Heal(_)
            | Act::Hold(_)
            | Act::Drop(_)
            | Act::Release(_)
            | Act::HalfOpen(_)
            | Act::Network(_)
    );
    match (is_of_a_link, nodes.as_slice()) {
        (_, []) => None,
        (true, _) => Some(nodes),
        // Others that it names, as a new member, do nothing themselves.
        (false, [node, ..]) => Some(vec![*node]),
    }
}

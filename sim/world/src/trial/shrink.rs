//! Cutting a schedule down: operations and choices are taken out, in halves, quarters and so on down to single ones, as
//! long as the failure stays the same, and choices become simpler.

use super::schedule::{Choice, Schedule};
use crate::decision::Fate;

/// Something that can be taken out.
#[derive(Clone, Debug)]
enum Item {
    Operation(String),
    Choice(String),
}

/// The schedule without whatever `fails` does not need. No single item that is left can go.
pub(super) fn minimal(schedule: &Schedule, fails: impl Fn(&Schedule) -> bool) -> Schedule {
    let mut best = schedule.clone();
    loop {
        let before = best.clone();
        for list in [operations, choices] {
            reduce(&mut best, list, &fails);
        }
        simplify(&mut best, &fails);
        // Each round takes something out, so this ends.
        if best == before {
            return best;
        }
    }
}

fn operations(schedule: &Schedule) -> Vec<Item> {
    schedule.operations().map(|name| Item::Operation(name.to_owned())).collect()
}

fn choices(schedule: &Schedule) -> Vec<Item> {
    schedule.choices().map(|(address, _)| Item::Choice(address.to_owned())).collect()
}

fn reduce(best: &mut Schedule, list: fn(&Schedule) -> Vec<Item>, fails: &impl Fn(&Schedule) -> bool) {
    let mut size = list(best).len();
    while size > 0 {
        let mut at = 0;
        loop {
            let items = list(best);
            let Some(chunk) = items.get(at..).map(|rest| &rest[..rest.len().min(size)]) else { break };
            if chunk.is_empty() {
                break;
            }
            let candidate = without(best, chunk);
            if fails(&candidate) {
                *best = candidate;
            } else {
                at += chunk.len();
            }
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
}

/// Takes out of each choice whatever the failure does not need: of a message that is lost and doubled, one of the two.
fn simplify(best: &mut Schedule, fails: &impl Fn(&Schedule) -> bool) {
    let choices: Vec<(String, Choice)> =
        best.choices().map(|(address, choice)| (address.to_owned(), choice)).collect();
    for (address, mut choice) in choices {
        for simpler in PARTS {
            let Choice::Message(fate) = choice else { break };
            let candidate = Choice::Message(simpler(fate));
            let mut smaller = best.clone();
            smaller.choose(&address, candidate);
            if candidate != choice && fails(&smaller) {
                (*best, choice) = (smaller, candidate);
            }
        }
    }
}

/// What may go of what happens to a message.
const PARTS: [fn(Fate) -> Fate; 6] = [
    |fate| Fate { duplicate: None, ..fate },
    |fate| Fate { replayed: None, ..fate },
    |fate| Fate { reordered: None, ..fate },
    |fate| Fate { damaged: None, ..fate },
    |fate| Fate { truncated: None, ..fate },
    |fate| Fate { lost: false, ..fate },
];

fn without(schedule: &Schedule, items: &[Item]) -> Schedule {
    let mut smaller = schedule.clone();
    for item in items {
        match item {
            Item::Operation(name) => smaller.without_operation(name),
            Item::Choice(address) => smaller.without_choice(address),
        }
    }
    smaller
}

//! Cutting a schedule down: operations and choices are taken out, in halves, quarters and so on down to single ones, as
//! long as the failure stays the same.

use super::schedule::Schedule;

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

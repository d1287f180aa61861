//! Decisions that a removal strands, bound to what remains: the message that was lost is still sent, but what it carries
//! or the connection that it goes through is called otherwise now.

use super::reduce::Reduction;
use crate::scenario::file::{Act, Address, Decision, Decisions, Entry, Scenario, Topic};
use std::collections::{BTreeMap, BTreeSet};

/// How many other messages a stranded decision is tried with.
const OTHERS_MAX: usize = 8;

/// How many stranded decisions are worth trying.
const STRANDED_MAX: usize = 3;

/// The scenario that is left, `after`, with decisions that name a removed operation bound to what stands in for it: for
/// what a message carries, the newest write before it to the same CoValue; for a connection, the one that is open in
/// its place. `None` where that changes nothing.
pub(super) fn renamed(before: &Scenario, after: &Scenario, taken: &[Reduction]) -> Option<Scenario> {
    let removed: BTreeSet<usize> = taken.iter().flat_map(Reduction::entries).copied().collect();
    let places: BTreeMap<&str, usize> = before
        .timeline
        .iter()
        .enumerate()
        .filter_map(|(i, entry)| Some((entry.name.as_deref()?, i)))
        .collect();
    let left = |index: usize, holds: &dyn Fn(&Entry) -> bool| {
        let earlier = before.timeline[..index].iter().enumerate().rev();
        let mut earlier = earlier.filter(|(i, entry)| !removed.contains(i) && holds(entry));
        earlier.next().and_then(|(_, entry)| entry.name.as_deref())
    };
    let gone = |name: &str| places.get(name).copied().filter(|index| removed.contains(index));
    let mut file = after.clone();
    let listed = file.decisions.take()?;
    let mut bound = Decisions::default();
    for (decision, detail) in listed.with_details() {
        let mut text = decision.address.clone();
        if let Ok(mut address) = Address::parse(&decision.address) {
            if let (Some(id), Some(index)) = (address.id(), address.carried().and_then(gone)) {
                address = address.carrying(left(index, &|entry| writes(entry, id)));
            }
            if let Some(index) = address.operation.and_then(gone) {
                let ends = [address.from, address.to];
                address.operation = match Topic::of(address.about) {
                    Topic::Crash => left(index, &|entry| crashes(entry, address.from)),
                    Topic::Message | Topic::Notice | Topic::Write | Topic::Work => {
                        left(index, &|entry| opens(entry, ends))
                    }
                };
            }
            text = address.to_string();
            // What is called so already keeps its name.
            for attempt in 2.. {
                let taken = listed.has(decision.kind, &text) || bound.has(decision.kind, &text);
                if text == decision.address || !taken {
                    break;
                }
                address.attempt = Some(attempt);
                text = address.to_string();
            }
        }
        bound.put(Decision { kind: decision.kind, address: text }, detail);
    }
    let changed = Some(&bound) != after.decisions.as_ref();
    file.decisions = Some(bound);
    changed.then_some(file)
}

fn writes(entry: &Entry, id: &str) -> bool {
    entry.act.writes() == Some(id)
}

fn crashes(entry: &Entry, node: &str) -> bool {
    matches!(&entry.act, Act::Crash(crash) if crash.node == node)
}

/// Whether an entry may open a connection between two nodes.
fn opens(entry: &Entry, ends: [&str; 2]) -> bool {
    if let Act::Connect(connect) = &entry.act {
        return connect.between.iter().all(|end| ends.contains(&end.as_str()));
    }
    entry.act.returns().is_some_and(|node| ends.contains(&node))
}

/// The scenarios in which one stranded decision is about another message between the same two nodes, of the same kind
/// and about the same CoValue: first those that carry the same, then those of the same connection. `seen` are the
/// addresses of a run of `file` in which `stranded` was not met.
pub(super) fn others(file: &Scenario, stranded: &[Decision], seen: &[String]) -> Vec<Scenario> {
    if stranded.len() > STRANDED_MAX {
        return Vec::new();
    }
    stranded.iter().flat_map(|decision| bound_elsewhere(file, decision, seen)).collect()
}

fn bound_elsewhere(file: &Scenario, decision: &Decision, seen: &[String]) -> Vec<Scenario> {
    let (Ok(wanted), Some(listed)) = (Address::parse(&decision.address), &file.decisions) else {
        return Vec::new();
    };
    let mut addresses: Vec<Address<'_>> = seen.iter().filter_map(|text| Address::parse(text).ok()).collect();
    addresses.retain(|address| alike(address, &wanted) && !listed.has(decision.kind, &address.to_string()));
    // Stable: among equals, what is said first is tried first.
    addresses.sort_by_key(|address| {
        let differs = (address.carried() != wanted.carried(), address.operation != wanted.operation);
        (differs, address.attempt.unwrap_or(1).abs_diff(wanted.attempt.unwrap_or(1)))
    });
    addresses.truncate(OTHERS_MAX);
    let bound = addresses.into_iter().map(|address| {
        let mut decisions = Decisions::default();
        for (other, detail) in listed.with_details() {
            let address = if other == *decision { address.to_string() } else { other.address };
            decisions.put(Decision { kind: other.kind, address }, detail);
        }
        Scenario { decisions: Some(decisions), ..file.clone() }
    });
    bound.collect()
}

/// Whether two decisions differ only in which message it is, of all between two nodes about a CoValue.
pub(super) fn is_alike(a: &Decision, b: &Decision) -> bool {
    let addresses = [a, b].map(|decision| Address::parse(&decision.address));
    a.kind == b.kind && matches!(&addresses, [Ok(a), Ok(b)] if alike(a, b))
}

/// Whether two addresses differ only in what is carried, in the connection or in the attempt.
fn alike(a: &Address<'_>, b: &Address<'_>) -> bool {
    bare(a) == bare(b)
}

fn bare<'a>(address: &Address<'a>) -> Address<'a> {
    Address { attempt: None, operation: None, ..address.carrying(None) }
}

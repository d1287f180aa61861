//! Names of operations that no longer say what the operations do, made anew.
//!
//! A frozen run names every operation. Where another node does in the end what one did that is gone, a name such as
//! `create-notes-bob` would tell of a node that nobody finds. Decisions follow: their addresses name operations.

use crate::scenario::file::{Act, Address, Decision, Decisions, Entry, Scenario};
use std::collections::{BTreeMap, BTreeSet};

/// The scenario with names that fit; `None` where all of them do.
pub(super) fn fitting(file: &Scenario) -> Option<Scenario> {
    let mut taken: BTreeSet<String> = file.timeline.iter().filter_map(|entry| entry.name.clone()).collect();
    let mut new_names = BTreeMap::<String, String>::new();
    let mut renamed = file.clone();
    for entry in &mut renamed.timeline {
        let Some(name) = entry.name.clone().filter(|name| misleads(name, entry)) else { continue };
        let usual = entry.act.usual_name();
        let numbered = (2_u32..).map(|number| format!("{usual}-{number}"));
        let mut free = [usual.clone()].into_iter().chain(numbered).filter(|name| !taken.contains(name));
        let new = free.next()?;
        taken.insert(new.clone());
        entry.name = Some(new.clone());
        new_names.insert(name, new);
    }
    if new_names.is_empty() {
        return None;
    }
    for entry in &mut renamed.timeline {
        let Act::Ask(ask) = &mut entry.act else { continue };
        for operation in ask.given.values_mut() {
            if let Some(new) = new_names.get(operation) {
                operation.clone_from(new);
            }
        }
    }
    renamed.decisions = file.decisions.as_ref().map(|decisions| following(decisions, &new_names));
    Some(renamed)
}

/// Whether a name begins like one that tells what an entry does, and tells something else. One that tells less is true.
fn misleads(name: &str, entry: &Entry) -> bool {
    let kind = entry.act.key().replace('_', "-");
    let usual = entry.act.usual_name();
    let is_told = name.strip_prefix(&kind).is_some_and(|rest| rest.starts_with('-'));
    let is_number = |rest: &str| {
        let digits = rest.strip_prefix('-').unwrap_or_default();
        rest.is_empty() || (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_less = usual.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'));
    is_told && !is_less && !name.strip_prefix(&usual).is_some_and(is_number)
}

/// The decisions, about the same messages, by the new names.
fn following(decisions: &Decisions, new_names: &BTreeMap<String, String>) -> Decisions {
    let mut following = Decisions::default();
    for (decision, detail) in decisions.with_details() {
        following.put(called(&decision, new_names), detail);
    }
    following
}

/// A decision, about the same message, by the new names.
pub(super) fn called(decision: &Decision, new_names: &BTreeMap<String, String>) -> Decision {
    let new = |name| new_names.get(name).map_or(name, String::as_str);
    let mut called = decision.clone();
    if let Ok(mut address) = Address::parse(&decision.address) {
        address.operation = address.operation.map(new);
        address = address.carrying(address.carried().map(new));
        called.address = address.to_string();
    }
    called
}

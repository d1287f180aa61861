//! Why a node shows what it shows, and what a run falls short of: the expectations that were not met, and what is lost though somebody was told that it is
//! safe.

use super::count;
use super::lines::Lines;
use crate::cojson::session_parts;
use crate::host::NodeId;
use crate::run::{Lost, Outcome, Unmet};
use cosim_core::{CoId, Names};
use serde_json::Value;

/// The expectations that were not met, and why, in lines of so many columns. What several have in common is said once.
pub fn unmet_in(columns: usize, outcome: &Outcome) -> String {
    let mut out = Lines::of(columns);
    let mut left: Vec<&Unmet> = outcome.unmet.iter().collect();
    while let Some(first) = left.first().copied() {
        let is_with = |unmet: &mut &Unmet| {
            if first.why.is_empty() { first.is_like_but_for_the_node(unmet) } else { first.why == unmet.why }
        };
        let mut together: Vec<&Unmet> = vec![left.remove(0)];
        together.extend(left.extract_if(.., is_with));
        while let Some(unmet) = together.first().copied() {
            let alike: Vec<&Unmet> = together
                .extract_if(.., |other| *other == unmet || unmet.is_like_but_for_the_node(other))
                .collect();
            let others: Vec<&str> = alike.iter().skip(1).filter_map(|other| other.node.as_deref()).collect();
            let also =
                if others.is_empty() { String::new() } else { format!("; also {}", others.join(", ")) };
            // Writing to a string cannot fail.
            let _ = out.wrap("  ", "    ", &format!("expectation not met: {unmet}{also}"));
        }
        for why in &first.why {
            let _ = out.wrap("    - ", "      ", why);
        }
    }
    out.text
}

/// Why a node shows a CoValue as it does, in lines of so many columns, where the run was asked.
pub fn reasons_in(columns: usize, outcome: &Outcome, (node, id): (NodeId, CoId)) -> String {
    let (name, co_value) = (outcome.cast.node(node), outcome.cast.co_value(id));
    let shown = outcome.views.get(node.index()).and_then(|views| views.get(&id));
    let head = match shown {
        None | Some(Value::Null) => format!("why {name} shows nothing of {co_value}:"),
        Some(shown) => format!("why {name} shows {co_value} as {shown}:"),
    };
    let mut out = Lines::of(columns);
    // Writing to a string cannot fail.
    let _ = out.wrap("  ", "    ", &head);
    for reason in &outcome.reasons {
        let _ = out.wrap("    - ", "      ", reason);
    }
    out.text
}

/// What apps were told is safe, and nobody holds any more.
pub(super) fn lost(outcome: &Outcome) -> String {
    let all = outcome.tally.lost_though_safe;
    let of = |lost: &Lost| {
        let (author, _) = session_parts(lost.session);
        format!("{} of {} by {}", lost.count, outcome.cast.co_value(lost.id), outcome.cast.node(author))
    };
    let each: Vec<String> = outcome.lost.iter().map(of).collect();
    format!(
        "{} that had been safe, to wipes, backups or departures: {}",
        count(all, "transaction"),
        each.join(", ")
    )
}

/// The same for machines.
pub(super) fn lost_json(outcome: &Outcome) -> serde_json::Value {
    let of = |lost: &Lost| {
        let (id, session) = (outcome.cast.co_value(lost.id), outcome.cast.session(lost.session));
        serde_json::json!({ "id": id, "session": session, "count": lost.count })
    };
    outcome.lost.iter().map(of).collect()
}

//! The shape of a failure: what is left of it when it is cut down, without names, numbers and times. Two failures with one
//! key and different shapes have come about in different ways.

use crate::scenario::file::{About, Address, Decision, Decisions, Scenario};
use cosim_core::Relationship;
use std::collections::BTreeSet;

/// The shape of a scenario that was cut down: the acts that are left, and the decisions with what they are about, each
/// once, as `create, edit; lost: client>server content`.
pub fn shape(file: &Scenario) -> String {
    let acts: BTreeSet<&str> = file.timeline.iter().map(|entry| entry.act.key()).collect();
    let decisions = file.decisions.iter().flat_map(Decisions::iter);
    let decisions: BTreeSet<String> = decisions.map(|decision| of_decision(file, &decision)).collect();
    let acts = acts.into_iter().collect::<Vec<_>>().join(", ");
    [acts].into_iter().chain(decisions).collect::<Vec<_>>().join("; ")
}

/// What is decided, and about what: `lost: client>server content`.
fn of_decision(file: &Scenario, decision: &Decision) -> String {
    let field = decision.kind.field();
    let Ok(address) = Address::parse(&decision.address) else { return field.to_owned() };
    let between = || between(file, address.from, address.to);
    let about = match address.about {
        About::Message { kind, .. } => format!("{} {kind}", between()),
        About::Opened => format!("{} hears-open", between()),
        About::Closed => format!("{} hears-close", between()),
        About::Write { .. } => "write".to_owned(),
        About::Crash => "crash".to_owned(),
        About::WorkOf { kind, .. } => format!("work of {kind}"),
        About::Work { task } => format!("work of {task}"),
    };
    format!("{field}: {about}")
}

/// What two nodes are to each other, as a failure key says it.
fn between(file: &Scenario, from: &str, to: &str) -> &'static str {
    let relationship = file.links.iter().find_map(|link| {
        let [first, second] = [&link.between[0], &link.between[1]].map(String::as_str);
        let ends = link.relationship.0;
        ((first, second) == (from, to))
            .then_some(ends[0])
            .or(((second, first) == (from, to)).then_some(ends[1]))
    });
    match relationship {
        Some(Relationship::SyncAllOurs) => "client>server",
        Some(Relationship::SyncTheirs) => "server>client",
        Some(Relationship::SyncCommon) => "peer>peer",
        None => "node>node",
    }
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn a_shape_has_no_names_numbers_or_times() {
        let text = |client: &str, at: &str| {
            format!(
                r#"{{ "version": 1, "about": "A story.", "nodes": {{ "{client}": {{}}, "server": {{}} }},
                     "links": [{{ "between": ["{client}", "server"], "relationship": "syncAllOurs/syncTheirs" }}],
                     "timeline": [{{ "at": "{at}", "create": {{ "node": "{client}", "id": "notes" }} }},
                                  {{ "at": "{at}", "edit": {{ "node": "{client}", "id": "notes" }} }},
                                  {{ "at": "{at}", "edit": {{ "node": "{client}", "id": "notes" }} }}],
                     "decisions": {{ "lost": ["{client}>server content notes", "server>{client} known notes #2"] }} }}"#
            )
        };
        let of = |text: String| {
            shape(
                &crate::scenario::parse(&text, "story.json")
                    .unwrap_or_else(|problems| panic!("{problems}"))
                    .file,
            )
        };
        let found = of(text("alice", "0ms"));
        assert_eq!(found, "create, edit; lost: client>server content; lost: server>client known");
        assert_eq!(of(text("bob", "7s")), found);
    }
}

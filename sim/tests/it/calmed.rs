//! What ends with the faults is told, and what does not.

use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario::parse;

/// What is told of a story in which this happens beside a write.
fn told(timeline: &str, fields: &str) -> Option<String> {
    let text = format!(
        r#"{{ "version": 1, "about": "Alice writes to the server.", {fields}
        "nodes": {{ "alice": {{}}, "bob": {{}}, "server": {{}} }},
        "links": [
            {{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }},
            {{ "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }}
        ],
        "timeline": [
            {{ "at": "0s", "create": {{ "node": "alice", "id": "notes" }} }},
            {timeline},
            {{ "at": "9s", "edit": {{ "node": "bob", "id": "notes" }} }}
        ] }}"#
    );
    let scenario = parse(&text, "story.json").unwrap_or_else(|problems| panic!("{problems}"));
    run(&scenario, 1, Options::judged()).calmed.map(|calmed| calmed.to_string())
}

const HEAL: &str = r#""heal": true,"#;
const HOLD: &str = r#"{ "at": "1s", "hold": { "from": "alice", "to": "server" } }"#;
const DROP: &str = r#"{ "at": "4s", "drop": { "from": "server", "to": "bob" } }"#;

#[test]
fn what_the_timeline_holds_back_and_drops_ends_like_what_it_cuts() {
    let partition = r#"{ "at": "5s", "partition": { "between": ["bob", "server"] } }"#;
    let all = format!("{HOLD}, {DROP}, {partition}");
    assert_eq!(
        told(&all, HEAL).as_deref(),
        Some("until 14.000s: 1 partition healed, 1 hold released, 1 drop ended")
    );
    assert_eq!(
        told(&all, "").as_deref(),
        Some("until 14.000s: 1 partition not healed, 1 hold not released, 1 drop not ended")
    );
}

#[test]
fn what_was_over_before_is_not_told() {
    let released = format!(r#"{HOLD}, {{ "at": "3s", "release": {{ "between": ["alice", "server"] }} }}"#);
    let counted = DROP.replace(r#""to": "bob""#, r#""to": "bob", "count": 1"#);
    assert_eq!(told(&format!("{released}, {counted}"), HEAL), None);
}

#[test]
fn a_link_opens_where_both_its_ends_are_there() {
    let closed = r#"{ "at": "1s", "disconnect": { "between": ["alice", "server"] } }"#;
    assert!(told(closed, HEAL).is_some_and(|told| told.ends_with(": 1 link opened")));
    assert_eq!(told(r#"{ "at": "1s", "leave": { "node": "alice" } }"#, HEAL), None);
}

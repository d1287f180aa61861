//! How a load must have ended is judged by what the app was told, whatever becomes of its process afterwards.

use cosim_testbed::log::Limit;
use cosim_testbed::run::{Options, Outcome, run};
use cosim_testbed::scenario::parse;

/// Bob loads what alice has written, and then this happens.
fn played(timeline: &str, ends: &str) -> Outcome {
    let text = format!(
        r#"{{ "version": 1, "about": "Bob loads what alice has written.",
        "nodes": {{ "alice": {{}}, "bob": {{ "disk": {{}} }}, "server": {{}} }},
        "links": [
            {{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }},
            {{ "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }}
        ],
        "timeline": [
            {{ "at": "0s", "create": {{ "node": "alice", "id": "notes" }} }},
            {{ "at": "2s", "load": {{ "node": "bob", "id": "notes" }} }},
            {timeline}
        ],
        "expect": {{ "oracles": ["prefix"], "loads": [{{ "node": "bob", "id": "notes", "ends": "{ends}" }}] }} }}"#
    );
    let scenario = parse(&text, "story.json").unwrap_or_else(|problems| panic!("{problems}"));
    run(&scenario, 1, Options::logged(Limit::All))
}

fn found(timeline: &str, ends: &str) -> Vec<String> {
    played(timeline, ends).unmet.iter().map(|unmet| unmet.found.clone()).collect()
}

#[test]
fn the_end_that_an_app_was_told_counts_when_its_process_is_over() {
    for after in ["crash", "restart", "leave"] {
        let after = format!(r#"{{ "at": "5s", "{after}": {{ "node": "bob" }} }}"#);
        assert_eq!(found(&after, "available"), [""; 0], "{after}");
        assert_eq!(found(&after, "unavailable"), ["ended as available"], "{after}");
    }
}

#[test]
fn a_load_that_is_asked_for_anew_is_another() {
    let anew = r#"{ "at": "3s", "wipe": { "node": "bob" } },
        { "at": "5s", "partition": { "between": ["bob", "server"] } },
        { "at": "6s", "load": { "node": "bob", "id": "diary" } }"#;
    let diary = |text: &str| text.replace("diary", "notes");
    let outcome = played(&diary(anew), "unavailable");
    assert_eq!(outcome.unmet.len(), 1, "what it was told before is over: {:?}", outcome.unmet);
    let [unmet] = outcome.unmet.as_slice() else { return };
    let ended = unmet.why.iter().any(|why| why.starts_with("the load ended"));
    assert_eq!(ended, unmet.found != "never ended", "{unmet}: {:?}", unmet.why);
}

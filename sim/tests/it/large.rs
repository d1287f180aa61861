//! A scenario may be large: what is judged costs no more for each node than in a small one.

use cosim_testbed::run::{End, Options, Verdict, run};
use cosim_testbed::scenario::{self, Scenario};

/// Clients of servers, which are all clients of one server.
fn tree(nodes: usize, servers: usize) -> Scenario {
    let clients = nodes - servers - 1;
    let names = (0..clients).map(|i| format!(r#""c{i}": {{}}"#));
    let names =
        names.chain((0..servers).map(|i| format!(r#""s{i}": {{}}"#))).chain([r#""top": {}"#.to_owned()]);
    let link = |client: String, server: String| {
        format!(r#"{{ "between": ["{client}", "{server}"], "relationship": "syncAllOurs/syncTheirs" }}"#)
    };
    let links = (0..clients).map(|i| link(format!("c{i}"), format!("s{}", i % servers)));
    let links = links.chain((0..servers).map(|i| link(format!("s{i}"), "top".to_owned())));
    let text = format!(
        r#"{{ "version": 1, "about": "A large tree.", "network": {{ "latency": "10ms" }},
             "nodes": {{ {} }}, "links": [ {} ], "timeline": [
               {{ "at": "1s", "create": {{ "node": "c0", "id": "notes" }} }},
               {{ "at": "2s", "edit": {{ "node": "c0", "id": "notes" }} }},
               {{ "at": "3s", "load": {{ "node": "c{last}", "id": "notes" }} }},
               {{ "at": "3s", "load": {{ "node": "c1", "id": "nowhere" }} }},
               {{ "at": "5s", "edit": {{ "node": "c{last}", "id": "notes" }} }} ],
             "expect": {{ "loads": [ {{ "node": "c{last}", "id": "notes", "ends": "available" }},
                                     {{ "node": "c1", "id": "nowhere", "ends": "unavailable" }} ],
                          "content": [ {{ "node": "c0", "id": "notes", "transactions": 2 }} ] }} }}"#,
        names.collect::<Vec<_>>().join(", "),
        links.collect::<Vec<_>>().join(", "),
        last = clients - 1,
    );
    scenario::parse(&text, "tree.json").unwrap_or_else(|problems| panic!("{problems}"))
}

fn check(nodes: usize, servers: usize) {
    let scenario = tree(nodes, servers);
    let outcome = run(&scenario, 1, Options::judged());
    assert_eq!(outcome.violations, []);
    assert_eq!(outcome.unmet, []);
    assert_eq!((outcome.end, outcome.verdict()), (End::Silent, Verdict::Held));
    // The first and the last client wrote, whatever their numbers are: their sessions are two.
    let notes = outcome.states[scenario.node("c0").expect("it is there") as usize].co_values.values();
    assert_eq!(notes.map(|co_value| co_value.sessions.len()).sum::<usize>(), 2);
}

#[test]
fn five_thousand_nodes_are_played_and_judged() {
    check(5_000, 50);
}

//! Templates: what they stand for, and what is said of those that stand for nothing.

use crate::samples::{LIVES, PAIR};
use cosim_testbed::scenario::{MAX_NODES, Scenario, parse};
use std::fmt::Write;

fn good(text: &str) -> Scenario {
    parse(text, "scenario.json").unwrap_or_else(|problems| panic!("{problems}"))
}

fn names(scenario: &Scenario) -> Vec<&str> {
    scenario.nodes.iter().map(|node| node.name.as_str()).collect()
}

fn with_nodes(nodes: &str, links: &str) -> String {
    format!(
        r#"{{ "version": 1, "about": "Many.", "nodes": {{ {nodes} }}, "links": [{links}], "timeline": [] }}"#
    )
}

fn link(a: &str, b: &str) -> String {
    format!(r#"{{ "between": ["{a}", "{b}"], "relationship": "syncCommon/syncCommon" }}"#)
}

fn pairs(scenario: &Scenario) -> Vec<String> {
    scenario.file.links.iter().map(|link| link.between.join("-")).collect()
}

#[test]
fn a_range_stands_for_its_numbers() {
    let scenario = good(&with_nodes(r#""a{9..11}b": {}, "n-{08..10}": {}, "x{3..3}": {}"#, ""));
    assert_eq!(names(&scenario), ["a10b", "a11b", "a9b", "n-08", "n-09", "n-10", "x3"]);
    let most = good(&with_nodes(&format!(r#""n{{1..{MAX_NODES}}}": {{}}"#), ""));
    assert_eq!(most.nodes.len(), MAX_NODES);
}

#[test]
fn a_set_stands_for_its_names() {
    let links = [link("{bob, alice}", "n-1-x"), link("{alice,bob,carol}", "{alice,bob,carol}")].join(",");
    let scenario = good(&with_nodes(r#""{carol,alice,bob}": {}, "n-{1..2}-{x,y}": {}"#, &links));
    assert_eq!(names(&scenario), ["alice", "bob", "carol", "n-1-x", "n-1-y", "n-2-x", "n-2-y"]);
    let pairs = pairs(&scenario);
    assert_eq!(pairs[..2], ["bob-n-1-x", "alice-n-1-x"], "as they are written");
    assert_eq!(pairs[2..], ["alice-bob", "alice-carol", "bob-carol"]);
}

#[test]
fn links_join_each_with_each() {
    let nodes = r#""a{1..2}": {}, "b{1..3}": {}"#;
    let star = good(&with_nodes(nodes, &link("b{1..3}", "a1")));
    assert_eq!(pairs(&star), ["b1-a1", "b2-a1", "b3-a1"]);
    let both = good(&with_nodes(nodes, &link("a{1..2}", "b{2..3}")));
    assert_eq!(pairs(&both), ["a1-b2", "a1-b3", "a2-b2", "a2-b3"]);
    let mesh = good(&with_nodes(nodes, &link("b{1..3}", "b{1..3}")));
    assert_eq!(pairs(&mesh), ["b1-b2", "b1-b3", "b2-b3"], "nobody is linked to itself, nor twice");
}

/// Entries, lists and expectations too; and nothing after this sees a template.
#[test]
fn everything_that_names_nodes_is_expanded() {
    let scenario = good(LIVES);
    let written = scenario.file.to_json_pretty();
    assert!(!written.contains("{1..") && !written.contains("{2.."), "{written}");
    insta::assert_snapshot!(written);
}

/// Whatever list of expectations names nodes, now or later: the schema knows them all.
#[test]
fn every_list_of_expectations_is_expanded() {
    let schema = cosim_testbed::scenario::schema();
    let expect = schema["$defs"]["Expect"]["properties"].as_object().expect("an object");
    let mut found = 0;
    for (list, property) in expect {
        let Some(of) = property["items"]["$ref"].as_str() else { continue };
        let fields = &schema["$defs"][of.trim_start_matches("#/$defs/")]["properties"];
        if fields["node"].is_null() {
            continue;
        }
        let mut expectation = serde_json::json!({ "node": "client-{1..3}", "id": "notes" });
        let own =
            [("ends", "available".into()), ("shows", serde_json::json!({})), ("transactions", 0.into())];
        for (field, value) in own {
            if !fields[field].is_null() {
                expectation[field] = value;
            }
        }
        let text = serde_json::json!({
            "version": 1,
            "about": "Expectations of many.",
            "nodes": { "client-{1..3}": {} },
            "co_values": { "notes": { "kind": "map" } },
            "timeline": [{ "at": "0ms", "create": { "node": "client-1", "id": "notes" } }],
            "expect": { list: [expectation] },
        });
        let written = serde_json::to_value(good(&text.to_string()).file).expect("JSON");
        let nodes = written["expect"][list].as_array().expect("a list").iter().map(|one| &one["node"]);
        assert_eq!(nodes.collect::<Vec<_>>(), ["client-1", "client-2", "client-3"], "{list}");
        found += 1;
    }
    assert!(found >= 3, "only {found} lists of expectations name nodes");
}

#[test]
fn only_the_first_of_many_waits_for_silence() {
    assert_eq!(good(LIVES).chapters.len(), 2);
    let edits = good(LIVES).chapters[1].operations.clone();
    let edits: Vec<(&str, u64)> = edits.iter().map(|entry| (&*entry.name, entry.at.as_us())).collect();
    assert_eq!(
        edits[..3],
        [("edit-notes-device-1", 0), ("edit-notes-device-2", 0), ("edit-notes-device-3", 0)]
    );
}

#[test]
fn templates_that_stand_for_nothing() {
    let many = r#""client-{1..20}": {},
    "server": {}"#;
    let pair = "\"alice\": {},\n    \"server\": {}";
    let text =
        PAIR.replace(pair, many).replace("[\"alice\", \"server\"]", "[\"client-{1..20}\", \"server\"]");
    let text = text.replace("\"alice\"", "\"client-1\"");
    good(&text);
    let cases = [
        ("brace that stands alone", "\"client-{1..20}\": {}", "\"client-{1..20\": {}"),
        ("brace that was never opened", "\"client-{1..20}\": {}", "\"client-1..20}\": {}"),
        ("braces in braces", "\"client-{1..20}\": {}", "\"client-{a,{1..20}}\": {}"),
        ("an empty name", "\"client-{1..20}\": {}", "\"client-{1,,2}\": {}"),
        ("one name twice", "\"client-{1..20}\": {}", "\"client-{1,2, 1}\": {}"),
        ("a range among names", "\"client-{1..20}\": {}", "\"client-{1,2..20}\": {}"),
        ("far too many by sets", "\"client-{1..20}\": {}", "\"client-{1..99999}-{1..99999}-{1..99999}\": {}"),
        ("no range", "\"client-{1..20}\": {}", "\"client-{1-20}\": {}"),
        ("letters", "\"client-{1..20}\": {}", "\"client-{a..f}\": {}"),
        ("half open", "\"client-{1..20}\": {}", "\"client-{1..}\": {}"),
        ("a sign", "\"client-{1..20}\": {}", "\"client-{+1..20}\": {}"),
        ("the wrong way round", "\"client-{1..20}\": {}", "\"client-{20..1}\": {}"),
        ("uneven width", "\"client-{1..20}\": {}", "\"client-{01..200}\": {}"),
        ("too many nodes", "\"client-{1..20}\": {}", "\"client-{1..20001}\": {}"),
        ("far too many nodes", "\"client-{1..20}\": {}", "\"client-{1..4294967295}\": {}"),
        ("too many nodes in all", "\"server\": {}", "\"server\": {}, \"n{1..19990}\": {}"),
        ("a name twice", "\"server\": {}", "\"server\": {}, \"client-{20..21}\": {}"),
        ("a mistake in each", "\"client-{1..20}\": {}", "\"client-{1..20}\": { \"base\": \"0ms\" }"),
        ("a shape in each", "\"client-{1..20}\": {}", "\"client-{1..20}\": { \"base\": 3 }"),
        ("nodes that are not there", "[\"client-{1..20}\", \"server\"]", "[\"client-{1..30}\", \"server\"]"),
        ("links to itself", "[\"client-{1..20}\", \"server\"]", "[\"client-{1..20}\", \"client-{2..3}\"]"),
        (
            "one name for many",
            r#""at": "1s", "edit": { "node": "client-1""#,
            r#""at": "1s", "name": "e", "edit": { "node": "client-{1..3}""#,
        ),
    ];
    let out = cases.iter().fold(String::new(), |mut out, (what, old, new)| {
        assert_eq!(text.matches(old).count(), 1, "{old} must occur once");
        let said = parse(&text.replace(old, new), "scenario.json").expect_err(what);
        writeln!(out, "## {what}\n\n{said}").expect("a string takes all");
        out
    });
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(out) });
}

#[test]
fn too_many_links_are_not_made() {
    let nodes = r#""a{1..500}": {}, "b{1..500}": {}"#;
    let said = parse(&with_nodes(nodes, &link("a{1..500}", "b{1..500}")), "x").expect_err("too many");
    assert!(said.to_string().contains("too many links"), "{said}");
}

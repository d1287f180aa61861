//! What is said of clocks and of nodes that come, go and sleep, and what is drawn of them.

use crate::samples::{LIVES, PAIR};
use cosim_core::Span;
use cosim_testbed::clock::ClockChange;
use cosim_testbed::scenario::file::{Between, Lone};
use cosim_testbed::scenario::{Act, Scenario, parse};
use proptest::prelude::*;
use std::fmt::Write;

fn good(text: &str) -> Scenario {
    parse(text, "scenario.json").unwrap_or_else(|problems| panic!("{problems}"))
}

/// What is said of a pair with more entries behind its own.
fn said(entries: &str) -> String {
    let edit = r#"{ "at": "1s", "edit": { "node": "alice", "id": "notes" } }"#;
    assert_eq!(PAIR.matches(edit).count(), 1);
    let text = PAIR.replace(edit, &format!("{edit},\n    {entries}"));
    parse(&text, "scenario.json").expect_err("a mistaken scenario").to_string()
}

fn check(name: &str, said: &str) {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, said) });
}

#[test]
fn lives_that_cannot_be() {
    let cases = [
        ("pause of no time", r#"{ "at": "2s", "pause": { "node": "alice", "for": "0ms" } }"#),
        ("spell of no time", r#"{ "at": "2s", "offline": { "node": "alice", "for": "0s" } }"#),
        ("pause without length", r#"{ "at": "2s", "pause": { "node": "alice" } }"#),
        (
            "unknown connections",
            r#"{ "at": "2s", "pause": { "node": "alice", "for": "1s", "connections": "drop" } }"#,
        ),
        ("leave of an unknown node", r#"{ "at": "2s", "leave": { "node": "alcie" } }"#),
        (
            "leave twice",
            "{ \"at\": \"2s\", \"leave\": { \"node\": \"alice\" } },\n    { \"at\": \"3s\", \"leave\": { \"node\": \"alice\" } }",
        ),
        (
            "edit after leave",
            "{ \"at\": \"2s\", \"leave\": { \"node\": \"alice\" } },\n    { \"at\": \"3s\", \"edit\": { \"node\": \"alice\", \"id\": \"notes\" } }",
        ),
        (
            "connect after leave",
            "{ \"at\": \"2s\", \"leave\": { \"node\": \"server\" } },\n    { \"at\": \"3s\", \"connect\": { \"between\": [\"alice\", \"server\"] } }",
        ),
        (
            "join after leave",
            "{ \"at\": \"2s\", \"join\": { \"node\": \"server\" } },\n    { \"at\": \"3s\", \"leave\": { \"node\": \"server\" } },\n    { \"at\": \"4s\", \"join\": { \"node\": \"server\" } }",
        ),
        (
            "join of a node that is there",
            "{ \"at\": \"2s\", \"join\": { \"node\": \"server\" } },\n    { \"at\": \"3s\", \"join\": { \"node\": \"server\" } }",
        ),
        ("work before join", r#"{ "at": "2s", "join": { "node": "alice" } }"#),
        (
            "leave before join",
            "{ \"at\": \"2s\", \"leave\": { \"node\": \"server\" } },\n    { \"at\": \"3s\", \"join\": { \"node\": \"server\" } }",
        ),
        ("clock without change", r#"{ "at": "2s", "clock": { "node": "alice" } }"#),
        (
            "set after leave",
            "{ \"at\": \"2s\", \"leave\": { \"node\": \"alice\" } },\n    { \"at\": \"3s\", \"set\": { \"node\": \"alice\", \"id\": \"notes\", \"key\": \"a\", \"value\": 1 } }",
        ),
        ("clock that drifts too much", r#"{ "at": "2s", "clock": { "node": "alice", "drift": "60%" } }"#),
        (
            "clock that goes on and never stopped",
            r#"{ "at": "2s", "clock": { "node": "alice", "go": true } }"#,
        ),
        (
            "clock, link and attack of a node that has left",
            "{ \"at\": \"2s\", \"leave\": { \"node\": \"server\" } },\n    { \"at\": \"3s\", \"clock\": { \"node\": \"server\", \"jump\": \"1h\" } },\n    { \"at\": \"3s\", \"partition\": { \"from\": \"alice\", \"to\": \"server\" } },\n    { \"at\": \"3s\", \"half_open\": { \"node\": \"alice\", \"peer\": \"server\" } },\n    { \"at\": \"3s\", \"network\": { \"between\": [\"alice\", \"server\"], \"loss\": \"5%\" } }",
        ),
        (
            "half-open before join",
            "{ \"at\": \"2s\", \"half_open\": { \"node\": \"alice\", \"peer\": \"server\" } },\n    { \"at\": \"3s\", \"join\": { \"node\": \"server\" } }",
        ),
        (
            "pause while asleep",
            "{ \"at\": \"2s\", \"pause\": { \"node\": \"alice\", \"for\": \"5s\" } },\n    { \"at\": \"3s\", \"pause\": { \"node\": \"alice\", \"for\": \"1s\" } }",
        ),
        ("network that stays", r#"{ "at": "2s", "network": { "between": ["alice", "server"] } }"#),
        ("clock with two", r#"{ "at": "2s", "clock": { "node": "alice", "jump": "+1s", "stop": true } }"#),
        ("clock that does not stop", r#"{ "at": "2s", "clock": { "node": "alice", "stop": false } }"#),
        ("jump too far", r#"{ "at": "2s", "clock": { "node": "alice", "jump": "-36601d" } }"#),
        ("jump without unit", r#"{ "at": "2s", "clock": { "node": "alice", "jump": "+3" } }"#),
    ];
    let out = cases.iter().fold(String::new(), |mut out, (what, entries)| {
        writeln!(out, "## {what}\n\n{}", said(entries)).expect("a string takes all");
        out
    });
    check("lives_that_cannot_be", &out);
}

#[test]
fn clocks_names_and_faults_that_cannot_be() {
    let cases = [
        ("skew too far", r#""skew": "-3d""#, r#""skew": "-36601d""#),
        ("drift too much", r#""drift": 50 "#, r#""drift": 600000 "#),
        ("drift too much, in percent", "-0.01%", "-51%"),
        ("drift that is no number", "-0.01%", "fast"),
        ("unknown name", r#""claims": "late""#, r#""claims": "lat""#),
        ("its own name", r#""claims": "late""#, r#""claims": "twin""#),
        ("name of a claimer", r#""server": {}"#, r#""server": { "claims": "twin" }"#),
        ("name of a peer", r#""claims": "late""#, r#""claims": "server""#),
        ("spells the wrong way round", r#""shortest": "1s""#, r#""shortest": "2h""#),
        ("flapping of no time", r#""for": "500ms""#, r#""for": "0ms""#),
        ("flapping that never ends", r#""every": "3s""#, r#""every": "500ms""#),
        ("flapping too often", r#""every": "3s", "for": "500ms""#, r#""every": "2us", "for": "1us""#),
        ("joins of nobody", r#""pauses": 2"#, r#""joins": 1"#),
        ("drifts in a swarm", r#""pauses": 2"#, r#""clock_drifts": 1, "swarm": true"#),
        ("faults of nobody", r#"["device-{1..2}"]"#, "[]"),
        ("faults of a stranger", r#"["device-{1..2}"]"#, r#"["device-{1..4}"]"#),
    ];
    let out = cases.iter().fold(String::new(), |mut out, (what, old, new)| {
        assert_eq!(LIVES.matches(old).count(), 1, "{old} must occur once");
        let said = parse(&LIVES.replace(old, new), "scenario.json").expect_err("a mistaken scenario");
        writeln!(out, "## {what}\n\n{said}").expect("a string takes all");
        out
    });
    check("clocks_names_and_faults_that_cannot_be", &out);
}

/// What had no effect is part of what a frozen run says.
#[test]
fn what_was_frozen_may_be_in_vain() {
    let vain = r#"{ "at": "2s", "leave": { "node": "alice" } }, { "at": "3s", "edit": { "node": "alice", "id": "notes" } }"#;
    let text = PAIR.replace("\"timeline\": [\n", &format!("\"timeline\": [\n    {vain},\n"));
    let text = text.replace(r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },"#, "");
    let text = text.replace(r#"{ "at": "1s", "edit""#, r#"{ "at": "4s", "edit""#);
    parse(&text, "scenario.json").expect_err("alice has left");
    let origin = r#""origin": { "scenario": "x", "seed": 1, "cosim": "0.1.0" }, "about""#;
    good(&text.replace("\"about\"", origin));
}

#[test]
fn a_plan_of_lives_is_pinned() {
    let scenario = good(LIVES);
    let plan = scenario.plan(7);
    let generated = plan.chapters[0].operations.iter().filter(|entry| entry.name.starts_with("f-"));
    let shown: Vec<String> =
        generated.map(|entry| format!("{} {}: {:?}", entry.at, entry.name, entry.act)).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

proptest! {
    /// Nothing is drawn out of range, and what a range is decides about no other draw.
    #[test]
    fn what_is_drawn_of_lives_keeps_its_bounds(seed: u64) {
        let scenario = good(LIVES);
        let faults = scenario.faults.clone().expect("it has faults");
        let operations = scenario.plan(seed).chapters.swap_remove(0).operations;
        let mut flaps = [0; 2];
        for entry in operations.iter().filter(|entry| entry.name.starts_with("f-")) {
            #[expect(clippy::wildcard_enum_match_arm, reason = "whatever else is drawn is the failure")]
            match &entry.act {
                Act::Pause(pause) => {
                    prop_assert!(faults.nodes.contains(&pause.node) && pause.span.0 <= faults.longest);
                }
                Act::Offline(spell) if entry.name.starts_with("f-flap") => {
                    prop_assert_eq!(spell.span.0, Span::from_ms(500));
                    flaps[spell.node as usize] += 1;
                }
                Act::Offline(spell) => {
                    prop_assert!(faults.nodes.contains(&spell.node));
                    prop_assert!(Span::from_s(1) <= spell.span.0 && spell.span.0 <= Span::from_s(3_600));
                }
                Act::Clock(clock) => match clock.change() {
                    Some(ClockChange::Jump(shift)) => {
                        prop_assert!(shift.span() <= Span::from_s(3 * 86_400));
                    }
                    Some(ClockChange::Drift(_)) => prop_assert!(faults.nodes.contains(&clock.node)),
                    other => prop_assert!(false, "{:?}", other),
                },
                Act::Leave(leave) => {
                    prop_assert!(faults.nodes.contains(&leave.node) && leave.spare_last_copy());
                }
                Act::Connect(Between { between: [a, b] }) | Act::Disconnect(Between { between: [a, b] }) => {
                    let link = scenario.link(*a, *b).expect("there is one");
                    prop_assert!(faults.links.contains(&link));
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }
        prop_assert!(flaps.iter().all(|count| (3..=4).contains(count)), "{:?} in ten seconds", flaps);
        let other = LIVES.replace(r#""furthest": "3d""#, r#""furthest": "1s""#).replace(r#""longest": "1h""#, r#""longest": "2s""#);
        let times = |scenario: &Scenario| -> Vec<_> {
            let operations = scenario.plan(seed).chapters.swap_remove(0).operations;
            operations.into_iter().map(|entry| (entry.at, entry.name)).collect()
        };
        prop_assert_eq!(times(&scenario), times(&good(&other)));
    }
}

/// A node that is drawn to join is not there until then, whatever else is drawn, and one of which the timeline asks
/// something is there from the start.
#[test]
fn who_is_drawn_to_join_comes_late() {
    let story = LIVES
        .replace(
            r#""nodes": ["device-{1..2}"], "reconnects": 1"#,
            r#""nodes": ["device-{1..2}", "server"], "joins": 3"#,
        )
        .replace(r#"{ "at": "6s", "connect": { "between": ["twin", "server"] } },"#, "");
    let scenario = good(&story);
    let server = scenario.node("server").expect("there is one");
    let of_seed = scenario.of_seed(3);
    let absent: Vec<&str> =
        of_seed.nodes.iter().filter(|node| !node.present).map(|node| node.name.as_str()).collect();
    assert_eq!(absent, ["late", "server"], "one by its entry, one as drawn");
    assert_eq!(of_seed.opened_at_first().count(), 0, "every link is one of the server's");
    let operations = of_seed.plan(3).chapters.swap_remove(0).operations;
    let joins = operations.iter().filter(|entry| entry.name.starts_with("f-join"));
    assert!(joins.clone().all(|entry| entry.act == Act::Join(Lone { node: server })));
    assert_eq!(joins.count(), 3, "two of them in vain");
}

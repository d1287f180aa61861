//! Several workloads in one file: each draws for itself, and the first as if it were alone.

use cosim_testbed::scenario::{Act, Operation, Scenario, parse};
use std::collections::BTreeSet;

const FIRST: &str = r#"{ "operations": 9, "until": "1s", "nodes": ["alice", "bob"], "co_values": ["notes", "team"], "roles": 2 }"#;
const SECOND: &str = r#"{ "operations": 5, "from": "2s", "until": "3s", "nodes": ["{bob,carl}"],
    "co_values": ["notes", "todo"], "mix": { "load": 1 } }"#;

fn text(workload: &str) -> String {
    format!(
        r#"{{ "version": 1, "about": "They write.", "nodes": {{ "{{alice,bob,carl}}": {{}} }},
  "co_values": {{ "team": {{ "kind": "group", "admin": "alice" }} }},
  "links": [{{ "between": ["alice", "bob"], "relationship": "syncCommon/syncCommon" }}],
  "workload": {workload} }}"#
    )
}

fn good(workload: &str) -> Scenario {
    parse(&text(workload), "scenario.json").unwrap_or_else(|problems| panic!("{problems}"))
}

/// What is wrong with it.
fn refused(workload: &str) -> String {
    parse(&text(workload), "scenario.json").expect_err(workload).to_string()
}

fn planned(scenario: &Scenario, seed: u64) -> Vec<Operation> {
    scenario.plan(seed).chapters.remove(0).operations
}

#[test]
fn one_is_the_same_alone_and_in_a_list() {
    let (alone, listed) = (good(FIRST), good(&format!("[{FIRST}]")));
    for seed in 0..20 {
        assert_eq!(planned(&alone, seed), planned(&listed, seed));
    }
}

#[test]
fn another_shifts_no_draw_of_the_first() {
    let (alone, both) = (good(FIRST), good(&format!("[{FIRST}, {SECOND}]")));
    for seed in 0..20 {
        let first = planned(&alone, seed);
        let names: BTreeSet<&str> = first.iter().map(|operation| operation.name.as_str()).collect();
        let mut of_both = planned(&both, seed);
        of_both.retain(|operation| names.contains(operation.name.as_str()));
        assert_eq!(first, of_both);
    }
}

#[test]
fn each_has_its_own_window_nodes_and_numbers() {
    let both = good(&format!("[{FIRST}, {SECOND}, {FIRST}]"));
    let mut loaders = BTreeSet::new();
    for seed in 0..20 {
        let planned = planned(&both, seed);
        let names: BTreeSet<&str> = planned.iter().map(|operation| operation.name.as_str()).collect();
        assert_eq!(names.len(), planned.len(), "a name is there twice");
        // What the first creates, the others do not.
        let created = planned.iter().filter(|operation| matches!(operation.act, Act::Create(_)));
        assert_eq!(created.count(), 3);
        assert!((1..=23).all(|number| names.contains(format!("w{number}").as_str())), "{names:?}");
        assert!((1..=4).all(|number| names.contains(format!("role{number}").as_str())), "{names:?}");
        for number in 10..=14 {
            let name = format!("w{number}");
            let operation = planned.iter().find(|operation| operation.name == name).unwrap();
            let Act::Load(load) = &operation.act else { panic!("{operation:?}") };
            assert!((2_000_000..=3_000_000).contains(&operation.at.as_us()), "{operation:?}");
            loaders.insert(both.nodes[load.node as usize].name.as_str());
        }
    }
    assert_eq!(Vec::from_iter(loaders), ["bob", "carl"]);
}

/// Two of the same draw differently.
#[test]
fn a_second_is_no_copy_of_the_first() {
    let twice = good(&format!("[{FIRST}, {FIRST}]"));
    let planned = planned(&twice, 1);
    let times = |numbers: std::ops::RangeInclusive<u32>| -> Vec<_> {
        let of = |number| planned.iter().find(|operation| operation.name == format!("w{number}"));
        numbers.filter_map(of).map(|operation| operation.at).collect()
    };
    assert_eq!(times(1..=9).len(), times(10..=18).len());
    assert_ne!(times(1..=9), times(10..=18));
}

#[test]
fn what_is_wrong_is_marked_in_its_workload() {
    let typo = SECOND.replace("carl", "karl");
    let unknown = SECOND.replace("\"from\"", "\"form\"");
    let many = format!("[{}]", vec![FIRST; 101].join(", "));
    let large = format!("[{FIRST}, {}]", SECOND.replace(": 5", ": 1000000"));
    let reversed = SECOND.replace("\"2s\"", "\"4s\"");
    let wrong = [
        format!("[{FIRST}, {typo}]"),
        format!("[{FIRST}, {unknown}]"),
        format!("[{FIRST}, {reversed}]"),
        large,
        "[]".to_owned(),
        "\"much\"".to_owned(),
        "[3]".to_owned(),
    ];
    let mut told: Vec<String> = wrong.iter().map(|workload| refused(workload)).collect();
    let of_many = refused(&many);
    told.push(of_many.lines().next().unwrap_or_default().to_owned());
    insta::assert_snapshot!(told.join("\n\n"));
}

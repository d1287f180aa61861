//! Plans: the same for the same seed, and stable when other things change.

use crate::samples::FULL;
use cosim_core::Time;
use cosim_testbed::scenario::{Operation, Plan, Scenario, parse};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn good(text: &str) -> Scenario {
    parse(text, "scenario.json").unwrap_or_else(|problems| panic!("{problems}"))
}

/// The generated operations by name, without those of the timeline.
fn generated(scenario: &Scenario, seed: u64) -> BTreeMap<String, Operation> {
    let written: BTreeSet<&str> = scenario
        .chapters
        .iter()
        .flat_map(|chapter| &chapter.operations)
        .map(|entry| entry.name.as_str())
        .collect();
    let Plan { chapters } = scenario.plan(seed);
    let all = chapters.into_iter().flat_map(|chapter| chapter.operations);
    all.filter(|entry| !written.contains(entry.name.as_str()))
        .map(|entry| (entry.name.clone(), entry))
        .collect()
}

/// What is left of a plan when some names are taken away.
fn without(
    mut plan: BTreeMap<String, Operation>,
    gone: impl Fn(&str) -> bool,
) -> BTreeMap<String, Operation> {
    plan.retain(|name, _| !gone(name));
    plan
}

#[test]
fn a_plan_is_pinned() {
    let scenario = good(FULL);
    let plan = scenario.plan(7);
    let shown: Vec<String> = plan.chapters[0]
        .operations
        .iter()
        .map(|entry| format!("{} {}: {:?}", entry.at, entry.name, entry.act))
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let plan = good(FULL).plan(1);
    let names: Vec<&String> =
        plan.chapters.iter().flat_map(|chapter| &chapter.operations).map(|entry| &entry.name).collect();
    let distinct: BTreeSet<&&String> = names.iter().collect();
    assert_eq!(names.len(), distinct.len());
}

proptest! {
    #[test]
    fn plans_are_deterministic_and_in_order(seed: u64) {
        let scenario = good(FULL);
        let plan = scenario.plan(seed);
        prop_assert_eq!(&plan, &scenario.plan(seed));
        for chapter in &plan.chapters {
            prop_assert!(chapter.operations.is_sorted_by_key(|entry| entry.at));
        }
    }

    #[test]
    fn generated_operations_keep_to_their_window(seed: u64) {
        for (name, entry) in generated(&good(FULL), seed) {
            let limit = if name.ends_with("-end") { Time::from_us(13_000_000) } else { Time::from_us(10_000_000) };
            prop_assert!(entry.at <= limit, "{name} at {}", entry.at);
            prop_assert!(!name.starts_with("create") || entry.at < Time::from_us(1_000_000));
        }
    }

    #[test]
    fn the_timeline_shifts_nothing(seed: u64) {
        let edit = r#"{ "at": "1s", "edit": { "node": "alice", "id": "notes" } }"#;
        let more = FULL.replace(edit, &format!("{edit}, {edit}"));
        prop_assert_eq!(generated(&good(FULL), seed), generated(&good(&more), seed));
    }

    #[test]
    fn a_created_co_value_shifts_no_other(seed: u64) {
        let made = r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },"#;
        let twice = FULL.replace(made, &format!("{made} {}", made.replace("notes", "todo")));
        let expected = without(generated(&good(FULL), seed), |name| name == "create-todo");
        prop_assert_eq!(expected, generated(&good(&twice), seed));
    }

    #[test]
    fn a_kind_of_fault_shifts_no_other(seed: u64) {
        let kinds = [
            ("reconnect", r#""reconnects": 3, "#),
            ("partition", r#""partitions": 2, "#),
            ("restart", r#""restarts": 1, "#),
            ("wipe", r#""wipes": 1, "#),
        ];
        for (kind, field) in kinds {
            let expected = without(generated(&good(FULL), seed), |name| name.starts_with(&format!("f-{kind}-")));
            prop_assert_eq!(expected, generated(&good(&FULL.replace(field, "")), seed));
        }
    }

    #[test]
    fn more_operations_shift_none(seed: u64) {
        let more = FULL.replace("\"operations\": 20", "\"operations\": 30");
        let expected = generated(&good(FULL), seed);
        let added = (21..=30).map(|number| format!("w{number}")).collect::<Vec<_>>();
        prop_assert_eq!(expected, without(generated(&good(&more), seed), |name| added.iter().any(|one| one == name)));
    }

    /// Whatever is drawn, an operation takes the same number of words: other weights and ranges move no time.
    #[test]
    fn draws_are_of_fixed_width(seed: u64) {
        let other = FULL.replace(r#""done": 1"#, r#""done": 90"#).replace("1..3", "2").replace("20..200", "1000");
        let times = |text: &str| -> BTreeMap<String, Time> {
            generated(&good(text), seed).into_iter().map(|(name, entry)| (name, entry.at)).collect()
        };
        prop_assert_eq!(times(FULL), times(&other));
    }
}

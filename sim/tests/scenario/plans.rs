//! Plans: the same for the same seed, and stable when other things change.

use crate::samples::FULL;
use cosim_core::Time;
use cosim_testbed::scenario::{Act, GuestVerb, Operation, Plan, Scenario, parse};
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

/// People whose nodes guests play, who do all that only guests know.
const GUESTS: &str = r#"{ "version": 1, "about": "Guests do all that they can.",
  "nodes": { "ann": { "guest": "mine" }, "ben": { "guest": "mine" }, "hub": { "guest": "mine" } },
  "co_values": { "club": { "kind": "group", "admin": "ben" }, "list": { "kind": "list", "owner": "team" },
    "page": { "kind": "text" }, "talk": { "kind": "stream" }, "team": { "kind": "group", "admin": "ann" } },
  "links": [{ "between": ["ann", "hub"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["ben", "hub"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [{ "at": "0ms", "create": { "node": "ann", "id": "team" } }],
  "workload": { "operations": 60, "until": "9s", "nodes": ["ann", "ben"],
    "co_values": ["club", "list", "page", "plan", "talk", "team"], "mix": { "edit": 3, "load": 1 MORE } } }"#;

/// The same, of which a mix has these weights beside edits and loads.
fn guests(weights: &[(GuestVerb, u32)]) -> Scenario {
    let more = weights.iter().map(|(verb, weight)| format!(r#", "{}": {weight}"#, verb.name()));
    good(&GUESTS.replace(" MORE", &more.collect::<String>()))
}

/// What a verb is called in the guest's own words.
fn words(verb: GuestVerb) -> &'static str {
    match verb {
        GuestVerb::Role => "add_member",
        GuestVerb::OnBranch | GuestVerb::Through => "",
        GuestVerb::Invite
        | GuestVerb::Accept
        | GuestVerb::Extend
        | GuestVerb::RevokeExtend
        | GuestVerb::Rotate
        | GuestVerb::Branch
        | GuestVerb::Merge
        | GuestVerb::DeleteValue
        | GuestVerb::WaitForSync
        | GuestVerb::CollectGarbage
        | GuestVerb::Hold => verb.name(),
    }
}

#[test]
fn every_verb_of_guests_is_drawn() {
    let scenario = guests(&GuestVerb::ALL.map(|verb| (verb, 2)));
    let mut drawn = BTreeSet::new();
    for operation in (0..20).flat_map(|seed| generated(&scenario, seed).into_values()) {
        let Act::Ask(ask) = operation.act else { continue };
        drawn.insert(ask.op.clone());
        drawn.extend(ask.given.keys().map(|member| format!("{} given {member}", ask.op)));
        drawn.extend(ask.with.keys().map(|member| format!("{} with {member}", ask.op)));
    }
    let words = GuestVerb::ALL.into_iter().map(words).filter(|word| !word.is_empty());
    let told = ["accept given secret", "merge given subject", "load given subject", "insert given subject"];
    let through = ["set with through", "push with through", "splice with through", "insert with through"];
    for word in words.chain(told).chain(through) {
        assert!(drawn.contains(word), "{word} is not among {drawn:?}");
    }
}

/// A verb alone is drawn as often as the mix says, even where it can only begin what it goes on with.
#[test]
fn a_mix_of_one_verb_has_nothing_else() {
    for verb in GuestVerb::ALL {
        let text = GUESTS.replace(r#""edit": 3, "load": 1 MORE"#, &format!(r#""{}": 1"#, verb.name()));
        let asked = generated(&good(&text), 1).into_values();
        assert_eq!(asked.filter(|operation| matches!(operation.act, Act::Ask(_))).count(), 60, "{verb:?}");
    }
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
    fn verbs_of_guests_are_deterministic_and_go_on_with_what_was_begun(
        seed: u64,
        weights in prop::collection::vec(0..4_u32, GuestVerb::ALL.len()),
    ) {
        let weights: Vec<(GuestVerb, u32)> = GuestVerb::ALL.into_iter().zip(weights).collect();
        let scenario = guests(&weights);
        let plan = generated(&scenario, seed);
        prop_assert_eq!(&plan, &generated(&scenario, seed));
        for operation in plan.values() {
            let Act::Ask(ask) = &operation.act else { continue };
            for earlier in ask.given.values() {
                let Some(Operation { at, act: Act::Ask(maker), .. }) = plan.get(earlier) else {
                    panic!("{earlier} is no operation that could make anything")
                };
                prop_assert!(*at <= operation.at);
                prop_assert!(maker.op == "invite" || maker.op == "branch");
                prop_assert!(maker.op != "invite" || maker.node != ask.node);
                prop_assert_eq!(maker.id, ask.id);
            }
        }
    }

    /// What guests are asked for beside it shifts no edit of others in time, place or size.
    #[test]
    fn verbs_that_weigh_nothing_change_nothing(seed: u64) {
        let none = guests(&[]);
        prop_assert_eq!(
            generated(&none, seed),
            generated(&guests(&GuestVerb::ALL.map(|verb| (verb, 0))), seed)
        );
        let some = generated(&guests(&[(GuestVerb::Rotate, 4)]), seed);
        for (name, operation) in generated(&none, seed) {
            prop_assert_eq!(some[&name].at, operation.at);
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

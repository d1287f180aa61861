//! What is said of branches and of changes that cannot be, and what a workload draws of today's acts.

use crate::disks::{good, table};
use cosim_testbed::log::{Event, Limit, Reason};
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario::{Act, parse};
use std::collections::BTreeSet;

/// A list that a group owns, a branch of it, and what has no owner.
const BRANCHES: &str = r#"{
  "version": 1,
  "about": "A branch of a list.",
  "format": "0.20",
  "nodes": { "alice": {}, "bob": {} },
  "co_values": {
    "draft": { "branch_of": "tasks" },
    "loose": { "kind": "map" },
    "tasks": { "kind": "list", "owner": "team", "private": true },
    "team": { "kind": "group", "admin": "alice" }
  },
  "links": [{ "between": ["alice", "bob"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "team" } },
    { "at": "0ms", "create": { "node": "alice", "id": "tasks" } },
    { "at": "1s", "branch": { "node": "alice", "id": "draft" } },
    { "at": "2s", "insert": { "node": "alice", "id": "draft", "values": ["milk"] } },
    { "at": "3s", "merge": { "node": "alice", "id": "draft" } }
  ]
}
"#;

#[test]
fn a_branch_is_what_its_source_is() {
    let scenario = good(BRANCHES);
    let draft = scenario.directory.named("draft").expect("it is named");
    let (tasks, team) = (scenario.directory.named("tasks"), scenario.directory.named("team"));
    let known = scenario.directory.co_value(draft).expect("it is known");
    assert_eq!((known.spec.branch_of, known.spec.owner, known.spec.private), (tasks, team, true));
    assert_eq!(known.spec.depends_on, [team.expect("named"), tasks.expect("named")]);
    let header = known.header.as_ref().expect("it has one").as_json();
    assert_eq!((&header["type"], &header["meta"]["branch"]), (&"colist".into(), &"draft".into()));
    assert_eq!(good(&scenario.file.to_json_pretty()), scenario);
}

#[test]
fn branches_that_cannot_be() {
    let (of, merge) = (r#""branch_of": "tasks""#, r#""merge": { "node": "alice", "id": "draft""#);
    let cases = [
        ("by the rules of 0.7", r#""format": "0.20""#, r#""format": "0.7""#),
        ("a source that is misspelt", of, r#""branch_of": "taks""#),
        ("its own source", of, r#""branch_of": "draft""#),
        ("a source without an owner", of, r#""branch_of": "loose""#),
        ("a source that is a group", of, r#""branch_of": "team""#),
        ("a kind of its own", of, r#""branch_of": "tasks", "kind": "map""#),
        ("an owner that is no group", of, r#""branch_of": "tasks", "owner": "loose""#),
        (
            "created, and not branched",
            r#""branch": { "node": "alice", "id": "draft""#,
            r#""create": { "node": "alice", "id": "draft""#,
        ),
        ("merged, and no branch", merge, r#""merge": { "node": "alice", "id": "tasks""#),
        ("merged, and misspelt", merge, r#""merge": { "node": "alice", "id": "darft""#),
        ("merged by nobody", merge, r#""merge": { "node": "alise", "id": "draft""#),
        (
            "merged by a guest",
            r#""nodes": { "alice": {}"#,
            r#""nodes": { "alice": { "guest": "cojson@0.20.19" }"#,
        ),
        (
            "another kind of change",
            r#""insert": { "node": "alice", "id": "draft", "values": ["milk"]"#,
            r#""push": { "node": "alice", "id": "draft", "value": 1"#,
        ),
    ];
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("branches_that_cannot_be", table(BRANCHES, &cases));
    });
}

/// A change that no list could take in one transaction is a mistake in the file; by the rules of 0.7 nothing is.
#[test]
fn what_never_fits_into_a_transaction_is_refused() {
    let values = vec!["milk"; 30_000].join("\", \"");
    let text = BRANCHES.replace("[\"milk\"]", &format!("[\"{values}\"]"));
    let said = parse(&text, "scenario.json").expect_err("it is too large").to_string();
    assert!(said.contains("bytes of changes in one transaction are too many"), "{said}");
    assert!(said.contains("at most 1048576"), "{said}");
    let old = text.replace("\"0.20\"", "\"0.7\"").replace("\"draft\"", "\"tasks\"");
    let old = old.replace("    \"tasks\": { \"branch_of\": \"tasks\" },\n", "");
    let old: Vec<&str> =
        old.lines().filter(|line| !line.contains("\"branch\"") && !line.contains("\"merge\"")).collect();
    good(&old.join("\n").replace("} },\n  ]", "} }\n  ]"));
}

/// What is too large where it comes, and might have fitted elsewhere, the app refuses; less of it, it writes.
#[test]
fn an_app_refuses_what_is_too_large() {
    for (count, fits) in [(3_000, true), (8_000, false)] {
        let values = vec!["m"; count].join("\", \"");
        let first = r#"{ "at": "1s", "branch""#;
        let some = r#"{ "at": "500ms", "insert": { "node": "alice", "id": "tasks", "values": ["a"] } },"#;
        let text = BRANCHES.replace("[\"milk\"]", &format!("[\"{values}\"]"));
        let scenario = good(&text.replace(first, &format!("{some}\n    {first}")));
        let outcome = run(&scenario, 1, Options::logged(Limit::All));
        assert_eq!((&outcome.violations[..], &outcome.unmet[..]), (&[][..], &[][..]), "{count}");
        let log = outcome.log.as_ref().expect("it was asked for");
        let refused: Vec<String> = log
            .entries()
            .filter_map(|entry| {
                let Event::Skipped { why: Reason::Refused(why), .. } = &entry.what else { return None };
                Some(why.clone())
            })
            .collect();
        let is_too_large =
            |why: &String| why.contains("bytes in one transaction, above 1048576: write it in several");
        assert_eq!(refused.iter().any(is_too_large), !fits, "{refused:?}");
    }
}

/// A workload draws all that its mix has, and each of it is what a file may say, too.
#[test]
fn a_workload_draws_todays_acts() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/swarm/union.json"));
    let union = good(&text.expect("it is there"));
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/swarm/branches.json"));
    let branches = good(&text.expect("it is there"));
    let mut drawn = BTreeSet::new();
    for scenario in [&union, &branches] {
        let plans = (0..20).flat_map(|seed| scenario.plan(seed).chapters);
        let acts =
            plans.flat_map(|chapter| chapter.operations).filter(|operation| operation.name.starts_with('w'));
        for operation in acts {
            drawn.insert(operation.act.key());
            if let Act::Accept(accept) = &operation.act {
                assert!(accept.secret.starts_with("drawn-"), "{}", accept.secret);
            }
        }
    }
    for key in ["invite", "accept", "extend", "revoke_extend", "delete_value", "branch", "merge"] {
        assert!(drawn.contains(key), "{key} is not drawn");
    }
}

//! What is said of decisions that no message could be meant by; and what is not said.

use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario::{Scenario, file, parse, resolve};

const TEXT: &str = r#"{
  "version": 1,
  "about": "A pair and a third.",
  "nodes": { "alice": {}, "bob": {}, "server": {} },
  "links": [
    { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }
  ],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "edit": { "node": "alice", "id": "notes" } }
  ],
  "decisions": DECISIONS
}"#;

fn with(decisions: &str) -> String {
    TEXT.replace("DECISIONS", decisions)
}

fn good(decisions: &str) -> Scenario {
    parse(&with(decisions), "scenario.json").unwrap_or_else(|problems| panic!("{problems}"))
}

fn said(decisions: &str) -> String {
    parse(&with(decisions), "scenario.json").expect_err("a mistaken scenario").to_string()
}

#[test]
fn mistakes() {
    let cases = [
        ("no address", r#"{ "lost": ["alice"] }"#),
        ("an address without a CoValue", r#"{ "lost": ["alice>server content"] }"#),
        ("a word too many", r#"{ "lost": ["alice>server content notes edit-1 edit-2"] }"#),
        ("two spaces", r#"{ "lost": ["alice>server content  notes"] }"#),
        ("a first attempt", r##"{ "lost": ["alice>server content notes #1"] }"##),
        ("an attempt that is no number", r##"{ "lost": ["alice>server content notes #two"] }"##),
        ("words in the wrong order", r##"{ "lost": ["alice>server content notes @x #2"] }"##),
        ("an unknown kind, close to one", r#"{ "lost": ["alice>server contents notes"] }"#),
        ("an unknown kind, close to none", r#"{ "lost": ["alice>server whatever notes"] }"#),
        ("an unknown node", r#"{ "duplicated": { "alise>server content notes": "5ms" } }"#),
        ("no link", r#"{ "latencies": { "alice>bob content notes": "5ms" } }"#),
        ("twice", r#"{ "lost": ["alice>server load notes", "alice>server load notes"] }"#),
        (
            "a notice among messages",
            r#"{ "reordered": { "alice hears-open server @open-alice-server": "5ms" } }"#,
        ),
        ("a message among notices", r#"{ "noticed": { "alice>server load notes": "5ms" } }"#),
        ("a notice of no link", r#"{ "noticed": { "alice hears-close bob @x": "5ms" } }"#),
        ("too long a span", r#"{ "latencies": { "alice>server load notes": "72m" } }"#),
    ];
    let said: Vec<String> =
        cases.iter().map(|(what, decisions)| format!("## {what}\n\n{}", said(decisions))).collect();
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!("mistakes", said.join("\n")) });
}

/// Seeds differ in what operations and CoValues there are: what names another is reported by the run, not refused.
#[test]
fn what_never_happens_is_unused() {
    let scenario = good(
        r##"{
            "lost": ["alice>server content notes edit-notes-alice", "alice>server content notes w99"],
            "noticed": { "alice hears-close server @f-reconnect-1": "5ms" },
            "latencies": { "server>alice done diary #7 @wipe-bob": "5ms" }
        }"##,
    );
    let unused = run(&scenario, 1, Options::judged()).unused;
    let unused: Vec<String> = unused.iter().map(ToString::to_string).collect();
    assert_eq!(
        unused,
        [
            "lost: alice>server content notes w99",
            "noticed late: alice hears-close server @f-reconnect-1",
            "latency: server>alice done diary #7 @wipe-bob",
        ]
    );
}

/// A program that builds a scenario is told the same, without a text to point at.
#[test]
fn without_a_text() {
    let lost = vec!["alice>nobody load notes".to_owned()];
    let decisions = file::Decisions { lost, ..file::Decisions::default() };
    let file = file::Scenario { decisions: Some(decisions), ..good("{}").file };
    let said = resolve(file).expect_err("a mistaken scenario").to_string();
    assert!(said.contains("unknown node `nobody`") && said.contains("decisions.lost[0]"), "{said}");
}

//! What is said of every mistake.

use crate::samples::{FULL, LEAST, PAIR};
use cosim_testbed::scenario::{MAX_PROBLEMS, file, parse, parse_bytes, resolve};
use std::fmt::Write;

/// What is said of a text.
fn said(text: &str) -> String {
    parse(text, "scenario.json").expect_err("a mistaken scenario").to_string()
}

/// A good file with one thing replaced.
fn with(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "{old} must occur once");
    text.replace(old, new)
}

/// Compares with a snapshot.
fn check(name: &str, said: &str) {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, said) });
}

/// What is said of each of several replacements in a good file.
fn table(text: &str, replacements: &[(&str, &str, &str)]) -> String {
    replacements.iter().fold(String::new(), |mut out, (what, old, new)| {
        writeln!(out, "## {what}\n\n{}", said(&with(text, old, new))).expect("a string takes all");
        out
    })
}

const LINK: &str = r#"{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }"#;
const EDIT: &str = r#"{ "at": "1s", "edit": { "node": "alice", "id": "notes" } }"#;
const NODES: &str = "\"alice\": {},\n    \"server\": {}";

/// What follows from a mistake is not told beside it.
#[test]
fn one_mistake_is_told_once() {
    let text = r#"{
        "version": 1, "about": "Alice owns a map.", "nodes": { "alice": {} },
        "co_values": { "card": { "kind": "map", "owner": "team" }, "team": { "kind": "group", "admin": "alice" } },
        "timeline": [
            { "at": "0s", "create": { "node": "alice", "id": "team" } },
            { "at": "1s", "create": { "node": "alice", "id": "card" } },
            { "at": "2s", "set": { "node": "alice", "id": "card", "key": "a", "value": 1 } }
        ]
    }"#;
    for (old, new, help) in [
        (r#""kind": "map""#, r#""kind": "file""#, "unknown value `file`"),
        (r#""admin": "alice""#, r#""admin": "alicia""#, "did you mean `alice`?"),
        (r#""owner": "team""#, r#""owner": "taem""#, "did you mean `team`?"),
    ] {
        let said = said(&with(text, old, new));
        assert!(said.matches("error: ").count() == 1 && said.contains(help), "{said}");
    }
}

#[test]
fn texts_that_are_no_json() {
    let cases = [
        ("empty", ""),
        ("blank", " \n "),
        ("a word", "{ version: 1 }"),
        ("cut short", "{ \"version\": 1,"),
        ("a comment", "{\n  // the version\n  \"version\": 1\n}"),
        ("a trailing comma", "{ \"version\": 1, }"),
        ("a missing comma", "{ \"version\": 1 \"about\": \"x\" }"),
        ("single quotes", "{ 'version': 1 }"),
        ("two values", "{} {}"),
        ("a raw control character", "{ \"about\": \"a\tb\" }"),
        ("a leading zero", "{ \"version\": 01 }"),
        ("a text", "\"scenario\""),
        ("a byte order mark", "\u{feff}{ \"version\": 1 }"),
    ];
    let out = cases.iter().fold(String::new(), |mut out, (what, text)| {
        writeln!(out, "## {what}\n\n{}", said(text)).expect("a string takes all");
        out
    });
    check("texts_that_are_no_json", &out);
}

#[test]
fn bytes_that_are_no_text() {
    let said = parse_bytes(b"{ \"about\": \"\xff\" }", "scenario.json")
        .expect_err("a mistaken scenario")
        .to_string();
    check("bytes_that_are_no_text", &said);
}

#[test]
fn fields() {
    check(
        "fields",
        &table(
            PAIR,
            &[
                ("unknown field, close to one", "\"links\"", "\"link\""),
                ("unknown field, close to none", "\"links\"", "\"whatever\""),
                (
                    "unknown field of an operation",
                    "\"id\": \"notes\" } },",
                    "\"id\": \"notes\", \"sise\": 3 } },",
                ),
                ("unknown operation", "\"edit\"", "\"eidt\""),
                ("missing field at the top", "  \"version\": 1,\n", ""),
                ("missing nodes", "  \"nodes\": {\n    \"alice\": {},\n    \"server\": {}\n  },\n", ""),
                ("missing field of a link", ", \"relationship\": \"syncAllOurs/syncTheirs\"", ""),
                ("missing field of an operation", "\"edit\": { \"node\": \"alice\", ", "\"edit\": { "),
                ("text for an object", NODES, "\"alice\": \"server\""),
                ("number for a text", "\"Alice writes while the server is away.\"", "3"),
                ("text for a number", "\"version\": 1", "\"version\": \"one\""),
                ("number for an end", "[\"alice\", \"server\"]", "[\"alice\", 5]"),
                ("number for a list", "[\n    { \"between\"", "[ 7,\n    { \"between\""),
                ("three ends", "[\"alice\", \"server\"]", "[\"alice\", \"server\", \"bob\"]"),
                ("one end", "[\"alice\", \"server\"]", "[\"alice\"]"),
                (
                    "negative number",
                    EDIT,
                    r#"{ "at": "1s", "edit": { "node": "alice", "id": "notes", "size": -1 } }"#,
                ),
                (
                    "fraction",
                    EDIT,
                    r#"{ "at": "1s", "edit": { "node": "alice", "id": "notes", "size": 1.5 } }"#,
                ),
                ("unknown value", "\"server\": {}", "\"server\": { \"announce\": \"al\" }"),
                ("unknown condition", r#""at": "1s""#, r#""after": "silence""#),
                ("array for an object", NODES, "\"alice\": []"),
                ("object for a value", "\"server\": {}", "\"server\": { \"announce\": { \"all\": null } }"),
                ("number out of range", "\"version\": 1,", "\"version\": 1,\n  \"seed\": 1e999,"),
                ("field twice", "\"version\": 1,", "\"version\": 1,\n  \"version\": 1,"),
            ],
        ),
    );
}

#[test]
fn units() {
    let at = r#""at": "1s""#;
    check(
        "units",
        &table(
            PAIR,
            &[
                ("duration without unit", at, r#""at": "80""#),
                ("duration that is a number", at, r#""at": 80"#),
                ("duration with an unknown unit", at, r#""at": "1w""#),
                ("duration without number", at, r#""at": "s""#),
                ("negative duration", at, r#""at": "-1s""#),
                ("duration of half a microsecond", at, r#""at": "1.5us""#),
                ("duration beyond all bounds", at, r#""at": "99999999999999999999999m""#),
                (
                    "probability without sign",
                    "\"timeline\"",
                    "\"network\": { \"loss\": \"5\" },\n  \"timeline\"",
                ),
                (
                    "probability over 100",
                    "\"timeline\"",
                    "\"network\": { \"loss\": \"100.1%\" },\n  \"timeline\"",
                ),
                (
                    "probability too fine",
                    "\"timeline\"",
                    "\"network\": { \"loss\": \"0.00001%\" },\n  \"timeline\"",
                ),
                (
                    "range the wrong way round",
                    "\"timeline\"",
                    "\"network\": { \"latency\": \"2s..1ms\" },\n  \"timeline\"",
                ),
                (
                    "latency beyond all bounds",
                    "\"timeline\"",
                    "\"network\": { \"latency\": \"100m\" },\n  \"timeline\"",
                ),
                ("relationship misspelt", "syncAllOurs/syncTheirs", "syncAll/syncTheirs"),
            ],
        ),
    );
}

#[test]
fn nodes_and_links() {
    let second = |link: &str| format!("{LINK},\n    {link}");
    check(
        "nodes_and_links",
        &table(
            PAIR,
            &[
                ("another version", "\"version\": 1", "\"version\": 2"),
                ("no story", "Alice writes while the server is away.", " "),
                ("no nodes", NODES, ""),
                ("node called local", "\"alice\": {},", "\"alice\": {}, \"local\": {},"),
                ("node with a space", "\"alice\": {},", "\"alice\": {}, \"bob b\": {},"),
                (
                    "a clock without steps",
                    "\"server\": {}",
                    "\"server\": { \"clock\": { \"resolution\": \"0ms\" } }",
                ),
                ("base of zero", "\"server\": {}", "\"server\": { \"base\": \"0ms\" }"),
                ("base too short", "\"server\": {}", "\"server\": { \"base\": \"20us\" }"),
                ("everyone", "\"server\": {}", "\"server\": {}, \"everyone\": {}"),
                ("cap below base", "\"server\": {}", "\"server\": { \"base\": \"2s\", \"cap\": \"1s\" }"),
                (
                    "unknown mutation",
                    "\"server\": {}",
                    "\"server\": { \"mutations\": [\"never-retransmits\"] }",
                ),
                ("removed mutation", "\"server\": {}", "\"server\": { \"mutations\": [\"done-once\"] }"),
                ("link to an unknown node", "[\"alice\", \"server\"]", "[\"alice\", \"sever\"]"),
                ("link to itself", "[\"alice\", \"server\"]", "[\"alice\", \"alice\"]"),
                (
                    "link twice",
                    LINK,
                    &second(r#"{ "between": ["server", "alice"], "relationship": "syncCommon/syncCommon" }"#),
                ),
                ("illegal ends", "syncAllOurs/syncTheirs", "syncTheirs/syncTheirs"),
                ("mixed ends", "syncAllOurs/syncTheirs", "syncAllOurs/syncCommon"),
            ],
        ),
    );
}

#[test]
fn servers_in_a_circle() {
    let text = r#"{
  "version": 1,
  "about": "Everybody's server is somebody's client.",
  "nodes": { "a": {}, "b": {}, "c": {}, "d": {} },
  "links": [
    { "between": ["a", "b"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["b", "c"], "relationship": "syncCommon/syncCommon" },
    { "between": ["a", "d"], "relationship": "syncTheirs/syncAllOurs" },
    { "between": ["c", "d"], "relationship": "syncAllOurs/syncTheirs" }
  ]
}
"#;
    check("servers_in_a_circle", &said(text));
    let legal = text.replace(
        "\"a\", \"d\"], \"relationship\": \"syncTheirs/syncAllOurs\"",
        "\"a\", \"d\"], \"relationship\": \"syncAllOurs/syncTheirs\"",
    );
    parse(&legal, "scenario.json").expect("the same without a circle");
}

#[test]
fn timelines() {
    let third = |entry: &str| format!("{EDIT},\n    {entry}");
    let cases = [
        ("time runs backwards", r#"{ "at": "999ms", "load": { "node": "server", "id": "notes" } }"#),
        ("no time", r#"{ "load": { "node": "server", "id": "notes" } }"#),
        ("two times", r#"{ "at": "1s", "after": "quiet", "load": { "node": "server", "id": "notes" } }"#),
        ("no operation", r#"{ "at": "1s" }"#),
        (
            "two operations",
            r#"{ "at": "1s", "restart": { "node": "server" }, "wipe": { "node": "server" } }"#,
        ),
        ("unknown node", r#"{ "at": "1s", "load": { "node": "serve", "id": "notes" } }"#),
        ("unknown node, close to none", r#"{ "at": "1s", "load": { "node": "mallory", "id": "notes" } }"#),
        ("strange CoValue", r#"{ "at": "1s", "load": { "node": "server", "id": "my notes" } }"#),
        ("no such link", r#"{ "at": "1s", "connect": { "between": ["alice", "alice"] } }"#),
        ("partition without ends", r#"{ "at": "1s", "partition": {} }"#),
        ("partition with one end", r#"{ "at": "1s", "partition": { "from": "alice" } }"#),
        (
            "edit of nothing",
            r#"{ "at": "1s", "edit": { "node": "alice", "id": "notes", "transactions": 0 } }"#,
        ),
        (
            "edit too large",
            r#"{ "at": "1s", "edit": { "node": "alice", "id": "notes", "transactions": 10001, "size": 1048577 } }"#,
        ),
        ("strange name", r#"{ "at": "1s", "name": "", "restart": { "node": "server" } }"#),
    ];
    let out = cases.iter().fold(String::new(), |mut out, (what, entry)| {
        writeln!(out, "## {what}\n\n{}", said(&with(PAIR, EDIT, &third(entry)))).expect("a string takes all");
        out
    });
    check("timelines", &out);
}

#[test]
fn attacks() {
    let text = r#"{
  "version": 1,
  "about": "Mallory lies to the server.",
  "nodes": { "alice": {}, "bob": {}, "mallory": { "hostile": true }, "server": {} },
  "links": [
    { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["mallory", "server"], "relationship": "syncAllOurs/syncTheirs" }
  ],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "attack": { "node": "mallory", "on": "server", "how": "forged", "count": 2 } }
  ],
  "faults": { "until": "2s", "attacks": 3 }
}
"#;
    parse(text, "scenario.json").expect("a good scenario");
    let hostile = r#""mallory": { "hostile": true }"#;
    let notes = "{ \"at\": \"0ms\", \"create\": { \"node\": \"alice\", \"id\": \"notes\" } },";
    let cases = [
        ("not hostile", r#""node": "mallory", "on""#, r#""node": "alice", "on""#),
        ("not linked", r#""on": "server""#, r#""on": "alice""#),
        ("on itself", r#""on": "server""#, r#""on": "mallory""#),
        ("unknown victim", r#""on": "server""#, r#""on": "sever""#),
        ("unknown kind", r#""how": "forged""#, r#""how": "forge""#),
        ("never", r#""count": 2"#, r#""count": 0"#),
        ("too often", r#""count": 2"#, r#""count": 65"#),
        ("too large a flood", r#""how": "forged", "count": 2"#, r#""how": "flood", "count": 100001"#),
        ("nobody is hostile", hostile, r#""mallory": {}"#),
        ("nothing to lie about", notes, ""),
    ];
    check("attacks", &table(text, &cases));
}

#[test]
fn names_of_operations() {
    check(
        "names_of_operations",
        &table(
            FULL,
            &[
                ("taken", r#""at": "1.5s","#, r#""at": "1.5s", "name": "e1","#),
                ("of a generated operation", r#""at": "1.5s","#, r#""at": "1.5s", "name": "w20","#),
                ("of a generated fault", r#""at": "1.5s","#, r#""at": "1.5s", "name": "f-partition-1-end","#),
            ],
        ),
    );
}

#[test]
fn what_to_generate() {
    check(
        "what_to_generate",
        &table(
            FULL,
            &[
                ("until before from", r#""from": "1s", "until": "10s""#, r#""from": "11s", "until": "10s""#),
                ("unknown node", r#"["bob", "alice"]"#, r#"["bobb", "alice"]"#),
                ("no nodes", r#"["bob", "alice"]"#, "[]"),
                ("a CoValue twice", r#"["notes", "todo"]"#, r#"["notes", "notes"]"#),
                ("a mix of nothing", r#"{ "edit": 8, "load": 2, "done": 1 }"#, "{}"),
                ("range the wrong way round", "1..3", "3..1"),
                ("edits of nothing", "1..3", "0..3"),
                ("no range", "1..3", "1-3"),
            ],
        ),
    );
    let faults = r#""faults": { "until": "1s", "reconnects": 1 }, "nodes""#;
    check("faults_without_links", &said(&with(LEAST, "\"nodes\"", faults)));
}

#[test]
fn what_to_expect() {
    check(
        "what_to_expect",
        &table(
            FULL,
            &[
                ("unknown oracle, close to one", r#""prefix""#, r#""prefixes""#),
                ("unknown oracle, close to none", r#""prefix""#, r#""luck""#),
                (
                    "violation of no oracle",
                    r#""violation": "convergence""#,
                    r#""violation": "converge header""#,
                ),
                ("empty violation", r#""violation": "convergence""#, r#""violation": """#),
                ("unknown end", r#""ends": "available""#, r#""ends": "maybe""#),
                (
                    "unknown node",
                    r#""node": "bob", "id": "notes", "ends""#,
                    r#""node": "bo", "id": "notes", "ends""#,
                ),
            ],
        ),
    );
}

#[test]
fn sizes() {
    let nodes = (0..=20_000).map(|n| format!("\"n{n}\": {{}}")).collect::<Vec<_>>().join(", ");
    let name = "n".repeat(65);
    check("sizes", &table(
        PAIR,
        &[
            ("nodes", NODES, &format!("\n{nodes}\n")),
            ("operations", "\"timeline\"", "\"workload\": { \"operations\": 1000000, \"until\": \"1s\", \"co_values\": [\"notes\"] },\n  \"timeline\""),
            ("faults", "\"timeline\"", "\"faults\": { \"wipes\": 4294967295, \"reconnects\": 4294967295, \"until\": \"1s\" },\n  \"timeline\""),
            ("name", "\"server\": {}", &format!("\"server\": {{}}, \"{name}\": {{}}")),
        ],
    ).replace(&nodes, "…"));
}

#[test]
fn a_file_that_is_too_large() {
    let text = " ".repeat(cosim_testbed::scenario::MAX_BYTES + 1);
    check("a_file_that_is_too_large", &said(&text));
}

#[test]
fn independent_mistakes_are_told_together() {
    let text = r#"{
  "version": 1,
  "abuot": "Five mistakes.",
  "nodes": { "alice": { "base": "1" }, "server": {} },
  "network": { "loss": "200%" },
  "links": [{ "between": ["alice", "server"] }],
  "timeline": [
    { "at": "1", "create": { "node": "alice", "id": "notes" } }
  ]
}
"#;
    check("independent_shapes", &said(text));
    let text = r#"{
  "version": 1,
  "about": "Mistakes of every kind.",
  "nodes": { "alice": { "base": "1" }, "server": {} },
  "links": [{ "between": ["alice", "sever"], "relationship": "syncCommon/syncCommon" }],
  "timeline": [
    { "at": "1s", "create": { "node": "alicia", "id": "notes" } },
    { "at": "0s", "connect": { "between": ["alice", "server"] } }
  ],
  "expect": { "oracles": ["prefiks"] }
}
"#;
    check("independent_shapes_and_checks", &said(text));
}

#[test]
fn at_most_so_many_problems_are_shown() {
    let entries = vec![r#"{ "at": "0ms", "load": { "node": "nobody", "id": "notes" } }"#; MAX_PROBLEMS + 5]
        .join(",\n    ");
    let problems = parse(&with(PAIR, EDIT, &entries), "scenario.json").expect_err("a mistaken scenario");
    assert_eq!(problems.iter().count(), MAX_PROBLEMS);
    assert!(problems.to_string().ends_with("\n\nand 5 more\n"), "{problems}");
}

#[test]
fn deep_nesting_is_refused_without_a_crash() {
    for deep in [
        "[".repeat(1_000_000),
        "{\"a\":".repeat(1_000_000),
        format!("{}{}", "[".repeat(600), "]".repeat(600)),
    ] {
        let problems = parse(&deep, "scenario.json").expect_err("a mistaken scenario");
        let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(messages, ["the file is nested too deeply"]);
        assert!(!problems.to_string().is_empty());
    }
}

#[test]
fn without_a_text_the_path_tells_the_place() {
    let scenario = file::Scenario {
        version: 1,
        about: "Built by a program.".to_owned(),
        links: vec![file::Link {
            between: ["alice".to_owned(), "bob".to_owned()],
            relationship: "syncCommon/syncCommon".parse().expect("legal ends"),
            priority: None,
            connected: None,
            contract: None,
            network: None,
        }],
        nodes: [("alice".to_owned(), file::Node::default())].into(),
        ..file::Scenario::default()
    };
    check(
        "without_a_text_the_path_tells_the_place",
        &resolve(scenario).expect_err("a mistaken scenario").to_string(),
    );
}

#[test]
fn colour_only_if_asked() {
    let problems = parse("{}", "scenario.json").expect_err("a mistaken scenario");
    assert!(!problems.render(false).contains('\u{1b}'));
    assert!(problems.render(true).contains('\u{1b}'));
}

//! The rules of Mermaid: some here, and all of them by its own parser, which an ignored test plays in Node.js.

use crate::samples::{VIOLATED, log, of_repository, scenario, story, written};
use crate::{Checked, broken, finds, must};
use cosim_testbed::cojson::Cast;
use cosim_testbed::export::Format;
use cosim_testbed::host::NodeId;
use cosim_testbed::log::{Event, Limit, Log};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use regex::Regex;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// More than this Mermaid does not draw.
const TEXT_MAX: usize = 50_000;

/// Arrows, and what they mean.
const ARROW: &str = r"^    (n\d+)(->>|-->>|-x|-\))(n\d+): (.+)$";

pub(crate) fn check(text: &str) -> Checked {
    let [participant, note, arrow] =
        [r"^    participant (n\d+) as (.+)$", r"^    Note over (n\d+)(?:,(n\d+))?: (.+)$", ARROW]
            .map(|rule| Regex::new(rule).unwrap());
    must(text.encode_utf16().count() <= TEXT_MAX, || "Mermaid would not draw so long a text".to_owned())?;
    let mut lines = text.lines();
    must(lines.next() == Some("sequenceDiagram"), || "it does not begin with its kind".to_owned())?;
    let mut nodes = BTreeSet::new();
    let mut messages = 0;
    for line in lines {
        let (ids, label) = if let Some(found) = participant.captures(line) {
            nodes.insert(found[1].to_owned());
            (vec![found[1].to_owned()], found[2].to_owned())
        } else if let Some(found) = note.captures(line) {
            let ids = [found.get(1), found.get(2)].into_iter().flatten();
            (ids.map(|id| id.as_str().to_owned()).collect(), found[3].to_owned())
        } else {
            let found = arrow.captures(line).ok_or_else(|| format!("it is no line of a diagram: {line}"))?;
            messages += 1;
            (vec![found[1].to_owned(), found[3].to_owned()], found[4].to_owned())
        };
        must(is_plain(&label), || format!("it may mean something to Mermaid: {line}"))?;
        must(ids.iter().all(|id| nodes.contains(id)), || format!("it is about nobody: {line}"))?;
    }
    must(messages <= 100, || format!("{messages} messages are too many"))
}

/// Letters, digits, a few marks, and what stands for any other character.
fn is_plain(label: &str) -> bool {
    let mut rest = label;
    while let Some(c) = rest.chars().next() {
        let of_number = rest.strip_prefix('#').and_then(|rest| rest.split_once(';'));
        rest = match of_number {
            Some((number, after)) if number.parse::<u32>().is_ok() => after,
            _ if c.is_alphanumeric() || " ./,_-".contains(c) => &rest[c.len_utf8()..],
            _ => return false,
        };
    }
    !label.is_empty()
}

#[test]
fn every_rule_is_checked() {
    let text = written(&story(), Format::Mermaid);
    check(&text).unwrap();
    for (from, to, rule) in [
        ("sequenceDiagram", "graph", "begin with its kind"),
        ("as alice", "as al;ice", "may mean something"),
        ("as alice", "as al#ice", "may mean something"),
        ("->>n2", "=>n2", "no line of a diagram"),
        ("->>n2", "->>n3", "about nobody"),
        ("Note over n1:", "Note beside n1:", "no line of a diagram"),
    ] {
        finds(&check(&broken(&text, from, to)), rule);
    }
    let arrow = text.lines().find(|line| line.contains("->>")).unwrap();
    finds(&check(&format!("{text}{}", format!("{arrow}\n").repeat(100))), "are too many");
    finds(&check(&format!("{text}{}", "    Note over n1: x\n".repeat(3_000))), "so long a text");
}

#[test]
fn it_tells_what_the_log_tells() {
    let text = written(&story(), Format::Mermaid);
    for line in [
        "    Note over n1,n2: 0.000s alice and server connect",
        "    n1->>n2: 0.050s LOAD notes sessions#58; header/0",
        "    n1-->>n2: 0.050s LOAD notes sessions#58; header/0  #40;again#41;",
        "    n1-xn2: 1.000s CONTENT notes header#58; false new#58; After#58; 0 New#58; 2  #40;partitioned#41;",
        "    Note over n2: 5.000s server is down",
        "    Note over n1: 6.000s alice is asleep",
    ] {
        assert!(text.lines().any(|found| found == line), "no line `{line}` in\n{text}");
    }
    let violated = written(&log(&scenario(VIOLATED), 1), Format::Mermaid);
    assert!(violated.contains("VIOLATED#58; "), "{violated}");
}

/// A hundred messages are shown, and the diagram says how many are not.
#[test]
fn what_is_left_out_is_said() {
    let log = log(&of_repository("faults/storm.json"), 1);
    let exported = cosim_testbed::export::export(&log, Format::Mermaid);
    let arrow = Regex::new(ARROW).unwrap();
    assert_eq!(exported.text.lines().filter(|line| arrow.is_match(line)).count(), 100);
    let is_message =
        |what: &Event| what.is_told() && matches!(what, Event::Sent { .. } | Event::Delivered { .. });
    let messages = log.entries().filter(|entry| is_message(&entry.what)).count();
    let said = format!("the diagram leaves out {} messages and ", messages - 100);
    assert!(exported.missing.iter().any(|sentence| sentence.starts_with(&said)), "{:?}", exported.missing);
    assert!(exported.text.contains(&said), "{}", exported.text);
}

/// Names as no scenario has them, but a log may.
fn names() -> impl Strategy<Value = Vec<String>> {
    const HOSTILE: [&str; 16] = [
        "end",
        "participant",
        "a;b",
        "#35;",
        "%%",
        "<b>x</b>",
        "\"quoted\"",
        "as",
        "loop",
        "note over a: b",
        "x->>y",
        "style: #x;",
        "classDef a:#b;",
        "wrap:",
        "$$x$$",
        "名前 ñ",
    ];
    proptest::collection::vec(
        prop_oneof![prop::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned), ".{1,12}"],
        2,
    )
}

/// A log about two nodes of these names that speak, and note everything that can be drawn.
fn named(names: Vec<String>, events: Vec<Event>) -> Log {
    let cast = Cast { co_values: names.clone(), nodes: names };
    let mut log = Log::new(cast, Vec::new(), Limit::All);
    for (number, event) in (1..).zip(events) {
        log.push(number, cosim_core::Time::from_us(1_000 * number), event);
    }
    log
}

/// What its parser says of diagrams: the names of participants, and how many arrows and notes there are.
fn parsed(diagrams: &[String]) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/export/mermaid");
    let work = tempfile::tempdir().unwrap();
    for file in ["package.json", "package-lock.json", "parse.mjs"] {
        std::fs::copy(folder.join(file), work.path().join(file)).unwrap();
    }
    let npm = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"])
        .current_dir(work.path())
        .status()
        .unwrap();
    assert!(npm.success(), "npm cannot install what {} names", folder.display());
    std::fs::write(work.path().join("diagrams.json"), json!(diagrams).to_string()).unwrap();
    let node =
        Command::new("node").args(["parse.mjs", "diagrams.json"]).current_dir(work.path()).output().unwrap();
    assert!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
    serde_json::from_slice(&node.stdout).unwrap()
}

#[test]
#[ignore = "it plays Mermaid's own parser in Node.js, as `.ci/run` does"]
fn its_own_parser_takes_them() {
    let mut runner = TestRunner::deterministic();
    let mut logs = vec![story(), log(&scenario(VIOLATED), 1)];
    logs.extend(
        [
            "faults/storm.json",
            "storage/crash-storm.json",
            "views/group-storm.json",
            "offline/comeback-storm.json",
        ]
        .map(|path| log(&of_repository(path), 1)),
    );
    for _ in 0..60 {
        let names = names().new_tree(&mut runner).unwrap().current();
        let events = crate::drawn::each_kind().new_tree(&mut runner).unwrap().current();
        logs.push(named(names, events));
    }
    let mut diagrams: Vec<String> = logs.iter().map(|log| written(log, Format::Mermaid)).collect();
    // Its own parser finds what is wrong, too.
    let whole = diagrams.len();
    diagrams.push(broken(&diagrams[0], "sequenceDiagram", "sequenceDiagrams"));
    diagrams.push(broken(&diagrams[0], "->>n2", "=>n2"));
    diagrams.push(broken(&diagrams[0], "Note over n1,n2", "Note over n1,n2,n3"));
    let parsed = parsed(&diagrams);
    for wrong in &parsed[whole..] {
        assert!(wrong["error"].is_string(), "{wrong}");
    }
    let [arrow, note] = [ARROW, "^    Note over "].map(|rule| Regex::new(rule).unwrap());
    for ((log, diagram), parsed) in logs.iter().zip(&diagrams).zip(&parsed) {
        check(diagram).unwrap_or_else(|rule| panic!("{rule}\n{diagram}"));
        assert!(parsed["error"].is_null(), "{parsed}\n{diagram}");
        for (what, rule) in [("arrows", &arrow), ("notes", &note)] {
            let count = diagram.lines().filter(|line| rule.is_match(line)).count();
            assert_eq!(parsed[what], count, "{what} of\n{diagram}");
        }
        // What a reader sees is the name, where that is of one line and short.
        let names: Vec<&str> = parsed["names"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        for (number, name) in (0..).map(NodeId).zip(&log.cast().nodes) {
            let is_plain = name.trim() == name
                && !name.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\u{feff}');
            let takes_part = diagram.contains(&format!("participant n{} as ", number.0 + 1))
                && log.cast().nodes.len() == 2;
            if takes_part && is_plain && name.chars().count() <= 30 {
                assert!(names.contains(&name.as_str()), "`{name}` is not among {names:?}\n{diagram}");
            }
        }
    }
}
